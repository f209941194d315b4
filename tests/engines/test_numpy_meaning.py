"""Compiled functions mean what NumPy means: values, types, shapes, what changes."""

import copy

import numpy as np
import pytest

import kobai
from kobai.autodiff import gradient
from kobai.autodiff.trees import leaves
from kobai.engines.reference import interpret
from kobai.errors import GradientError
from kobai.graph import TraceError, trace, verify

V = np.array([0.5, -1.5, 2.5])
M = np.arange(1.0, 7).reshape(2, 3)
CUBE = np.linspace(-1, 2, 12).reshape(2, 3, 2)
F4, I8, U1 = V.astype(np.float32), np.array([3, -2, 5]), np.array([1, 200, 255], "u1")
MASK = np.array([True, False, True])
EMPTY = np.zeros((0, 3))


def assert_same(found, expected):
    found, expected = leaves(found), leaves(expected)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
        # Another order of a few roundings.
        eps = np.finfo(theirs.dtype).eps if theirs.dtype.kind == "f" else 0
        np.testing.assert_allclose(ours, theirs, rtol=32 * eps, atol=8 * eps)
        if theirs.dtype.kind == "f":
            is_number = ~np.isnan(theirs)
            signs = np.signbit(ours), np.signbit(theirs)
            assert np.array_equal(signs[0][is_number], signs[1][is_number])


def assert_means_the_same(f, *arguments):
    """Compare f with its graph as it is interpreted, and as it is compiled."""
    given = [copy.deepcopy(arguments) for _ in range(3)]
    with np.errstate(all="ignore"):
        expected = f(*given[0])
        found = kobai.compile(f)(*given[1])
        graph = trace(f, *given[2])
        verify(graph)
        outputs, _ = interpret(graph)(*leaves(list(given[2])))
    assert_same(found, expected)
    assert_same(outputs, expected)
    # What f changes in place.
    assert_same(list(given[1]), list(given[0]))


def assert_slopes_are_the_same(f, x, *rest):
    def total(x):
        return sum(np.sum(leaf * 1.0) ** 2 for leaf in leaves(f(x, *rest)))

    slope = gradient(total)
    with np.errstate(all="ignore"):
        assert_same(kobai.compile(slope)(copy.copy(x)), slope(copy.copy(x)))


# --- numbers that are bound anew, and arrays without axes that change


def running_total(x):
    total = x[0]
    for i in range(1, len(x)):
        total += x[i] ** 2
    return total * x[0], x


def kept_sum(x):
    s = np.sum(x)
    kept = s
    s += 1
    return s * kept


def array_without_axes(x):
    kept = x
    x += 1
    return x * kept


def reduction_of_a_view(x):
    largest = x.max(axis=0)[0]
    largest *= 2
    return largest, x


def picked_and_changed(x):
    one = x[1, 2]
    other = x[0]
    one -= 5
    other -= 5
    return one, x


def changed_through_a_view_without_axes(x):
    a = x.reshape(())
    a += 1
    a *= 2
    return x[0] * a, x


def changed_through_an_ellipsis(x):
    a = x[..., 1]
    a[...] = 7
    a += 1
    return x * 2


def changed_through_axes_of_length_one(x):
    h = (x * 2)[None]
    s = np.squeeze(h)
    s += 1
    return h * x


def changed_through_a_row_of_a_number(x):
    s = np.sum(x)
    row = np.expand_dims(s, 0)
    row += 1
    return s, row


def chosen_by_where(x):
    a = np.where(x[0] > 0, x[0], x[1])
    kept = a
    a += 1
    return a * kept


def padded_without_axes(x):
    copied = np.pad(x, 1)
    copied += 1
    return x * copied, x


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (running_total, V),
        (kept_sum, V),
        (array_without_axes, np.array(3.0)),
        (array_without_axes, np.float64(3.0)),
        (array_without_axes, 3.0),
        (reduction_of_a_view, M),
        (picked_and_changed, M),
        (changed_through_a_view_without_axes, np.array([3.0])),
        (changed_through_an_ellipsis, V),
        (changed_through_axes_of_length_one, M),
        (changed_through_a_row_of_a_number, V),
        (chosen_by_where, V),
        (padded_without_axes, np.array(2.0)),
    ],
)
def test_what_changes_in_place(f, x):
    assert_means_the_same(f, x)
    assert_slopes_are_the_same(f, x)


