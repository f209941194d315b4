"""Python's numbers under differentiation: what x.item() gives.

Beside one of Python's numbers the other operands decide on the type of a result; alone
it is a float64. So such a number belongs to a trace of its own, just inside that of the
array it was taken from. Each operation is handed on there, with the number in the type
that it has beside the others.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.bare_numbers import BareNumber
from kobai.autodiff.arrays.overloaded import PYTHON_NUMBERS
from kobai.autodiff.primitive import Overloaded, Primitive, Trace, after_end
from kobai.autodiff.tensor import Tape, Tensor

FOLLOW_TYPES = (np.where, np.clip, np.real)
"""Functions that, like the operators, leave types alone beside Python's numbers."""


class PythonNumber(BareNumber, Tensor):
    """One of Python's numbers under differentiation."""

    __slots__ = ()

    owner: "_OfPythonNumbers"  # type: ignore[assignment]

    @property
    def is_number(self) -> bool:
        """Whether it is a number, which cannot change."""
        return True

    @property
    def is_python_number(self) -> bool:
        """Whether it stands for one of Python's numbers."""
        return True

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """What isinstance is told: the type that Python would have here."""
        return complex if self.dtype.kind == "c" else float

    def __getattr__(self, name: str) -> Any:
        if self.owner.has_ended:
            return getattr(after_end(self), name)
        return super().__getattr__(name)

    def of_numpy(self, dtype: Any = None) -> Any:
        """Return the number as one of NumPy's."""
        number = Tensor(self.owner.tape, self.node)
        return number if dtype in (None, self.dtype) else number.astype(dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kw: Any) -> Any:
        if all(type(x) in _OF_PYTHON for x in inputs):
            inputs = tuple(map(of_numpy, inputs))
        return super().__array_ufunc__(ufunc, method, *inputs, **kw)

    def __array_function__(
        self, function: Any, types: Any, args: Any, kwargs: Any
    ) -> Any:
        if function not in FOLLOW_TYPES:
            args = tuple(map(of_numpy, args))
        return super().__array_function__(function, types, args, kwargs)


_OF_PYTHON = (bool, int, float, complex, PythonNumber)


def of_numpy(x: Any) -> Any:
    """Return one of Python's numbers as one of NumPy's; anything else as it is."""
    return x.of_numpy() if issubclass(type(x), PythonNumber) else x


class _OfPythonNumbers(Trace):
    """Hands the operations on Python's numbers on to the tape of an array."""

    __slots__ = ("tape",)

    def __init__(self, tape: Tape) -> None:
        self.level = tape.level + 0.5
        self.tape = tape

    @property
    def used(self) -> bool:
        """Whether the tape's argument was looked at."""
        return self.tape.used

    @used.setter
    def used(self, value: bool) -> None:
        self.tape.used = value

    @property
    def has_ended(self) -> bool:  # type: ignore[override]
        """Whether the tape has."""
        return self.tape.has_ended

    def outside(self, x: Any) -> Any:
        """Return the number that x is when the tape has ended."""
        value = x.node.value
        return ops.ITEM(value) if isinstance(value, Overloaded) else value.item()

    def apply(
        self,
        primitive: Primitive,
        arguments: Sequence[Any],
        attributes: dict[str, Any],
    ) -> Any:
        """Compute a primitive with numbers of the type of the other operands."""
        others = [x for x in arguments if type(x) not in _OF_PYTHON]
        dtype = None
        if primitive.elementwise and others:
            number = next(x for x in arguments if isinstance(x, PythonNumber))
            one = 1j if number.dtype.kind == "c" else 1.0
            dtype = np.result_type(*(x.dtype for x in others), one)
        given = [
            x.of_numpy(dtype) if isinstance(x, PythonNumber) else x for x in arguments
        ]
        result = primitive(*given, **attributes)
        is_of_python = primitive.elementwise and not others
        if is_of_python and isinstance(result, Tensor):
            return _python_number(result)
        # A comparison gives Python's True or False, and // one of Python's floats.
        is_plain = is_of_python and issubclass(type(result), np.generic)
        return result.item() if is_plain else result


def _python_number(number: Tensor) -> Any:
    if number.owner.has_ended:
        return after_end(number).item()
    wide = np.complex128 if number.dtype.kind == "c" else np.float64
    wanted = number if number.dtype == wide else number.astype(wide)
    return PythonNumber(_OfPythonNumbers(number.owner), wanted.node)


PYTHON_NUMBERS[Tensor] = _python_number
PYTHON_NUMBERS[PythonNumber] = lambda number: number
