"""Plain arrays that change after their use: the gradient is that of what they were."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kobai import compile
from kobai.autodiff import gradient, numerical_gradient
from kobai.errors import GradientError

X = np.array([0.5, 1.5, -0.7])
WEIGHTS = np.array([1.0, -2.0, 0.5])
OUTSIDE = np.array([2.0, 3.0, 4.0])


def slopes(f, x, h=1e-6):
    """Central differences by NumPy alone."""
    found = np.zeros_like(x)
    for i in range(x.size):
        step = np.zeros_like(x)
        step.flat[i] = h
        found.flat[i] = (f(x + step) - f(x - step)) / (2 * h)
    return found


def filled_again(x):
    c = np.zeros(3)
    total = 0.0
    for i in range(3):
        c[i] = i + 1
        total = total + np.sum(np.sin(x * c))
        c[i] = 0
    return total


def out_again(x):
    buffer = np.empty(3)
    total = 0.0
    for k in (1.0, 2.0):
        np.multiply([1.0, 2.0, 3.0], k, out=buffer)
        total = total + np.sum(np.exp(x * buffer))
    return total


def divided(x):
    d = np.array([1.0, 2.0, 4.0])
    y = x / d + d / (x + 3)
    d *= 10
    return np.sum(y)


def power(x):
    p = np.array([2.0, 3.0, 2.0])
    y = x**p
    p[:] = 1
    return np.sum(y)


def index(x):
    i = np.array([0, 1])
    s = np.sum(x[i] ** 2)
    i += 1
    return s


def list_index(x):
    i = [0, 1]
    s = np.sum(x[i] ** 2)
    i[0] = 2
    return s


def mask(x):
    m = np.array([True, False, True])
    s = np.sum(x[m] ** 2) + np.sum(np.where(m, x**3, x))
    m[:] = ~m
    return s


def taken(x):
    i = np.array([0, 2])
    s = np.sum(np.take(x, i) ** 2) + np.sum(np.take_along_axis(x, i, 0) ** 3)
    i[:] = 1
    return s


def written(x):
    y = x * 1
    i = np.array([0, 1])
    y[i] = x[i] ** 2
    i += 1
    return np.sum(y * y)


def matrix(x):
    a = np.arange(9.0).reshape(3, 3)
    s = np.sum(np.tanh(a @ x)) + np.sum(x @ a) + np.einsum("ij,j,i->", a, x, x)
    a.fill(0)
    return s


def view_of_a_buffer(x):
    base = np.arange(6.0)
    s = np.sum(x * base[::2]) + np.sum(x * base.reshape(3, 2).T[1])
    base[:] = -1
    return s


def broadcast(x):
    row = np.array([2.0])
    s = np.sum(x * np.broadcast_to(row, (4, 3)))
    row[0] = 7
    return s


def maximum(x):
    m = np.zeros(3)
    s = np.sum(np.maximum(x, m) ** 2)
    m += 100
    return s


def out_of_the_closure(x):
    s = np.sum(np.exp(x * OUTSIDE))
    OUTSIDE[:] += 1
    OUTSIDE[:] -= 1
    held = OUTSIDE[1:]
    s = s + np.sum(x[1:] * held)
    held[...] = [3.0, 4.0]
    return s


CHANGING = [
    filled_again,
    out_again,
    divided,
    power,
    index,
    list_index,
    mask,
    taken,
    written,
    matrix,
    view_of_a_buffer,
    broadcast,
    maximum,
    out_of_the_closure,
]


@pytest.mark.parametrize("f", CHANGING, ids=lambda f: f.__name__)
def test_the_gradient_is_that_of_the_values_at_their_use(f):
    # Central differences at 1e-6 are right to about 1e-9 for values of this size.
    np.testing.assert_allclose(gradient(f, X), slopes(f, X), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(numerical_gradient(f, X.copy()), slopes(f, X), atol=1e-6)


@pytest.mark.parametrize("f", CHANGING, ids=lambda f: f.__name__)
def test_second_derivatives_see_the_values_at_their_use(f):
    first = lambda x: np.sum(gradient(f, x) * WEIGHTS)
    plain = lambda x: np.sum(slopes(f, x) * WEIGHTS)
    # A difference of differences: 1e-4 is what is left of 16 digits.
    np.testing.assert_allclose(
        gradient(first, X), slopes(plain, X, 1e-4), rtol=1e-3, atol=1e-3
    )


def test_an_array_of_an_outer_differentiation_changes_after_its_use():
    def f(x):
        def inner(y):
            s = np.sum(z * y * y)
            z.__imul__(0.0)
            return s

        z = x * 2
        return np.sum(gradient(inner, np.ones(3)))

    # The derivative of z y² at y = 1 is 2 z = 4 x.
    np.testing.assert_array_equal(gradient(f, X), [4.0, 4.0, 4.0])


def test_float32_and_layouts_are_kept():
    a = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(3, 2))
    x = np.ones(2, np.float32)
    assert gradient(lambda x: np.sum((a @ x) ** 2), x).dtype == np.float32


def test_a_broadcast_array_takes_no_memory():
    # 8 TB, of which 8 bytes are in memory.
    huge = np.broadcast_to(np.array([2.0]), (10**12,))
    assert gradient(lambda x: (x * huge[:3]).sum() + 0 * x * huge[0], 1.0) == 6


def test_an_array_that_cannot_change_is_not_copied(monkeypatch):
    from kobai.autodiff.arrays import keeping

    monkeypatch.setattr(keeping, "_copied", lambda x: pytest.fail("copied"))
    fixed = np.ones(3)
    fixed.flags.writeable = False
    gradient(lambda x: np.sum(x * fixed) + np.sum(x * fixed[::-1]), X)
    # Sums need no operand for their derivative.
    gradient(lambda x: np.sum(x + OUTSIDE - np.ones(3)), X)


def test_a_read_only_view_of_what_changes_is_copied():
    def f(x):
        base = np.ones(3)
        view = base.view()
        view.flags.writeable = False
        s = np.sum(x * view)
        base[:] = 5
        return s

    np.testing.assert_array_equal(gradient(f, X), np.ones(3))


# --- the array at which f is differentiated


@pytest.mark.parametrize("x", [X, X[::2], X.reshape(3, 1).T, np.ones((2, 3)).T])
def test_a_change_of_x_under_another_name_is_refused(x):
    x = x.copy("K") if x.base is None else x

    def f(y):
        s = np.sum(y * y)
        x[...] = x + 1
        return s

    with pytest.raises(GradientError, match=r"changed in place .*or a copy"):
        gradient(f, x)
    x -= 1


def test_a_change_of_integers_under_another_name_is_refused():
    x = np.array([1, 2])

    def f(y):
        x[0] += 1
        return np.sum(y * y)

    with pytest.raises(GradientError, match=r"changed in place"):
        gradient(f, x)


def test_a_change_of_an_outer_array_that_is_differentiated_at_is_refused():
    def f(x):
        z = x * 2

        def inner(y):
            s = np.sum(y * y)
            z.__imul__(3.0)
            return s

        return np.sum(gradient(inner, z))

    with pytest.raises(GradientError, match=r"changed in place"):
        gradient(f, X)


def test_nan_at_rest_is_no_change():
    x = np.array([np.nan, 1.0])
    assert gradient(lambda y: np.sum(y), x).tolist() == [1.0, 1.0]


def test_the_plain_value_is_the_reader_s_own():
    def f(x):
        y = np.exp(x)
        y.value[...] = 0
        return np.sum(y * y)

    np.testing.assert_allclose(gradient(f, X), 2 * np.exp(2 * X))


# --- programs that change their buffers between uses

USES = [
    lambda x, b, i: x * b,
    lambda x, b, i: b / (3 + x * x),
    lambda x, b, i: np.where(b > 0.5, x * x, x),
    lambda x, b, i: np.maximum(x, b),
    lambda x, b, i: x[i] * b,
    lambda x, b, i: np.take(x, i) ** 2,
    lambda x, b, i: np.tanh(np.outer(b, x)).sum(0),
    lambda x, b, i: np.logaddexp(x, b[::-1]),
    lambda x, b, i: np.hypot(x, b.reshape(3, 1)).sum(0),
    lambda x, b, i: x - b,
    lambda x, b, i: np.einsum("i,j->j", b, x),
    lambda x, b, i: np.concatenate([x, b])[1:4] * b,
]
CHANGES = [
    lambda b, i: b.fill(0.3),
    lambda b, i: np.add(b, 0.37, out=b),
    lambda b, i: b.__setitem__(i[0], -0.9),
    lambda b, i: b[::2].__imul__(-1.3),
    lambda b, i: i.__setitem__(slice(None), (i + 1) % 3),
    lambda b, i: np.cumsum(b, out=b),
    lambda b, i: b.sort(),
    lambda b, i: np.copyto(b, b[::-1].copy()),
    lambda b, i: i.sort(),
]
program = st.lists(
    st.tuples(
        st.integers(0, len(USES) - 1), st.lists(st.integers(0, len(CHANGES) - 1))
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(program)
def test_random_programs_with_buffers(steps):
    def f(x):
        b = np.array([0.2, 0.9, -0.4])
        i = np.array([2, 0, 1])
        y = x
        for use, changes in steps:
            y = np.sin(USES[use](y, b, i))
            for change in changes:
                CHANGES[change](b, i)
        return np.sum(y)

    # Not at a tie or a corner, which the numbers were chosen to avoid.
    coarse, fine = slopes(f, X, 1e-5), slopes(f, X)
    if np.allclose(coarse, fine, rtol=1e-5, atol=1e-7):
        np.testing.assert_allclose(gradient(f, X), fine, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    "same",
    [lambda b: b.conj(), lambda b: b.conjugate(), lambda b: b.to_device("cpu")],
)
def test_methods_that_return_the_array_itself_do_so(same):
    def f(x):
        b = np.zeros(3)
        b[:] = x
        c = same(b)
        c *= 2.0
        return np.sum(b * np.arange(3.0))

    np.testing.assert_allclose(gradient(f, np.ones(3)), [0, 2, 4])
    assert compile(f)(np.ones(3)) == f(np.ones(3))


@pytest.mark.parametrize("run", [gradient, lambda f, x: compile(f)(x)])
def test_an_array_in_the_place_of_one_number_is_what_numpy_makes_of_it(run):
    def into_a_number(x):
        b = np.zeros(2)
        b[1] = x
        return b[1] * 3

    def into_a_view(x):
        b = np.zeros(2)
        b[1, ...] = x
        return b[1] * 3

    x = np.ones(1)
    # Older ones warn.
    with pytest.raises((ValueError, DeprecationWarning)) as numpys:
        into_a_number(x)
    with pytest.raises(numpys.type):
        run(into_a_number, x)
    # Both the value and the slope.
    np.testing.assert_array_equal(run(into_a_view, x), 3)


def test_the_base_of_an_array_is_the_one_that_numpy_names():
    def f(x):
        z = np.zeros(x.shape)
        for _ in range(2):
            view = z[1:][:]
            assert z.base is None
            assert view.base is z
            assert z.copy().base is None
            assert np.copy(z).base is None
            z[...] = x
        assert np.arange(6.0).reshape(2, 3).base is not None
        return np.sum(z)

    f(np.ones((2, 3)))
    gradient(f, np.ones((2, 3)))