def test_a_number_and_an_array_without_axes_are_traced_apart():
    f = kobai.compile(array_without_axes)
    for x in (np.float64(3.0), np.array(3.0), np.float64(3.0)):
        assert f(copy.copy(x)) == array_without_axes(copy.copy(x))


def test_a_row_picked_by_an_unknown_number_is_not_changed_unnoticed():
    def f(x, i):
        row = x[i]
        row += 1
        return x

    # NumPy copies the row that an array without axes names.
    assert_means_the_same(f, M, np.array(1))
    with pytest.raises(GradientError, match="in-place change of a view"):
        kobai.compile(f)(M.copy(), 1)


# --- numbers of several types


@pytest.mark.parametrize("x", [V, F4, I8, U1, MASK, 2, 2.5, np.float32(1.5), M[:0]])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.int64(3) * x * 0.5,
        lambda x: -(x * np.uint8(200)),
        lambda x: np.array(3) / (x + 0.25) * 1.1,
        lambda x: x * np.float32(0.1) * 1.3,
        lambda x: np.float32(3) * (x * np.float64(0.1)),
        lambda x: 2 * (x * np.array([7], np.int8)) * 0.5,
        lambda x: x + (-np.array([1], np.uint8)),
        lambda x: x * (-np.array([1], np.uint8)),
        lambda x: (-np.array([1], np.uint8)) / (x + 0.25),
        lambda x: x * 100 * 100,
        lambda x: np.where(x > 1, x, 0) * 3,
        lambda x: np.where(x > 1, 2, x),
        lambda x: np.float32(1e38) * x * 0.1,
        lambda x: x**2 * np.int8(3),
        lambda x: np.exp(x / 100) * np.float32(2),
        lambda x: np.add(x, 1) * np.float32(2),
        lambda x: x // 2 + x % 2,
    ],
)
def test_types_follow_numpy_s_rules(f, x):
    assert_means_the_same(f, x)


@pytest.mark.parametrize(
    "f",
    [
        lambda n: n * 10**18 * 100 // 10**18,
        lambda n: n + n,
        lambda n: -n,
        lambda n: n / 4,
        lambda n: n**-1,
        lambda n: np.power(n, 2) * np.float32(2),
        lambda n: abs(n) ** 2 * np.float32(2),
        lambda n: (n > 1) + (n > 0),
        lambda n: np.add(n, n),
        lambda n: np.float32(3) * n,
        lambda n: np.exp(n) * np.float32(3),
    ],
)
@pytest.mark.parametrize("n", [3, True, 2.5])
def test_python_s_numbers_follow_python_s_rules(f, n):
    assert_means_the_same(f, n)


def test_python_s_numbers_raise_what_python_raises():
    f = kobai.compile(lambda n: 1 / (n - 3))
    assert f(4) == 1.0
    with pytest.raises(ZeroDivisionError):
        f(3)


def test_a_list_beside_a_whole_number_is_refused():
    # 3 * [1] is [1, 1, 1].
    for x in (3, np.int64(3), 2.5):
        with pytest.raises(TraceError, match=r"a list beside a number.*use np\.array"):
            kobai.compile(lambda x: x * [1])(x)
    assert_means_the_same(lambda x: x * [1, 2], np.array(2))


def test_a_power_of_python_s_numbers_of_unknown_type_is_refused():
    with pytest.raises(TraceError, match=r"power of two whole numbers.*np\.power"):
        kobai.compile(lambda n, k: n**k)(2, 3)
    assert kobai.compile(lambda n, k: n**k)(2.0, 3) == 8.0


@pytest.mark.parametrize("number", [-2, 300, 7])
def test_where_wraps_whole_numbers_round(number):
    assert_means_the_same(lambda x: np.where(x > 1, x, number), U1)
    assert_means_the_same(lambda x, n: np.where(x > 1, x, n), U1, number)
    assert_means_the_same(lambda x, n: np.where(n > 1, MASK, n), U1, number)


