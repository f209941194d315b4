"""NumPy's functions that make arrays, while a function is differentiated or traced.

NumPy asks an array-like about every function but those that make arrays: np.array of
values would ask each of them for a plain number. So while f runs, these functions in
the module `numpy` are stand-ins. In the thread of f they make arrays of values; in all
other threads they hand on to NumPy at once. When f has ended, NumPy's own are back.
"""

import threading
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np

from kobai.autodiff.primitive import Overloaded

_array = np.array


class _Here(threading.local):
    """How many functions this thread is differentiating or tracing, one in another."""

    depth = 0


_here = _Here()
_lock = threading.Lock()
_everywhere = 0


class making_arrays:  # noqa: N801 - a context manager that reads as words
    """A context in which this thread makes arrays of values."""

    def __enter__(self) -> None:
        global _everywhere
        with _lock:
            if not _everywhere:
                vars(np).update(_STAND_INS)
            _everywhere += 1
        _here.depth += 1

    def __exit__(self, *exception: object) -> None:
        global _everywhere
        _here.depth -= 1
        with _lock:
            _everywhere -= 1
            if not _everywhere:
                vars(np).update(_ORIGINALS)


class StandIn:
    """One of NumPy's functions, and what it does while f runs.

    It is equal to NumPy's own, and has its hash, for whoever looks functions up in a
    table: Numba, in another thread, compiles np.array by it.
    """

    def __init__(self, original: Callable[..., Any], inside: Any) -> None:
        update_wrapper(self, original)
        self.original = original
        self.inside = inside

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call NumPy's function, or make an array of values where f asks for it."""
        if not _here.depth:
            return self.original(*args, **kwargs)
        return self.inside(self.original, *args, **kwargs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, StandIn):
            return bool(self.original == other.original)
        return bool(self.original == other)

    def __hash__(self) -> int:
        return hash(self.original)

    def __reduce__(self) -> Any:
        return _of_numpy, (self.original.__name__,)

    def __repr__(self) -> str:
        return repr(self.original)


def _of_numpy(name: str) -> Any:
    return _ORIGINALS[name]


# --- arrays of values


def as_values(x: Any) -> Any:
    """Return x as an array if it is a list or tuple, also one of values of a trace.

    >>> as_values([[1, 2], [3, 4]])
    array([[1, 2],
           [3, 4]])
    """
    if not isinstance(x, list | tuple):
        return x
    return np.stack([_asarray(part) for part in x]) if has_values(x) else _array(x)


def has_values(x: Any) -> bool:
    """Whether x is an array of a trace, or holds one in lists and tuples."""
    if isinstance(x, list | tuple):
        return any(map(has_values, x))
    return isinstance(x, Overloaded)


def _asarray(x: Any) -> Any:
    return as_values(x) if has_values(x) else _array(x, copy=None)


def _is_array_of_values(x: Any, dtype: Any) -> bool:
    # Of texts and objects NumPy makes no numbers, and asks for plain values.
    return has_values(x) and np.dtype(dtype or float).kind in "biufc"


def _new(original: Any, object: Any, dtype: Any = None, **options: Any) -> Any:
    """np.array: a copy, unless copy= says otherwise."""
    if not _is_array_of_values(object, dtype):
        return original(object, dtype, **options)
    return _of_values(object, dtype, **{"copy": True, **options})


def _old(original: Any, a: Any, dtype: Any = None, *order: Any, **options: Any) -> Any:
    """np.asarray and its kin: x itself, if it is an array."""
    if not _is_array_of_values(a, dtype):
        return original(a, dtype, *order, **options)
    return _of_values(a, dtype, **{"copy": None, **options})


def _with_axis(original: Any, a: Any, dtype: Any = None, **options: Any) -> Any:
    """np.ascontiguousarray and its kin: at least one axis."""
    return np.atleast_1d(_old(original, a, dtype, **options))


def _of_values(
    x: Any,
    dtype: Any,
    copy: bool | None,
    ndmin: int = 0,
    order: Any = None,
    subok: Any = None,
    device: Any = None,
    like: Any = None,
) -> Any:
    array = _with_axes(as_values(x))
    if dtype is not None and array.dtype != dtype:
        array = array.astype(dtype)
    if copy is False and array is not x:
        raise ValueError("Unable to avoid copy while creating an array as requested.")
    if copy and array is x:
        array = np.copy(array)
    missing = max(ndmin - array.ndim, 0)
    return np.reshape(array, (1,) * missing + array.shape) if missing else array


def _with_axes(array: Any) -> Any:
    # NumPy makes an array without axes of a number: one that can change.
    if isinstance(array, np.ndarray):
        return array
    # A copy, for what is written into a view of nothing else is refused.
    return np.copy(np.reshape(np.stack([array]), ()))


def _full(original: Any, shape: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
    if not has_values(fill_value):
        return original(shape, fill_value, *args, **kwargs)
    value = as_values(fill_value)
    like = np.empty(shape, *(args[:1] or [kwargs.pop("dtype", None) or value.dtype]))
    return _filled(value, like)


def _full_like(
    original: Any, a: Any, fill_value: Any, *args: Any, **kwargs: Any
) -> Any:
    if not has_values(fill_value):
        return original(a, fill_value, *args, **kwargs)
    return _filled(as_values(fill_value), np.zeros_like(a, *args, **kwargs))


def _filled(value: Any, like: Any) -> Any:
    return np.copy(np.broadcast_to(value, like.shape)).astype(like.dtype)


_INSIDE: dict[Any, list[Any]] = {
    _new: [np.array],
    _old: [np.asarray, np.asanyarray],
    _with_axis: [np.ascontiguousarray, np.asfortranarray],
    _full: [np.full],
    _full_like: [np.full_like],
}
_STAND_INS = {
    function.__name__: StandIn(function, inside)
    for inside, functions in _INSIDE.items()
    for function in functions
}
_ORIGINALS = {name: stand_in.original for name, stand_in in _STAND_INS.items()}
