"""Products of every rank and indices of every kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kobai.autodiff import gradient
from kobai.autodiff import operations as ops


def draw(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=shape)) for shape in shapes]


# --- matrix products


@pytest.mark.parametrize("operator", [np.matmul, lambda a, b: a @ b])
@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((3,), (3,)),
        ((1,), (1,)),
        ((2, 3), (3,)),
        ((3,), (3, 2)),
        ((2, 3), (3, 4)),
        ((1, 3), (3, 1)),
        ((5, 2, 3), (3, 4)),
        ((2, 3), (5, 3, 4)),
        ((5, 2, 3), (5, 3, 4)),
        ((1, 2, 3), (5, 3, 4)),
        ((6, 1, 2, 3), (5, 3, 4)),
        ((5, 2, 3), (3,)),
        ((3,), (5, 3, 4)),
        ((6, 5, 2, 3), (3,)),
        ((3,), (6, 5, 3, 4)),
        ((0, 3), (3, 2)),
        ((2, 0), (0, 3)),
    ],
)
def test_matmul(a, b, operator, assert_derivatives):
    assert_derivatives(operator, draw(a, b), second=True)


@pytest.mark.parametrize("constant_first", [True, False])
def test_matmul_with_a_plain_array(constant_first, central_difference):
    x, c = draw((3, 3), (3, 3))
    f = lambda x: np.sum(np.sin(c @ x if constant_first else x @ c))
    expected = central_difference(f, x)
    np.testing.assert_allclose(gradient(f, x), expected, 1e-6, 1e-8)


def test_matmul_in_place(central_difference):
    x, c = draw((3, 3), (3, 3))

    def f(x):
        h = x * 2
        h @= c
        return np.sum(np.sin(h))

    expected = central_difference(f, x)
    np.testing.assert_allclose(gradient(f, x), expected, 1e-6, 1e-8)


# --- einsum


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)]),
        ("ij,jk", [(2, 3), (3, 4)]),
        ("kj , ji", [(2, 3), (3, 4)]),
        ("ji", [(2, 3)]),
        ("ba", [(2, 3)]),
        ("i,i", [(3,), (3,)]),
        ("i,j->ji", [(3,), (2,)]),
        ("ij->", [(2, 3)]),
        ("ij->j", [(2, 3)]),
        ("ij,k->k", [(2, 3), (4,)]),
        ("ij,k->", [(2, 3), (4,)]),
        ("ij,ij->i", [(2, 3), (2, 3)]),
        ("ijk,ilm->jl", [(2, 3, 4), (2, 3, 2)]),
        ("ii", [(3, 3)]),
        ("ii->i", [(3, 3)]),
        ("ii->", [(3, 3)]),
        ("iij->j", [(3, 3, 2)]),
        ("iij->ij", [(3, 3, 2)]),
        ("iii->i", [(3, 3, 3)]),
        ("ijij->ij", [(2, 3, 2, 3)]),
        ("ijij", [(2, 3, 2, 3)]),
        ("ii,i->i", [(3, 3), (3,)]),
        ("ii,ij->j", [(3, 3), (3, 2)]),
        ("ii,jj->ij", [(3, 3), (2, 2)]),
        ("iij,k->k", [(2, 2, 3), (2,)]),
        ("...ij,...jk->...ik", [(5, 2, 3), (5, 3, 4)]),
        ("...ij,jk->...ik", [(5, 2, 3), (3, 4)]),
        ("...ij,...jk", [(5, 2, 3), (3, 4)]),
        ("...ij,...jk->...ik", [(6, 5, 2, 3), (5, 3, 4)]),
        ("i...->...i", [(2, 3, 4)]),
        ("...", [(2, 3)]),
        ("...,...->...", [(2, 3), (3,)]),
        ("...i,...i->...", [(1, 3), (5, 3)]),
        ("...i,...i->...", [(4, 1, 3), (5, 3)]),
        ("ij,ij->ij", [(1, 3), (2, 3)]),
        ("i...i->...", [(3, 2, 3)]),
        ("...ii->...i", [(2, 3, 3)]),
        ("A...b,b->A...", [(2, 3, 4), (4,)]),
        ("Zz,aA", [(2, 3), (4, 5)]),
        ("ij,jk,kl->il", [(2, 3), (3, 4), (4, 2)]),
        ("a,a,a->a", [(3,), (3,), (3,)]),
        (",i->i", [(), (3,)]),
        ("->", [()]),
    ],
)
def test_einsum(subscripts, shapes, assert_derivatives):
    f = lambda *args: np.einsum(subscripts, *args)
    arguments = draw(*shapes)
    values = []
    gradient(lambda a: np.sum(_kept(values, f(*a))), arguments)
    np.testing.assert_allclose(values[0].value, f(*arguments), 1e-13, 1e-14)
    assert_derivatives(f, arguments, second=True)


def _kept(values, y):
    values.append(y)
    return y


@pytest.mark.parametrize("optimize", [True, False, "greedy"])
def test_einsum_may_be_optimized(optimize, assert_derivatives):
    f = lambda a, b, c: np.einsum("ij,jk,kl->il", a, b, c, optimize=optimize)
    assert_derivatives(f, draw((2, 3), (3, 4), (4, 2)))


def test_einsum_of_the_same_array_and_a_constant(assert_derivatives):
    c = np.arange(9.0).reshape(3, 3)
    assert_derivatives(lambda x: np.einsum("ij,jk,ki->", x, c, x), draw((3, 3)), True)
    assert_derivatives(lambda x: np.einsum("i,ij->j", [1, 2, 3], x), draw((3, 3)))


def test_einsum_names_how_many_operands_it_needs():
    with pytest.raises(ValueError, match=r"got 1 operands for .*ij,jk.*; need 2"):
        gradient(lambda x: np.sum(np.einsum("ij,jk", x)), np.ones((2, 2)))


# --- indices

FIXED = [
    0,
    -1,
    (1, -2),
    slice(None),
    slice(1, None),
    slice(None, None, -1),
    slice(-1, 0, -2),
    (slice(None), 1),
    (Ellipsis, 0),
    (0, Ellipsis),
    Ellipsis,
    None,
    (slice(None), None, 2),
    (None, 0, None, ..., None),
    (),
    [0, 0, 2],
    [],
    np.array([], dtype=int),
    [[0, 1], [2, 2]],
    (slice(None), [0, 0, 1]),
    (slice(None), (0, 0, 1)),
    (range(2), 0),
    ([0, 1, 0], [3, 3, 3]),
    ([[0], [2]], [0, 1]),
    ([0, 2], slice(1, 3)),
    ([0, 2], None, [1, 1]),
    (np.array([0, 2]), ..., np.array(1)),
    (np.int64(1), slice(None)),
    np.array(2),
    np.uint8(1),
    np.array([True, False, True]),
    [True, False, True],
    (np.array([True, False, True]), 1),
    (slice(None), np.array([True, False, True, True])),
    np.arange(12).reshape(3, 4) % 3 == 0,
    np.zeros((3, 4), bool),
    (np.array([True, True, False]), np.array([1, 1])),
    np.ix_([0, 2, 0], [1, 3]),
    True,
    (False, 0),
    np.True_,
    np.array(True),
    np.array([[-1, 0], [1, -3]]),
]


@pytest.mark.parametrize("index", FIXED, ids=repr)
def test_reading_by_any_index(index, assert_derivatives):
    assert_derivatives(lambda x: x[index], draw((3, 4)), second=True)


@pytest.mark.parametrize("index", FIXED, ids=repr)
def test_reading_by_any_index_copies_or_views_as_numpy_does(index):
    x = np.arange(12.0).reshape(3, 4)
    seen = []
    gradient(lambda t: np.sum(_kept(seen, t[index])), x)
    np.testing.assert_array_equal(seen[0].value, x[index])


def _assigned(x, v, index):
    h = x * 2
    h[index] = v * v
    return np.sin(h)


@pytest.mark.parametrize("index", FIXED, ids=repr)
def test_assigning_one_number_by_any_index(index, central_difference):
    x = draw((3, 4))[0]
    f = lambda x: np.sum(_assigned(x, 1.5, index))
    expected = central_difference(f, x)
    np.testing.assert_allclose(gradient(f, x), expected, 1e-6, 1e-8)


@pytest.mark.parametrize("index", FIXED, ids=repr)
def test_assigning_values_by_any_index(index, assert_derivatives):
    x = draw((3, 4))[0]
    places = np.arange(12).reshape(3, 4)[index]
    if np.unique(places).size < places.size:
        with pytest.raises(TypeError, match="names an entry twice"):
            gradient(lambda p: np.sum(_assigned(*p, index)), [x, x.flat[places]])
        return
    f = lambda x, v: _assigned(x, v, index)
    assert_derivatives(f, [x, *draw(places.shape)], second=True)


@pytest.mark.parametrize("shape", [(), (1,), (4,), (1, 4), (1, 1), (1, 1, 4)])
def test_assigned_values_broadcast(shape, assert_derivatives):
    # NumPy drops leading axes of length 1 that are too many.
    f = lambda x, v: _assigned(x, v, 1)
    assert_derivatives(f, draw((3, 4), shape), second=True)


@pytest.mark.parametrize("shape", [(3,), (1,), ()])
def test_adding_in_one_operation_is_adding_at_an_index(shape, assert_derivatives):
    # The last two indices name one entry.
    rows, columns = np.array([0, 1, 1]), np.array([2, 0, 0])

    def added(x, v):
        given = rows, columns
        return ops.ADD_AT(x, v, *given, pattern=(ops.ARRAY, ops.ARRAY))

    x, v = draw((2, 3), shape)
    expected = x.copy()
    np.add.at(expected, (rows, columns), v)
    np.testing.assert_array_equal(added(x, v), expected)
    assert_derivatives(added, [x, v], second=True)


def test_adding_at_an_index(assert_derivatives):
    labels = np.array([1, 0, 3])

    def f(x):
        y = x * x
        y[np.arange(3), labels] -= 1
        y[0] *= 2
        y[:, 1] += y[:, 2]
        y[y < 0] *= 0.1
        return np.sin(y)

    assert_derivatives(f, draw((3, 4)), second=True)


@st.composite
def arrays_and_indices(draw):
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4))
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    kinds = st.one_of(
        hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True),
        hnp.integer_array_indices(shape),
        hnp.arrays(bool, shape),
        hnp.arrays(bool, shape[:1]),
    )
    return x, draw(kinds)


@settings(max_examples=300, deadline=None)
@given(arrays_and_indices())
def test_gradient_counts_how_often_each_entry_is_read(pair):
    x, index = pair
    places = np.arange(x.size).reshape(x.shape)[index]
    times = np.bincount(np.ravel(places), minlength=x.size).reshape(x.shape)
    found = gradient(lambda x: np.sum(x[index] ** 2) + 0 * np.sum(x), x)
    np.testing.assert_array_equal(found, 2 * x * times)


@settings(max_examples=300, deadline=None)
@given(arrays_and_indices())
def test_gradient_does_not_see_what_was_overwritten(pair):
    x, index = pair

    def f(x):
        h = x * x
        h[index] = 7.0
        return np.sum(h)

    expected = 2 * x
    expected[index] = 0
    np.testing.assert_array_equal(gradient(f, x), expected)
