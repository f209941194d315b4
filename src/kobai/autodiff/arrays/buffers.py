"""Arrays that f makes with np.zeros and its kin, and then fills with values.

Such a buffer is an array of NumPy's own until a value under differentiation is written
into it. From then on its numbers are a row of values (memory.py), and every read, also
of a view, is answered from that row. In NumPy's memory stands NaN, under a type of no
numbers, so that whoever reads it past us fails. When f has ended, the plain numbers are
back.
"""

import sys
from functools import cache
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.flat import Flat
from kobai.autodiff.arrays.layout import (
    BY_ORDER,
    DoubtfulFlags,
    check_order,
    here,
    in_doubt,
    lies_one_way,
    refuse_doubt,
)
from kobai.autodiff.arrays.memory import (
    NOT_PLAIN,
    Memory,
    as_view,
    flags_of,
    is_basic,
    strides_of,
)
from kobai.autodiff.arrays.overlap import refuse_overlap, refuse_rewriting
from kobai.autodiff.arrays.views import MAY_GIVE_VIEWS, OF_VIEWS, gives_view
from kobai.autodiff.primitive import Overloaded, after_end
from kobai.errors import GradientError

_array, _copy, _empty_like = np.array, np.copy, np.empty_like
_astype: Any = np.ndarray.astype
_dtype: Any = np.ndarray.dtype
_base: Any = np.ndarray.base.__get__
# From NumPy 2.5 on a subclass sets it by this name.
_set_dtype = getattr(np.ndarray, "_set_dtype", _dtype.__set__)

# --- values, and lists of them


def has_values(x: Any) -> bool:
    """Whether x is an array of a trace, or holds one in lists and tuples."""
    if is_list(x):
        return any(map(has_values, x))
    return type(x) is Valued or isinstance(x, Overloaded)


def is_list(x: Any) -> bool:
    """Whether x is a list or a tuple."""
    # isinstance would ask values under differentiation what they are taken for.
    return issubclass(type(x), (list, tuple))


def as_values(x: Any) -> Any:
    """Return x as an array if it is a list or tuple, also one of values of a trace.

    >>> as_values([[1, 2], [3, 4]])
    array([[1, 2],
           [3, 4]])
    """
    if type(x) is Valued:
        values = _memory(x).read(x)
        return in_doubt(values) if x.lies_in_doubt else values
    if not is_list(x):
        return x
    if not has_values(x):
        return _array(x)
    parts = [as_values(p) if has_values(p) else _array(p, copy=None) for p in x]
    # An empty list is of no type.
    kinds = [q.dtype for p, q in zip(x, parts, strict=True) if not _is_empty(p)]
    if kinds and len(kinds) < len(parts):
        return np.stack(parts, dtype=np.result_type(*kinds), casting="unsafe")
    return np.stack(parts)


def _is_empty(x: Any) -> bool:
    return is_list(x) and all(map(_is_empty, x))


def result_of(x: Any) -> Any:
    """Return what f returned as it is outside of f: no buffer."""
    if type(x) is Buffer:
        return np.ndarray.view(x, np.ndarray)
    return as_values(x) if type(x) is Valued else x


def values_in(buffer: "Valued") -> Any:
    """Return what the memory of a buffer holds; it is another after each change."""
    return _memory(buffer).values


# --- the arrays

# The array that NumPy made -> the first buffer of its memory.
_owners: WeakValueDictionary[int, "Buffer"] = WeakValueDictionary()