@pytest.mark.parametrize("x", [V, I8, U1, MASK, M])
def test_conditions_need_not_be_bools(x):
    assert_means_the_same(lambda x: np.where(x, x * 2.0, 1), x)


@pytest.mark.parametrize("x", [3, True, 3.0, np.int64(3), np.float32(3), I8, MASK, M])
@pytest.mark.parametrize(
    "f", [lambda x: np.sum(x * 1.1), lambda x: np.sum(x**2) * 1.1 + np.sum(x * x)]
)
def test_gradients_at_whole_numbers(f, x):
    assert_same(kobai.compile(gradient(f))(x), gradient(f, x))


def test_the_gradient_at_a_python_number_is_one():
    def f(c, x):
        return gradient(lambda c: c * c, c) * x

    assert kobai.compile(f)(3.0, F4).dtype == f(3.0, F4).dtype == np.float32
    assert kobai.compile(f)(np.float64(3), F4).dtype == np.float64


def test_a_change_in_place_keeps_the_array_s_type():
    def f(x, y):
        x += y
        x *= 0.1
        return x

    assert_means_the_same(f, F4, V)
    for update in (lambda x: x.__iadd__(0.5), lambda x: x.__itruediv__(2)):
        with pytest.raises(TypeError, match="cannot be stored in an array of int64"):
            kobai.compile(update)(I8.copy())


# --- masks and indices


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.where((x > 0) & (x < 2), x, 0),
        lambda x: np.where((x < 0) | (x > 2), x, 1),
        lambda x: np.where((x < 0) ^ (x < 2), x, 1),
        lambda x: np.where(~(x > 1), x, 0),
        lambda x: np.where(True & (x > 1), x, 0),
        lambda x: np.where(MASK, x, 0),
        lambda x: np.where(MASK, x, x * x),
        lambda x: x * MASK,
        lambda x: x[..., MASK],
        lambda x: x[..., ~MASK] * 2,
        lambda x: x[..., [0, 0, 1]],
        lambda x: x[..., [-1, 0]],
        lambda x: x[..., None],
        lambda x: x[True] * 2,
        lambda x: x[False],
        lambda x: x[np.array(True)],
        lambda x: x[()],
        lambda x: x[...],
        lambda x: x[None, ..., 0],
        lambda x: x[..., ::-2],
        lambda x: x[..., [[0, 1], [2, 0]]],
        lambda x: x[..., []],
        lambda x: np.repeat(x, 2, axis=-1),
        lambda x: np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, 2)]),
        lambda x: np.take(x, [2, 0, 0], axis=-1),
    ],
)
@pytest.mark.parametrize("x", [V, M, np.zeros((0, 3))])
def test_masks_and_indices(f, x):
    if x.ndim == 2 or f(V).shape:
        assert_means_the_same(f, x)
        assert_slopes_are_the_same(f, x)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[0, [0, 1]],
        lambda x: x[:, [0, 0, 1]],
        lambda x: x[[1, 0], :1],
        lambda x: x[:, 0, [1, 0]],
        lambda x: x[[0, 1], :, [1, 0]],
        lambda x: x[None, [0, -1]],
        lambda x: x[np.ix_([0, 1], [2, 0])],
        lambda x: x[:, MASK, 1],
        lambda x: x[np.array([[True, False, True], [False, False, True]])],
    ],
)
def test_arrays_beside_slices(f):
    assert_means_the_same(f, CUBE)
    assert_slopes_are_the_same(f, CUBE)


def test_true_and_one_are_two_indices():
    f = kobai.compile(lambda x: (x[1], x[True]))
    first, second = f(M)
    assert first.tolist() == M[1].tolist()
    assert second.tolist() == [M.tolist()]


def set_by_unknown_mask(x):
    h = x * 1
    h[h > 1] = 0.5
    return h


def set_rows_by_unknown_mask(x):
    h = x * 1
    h[x[:, 0] > 1] = np.array([1.0, 2.0, 3.0])
    return h


def set_by_known_mask(x):
    h = x * 1
    h[:, MASK] = 0
    return h


