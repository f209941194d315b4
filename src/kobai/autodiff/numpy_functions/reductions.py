"""Sums, means and extremes, written in terms of the primitives."""

from math import prod as product_of
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.layout import in_doubt
from kobai.autodiff.numpy_functions.table import (
    accumulated,
    as_array,
    as_inexact,
    as_number,
    converted,
    mask_for,
    normalized_axis,
    one_axis,
    reduced_axes,
    twin_of,
)


def only(where: Any, a: Any, filling: Any) -> Any:
    """Return a with `filling` where a reduction is not to look."""
    return a if where is True else np.where(mask_for(a, where), a, filling)


@twin_of(np.sum)
def _sum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    *,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    a = only(where, as_array(a, dtype), 0)
    axes = reduced_axes(axis, a.ndim)
    total = ops.SUM(a, axis=axes, keepdims=bool(keepdims))
    return total if initial is None else converted(total + initial, total.dtype)


@twin_of(np.prod)
def _prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    *,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    a = only(where, accumulated(as_array(a), dtype), 1)
    axes = reduced_axes(axis, a.ndim)
    shape = a.shape
    if not axes:
        a = np.copy(a)
    for one in reversed(axes):
        a = ops.PROD(a, axis=one, keepdims=False)
    if keepdims:
        a = np.reshape(a, tuple(1 if i in axes else n for i, n in enumerate(shape)))
    return as_number(a if initial is None else converted(a * initial, a.dtype))


def need_initial(name: str, initial: Any) -> None:
    """Raise where an extremum of some entries does not know that of none."""
    if initial is None:
        raise ValueError(f"{name}: got where= alone; need initial=, the {name} of none")


def _extremum(primitive: Any, larger: Any, a: Any, axis: Any, **options: Any) -> Any:
    keepdims, initial = bool(options["keepdims"]), options["initial"]
    where = options["where"]
    a = as_array(a)
    if mask_for(a, where) is not True:
        need_initial(primitive.name, initial)
    a = only(where, a, initial)
    axes = reduced_axes(axis, a.ndim)
    if initial is not None and 0 in (a.shape[i] for i in axes):
        return converted(np.sum(a, axis=axes, keepdims=keepdims) + initial, a.dtype)
    found = primitive(a, axis=axes, keepdims=keepdims)
    return found if initial is None else converted(larger(found, initial), a.dtype)


