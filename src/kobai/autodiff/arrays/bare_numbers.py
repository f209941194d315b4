"""What arrays and numbers of NumPy have, and Python's numbers lack."""

from typing import Any, NoReturn

import numpy as np

from kobai.autodiff.arrays.methods import MissingAttributeError, refuse_of_number


class BareNumber:
    """A value that stands for one of Python's numbers: it has no methods of NumPy's."""

    __slots__ = ()

    def __getattr__(self, name: str) -> NoReturn:
        if hasattr(float, name):
            refuse_of_number(name)
        instead = f"np.{name}(x)" if hasattr(np, name) else f"np.asarray(x).{name}"
        raise MissingAttributeError(
            f"x.{name}: got a {self.__class__.__name__}, one of Python's numbers: it "
            f"has no {name}; use {instead}"
        )

    def _refuse_index(self, index: Any) -> NoReturn:
        raise TypeError(
            f"x[index]: got a {self.__class__.__name__}, one of Python's numbers: it "
            "has no entries; use the number itself"
        )

    __getitem__ = __contains__ = _refuse_index


def _ask_getattr(self: Any) -> NoReturn:
    raise AttributeError


# Python's numbers have the first three; rules of operands need the others.
_THERE = {"real", "imag", "conjugate", "shape", "dtype", "ndim", "size", "astype"}
for _name in dir(np.ndarray):
    if not _name.startswith("_") and _name not in _THERE:
        setattr(BareNumber, _name, property(_ask_getattr))
