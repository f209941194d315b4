"""Padding, turning and shifting along axes."""

from typing import Any

import numpy as np

from kobai.autodiff.arrays.layout import in_doubt
from kobai.autodiff.numpy_functions.arrangement import known, rearranged
from kobai.autodiff.numpy_functions.table import (
    along,
    as_array,
    normalized_axis,
    twin_of,
)
from kobai.errors import GradientError

# What is filled in comes from the array: mode -> its own keywords.
_REPEATING = {"edge": (), "wrap": (), "reflect": (), "symmetric": (), "empty": ()}


@twin_of(np.pad)
def _pad(
    array: Any,
    pad_width: Any,
    mode: Any = "constant",
    constant_values: Any = 0,
    reflect_type: str = "even",
    **options: Any,
) -> Any:
    known(np.pad, "pad_width", pad_width)
    if mode in _REPEATING and reflect_type == "even" and not options:
        return rearranged(lambda places: np.pad(places, pad_width, mode), array)
    if mode != "constant" or options:
        raise GradientError(
            f'np.pad: got mode="{mode}"; of these "constant", "edge", "wrap", '
            '"reflect" and "symmetric" are differentiated; use np.concatenate'
        )
    if not array.ndim:
        return np.copy(array)
    widths = _pairs(pad_width, array.ndim)
    values = _pairs(constant_values, array.ndim)
    for axis in range(array.ndim):
        array = _padded(array, axis, widths[axis], values[axis])
    return in_doubt(array)


def _pairs(given: Any, ndim: int) -> Any:
    """Return what goes before and after, for each axis."""
    if isinstance(given, dict):
        return [
            _pairs(given.get(axis, given.get(axis - ndim, 0)), 1)[0]
            for axis in range(ndim)
        ]
    return np.broadcast_to(as_array(given), (ndim, 2))


def _padded(x: Any, axis: int, widths: Any, values: Any) -> Any:
    parts = [x]
    for place, length, value in zip((0, 2), widths, values, strict=True):
        shape = list(x.shape)
        shape[axis] = int(length)
        if length:
            parts.insert(place, np.broadcast_to(as_array(value, x.dtype), shape))
    return np.concatenate(parts, axis)


@twin_of(np.flip)
def _flip(m: Any, axis: Any = None) -> Any:
    axes = normalized_axis(axis, m.ndim)
    reverse, whole = slice(None, None, -1), slice(None)
    return m[tuple(reverse if i in axes else whole for i in range(m.ndim))]


@twin_of(np.flipud)
def _flipud(m: Any) -> Any:
    return np.flip(m, 0)


@twin_of(np.fliplr)
def _fliplr(m: Any) -> Any:
    return np.flip(m, 1)


@twin_of(np.rot90)
def _rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    one, two = axes
    if k % 2 == 0:
        return np.flip(m, axes) if k % 4 else m[...]
    if k % 4 == 1:
        return np.swapaxes(np.flip(m, two), one, two)
    return np.flip(np.swapaxes(m, one, two), two)


@twin_of(np.diff)
def _diff(
    a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None
) -> Any:
    if n < 0:
        raise ValueError(f"diff: got n={n}; need 0 or more")
    if n == 0:
        return a
    a = _lengthened(as_array(a), axis, prepend, append)
    for _ in range(n):
        later = a[along(axis, slice(1, None), a.ndim)]
        earlier = a[along(axis, slice(None, -1), a.ndim)]
        a = np.not_equal(later, earlier) if a.dtype == bool else later - earlier
    return a


def _lengthened(a: Any, axis: int, before: Any, after: Any) -> Any:
    parts = [a]
    for place, more in ((0, before), (2, after)):
        if more is not None:
            more = as_array(more)
            one = a[along(axis, slice(0, 1), a.ndim)].shape
            more = np.broadcast_to(more, one) if more.ndim == 0 else more
            parts.insert(place, more)
    return np.concatenate(parts, axis) if len(parts) > 1 else a


@twin_of(np.ediff1d)
def _ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    flat = np.ravel(ary)
    parts = [flat[1:] - flat[:-1]]
    if to_begin is not None:
        parts.insert(0, np.ravel(as_array(to_begin, flat.dtype)))
    if to_end is not None:
        parts.append(np.ravel(as_array(to_end, flat.dtype)))
    return np.concatenate(parts)
