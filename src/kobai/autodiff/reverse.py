"""`gradient`: the derivative of a function by back-propagation."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.autodiff.primitive import Overloaded
from kobai.autodiff.tensor import Node, Tape, Tensor
from kobai.autodiff.trees import leaves, tree_map, unflatten
from kobai.errors import GradientError


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

    An array that f reads must keep its values until f has returned: an in-place change
    of it after its use would go unnoticed.

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
    tape = Tape()
    flat = leaves(x)
    watched = [tape.watch(_as_float(leaf)) for leaf in flat]
    # The leaves' own nodes: f may change the arrays it is given.
    starts = [tensor.node for tensor in watched]
    try:
        result = f(unflatten(x, watched))
    except ValueError as error:
        # NumPy hides the refusal behind an error of its own in a[0] = x[0].
        if isinstance(error.__cause__, GradientError):
            raise GradientError(str(error.__cause__)) from error
        raise
    aux = None
    if has_aux:
        result, aux = result
        aux = tree_map(lambda leaf: _outside(tape, leaf), aux)
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
    if isinstance(result, Tensor) and result.trace is tape:
        tape.backward(result.node, np.ones_like(value))
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


def as_float_array(leaf: Any) -> np.ndarray:
    """Return a leaf as an array of floats: integers and bools become float64."""
    array = np.asarray(leaf)
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(
            f"gradient: got a leaf of type {type(leaf).__name__} ({array.dtype}); need "
            "real numbers"
        )
    return array


def _as_float(leaf: Any) -> Any:
    if isinstance(leaf, Overloaded):
        return leaf
    # A number stays one: it cannot change in place, as an array without axes can.
    return (
        as_float_array(leaf)
        if isinstance(leaf, np.ndarray)
        else as_float_array(leaf)[()]
    )


def _outside(tape: Tape, x: Any) -> Any:
    """Return the value that x has outside this differentiation."""
    if isinstance(x, Tensor) and x.trace is tape:
        return x.node.value
    if isinstance(x, Tensor) and x.trace.level > tape.level:
        raise GradientError(
            "gradient: got a value that escaped from a differentiation inside f; "
            "return it from the function that is differentiated there"
        )
    return x


def _slope(node: Node, leaf: Any) -> Any:
    slope = np.zeros_like(node.value) if node.gradient is None else node.gradient
    if isinstance(slope, Overloaded):
        return slope
    if isinstance(leaf, np.ndarray):
        return np.asarray(slope)
    return float(slope) if isinstance(leaf, int | float) else slope


def _unshared(slopes: list[Any]) -> list[Any]:
    """Copy what is a view or comes twice: people change gradients in place."""
    seen: set[int] = set()
    result = []
    for slope in slopes:
        if isinstance(slope, np.ndarray) and (
            not slope.flags.owndata or id(slope) in seen
        ):
            slope = slope.copy()
        seen.add(id(slope))
        result.append(slope)
    return result
