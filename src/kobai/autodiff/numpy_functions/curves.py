"""Functions sampled at points: lines of points, slopes, areas, interpolation."""

from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.layout import in_doubt
from kobai.autodiff.numpy_functions.arrangement import known
from kobai.autodiff.numpy_functions.table import (
    along,
    as_array,
    as_arrays,
    as_constant,
    one_axis,
    twin_of,
)
from kobai.errors import GradientError

# Piecewise constant beside the array itself.


@twin_of(np.linspace)
def _linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    shares, step = np.linspace(0, 1, num, endpoint, retstep=True)
    real = np.result_type(start, stop, 1.0)
    start, stop = as_array(start, real), as_array(stop, real)
    length = stop - start
    shares = np.reshape(shares, (-1,) + (1,) * length.ndim)
    points = start + length * shares.astype(length.dtype)
    points = np.moveaxis(as_array(points, dtype), 0, axis)
    return (points, length * float(step)) if retstep else points


@twin_of(np.logspace)
def _logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    exponents = np.linspace(start, stop, num, endpoint, axis=axis)
    base = np.expand_dims(base, axis) if np.ndim(base) else base
    return as_array(np.power(base, exponents), dtype)


@twin_of(np.geomspace)
def _geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    start, stop = as_array(start), as_array(stop)
    logs = np.log(np.abs(start)), np.log(np.abs(stop))
    points = np.exp(np.linspace(*logs, num, endpoint, axis=axis))
    real = np.result_type(start, stop, np.float64) if dtype is None else dtype
    return as_array(np.expand_dims(np.sign(start), axis) * points, real)


@twin_of(np.gradient)
def _gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    f = as_array(f)
    axes = range(f.ndim) if axis is None else axis
    axes = axes if isinstance(axes, tuple | list | range) else (axes,)
    axes = [one_axis(i, f.ndim) for i in axes]
    spacings = (
        varargs * len(axes) if len(varargs) == 1 else varargs or (1.0,) * len(axes)
    )
    if len(spacings) != len(axes):
        raise TypeError(f"gradient: got {len(varargs)} spacings for {len(axes)} axes")
    found = [
        in_doubt(_slopes(f, axis, _steps(spacing, f.shape[axis]), edge_order))
        for axis, spacing in zip(axes, spacings, strict=True)
    ]
    return found[0] if len(found) == 1 else tuple(found)


def _steps(spacing: Any, length: int) -> Any:
    """Return the distances between neighbours."""
    if length < 2:
        raise ValueError(
            f"gradient: got {length} entries along an axis; need 2 or more"
        )
    spacing = as_array(spacing)
    if spacing.ndim == 0:
        return spacing * np.ones(length - 1, spacing.dtype)
    if spacing.shape != (length,):
        raise ValueError(f"gradient: got {spacing.shape} places for {length} entries")
    return spacing[1:] - spacing[:-1]


def _slopes(f: Any, axis: int, steps: Any, edge_order: int) -> Any:
    if edge_order not in (1, 2):
        raise ValueError(f"gradient: got edge_order={edge_order}; need 1 or 2")
    f = np.moveaxis(f, axis, -1)
    before, after = steps[:-1], steps[1:]
    left = (f[..., 1:-1] - f[..., :-2]) / before
    right = (f[..., 2:] - f[..., 1:-1]) / after
    inside = (left * after + right * before) / (before + after)
    first = (f[..., 1:2] - f[..., :1]) / steps[:1]
    last = (f[..., -1:] - f[..., -2:-1]) / steps[-1:]
    if edge_order == 2:
        # The slope of the parabola through three points.
        first = first + (first - right[..., :1]) * steps[:1] / (steps[:1] + steps[1:2])
        last = last + (last - left[..., -1:]) * steps[-1:] / (steps[-1:] + steps[-2:-1])
    slopes = np.concatenate([first, inside, last], -1)
    return np.moveaxis(as_array(slopes, f.dtype), -1, axis)


