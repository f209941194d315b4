"""Every rule of the elementwise table, one by one: no entry can be without a test."""

import dataclasses
import math

import numpy as np
import pytest

from kobai.autodiff import check_gradient, gradient
from kobai.autodiff.rules import ELEMENTWISE
from kobai.engines.compile import compile

# For each function the intervals that its arguments are drawn from, where it is smooth.
DOMAINS = {
    np.add: [(-3, 3), (-3, 3)],
    np.subtract: [(-3, 3), (-3, 3)],
    np.multiply: [(-3, 3), (-3, 3)],
    np.divide: [(-3, 3), (0.5, 3)],
    np.negative: [(-3, 3)],
    np.positive: [(-3, 3)],
    np.square: [(-3, 3)],
    np.reciprocal: [(-3, -0.5)],
    np.sqrt: [(0.5, 4)],
    np.cbrt: [(-4, -0.5)],
    np.remainder: [(7.1, 7.9), (2.1, 2.3)],
    np.fmod: [(-7.9, -7.1), (2.1, 2.3)],
    np.conjugate: [(-3, 3)],
    np.power: [(0.5, 3), (-3, 3)],
    np.exp: [(-3, 3)],
    np.exp2: [(-3, 3)],
    np.expm1: [(-3, 3)],
    np.log: [(0.3, 4)],
    np.log2: [(0.3, 4)],
    np.log10: [(0.3, 4)],
    np.log1p: [(-0.6, 4)],
    np.logaddexp: [(-3, 3), (-3, 3)],
    np.logaddexp2: [(-3, 3), (-3, 3)],
    np.sin: [(-4, 4)],
    np.cos: [(-4, 4)],
    np.tan: [(-1.2, 1.2)],
    np.arcsin: [(-0.8, 0.8)],
    np.arccos: [(-0.8, 0.8)],
    np.arctan: [(-3, 3)],
    np.arctan2: [(-3, 3), (0.4, 3)],
    np.hypot: [(-3, 3), (0.5, 3)],
    np.sinh: [(-3, 3)],
    np.cosh: [(-3, 3)],
    np.tanh: [(-3, 3)],
    np.arcsinh: [(-3, 3)],
    np.arccosh: [(1.3, 4)],
    np.arctanh: [(-0.8, 0.8)],
    np.deg2rad: [(-180, 180)],
    np.rad2deg: [(-3, 3)],
    np.radians: [(-180, 180)],
    np.degrees: [(-3, 3)],
    np.absolute: [(0.1, 3)],
    np.fabs: [(-3, -0.1)],
    np.maximum: [(-3, 0), (0.1, 3)],
    np.minimum: [(-3, 0), (0.1, 3)],
    np.fmax: [(0.1, 3), (-3, 0)],
    np.fmin: [(0.1, 3), (-3, 0)],
}

# Derivatives at a point, by formulas of `math`: (arguments, one slope per argument).
KNOWN = {
    np.add: ((2.0, 3.0), (1, 1)),
    np.subtract: ((2.0, 3.0), (1, -1)),
    np.multiply: ((2.0, 3.0), (3, 2)),
    np.divide: ((2.0, 4.0), (1 / 4, -2 / 16)),
    np.negative: ((2.0,), (-1,)),
    np.positive: ((2.0,), (1,)),
    np.square: ((-3.0,), (-6,)),
    np.reciprocal: ((4.0,), (-1 / 16,)),
    np.sqrt: ((4.0,), (1 / 4,)),
    np.cbrt: ((-8.0,), (1 / 12,)),
    np.remainder: ((7.5, 2.0), (1, -3)),
    np.fmod: ((-7.5, 2.0), (1, 3)),
    np.conjugate: ((-2.0,), (1,)),
    np.power: ((2.0, 3.0), (12, 8 * math.log(2))),
    np.exp: ((1.0,), (math.e,)),
    np.exp2: ((3.0,), (8 * math.log(2),)),
    np.expm1: ((1.0,), (math.e,)),
    np.log: ((4.0,), (1 / 4,)),
    np.log2: ((4.0,), (1 / (4 * math.log(2)),)),
    np.log10: ((4.0,), (1 / (4 * math.log(10)),)),
    np.log1p: ((3.0,), (1 / 4,)),
    np.logaddexp: ((0.0, math.log(3)), (1 / 4, 3 / 4)),
    np.logaddexp2: ((0.0, math.log2(3)), (1 / 4, 3 / 4)),
    np.sin: ((0.5,), (math.cos(0.5),)),
    np.cos: ((0.5,), (-math.sin(0.5),)),
    np.tan: ((0.5,), (1 / math.cos(0.5) ** 2,)),
    np.arcsin: ((0.6,), (1 / 0.8,)),
    np.arccos: ((0.6,), (-1 / 0.8,)),
    np.arctan: ((2.0,), (1 / 5,)),
    np.arctan2: ((3.0, 4.0), (4 / 25, -3 / 25)),
    np.hypot: ((3.0, 4.0), (3 / 5, 4 / 5)),
    np.sinh: ((0.5,), (math.cosh(0.5),)),
    np.cosh: ((0.5,), (math.sinh(0.5),)),
    np.tanh: ((0.5,), (1 / math.cosh(0.5) ** 2,)),
    np.arcsinh: ((0.75,), (1 / 1.25,)),
    np.arccosh: ((1.25,), (1 / 0.75,)),
    np.arctanh: ((0.5,), (1 / 0.75,)),
    np.deg2rad: ((30.0,), (math.pi / 180,)),
    np.rad2deg: ((1.0,), (180 / math.pi,)),
    np.radians: ((30.0,), (math.pi / 180,)),
    np.degrees: ((1.0,), (180 / math.pi,)),
    np.absolute: ((-2.0,), (-1,)),
    np.fabs: ((-2.0,), (-1,)),
    np.maximum: ((2.0, 1.0), (1, 0)),
    np.minimum: ((2.0, 1.0), (0, 1)),
    np.fmax: ((1.0, 2.0), (0, 1)),
    np.fmin: ((1.0, 2.0), (1, 0)),
}