class Buffer(np.ndarray):
    """An array that f made. It can take values, and is NumPy's own until it does."""

    # The buffer whose memory a view shows; an owner that named itself would never die.
    _owner: "Buffer | None" = None
    _memory: Memory | None = None
    _views: WeakValueDictionary[int, "Buffer"] | None = None
    # Whether NumPy's may lie in memory in another order; see layout.py.
    lies_in_doubt = False

    def __array_finalize__(self, source: Any) -> None:
        root: Any = self
        while isinstance(_base(root), np.ndarray):
            root = _base(root)
        owner = _owners.setdefault(id(root), self)
        if owner is not self:
            self._owner = owner
            if owner._views is None:
                owner._views = WeakValueDictionary()
            owner._views[id(self)] = self
            self.lies_in_doubt = owner.lies_in_doubt
        elif type(source) is Valued:
            # W.dot(z): NumPy makes a result to fill it from the memory.
            raise GradientError(NOT_PLAIN)
        elif isinstance(source, Buffer):
            self.lies_in_doubt = source.lies_in_doubt
        memory = owner._memory
        kind = Buffer if memory is None or memory.values is None else Valued
        if type(self) is not kind:
            self.__class__ = kind

    @property
    def base(self) -> Any:
        """The array whose memory a view shows, which NumPy would name; else None."""
        if self._owner is not None:
            return self._owner
        # It is itself a view, of the array that NumPy made.
        return getattr(_base(self), "base", None)

    def __array_wrap__(
        self, array: Any, context: Any = None, return_scalar: bool = False
    ) -> Any:
        # What is computed from a buffer is none.
        result = array[()] if return_scalar and array is not self else array
        return as_doubtful(result) if self.lies_in_doubt else result

    def __array_function__(
        self, function: Any, types: Any, args: Any, kwargs: Any
    ) -> Any:
        if function is np.reshape:
            return _reshaped(*args, **kwargs)
        result = super().__array_function__(function, types, args, kwargs)
        return as_doubtful(result) if self.lies_in_doubt else result

    def __setitem__(self, index: Any, value: Any) -> None:
        if type(self) is Valued or has_values(value) or has_values(index):
            if getattr(value, "first", None) is self.first:
                refuse_rewriting(self, index, ops.split_index(index)[0], value)
            _write(self, index, as_values(value))
        else:
            super().__setitem__(index, value)

    @property
    def first(self) -> Any:
        """The array whose memory this one shares: itself, or what it is a view of."""
        return self if self._owner is None else self._owner

    def places(self) -> Any:
        """Return where in memory the entries stand."""
        there = np.array([self.ctypes.data])
        for n, stride in zip(self.shape, strides_of(self), strict=True):
            there = np.add.outer(there, stride * np.arange(n))
        return there.ravel()

    def hold_values(self, held: bool) -> None:
        """Let this array and all views of its memory hold values, or plain numbers."""
        kind = Valued if held else Buffer
        if type(self) is not kind:
            numbers, hidden = self.dtype, np.dtype((np.void, self.itemsize))
            before, after = (numbers, hidden) if held else (hidden, numbers)
            if held and "numba" in sys.modules:
                _refuse_in_numba()
            for array in (self, *(self._views or {}).values()):
                array.__class__ = kind
                if _dtype.__get__(array) == before:
                    _set_dtype(array, after)
        if not held:
            self._memory = None

    def view(self, *types: Any, **keywords: Any) -> Any:
        """Return another name for the same memory, which can take values, too."""
        if not keywords and all(t is np.ndarray for t in types):
            return super().view()
        return super().view(*types, **keywords)

    def squeeze(self, axis: Any = None) -> Any:
        """Return a view without axes of length 1, which NumPy would wrap anew."""
        plain = np.ndarray.view(self, np.ndarray)
        return self.reshape(plain.squeeze(axis).shape)

    def fill(self, value: Any) -> None:
        """Write one value everywhere."""
        self[...] = value

    def astype(  # type: ignore[override]
        self, dtype: Any, order: Any = "K", *args: Any, copy: bool = True, **how: Any
    ) -> Any:
        """Return the numbers in another type, or this array."""
        if not copy and self.dtype == dtype:
            return laid_out(self, order)
        found: Any = _astype(self, dtype, order, *args, copy=copy, **how)
        return found

    def put(self, indices: Any, values: Any, mode: Any = "raise") -> None:
        """Write values at positions, counted as in one row."""
        if type(self) is Valued or has_values(values):
            np.put(self, indices, as_values(values), mode)
        else:
            super().put(indices, values, mode)

    @property
    def flat(self) -> Any:
        """The numbers one after another."""
        return Flat(self)

    @flat.setter
    def flat(self, value: Any) -> None:
        refuse_overlap("ndarray.flat", self, value)
        self.flat[:] = as_values(value)

    @property
    def flags(self) -> Any:
        """How the array lies in memory, where that is as in NumPy."""
        flags = flags_of(self)
        is_doubtful = self.lies_in_doubt and self.size > 1
        return DoubtfulFlags(flags) if is_doubtful else flags

    @property  # type: ignore[misc]
    def strides(self) -> Any:
        """How far apart numbers lie along each axis, where that is as in NumPy."""
        if self.lies_in_doubt and self.size > 1:
            refuse_doubt("ndarray.strides")
        return strides_of(self)

    @property
    def real(self) -> Any:
        """The real parts: all there is."""
        return self

    @real.setter
    def real(self, value: Any) -> None:
        self[...] = np.real(value)

    def __repr__(self) -> str:
        return repr(np.ndarray.view(self, np.ndarray))

    def __reduce__(self) -> Any:
        return np.ndarray.view(self, np.ndarray).__reduce__()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return np.ndarray.view(self, np.ndarray).__reduce_ex__(protocol)


