"""Where a part of an array lies in its memory, as the loops of an operation count it.

A slice, a transposed array, one that is broadcast along a further axis: each is read at
row i and column j from a place that is linear in both.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.errors import NotCompilable

Loop = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """The place of row i and column j: offset + i · row + j · column.

    With `split` the rows are two axes, of which the second is so long: for i · row
    stands (i // split) · outer + (i % split) · row.
    """

    offset: int
    row: int
    column: int
    split: int = 0
    outer: int = 0

    def place(self, loop: Loop) -> str | None:
        """Return the name of the place if it is one of the usual, else None."""
        rows, columns = loop
        if self.split or self.offset:
            return None
        # Along an axis with one place no step is taken.
        row = self.row if rows > 1 else columns
        column = self.column if columns > 1 else 1
        if loop == (1, 1):
            return "number"
        if (row, column) == (columns, 1):
            return "row" if columns == 1 else "cell"
        places = {(0, 0): "number", (0, 1): "column", (1, 0): "row"}
        return places.get((self.row, self.column))


@dataclass(frozen=True)
class Region:
    """The rectangle of a matrix that a smaller one fills: where it begins, its size."""

    row: int
    column: int
    rows: int
    columns: int

    def window(self, loop: Loop) -> Window:
        """Return where the smaller matrix has what belongs at a place of the larger."""
        begin = self.row * self.columns + self.column
        # A loop over one column has no j.
        return Window(-begin, self.columns, int(loop[1] > 1))


def part_of(shape: tuple[int, ...], index: tuple[Any, ...]) -> np.ndarray:
    """Return a part of an array of bytes, whose strides count entries."""
    # With an ellipsis one entry is a view, too.
    index = index if Ellipsis in index else (*index, Ellipsis)
    part: np.ndarray = np.empty(shape, np.uint8)[index]
    return part


def spread(shape: tuple[int, ...], over: tuple[int, ...]) -> np.ndarray:
    """Return an array of bytes as it is broadcast to a larger shape."""
    return np.broadcast_to(np.empty(shape, np.uint8), over)


def window_of(part: np.ndarray, loop: Loop) -> Window:
    """Return where a part of an array of bytes lies, for a loop over all of it."""
    if any(stride < 0 for stride in part.strides):
        raise NotCompilable("compile: got a slice that counts down")
    offset, column = _offset(part), 0
    if loop[1] > 1:
        last = max(axis for axis, length in enumerate(part.shape) if length > 1)
        column = part.strides[last]
        part = part[(slice(None),) * last + (0,)]
    axes = _joined(part)
    if len(axes) > 2:
        raise NotCompilable("compile: got an order of more than three axes")
    if len(axes) == 2:
        (_, outer), (split, row) = axes
        return Window(offset, row, column, split, outer)
    return Window(offset, axes[0][1] if axes else 0, column)


def region_of(shape: tuple[int, ...], index: tuple[Any, ...], loop: Loop) -> Region:
    """Return which rectangle of a matrix an index of its array names."""
    part = part_of(shape, index)
    row, column = divmod(_offset(part), loop[1])
    axes = _joined(part)
    fits = [stride for _, stride in axes] in ([], [1], [loop[1]], [loop[1], 1])
    rows, columns = 1, part.size
    if len(axes) == 2:
        rows, columns = axes[0][0], axes[1][0]
    elif axes and axes[0][1] == loop[1] > 1:
        rows, columns = part.size, 1
    if columns > loop[1] and column == columns % loop[1] == 0:
        rows, columns = columns // loop[1], loop[1]
    if not fits or column + columns > loop[1]:
        raise NotCompilable("compile: got an index that takes no rectangle")
    return Region(row, column, rows, columns)


def _joined(part: np.ndarray) -> list[tuple[int, int]]:
    """Return the lengths and strides of axes, those joined that lie as one."""
    found: list[tuple[int, int]] = []
    for length, stride in zip(part.shape, part.strides, strict=True):
        if length == 1:
            continue
        if found and found[-1][1] == length * stride:
            length *= found.pop()[0]
        found.append((length, stride))
    return found


def _offset(part: np.ndarray) -> int:
    start, whole = (
        array.__array_interface__["data"][0]
        for array in (part, part if part.base is None else part.base)
    )
    return int(start - whole)