def set_where_types_differ(x):
    h = (x * 1000).astype(np.int64)
    h[h > 2000] = 1.75
    return h * 0.5


@pytest.mark.parametrize(
    "f",
    [
        set_by_unknown_mask,
        set_rows_by_unknown_mask,
        set_by_known_mask,
        set_where_types_differ,
    ],
)
def test_writing_by_a_mask(f):
    assert_means_the_same(f, M)
    assert_slopes_are_the_same(f, M)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[x > 0],
        lambda x: x[:, x[0] > 0],
        lambda x: x[x[0, 0] > 0],
        lambda x: x.__setitem__(x > 2, 2 * x[0]),
    ],
)
def test_masks_that_are_not_known_are_refused_with_the_remedy(f):
    with pytest.raises(TraceError, match=r"mask.*np\.where\(mask, a, b\)"):
        kobai.compile(f)(M.copy())


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[np.array([True, False])],
        lambda x: x.__setitem__((slice(None), 0), np.ones(3)),
        lambda x: x.__setitem__(MASK, 1.0),
    ],
)
def test_what_does_not_fit_raises_as_in_numpy(f):
    kinds = IndexError, ValueError
    for g in (f, kobai.compile(f)):
        with pytest.raises(kinds):
            g(np.ones((4, 3)))


# --- arrays of size 0, and of one entry


@pytest.mark.parametrize("x", [EMPTY, np.zeros((3, 0)), np.zeros((1, 3))])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * np.ones((0, 3)) if len(x) < 2 else x,
        lambda x: np.concatenate([x, x, np.zeros((2, x.shape[1]))]),
        lambda x: x.sum(axis=0),
        lambda x: x.sum(axis=1, keepdims=True) * 2,
        lambda x: np.prod(x, axis=0),
        lambda x: x @ x.T,
        lambda x: x.T @ x,
        lambda x: np.exp(x).reshape(-1)[::-1],
        lambda x: np.squeeze(np.maximum(x, 0)),
        lambda x: x[:, :0] * np.zeros((1, 0)),
        lambda x: np.where(x > 0, x, 0).T,
        lambda x: x[[]],
        lambda x: x / np.array([], np.float32)[:, None] if len(x) == 0 else x,
    ],
)
def test_arrays_of_size_0(f, x):
    assert_means_the_same(f, x)
    assert_slopes_are_the_same(f, x)


# --- what identities must leave as it is

SPECIAL = np.array([-0.0, 0.0, 1.0, -2.0, np.inf, -np.inf, np.nan, 1e30, 1e-40])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: 1 / (x + 0),
        lambda x: 1 / (0.0 + x),
        lambda x: 1 / (x - 0.0),
        lambda x: 1 / (x + -0.0),
        lambda x: x * 0,
        lambda x: x - x,
        lambda x: x / x,
        lambda x: 0 / x,
        lambda x: x * 1,
        lambda x: abs(np.where(x > 0, x, 0)),
        lambda x: np.where(x > 0, x, 0) > 0,
        lambda x: 1 / np.where(x > 1, 0.0, -0.0),
        lambda x: x * np.array([0.0, -0.0, 0.0, -0.0, 1, 1, 1, 1, 1]),
        lambda x: 1 / (1 / x),
        lambda x: x * 1e30 * 1e-30,
        lambda x: np.sum(x[None] - x[None], axis=0),
        lambda x: np.sum(x[:, None] / x[:, None] - 1, axis=1),
        lambda x: np.sum(np.stack([x, x]) * 0, axis=1),
        lambda x: x / (np.sqrt(x / np.float64(-2.0)) + 1e-8),
    ],
)
@pytest.mark.parametrize("x", [SPECIAL, SPECIAL.astype("f4")], ids=["f8", "f4"])
def test_what_is_not_finite_and_the_sign_of_0(f, x):
    assert_means_the_same(f, x)


def test_what_is_not_finite_stays_so_beside_what_labels_pick():
    rows, labels = np.arange(2), np.array([1, 0])

    def f(x):
        return np.sum(np.sqrt(x)[rows, labels])

    x = np.array([[0.0, 1.0, np.inf], [4.0, 0.0, 1.0]])
    with np.errstate(all="ignore"):
        found, expected = kobai.compile(gradient(f))(x), gradient(f, x)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))