class Valued(Buffer):
    """A buffer that holds values, or a view of one: reads see the values."""

    # W.dot(z) makes a result of this class, which refuses to be filled.
    __array_priority__ = 1000

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any
    ) -> Any:
        return values_in(self).__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def __array_function__(
        self, function: Any, types: Any, args: Any, kwargs: Any
    ) -> Any:
        if function is _copy:
            return copied(*args, **kwargs)
        if function is np.reshape:
            return _reshaped(*args, **kwargs)
        if function in OF_VIEWS or (function is np.diag and self.ndim == 2):
            return super().__array_function__(function, (Valued,), args, kwargs)
        if function is np.astype:
            return _of_type(*args, **kwargs)
        if function in MAY_GIVE_VIEWS:
            _refuse_views(self, function, args, kwargs)
        return values_in(self).__array_function__(function, types, args, kwargs)

    def __getitem__(self, index: Any) -> Any:
        if not is_basic(index):
            return as_values(self)[index]
        part = super().__getitem__(as_view(index))
        is_number = not part.ndim and as_view(index) is not index
        return _memory(self).read_number(part) if is_number else part

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(as_values(self) == value))

    def view(self, *types: Any, **keywords: Any) -> Any:
        """Return another name for the same memory, of the same type of numbers."""
        if keywords or any(t is not np.ndarray and t != self.dtype for t in types):
            return as_values(self).view(*types, **keywords)
        return np.ndarray.view(self)

    def copy(self, order: Any = "C") -> Any:
        """Return a buffer of the same values."""
        return copied(self, order)

    def conj(self) -> Any:
        """Return this very array: its numbers are real."""
        return self

    conjugate = conj

    def to_device(self, device: Any, *, stream: Any = None) -> Any:
        """Return this very array: there is one device."""
        np.ndarray.view(self, np.ndarray).to_device(device, stream=stream)
        return self

    def __copy__(self) -> Any:
        return copied(self)

    def __deepcopy__(self, memo: Any) -> Any:
        return copied(self)

    def astype(  # type: ignore[override]
        self, dtype: Any, order: Any = "K", *args: Any, copy: bool = True, **how: Any
    ) -> Any:
        """Return the values in another type of number, or this array."""
        if self.dtype != dtype:
            return as_values(self).astype(dtype, order, *args, **how)
        return copied(self, order) if copy else laid_out(self, order)

    @property
    def dtype(self) -> Any:
        """The type of the values."""
        shown = _dtype.__get__(self)
        return _memory(self).row.dtype if shown.kind == "V" else shown

    @property  # type: ignore[misc]
    def imag(self) -> Any:
        """The imaginary parts, which are 0."""
        return as_values(self).imag

    @property
    def value(self) -> Any:
        """The plain array: what is computed from it has no derivative."""
        return as_values(self).value


def _reshaped(a: Buffer, shape: Any, order: Any = "C", **options: Any) -> Any:
    # NumPy's function takes a refusal, a TypeError, for a sign to make another array.
    return a.reshape(shape, order=order, **options)


def _of_type(x: Buffer, dtype: Any, *, copy: bool = True, device: Any = None) -> Any:
    return x.astype(dtype, copy=copy)


def _refuse_views(buffer: Buffer, function: Any, args: Any, kwargs: Any) -> None:
    """Raise where a function gives a view of a buffer, and ours would give a copy."""
    stand = np.ones(buffer.shape)

    def plain(x: Any) -> Any:
        if x is buffer:
            return stand
        return np.ones(x.shape) if has_values(x) and not is_list(x) else x

    if gives_view(function, [plain(x) for x in args], kwargs, of=stand):
        raise GradientError(
            f"np.{function.__name__}: got an array that f fills, of which this is a "
            "view; use z + 0, or an index, z.T or np.diagonal, which follow its changes"
        )


