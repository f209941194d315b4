"""Arguments of programs, and what is made of their results."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kobai.autodiff.reverse import as_float_array


def loss_of(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return the sum of the squares of all results of f, as a function of a list."""

    def loss(arguments: list[Any]) -> Any:
        return sum((np.sum(y * y) for y in f(*arguments)), 0.0)

    return loss


def as_floats(values: Sequence[Any]) -> list[Any]:
    """Return arguments as `gradient` takes them: integers count as float64."""
    return [
        as_float_array(v) if isinstance(v, np.ndarray) else as_float_array(v)[()]
        for v in values
    ]


def others(values: Sequence[Any]) -> list[Any]:
    """Return other arguments of the same shapes and dtypes."""
    return [_other(v) for v in values]


def _other(v: Any) -> Any:
    array = np.asarray(v)
    changed = {"f": lambda a: a * 0.75 + 0.05, "b": np.invert, "i": lambda a: a + 1}
    new = np.asarray(changed[array.dtype.kind](array), array.dtype)
    if isinstance(v, np.ndarray):
        return new
    return new[()] if isinstance(v, np.generic) else new.item()


def copies(values: Sequence[Any]) -> list[Any]:
    """Return arguments that may be changed in place, laid out in memory alike."""
    return [v.copy(order="K") if isinstance(v, np.ndarray) else v for v in values]


def run_plain(f: Callable[..., Any], values: Sequence[Any]) -> tuple[Any, Any]:
    """Return results and arguments afterwards, or None and the error."""
    values = copies(values)
    try:
        return [*map(np.array, f(*values)), *map(np.array, values)], None
    except Exception as error:
        return None, error


def moved_a_little(v: Any, step: float) -> Any:
    """Return a value moved a little."""
    if isinstance(v, np.ndarray):
        return (v * (1 + step) + step).astype(v.dtype) if v.dtype.kind == "f" else v
    return type(v)(v * (1 + step) + step) if isinstance(v, float | np.floating) else v


def apart(values: Sequence[Any]) -> list[Any]:
    """Return floats moved away from 0, from whole numbers, and from each other."""
    return [_apart(v) for v in values]


def _apart(v: Any) -> Any:
    steps = 1 + np.arange(np.size(v)).reshape(np.shape(v))
    moved = np.asarray(v + 0.0137 * steps, v.dtype)
    return moved if isinstance(v, np.ndarray) else moved[()]
