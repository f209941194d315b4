"""`gradient` and `value_and_gradient`: structures, nesting, threads, long programs."""

import gc
import threading
from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from kobai.autodiff import gradient, numerical_gradient, value_and_gradient
from kobai.autodiff.tensor import Tensor
from kobai.errors import GradientError

Pair = namedtuple("Pair", ["W", "b"])
BOTH = pytest.mark.parametrize("derive", [gradient, numerical_gradient])


def squares(tree):
    if isinstance(tree, dict):
        return sum(map(squares, tree.values()))
    if isinstance(tree, list | tuple):
        return sum(map(squares, tree))
    return np.sum(tree * tree)


# --- what x may be, and what comes back


@BOTH
@pytest.mark.parametrize(
    "x",
    [
        3.0,
        np.array([3.0, 4.0]),
        [np.ones(2), np.ones((2, 1))],
        (1.0, np.arange(3.0)),
        {"W": np.ones((2, 2)), "b": {"c": [2.0, (3.0,)]}},
        Pair(np.ones((2, 3)), np.arange(3.0)),
        {"layers": [Pair(np.ones(1), 2.0), Pair(np.ones(2), 3.0)]},
        [np.array(2.0), np.ones((0, 3)), np.ones((1, 1, 1))],
    ],
    ids=repr,
)
def test_the_result_has_the_structure_of_the_argument(derive, x):
    found = derive(squares, x)
    _assert_double(x, found)


def _assert_double(x, g):
    if isinstance(x, dict):
        assert list(x) == list(g)
        for k in x:
            _assert_double(x[k], g[k])
    elif isinstance(x, list | tuple):
        assert type(x) is type(g)
        assert len(x) == len(g)
        for a, b in zip(x, g, strict=True):
            _assert_double(a, b)
    else:
        assert type(g) is type(x)
        assert np.shape(g) == np.shape(x)
        # Central differences lose about 11 of 16 digits.
        np.testing.assert_allclose(g, 2 * np.asarray(x), rtol=1e-9)


@BOTH
@pytest.mark.parametrize("x", [3, np.int64(3), np.uint8(3), True])
def test_numbers_that_are_integers_count_as_floats(derive, x):
    found = derive(lambda x: x * x * 0.5, x)
    assert float(found) == pytest.approx(float(x), rel=1e-9)


@BOTH
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.int32])
def test_integer_arrays_are_promoted_never_cut_off(derive, dtype):
    x = np.array([3, 4], dtype)
    found = derive(lambda x: np.sum(x**2), x)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, [6, 8], rtol=1e-9)
    np.testing.assert_array_equal(x, np.array([3, 4], dtype))


@BOTH
def test_an_ordered_dict_keeps_its_order(derive):
    x = OrderedDict(b=1.0, a=2.0)
    assert list(derive(squares, x)) == ["b", "a"]


def test_a_parameter_that_is_not_used_has_gradient_zero():
    x = {"used": np.ones(2), "unused": np.ones((2, 3), np.float32), "n": 2.0}
    found = gradient(lambda p: np.sum(p["used"] ** 2), x)
    assert found["unused"].dtype == np.float32
    np.testing.assert_array_equal(found["unused"], np.zeros((2, 3)))
    assert found["n"] == 0.0


def test_mixed_precision_keeps_each_parameter_s_own():
    x = {
        "single": np.ones(2, np.float32),
        "double": np.ones(2),
        "half": np.float16([1]),
    }
    found = gradient(lambda p: np.sum(p["single"] * p["double"]) + p["half"][0] ** 2, x)
    assert [g.dtype for g in found.values()] == [np.float32, np.float64, np.float16]
    assert found["half"][0] == 2


@pytest.mark.parametrize(
    "x",
    [
        np.arange(12.0).reshape(3, 4)[::2, ::-1],
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.broadcast_to(2.0, (2, 3)),
        np.arange(6.0).astype(">f8"),
    ],
    ids=["strided", "fortran", "broadcast", "big-endian"],
)
def test_any_memory_layout(x):
    np.testing.assert_array_equal(gradient(lambda x: np.sum(x * x), x), 2 * x)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [0, 1, 2, (0, 2), None])
