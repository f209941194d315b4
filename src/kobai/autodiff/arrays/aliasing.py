"""In-place changes of arrays without memory of their own, seen as NumPy's are seen.

An array here is a name for a node, which says how the array was computed; nodes never
change. An in-place change gives the array another node, and whoever holds the array
sees the change. Views are kept right in the same way: a change of a view is written
into the array that it views, and a view of an array that has changed since is refused
rather than read, for it would show what was there before.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kobai.autodiff.primitive import Overloaded, Primitive, Trace
from kobai.errors import GradientError


def source_of(
    primitive: Primitive, arguments: Sequence[Any], attributes: dict[str, Any]
) -> tuple[Any, Any]:
    """Return the array that a result may be a view of, and how to write into it."""
    # With arrays in the index it is a copy; numbers, known or not, leave it a view.
    if not primitive.view or not all(map(_is_index_number, arguments[1:])):
        return None, None
    if isinstance(arguments[0], Changeable) and arguments[0].is_number:
        # An array is made of the number.
        return None, None
    write = primitive.write
    if write is None or len(arguments) > 1:
        return arguments[0], None
    return arguments[0], lambda x, new: write(x, new, **attributes)


def _is_index_number(x: Any) -> bool:
    is_number = isinstance(x, Changeable) and x.is_number
    return is_number and x.dtype.kind in "iu"


class Changeable(Overloaded):
    """An array-like that holds a node, and can be given another one in place."""

    __slots__ = ("_base", "_node", "_seen", "_version", "_viewed", "_write")

    def __init__(
        self,
        trace: Trace,
        node: Any,
        viewed: Any = None,
        write: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        self.owner = trace
        self._node = node
        self._version = 0
        self._viewed: Changeable | None = None
        self._write = write
        self._base: Changeable | None = None
        self._seen = 0
        if viewed is not None and isinstance(viewed, Changeable):
            self.be_view_of(viewed)

    def be_view_of(self, viewed: "Changeable") -> None:
        """Share the memory of another array, as it is now."""
        self._viewed = viewed
        # A view of a view shares the memory of the first array.
        self._base = viewed if viewed._base is None else viewed._base
        self._seen = self._base._version

    @property
    def node(self) -> Any:
        """What computed this array."""
        if self._base is not None and self._base._version != self._seen:
            raise GradientError(
                "in-place change: got an array that was changed after a view of it was "
                "taken, and the view is used now; take the view after the change, or "
                "write a = a + b for a += b"
            )
        return self._node

    @property
    def first(self) -> Any:
        """The array whose memory this one shares: itself, or what it is a view of."""
        return self if self._base is None else self._base

    @property
    def has_changed(self) -> bool:
        """Whether it was changed in place, other than as a view."""
        return self._version > 0

    def places(self) -> Any:
        """Return where in the first array the entries stand; None if not known."""
        # Each entry is numbered, and its number written where the entry is from.
        numbers: Any = np.arange(1, self.size + 1).reshape(self.shape)
        array = self
        while array._viewed is not None:
            write, array = array._write, array._viewed
            if write is None:
                return None
            numbers = write(np.zeros(array.shape, int), numbers)
        there = np.flatnonzero(numbers)
        return there[np.argsort(np.ravel(numbers)[there])]

    def kept(self) -> Any:
        """Return an array of the same values that changes of this one do not reach."""
        return type(self)(self.owner, self.node)

    @property
    def is_number(self) -> bool:
        """Whether NumPy would have a number here, which cannot change."""
        return not self.shape

    @property
    def is_python_number(self) -> bool:
        """Whether it stands for one of Python's numbers, and not of NumPy's."""
        return False

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        raise NotImplementedError

    @property
    def size(self) -> int:
        """How many numbers there are."""
        size = 1
        for length in self.shape:
            size *= length
        return size

    @property
    def dtype(self) -> Any:
        """The type of the numbers."""
        raise NotImplementedError

    def layout(self) -> Any:
        """Return a plain array that lies in memory as NumPy's; None if not known."""
        raise NotImplementedError

    def update(self, new: Any) -> Any:
        """Take the value of `new`: the meaning of an in-place operator."""
        if self.is_number:
            # The name is bound to a new number.
            return new
        # The arrays whose memory this one shares change with it, up to the first.
        changes: list[tuple[Changeable, Any]] = []
        array = self
        while True:
            new = array._storable(new)
            changes.append((array, new))
            if array._viewed is None:
                break
            new = array._written(new)
            array = array._viewed
        array._version += 1
        for changed, value in changes:
            changed._node = value.node
            changed._seen = array._version
        return self

    def check_type(self, dtype: Any) -> None:
        """Raise where numbers of a type cannot be stored in place."""
        if not np.can_cast(dtype, self.dtype, "same_kind"):
            raise GradientError(
                f"in-place operation: got {dtype} numbers; cannot be stored in an "
                f"array of {self.dtype}; write a = a + b for a += b"
            )

    def refuse_writing(self) -> None:
        """Refuse in-place changes: in NumPy, the memory lies one way or the other."""
        self._write = None

    def _storable(self, new: Any) -> Any:
        """Return a new value as this array can hold it."""
        self.check_type(new.dtype)
        if new.shape != self.shape:
            raise ValueError(
                f"in-place operation: got {new.shape}; cannot be stored in {self.shape}"
            )
        if new.dtype != self.dtype:
            new = new.astype(self.dtype)
        if self.owner.has_ended:
            raise GradientError(
                "in-place change: got an array that f has kept, and its "
                "differentiation is over; write a = a + b for a += b"
            )
        if not (isinstance(new, Changeable) and new.owner is self.owner):
            raise GradientError(
                "in-place change: got a value that does not belong to this "
                "differentiation; write a = a + b for a += b"
            )
        return new

    def _written(self, new: Any) -> Any:
        """Return the array that this view views, with the new value written into it."""
        if self._write is None:
            raise GradientError(
                "in-place change of a view: got a reshaped or broadcast array, whose "
                "memory may be that of another array; write a = a * 2 for a *= 2"
            )
        return self._write(self._viewed, new)
