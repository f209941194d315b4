"""Functions of each entry that are no ufuncs of NumPy's."""

from typing import Any

import numpy as np

from kobai import functions
from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions.table import (
    as_array,
    as_number,
    loop_types,
    twin_of,
)


@twin_of(functions.sigmoid)
def _sigmoid(x: Any) -> Any:
    return ops.SIGMOID(x)


@twin_of(np.sinc)
def _sinc(x: Any) -> Any:
    a = np.pi * x
    is_small = np.abs(a) < 1e-3
    # 0 / 0 at 0, and beside it a difference of almost equal numbers in the derivative.
    square = a * a
    series = 1 - square / 6 * (1 - square / 20)
    safe = np.where(is_small, 1, a)
    return as_number(np.where(is_small, series, np.sin(safe) / safe))


@twin_of(np.nan_to_num)
def _nan_to_num(
    x: Any,
    copy: bool = True,
    nan: Any = 0.0,
    posinf: Any = None,
    neginf: Any = None,
) -> Any:
    if x.dtype.kind in "iub":
        return as_number(np.copy(x) if copy else x)
    limits = np.finfo(x.dtype)
    y = np.where(np.isnan(x), nan, x)
    y = np.where(np.isposinf(x), limits.max if posinf is None else posinf, y)
    y = np.where(np.isneginf(x), limits.min if neginf is None else neginf, y)
    y = as_array(y, x.dtype)
    if not copy and isinstance(x, np.ndarray):
        x[...] = y
        y = x
    return as_number(y)


@twin_of(np.fix)
def _fix(x: Any) -> Any:
    return np.trunc(x)


@twin_of(np.modf)
def _modf(x: Any) -> tuple[Any, Any]:
    whole = np.trunc(x)
    return np.where(np.isinf(x), 0, x - whole), whole


@twin_of(np.float_power)
def _float_power(x1: Any, x2: Any) -> Any:
    return np.power(as_array(x1, np.float64), as_array(x2, np.float64))


@twin_of(np.copysign)
def _copysign(x1: Any, x2: Any) -> Any:
    magnitude = np.abs(as_array(x1, loop_types(np.copysign, (x1, x2))[-1]))
    return np.where(np.signbit(x2), -magnitude, magnitude)


@twin_of(np.heaviside)
def _heaviside(x1: Any, x2: Any) -> Any:
    step = np.where(np.isnan(x1), x1, np.greater(x1, 0))
    return np.where(np.equal(x1, 0), x2, step)


@twin_of(np.ldexp)
def _ldexp(x1: Any, x2: Any) -> Any:
    return x1 * as_array(np.exp2(x2), np.result_type(x1))


@twin_of(np.divmod)
def _divmod(a: Any, b: Any) -> tuple[Any, Any]:
    return np.floor_divide(a, b), np.remainder(a, b)


@twin_of(np.astype)
def _astype(x: Any, dtype: Any, *, copy: bool = True) -> Any:
    return x.astype(dtype, copy=copy)


# --- complex numbers' functions of real ones


@twin_of(np.real_if_close)
def _real_if_close(a: Any, tol: float = 100) -> Any:
    return a[...] if a.ndim else a


@twin_of(np.isreal)
def _isreal(x: Any) -> Any:
    return np.equal(np.imag(x), 0)


@twin_of(np.iscomplex)
def _iscomplex(x: Any) -> Any:
    return np.not_equal(np.imag(x), 0)
