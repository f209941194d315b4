"""What a rule will read later is kept as it is now.

NumPy's arrays change in place: a loop fills one buffer again and again, a mask or an
index moves on. Back-propagation reads the operands after all of that, so it needs
them as they were when they were used.
"""

from numbers import Rational
from typing import Any

import numpy as np

from kobai.autodiff.primitive import Overloaded
from kobai.errors import GradientError
from kobai.functions.arrays import is_plain

# While f runs, np.array makes an array that can take values: here none will.
_array = np.array
_NUMBERS = (int, float, complex, np.generic)


def kept(x: Any) -> Any:
    """Return an operand that later changes of x do not reach.

    >>> buffer = np.zeros(2)
    >>> before = kept(buffer)
    >>> buffer += 1
    >>> before
    array([0., 0.])
    """
    if type(x) is not np.ndarray:
        x = operand(x)
        if getattr(x, "lies_in_doubt", False):
            # Of which `layout` sees that it does.
            return x.copy("K").view(np.ndarray)
    if is_plain(x):
        return _copied(x) if x.flags.writeable or not _cannot_change(x) else x
    if isinstance(x, Overloaded):
        return x.kept()
    # What is neither array nor number has memory too: a list, a table's column.
    return x if isinstance(x, _NUMBERS) else _array(x)


def operand(x: Any) -> Any:
    """Return x; of a fraction, which Python knows without NumPy, its number.

    >>> from fractions import Fraction
    >>> operand(Fraction(1, 4))
    np.float64(0.25)
    """
    refuse_other_arrays(x)
    is_fraction = type(x) not in _USUAL and isinstance(x, Rational)
    return np.float64(x) if is_fraction and not isinstance(x, _NUMBERS) else x


def refuse_other_arrays(x: Any) -> None:
    """Raise for a kind of array that computes otherwise than np.ndarray does."""
    kind = type(x)
    if kind in _USUAL or not issubclass(kind, np.ndarray):
        return
    for name, remedy in _OTHERS.items():
        if any(
            k.__name__ == name and k.__module__[:5] == "numpy" for k in kind.__mro__
        ):
            raise GradientError(f"got a {name}, {remedy}")


_USUAL = {np.ndarray, float, int, np.float64, np.float32}
_OTHERS = {
    "matrix": (
        "whose * is a product of matrices; use np.asarray(m), and @ for such a product"
    ),
    "MaskedArray": (
        "whose masked entries would count; use np.ma.getdata(m), and np.where with "
        "np.ma.getmaskarray(m)"
    ),
}


def _cannot_change(x: Any) -> bool:
    while is_plain(x):
        if x.flags.writeable:
            return False
        x = x.base
    try:
        return x is None or memoryview(x).readonly
    except TypeError:
        return False


def _copied(x: np.ndarray) -> np.ndarray:
    if 0 not in x.strides:
        return _array(x)
    # A broadcast array has few numbers in memory, but may be larger than all of it.
    once = x[tuple(slice(None) if stride else slice(1) for stride in x.strides)]
    return np.broadcast_to(_array(once), x.shape)
