"""Sums, means and extremes, written in terms of the primitives."""

from math import prod as product_of
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions.table import normalized_axis, one_axis, twin_of
from kobai.errors import GradientError


@twin_of(np.sum)
def _sum(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return ops.SUM(a, axis=normalized_axis(axis, a.ndim), keepdims=bool(keepdims))


@twin_of(np.max, np.amax)
def _max(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return ops.MAX(a, axis=normalized_axis(axis, a.ndim), keepdims=bool(keepdims))


@twin_of(np.min, np.amin)
def _min(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return ops.MIN(a, axis=normalized_axis(axis, a.ndim), keepdims=bool(keepdims))


@twin_of(np.prod)
def _prod(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    axes = normalized_axis(axis, a.ndim)
    shape = a.shape
    for one in reversed(axes):
        a = ops.PROD(a, axis=one, keepdims=False)
    if keepdims:
        kept = tuple(1 if i in axes else n for i, n in enumerate(shape))
        return np.reshape(a, kept)
    return a


@twin_of(np.mean)
def _mean(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    axes = normalized_axis(axis, a.ndim)
    total = ops.SUM(a, axis=axes, keepdims=bool(keepdims))
    return total / product_of(a.shape[i] for i in axes)


@twin_of(np.average)
def _average(a: Any, axis: Any = None, weights: Any = None) -> Any:
    if weights is None:
        return np.mean(a, axis=axis)
    if np.shape(weights) != np.shape(a):
        raise GradientError(
            f"np.average: got values {np.shape(a)} and weights {np.shape(weights)}; "
            "need equal shapes to differentiate"
        )
    return np.sum(a * weights, axis=axis) / np.sum(weights, axis=axis)


@twin_of(np.var)
def _var(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    axes = normalized_axis(axis, a.ndim)
    deviation = a - np.mean(a, axis=axes, keepdims=True)
    if deviation.dtype.kind == "c":
        deviation = np.abs(deviation)
    total = np.sum(deviation * deviation, axis=axes, keepdims=keepdims)
    return total / (product_of(a.shape[i] for i in axes) - ddof)


@twin_of(np.std)
def _std(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    return np.sqrt(_var(a, axis, ddof=ddof, keepdims=keepdims))


@twin_of(np.cumsum)
def _cumsum(a: Any, axis: int | None = None) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    return ops.CUMSUM(a, axis=one_axis(axis, a.ndim))
