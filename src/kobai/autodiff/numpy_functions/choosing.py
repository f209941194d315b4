"""Choosing among entries and among arrays, written in terms of the primitives."""

from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.buffers import as_values
from kobai.autodiff.numpy_functions.arrangement import known
from kobai.autodiff.numpy_functions.table import (
    along,
    as_array,
    as_arrays,
    one_axis,
    twin_of,
)
from kobai.autodiff.primitive import Overloaded
from kobai.errors import GradientError


@twin_of(np.take)
def _take(a: Any, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Any:
    a, indices = as_array(a), _integers(indices)
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = one_axis(axis, a.ndim)
    if 0 in a.shape[:axis]:
        # There is nothing to take, and NumPy looks at no index.
        kept = a.shape[:axis], np.shape(indices), a.shape[axis + 1 :]
        return np.reshape(a, sum(kept, ()))
    if mode != "raise":
        count = a.shape[axis]
        indices = indices % count if mode == "wrap" else np.clip(indices, 0, count - 1)
    return a[(slice(None),) * axis + (indices,)]


def _integers(indices: Any) -> Any:
    if isinstance(indices, Overloaded):
        return indices
    found = np.asarray(indices)
    # An empty list is one of integers.
    return found.astype(np.intp) if found.size == 0 else found


@twin_of(np.take_along_axis)
def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    arr = as_array(arr)
    if axis is None:
        return np.ravel(arr)[indices]
    axis = one_axis(axis, arr.ndim)
    index: list[Any] = list(np.ogrid[tuple(slice(n) for n in arr.shape)])
    index[axis] = indices
    return arr[tuple(index)]


@twin_of(np.compress)
def _compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    places = np.flatnonzero(known(np.compress, "condition", condition))
    return np.take(a, places, axis)


@twin_of(np.extract)
def _extract(condition: Any, arr: Any) -> Any:
    known(np.extract, "condition", condition)
    return np.take(arr, np.flatnonzero(np.asarray(condition)))


@twin_of(np.where)
def _where(condition: Any, *branches: Any) -> Any:
    if not branches:
        return np.nonzero(condition)
    return ops.WHERE(condition, *branches)


@twin_of(np.select)
def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    if len(condlist) != len(choicelist):
        raise ValueError(
            f"select: got {len(condlist)} conditions and {len(choicelist)} choices; "
            "need as many of one as of the other"
        )
    dtype = np.result_type(*choicelist, default)
    chosen, *choices = (
        as_array(as_array(x), dtype) for x in (default, *choicelist[::-1])
    )
    for condition, choice in zip(condlist[::-1], choices, strict=True):
        chosen = np.where(condition, choice, chosen)
    return chosen


@twin_of(np.choose)
def _choose(a: Any, choices: Any, *, mode: str = "raise") -> Any:
    if isinstance(a, Overloaded) and a.dtype.kind not in "iu":  # type: ignore[attr-defined]
        raise GradientError(
            f"np.choose: got indices of type {a.dtype}; need plain integers, such as "  # type: ignore[attr-defined]
            "those of np.argmax"
        )
    index, *options = np.broadcast_arrays(as_array(a), *as_arrays(choices))
    if mode != "raise":
        last = len(options)
        index = index % last if mode == "wrap" else np.clip(index, 0, last - 1)
    return np.take_along_axis(np.stack(options), index[None].astype(np.intp), 0)[0]


@twin_of(np.piecewise)
def _piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    masks = [np.asarray(m) for m in _conditions(x, condlist)]
    if len(funclist) == len(masks) + 1:
        masks.append(np.logical_not(np.any(masks, axis=0)))
    if len(funclist) != len(masks):
        raise ValueError(
            f"piecewise: got {len(masks)} conditions and {len(funclist)} functions; "
            "need one for each, and perhaps one more"
        )
    y = np.zeros_like(x)
    for mask, function in zip(masks, funclist, strict=True):
        if not callable(function):
            y[mask] = function
        elif np.any(mask):
            y[mask] = function(x[mask], *args, **kw)
    return as_values(y)


def _conditions(x: Any, condlist: Any) -> Any:
    known(np.piecewise, "condlist", condlist)
    is_one = not np.ndim(condlist) or (x.ndim and not np.ndim(condlist[0]))
    return [condlist] if is_one else condlist


@twin_of(np.clip)
def _clip(a: Any, a_min: Any = None, a_max: Any = None, **bounds: Any) -> Any:
    low = bounds.pop("min", a_min)
    high = bounds.pop("max", a_max)
    dtype = bounds.pop("dtype", None)
    if bounds:
        raise GradientError(
            f"np.clip: the argument {next(iter(bounds))}= cannot be differentiated; "
            "use np.where on the result"
        )
    a = as_array(a, dtype)
    low, high = _beyond(low, high, a.dtype)
    if low is None and high is None:
        return np.copy(a)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


def _beyond(low: Any, high: Any, dtype: Any) -> tuple[Any, Any]:
    """Return bounds without those of Python's integers that no entry can pass."""
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        low = None if type(low) is int and low <= limits.min else low
        high = None if type(high) is int and high >= limits.max else high
    return low, high


# --- diagonals and triangles


@twin_of(np.diagonal)
def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    rows, columns = one_axis(axis1, a.ndim), one_axis(axis2, a.ndim)
    if rows == columns:
        raise ValueError(f"diagonal: got axis {axis1} twice; need two axes")
    places = np.diagonal(
        np.arange(a.shape[rows] * a.shape[columns]).reshape(
            a.shape[rows], a.shape[columns]
        ),
        offset,
    )
    first = max(-offset, 0), max(offset, 0)
    square = list(along(rows, slice(first[0], first[0] + places.size), a.ndim))
    square[columns] = slice(first[1], first[1] + places.size)
    # A view, as it is in NumPy.
    return np.einsum(
        "...ii->...i", np.moveaxis(a[tuple(square)], (rows, columns), (-2, -1))
    )


@twin_of(np.trace)
def _trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None
) -> Any:
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


@twin_of(np.diag)
def _diag(v: Any, k: int = 0) -> Any:
    if v.ndim == 2:
        return np.diagonal(v, k)
    if v.ndim != 1:
        raise ValueError(f"diag: got an array {v.shape}; need one or two axes")
    return np.diagflat(v, k)


@twin_of(np.tril)
def _tril(m: Any, k: int = 0) -> Any:
    return np.where(_lower(m, k), m, np.zeros(1, m.dtype))


@twin_of(np.triu)
def _triu(m: Any, k: int = 0) -> Any:
    return np.where(_lower(m, k - 1), np.zeros(1, m.dtype), m)


def _lower(m: Any, k: int) -> Any:
    """Return where the lower triangle of the last two axes is."""
    rows, columns = m.shape[-2:] if m.ndim > 1 else m.shape * 2
    return np.tri(rows, columns, k, bool)
