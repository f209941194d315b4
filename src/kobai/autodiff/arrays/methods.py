"""The methods and attributes of ndarray: each works, or says what to write instead."""

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.flat import Flat, in_a_row
from kobai.autodiff.arrays.layout import in_order
from kobai.autodiff.arrays.overlap import refuse_overlap
from kobai.autodiff.numpy_functions import call_twin, twin_for
from kobai.autodiff.numpy_functions.arrangement import move_in
from kobai.errors import GradientError


class MissingAttributeError(GradientError, AttributeError):
    """An attribute of ndarray that an array under differentiation cannot have."""


# Attribute or method -> what to write instead.
_REMEDIES = {
    "__array_interface__": (
        "for np.lib.stride_tricks.as_strided use sliding_window_view, or an index by "
        "arrays"
    ),
    "base": "whether an array is a view does not show here; compute with copies",
    "byteswap": "use x.value.byteswap()",
    "ctypes": "use x.value.ctypes",
    "data": "use x.value.data",
    "dump": "save x.value",
    "dumps": "save x.value",
    "flags": "use x.value.flags",
    "getfield": "use x.value.getfield()",
    "hex": "use x.value.hex()",
    "is_integer": "use x == np.floor(x)",
    "resize": "a change of size in place; use np.resize, or np.concatenate",
    "setfield": "use x[index] = v",
    "setflags": "leave it out: an array under differentiation can always be written",
    "strides": "use x.value.strides",
    "tobytes": "use x.value.tobytes()",
    "tofile": "use x.value.tofile()",
    "view": "use x.astype(dtype) for another dtype",
}
_WAY_OUT = "read x.value to leave differentiation on purpose"


def refused(name: str) -> MissingAttributeError:
    """Return the error for an attribute of ndarray that is not there."""
    remedy = _REMEDIES.get(name)
    instead = f"{remedy}; or {_WAY_OUT}" if remedy else _WAY_OUT
    return MissingAttributeError(f"ndarray.{name}: cannot be differentiated; {instead}")


def refuse_of_number(name: str) -> NoReturn:
    """Raise for an attribute that numbers alone have."""
    if name == "as_integer_ratio":
        # Whoever asks takes an AttributeError for another kind of number.
        raise GradientError(
            "as_integer_ratio: a value under differentiation is no quotient of "
            "integers, which the module statistics and Fraction(x) ask for; use "
            "np.mean(x), np.var(x, ddof=1), np.std(x, ddof=1) or np.median(x)"
        )
    raise refused(name)


# Attribute -> what to write instead of setting it.
_SETTERS = {
    "dtype": "write x = x.astype(dtype) for x.dtype = dtype",
    "shape": "write x = x.reshape(shape) for x.shape = shape",
}


def fixed(read: Callable[[Any], Any]) -> Any:
    """Return a property that is read by a method, and refuses to be set."""

    def write(self: Any, value: Any) -> None:
        name = read.__name__
        raise MissingAttributeError(
            f"ndarray.{name}: cannot be set under differentiation; {_SETTERS[name]}"
        )

    return property(read, write)


def _method(function: Callable[..., Any]) -> Any:
    def method(self: Any, *arguments: Any, **keywords: Any) -> Any:
        twin = twin_for(function)
        assert twin is not None
        return call_twin(function, twin, (self, *arguments), keywords)

    return method


