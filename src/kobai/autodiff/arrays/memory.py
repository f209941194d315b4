"""The numbers of a buffer while they are values, and which of them a view shows.

NumPy's memory and strides say it: a view of the memory has an address and strides,
which carried over to an array of positions give the places in the row of values.
"""

import re
import threading
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Overloaded, Trace
from kobai.errors import GradientError

NOT_PLAIN = (
    "a value under differentiation cannot become a plain number or array here. "
    "Instead of np.sum([a, b]), and of `from numpy import array` with array([a, b]), "
    "write np.stack([a, b]); of x.dot(W), x @ W; of float(x) or math.exp(x), "
    "np.exp(x); of writing into an array from outside f (or made by `from numpy import "
    "zeros`, or of another type than floats), write into one that f makes: "
    "z = np.zeros(3), or np.copy(a). To leave differentiation on purpose, read x.value"
)

# What NumPy says of a type of no numbers.
_OF_NO_NUMBERS = re.compile(
    r"\b(V\d+|[Vv]oid\w*|bytes|string to float|setting an array element|"
    r"not supported for the input types|unsupported format \d+x|DLPack only)\b"
)
_READ_PAST_US = (TypeError, ValueError, NotImplementedError, BufferError)

# A buffer that lies in doubt refuses to say.
flags_of: Any = np.ndarray.flags.__get__
strides_of: Any = np.ndarray.strides.__get__

# What stands in the memory: a NaN that no computation makes, the same in all widths.
_NAN = np.uint16(0x7EA5)


class _Here(threading.local):
    """The memories of this thread's buffers that hold values."""

    def __init__(self) -> None:
        self.memories: list[Memory] = []


_here = _Here()


