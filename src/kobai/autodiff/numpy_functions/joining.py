"""Joining arrays and taking them apart, written in terms of the primitives."""

from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions.table import along, as_arrays, one_axis, twin_of


@twin_of(np.concatenate)
def _concatenate(
    arrays: Any,
    axis: int | None = 0,
    *,
    dtype: Any = None,
    casting: Any = "same_kind",
) -> Any:
    parts = as_arrays(arrays)
    if dtype is not None:
        parts = [np.astype(x, dtype) for x in parts]
    if axis is None:
        parts, axis = [np.ravel(x) for x in parts], 0
    return ops.CONCATENATE(*parts, axis=one_axis(axis, parts[0].ndim))


@twin_of(np.stack)
def _stack(arrays: Any, axis: int = 0, **types: Any) -> Any:
    parts = [np.expand_dims(x, axis) for x in as_arrays(arrays)]
    return np.concatenate(parts, axis, **types)


@twin_of(np.vstack)
def _vstack(tup: Any, **types: Any) -> Any:
    return np.concatenate([np.atleast_2d(x) for x in as_arrays(tup)], 0, **types)


@twin_of(np.hstack)
def _hstack(tup: Any, **types: Any) -> Any:
    parts = [np.atleast_1d(x) for x in as_arrays(tup)]
    return np.concatenate(parts, 0 if parts[0].ndim == 1 else 1, **types)


@twin_of(np.dstack)
def _dstack(tup: Any) -> Any:
    return np.concatenate([np.atleast_3d(x) for x in as_arrays(tup)], 2)


@twin_of(np.column_stack)
def _column_stack(tup: Any) -> Any:
    columns = [np.reshape(x, (-1, 1)) if x.ndim < 2 else x for x in as_arrays(tup)]
    return np.concatenate(columns, 1)


@twin_of(np.block)
def _block(arrays: Any) -> Any:
    depth = _depth(arrays)
    if not depth:
        return np.copy(arrays, "C")
    ndim = max(depth, *(np.ndim(x) for x in _innermost(arrays)))
    return _joined(arrays, depth, ndim)


def _depth(nested: Any) -> int:
    return 1 + _depth(nested[0]) if isinstance(nested, list) else 0


def _innermost(nested: Any) -> list[Any]:
    if not isinstance(nested, list):
        return [nested]
    return [x for part in nested for x in _innermost(part)]


def _joined(nested: Any, depth: int, ndim: int) -> Any:
    """Join the innermost lists along the last axis, those around along the others."""
    if not isinstance(nested, list):
        (x,) = as_arrays([nested])
        return np.copy(np.reshape(x, (1,) * (ndim - x.ndim) + x.shape))
    parts = [_joined(part, depth - 1, ndim) for part in nested]
    return np.concatenate(parts, axis=-depth)


# --- taking apart


@twin_of(np.array_split)
def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    # The places are NumPy's own, read off an array of positions.
    positions = np.arange(ary.shape[axis])
    pieces = []
    for part in np.array_split(positions, indices_or_sections):
        start = int(part[0]) if part.size else 0
        pieces.append(ary[along(axis, slice(start, start + part.size), ary.ndim)])
    return pieces


@twin_of(np.split)
def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    # Raises ValueError where the parts would not be equal.
    np.split(np.arange(ary.shape[axis]), indices_or_sections)
    pieces: list[Any] = _array_split(ary, indices_or_sections, axis)
    return pieces


@twin_of(np.hsplit)
def _hsplit(ary: Any, indices_or_sections: Any) -> Any:
    return np.split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


@twin_of(np.vsplit)
def _vsplit(ary: Any, indices_or_sections: Any) -> Any:
    _need_axes("vsplit", ary, 2)
    return np.split(ary, indices_or_sections, 0)


@twin_of(np.dsplit)
def _dsplit(ary: Any, indices_or_sections: Any) -> Any:
    _need_axes("dsplit", ary, 3)
    return np.split(ary, indices_or_sections, 2)


def _need_axes(name: str, ary: Any, count: int) -> None:
    if ary.ndim < count:
        raise ValueError(f"{name}: got an array {ary.shape}; need {count} axes or more")


@twin_of(np.unstack)
def _unstack(x: Any, *, axis: int = 0) -> tuple[Any, ...]:
    axis = one_axis(axis, x.ndim)
    return tuple(x[along(axis, i, x.ndim)] for i in range(x.shape[axis]))


# --- equal shapes


@twin_of(np.broadcast_arrays)
def _broadcast_arrays(*args: Any) -> tuple[Any, ...]:
    shape = np.broadcast_shapes(*(np.shape(x) for x in args))
    return tuple(np.broadcast_to(x, shape) for x in args)


@twin_of(np.meshgrid)
def _meshgrid(
    *xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy"
) -> tuple[Any, ...]:
    if indexing not in ("xy", "ij"):
        raise ValueError(f'meshgrid: got indexing={indexing!r}; need "xy" or "ij"')
    axes = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        axes[:2] = 1, 0
    grids = [
        np.reshape(x, tuple(-1 if i == axis else 1 for i in range(len(xi))))
        for axis, x in zip(axes, as_arrays(xi), strict=True)
    ]
    if not sparse:
        grids = list(np.broadcast_arrays(*grids))
    return tuple(np.copy(x) if copy else x for x in grids)


@twin_of(np.apply_along_axis)
def _apply_along_axis(
    func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any
) -> Any:
    axis = one_axis(axis, arr.ndim)
    rows = np.moveaxis(arr, axis, -1)
    outer = rows.shape[:-1]
    flat = np.reshape(rows, (-1, arr.shape[axis]))
    found = as_arrays(func1d(row, *args, **kwargs) for row in flat)
    each = found[0].shape
    laid = np.reshape(np.stack(found), (*outer, *each))
    order = [*range(axis), *range(len(outer), laid.ndim), *range(axis, len(outer))]
    return np.transpose(laid, order)


@twin_of(np.apply_over_axes)
def _apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    for axis in axes if isinstance(axes, tuple | list) else (axes,):
        found = func(a, axis)
        a = found if np.ndim(found) == a.ndim else np.expand_dims(found, axis)
    return a