SMOOTH = {f: p for f, p in ELEMENTWISE.items() if not p.is_constant}
FLAT = {f: p for f, p in ELEMENTWISE.items() if p.is_constant}
OF_BOOLS = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert}
OF_BOOLS |= {np.left_shift, np.right_shift}
BINARY = [f for f in SMOOTH if f.nin == 2]
SHAPES = [
    ((2, 3), (2, 3)),
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((2, 1), (1, 3)),
    ((), (2, 3)),
    ((2, 3), ()),
    ((), ()),
    ((1,), (2, 3)),
    ((2, 3), (1, 1, 3)),
    ((4, 1, 3), (2, 1)),
    ((2, 0), (1,)),
    ((0, 3), (1, 3)),
]


def name_of(x):
    return getattr(x, "__name__", None)


def draw(function, shapes, seed=0):
    rng = np.random.default_rng(seed)
    pairs = zip(DOMAINS[function], shapes, strict=True)
    return [np.asarray(rng.uniform(low, high, shape)) for (low, high), shape in pairs]


def test_the_table_and_its_examples_have_the_same_entries():
    assert set(DOMAINS) == set(KNOWN) == set(SMOOTH)


@pytest.mark.parametrize("function", ELEMENTWISE, ids=name_of)
def test_there_is_a_rule_for_every_argument(function):
    primitive = ELEMENTWISE[function]
    assert primitive.elementwise
    assert primitive.evaluate is function
    if not primitive.is_constant:
        assert len(primitive.vjps) == function.nin
        assert None not in primitive.vjps


@pytest.mark.parametrize("function", SMOOTH, ids=name_of)
def test_known_derivative(function):
    arguments, slopes = KNOWN[function]
    found = gradient(lambda args: function(*args), list(arguments))
    # A few roundings.
    assert found == pytest.approx(list(slopes), rel=1e-14)


@pytest.mark.parametrize("function", SMOOTH, ids=name_of)
def test_first_and_second_derivative(function, assert_derivatives):
    arguments = draw(function, [(3, 2)] * function.nin)
    assert_derivatives(function, arguments, second=True)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("function", BINARY, ids=name_of)
def test_broadcasting(function, shapes, assert_derivatives):
    assert_derivatives(function, draw(function, shapes))


@pytest.mark.parametrize("shapes", [((2, 3), (3,)), ((2, 1), (1, 3)), ((), (4,))])
@pytest.mark.parametrize("function", BINARY, ids=name_of)
def test_second_derivatives_of_broadcast_arguments(
    function, shapes, assert_derivatives
):
    assert_derivatives(function, draw(function, shapes), second=True)


@pytest.mark.parametrize("function", BINARY, ids=name_of)
def test_each_argument_alone(function, central_difference):
    a, b = draw(function, [(4,), (4,)])
    left = gradient(lambda v: np.sum(function(v, b)), a)
    right = gradient(lambda v: np.sum(function(a, v)), b)
    expected = central_difference(lambda v: function(v, b).sum(), a)
    np.testing.assert_allclose(left, expected, 1e-6, 1e-7)
    expected = central_difference(lambda v: function(a, v).sum(), b)
    np.testing.assert_allclose(right, expected, 1e-6, 1e-7)


