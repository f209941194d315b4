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

from kobai.autodiff.arrays.aliasing import Changeable
from kobai.autodiff.arrays.buffers import (
    Buffer,
    Valued,
    as_doubtful,
    as_values,
    copied,
    has_values,
    is_list,
    laid_out,
)
from kobai.autodiff.arrays.layout import in_order, lies_one_way, refuse_doubt
from kobai.autodiff.arrays.memory import leave_buffers
from kobai.autodiff.numpy_functions.shapes import filled, full_like
from kobai.autodiff.primitive import Overloaded, Trace
from kobai.errors import GradientError


class _Here(threading.local):
    """How many functions this thread is differentiating or tracing, one in another."""

    depth = 0


_here = _Here()
_lock = threading.Lock()
_everywhere = 0


class making_arrays:  # noqa: N801 - a context manager that reads as words
    """A context in which this thread makes arrays of the values of a trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    def __enter__(self) -> None:
        global _everywhere
        with _lock:
            if not _everywhere:
                vars(np).update(_STAND_INS)
            _everywhere += 1
        _here.depth += 1

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        global _everywhere
        _here.depth -= 1
        with _lock:
            _everywhere -= 1
            if not _everywhere:
                vars(np).update(_ORIGINALS)
        leave_buffers(self.trace, error)


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

    def __instancecheck__(self, x: object) -> bool:
        # np.nditer is a class.
        return isinstance(x, self.original)  # type: ignore[arg-type]

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


# --- arrays that can take values


def _made(original: Any, *args: Any, **kwargs: Any) -> Any:
    """np.zeros and its kin: an array of floats that can take values."""
    return _as_buffer(original(*args, **kwargs))


def _like(
    original: Any,
    a: Any,
    dtype: Any = None,
    order: Any = "K",
    *args: Any,
    **kwargs: Any,
) -> Any:
    """np.zeros_like and its kin: what is made lies in memory as its model does."""
    model = a
    if type(a) is Valued:
        model, dtype = np.ndarray.view(a, np.ndarray), dtype or a.dtype
    made = _made(original, model, dtype, order, *args, **kwargs)
    return _as_doubtful_as(a, made, order)


def _copy(original: Any, a: Any, order: Any = "K", subok: bool = False) -> Any:
    """np.copy: of a buffer, what can take values too, and lies as it does."""
    if issubclass(type(a), Buffer):
        return copied(a, order)
    return _made(original, a, order, **({"subok": True} if subok else {}))


def _as_doubtful_as(a: Any, made: Any, order: Any) -> Any:
    """Return what was made of an array, which lies in doubt where that does."""
    return as_doubtful(made) if order not in ("C", "F") and _lies_in_doubt(a) else made


def _lies_in_doubt(a: Any) -> bool:
    if isinstance(a, Changeable):
        return not lies_one_way(a.shape) and a.layout() is None
    return issubclass(type(a), Buffer) and a.lies_in_doubt


def _empty(original: Any, *args: Any, **kwargs: Any) -> Any:
    # What happens to be in memory would be another graph each time.
    array = original(*args, **kwargs)
    if array.dtype.kind == "f":
        array[...] = 0
    return _as_buffer(array)


def _empty_like(original: Any, *args: Any, **kwargs: Any) -> Any:
    array = _like(original, *args, **kwargs)
    if array.dtype.kind == "f":
        array[...] = 0
    return array


def _as_buffer(array: Any) -> Any:
    is_plain = type(array) is np.ndarray and array.dtype.kind == "f"
    return array.view(Buffer) if is_plain else array


# --- arrays of values


_CANNOT_AVOID_A_COPY = "Unable to avoid copy while creating an array as requested."


def _is_array_of_values(x: Any, dtype: Any) -> bool:
    # Of texts and objects NumPy makes no numbers, and asks for plain values.
    return has_values(x) and np.dtype(dtype or float).kind in "biufc"


def _new(original: Any, object: Any, dtype: Any = None, **options: Any) -> Any:
    """np.array: a copy, unless copy= says otherwise."""
    order = options.get("order")
    if _is_itself(object, dtype):
        is_new = options.get("copy", True)
        same = copied(object, order or "K") if is_new else laid_out(object, order)
        if is_new is False and same is not object:
            raise ValueError(_CANNOT_AVOID_A_COPY)
        return _with_ndmin(same, **options)
    if not _is_array_of_values(object, dtype):
        made = original(object, dtype, **options)
        # The memory of an array from outside is not f's.
        is_shared = made is object or made.base is not None
        return _as_doubtful_as(object, made if is_shared else _as_buffer(made), order)
    return _of_values(object, dtype, **{"copy": True, **options})


def _is_itself(a: Any, dtype: Any) -> bool:
    return issubclass(type(a), Buffer) and (dtype is None or a.dtype == dtype)


def _old(
    original: Any, a: Any, dtype: Any = None, order: Any = None, **options: Any
) -> Any:
    """np.asarray and its kin: x itself, if it is an array."""
    if _is_itself(a, dtype) and not options.get("copy"):
        return laid_out(a, order)
    if order is not None:
        options["order"] = order
    if isinstance(a, list | tuple) and not has_values(a):
        return _as_buffer(original(a, dtype, **options))
    if not _is_array_of_values(a, dtype):
        return _as_doubtful_as(a, original(a, dtype, **options), order)
    return _of_values(a, dtype, **{"copy": None, **options})


def _with_axis(original: Any, a: Any, dtype: Any = None, **options: Any) -> Any:
    """np.ascontiguousarray and its kin: at least one axis."""
    order = _ORDERS[original]
    if _is_itself(a, dtype) or _is_array_of_values(a, dtype):
        return np.atleast_1d(_old(original, a, dtype, order, **options))
    made = original(a, dtype, **options)
    return _as_buffer(made) if is_list(a) else made


def _finite(original: Any, a: Any, dtype: Any = None, order: Any = None) -> Any:
    """np.asarray_chkfinite: np.asarray of plain numbers."""
    array = np.asarray(a, dtype, order)
    original(as_values(array))
    return array


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
        array = array.astype(dtype, order or "K")
    elif copy or (array is not x and order):
        is_made = array is not x and order in (None, "K")
        array = array if is_made else np.copy(array, order or "K")
    else:
        array = in_order(array, order)
    if copy is False and array is not x:
        if getattr(array, "first", None) is getattr(x, "first", x):
            refuse_doubt(f'np.array with order="{order}", copy=False')
        raise ValueError(_CANNOT_AVOID_A_COPY)
    return _with_ndmin(array, ndmin)


def _with_ndmin(array: Any, ndmin: int = 0, **options: Any) -> Any:
    missing = max(ndmin - array.ndim, 0)
    return np.reshape(array, (1,) * missing + array.shape) if missing else array


def _with_axes(array: Any) -> Any:
    # NumPy makes an array without axes of a number: one that can change.
    if isinstance(array, np.ndarray):
        return array
    # A copy, for what is written into a view of nothing else is refused.
    return np.copy(np.reshape(np.stack([array]), ()))


def _stretched(original: Any, array: Any, shape: Any, subok: bool = False) -> Any:
    """np.broadcast_to: a view of a buffer is one, too."""
    return original(array, shape, subok or issubclass(type(array), Buffer))


def _full(original: Any, shape: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
    if not has_values(fill_value):
        return _made(original, shape, fill_value, *args, **kwargs)
    value = as_values(fill_value)
    like = np.empty(shape, *(args[:1] or [kwargs.pop("dtype", None) or value.dtype]))
    return filled(like, value)


def _full_like(
    original: Any, a: Any, fill_value: Any, *args: Any, **kwargs: Any
) -> Any:
    if has_values(a) or has_values(fill_value):
        made = full_like(a, as_values(fill_value), *args, **kwargs)
    else:
        made = _made(original, a, fill_value, *args, **kwargs)
    return as_doubtful(made) if _lies_in_doubt(a) else made


def _iterated(
    original: Any, op: Any, flags: Any = None, *args: Any, **kwargs: Any
) -> Any:
    """np.nditer: in the order in which numbers lie in memory, and of plain arrays."""
    arrays = op if is_list(op) else [op]
    if any(isinstance(x, Overloaded) for x in arrays):
        raise GradientError(
            "np.nditer: goes through plain numbers, and got an array under "
            "differentiation; write a loop over x.flat, or np.ndenumerate(x)"
        )
    is_by_order = kwargs.get("order", "K") not in ("C", "F")
    if is_by_order and any(map(_lies_in_doubt, arrays)):
        refuse_doubt("np.nditer")
    return original(op, flags, *args, **kwargs)


def _required(
    original: Any, a: Any, dtype: Any = None, requirements: Any = None, **how: Any
) -> Any:
    """np.require: x itself, if it is an array and lies as it should."""
    if not (has_values(a) or issubclass(type(a), Buffer)):
        return original(a, dtype, requirements, **how)
    letters = {name[0].upper() for name in requirements or ()}
    if "O" in letters:
        raise GradientError(
            "np.require: got OWNDATA, and whether an array is a view does not show "
            "under differentiation; use np.copy(x)"
        )
    order: Any = "F" if "F" in letters else "C" if "C" in letters else None
    return np.asanyarray(a, dtype, order)


_ORDERS = {np.ascontiguousarray: "C", np.asfortranarray: "F"}
_INSIDE: dict[Any, list[Any]] = {
    _made: [
        *(np.zeros, np.ones, np.eye, np.identity, np.arange, np.linspace),
    ],
    _copy: [np.copy],
    _like: [np.zeros_like, np.ones_like],
    _empty: [np.empty],
    _empty_like: [np.empty_like],
    _new: [np.array],
    _old: [np.asarray, np.asanyarray],
    _finite: [np.asarray_chkfinite],
    _with_axis: [np.ascontiguousarray, np.asfortranarray],
    _stretched: [np.broadcast_to],
    _full: [np.full],
    _full_like: [np.full_like],
    _iterated: [np.nditer],
    _required: [np.require],
}
_STAND_INS = {
    function.__name__: StandIn(function, inside)
    for inside, functions in _INSIDE.items()
    for function in functions
}
_ORIGINALS = {name: stand_in.original for name, stand_in in _STAND_INS.items()}
