"""The table of twins, and what they have in common."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.buffers import has_values
from kobai.autodiff.arrays.keeping import refuse_other_arrays
from kobai.autodiff.primitive import Overloaded
from kobai.errors import GradientError

# NumPy's function -> its twin.
FUNCTIONS: dict[Any, Callable[..., Any]] = {}


def twin_of(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the decorated function as the twin of NumPy's functions."""

    def enter(twin: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            FUNCTIONS[function] = twin
        return twin

    return enter


def as_array(x: Any, dtype: Any = None) -> Any:
    """Return x as an array, of another dtype where one is asked for."""
    if not isinstance(x, Overloaded):
        refuse_other_arrays(x)
        return np.asarray(x, dtype)
    return x if dtype is None or x.dtype == dtype else x.astype(dtype)  # type: ignore[attr-defined]


def as_arrays(values: Any) -> list[Any]:
    """Return values as arrays."""
    return [as_array(x) for x in values]


def as_number(x: Any) -> Any:
    """Return an array, but a number where it has no axes, as NumPy's functions do."""
    return x if x.ndim else x[()]


def mask_for(a: Any, where: Any) -> Any:
    """Return where= of a function that looks at some entries of an array only."""
    if where is True:
        return True
    mask = as_array(where)
    if getattr(where, "is_python_number", False) or mask.dtype.kind != "b":
        # Of Python's numbers True alone is no mask, and whether it is is not known.
        raise GradientError(
            "where=: got no array of bools but a comparison of Python's numbers, or "
            f"{mask.dtype}; use a mask of the array, as x > 0, or np.where"
        )
    if mask.ndim > a.ndim or np.broadcast_shapes(mask.shape, a.shape) != a.shape:
        raise ValueError(f"where=: got {mask.shape} for an array {a.shape}")
    return mask


def converted(x: Any, dtype: Any) -> Any:
    """Return a result in another type, a number as a number."""
    return x if x.dtype == dtype else x.astype(dtype)


def as_no_number(x: Any) -> Any:
    """Return an array where x may be a number."""
    return x if x.ndim else np.reshape(np.reshape(x, (1,)), ())


def as_inexact(x: Any) -> Any:
    """Return x with integers and bools as float64."""
    return as_array(x, np.float64) if x.dtype.kind in "iub" else x


def accumulated(x: Any, dtype: Any = None) -> Any:
    """Return x in the type in which NumPy adds or multiplies many of its entries."""
    if dtype is None and x.dtype.kind in "iub":
        dtype = np.sum(np.zeros(0, x.dtype)).dtype
    return as_array(x, dtype)


def loop_types(ufunc: np.ufunc, inputs: Any, **options: Any) -> Any:
    """Return the types in which NumPy computes a ufunc, and that of its result."""
    # Python's numbers, also under differentiation, leave the type to the others.
    types = [
        x.__class__ if x.__class__ in (int, float, complex) else as_array(x).dtype
        for x in inputs
    ]
    return ufunc.resolve_dtypes((*types, *(None,) * ufunc.nout), **options)


def as_constant(x: Any) -> Any:
    """Return the numbers of x without their derivative."""
    return ops.ASTYPE_CONSTANT(x, dtype=x.dtype)


def is_known(x: Any) -> bool:
    """Whether x has no derivative and no trace: its numbers can be looked at."""
    parts = x if isinstance(x, list | tuple) else (x,)
    return not any(
        has_values(p)
        or (isinstance(p, list | tuple | slice) and not is_known(_inside(p)))
        for p in parts
    )


def _inside(part: Any) -> Any:
    return (part.start, part.stop, part.step) if isinstance(part, slice) else part


def normalized_axis(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return axes as a sorted tuple counted from 0; None stands for all of them."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    for a in axes:
        if not -ndim <= a < ndim:
            raise np.exceptions.AxisError(a, ndim)
    return tuple(sorted(int(a) % ndim for a in axes))


def reduced_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the axes that a reduction runs along; a number has the axis 0, too."""
    if ndim == 0 and not isinstance(axis, tuple | list) and axis in (0, -1):
        return ()
    return normalized_axis(axis, ndim)


def one_axis(axis: int, ndim: int) -> int:
    """Return an axis counted from 0."""
    return normalized_axis(axis, ndim)[0]


def along(axis: int, part: Any, ndim: int) -> tuple[Any, ...]:
    """Return the index that takes a part of one axis, and the others whole."""
    index: list[Any] = [slice(None)] * ndim
    index[axis] = part
    return tuple(index)
