"""What functions are given: arrays of every kind, and what becomes of plain numbers."""

from typing import Any, TypeGuard

import numpy as np

Array = Any
"""A NumPy array, or what stands in for one while it is differentiated or traced.

That has an array's methods and operators, but no class in common with it. Where a
function says so, it is also what becomes an array: lists of numbers, a frame.
"""


def as_array(x: Array) -> Array:
    """Return x itself if it is an array of any kind, else the array of its numbers.

    >>> as_array([1, 2])
    array([1, 2])
    """
    return x if hasattr(x, "dtype") else np.asarray(x)


def is_plain(x: object) -> TypeGuard[np.ndarray]:
    """Whether x is an array of NumPy's own, with memory that can be read and changed.

    >>> is_plain(np.zeros(2)), is_plain([0, 0])
    (True, False)
    """
    # isinstance would take an array under differentiation for one. A buffer that holds
    # such values answers for NumPy's functions itself.
    kind = type(x)
    return kind is np.ndarray or (
        issubclass(kind, np.ndarray)
        and kind.__array_ufunc__ is np.ndarray.__array_ufunc__
    )


def as_floats(x: Array) -> Array:
    """Return x as an array of any kind; integers and bools become float64.

    Integers would wrap around (a difference of uint8) or cut off (a loss of ints).

    >>> as_floats([1, 2])
    array([1., 2.])
    """
    x = as_array(x)
    return x if x.dtype.kind in "fcO" else x.astype(np.float64)
