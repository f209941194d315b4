"""Everything that makes an array-like answer to NumPy's operators and functions."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.aliasing import Changeable
from kobai.autodiff.arrays.buffers import as_doubtful, as_values
from kobai.autodiff.arrays.layout import lies_one_way
from kobai.autodiff.arrays.memory import NOT_PLAIN
from kobai.autodiff.arrays.methods import Methods, MissingAttributeError
from kobai.autodiff.arrays.operators import Operators
from kobai.autodiff.arrays.overlap import refuse_rewriting
from kobai.autodiff.arrays.ufuncs import call_ufunc, qualified
from kobai.autodiff.numpy_functions import (
    CONSTANT_FUNCTIONS,
    call_twin,
    read,
    twin_for,
)
from kobai.autodiff.primitive import after_end
from kobai.autodiff.trees import tree_map
from kobai.errors import GradientError

# What they make lies in memory as their argument does.
_LIKE = {np.zeros_like, np.ones_like, np.empty_like}

# What Python says of a method of ndarray's that gets something else.
_OF_ANOTHER_TYPE = re.compile("descriptor '.*' for 'numpy.ndarray' objects doesn't")

# Kind of array-like -> what makes one of Python's numbers of a number of that kind.
PYTHON_NUMBERS: dict[type, Callable[[Any], Any]] = {}


def refusal_behind(error: ValueError | TypeError) -> GradientError | None:
    """Return the refusal that NumPy hides behind an error of its own; None if none."""
    if _OF_ANOTHER_TYPE.search(str(error)):
        return GradientError(
            "NumPy's own code got a value under differentiation where it takes plain "
            "arrays alone, as masked arrays and np.ndarray.sum(x) do; write x.sum(), "
            "np.where for a masked array, or read x.value to leave differentiation on "
            "purpose"
        )
    if isinstance(error.__cause__, GradientError):
        # As in a[0] = x[0].
        return error.__cause__
    # a.flat[0] = x[0] loses it.
    is_lost = str(error).startswith("Error setting single item of array")
    return GradientError(NOT_PLAIN) if is_lost else None


class _OfArrays:
    """A method that numbers lack, so that hasattr tells them from arrays."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self.method = method

    def __get__(self, x: Any, kind: Any = None) -> Any:
        if x is not None and x.is_number:
            # A TypeError, as NumPy's, for who asks by len(x).
            raise MissingAttributeError("len(): got a number; need an array")
        return self.method if x is None else self.method.__get__(x)


class ArrayLike(Operators, Methods, Changeable):
    """An array-like whose operators and NumPy functions are those of its trace.

    Derived classes say what the shape and the dtype are, and what a function sees
    whose derivative is 0.
    """

    __slots__ = ()

    def constant(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Call a function that sees values but has no derivative."""
        raise NotImplementedError

    def as_python_number(self) -> Any:
        """Return a number as one of Python's, which is still under differentiation."""
        return PYTHON_NUMBERS[type(self)](self)

    def meet_list(self) -> None:
        """Raise where an operator takes a list otherwise than as an array."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """What isinstance is told: the type that NumPy would have here."""
        return self.dtype.type if self.is_number else np.ndarray

    # --- NumPy's protocols

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any
    ) -> Any:
        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(
        self, function: Any, types: Any, args: Any, kwargs: Any
    ) -> Any:
        if self.owner.has_ended:
            args, kwargs = tree_map(after_end, (args, kwargs))
            return function(*args, **kwargs)
        if function in CONSTANT_FUNCTIONS:
            found = self.constant(function, *read(function, args, kwargs))
            if function not in _LIKE:
                return found
            order = args[2] if len(args) > 2 else kwargs.get("order", "K")
            return self._made_like_this(found, order)
        twin = twin_for(function)
        if twin is not None:
            return call_twin(function, twin, args, kwargs)
        raise GradientError(
            f"{qualified(function)}: has no derivative rule; write it with NumPy's "
            "elementary functions, or read x.value to leave differentiation on purpose"
        )

    def _made_like_this(self, made: Any, order: Any) -> Any:
        is_asked_for = order in ("C", "F") or lies_one_way(self.shape)
        return made if is_asked_for or self.layout() is not None else as_doubtful(made)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise GradientError(NOT_PLAIN)

    def _refuse_conversion(self) -> Any:
        raise GradientError(NOT_PLAIN)

    __float__ = __int__ = __index__ = __complex__ = _refuse_conversion
    __trunc__ = __floor__ = __ceil__ = _refuse_conversion

    # --- indices

    def __getitem__(self, index: Any) -> Any:
        arrays, pattern = ops.split_index(index)
        return ops.GETITEM(self, *arrays, pattern=pattern)

    def __setitem__(self, index: Any, value: Any) -> None:
        if self.is_number:
            raise TypeError("a number does not take x[index] = value; need an array")
        arrays, pattern = ops.split_index(index)
        if getattr(value, "first", None) is self.first:
            refuse_rewriting(self, index, arrays, value)
        self.update(ops.SETITEM(self, as_values(value), *arrays, pattern=pattern))

    @_OfArrays
    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of an array without axes")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __reduce__(self) -> Any:
        raise GradientError(NOT_PLAIN)

    def __hash__(self) -> int:  # type: ignore[override]
        if self.is_number:
            raise GradientError(
                "hash: a number under differentiation cannot be a key of a dict, or in "
                "a set; use x.value, the plain number"
            )
        raise TypeError("unhashable type: 'numpy.ndarray'")
