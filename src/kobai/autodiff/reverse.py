"""`gradient`: the derivative of a function by back-propagation."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai import checks
from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.buffers import Valued, as_values, result_of, values_in
from kobai.autodiff.arrays.creation import making_arrays
from kobai.autodiff.arrays.keeping import refuse_other_arrays
from kobai.autodiff.arrays.memory import NOT_PLAIN, was_read_past_us
from kobai.autodiff.arrays.overloaded import ArrayLike, refusal_behind
from kobai.autodiff.primitive import Overloaded, after_end
from kobai.autodiff.python_numbers import PythonNumber, of_numpy
from kobai.autodiff.tensor import Node, Tape, Tensor
from kobai.autodiff.trees import leaves, tree_map, unflatten
from kobai.errors import GradientError
from kobai.functions.arrays import is_plain

# What holds values, which are others after each change.
_HOLDING = (ArrayLike, Valued)


class _NotGiven:
    def __repr__(self) -> str:
        return "(not given)"


_NOT_GIVEN = _NotGiven()
_REAL = np.dtype(np.float64)


def gradient(f: Callable[..., Any], x: Any = _NOT_GIVEN) -> Any:
    """Return the gradient of a scalar function at x, by back-propagation.

    (∇f)ᵢ = ∂f/∂xᵢ. `f` is plain NumPy code that returns one number; `x` is an array or
    a number, or any nesting of dicts, lists and tuples of them, and the result has the
    same structure and shapes. Integers count as float64. The cost is that of a few
    evaluations of f, whatever the size of x. A gradient of a gradient gives second
    derivatives. Inside of f numbers may be complex; x and the result are real. Without
    x the result is the function that takes x, and whatever else f takes after it, and
    returns the gradient there.

    Arrays that f reads may change after their use, as a buffer that is filled again
    does: the gradient is that of the values they had. What f keeps (`net.W = W`) are
    plain numbers afterwards, and constants in the next differentiation.
    Raises GradientError where f cannot be differentiated as it is written, or does not
    depend on its argument; the message says what to write instead. Raises ValueError
    where f does not return one number.

    >>> gradient(lambda x: np.sum(x ** 2), np.array([3.0, 4.0]))
    array([6., 8.])
    >>> gradient(lambda p: p["w"] * 3 + p["b"], {"w": 2.0, "b": 1.0})
    {'w': 3.0, 'b': 1.0}
    >>> slope = gradient(lambda x, power: x ** power)
    >>> slope(2.0, 3)
    12.0

    Source: Rumelhart, Hinton & Williams, "Learning representations by
    back-propagating errors", 1986.
    """
    checks.function("gradient", f)
    if x is _NOT_GIVEN:
        return lambda x, *others: gradient(lambda x: f(x, *others), x)
    return value_and_gradient(f, x)[1]


def value_and_gradient(f: Callable[..., Any], x: Any, has_aux: bool = False) -> Any:
    """Return f(x) and its gradient at x, for little more than the gradient alone.

    As `gradient`. With `has_aux`, f returns a pair of the number to differentiate and
    anything else, and the value returned is that pair, as plain arrays.

    >>> value_and_gradient(lambda x: np.sum(x ** 2), np.array([3.0, 4.0]))
    (np.float64(25.0), array([6., 8.]))
    """
    checks.function("value_and_gradient", f)
    tape = Tape()
    try:
        return _differentiated(tape, f, x, has_aux)
    finally:
        tape.end()


def _differentiated(tape: Tape, f: Callable[..., Any], x: Any, has_aux: bool) -> Any:
    given = leaves(x)
    flat = [as_values(leaf) for leaf in given]
    watched = [tape.watch(_as_float(leaf)) for leaf in flat]
    # The leaves' own nodes: f may change the arrays it is given.
    starts = [tensor.node for tensor in watched]
    result = _unchanging(given, lambda: _run(tape, f, unflatten(x, watched)))
    aux = None
    if has_aux:
        result, aux = result
        aux = tree_map(lambda leaf: _outside(tape, leaf), aux)
    checks.returned("gradient", result)
    result = of_numpy(after_end(result))
    value = _outside(tape, result)
    if np.ndim(value) != 0:
        raise ValueError(
            f"gradient: f returned an array of shape {np.shape(value)}; need one "
            "number (np.sum or np.mean of it)"
        )
    if isinstance(value, complex) or getattr(value, "dtype", _REAL).kind == "c":
        raise GradientError(
            "gradient: f returned a complex number; need a real one, such as its "
            "absolute value or its real part"
        )
    # Only NaN differs from itself.
    if not isinstance(value, Overloaded) and value != value and was_read_past_us(value):
        raise GradientError(NOT_PLAIN)
    if isinstance(result, Tensor) and result.owner is tape:
        tape.backward(result.node, _one_like(value))
    elif not tape.used:
        raise GradientError(
            "gradient: f does not depend on its argument. Back-propagation follows the "
            "argument through f, so write f with it: for a network, "
            "gradient(lambda params: loss_of(params), params), not "
            "gradient(lambda _: net.loss(x, t), net.W). Where f really is such a "
            "closure, numerical_gradient sees through it"
        )
    slopes = [_slope(n, leaf) for n, leaf in zip(starts, flat, strict=True)]
    grads = unflatten(x, _unshared(slopes))
    value = value[()] if isinstance(value, np.ndarray) else value
    return ((value, aux) if has_aux else value), grads


def _run(tape: Tape, f: Callable[..., Any], x: Any) -> Any:
    try:
        with making_arrays(tape):
            result = f(x)
            return result if type(result) is Tensor else tree_map(result_of, result)
    except (ValueError, TypeError) as error:
        refusal = refusal_behind(error)
        if refusal is not None:
            raise GradientError(str(refusal)) from error
        raise


def _unchanging(given: list[Any], run: Callable[[], Any]) -> Any:
    """Run f; raise GradientError if it changed an array where it is differentiated."""
    marks = [_mark(leaf) for leaf in given]
    result = run()
    if any(map(_is_changed, given, marks)):
        raise GradientError(
            "gradient: the array at which f is differentiated was changed in place "
            "while f ran, under another name than that of f's argument; change the "
            "argument, or a copy"
        )
    # With this the marks are gone: their memory serves the gradients, still at hand.
    return result


def _mark(leaf: Any) -> Any:
    """Return what tells later whether an array at which f is differentiated changed."""
    if is_plain(leaf):
        return bytearray(_memory(leaf))
    return _state(leaf) if isinstance(leaf, _HOLDING) else None


def _state(leaf: Any) -> Any:
    return leaf.node if isinstance(leaf, ArrayLike) else values_in(leaf)


def _memory(array: Any) -> Any:
    if array.flags.c_contiguous:
        return array.data
    return array.T.data if array.flags.f_contiguous else array.tobytes()


def _is_changed(leaf: Any, mark: Any) -> bool:
    if is_plain(leaf) and type(mark) is bytearray:
        return bool(mark != _memory(leaf))
    return mark is not None and _state(leaf) is not mark


def _one_like(value: Any) -> Any:
    # np.ones_like takes twenty times as long, and makes an array.
    is_number = issubclass(type(value), np.generic)
    return type(value)(1) if is_number else np.ones_like(value)


def as_float_array(leaf: Any) -> np.ndarray:
    """Return a leaf as an array of floats: integers and bools become float64."""
    refuse_other_arrays(leaf)
    array = np.asarray(leaf)
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(
            f"gradient: got a leaf of type {type(leaf).__name__} ({array.dtype}); need "
            "real numbers, in dicts, lists and tuples (of an object with arrays: "
            "vars(x))"
        )
    return array


def _as_float(leaf: Any) -> Any:
    if type(leaf) is np.ndarray and leaf.dtype.kind == "f":
        return leaf
    if isinstance(leaf, ArrayLike):
        if leaf.owner.has_ended:
            return _as_float(after_end(leaf))
        leaf = of_numpy(leaf)
        is_float = leaf.dtype.kind not in "iub" and not leaf.is_python_number
        return leaf if is_float else leaf.astype(np.float64)
    # A number stays one: it cannot change in place, as an array without axes can.
    return (
        as_float_array(leaf)
        if isinstance(leaf, np.ndarray)
        else as_float_array(leaf)[()]
    )


def _outside(tape: Tape, x: Any) -> Any:
    """Return the value that x has outside this differentiation."""
    x = after_end(x)
    if issubclass(type(x), PythonNumber) and x.owner.tape is tape:
        return x.owner.outside(x)
    return x.node.value if isinstance(x, Tensor) and x.owner is tape else x


def _slope(node: Node, leaf: Any) -> Any:
    slope = np.zeros_like(node.value) if node.gradient is None else node.gradient
    if type(leaf) is type(slope) is np.ndarray:
        return slope
    if isinstance(leaf, ArrayLike) and leaf.is_python_number:
        return ops.ITEM(slope)
    if isinstance(slope, Overloaded):
        return slope
    if isinstance(leaf, np.ndarray):
        return np.asarray(slope)
    # np.float64 is a float too, but not one of Python's.
    is_python_number = isinstance(leaf, int | float) and not isinstance(
        leaf, np.generic
    )
    return float(slope) if is_python_number else slope[()]


def _unshared(slopes: list[Any]) -> list[Any]:
    """Copy what is a view or comes twice: people change gradients in place."""
    seen: set[int] = set()
    result = []
    for slope in slopes:
        if is_plain(slope) and (not slope.flags.owndata or id(slope) in seen):
            slope = slope.copy()
        seen.add(id(slope))
        result.append(slope)
    return result