@pytest.mark.parametrize("function", SMOOTH, ids=name_of)
def test_float32_stays_float32(function):
    arguments = [a.astype(np.float32) for a in draw(function, [(3,)] * function.nin)]
    seen = []

    def f(args):
        y = function(*args)
        seen.append(y.dtype)
        return np.sum(y)

    slopes = gradient(f, arguments)
    assert seen == [np.float32]
    assert {g.dtype for g in slopes} == {np.dtype(np.float32)}
    double = gradient(f, [a.astype(np.float64) for a in arguments])
    for single, exact in zip(slopes, double, strict=True):
        # Roundings of float32, where arccosh and friends divide by small numbers.
        np.testing.assert_allclose(single, exact, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("function", SMOOTH, ids=name_of)
def test_a_planted_wrong_rule_is_caught(function, monkeypatch):
    arguments = draw(function, [(2, 2)] * function.nin)
    right = ELEMENTWISE[function]
    f = lambda args: np.sum(function(*args))
    assert check_gradient(f, arguments)
    for position, rule in enumerate(right.vjps):
        if np.abs(gradient(f, arguments)[position]).max() == 0:
            continue  # the argument of a maximum that never wins
        rules = list(right.vjps)
        rules[position] = lambda *a, rule=rule: 1.01 * rule(*a)
        wrong = dataclasses.replace(right, vjps=tuple(rules))
        monkeypatch.setitem(ELEMENTWISE, function, wrong)
        report = check_gradient(f, arguments)
        assert not report
        assert [row.ok for row in report.rows] == [
            i != position for i in range(function.nin)
        ]


@pytest.mark.parametrize("function", FLAT, ids=name_of)
def test_piecewise_constant_functions_give_zeros(function):
    x = np.array([-1.5, 0.3, 2.6])

    def f(x):
        arguments = (x, np.array([1.0, 0.3, 2.0]))[: function.nin]
        if function in OF_BOOLS:
            arguments = [a > 0 for a in arguments]
        y = function(*arguments)
        assert isinstance(y, np.ndarray)
        return np.sum(y)

    np.testing.assert_array_equal(gradient(f, x), np.zeros(3))
    assert gradient(lambda x: np.sum(x * x) + f(x), x).tolist() == (2 * x).tolist()


# --- corners and far out


@pytest.mark.parametrize("function", [np.maximum, np.minimum, np.fmax, np.fmin])
def test_equal_arguments_share_the_derivative(function):
    found = gradient(lambda p: function(*p), [1.5, 1.5])
    assert found == [0.5, 0.5]


@pytest.mark.parametrize("function", [np.fmax, np.fmin])
@pytest.mark.parametrize("x", [[np.nan, 2.0], [2.0, np.nan]])
def test_of_a_number_beside_nan_the_number_has_the_derivative(function, x):
    slopes = [float(not np.isnan(v)) for v in x]
    assert gradient(lambda p: function(*p), x) == slopes
    assert gradient(function.reduce, np.array(x)).tolist() == slopes
    compiled = compile(gradient(lambda v: np.sum(function(v, v[::-1]))))
    assert compiled(np.array(x)).tolist() == [2 * slope for slope in slopes]


@pytest.mark.parametrize("function", [np.absolute, np.fabs])
def test_at_its_corner_the_absolute_value_is_flat(function):
    assert gradient(function, 0.0) == 0


@pytest.mark.parametrize(
    ("x", "p", "slope"),
    [(0.0, 2.0, 0), (0.0, 1.0, 1), (0.0, 0.0, 0), (-2.0, 3, 12), (-2.0, -1, -0.25)],
)
def test_power_s_base_at_zero_and_below(x, p, slope):
    assert gradient(lambda x: np.power(x, p), x) == pytest.approx(slope, abs=1e-15)
    assert gradient(lambda x: x**p, x) == pytest.approx(slope, abs=1e-15)


def test_power_s_second_derivatives_at_zero():
    second = lambda p: gradient(lambda x: gradient(lambda x: np.power(x, p), x), 0.0)
    assert [second(p) for p in (0.0, 1.0, 2.0, 3.0)] == [0, 0, 2, 0]


def test_power_s_exponent_at_base_zero():
    assert gradient(lambda p: np.power(0.0, p), 2.0) == 0
    assert gradient(lambda p: 2**p, 3.0) == pytest.approx(8 * math.log(2), rel=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("function", "x", "slope"),
    [
        (np.tanh, 1000, 0),
        (np.tanh, -1000, 0),
        (np.exp, -1000, 0),
        (np.expm1, -1000, 0),
        (lambda x: np.logaddexp(x, 0), 1000, 1),
        (lambda x: np.logaddexp(x, 0), -1000, 0),
        (lambda x: np.logaddexp(0, -x), -1000, -1),
        (np.arctan, 1000, 1 / 1000001),
        (lambda x: np.hypot(x, 1), 1000, 1),
        (lambda x: np.log1p(x), 1e-7, 1),
    ],
)
def test_far_out_derivatives_are_finite_and_right(function, x, slope, dtype):
    found = gradient(lambda v: np.sum(function(v)), np.array([x], dtype))
    np.testing.assert_allclose(found, [slope], rtol=1e-5, atol=1e-30)
