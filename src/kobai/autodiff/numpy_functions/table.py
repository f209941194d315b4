"""The table of twins, and what they have in common."""

from collections.abc import Callable
from typing import Any

import numpy as np

# NumPy's function -> its twin.
FUNCTIONS: dict[Any, Callable[..., Any]] = {}

# Functions of shapes or of order only: they see plain values, their derivative is 0.
CONSTANT_FUNCTIONS: set[Any] = {
    np.all,
    np.any,
    np.argmax,
    np.argmin,
    np.argsort,
    np.argwhere,
    np.array_equal,
    np.allclose,
    np.isclose,
    np.count_nonzero,
    np.flatnonzero,
    np.nonzero,
    np.searchsorted,
    np.digitize,
    np.result_type,
    np.can_cast,
    np.iscomplexobj,
    np.isrealobj,
    np.zeros_like,
    np.ones_like,
    np.empty_like,
    np.around,
    np.round,
    np.shape,
    np.ndim,
    np.size,
    np.array_repr,
    np.array_str,
    np.array2string,
}


def twin_of(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the decorated function as the twin of NumPy's functions."""

    def enter(twin: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            FUNCTIONS[function] = twin
        return twin

    return enter


def normalized_axis(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return axes as a sorted tuple counted from 0; None stands for all of them."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    for a in axes:
        if not -ndim <= a < ndim:
            raise np.exceptions.AxisError(a, ndim)
    return tuple(sorted(a % ndim for a in axes))


def one_axis(axis: int, ndim: int) -> int:
    """Return an axis counted from 0."""
    return normalized_axis(axis, ndim)[0]
