"""Functions that change the shape of an array, in terms of the primitives."""

from collections.abc import Callable
from math import prod as product_of
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.aliasing import Changeable
from kobai.autodiff.arrays.buffers import has_values
from kobai.autodiff.arrays.layout import copy_in_order
from kobai.autodiff.numpy_functions.table import (
    FUNCTIONS,
    as_array,
    normalized_axis,
    one_axis,
    reduced_axes,
    twin_of,
)
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
def _reshape(a: Any, shape: Any, order: str = "C", *, copy: bool | None = None) -> Any:
    if np.ndim(shape) == 0:
        shape = (shape,)
    sizes = [int(n) for n in shape]
    if _is_fortran("np.reshape", a, order):
        return np.reshape(a.T, sizes[::-1]).T
    if -1 in sizes:
        rest = product_of(n for n in sizes if n != -1)
        sizes[sizes.index(-1)] = a.size // rest if rest else -1
    if -1 in sizes or product_of(sizes) != a.size:
        raise ValueError(f"reshape: got {a.shape}; cannot become {tuple(sizes)}")
    found = ops.RESHAPE(a, shape=tuple(sizes))
    return np.copy(found) if copy else found


def _is_fortran(name: str, a: Any, order: str) -> bool:
    """Whether the first axis runs fastest. The order in memory is not to be seen."""
    if order in ("C", "F"):
        return order == "F"
    if a.ndim < 2 and order in ("A", "K"):
        return False
    raise GradientError(
        f'{name}: got order="{order}", which depends on how an array lies in memory; '
        'need order="C" or order="F"'
    )


@twin_of(np.ravel)
def _ravel(a: Any, order: str = "C") -> Any:
    a = as_array(a)
    is_fortran = _is_fortran("np.ravel", a, order)
    row = ops.RESHAPE(a.T if is_fortran else a, shape=(a.size,))
    if isinstance(row, Changeable):
        # Unlike np.reshape, it copies a row whose entries lie apart.
        row.refuse_writing()
    return row


@twin_of(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    ones = tuple(i for i, n in enumerate(a.shape) if n == 1)
    axes = ones if axis is None else reduced_axes(axis, a.ndim)
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


def _each(function: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the twin of a function that takes any number of arrays."""

    def enter(of_one: Callable[..., Any]) -> Callable[..., Any]:
        def twin(*arys: Any) -> Any:
            found = tuple(of_one(as_array(x)) for x in arys)
            return found[0] if len(found) == 1 else found

        FUNCTIONS[function] = twin
        return twin

    return enter


@_each(np.atleast_1d)
def _atleast_1d(a: Any) -> Any:
    return a if a.ndim else np.reshape(a, (1,))


@_each(np.atleast_2d)
def _atleast_2d(a: Any) -> Any:
    return a if a.ndim > 1 else np.reshape(a, (1, -1))


@_each(np.atleast_3d)
def _atleast_3d(a: Any) -> Any:
    if a.ndim < 2:
        return np.reshape(a, (1, -1, 1))
    return a if a.ndim > 2 else a[:, :, np.newaxis]


@twin_of(np.rollaxis)
def _rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    # The order is NumPy's own, read off an array of the same rank.
    marks = np.rollaxis(np.broadcast_to(0, tuple(range(1, a.ndim + 1))), axis, start)
    return ops.TRANSPOSE(a, axes=tuple(n - 1 for n in marks.shape))


@twin_of(np.matrix_transpose)
def _matrix_transpose(x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


@twin_of(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any) -> Any:
    shape = shape if isinstance(shape, tuple | list) else (shape,)
    return ops.BROADCAST_TO(array, shape=tuple(shape))


@twin_of(np.full_like)
def full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", *, shape: Any = None
) -> Any:
    """Return an array like another, of one value or of those that broadcast."""
    like = np.zeros_like(a, dtype, order, shape=shape)
    return filled(like, fill_value)


def filled(like: Any, value: Any) -> Any:
    """Return an array with a value in place of all of its numbers."""
    if not has_values(value):
        like[...] = value
        return like
    if like.dtype.kind == "f":
        # In place of the numbers, since this keeps their order in memory.
        return ops.SETITEM(np.ndarray.view(like, np.ndarray), value, pattern=(...,))
    return np.copy(np.broadcast_to(value, like.shape)).astype(like.dtype)


@twin_of(np.copy)
def _copy(a: Any, order: str = "K") -> Any:
    return copy_in_order(a, order)
