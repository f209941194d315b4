"""Each activation against an independent formula, far out, in both precisions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kobai import functions
from kobai.autodiff import gradient

SQRT_2_OVER_PI = math.sqrt(2 / math.pi)


def naive_sigmoid(x):
    return 1 / (1 + np.exp(-x))


def naive_gelu(x):
    return 0.5 * x * (1 + np.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x**3)))


def gelu_slope(x):
    u = SQRT_2_OVER_PI * (x + 0.044715 * x**3)
    du = SQRT_2_OVER_PI * (1 + 3 * 0.044715 * x**2)
    return 0.5 * (1 + np.tanh(u)) + 0.5 * x * du / np.cosh(u) ** 2


# name: (the formula, its derivative), to be computed in long double
ELEMENTWISE = {
    "identity": (lambda x: x, np.ones_like),
    "step": (lambda x: (x > 0) * np.ones_like(x), np.zeros_like),
    "sigmoid": (naive_sigmoid, lambda x: naive_sigmoid(x) * naive_sigmoid(-x)),
    "tanh": (lambda x: 2 * naive_sigmoid(2 * x) - 1, lambda x: 1 / np.cosh(x) ** 2),
    "relu": (lambda x: x * (x > 0), lambda x: (x > 0) * np.ones_like(x)),
    "leaky_relu": (
        lambda x: x * np.where(x > 0, 1, np.longdouble(0.01)),
        lambda x: np.where(x > 0, 1, np.longdouble(0.01)),
    ),
    "softplus": (lambda x: np.log1p(np.exp(x)), naive_sigmoid),
    "exponential": (np.exp, np.exp),
    "gelu": (naive_gelu, gelu_slope),
}


def naive_softmax(x):
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


ALONG_AN_AXIS = {
    "softmax": naive_softmax,
    "log_softmax": lambda x: np.log(naive_softmax(x)),
}
FLOATS = (np.float32, np.float64)
SHAPES = ((), (5,), (2, 5), (0, 5), (2, 3, 5), (2, 1, 3, 5))


def test_every_activation_is_tested():
    module = functions.activations
    public = {n for n in functions.__all__ if hasattr(module, n)}
    assert public == set(ELEMENTWISE) | set(ALONG_AN_AXIS)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_value_and_derivative_are_those_of_the_formula(name, dtype):
    formula, slope = ELEMENTWISE[name]
    x = np.linspace(-9.3, 9.1, 401, dtype=dtype)
    exact = x.astype(np.longdouble)
    # A handful of roundings, relative to the largest number that comes in between.
    tolerance = 16 * np.finfo(dtype).eps * 10
    f = getattr(functions, name)
    np.testing.assert_allclose(f(x), formula(exact), tolerance, tolerance)
    slopes = gradient(lambda v: np.sum(f(v)), x)
    np.testing.assert_allclose(slopes, slope(exact), tolerance, tolerance)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("name", "values", "slopes"),
    [
        ("identity", (-1000, 1000), (1, 1)),
        ("step", (0, 1), (0, 0)),
        ("sigmoid", (0, 1), (0, 0)),
        ("tanh", (-1, 1), (0, 0)),
        ("relu", (0, 1000), (0, 1)),
        ("leaky_relu", (-10, 1000), (0.01, 1)),
        ("softplus", (0, 1000), (0, 1)),
        ("gelu", (0, 1000), (0, 1)),
    ],
)
def test_values_and_derivatives_at_a_thousand(name, values, slopes, dtype):
    x = np.array([-1000, 1000], dtype)
    f = getattr(functions, name)
    # sigmoid(-1000) is 1e-434: anything as small as 1e-30 is right.
    np.testing.assert_allclose(f(x), values, rtol=1e-6, atol=1e-30)
    np.testing.assert_allclose(gradient(lambda v: np.sum(f(v)), x), slopes, 1e-6, 1e-30)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", [90, 104, 720, 746, 1e4, 1e30])
@pytest.mark.parametrize(
    "name", [*sorted(set(ELEMENTWISE) - {"gelu", "exponential"}), *ALONG_AN_AXIS]
)
def test_nothing_overflows_far_out(name, size, dtype):
    x = np.array([-size, 0, size], dtype)
    f = getattr(functions, name)
    assert np.isfinite(f(x)).all()
    w = np.array([1, 2, 3], dtype)
    assert np.isfinite(gradient(lambda v: np.sum(w * f(v)), x)).all()


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_exponential_of_much_is_more_than_there_are_numbers(dtype):
    x = np.array([-1000, 0, 1000], dtype)
    with np.errstate(over="ignore"):
        assert functions.exponential(x).tolist() == [0, 1, np.inf]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("name", "shape"),
    [(name, shape) for name in ELEMENTWISE for shape in SHAPES]
    + [(name, shape) for name in ALONG_AN_AXIS for shape in SHAPES if shape],
)
def test_shape_and_dtype_are_kept_also_by_the_gradient(name, dtype, shape):
    f = getattr(functions, name)
    x = np.random.default_rng(0).normal(size=shape).astype(dtype)
    x = np.asarray(x, dtype)
    before = x.copy()
    assert (f(x).shape, f(x).dtype) == (shape, dtype)
    slope = gradient(lambda v: np.sum(f(v)), x)
    assert (slope.shape, slope.dtype) == (shape, dtype)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("name", [*ELEMENTWISE, *ALONG_AN_AXIS])
@pytest.mark.parametrize("dtype", [np.uint8, np.int32, bool])
def test_integers_do_not_wrap_around(name, dtype):
    x = np.array([0, 1, 0], dtype)
    f = getattr(functions, name)
    np.testing.assert_array_equal(f(x), f(x.astype(np.float64)))


@pytest.mark.parametrize("name", [*ELEMENTWISE, *ALONG_AN_AXIS])
def test_lists_and_numbers_are_taken(name):
    f = getattr(functions, name)
    np.testing.assert_array_equal(f([0.5, -2]), f(np.array([0.5, -2.0])))
    if name in ELEMENTWISE:
        assert f(0.5) == f(np.array([0.5]))[0]


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_derivative_at_the_corner_is_that_of_the_left(name):
    left = {"relu": 0.0, "leaky_relu": 0.01}[name]
    assert gradient(getattr(functions, name), 0.0) == left


def test_leaky_relu_takes_a_slope():
    assert functions.leaky_relu(-3.0, slope=0.2) == pytest.approx(-0.6, rel=1e-15)
    assert gradient(lambda x: functions.leaky_relu(x, 0.2), -3.0) == 0.2


def test_sigmoid_s_derivative_is_at_most_a_quarter():
    x = np.linspace(-5, 5, 101)
    slope = gradient(lambda v: np.sum(functions.sigmoid(v)), x)
    assert slope.max() == slope[50] == 0.25


@given(st.lists(st.floats(-40, 40), min_size=1, max_size=8), st.floats(-1e3, 1e3))
def test_softmax_is_a_distribution_that_no_shift_changes(scores, shift):
    x = np.array(scores)
    y = functions.softmax(x)
    assert y.sum() == pytest.approx(1, rel=1e-14)
    # x + shift rounds x to about 1e3 · 1e-16, and exp passes that on.
    np.testing.assert_allclose(functions.softmax(x + shift), y, rtol=1e-11)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ALONG_AN_AXIS)
def test_softmax_is_that_of_its_formula_for_any_leading_shape(name, dtype):
    x = np.random.default_rng(1).normal(0, 3, (2, 3, 4, 5)).astype(dtype)
    exact = ALONG_AN_AXIS[name](x.astype(np.longdouble))
    f = getattr(functions, name)
    tolerance = 100 * np.finfo(dtype).eps
    np.testing.assert_allclose(f(x), exact, tolerance, tolerance)
    np.testing.assert_array_equal(f(x)[1, 2], f(x[1, 2]))


def test_softmax_s_derivative_is_its_jacobian():
    x = np.random.default_rng(2).normal(size=4)
    y = naive_softmax(x)
    for i in range(4):
        row = gradient(lambda v, i=i: functions.softmax(v)[i], x)
        np.testing.assert_allclose(row, y[i] * ((np.arange(4) == i) - y), 1e-12, 1e-15)
        row = gradient(lambda v, i=i: functions.log_softmax(v)[i], x)
        np.testing.assert_allclose(row, (np.arange(4) == i) - y, 1e-12, 1e-15)


def test_equal_scores_share_the_derivative():
    x = np.zeros((2, 3))
    slope = gradient(lambda v: functions.softmax(v)[0, 0], x)
    np.testing.assert_allclose(
        slope, [[2 / 9, -1 / 9, -1 / 9], [0, 0, 0]], 1e-14, 1e-16
    )


def test_log_softmax_is_finite_where_softmax_is_zero():
    x = np.array([0.0, 1000.0, -1000.0])
    np.testing.assert_array_equal(functions.softmax(x), [0, 1, 0])
    np.testing.assert_array_equal(functions.log_softmax(x), [-1000, 0, -2000])
