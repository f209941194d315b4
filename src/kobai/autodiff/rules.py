"""The table of derivatives of elementwise functions, one line each.

Each is a constant, which `operations` offers beside all others: EXP is the primitive
of np.exp.

A rule gives g · ∂y/∂x from g, the derivative of the loss with respect to the result
y. Where the derivative is simpler or stabler in terms of y than of x, it is written
so.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.autodiff.primitive import Primitive, Vjp

# NumPy's function -> the primitive that it is, for calls of NumPy alone.
ELEMENTWISE: dict[Any, Primitive] = {}


def elementwise(
    function: np.ufunc, *vjps: Vjp, unread: tuple[int, ...] = ()
) -> Primitive:
    """Return the primitive of a ufunc, with a rule for each argument; enter it."""
    ELEMENTWISE[function] = Primitive(
        function.__name__, function, vjps=vjps, elementwise=True, unread=unread
    )
    return ELEMENTWISE[function]


def constant(function: np.ufunc) -> Primitive:
    """Return the primitive of a ufunc whose derivative is 0 wherever it exists."""
    ELEMENTWISE[function] = Primitive(function.__name__, function, elementwise=True)
    return ELEMENTWISE[function]


# --- arithmetic

ADD = elementwise(np.add, lambda g, y, a, b: g, lambda g, y, a, b: g, unread=(0, 1))
SUBTRACT = elementwise(
    np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g, unread=(0, 1)
)
MULTIPLY = elementwise(np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
DIVIDE = elementwise(
    np.divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b, unread=(0,)
)
NEGATIVE = elementwise(np.negative, lambda g, y, x: -g)
POSITIVE = elementwise(np.positive, lambda g, y, x: g)
SQUARE = elementwise(np.square, lambda g, y, x: 2 * g * x)
RECIPROCAL = elementwise(np.reciprocal, lambda g, y, x: -g * y * y)
SQRT = elementwise(np.sqrt, lambda g, y, x: 0.5 * g / y)
CBRT = elementwise(np.cbrt, lambda g, y, x: g / (3 * y * y))
REMAINDER = elementwise(
    np.remainder, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.floor(a / b)
)
FMOD = elementwise(
    np.fmod, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.trunc(a / b)
)
CONJUGATE = elementwise(np.conjugate, lambda g, y, x: np.conjugate(g))


def _power_base(g: Any, y: Any, x: Any, p: Any) -> Any:
    # x⁰ is 1 at x = 0 too, where 0 · x⁻¹ would be 0 · inf.
    is_zero = p == 0
    exponent = np.where(is_zero, 1, p) - 1
    return g * np.where(is_zero, 0, p * np.power(x, exponent))


def _power_exponent(g: Any, y: Any, x: Any, p: Any) -> Any:
    # 0ᵖ is 0 for every p > 0, so ln 0 must not appear.
    return g * y * np.log(np.where(x == 0, 1, x))


POWER = elementwise(np.power, _power_base, _power_exponent)

# --- exponentials and logarithms

EXP = elementwise(np.exp, lambda g, y, x: g * y)
EXP2 = elementwise(np.exp2, lambda g, y, x: g * y * math.log(2))
EXPM1 = elementwise(np.expm1, lambda g, y, x: g * (y + 1))
LOG = elementwise(np.log, lambda g, y, x: g / x)
LOG2 = elementwise(np.log2, lambda g, y, x: g / (x * math.log(2)))
LOG10 = elementwise(np.log10, lambda g, y, x: g / (x * math.log(10)))
LOG1P = elementwise(np.log1p, lambda g, y, x: g / (1 + x))
LOGADDEXP = elementwise(
    np.logaddexp,
    lambda g, y, a, b: g * np.exp(a - y),
    lambda g, y, a, b: g * np.exp(b - y),
)
LOGADDEXP2 = elementwise(
    np.logaddexp2,
    lambda g, y, a, b: g * np.exp2(a - y),
    lambda g, y, a, b: g * np.exp2(b - y),
)

# --- trigonometry and hyperbolic functions

SIN = elementwise(np.sin, lambda g, y, x: g * np.cos(x))
COS = elementwise(np.cos, lambda g, y, x: -g * np.sin(x))
TAN = elementwise(np.tan, lambda g, y, x: g * (1 + y * y))
ARCSIN = elementwise(np.arcsin, lambda g, y, x: g / np.sqrt(1 - x * x))
ARCCOS = elementwise(np.arccos, lambda g, y, x: -g / np.sqrt(1 - x * x))
ARCTAN = elementwise(np.arctan, lambda g, y, x: g / (1 + x * x))


def _over(leg: Any, length: Any) -> Any:
    # At (0, 0) there is a corner, and 0 / 0 would be NaN.
    is_corner = length == 0
    return np.where(is_corner, 0, leg / np.where(is_corner, 1, length))


ARCTAN2 = elementwise(
    np.arctan2,
    lambda g, y, a, b: g * _over(b, a * a + b * b),
    lambda g, y, a, b: -g * _over(a, a * a + b * b),
)
HYPOT = elementwise(
    np.hypot,
    lambda g, y, a, b: g * _over(a, y),
    lambda g, y, a, b: g * _over(b, y),
)
SINH = elementwise(np.sinh, lambda g, y, x: g * np.cosh(x))
COSH = elementwise(np.cosh, lambda g, y, x: g * np.sinh(x))
TANH = elementwise(np.tanh, lambda g, y, x: g * (1 - y * y))
ARCSINH = elementwise(np.arcsinh, lambda g, y, x: g / np.sqrt(x * x + 1))
ARCCOSH = elementwise(np.arccosh, lambda g, y, x: g / np.sqrt(x * x - 1))
ARCTANH = elementwise(np.arctanh, lambda g, y, x: g / (1 - x * x))
DEG2RAD = elementwise(np.deg2rad, lambda g, y, x: g * (math.pi / 180))
RAD2DEG = elementwise(np.rad2deg, lambda g, y, x: g * (180 / math.pi))
RADIANS = elementwise(np.radians, lambda g, y, x: g * (math.pi / 180))
DEGREES = elementwise(np.degrees, lambda g, y, x: g * (180 / math.pi))

# --- functions with a corner: there, the mean of both sides, as a central difference


def _absolute(g: Any, y: Any, x: Any) -> Any:
    if x.dtype.kind == "c":
        return g * _over(np.conjugate(x), y)
    return g * np.sign(x)


ABSOLUTE = elementwise(np.absolute, _absolute)
FABS = elementwise(np.fabs, lambda g, y, x: g * np.sign(x))


def _share(g: Any, a: Any, wins: Any, b: Any) -> Any:
    """Return g where a wins against b, half of it where they are equal, else 0."""
    return np.where(a == b, 0.5 * g, np.where(wins, g, 0))


def _one_of_two(function: np.ufunc, wins: Callable[[Any, Any], Any]) -> Primitive:
    return elementwise(
        function,
        lambda g, y, a, b: _share(g, a, wins(a, b), b),
        lambda g, y, a, b: _share(g, a, wins(b, a), b),
    )


MAXIMUM = _one_of_two(np.maximum, lambda x, other: x > other)
MINIMUM = _one_of_two(np.minimum, lambda x, other: x < other)
# Beside NaN, the number is taken.
FMAX = _one_of_two(np.fmax, lambda x, other: (x > other) | np.isnan(other))
FMIN = _one_of_two(np.fmin, lambda x, other: (x < other) | np.isnan(other))

# --- piecewise constant functions: derivative 0

EQUAL = constant(np.equal)
NOT_EQUAL = constant(np.not_equal)
LESS = constant(np.less)
LESS_EQUAL = constant(np.less_equal)
GREATER = constant(np.greater)
GREATER_EQUAL = constant(np.greater_equal)
LOGICAL_AND = constant(np.logical_and)
LOGICAL_OR = constant(np.logical_or)
LOGICAL_NOT = constant(np.logical_not)
LOGICAL_XOR = constant(np.logical_xor)
BITWISE_AND = constant(np.bitwise_and)
BITWISE_OR = constant(np.bitwise_or)
BITWISE_XOR = constant(np.bitwise_xor)
INVERT = constant(np.invert)
ISFINITE = constant(np.isfinite)
ISINF = constant(np.isinf)
ISNAN = constant(np.isnan)
SIGNBIT = constant(np.signbit)
SIGN = constant(np.sign)
FLOOR = constant(np.floor)
CEIL = constant(np.ceil)
TRUNC = constant(np.trunc)
RINT = constant(np.rint)
FLOOR_DIVIDE = constant(np.floor_divide)
LEFT_SHIFT = constant(np.left_shift)
RIGHT_SHIFT = constant(np.right_shift)
