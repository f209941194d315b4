"""Joining, taking apart and choosing, written in terms of the primitives."""

from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions.table import normalized_axis, one_axis, twin_of
from kobai.autodiff.primitive import Overloaded
from kobai.errors import GradientError


def _arrays(arrays: Any) -> list[Any]:
    return [x if isinstance(x, Overloaded) else np.asarray(x) for x in arrays]


@twin_of(np.concatenate)
def _concatenate(arrays: Any, axis: int | None = 0) -> Any:
    parts = _arrays(arrays)
    if axis is None:
        parts, axis = [np.ravel(x) for x in parts], 0
    return ops.CONCATENATE(*parts, axis=one_axis(axis, parts[0].ndim))


@twin_of(np.stack)
def _stack(arrays: Any, axis: int = 0) -> Any:
    return np.concatenate([np.expand_dims(x, axis) for x in _arrays(arrays)], axis)


@twin_of(np.vstack)
def _vstack(tup: Any) -> Any:
    return np.concatenate([np.atleast_2d(x) for x in _arrays(tup)], 0)


@twin_of(np.hstack)
def _hstack(tup: Any) -> Any:
    parts = [np.atleast_1d(x) for x in _arrays(tup)]
    return np.concatenate(parts, 0 if parts[0].ndim == 1 else 1)


@twin_of(np.column_stack)
def _column_stack(tup: Any) -> Any:
    columns = [np.reshape(x, (-1, 1)) if x.ndim < 2 else x for x in _arrays(tup)]
    return np.concatenate(columns, 1)


@twin_of(np.array_split)
def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    # The places are NumPy's own, read off an array of positions.
    positions = np.arange(ary.shape[axis])
    index = [slice(None)] * ary.ndim
    pieces = []
    for part in np.array_split(positions, indices_or_sections):
        start = int(part[0]) if part.size else 0
        index[axis] = slice(start, start + part.size)
        pieces.append(ary[tuple(index)])
    return pieces


@twin_of(np.split)
def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    # Raises ValueError where the parts would not be equal.
    np.split(np.arange(ary.shape[axis]), indices_or_sections)
    pieces: list[Any] = _array_split(ary, indices_or_sections, axis)
    return pieces


@twin_of(np.pad)
def _pad(
    array: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0
) -> Any:
    if mode != "constant" or np.ndim(constant_values):
        raise GradientError(
            f'np.pad: got mode="{mode}"; only mode="constant" with one value is '
            "differentiated; use np.concatenate for the others"
        )
    if not array.ndim:
        return np.copy(array)
    widths = np.broadcast_to(pad_width, (array.ndim, 2)).tolist()
    for axis, (before, after) in enumerate(widths):
        shape = list(array.shape)
        parts = [array]
        for place, length in ((0, before), (2, after)):
            shape[axis] = length
            filling = np.full(shape, constant_values, array.dtype)
            parts.insert(place, filling)
        array = np.concatenate(parts, axis)
    return array


@twin_of(np.tile)
def _tile(A: Any, reps: Any) -> Any:
    reps = reps if isinstance(reps, tuple | list) else (reps,)
    A = np.reshape(A, (1,) * (len(reps) - A.ndim) + A.shape)
    reps = (1,) * (A.ndim - len(reps)) + tuple(reps)
    for axis, count in enumerate(reps):
        A = np.concatenate([A] * count, axis)
    return A


@twin_of(np.flip)
def _flip(m: Any, axis: Any = None) -> Any:
    axes = normalized_axis(axis, m.ndim)
    reverse, whole = slice(None, None, -1), slice(None)
    return m[tuple(reverse if i in axes else whole for i in range(m.ndim))]


@twin_of(np.roll)
def _roll(a: Any, shift: int, axis: int | None = None) -> Any:
    if axis is None:
        return np.reshape(np.roll(np.ravel(a), shift, 0), a.shape)
    return np.take(a, np.roll(np.arange(a.shape[axis]), shift), axis)


@twin_of(np.diff)
def _diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    for _ in range(n):
        length = a.shape[axis]
        a = np.take(a, np.arange(1, length), axis) - np.take(
            a, np.arange(length - 1), axis
        )
    return a


@twin_of(np.take)
def _take(a: Any, indices: Any, axis: int | None = None) -> Any:
    indices = indices if hasattr(indices, "dtype") else np.asarray(indices)
    if axis is None:
        return np.ravel(a)[indices]
    return a[(slice(None),) * one_axis(axis, a.ndim) + (indices,)]


@twin_of(np.repeat)
def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    length = a.size if axis is None else a.shape[axis]
    return np.take(a, np.repeat(np.arange(length), repeats), axis)


@twin_of(np.take_along_axis)
def _take_along_axis(arr: Any, indices: Any, axis: int = -1) -> Any:
    axis = one_axis(axis, arr.ndim)
    index = list(np.ogrid[tuple(slice(n) for n in arr.shape)])
    index[axis] = indices
    return arr[tuple(index)]


@twin_of(np.sort)
def _sort(a: Any, axis: int | None = -1) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    return np.take_along_axis(a, np.argsort(a, axis=axis), axis)


@twin_of(np.diagonal)
def _diagonal(a: Any) -> Any:
    return np.einsum("ii->i", a)


@twin_of(np.where)
def _where(condition: Any, *branches: Any) -> Any:
    if not branches:
        raise GradientError(
            "np.where: got a condition alone, whose result has no fixed shape; use "
            "np.nonzero(x.value)"
        )
    return ops.WHERE(condition, *branches)


@twin_of(np.clip)
def _clip(a: Any, a_min: Any = None, a_max: Any = None, **bounds: Any) -> Any:
    low = bounds.pop("min", a_min)
    high = bounds.pop("max", a_max)
    if bounds:
        raise TypeError(f"unexpected argument {next(iter(bounds))!r}")
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)
