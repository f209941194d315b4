"""How a function of NumPy's is called with an array under differentiation."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

import numpy as np

from kobai.autodiff.arrays.aliasing import Changeable
from kobai.autodiff.arrays.buffers import (
    Buffer,
    Valued,
    as_values,
    has_values,
    is_list,
)
from kobai.autodiff.arrays.memory import are_held
from kobai.autodiff.arrays.overlap import refuse_overlap
from kobai.autodiff.primitive import Overloaded
from kobai.errors import GradientError

# Of how the work is done, not of what comes out of it.
_HARMLESS = {
    "subok": (True, False),
    "writeable": (True, False),
    "overwrite_input": (True, False),
    "device": (None, "cpu"),
    "out": (None,),
    "dtype": (None,),
}

# They write into what they are given.
_WRITING = {np.copyto, np.put, np.place, np.putmask, np.put_along_axis}
_WRITING |= {np.fill_diagonal, np.nan_to_num}
# Their out= may be larger than the result.
_STRETCHED = {np.clip, np.einsum, np.cumsum, np.cumprod}
# They write into out= while they still read.
_UNREAD = {np.concatenate, np.stack, np.ptp}


def call_twin(
    function: Any, twin: Callable[..., Any], args: Any, kwargs: dict[str, Any]
) -> Any:
    """Return what a twin gives for the arguments of NumPy's function."""
    given = asked_for(kwargs) if kwargs else {}
    target = given.pop("out", None)
    try:
        result = _called(function, twin, args, given)
    except TypeError:
        if _fits(twin, args, given) is None:
            raise
        # NumPy takes by position what a twin takes by name only.
        args, given = _by_name(function, args, given)
        target = given.pop("out", target)
        misfit = _fits(twin, args, given)
        if misfit is not None:
            raise GradientError(
                f"np.{function.__name__}: this use cannot be differentiated "
                f"({misfit}); write it without that argument"
            ) from None
        result = _called(function, twin, args, given)
    if target is not None and function in _UNREAD:
        refuse_overlap(f"np.{function.__name__}", target, args, *given.values())
    if target is not None and function in _STRETCHED:
        result = stretched(target, result)
    return result if target is None else stored(function.__name__, target, result)


def stretched(target: Any, result: Any) -> Any:
    """Return what a ufunc writes into an array that is larger than its result."""
    (target,) = target if isinstance(target, tuple) else (target,)
    shape = np.shape(target)
    return result if result.shape == shape else np.broadcast_to(result, shape)


def _called(function: Any, twin: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    args, kwargs = read(function, args, kwargs)
    return twin(*args, **kwargs)


def read(function: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """Return a function's arguments with values in the places of the buffers.

    Those that the function writes into stay what they are.
    """
    if not are_held() or function in _WRITING:
        return args, kwargs
    return tuple(map(_read, args)), {k: _read(x) for k, x in kwargs.items()}


def _read(x: Any) -> Any:
    if is_list(x) and has_values(x):
        parts = map(_read, x)
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    return as_values(x) if type(x) is Valued else x


def asked_for(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return keywords without those that ask for nothing, such as out=None."""
    return {
        k: v
        for k, v in kwargs.items()
        if v is not np._NoValue and not (k in _HARMLESS and _is_harmless(k, v))
    }


def _is_harmless(keyword: str, value: Any) -> bool:
    is_plain = value is None or isinstance(value, str | bool)
    return is_plain and value in _HARMLESS[keyword]


def stored(name: str, target: Any, result: Any) -> Any:
    """Write a result into the array that was given as out=, and return that."""
    if isinstance(target, tuple) and len(target) == 1:
        (target,) = target
    if issubclass(type(target), Buffer):
        if np.shape(result) != target.shape:
            raise ValueError(
                f"{name}: got {np.shape(result)}; cannot be stored in {target.shape}"
            )
        np.copyto(target, result)
        return target
    if isinstance(target, Changeable) and not target.is_number:
        if not isinstance(result, Overloaded):
            target.check_type(np.result_type(result))
            target[...] = result  # type: ignore[index]
            return target
        return target.update(result)
    if isinstance(target, Changeable) or isinstance(result, Overloaded):
        raise GradientError(
            f"np.{name}: cannot write a value under differentiation into an "
            "array that f did not make, as np.zeros(shape) does; write "
            "a = a + b for a += b, or leave out= away"
        )
    np.copyto(target, result)
    return target


def _fits(twin: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> str | None:
    """Return what is wrong with the arguments of a twin, if anything is."""
    try:
        signature(twin).bind(*args, **kwargs)
    except TypeError as error:
        return str(error)
    return None


def _by_name(function: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """Return the arguments with all those by name that can be."""
    try:
        bound = signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return args, kwargs
    positional = [
        bound.arguments[name]
        for name, parameter in bound.signature.parameters.items()
        if parameter.kind is Parameter.POSITIONAL_ONLY and name in bound.arguments
    ]
    named = {
        name: value
        for name, value in bound.arguments.items()
        if bound.signature.parameters[name].kind
        in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    }
    return positional, asked_for(named)