@twin_of(np.max, np.amax)
def _max(
    a: Any,
    axis: Any = None,
    *,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    options = {"keepdims": keepdims, "initial": initial, "where": where}
    return _extremum(ops.MAX, np.maximum, a, axis, **options)


@twin_of(np.min, np.amin)
def _min(
    a: Any,
    axis: Any = None,
    *,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    options = {"keepdims": keepdims, "initial": initial, "where": where}
    return _extremum(ops.MIN, np.minimum, a, axis, **options)


@twin_of(np.ptp)
def _ptp(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(
        a, axis=axis, keepdims=keepdims
    )


# --- means


def _count(a: Any, axes: tuple[int, ...], where: Any) -> Any:
    """Return how many entries are looked at, for each entry of a mean."""
    if where is True:
        return product_of(a.shape[i] for i in axes)
    looked_at = np.broadcast_to(mask_for(a, where), a.shape)
    return np.sum(looked_at, axis=axes, keepdims=True).astype(a.dtype)


def _counted_axes(axis: Any, ndim: int, where: Any) -> tuple[int, ...]:
    """Return the axes of a mean: where it counts by a mask, a number has one, too."""
    return (normalized_axis if where is True else reduced_axes)(axis, ndim)


def _mean_of(
    a: Any, axes: tuple[int, ...], where: Any, less: Any = 0, keepdims: bool = True
) -> Any:
    """Return the mean; `less` is taken off how many there are."""
    total = ops.SUM(only(where, a, 0), axis=axes, keepdims=keepdims)
    count = _count(a, axes, where)
    if less:
        count = max(count - less, 0) if where is True else np.maximum(count - less, 0)
    return converted(total / count, a.dtype)


def _summed(a: Any, dtype: Any, of_halves: Any = None) -> Any:
    """Return a in the type in which NumPy adds its entries for a mean."""
    if dtype is None and a.dtype == np.float16:
        dtype = of_halves
    return as_inexact(a) if dtype is None else as_array(a, dtype)


def _without(axes: tuple[int, ...], kept: Any) -> Any:
    """Return an array without axes that were kept as axes of length 1."""
    return as_number(np.squeeze(kept, axis=axes)) if axes else kept


@twin_of(np.mean)
def _mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    *,
    keepdims: bool = False,
    where: Any = True,
) -> Any:
    a = as_array(a)
    addends = _summed(a, dtype, of_halves=np.float32)
    kind = a.dtype if dtype is None and a.dtype == np.float16 else addends.dtype
    axes = _counted_axes(axis, a.ndim, where)
    if where is True:
        total = ops.SUM(addends, axis=axes, keepdims=bool(keepdims))
        return converted(total / product_of(a.shape[i] for i in axes), kind)
    mean = converted(_mean_of(addends, axes, where), kind)
    return mean if keepdims else _without(axes, mean)


@twin_of(np.average)
def _average(
    a: Any,
    axis: Any = None,
    weights: Any = None,
    returned: bool = False,
    *,
    keepdims: bool = False,
) -> Any:
    a = as_array(a)
    axes = normalized_axis(axis, a.ndim)
    if weights is None:
        mean = np.mean(a, axis=axes, keepdims=keepdims)
        if not mean.size:
            raise ZeroDivisionError(f"average: got {a.shape}; there are no averages")
        total: Any = np.full_like(mean, product_of(a.shape[i] for i in axes))
        return (mean, total) if returned else mean
    weights = _weights(as_array(weights), a, axis)
    total = np.sum(weights * np.ones_like(a), axis=axes, keepdims=keepdims)
    mean = np.sum(a * weights, axis=axes, keepdims=keepdims) / total
    return (mean, total) if returned else mean


def _weights(weights: Any, a: Any, axis: Any) -> Any:
    """Return weights that broadcast with the values."""
    if weights.shape == a.shape:
        return weights
    axes = normalized_axis(axis, a.ndim)
    lengths = tuple(a.shape[i] for i in axes)
    if axis is None or weights.shape != lengths:
        raise ValueError(
            f"average: got values {a.shape} and weights {weights.shape}; need weights "
            f"of the shape of the values, or {lengths} along axis {axis}"
        )
    shape = tuple(n if i in axes else 1 for i, n in enumerate(a.shape))
    return np.reshape(weights, shape)


@twin_of(np.var)
def _var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    *,
    ddof: float = 0,
    keepdims: bool = False,
    where: Any = True,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    a = as_array(a)
    axes = _counted_axes(axis, a.ndim, where)
    addends = _summed(a, dtype)
    center = _mean_of(addends, axes, where) if mean is None else mean
    # Squared, what is not looked at could be nan, and its derivative 0 times nan.
    deviation = only(where, a - center, 0)
    if deviation.dtype.kind == "c":
        deviation = np.abs(deviation)
    less = ddof if correction is None else correction
    squares = converted(deviation * deviation, _real(addends.dtype))
    if where is True:
        return _mean_of(squares, axes, where, less, bool(keepdims))
    found = _mean_of(squares, axes, where, less)
    return found if keepdims else _without(axes, found)


@twin_of(np.std)
def _std(a: Any, axis: Any = None, dtype: Any = None, **options: Any) -> Any:
    var = np.var(a, axis, dtype, **options)
    if var.dtype.kind in "iub" and var.ndim:
        raise TypeError(f"std: got dtype={var.dtype}, which holds no roots")
    return converted(np.sqrt(var), var.dtype)


def _real(dtype: np.dtype[Any]) -> Any:
    return np.dtype(dtype.char.lower()) if dtype.kind == "c" else dtype


# --- running sums and products


@twin_of(np.cumsum)
def _cumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    a, axis = _along_one(as_array(a, dtype), axis)
    return ops.CUMSUM(a, axis=axis)


@twin_of(np.cumprod)
def _cumprod(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    a, axis = _along_one(accumulated(as_array(a), dtype), axis)
    return in_doubt(ops.products_before(a, axis) * a)


def _along_one(a: Any, axis: int | None) -> tuple[Any, int]:
    """Return an array and the axis to run along; None stands for all entries."""
    if axis is None or a.ndim == 0:
        return np.reshape(a, (a.size,)), one_axis(axis or 0, 1)
    return a, one_axis(axis, a.ndim)


def _cumulative(function: Any, start: int, x: Any, axis: Any, **options: Any) -> Any:
    if axis is None and x.ndim > 1:
        raise ValueError(f"{function.__name__}: got {x.shape} without axis=; need one")
    begun = options.pop("include_initial")
    y = function(x, axis=axis or 0, **options)
    if not begun:
        return y
    first = np.take(y, [0], axis=axis or 0) if y.size else y
    return np.concatenate([np.full(first.shape, start, y.dtype), y], axis or 0)


@twin_of(np.cumulative_sum)
def _cumulative_sum(
    x: Any, *, axis: Any = None, dtype: Any = None, include_initial: bool = False
) -> Any:
    options = {"dtype": dtype, "include_initial": include_initial}
    return _cumulative(np.cumsum, 0, as_array(x), axis, **options)


@twin_of(np.cumulative_prod)
def _cumulative_prod(
    x: Any, *, axis: Any = None, dtype: Any = None, include_initial: bool = False
) -> Any:
    options = {"dtype": dtype, "include_initial": include_initial}
    return _cumulative(np.cumprod, 1, as_array(x), axis, **options)
