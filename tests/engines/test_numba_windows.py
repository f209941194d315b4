"""Slices and more than two axes in compiled loops, against NumPy."""

from itertools import combinations

import numpy as np
import pytest

pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai import value_and_gradient
from kobai.autodiff.trees import leaves
from kobai.engines.numba_engine import NotCompilable, compile_numba
from kobai.engines.numba_engine.windows import Window, part_of, region_of, window_of
from kobai.graph import trace

RNG = np.random.default_rng(0)
V = RNG.normal(size=9)
M = RNG.normal(size=(6, 4))
C = RNG.normal(size=(5, 3, 4))


@pytest.mark.parametrize(
    ("shape", "index", "loop"),
    [
        ((9,), (slice(2, 7),), (1, 5)),
        ((9,), (slice(1, None, 3),), (1, 3)),
        ((9,), (slice(1, None, 3),), (3, 1)),
        ((6, 4), (slice(1, 4), slice(None, None, 2)), (3, 2)),
        ((6, 4), (slice(None), 2), (1, 6)),
        ((6, 4), (3,), (1, 4)),
        ((6, 4), (3, 1), (1, 1)),
        ((5, 3, 4), (2,), (3, 4)),
        ((5, 3, 4), (slice(None), 1), (5, 4)),
        ((5, 3, 4), (slice(1, 3), slice(0, 2), slice(1, None)), (4, 3)),
        ((6, 4), (slice(None), None, slice(1, 3)), (6, 2)),
    ],
)
def test_a_window_says_where_numpy_has_each_entry(shape, index, loop):
    array = np.arange(np.prod(shape)).reshape(shape)
    w = window_of(part_of(shape, index), loop)
    found = []
    for i in range(loop[0]):
        row = (i // w.split) * w.outer + (i % w.split) * w.row if w.split else i * w.row
        found += [w.offset + row + j * w.column for j in range(loop[1])]
    assert found == array[index].reshape(-1).tolist()


@pytest.mark.parametrize(
    ("shape", "index", "loop"),
    [
        ((9,), (slice(2, 7),), (1, 9)),
        ((9,), (4,), (1, 9)),
        ((6, 4), (slice(1, 4), slice(1, 3)), (6, 4)),
        ((6, 4), (slice(None), 2), (6, 4)),
        ((6, 4), (slice(2, 5),), (6, 4)),
        ((6, 4), (3,), (6, 4)),
        ((5, 3, 4), (2,), (15, 4)),
        ((5, 3, 4), (2, slice(0, 2), slice(1, 3)), (15, 4)),
        ((5, 3, 1), (2,), (15, 1)),
    ],
)
def test_a_region_is_the_rectangle_that_an_index_fills(shape, index, loop):
    array = np.zeros(shape, int)
    array[index] = 1 + np.arange(array[index].size).reshape(array[index].shape)
    r, found = region_of(shape, index, loop), np.zeros(loop, int)
    w = r.window(loop)
    for i in range(r.row, r.row + r.rows):
        for j in range(r.column, r.column + r.columns):
            found[i, j] = 1 + w.offset + i * w.row + j * w.column
    np.testing.assert_array_equal(found, array.reshape(loop))
    # A loop over one column leaves j at wherever another loop has ended.
    assert loop[1] > 1 or w.column == 0


@pytest.mark.parametrize("index", [(slice(None, None, 2),), (slice(1, 3), 0)])
def test_what_is_no_rectangle_is_refused(index):
    with pytest.raises(NotCompilable, match="rectangle"):
        region_of((5, 3, 4), index, (15, 4))


def test_a_usual_place_needs_no_window():
    assert Window(0, 4, 1).place((6, 4)) == "cell"
    assert Window(0, 0, 1).place((6, 4)) == "column"
    assert Window(0, 1, 0).place((6, 4)) == "row"
    assert Window(0, 1, 6).place((4, 6)) is None
    assert Window(2, 4, 1).place((6, 4)) is None


def joined(v, m, c):
    return [
        np.sum(v[1:] * v[:-1] ** 2),
        np.sum(np.tanh(v[:5]) * v[1:6]),
        np.sum(m[1:4] * m[2:5]) * m[0, 1],
        np.sum(m[:, 1] * m[:, 2]),
        np.sum(m[2] * m[:4, 0]),
        np.sum((m[:, None, :2] - m[None, :, 1:3]) ** 2),
        np.sum(np.max(c * m[:5, None, :], axis=2) * c[:, :, 1]),
        np.sum(np.sum(c * c[2], axis=0) ** 2),
        np.sum(np.sum(np.tanh(c), axis=1) ** 3),
        np.sum(np.sum(c, axis=(1, 2)) ** 2) + np.sum(np.sum(c, axis=(0, 1)) ** 2),
        np.sum(c.transpose(2, 0, 1)[1:] * v[:3]),
        np.sum(c[1].T @ m[:3]) + np.sum(c[2, :2] @ m[1]),
        np.sum(np.exp(c / np.max(c, axis=1, keepdims=True) ** 2) * v[2:6]),
    ]


@pytest.mark.parametrize("part", [slice(0, 7), slice(7, 13)])
def test_values_and_gradients_are_those_of_numpy(part):
    # Several in one, since compiling takes its time.
    def f(p):
        return value_and_gradient(lambda p: sum(joined(*p)[part]), p)

    p = [V, M, C]
    wanted = leaves(f(p))
    found = compile_numba(trace(f, p))(*p)
    for a, b in zip(found, wanted, strict=True):
        # The same sums in another order.
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def test_parts_of_an_array_with_one_column():
    def f(c):
        def members(c):
            return sum(np.sum(np.tanh(M @ c[k])) for k in range(len(c)))

        return value_and_gradient(members, c)

    c = RNG.normal(size=(3, 4, 1))
    found = compile_numba(trace(f, c))(c)
    for a, b in zip(found, f(c), strict=True):
        # The same sums in another order.
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def test_results_that_are_parts_are_arrays_of_their_own():
    def f(m, c):
        return m[1:3], c[:, 1], np.sum(c, axis=1, keepdims=True), m[2, 1] * m.T

    found = compile_numba(trace(f, M, C))(M, C)
    for a, b in zip(found, f(M, C), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_an_update_of_what_is_read_elsewhere_waits():
    def f(m):
        m += m[:, 1:2] * m[:1]

    wanted, found = M.copy(), M.copy()
    f(wanted)
    compile_numba(trace(f, M))(found)
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


@pytest.mark.parametrize(
    "f",
    [
        lambda v, m, c: v[::-1] * 2,
        lambda v, m, c: np.einsum("abc,dbc->ad", c, c),
        lambda v, m, c: np.sum(c, axis=(0, 2)),
    ],
)
def test_what_has_no_such_loops_is_left_to_numpy(f):
    with pytest.raises(NotCompilable):
        compile_numba(trace(f, V, M, C))


def test_sums_over_any_axes_where_some_have_one_place():
    shapes = [(1, 2, 3), (2, 1, 3), (2, 3, 1), (1, 1, 4), (1, 2, 1, 3), (1, 1, 1)]
    given = [RNG.normal(size=shape) for shape in shapes]

    def f(*arrays):
        return [
            np.sum(np.tanh(x), axis=axes, keepdims=keepdims)
            for x in arrays
            for count in range(1, x.ndim + 1)
            for axes in combinations(range(x.ndim), count)
            for keepdims in (False, True)
        ]

    found = compile_numba(trace(f, *given))(*given)
    for one, expected in zip(found, f(*given), strict=True):
        # tanh is a polynomial here, right to a few units in the last place.
        np.testing.assert_allclose(one, expected, rtol=1e-14)
