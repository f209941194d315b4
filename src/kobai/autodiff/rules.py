"""The table of derivatives of elementwise functions, one line each.

A rule gives g · ∂y/∂x from g, the derivative of the loss with respect to the result
y. Where the derivative is simpler or stabler in terms of y than of x, it is written
so.
"""

import math
from typing import Any

import numpy as np

from kobai.autodiff.primitive import Primitive, Vjp

# NumPy's function -> the primitive that it is.
ELEMENTWISE: dict[Any, Primitive] = {}


def elementwise(function: np.ufunc, *vjps: Vjp, unread: tuple[int, ...] = ()) -> None:
    """Enter the rules of a ufunc into the table, one for each argument."""
    ELEMENTWISE[function] = Primitive(
        function.__name__, function, vjps=vjps, elementwise=True, unread=unread
    )


def constant(*functions: np.ufunc) -> None:
    """Enter ufuncs whose derivative is 0 wherever it exists."""
    for function in functions:
        ELEMENTWISE[function] = Primitive(function.__name__, function, elementwise=True)


# --- arithmetic

elementwise(np.add, lambda g, y, a, b: g, lambda g, y, a, b: g, unread=(0, 1))
elementwise(np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g, unread=(0, 1))
elementwise(np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
elementwise(
    np.divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b, unread=(0,)
)
elementwise(np.negative, lambda g, y, x: -g)
elementwise(np.positive, lambda g, y, x: g)
elementwise(np.square, lambda g, y, x: 2 * g * x)
elementwise(np.reciprocal, lambda g, y, x: -g * y * y)
elementwise(np.sqrt, lambda g, y, x: 0.5 * g / y)
elementwise(np.cbrt, lambda g, y, x: g / (3 * y * y))
elementwise(np.remainder, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.floor(a / b))
elementwise(np.fmod, lambda g, y, a, b: g, lambda g, y, a, b: -g * np.trunc(a / b))
elementwise(np.conjugate, lambda g, y, x: np.conjugate(g))


def _power_base(g: Any, y: Any, x: Any, p: Any) -> Any:
    # x⁰ is 1 at x = 0 too, where 0 · x⁻¹ would be 0 · inf.
    is_zero = p == 0
    exponent = np.where(is_zero, 1, p) - 1
    return g * np.where(is_zero, 0, p * np.power(x, exponent))


def _power_exponent(g: Any, y: Any, x: Any, p: Any) -> Any:
    # 0ᵖ is 0 for every p > 0, so ln 0 must not appear.
    return g * y * np.log(np.where(x == 0, 1, x))


elementwise(np.power, _power_base, _power_exponent)

# --- exponentials and logarithms

elementwise(np.exp, lambda g, y, x: g * y)
elementwise(np.exp2, lambda g, y, x: g * y * math.log(2))
elementwise(np.expm1, lambda g, y, x: g * (y + 1))
elementwise(np.log, lambda g, y, x: g / x)
elementwise(np.log2, lambda g, y, x: g / (x * math.log(2)))
elementwise(np.log10, lambda g, y, x: g / (x * math.log(10)))
elementwise(np.log1p, lambda g, y, x: g / (1 + x))
elementwise(
    np.logaddexp,
    lambda g, y, a, b: g * np.exp(a - y),
    lambda g, y, a, b: g * np.exp(b - y),
)
elementwise(
    np.logaddexp2,
    lambda g, y, a, b: g * np.exp2(a - y),
    lambda g, y, a, b: g * np.exp2(b - y),
)

# --- trigonometry and hyperbolic functions

elementwise(np.sin, lambda g, y, x: g * np.cos(x))
elementwise(np.cos, lambda g, y, x: -g * np.sin(x))
elementwise(np.tan, lambda g, y, x: g * (1 + y * y))
elementwise(np.arcsin, lambda g, y, x: g / np.sqrt(1 - x * x))
elementwise(np.arccos, lambda g, y, x: -g / np.sqrt(1 - x * x))
elementwise(np.arctan, lambda g, y, x: g / (1 + x * x))


def _over(leg: Any, length: Any) -> Any:
    # At (0, 0) there is a corner, and 0 / 0 would be NaN.
    is_corner = length == 0
    return np.where(is_corner, 0, leg / np.where(is_corner, 1, length))


elementwise(
    np.arctan2,
    lambda g, y, a, b: g * _over(b, a * a + b * b),
    lambda g, y, a, b: -g * _over(a, a * a + b * b),
)
elementwise(
    np.hypot,
    lambda g, y, a, b: g * _over(a, y),
    lambda g, y, a, b: g * _over(b, y),
)
elementwise(np.sinh, lambda g, y, x: g * np.cosh(x))
elementwise(np.cosh, lambda g, y, x: g * np.sinh(x))
elementwise(np.tanh, lambda g, y, x: g * (1 - y * y))
elementwise(np.arcsinh, lambda g, y, x: g / np.sqrt(x * x + 1))
elementwise(np.arccosh, lambda g, y, x: g / np.sqrt(x * x - 1))
elementwise(np.arctanh, lambda g, y, x: g / (1 - x * x))
elementwise(np.deg2rad, lambda g, y, x: g * (math.pi / 180))
elementwise(np.rad2deg, lambda g, y, x: g * (180 / math.pi))
elementwise(np.radians, lambda g, y, x: g * (math.pi / 180))
elementwise(np.degrees, lambda g, y, x: g * (180 / math.pi))

# --- functions with a corner: there, the mean of both sides, as a central difference


def _absolute(g: Any, y: Any, x: Any) -> Any:
    if x.dtype.kind == "c":
        return g * _over(np.conjugate(x), y)
    return g * np.sign(x)


elementwise(np.absolute, _absolute)
elementwise(np.fabs, lambda g, y, x: g * np.sign(x))


def _share(g: Any, a: Any, wins: Any, b: Any) -> Any:
    """Return g where a wins against b, half of it where they are equal, else 0."""
    return np.where(a == b, 0.5 * g, np.where(wins, g, 0))


for _larger in (np.maximum, np.fmax):
    elementwise(
        _larger,
        lambda g, y, a, b: _share(g, a, a > b, b),
        lambda g, y, a, b: _share(g, a, b > a, b),
    )
for _smaller in (np.minimum, np.fmin):
    elementwise(
        _smaller,
        lambda g, y, a, b: _share(g, a, a < b, b),
        lambda g, y, a, b: _share(g, a, b < a, b),
    )

# --- piecewise constant functions: derivative 0

constant(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
constant(np.logical_and, np.logical_or, np.logical_not, np.logical_xor)
constant(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert)
constant(np.isfinite, np.isinf, np.isnan, np.signbit)
constant(np.sign, np.floor, np.ceil, np.trunc, np.rint, np.floor_divide)
constant(np.left_shift, np.right_shift)