class Memory:
    """The numbers of a buffer in one row: of values, while there are any."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner
        self.row = np.ndarray.view(owner, np.ndarray).ravel("K")
        if owner.size and not np.may_share_memory(self.row, owner):
            raise GradientError(
                "writing into an array: got one whose numbers lie apart in memory; "
                "write into np.zeros(shape)"
            )
        self.start = self.row.ctypes.data
        self.values: Any = None

    def contents(self) -> Any:
        """Return the row as it is now."""
        return self.row.copy() if self.values is None else self.values

    def take(self, row: Any) -> None:
        """Replace the row by another."""
        if not isinstance(row, Overloaded):
            self.row[...] = row
            return
        if self.values is None:
            self.row[...] = _NAN.view(np.float16)
            _here.memories.append(self)
        self.values = row
        self.owner.hold_values(True)

    def positions(self, view: Any) -> Any:
        """Return the positions in the row of a view's numbers."""
        itemsize = view.itemsize
        if view.dtype != self.row.dtype:
            raise GradientError(
                f"ndarray.view: got {view.dtype} of an array of {self.row.dtype} that "
                "holds values under differentiation; write x.astype(dtype)"
            )
        everywhere = np.arange(self.row.size)
        size = everywhere.itemsize
        strides = [stride // itemsize * size for stride in strides_of(view)]
        offset = self._first(view) * size
        return np.ndarray(view.shape, everywhere.dtype, everywhere, offset, strides)

    def _first(self, view: Any) -> int:
        return int((view.ctypes.data - self.start) // view.itemsize)

    def _place(self, view: Any) -> Any:
        """Return the index in the row of a view: a slice, where there is one."""
        step = strides_of(view)[0] // view.itemsize if view.ndim == 1 else 0
        is_one_piece = flags_of(view).c_contiguous
        if view.dtype != self.row.dtype or not (is_one_piece or step > 0):
            return self.positions(view)
        step = 1 if is_one_piece else step
        first = self._first(view) if view.size else 0
        return slice(first, first + max(view.size - 1, -1) * step + 1, step)

    def read(self, view: Any) -> Any:
        """Return what a view shows."""
        if _is_transposed(view):
            return np.transpose(self.read(view.T))
        place = self._place(view)
        part = self.contents()
        if not isinstance(place, slice):
            part = ops.GETITEM(part, place, pattern=(ops.ARRAY,))
        elif view.size < self.row.size:
            part = ops.GETITEM(part, pattern=(place,))
        if part.shape != view.shape:
            part = ops.RESHAPE(part, shape=view.shape)
        # What is changed in place must not be the row.
        return part.kept() if isinstance(part, Overloaded) else part

    def read_number(self, view: Any) -> Any:
        """Return the only number of a view."""
        return ops.GETITEM(self.contents(), pattern=(self._first(view),))

    def write(self, view: Any, value: Any) -> None:
        """Write a value, or an array that broadcasts, into what a view shows."""
        place = self._place(view)
        if not isinstance(place, slice):
            self.write_at(place, value)
            return
        if np.ndim(value) and view.ndim != 1:
            value = np.reshape(_broadcast(value, view.shape), (view.size,))
        if view.size == self.row.size and _is_row(value, self.row):
            self.take(value.kept())
            return
        self.take(ops.SETITEM(self.contents(), value, pattern=(place,)))

    def write_at(self, positions: Any, value: Any) -> None:
        """Write a value, or an array that broadcasts, at positions of the row."""
        row = self.contents()
        self.take(ops.SETITEM(row, value, positions, pattern=(ops.ARRAY,)))

    def leave(self, trace: Trace) -> bool:
        """Put what the values are outside of a trace, which has ended, in their place.

        The result is whether the memory was still as it had been left.
        """
        if self.values.owner is not trace:
            return True
        untouched = bool(np.isnan(self.row).all())
        self.values = trace.outside(self.values)
        if not isinstance(self.values, Overloaded):
            self.row[...], self.values = self.values, None
            self.owner.hold_values(False)
        return untouched


def _is_row(value: Any, row: Any) -> bool:
    is_value = isinstance(value, Overloaded)
    return is_value and value.shape == row.shape and value.dtype == row.dtype


def _is_transposed(view: Any) -> bool:
    flags = flags_of(view)
    return view.ndim > 1 and flags.f_contiguous and not flags.c_contiguous


def _broadcast(value: Any, shape: tuple[int, ...]) -> Any:
    extra = np.ndim(value) - len(shape)
    if extra > 0 and value.shape[:extra] == (1,) * extra:
        # x[index] = v drops leading axes of length 1 from v.
        value = np.reshape(value, value.shape[extra:])
    return np.broadcast_to(value, shape)


def is_basic(index: Any) -> bool:
    """Whether an index gives a view: it has no arrays, lists or bools."""
    parts = index if isinstance(index, tuple) else (index,)
    # isinstance would take a value under differentiation for an integer.
    return all(
        part is None
        or part is Ellipsis
        or (issubclass(type(part), int | np.integer | slice) and type(part) is not bool)
        for part in parts
    )


def as_view(index: Any) -> Any:
    """Return a basic index that gives an array, also of one number."""
    parts = index if isinstance(index, tuple) else (index,)
    return index if any(part is Ellipsis for part in parts) else (*parts, Ellipsis)


def are_held() -> bool:
    """Whether any buffer of this thread holds values."""
    return bool(_here.memories)


def leave_buffers(trace: Trace, error: BaseException | None = None) -> None:
    """Give all buffers that hold values of a trace, which has ended, those outside.

    Raises GradientError where the trace ended for an error over memory that was read
    past us, or where one was written into by code that does not tell us.
    """
    memories = _here.memories
    if not memories:
        return
    untouched = [memory.leave(trace) for memory in memories]
    _here.memories = [memory for memory in memories if memory.values is not None]
    if isinstance(error, _READ_PAST_US) and _OF_NO_NUMBERS.search(str(error)):
        raise GradientError(NOT_PLAIN) from error
    if error is None and not all(untouched):
        raise GradientError(
            "writing into an array: code that NumPy does not tell about (compiled, or "
            "with another view of the memory) wrote into an array that holds values "
            "under differentiation; let it write into an array of its own, and copy "
            "that: z[...] = own"
        )


def was_read_past_us(x: Any) -> bool:
    """Whether numbers come from the memory of a buffer that held values.

    Sums and products keep the NaN that is there; others may make one of their own.
    """
    x = np.asarray(x)
    if x.dtype.kind != "f":
        return False
    nan = x[np.isnan(x)].astype(np.float16).view(np.uint16)
    return bool(np.any(nan & 0x7FFF == _NAN))