# --- what f is given, and what it returns


def test_the_derivative_of_an_extreme_shows_what_is_not_finite():
    def f(x):
        lowest = np.min(x, axis=0, keepdims=True)
        zero = lowest - lowest
        return np.sum((zero % zero) ** 2)

    with np.errstate(all="ignore"):
        assert np.all(
            np.isnan(kobai.compile(gradient(f))(M)) == np.isnan(gradient(f, M))
        )
        assert np.isnan(gradient(f, M)).any()


def test_arguments_that_share_memory_are_refused_where_one_changes():
    def f(x, y):
        x += y
        return x

    g = kobai.compile(f)
    x = np.ones(4)
    for pair in ((x, x), (x, x[::-1]), (x[:2], x[1:3])):
        with pytest.raises(TraceError, match=r"share memory.*x\.copy\(\)"):
            g(*pair)
    assert g(x[:2], x[2:]).tolist() == [2, 2]
    assert kobai.compile(lambda x, y: x + y)(x, x).tolist() == [4, 4, 2, 2]


@pytest.mark.parametrize("x", [V, np.array(2.0), MASK, 2.0, True])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x,
        lambda x: (x, x),
        lambda x: {"one": x, "two": np.array([1, 2]), "three": 4, "four": None is x},
        lambda x: (x, np.float32(2), np.array(3)),
    ],
)
def test_results_that_are_arguments_or_constants(f, x):
    assert_means_the_same(f, x)


def test_results_without_axes_are_the_caller_s_own():
    f = kobai.compile(lambda x: (x * 2)[..., 0])
    first = f(np.array([1.0]))
    f(np.array([5.0]))
    assert first == 2.0


def test_an_old_value_is_returned_beside_the_new_one():
    def f(x):
        old = x * 1 if x.dtype.kind == "f" else x | x
        x[...] = x[::-1]
        return old, x

    for x in (V, MASK, I8):
        assert_means_the_same(f, x)


@pytest.mark.parametrize("value", ["text", None, object()])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(GradientError, match="need numbers or arrays"):
        kobai.compile(lambda x: x * 1 == value)(V)


def test_functions_of_shapes_and_types_take_all_their_arguments():
    def f(x):
        return np.zeros_like(x, np.int32), np.size(x, 0) * x, np.ones_like(x, shape=2)

    assert_means_the_same(f, M)
    assert kobai.compile(lambda x: x.astype(np.result_type(x, F4)))(V).dtype == V.dtype


def test_the_place_of_an_extreme_keeps_its_axis():
    assert_means_the_same(lambda x: np.argmax(x, axis=1, keepdims=True), M)
    assert_means_the_same(lambda x: np.argmin(x), M)
    assert_means_the_same(lambda x: np.argmax(x, keepdims=True), M)


@pytest.mark.parametrize("bound", [np.ones(1, bool), np.zeros((1, 1), bool)])
@pytest.mark.parametrize("bounded", [np.minimum, np.maximum, np.fmin])
@pytest.mark.parametrize("shape", [(2, 1), (3, 2), (1,)])
def test_one_bool_with_axes_bounds_numbers(bound, bounded, shape):
    f = lambda w: np.sum(bounded(bound, w) * w)
    w = np.arange(np.prod(shape)).reshape(shape) + 2
    expected = gradient(f, w)
    np.testing.assert_array_equal(kobai.compile(gradient(f))(w), expected)


@pytest.mark.parametrize(
    "where",
    [
        lambda x: np.where(np.array([True, True, False]), x, 0.5),
        lambda x: np.where(np.array([True, True, False]), 0.5, x),
        lambda x: np.where(x, 0.5, x),
        lambda x: np.where(x, 0.5, 2.5),
    ],
)
def test_a_choice_from_an_array_goes_into_it(where):
    def f(x):
        np.sin(where(x), out=x)
        return x

    x = np.array([1.0, 0.0, 2.0])
    expected = f(x.copy())
    np.testing.assert_array_equal(kobai.compile(f)(x.copy()), expected)
