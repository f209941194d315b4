"""Keywords and methods of ufuncs: reduce, accumulate, outer, reduceat, at."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.buffers import as_doubtful, as_values
from kobai.autodiff.arrays.layout import in_doubt
from kobai.autodiff.numpy_functions import FUNCTIONS, call_twin, stored, twin_for
from kobai.autodiff.numpy_functions.arrangement import known, writable
from kobai.autodiff.numpy_functions.calling import asked_for, stretched
from kobai.autodiff.numpy_functions.table import (
    along,
    as_array,
    as_arrays,
    as_number,
    loop_types,
    mask_for,
    one_axis,
)
from kobai.autodiff.primitive import Primitive
from kobai.autodiff.rules import ELEMENTWISE
from kobai.autodiff.scipy_rules import primitive_of
from kobai.errors import GradientError

_REDUCTIONS: dict[np.ufunc, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
# (a . b) . c = a . (b . c)
_ASSOCIATIVE = {
    *(np.logaddexp, np.logaddexp2, np.fmax, np.fmin, np.hypot, np.logical_xor),
    *(np.bitwise_and, np.bitwise_or, np.bitwise_xor),
}
_IN_ORDER = {np.subtract, np.divide}
_ACCUMULATIONS: dict[np.ufunc, Any] = {np.add: np.cumsum, np.multiply: np.cumprod}


def call_ufunc(ufunc: Any, method: str, inputs: Any, kwargs: dict[str, Any]) -> Any:
    """Return what a ufunc, or a method of it, gives."""
    operation: Any = ops.MATMUL if ufunc is np.matmul else ELEMENTWISE.get(ufunc)
    if operation is None:
        operation = primitive_of(ufunc) or twin_for(ufunc)
    if operation is None:
        raise GradientError(
            f"{qualified(ufunc)}: has no derivative rule; write the function with "
            "NumPy's elementary functions (kobai.functions has many ready)"
        )
    if method != "at":
        inputs = tuple(map(as_values, inputs))
    if method == "__call__":
        if not kwargs and isinstance(operation, Primitive):
            return operation(*inputs)
        return _call(ufunc, operation, inputs, asked_for(kwargs))
    given = asked_for(kwargs)
    target = given.pop("out", None)
    result = _METHODS[method](ufunc, *inputs, **given)
    return result if target is None else stored(ufunc.__name__, target, result)


def qualified(function: Any) -> str:
    """Return the name of a function with that of its module."""
    module = getattr(function, "__module__", None)
    return f"{module}.{function.__name__}" if module else function.__name__


def _call(ufunc: Any, operation: Any, inputs: Any, kwargs: dict[str, Any]) -> Any:
    name = ufunc.__name__
    targets, where = kwargs.pop("out", None), kwargs.pop("where", True)
    kwargs.pop("casting", None)
    order = kwargs.pop("order", "K")
    if "dtype" in kwargs:
        inputs = _cast(ufunc, inputs, kwargs.pop("dtype"))
    if not isinstance(operation, Primitive):
        result = _as_numbers(call_twin(ufunc, operation, inputs, kwargs))
    elif kwargs:
        raise GradientError(
            f"np.{name}: the argument {next(iter(kwargs))}= cannot be differentiated; "
            "write it without that argument"
        )
    else:
        result = operation(*inputs)
    if where is not True and targets is None:
        raise GradientError(
            f"np.{name}: got where= without out=, which leaves entries undefined; use "
            "np.where(mask, result, other)"
        )
    if targets is None:
        return result if order == "K" else _ordered(result, order)
    if ufunc.nout == 1:
        return _store(name, targets[0], result, where)
    pairs = zip(targets, result, strict=True)
    return tuple(y if t is None else _store(name, t, y, where) for t, y in pairs)


def _ordered(result: Any, order: Any) -> Any:
    """Return results that lie in memory as order= says."""
    if isinstance(result, tuple):
        return tuple(_ordered(y, order) for y in result)
    if not np.ndim(result):
        return result
    # With "A" all operands count.
    return as_doubtful(in_doubt(result)) if order == "A" else np.copy(result, order)


def _store(name: str, target: Any, result: Any, where: Any) -> Any:
    if where is not True:
        result = np.where(mask_for(target, where), result, target)
    return stored(name, target, stretched(target, result))


def _as_numbers(result: Any) -> Any:
    if isinstance(result, tuple):
        return tuple(map(as_number, result))
    return as_number(result)


def _cast(ufunc: Any, inputs: Any, dtype: Any) -> Any:
    """Return inputs in the types with which NumPy computes where dtype= is given."""
    wanted = (*((None,) * ufunc.nin), *((np.dtype(dtype),) * ufunc.nout))
    types = loop_types(ufunc, inputs, signature=wanted)
    return [as_array(x, t) for x, t in zip(inputs, types, strict=False)]


# --- methods


def _reduce(ufunc: Any, a: Any, axis: Any = 0, **options: Any) -> Any:
    function = _REDUCTIONS.get(ufunc)
    if function is not None:
        twin = FUNCTIONS[function]
        return call_twin(function, twin, (a,), {"axis": axis, **options})
    a = as_array(a, options.pop("dtype", None))
    keepdims, initial = options.pop("keepdims", False), options.pop("initial", None)
    if options:
        raise GradientError(
            f"np.{ufunc.__name__}.reduce: the argument {next(iter(options))}= cannot "
            "be differentiated; use np.where on the array"
        )
    axes = range(a.ndim) if axis is None else axis
    axes = axes if isinstance(axes, tuple | range) else (axes,)
    numbers = sorted(one_axis(i, a.ndim) for i in axes)
    # NumPy's reduce of others, such as power, is not what the ufunc does repeatedly.
    if ufunc not in _ASSOCIATIVE and (len(numbers) > 1 or ufunc not in _IN_ORDER):
        raise GradientError(
            f"np.{ufunc.__name__}.reduce: cannot be differentiated along {axis}; write "
            f"a loop, y = np.{ufunc.__name__}(y, x[i])"
        )
    if initial is None and any(a.shape[i] == 0 for i in numbers):
        raise ValueError(f"{ufunc.__name__}.reduce: got {a.shape}; need initial=")
    for i in reversed(numbers):
        parts = np.unstack(a, axis=i)
        a = _folded(ufunc, parts if initial is None else [initial, *parts])[-1]
        initial = None
    return np.expand_dims(a, tuple(numbers)) if keepdims else a


def _folded(ufunc: Any, parts: Any) -> list[Any]:
    """Return f(f(a, b), c) and so on: what each part adds to those before it."""
    dtypes = np.result_type(parts[0]), np.result_type(parts[0]), None
    found = [as_array(parts[0], ufunc.resolve_dtypes(dtypes)[-1])]
    for part in parts[1:]:
        found.append(ufunc(found[-1], part))
    return found


def _accumulate(ufunc: Any, a: Any, axis: int = 0, dtype: Any = None) -> Any:
    function = _ACCUMULATIONS.get(ufunc)
    if function is not None:
        return function(a, axis=axis, dtype=dtype)
    a = as_array(a, dtype)
    return np.stack(_folded(ufunc, np.unstack(a, axis=axis)), axis)


def _outer(ufunc: Any, a: Any, b: Any, **options: Any) -> Any:
    a, b = as_arrays((a, b))
    return ufunc(np.reshape(a, a.shape + (1,) * b.ndim), b, **options)


def _reduceat(
    ufunc: Any, a: Any, indices: Any, axis: int = 0, dtype: Any = None
) -> Any:
    a = as_array(a, dtype)
    starts = [int(i) for i in known(ufunc, "indices", indices)]
    parts = []
    for start, stop in zip(starts, [*starts[1:], a.shape[axis]], strict=True):
        part = slice(start, max(stop, start + 1))
        parts.append(ufunc.reduce(a[along(axis, part, a.ndim)], axis=axis))
    return np.stack(parts, axis)


def _at(ufunc: Any, a: Any, indices: Any, *others: Any) -> None:
    target = writable(f"{ufunc.__name__}.at", a)
    known(ufunc, "indices", indices)
    places = np.arange(target.size).reshape(target.shape)[indices]
    values = [np.ravel(np.broadcast_to(x, places.shape)) for x in others]
    flat = np.copy(np.ravel(target))
    for turn in _turns(np.ravel(places)):
        here = np.ravel(places)[turn]
        flat[here] = ufunc(flat[here], *(v[turn] for v in values))
    target[...] = np.reshape(flat, target.shape)


def _turns(places: Any) -> list[Any]:
    """Return which entries come first at their place, which second, and so on."""
    seen: dict[int, int] = {}
    turns: list[list[int]] = []
    for i, place in enumerate(places.tolist()):
        turn = seen.get(place, 0)
        seen[place] = turn + 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(i)
    return [np.array(turn) for turn in turns]


_METHODS: dict[str, Callable[..., Any]] = {
    "reduce": _reduce,
    "accumulate": _accumulate,
    "outer": _outer,
    "reduceat": _reduceat,
    "at": _at,
}
