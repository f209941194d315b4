"""Functions that only move entries: the places are NumPy's own.

The entries are numbered, NumPy's function is called with the numbers, and the entries
are read in the order in which the numbers come out. Number 0 stands for a zero, which
some functions fill in.
"""

from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from kobai.autodiff.arrays.aliasing import Changeable
from kobai.autodiff.arrays.buffers import Buffer
from kobai.autodiff.numpy_functions.table import FUNCTIONS, as_array, is_known, twin_of
from kobai.autodiff.primitive import Overloaded
from kobai.errors import GradientError


def rearranged(function: Callable[..., Any], *moved: Any) -> Any:
    """Return what a function that only moves entries gives for these arrays.

    It is called with arrays of integers, and may change them in place.
    """
    values = [as_array(x) for x in moved]
    numbers = []
    start = 1
    for x in values:
        numbers.append(np.arange(start, start + x.size).reshape(x.shape))
        start += x.size
    places = function(*numbers)
    dtype = np.result_type(*(x.dtype for x in values))
    entries = np.concatenate([np.zeros(1, dtype), *map(np.ravel, values)])
    return entries[np.asarray(places)]


def known(function: Any, name: str, value: Any) -> Any:
    """Return an argument that must be known to tell where entries go."""
    if not is_known(value):
        raise GradientError(
            f"np.{function.__name__}: got {name} from a value under differentiation; "
            "need a plain one, such as that of x.value"
        )
    return value


def _enter(function: Any, *moved: str) -> None:
    """Enter the twin of a function that moves the entries of some arguments."""
    parameters = signature(function)

    def twin(*args: Any, **kwargs: Any) -> Any:
        given = dict(parameters.bind(*args, **kwargs).arguments)
        values = [given.pop(name) for name in moved]
        for name, value in given.items():
            known(function, name, value)
        return rearranged(
            lambda *numbers: function(
                **dict(zip(moved, numbers, strict=True)), **given
            ),
            *values,
        )

    twin.__signature__ = parameters  # type: ignore[attr-defined]
    FUNCTIONS[function] = twin


_enter(np.roll, "a")
_enter(np.tile, "A")
_enter(np.repeat, "a")
_enter(np.resize, "a")
_enter(np.delete, "arr")
_enter(np.append, "arr", "values")
_enter(np.diagflat, "v")
_enter(np.fft.fftshift, "x")
_enter(np.fft.ifftshift, "x")


@twin_of(sliding_window_view)
def _sliding_window_view(x: Any, window_shape: Any, axis: Any = None) -> Any:
    windows = rearranged(lambda x: sliding_window_view(x, window_shape, axis), x)
    if isinstance(windows, Changeable):
        # In NumPy they change with x, which is refused here, and are not written into.
        windows.be_view_of(x)
    return windows


def move_in(
    name: str, target: Any, values: Any, move: Callable[[Any, Any], Any]
) -> None:
    """Let `move` move values into an array in place, which changes so."""

    def moved(numbers: Any, others: Any) -> Any:
        move(numbers, others)
        return numbers

    values = as_array(values, writable(name, target).dtype)
    target[...] = rearranged(moved, target, values)


def writable(name: str, target: Any) -> Any:
    """Return an array that values under differentiation can be written into."""
    if not (isinstance(target, Overloaded) or issubclass(type(target), Buffer)):
        raise GradientError(
            f"np.{name}: cannot write a value under differentiation into an array that "
            "f did not make, as np.zeros(shape) does; use np.where or np.concatenate"
        )
    return target


@twin_of(np.insert)
def _insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    arr = as_array(arr)
    known(np.insert, "obj", obj)
    return rearranged(
        lambda arr, values: np.insert(arr, obj, values, axis),
        arr,
        as_array(values, arr.dtype),
    )
