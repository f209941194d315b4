"""Derivatives from their definition: how f changes when x changes a little."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np

from kobai import checks
from kobai.autodiff.reverse import as_float_array
from kobai.autodiff.tensor import Tape
from kobai.autodiff.trees import leaves, unflatten
from kobai.errors import GradientError, suggest
from kobai.keywords import checked_keywords


@checked_keywords
def numerical_derivative(
    f: Callable[[Any], Any],
    x: Any,
    h: float = 1e-4,
    method: Literal["central", "forward"] = "central",
) -> Any:
    """Return the derivative of a function of one number, from its definition.

        central = (f(x + h) - f(x - h)) / (2 h)
        forward = (f(x + h) - f(x)) / h

    The error of the first shrinks as h², that of the second as h. Rounding adds about
    1e-16 |f| / h to both, so a smaller h is not always better: with h = 1e-50 nothing
    is left of f(x + h) - f(x). `x` is a number, or an array for a function that works
    on each number by itself. Raises ValueError for another method or h ≤ 0.

    >>> round(numerical_derivative(lambda x: x ** 2, 3), 8)
    6.0
    >>> numerical_derivative(lambda x: x ** 2, 3, h=1e-50, method="forward")
    0.0

    Source: Press et al., "Numerical Recipes", section 5.7.
    """
    checks.function("numerical_derivative", f)
    check_step(h)
    x = np.asarray(x, np.result_type(np.asarray(x), np.float64))[()]
    x = x if np.ndim(x) else float(x)
    if method == "central":
        return (_value(f, x + h) - _value(f, x - h)) / (2 * h)
    if method == "forward":
        return (_value(f, x + h) - _value(f, x)) / h
    raise ValueError(
        f'numerical_derivative: got method="{method}"; need "central" or "forward".'
        f"{suggest(method, ['central', 'forward'])}"
    )


def _value(f: Callable[[Any], Any], x: Any) -> Any:
    y = f(x)
    checks.returned("numerical_derivative", y)
    return y


@checked_keywords
def numerical_gradient(f: Callable[[Any], Any], x: Any, h: float = 1e-4) -> Any:
    """Return the gradient of a scalar function at x, from its definition.

        (∇f)ᵢ ≈ (f(x + h eᵢ) - f(x - h eᵢ)) / (2 h)

    eᵢ is the i-th unit vector. `f` and `x` are as for `gradient`, and so is the result;
    the cost is two evaluations of f for every number in x. `kobai.numerical_gradient`
    has a shorter way where there is one.

    An array of floats is changed in place while f runs, and restored bit for bit, also
    where f raises. So f may be a closure that ignores its argument and reads the array
    itself, as `lambda W: net.loss(x, t)` does. Integers count as float64. The step
    divided by is the one that was really made; where x or f(x) is float32 it is at
    least 2⁻⁸, below which rounding would hide the difference.

    Raises ValueError where f does not return one number, or for h ≤ 0. Raises
    GradientError where a closure reads integers, which cannot be changed by h.

    >>> numerical_gradient(lambda x: np.sum(x ** 2), np.array([3, 4])).round(6)
    array([6., 8.])

    Source: Press et al., "Numerical Recipes", section 5.7.
    """
    check_step(h)
    probe = Probe(f, x)
    grads = []
    with probe:
        for array in probe.arrays:
            slope = np.empty(array.shape, array.dtype)
            for index in np.ndindex(array.shape):
                slope[index] = probe.slope(array, index, h)
            grads.append(slope)
    return unflatten(x, map(like_leaf, grads, leaves(x)))


class Probe:
    """A function whose arguments are changed one number at a time.

    As a context it promises to leave the arguments as they were.
    """

    def __init__(self, f: Callable[[Any], Any], x: Any) -> None:
        checks.function("numerical_gradient", f)
        self.f = f
        self.x = x
        originals = leaves(x)
        self.arrays = _changeable(originals)
        changed = zip(self.arrays, originals, strict=True)
        self.in_place = all(array is leaf for array, leaf in changed)
        self.saved = [array.copy() for array in self.arrays]
        # Of what f returns, as far as it has been called.
        self.rounding = 0.0

    def __enter__(self) -> "Probe":
        if not self.in_place and _ignores_argument(self.f, self.x):
            raise GradientError(
                "numerical_gradient: got integers (or numbers, a read-only array, one "
                "array twice) and a function that does not depend on its argument; let "
                "it read an array of floats that can be changed, array.astype(float)"
            )
        return self

    def __exit__(self, *exception: object) -> None:
        self.restore()

    def value(self) -> float:
        """Return f at the arguments as they are now."""
        x = self.x if self.in_place else unflatten(self.x, self._arguments())
        y = self.f(x)
        checks.returned("numerical_gradient", y)
        if np.ndim(y) != 0:
            raise ValueError(
                f"numerical_gradient: f returned an array of shape {np.shape(y)}; need "
                "one number (np.sum or np.mean of it)"
            )
        if isinstance(y, np.floating | np.ndarray) and y.dtype.kind == "f":
            self.rounding = float(np.finfo(y.dtype).eps)
        return float(y)

    def slope(self, array: np.ndarray, index: tuple[int, ...], h: float) -> float:
        """Return the central difference for one number of the arguments."""
        before = array[index]
        step = _step(before, h, self.rounding)
        values = []
        places = []
        for direction in (1, -1):
            array[index] = before + direction * step
            places.append(float(array[index]))
            values.append(self.value())
            # All of it: f may have changed more than was changed here.
            self.restore()
        if step < _step(before, h, self.rounding):
            # What f returns is rounded more than x is, as by a cast inside of it.
            return self.slope(array, index, h)
        return (values[0] - values[1]) / (places[0] - places[1])

    def restore(self) -> None:
        """Put the arguments back as they were."""
        for array, saved in zip(self.arrays, self.saved, strict=True):
            array[...] = saved

    def _arguments(self) -> Iterator[Any]:
        return map(like_leaf, self.arrays, leaves(self.x))


def _changeable(originals: list[Any]) -> list[np.ndarray]:
    """Return the leaves that can be changed by a small step, copies of the others."""
    arrays: list[np.ndarray] = []
    for leaf in originals:
        array = as_float_array(leaf)
        # An array that comes twice must not change in both places at once.
        own = array.flags.writeable and all(array is not other for other in arrays)
        arrays.append(array if own else array.copy())
    return arrays


def like_leaf(array: np.ndarray, leaf: Any) -> Any:
    """Return an array as a number where a leaf is one."""
    if isinstance(leaf, np.ndarray):
        return array
    # NumPy's numbers have methods, which f may use.
    return array[()] if isinstance(leaf, np.generic) else float(array)


def _step(x: Any, h: float, rounding: float) -> float:
    """Return a step near h that does not drown in the rounding of x, or of f(x)."""
    rounding = max(rounding, float(np.finfo(x.dtype).eps))
    if rounding <= np.finfo(np.float64).eps:
        return max(h, 2.0**-26 * abs(float(x)))
    # The best step is near the cube root of the rounding error, as a power of two.
    smallest = 2.0 ** round(float(np.log2(rounding)) / 3)
    return max(h, smallest * max(1.0, abs(float(x))))


def _ignores_argument(f: Callable[[Any], Any], x: Any) -> bool:
    """Tell whether f runs without looking at its argument."""
    tape = Tape()
    watched = [tape.watch(as_float_array(leaf)) for leaf in leaves(x)]
    try:
        f(unflatten(x, watched))
    except Exception:
        # f stumbled over what it was given, so it looked at it.
        return False
    finally:
        tape.end()
    return not tape.used


def check_step(h: float) -> None:
    """Raise ValueError unless h is a step."""
    if not h > 0:
        raise ValueError(f"numerical derivative: got h={h}; need a step h > 0")