@twin_of(np.trapezoid)
def _trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    y = as_array(y)
    later, earlier = (along(axis, s, y.ndim) for s in (slice(1, None), slice(-1)))
    if x is not None:
        x = as_array(x)
        if x.ndim == 1:
            shape = [1] * y.ndim
            shape[axis] = -1
            dx = np.reshape(x[1:] - x[:-1], shape)
        else:
            dx = np.diff(x, axis=axis)
    return np.sum(dx * (y[later] + y[earlier]) / 2.0, axis=axis)


@twin_of(np.interp)
def _interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    x, xp, fp = as_arrays((x, xp, fp))
    x, xp = as_array(x, np.float64), as_array(xp, np.float64)
    if period is not None:
        x, xp, fp = _periodic(x, xp, fp, abs(period))
        left = right = None
    after = np.clip(np.searchsorted(xp, x, side="right"), 1, max(xp.size - 1, 1))
    if xp.size == 1:
        # No pair to interpolate between.
        right = fp[0] if right is None else right
        xp, fp = np.concatenate([xp, xp + 1]), np.concatenate([fp, fp])
        x = np.where(x > xp[0], xp[1] + 1, x)
    low, high = xp[after - 1], xp[after]
    share = (x - low) / (high - low)
    y = fp[after - 1] + (fp[after] - fp[after - 1]) * share
    y = np.where(x > xp[-1], fp[-1] if right is None else right, y)
    return np.where(x < xp[0], fp[0] if left is None else left, y)


def _periodic(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    """Return points within a period, in order, with one more at each end."""
    x, xp = x % period, xp % period
    order = np.argsort(xp)
    xp, fp = xp[order], fp[order]
    return (
        x,
        np.concatenate([xp[-1:] - period, xp, xp[:1] + period]),
        np.concatenate([fp[-1:], fp, fp[:1]]),
    )


# --- sliding products


@twin_of(np.convolve)
def _convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    a, v = (np.atleast_1d(x) for x in as_arrays((a, v)))
    if not (a.ndim == v.ndim == 1 and a.size and v.size):
        raise ValueError(f"convolve: got {a.shape} and {v.shape}; need two vectors")
    if v.size > a.size:
        a, v = v, a
    margin = np.zeros(v.size - 1, a.dtype)
    padded = np.concatenate([margin, a, margin])
    count = a.size + v.size - 1
    windows = padded[np.arange(count)[:, None] + np.arange(v.size)]
    return _cut(windows @ v[::-1], a.size, v.size, mode)


def _cut(full: Any, longer: int, shorter: int, mode: str) -> Any:
    """Return the part of a sliding product that a mode asks for."""
    if mode == "full":
        return full
    if mode == "same":
        start = (shorter - 1) // 2
        return full[start : start + longer]
    if mode == "valid":
        return full[shorter - 1 : longer]
    raise ValueError(f'convolve: got mode={mode!r}; need "full", "same" or "valid"')


@twin_of(np.correlate)
def _correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    a, v = (np.atleast_1d(x) for x in as_arrays((a, v)))
    if v.size > a.size:
        return np.convolve(v, a[::-1], mode)[::-1]
    return np.convolve(a, v[::-1], mode)


@twin_of(np.unwrap)
def _unwrap(
    p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * np.pi
) -> Any:
    known(np.unwrap, "period", (discont, period))
    options = {} if discont is None else {"discont": discont}
    # What is added is a multiple of the period, which stays as it is.
    unwrapped = ops.UNWRAP(p, axis=axis, period=period, **options)
    return p + (unwrapped - as_constant(p))


# --- polynomials


@twin_of(np.polyval)
def _polyval(p: Any, x: Any) -> Any:
    if isinstance(x, np.poly1d) or isinstance(p, np.poly1d):
        raise GradientError("np.polyval: got a poly1d; need its coefficients, p.coeffs")
    p = as_array(p)
    x = as_array(x)
    y = x * 0
    for i in range(p.shape[0]):
        y = y * x + p[i]
    return y


@twin_of(np.vander)
def _vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    x = as_array(x, np.result_type(x, int))
    count = x.shape[0] if N is None else N
    columns = np.stack([x**i for i in range(count)], axis=1)
    return columns if increasing else columns[:, ::-1]
