"""Sorting, medians and quantiles, written in terms of the primitives."""

from math import prod as product_of
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions.arrangement import known
from kobai.autodiff.numpy_functions.table import (
    as_array,
    as_no_number,
    as_number,
    one_axis,
    twin_of,
)


@twin_of(np.sort)
def _sort(
    a: Any, axis: int | None = -1, kind: Any = None, *, stable: Any = None
) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    return np.take_along_axis(a, np.argsort(a, axis=axis, kind="stable"), axis)


@twin_of(np.partition)
def _partition(a: Any, kth: Any, axis: int | None = -1, kind: Any = None) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    places = np.argpartition(a, known(np.partition, "kth", kth), axis=axis)
    return np.take_along_axis(a, places, axis)


@twin_of(np.quantile)
def _quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    *,
    method: Any = "linear",
    keepdims: bool = False,
) -> Any:
    shares = np.asarray(known(np.quantile, "q", q))
    flat, kept = axis_last(_entries("quantile", as_array(a), axis), axis)
    ordered = np.sort(flat, axis=-1)
    # What is not a number comes last, and is what NumPy returns then.
    last = ordered[..., -1]
    # The places are NumPy's own, read off the numbers 0 to n - 1.
    count: Any = np.arange(flat.shape[-1], dtype=np.float64)
    dtype = np.quantile(np.zeros(1, flat.dtype), q, method=method).dtype
    found = []
    for share in shares.ravel():
        place = np.asarray(np.quantile(count, share, method=method))
        value = interpolated(ordered, place)
        found.append(as_array(np.where(np.isnan(last), last, value), dtype))
    return laid_out(found, shares.shape, kept if keepdims else None)


@twin_of(np.percentile)
def _percentile(a: Any, q: Any, axis: Any = None, **options: Any) -> Any:
    return np.quantile(a, shares_of(q), axis, **options)


def shares_of(percents: Any) -> Any:
    """Return percents as shares; a number stays one, and decides on no type."""
    shares = np.divide(known(np.percentile, "q", percents), 100)
    return float(shares) if isinstance(percents, int | float) else shares


@twin_of(np.median)
def _median(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    flat, kept = axis_last(_entries("median", as_array(a), axis), axis)
    ordered, count = np.sort(flat, axis=-1), flat.shape[-1]
    # The mean of the two in the middle, which may be one and the same.
    found = np.mean(ordered[..., (count - 1) // 2 : count // 2 + 1], axis=-1)
    if count and flat.dtype.kind == "f":
        last = ordered[..., -1]
        found = as_number(np.where(np.isnan(last), last, found))
    return as_no_number(np.reshape(found, kept)) if keepdims else found


def interpolated(ordered: Any, place: Any) -> Any:
    """Return the entries at places between those of the last axis.

    One place stands for all rows; otherwise there is one for each row.
    """
    below = np.floor(place).astype(np.intp)
    share = (place - below).astype(ordered.dtype)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    if below.ndim == 0:
        low, high = ordered[..., int(below)], ordered[..., int(above)]
    else:
        low = np.take_along_axis(ordered, below, -1)
        high = np.take_along_axis(ordered, above, -1)
    # The whole entry, so that inf beside it does not count.
    return np.where(share == 0, low, low + (high - low) * share)


def _entries(name: str, a: Any, axis: Any) -> Any:
    """Return an array that has entries to order, as NumPy wants them along no axis."""
    if axis == () and not a.size:
        raise ValueError(f"{name}: got {a.shape} and axis=(); need entries, or an axis")
    return a


def axis_last(a: Any, axis: Any) -> tuple[Any, tuple[int, ...]]:
    """Return an array with what is reduced in its last axis, and the shape to keep."""
    if axis is None:
        return np.reshape(a, (a.size,)), (1,) * a.ndim
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    axes = tuple(one_axis(i, a.ndim) for i in axes)
    others = [i for i in range(a.ndim) if i not in axes]
    kept = tuple(1 if i in axes else n for i, n in enumerate(a.shape))
    moved = np.transpose(a, (*others, *axes))
    length = product_of(a.shape[i] for i in axes)
    return np.reshape(moved, (*(a.shape[i] for i in others), length)), kept


def laid_out(found: list[Any], shape: Any, kept: Any) -> Any:
    """Return the results for several shares as one array."""
    if kept is not None:
        found = [np.reshape(x, kept) for x in found]
    result = np.reshape(np.stack(found), (*shape, *found[0].shape))
    return as_number(result) if kept is None else result


@twin_of(np.unique)
def _unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    **options: Any,
) -> Any:
    asked = dict.fromkeys(["return_index", "return_inverse", "return_counts"], True)
    _, *found = ar.constant(np.unique, (ar,), {**asked, "axis": axis, **options})
    values = np.take(ar, found[0], axis)
    wanted = (return_index, return_inverse, return_counts)
    more = [x for x, is_wanted in zip(found, wanted, strict=True) if is_wanted]
    return (values, *more) if more else values


@twin_of(np.bincount)
def _bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    places = np.asarray(known(np.bincount, "x", x)).astype(np.intp, casting="safe")
    if weights is None:
        raise TypeError("bincount: got numbers that are no integers")
    length = max(int(places.max(initial=-1)) + 1, int(minlength))
    weights = as_array(weights, np.float64)
    return ops.SCATTER(weights, places, pattern=(ops.ARRAY,), shape=(length,))
