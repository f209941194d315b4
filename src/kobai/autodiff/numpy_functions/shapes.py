"""Functions that change the shape of an array, in terms of the primitives."""

from math import prod as product_of
from typing import Any

import numpy as np

from kobai import functions
from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions.table import normalized_axis, one_axis, twin_of
from kobai.errors import GradientError


@twin_of(np.transpose)
def _transpose(a: Any, axes: Any = None) -> Any:
    if axes is None:
        return ops.TRANSPOSE(a, axes=tuple(range(a.ndim))[::-1])
    if len(axes) != a.ndim:
        raise ValueError(f"transpose: got axes {tuple(axes)} for an array {a.shape}")
    return ops.TRANSPOSE(a, axes=tuple(one_axis(i, a.ndim) for i in axes))


@twin_of(np.swapaxes)
def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    axes = list(range(a.ndim))
    one, two = one_axis(axis1, a.ndim), one_axis(axis2, a.ndim)
    axes[one], axes[two] = two, one
    return ops.TRANSPOSE(a, axes=tuple(axes))


@twin_of(np.moveaxis)
def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    # The order is NumPy's own, read off an array of the same rank.
    marks = np.moveaxis(
        np.broadcast_to(0, tuple(range(1, a.ndim + 1))), source, destination
    )
    return ops.TRANSPOSE(a, axes=tuple(n - 1 for n in marks.shape))


@twin_of(np.reshape)
def _reshape(a: Any, shape: Any, order: str = "C") -> Any:
    if order != "C":
        raise GradientError(
            f'np.reshape: got order="{order}"; only order="C" is differentiated; '
            "transpose before and after instead"
        )
    shape = shape if isinstance(shape, tuple | list) else (shape,)
    sizes = [int(n) for n in shape]
    if -1 in sizes:
        rest = product_of(n for n in sizes if n != -1)
        sizes[sizes.index(-1)] = a.size // rest if rest else 0
    if product_of(sizes) != a.size:
        raise ValueError(f"reshape: got {a.shape}; cannot become {tuple(shape)}")
    return ops.RESHAPE(a, shape=tuple(sizes))


@twin_of(np.ravel)
def _ravel(a: Any) -> Any:
    return ops.RESHAPE(a, shape=(a.size,))


@twin_of(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    ones = tuple(i for i, n in enumerate(a.shape) if n == 1)
    axes = ones if axis is None else normalized_axis(axis, a.ndim)
    if not set(axes) <= set(ones):
        raise ValueError(f"squeeze: got {a.shape}; axis {axis} is not of length 1")
    kept = tuple(n for i, n in enumerate(a.shape) if i not in axes)
    return ops.RESHAPE(a, shape=kept)


@twin_of(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    count = len(axis) if isinstance(axis, tuple | list) else 1
    axes = normalized_axis(axis, a.ndim + count)
    lengths = iter(a.shape)
    full = range(a.ndim + count)
    return ops.RESHAPE(a, shape=tuple(1 if i in axes else next(lengths) for i in full))


@twin_of(np.atleast_1d)
def _atleast_1d(a: Any) -> Any:
    return a if a.ndim else np.reshape(a, (1,))


@twin_of(np.atleast_2d)
def _atleast_2d(a: Any) -> Any:
    return a if a.ndim > 1 else np.reshape(a, (1, -1))


@twin_of(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any) -> Any:
    shape = shape if isinstance(shape, tuple | list) else (shape,)
    return ops.BROADCAST_TO(array, shape=tuple(shape))


@twin_of(np.full_like)
def _full_like(a: Any, fill_value: Any) -> Any:
    return np.zeros_like(a) + fill_value


@twin_of(functions.sigmoid)
def _sigmoid(x: Any) -> Any:
    return ops.SIGMOID(x)


@twin_of(np.copy)
def _copy(a: Any) -> Any:
    return ops.ASTYPE(a, dtype=a.dtype)