@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 1, 4), (2, 0, 4)])
def test_what_comes_back_to_a_sum_may_lie_in_memory_in_any_way(shape, axis, keepdims):
    x = np.ones(shape)
    weights = np.arange(1.0, 1 + np.sum(x, axis=axis).size)
    turned = np.sum(x, axis=axis, keepdims=keepdims).T.shape
    weights = weights.reshape(turned)[..., ::-1] if turned else weights[0]

    def loss(x):
        return np.sum(np.sum(x, axis=axis, keepdims=keepdims).T * weights)

    kept = np.sum(x, axis=axis, keepdims=True).shape
    expected = np.broadcast_to(np.transpose(weights).reshape(kept), shape)
    np.testing.assert_array_equal(gradient(loss, x), expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_the_gradient_at_one_of_numpy_s_numbers_is_one_of_them(dtype):
    for f in (lambda x: x, lambda x: np.sum(x), lambda x: np.sum(np.array([3, 4]) * x)):
        found = gradient(f, dtype(2))
        assert type(found) is dtype
        assert found == gradient(f, 2.0)


def test_gradients_can_be_changed_in_place_one_by_one():
    x = {"a": np.ones(3), "b": np.ones(3), "c": np.ones((3, 1)), "d": np.ones((1, 3))}
    f = lambda p: np.sum(p["a"] + p["b"]) + np.sum(p["c"].T + p["d"])
    grads = gradient(f, x)
    for g in grads.values():
        g *= 0.5
    assert all((g == 0.5).all() for g in grads.values())


def test_a_gradient_never_shares_memory_with_the_argument_or_constants():
    x, c = np.ones(3), np.array([1.0, 2.0, 3.0])
    for f in (lambda x: np.sum(x * c), lambda x: np.dot(x, c), lambda x: c @ x):
        g = gradient(f, x)
        assert not np.shares_memory(g, c)
        g *= 2
        np.testing.assert_array_equal(c, [1, 2, 3])


def test_the_value_is_that_of_f_and_plain():
    value, slope = value_and_gradient(lambda x: np.sum(x**3), np.array([1.0, 2.0]))
    assert (type(value), value) == (np.float64, 9.0)
    np.testing.assert_array_equal(slope, [3, 12])
    value, _ = value_and_gradient(lambda x: np.sum(x), np.ones(3, np.float32))
    assert (type(value), value) == (np.float32, 3)


def test_has_aux_gives_plain_arrays_in_their_structure():
    def f(x):
        y = np.tanh(x)
        return np.sum(y), {"y": y, "more": (Pair(y[0], "text"), None, 3), "all": [x]}

    x = np.array([0.1, -0.7])
    (value, aux), slope = value_and_gradient(f, x, has_aux=True)
    assert value == pytest.approx(np.tanh(x).sum(), rel=1e-15)
    np.testing.assert_array_equal(aux["y"], np.tanh(x))
    assert type(aux["y"]) is np.ndarray
    assert aux["more"] == (Pair(np.tanh(x)[0], "text"), None, 3)
    np.testing.assert_array_equal(aux["all"][0], x)
    np.testing.assert_allclose(slope, 1 / np.cosh(x) ** 2, rtol=1e-14)


def test_the_argument_is_left_alone():
    x = {"a": np.ones(3), "b": [np.ones(2)]}
    gradient(lambda p: np.sum(p["a"].__imul__(2)) + np.sum(p["b"].pop()), x)
    np.testing.assert_array_equal(x["a"], np.ones(3))
    assert len(x["b"]) == 1


# --- derivatives of derivatives


def test_second_and_third_derivative():
    f = lambda x: x**5
    second = lambda x: gradient(lambda x: gradient(f, x), x)
    third = lambda x: gradient(second, x)
    assert (second(2.0), third(2.0)) == (20 * 8, 60 * 4)


def test_the_classic_of_perturbation_confusion():
    # d/dx (x · d/dy (x + y)) = d/dx (x · 1) = 1; a confused implementation says 2.
    f = lambda x: x * gradient(lambda y: x + y, 1.0)
    assert gradient(f, 1.0) == 1
    # d/dx (x · d/dy (x · y)) = d/dx x² = 2x
    f = lambda x: x * gradient(lambda y: x * y, 5.0)
    assert gradient(f, 3.0) == 6
    # the same variable name, three levels: d³/dxdydz of x y z
    f = lambda x: gradient(lambda y: gradient(lambda z: x * y * z, 2.0), 3.0)
    assert gradient(f, 4.0) == 1


def test_an_inner_gradient_at_a_point_that_depends_on_the_outer():
    # d/dx of (2 y at y = x²) = 4x
    assert gradient(lambda x: gradient(lambda y: y * y, x * x), 3.0) == 12


def test_the_hessian_of_a_quadratic_form():
    A = np.arange(9.0).reshape(3, 3)
    f = lambda x: x @ A @ x
    x = np.array([1.0, -2.0, 0.5])
    rows = [gradient(lambda x, i=i: gradient(f, x)[i], x) for i in range(3)]
    np.testing.assert_allclose(rows, A + A.T, rtol=1e-14)


def test_gradient_descent_inside_a_gradient(central_difference):
    target = np.array([1.0, -2.0])

    def after_three_steps(rate):
        x = np.zeros(2)
        for _ in range(3):
            x = x - rate[0] * gradient(lambda x: np.sum((x - target) ** 4), x)
        return np.sum((x - target) ** 2)

    rate = np.array([0.01])
    expected = central_difference(after_three_steps, rate, 1e-7)
    np.testing.assert_allclose(gradient(after_three_steps, rate), expected, rtol=1e-5)


def test_a_nested_structure_inside_another():
    def f(p):
        inner = gradient(lambda q: squares(q) * p["s"], {"a": p["w"] * 2, "n": 3.0})
        return np.sum(inner["a"]) + inner["n"]

    # inner: a = 2 s · 2 w, n = 2 s · 3
    found = gradient(f, {"s": 2.0, "w": np.array([1.0, 5.0])})
    assert found["s"] == 4 * 6 + 6
    np.testing.assert_array_equal(found["w"], [8, 8])


# --- programs of every length, threads, accidents


def test_five_thousand_chained_operations():
    def f(x):
        for _ in range(5000):
            x = x * 0.9999 + 0.0001
        return np.sum(x)

    found = gradient(f, np.ones(3))
    np.testing.assert_allclose(found, np.full(3, 0.9999**5000), rtol=1e-10)


def test_a_change_through_five_thousand_views_of_views():
    def f(x):
        h = x * 1
        v = h
        for _ in range(5001):
            v = v[::-1]
        v[0] *= 7
        return np.sum(h)

    np.testing.assert_array_equal(gradient(f, np.ones(3)), [1, 1, 7])


def test_five_thousand_uses_of_one_array():
    found = gradient(lambda x: sum(x[0] * i for i in range(5000)), np.ones(1))
    assert found[0] == 4999 * 5000 / 2


def test_memory_of_a_finished_gradient_is_given_back_at_once():
    import weakref

    seen = []

    def f(x):
        h = np.exp(x)
        seen.append(weakref.ref(h.value))
        return np.sum(h * h)

    gc.disable()
    try:
        gradient(f, np.ones(1000))
        assert seen[0]() is None
    finally:
        gc.enable()


def test_two_threads_at_once_do_not_disturb_each_other():
    start = threading.Barrier(2)
    found = {}

    def work(name, scale):
        start.wait()
        f = lambda x: gradient(lambda y: scale * np.sum(y**3), x) @ x
        found[name] = [gradient(f, np.full(3, float(i))) for i in range(200)]

    threads = [threading.Thread(target=work, args=(s, s)) for s in (1.0, 2.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for scale in (1.0, 2.0):
        # f = 3 s Σ x³, ∂f/∂x = 9 s x²
        expected = [np.full(3, 9 * scale * i**2) for i in range(200)]
        np.testing.assert_allclose(found[scale], expected, rtol=1e-13)


def test_nothing_is_left_behind_by_an_exception():
    def fails(x):
        np.exp(x)
        raise RuntimeError("on purpose")

    for _ in range(3):
        with pytest.raises(RuntimeError, match="on purpose"):
            gradient(fails, np.ones(2))
    with pytest.raises(RuntimeError, match="on purpose"):
        gradient(lambda x: np.sum(gradient(fails, x)), np.ones(2))
    assert gradient(lambda x: x * gradient(lambda y: x + y, 1.0), 1.0) == 1
    assert type(np.exp(np.ones(2))) is np.ndarray


def test_an_inner_exception_that_f_handles():
    def f(x):
        try:
            gradient(lambda y: float(y), x[0])
        except GradientError:
            return np.sum(x * x)
        raise AssertionError("float(y) must be refused")

    np.testing.assert_array_equal(gradient(f, np.array([2.0, 3.0])), [4, 6])


def test_a_tensor_has_the_attributes_of_an_array():
    def f(x):
        assert isinstance(x, Tensor)
        assert (x.shape, x.ndim, x.size, x.dtype) == ((2, 3), 2, 6, np.float64)
        assert len(x) == 2
        assert x.T.shape == (3, 2)
        assert [row.shape for row in x] == [(3,), (3,)]
        assert (x == x.value).all()
        assert (x != 5).all()
        assert not (x < 0).any()
        return np.sum(x)

    gradient(f, np.ones((2, 3)))


@pytest.mark.parametrize(
    "scalar", [2, 2.0, np.float64(2), np.float32(2), np.array(2.0)]
)
def test_numbers_of_every_kind_on_either_side(scalar):
    x = np.array([1.5, -0.5])
    f = lambda x: np.sum(scalar * x + x * scalar + scalar / (x + 9) - (scalar - x))
    g = 2 * float(scalar) - float(scalar) / (x + 9) ** 2 + 1
    np.testing.assert_allclose(gradient(f, x), g, rtol=1e-14)


def test_python_numbers_do_not_widen_float32():
    seen = []

    def f(x):
        for y in (x * 2, 2 * x, x + 0.5, 1 / (x + 3), x**2, x**2.0, 2.0**x, x - 1):
            seen.append(y.dtype)
        seen.extend([np.maximum(x, 0).dtype, np.where(x > 0, x, 0.0).dtype])
        return np.sum(x)

    gradient(f, np.ones(2, np.float32))
    assert set(seen) == {np.dtype(np.float32)}