def _unless_in_doubt(name: str) -> Any:
    native = getattr(np.ndarray, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        check_order(self, name, args, kwargs)
        return native(self, *args, **kwargs)

    return method


def _view_or_value(name: str) -> Any:
    native = getattr(np.ndarray, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        check_order(self, name, args, kwargs)
        try:
            return native(self, *args, **kwargs)
        except GradientError:
            # NumPy would copy the memory.
            return np.copy(getattr(as_values(self), name)(*args, **kwargs))

    return method


def _of_the_values(name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(as_values(self), name)(*args, **kwargs)

    return method


def _in_place(name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> None:
        values = as_values(self)
        getattr(values, name)(*args, **kwargs)
        self[...] = values

    return method


_VIEWS = ["reshape", "ravel", "transpose", "swapaxes", "diagonal"]
_OF_PYTHON = ["bool", "float", "int", "index", "complex", "repr", "str", "format"]
_OF_PYTHON += ["eq", "ne", "reduce", "reduce_ex"]
for _name in [n for n in dir(np.ndarray) if callable(getattr(np.ndarray, n))]:
    if not _name.startswith("_") and _name not in {**vars(Valued), **vars(Buffer)}:
        _make = _view_or_value if _name in _VIEWS else _of_the_values
        setattr(Valued, _name, _make(_name))
for _name in BY_ORDER:
    setattr(Buffer, _name, _unless_in_doubt(_name))
for _name in _OF_PYTHON:
    setattr(Valued, f"__{_name}__", _of_the_values(f"__{_name}__"))
for _name in ("sort", "partition"):
    setattr(Valued, _name, _in_place(_name))


def as_doubtful(x: Any) -> Any:
    """Return a plain array, or several, as buffers that lie in doubt."""
    if is_list(x):
        return type(x)(map(as_doubtful, x))
    is_plain = type(x) in (np.ndarray, Buffer)
    if not is_plain or lies_one_way(x.shape) or here.in_rules:
        return x
    doubtful = x.view(Buffer)
    # Later views ask the first buffer of the memory.
    doubtful.lies_in_doubt = doubtful.first.lies_in_doubt = True
    return doubtful


def copied(array: Buffer, order: Any = "K", subok: bool = False) -> Buffer:
    """Return a buffer of the same numbers, in the order in which NumPy copies them."""
    plain = np.ndarray.view(array, np.ndarray)
    fresh = _empty_like(plain, array.dtype, order).view(Buffer)
    if array.lies_in_doubt and order not in ("C", "F"):
        fresh = as_doubtful(fresh)
    fresh[...] = array
    return fresh


def laid_out(buffer: Buffer, order: Any) -> Buffer:
    """Return a buffer itself where it lies as order= says, else such a copy."""
    if order in (None, "K") or buffer.size < 2:
        return buffer
    if buffer.lies_in_doubt:
        refuse_doubt(f'np.asarray with order="{order}"')
    flags = flags_of(buffer)
    fits = flags.forc if order == "A" else flags[f"{order}_CONTIGUOUS"]
    return buffer if fits else copied(buffer, order)


@cache
def _refuse_in_numba() -> None:
    from numba.extending import typeof_impl

    @typeof_impl.register(Valued)
    def _refuse(array: Any, context: Any) -> Any:
        raise GradientError(NOT_PLAIN)


def _memory(array: Buffer) -> Memory:
    owner: Buffer = array.first
    if owner._memory is None:
        owner._memory = Memory(owner)
    return owner._memory


# --- writing


def _write(array: Buffer, index: Any, value: Any) -> None:
    value = after_end(value)
    if not array.flags.writeable:
        raise ValueError("assignment destination is read-only")
    if array.dtype.kind != "f":
        raise GradientError(NOT_PLAIN)
    memory = _memory(array)
    if is_basic(index):
        part = np.ndarray.__getitem__(array, as_view(index))
        if not part.ndim and np.ndim(value) and as_view(index) is not index:
            _check_number(np.shape(value))
        memory.write(part, value)
    elif has_values(index):
        arrays, pattern = ops.split_index(index)
        before = memory.read(array)
        memory.write(array, ops.SETITEM(before, value, *arrays, pattern=pattern))
    else:
        memory.write_at(memory.positions(array)[index], value)


def _check_number(shape: tuple[int, ...]) -> None:
    """Raise where NumPy takes no number out of an array of a shape."""
    try:
        np.zeros(1)[0] = np.zeros(shape)
    except ValueError as error:
        raise ValueError(
            f"x[index] = v: got {shape} for one number; need a number"
        ) from error
