"""Functions of order, shape or sign only, whose derivative is 0 wherever it exists."""

from collections.abc import Callable
from inspect import Signature, signature
from math import prod as product_of
from typing import Any, NoReturn

import numpy as np

from kobai.autodiff.numpy_functions.table import (
    FUNCTIONS,
    as_array,
    mask_for,
    normalized_axis,
    one_axis,
    reduced_axes,
    twin_of,
)
from kobai.autodiff.primitive import Overloaded, Primitive
from kobai.errors import GradientError

# They see plain values. While tracing there are none, and they are refused.
CONSTANT_FUNCTIONS: set[Any] = {
    np.argwhere,
    np.array_equal,
    np.array_equiv,
    np.allclose,
    np.flatnonzero,
    np.nonzero,
    np.zeros_like,
    np.ones_like,
    np.empty_like,
    np.array_repr,
    np.array_str,
    np.array2string,
}

# Those whose result has a shape that does not depend on values are primitives, so
# that they can be traced: NumPy's function -> the primitive that it is.
FIXED_SHAPE: dict[Any, Primitive] = {}


def _enter(function: Any, *operands: str) -> None:
    """Enter a function as a primitive of the operands; the rest are attributes."""
    parameters = signature(function)
    names = list(parameters.parameters)
    defaults = {k: p.default for k, p in parameters.parameters.items()}
    primitive = Primitive(function.__name__, _in_order(function, operands))

    def twin(*args: Any, **kwargs: Any) -> Any:
        given = signature(twin).bind(*args, **kwargs).arguments
        rest = {k: given[k] for k in names if k in given and k not in operands}
        for name, value in rest.items():
            if isinstance(value, Overloaded):
                raise GradientError(
                    f"np.{function.__name__}: got {name} from a value under "
                    "differentiation; need a plain one"
                )
        kept = {k: v for k, v in rest.items() if v is not defaults[k]}
        return primitive(*(as_array(given[name]) for name in operands), **kept)

    without_out = [p for k, p in parameters.parameters.items() if k != "out"]
    twin.__signature__ = Signature(without_out)  # type: ignore[attr-defined]
    FIXED_SHAPE[function] = primitive
    FUNCTIONS[function] = twin


def _in_order(function: Any, operands: tuple[str, ...]) -> Callable[..., Any]:
    return lambda *given, **rest: function(
        **dict(zip(operands, given, strict=True)), **rest
    )


_enter(np.argsort, "a")
_enter(np.argpartition, "a")
_enter(np.nanargmax, "a")
_enter(np.nanargmin, "a")
_enter(np.searchsorted, "a", "v")
_enter(np.digitize, "x", "bins")
_enter(np.isin, "element", "test_elements")
for _rounding in (np.round, np.around):
    _enter(_rounding, "a")


def _enter_place(function: Any) -> None:
    """Enter the twin of a function that says where an extreme entry is."""

    def twin(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
        if axis is not None:
            axis = one_axis(axis, a.ndim) if a.ndim else None
        places = a.constant(function, (a,), {"axis": axis})
        if not keepdims:
            return places
        kept = np.ones(a.ndim, int) if axis is None else np.array(a.shape)
        kept[axis or 0 : (axis or 0) + 1] = 1
        return np.reshape(places, tuple(kept.tolist()))

    FUNCTIONS[function] = twin


_enter_place(np.argmax)
_enter_place(np.argmin)


@twin_of(np.all)
def _all(a: Any, axis: Any = None, *, keepdims: bool = False, where: Any = True) -> Any:
    a = as_array(a)
    unlike = np.logical_and(np.logical_not(a), mask_for(a, where))
    return np.equal(_count(unlike, axis, keepdims), 0)


@twin_of(np.any)
def _any(a: Any, axis: Any = None, *, keepdims: bool = False, where: Any = True) -> Any:
    a = as_array(a)
    alike = np.logical_and(np.not_equal(a, 0), mask_for(a, where))
    return np.greater(_count(alike, axis, keepdims), 0)


@twin_of(np.count_nonzero)
def _count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return _count(np.not_equal(as_array(a), 0), axis, keepdims)


def _count(mask: Any, axis: Any, keepdims: bool) -> Any:
    axes = reduced_axes(axis, np.ndim(mask))
    return np.sum(mask, axis=axes, keepdims=keepdims)


@twin_of(np.isclose)
def _isclose(
    a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False
) -> Any:
    a, b = as_array(a), as_array(b)
    near = np.less_equal(np.abs(a - b), atol + rtol * np.abs(b))
    close = np.where(np.isfinite(b), near, np.equal(a, b))
    return close | (np.isnan(a) & np.isnan(b)) if equal_nan else close


@twin_of(np.isneginf)
def _isneginf(x: Any) -> Any:
    return np.equal(x, -np.inf)


@twin_of(np.isposinf)
def _isposinf(x: Any) -> Any:
    return np.equal(x, np.inf)


@twin_of(np.may_share_memory, np.shares_memory)
def _shares_memory(a: Any, b: Any, max_work: Any = None) -> NoReturn:
    raise GradientError(
        "np.shares_memory: whether an array is a view does not show under "
        "differentiation; use np.copy(x) where the memory has to be another, and "
        "x[rng.permutation(len(x))] for rng.permutation(x)"
    )


# --- what a shape and a dtype say


@twin_of(np.shape)
def _shape(a: Any) -> Any:
    return a.shape


@twin_of(np.ndim)
def _ndim(a: Any) -> int:
    return int(a.ndim)


@twin_of(np.size)
def _size(a: Any, axis: Any = None) -> int:
    return product_of(a.shape[i] for i in normalized_axis(axis, a.ndim))


@twin_of(np.iscomplexobj)
def _iscomplexobj(x: Any) -> bool:
    return bool(x.dtype.kind == "c")


@twin_of(np.isrealobj)
def _isrealobj(x: Any) -> bool:
    return bool(x.dtype.kind != "c")


@twin_of(np.result_type)
def _result_type(*arraysand_dtypes: Any) -> Any:
    return np.result_type(*(_dtype_of(x) for x in arraysand_dtypes))


@twin_of(np.can_cast)
def _can_cast(from_: Any, to: Any, casting: Any = "safe") -> bool:
    return np.can_cast(_dtype_of(from_), to, casting)


@twin_of(np.common_type)
def _common_type(*arrays: Any) -> Any:
    return np.common_type(*(np.empty(0, as_array(x).dtype) for x in arrays))


def _dtype_of(x: Any) -> Any:
    return x.dtype if isinstance(x, Overloaded) else x  # type: ignore[attr-defined]


@twin_of(np.einsum_path)
def _einsum_path(*operands: Any, optimize: Any = "greedy") -> Any:
    stands = (
        np.broadcast_to(0.0, x.shape) if isinstance(x, Overloaded) else x  # type: ignore[attr-defined]
        for x in operands
    )
    return np.einsum_path(*stands, optimize=optimize)