def _constant_method(function: Callable[..., Any]) -> Any:
    def method(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return self.constant(function, (self, *arguments), keywords)

    return method


class Methods:
    """An array-like with the methods and attributes of ndarray."""

    __slots__ = ()

    shape: Any
    size: int
    dtype: Any
    is_number: Any

    sum, mean, max, min = (_method(f) for f in (np.sum, np.mean, np.max, np.min))
    prod, var, std = (_method(f) for f in (np.prod, np.var, np.std))
    cumsum, cumprod, dot = (_method(f) for f in (np.cumsum, np.cumprod, np.dot))
    squeeze, swapaxes = _method(np.squeeze), _method(np.swapaxes)
    ravel, clip = _method(np.ravel), _method(np.clip)
    take, repeat, choose = _method(np.take), _method(np.repeat), _method(np.choose)
    diagonal, trace, put = _method(np.diagonal), _method(np.trace), _method(np.put)
    all, any, round = _method(np.all), _method(np.any), _method(np.round)
    argsort, argpartition = _method(np.argsort), _method(np.argpartition)
    searchsorted = _method(np.searchsorted)
    conj, conjugate = (
        lambda self: np.conjugate(self) if self.dtype.kind == "c" else self,
    ) * 2
    argmax, argmin = _method(np.argmax), _method(np.argmin)
    nonzero = _constant_method(np.nonzero)

    # --- attributes

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def itemsize(self) -> int:
        """How many bytes a number takes."""
        return int(self.dtype.itemsize)

    @property
    def nbytes(self) -> int:
        """How many bytes the numbers take."""
        return self.size * self.itemsize

    @property
    def device(self) -> str:
        """Where the numbers are."""
        return "cpu"

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """The array with its axes reversed."""
        return np.transpose(self)

    @property
    def mT(self) -> Any:  # noqa: N802 - NumPy's name
        """The array with its last two axes exchanged."""
        return np.matrix_transpose(self)

    @property
    def real(self) -> Any:
        """The real parts."""
        return np.real(self)

    @real.setter
    def real(self, value: Any) -> None:
        is_complex = self.dtype.kind == "c"
        self[...] = np.real(value) + 1j * self.imag if is_complex else np.real(value)

    @property
    def imag(self) -> Any:
        """The imaginary parts."""
        return np.imag(self)

    @imag.setter
    def imag(self, value: Any) -> None:
        if self.dtype.kind != "c":
            raise TypeError(f"imag: got an array of {self.dtype}, which has none")
        self[...] = np.real(self) + 1j * np.real(value)

    @property
    def flat(self) -> Any:
        """The numbers one after another."""
        return Flat(self)

    @flat.setter
    def flat(self, value: Any) -> None:
        def move(numbers: Any, values: Any) -> None:
            numbers.flat = values

        refuse_overlap("ndarray.flat", self, value)
        move_in("ndarray.flat", self, in_a_row(value), move)

    def __getattr__(self, name: str) -> Any:
        if hasattr(np.ndarray, name):
            raise refused(name)
        if self.is_number and hasattr(self.dtype.type, name):
            refuse_of_number(name)
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}"
        )

    # --- shapes

    def copy(self, order: Any = "C") -> Any:
        """Return a copy, which lies in memory in rows."""
        return np.copy(self, order)

    def flatten(self, order: str = "C") -> Any:
        """Return a copy of the numbers in one row."""
        return np.copy(self.ravel(order))

    def reshape(self, *shape: Any, order: str = "C", copy: bool | None = None) -> Any:
        """Return the same numbers in another shape."""
        given = shape[0] if len(shape) == 1 else shape
        return np.reshape(self, given, order, copy=copy)  # type: ignore[call-overload]

    def transpose(self, *axes: Any) -> Any:
        """Return the array with its axes in another order."""
        if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], tuple | list)):
            return np.transpose(self, axes[0])
        return np.transpose(self, axes or None)

    def view(self, *types: Any, **keywords: Any) -> Any:
        """Return another name for the same numbers, of the same type."""
        if keywords or any(t is not np.ndarray and t != self.dtype for t in types):
            raise refused("view")
        return self[...] if self.shape else np.reshape(self, ())  # type: ignore

    # --- types and numbers

    def astype(
        self,
        dtype: Any,
        order: Any = "K",
        casting: str = "unsafe",
        subok: bool = True,
        copy: bool = True,
    ) -> Any:
        """Return the array in another type of number; integers have derivative 0."""
        wanted = np.dtype(dtype)
        if not np.can_cast(self.dtype, wanted, casting):  # type: ignore[arg-type]
            raise TypeError(
                f"astype: got {self.dtype}; cannot become {wanted} with "
                f"casting={casting!r}"
            )
        if not copy and self.dtype == wanted:
            return in_order(self, order)
        if wanted.kind not in "fciub":
            raise GradientError(
                f"astype: got {wanted}, which holds no numbers to differentiate; use "
                "a type of floats, or x.value to leave differentiation on purpose"
            )
        cast = ops.ASTYPE if wanted.kind in "fc" else ops.ASTYPE_CONSTANT
        return cast(self if order == "K" else np.copy(self, order), dtype=wanted)

    def item(self, *index: Any) -> Any:
        """Return one of Python's numbers, which is still under differentiation."""
        if len(index) > 1 or (index and isinstance(index[0], tuple)):
            index = index[0] if len(index) == 1 else index
            return self[index].as_python_number()  # type: ignore[index]
        if not index and self.size != 1:
            raise ValueError(f"item: got an array {self.shape}; need one number")
        return self.ravel()[index[0] if index else 0].as_python_number()

    def tolist(self) -> Any:
        """Return nested lists of numbers, which are still under differentiation."""
        if not self.shape:
            return self.item()
        return [part.tolist() for part in self]  # type: ignore[attr-defined]

    def to_device(self, device: Any, stream: Any = None) -> Any:
        """Return the array itself, for there is one device."""
        if device != "cpu" or stream is not None:
            raise ValueError(f'to_device: got {device!r}; need "cpu"')
        return self

    # --- changes in place

    def fill(self, value: Any) -> None:
        """Set every number to one value."""
        if self.is_number:
            raise GradientError(
                "fill: got a number, which cannot change; need an array"
            )
        self[...] = value

    def sort(self, axis: int = -1, kind: Any = None, **options: Any) -> None:
        """Sort the numbers in place."""
        self[...] = np.sort(self, axis, kind, **options)

    def partition(self, kth: Any, axis: int = -1, kind: Any = "introselect") -> None:
        """Move the kth number to its sorted place, in place."""
        self[...] = np.partition(self, kth, axis, kind)

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Any:
        """Return the parts along an axis where a condition holds."""
        return np.compress(condition, self, axis, out)

    # --- Python's own protocols

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self == value))

    def __round__(self, digits: int | None = None) -> Any:
        if self.shape or digits is None:
            raise GradientError(
                "round(x): gives one of Python's integers, which a value under "
                "differentiation cannot become; use np.round(x), whose derivative is 0"
            )
        return np.round(self, digits)

    def __format__(self, spec: str) -> str:
        if not spec:
            return str(self)
        return format(self.value[()], spec)

    def __copy__(self) -> Any:
        return np.copy(self)

    def __deepcopy__(self, memo: Any) -> Any:
        return np.copy(self)

    def __delitem__(self, index: Any) -> NoReturn:
        raise GradientError("del x[index]: cannot delete from an array; use np.delete")
