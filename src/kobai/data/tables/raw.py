"""A whole table as numbers: each cell a number, or the index of its word."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.cells import (
    check_cells,
    check_dates,
    has_decimal_commas,
    numbers,
    raw_numbers,
    words,
)
from kobai.data.tables.columns import Kind
from kobai.data.tables.frames import Table
from kobai.data.tables.spool import MEMORY, Spool

if TYPE_CHECKING:
    import polars as pl

MOST_WORDS = 10_000
"""A column with more different words holds no categories."""
ADVICE = ", or make the column words (--category), or leave it out (--drop)"


@dataclass
class RawColumn:
    """A column as far as it has been read: its kind, and its words in their order."""

    name: str
    table: str
    kind: Kind | None = None
    words: dict[str, int] = field(default_factory=dict)
    has_commas: bool = False

    @property
    def place(self) -> str:
        """What to call the column in a message."""
        return f'{self.table}: column "{self.name}"'

    def values(self, cells: "pl.Series", first: int) -> Array:
        """Return the numbers `(n,)` of some rows, the first of which is `first`."""
        if cells.null_count() == len(cells):
            return np.full(len(cells), np.nan)
        check_cells(cells, self.place)
        if self.kind is None:
            check_dates(cells, self.place)
            self.kind = _kind(cells)
        if self.kind == "number":
            if not self.has_commas and not cells.dtype.is_numeric():
                self.has_commas = has_decimal_commas(words(cells))
            return raw_numbers(cells, self.place, first, ADVICE, self.has_commas)
        return self._codes(words(cells))

    def _codes(self, text: "pl.Series") -> Array:
        import polars as pl

        for word in text.unique(maintain_order=True).drop_nulls():
            if len(self.words) > MOST_WORDS:
                break
            self.words.setdefault(word, len(self.words))
        known, codes = list(self.words), list(self.words.values())
        found = text.replace_strict(known, codes, default=None, return_dtype=pl.Float64)
        return found.to_numpy()


def _kind(cells: "pl.Series") -> Kind | None:
    """Return "number" where at least half of the cells there are numbers.

    What is a category already, by its type, stays one.
    """
    if cells.dtype.is_numeric():
        return "number"
    if str(cells.dtype).startswith(("Categorical", "Enum")):
        return "category"
    there = words(cells).count()
    if not there:
        return None
    # Python's True is 1 for Polars too, which yes and no are not meant as.
    is_text = str(cells.dtype) != "Boolean"
    return "number" if is_text and 2 * numbers(cells).count() >= there else "category"


@dataclass(frozen=True)
class RawTable:
    """A table as numbers `(n, p)`, in pieces; NaN where a cell is missing."""

    table: Table
    columns: tuple[RawColumn, ...]
    spool: Spool

    def column(self, name: str) -> tuple[RawColumn, Array]:
        """Return one column, with its values `(n,)`."""
        index = [column.name for column in self.columns].index(name)
        pieces = [block[:, index].copy() for block in self.spool.blocks()]
        return self.columns[index], np.concatenate([np.empty(0), *pieces])


def read_raw(
    table: Table,
    names: Collection[str],
    categories: Collection[str] = (),
    memory: int = MEMORY,
) -> RawTable:
    """Read the named columns of a table once, from its beginning to its end.

    `categories` are words even where they look like numbers. Raises `DataError` for
    dates, and for numbers and words in one column, saying where.
    """
    import polars as pl

    columns = tuple(
        RawColumn(name, table.name, "category" if name in categories else None)
        for name in names
    )

    def dtypes() -> Mapping[str, Any]:
        return {c.name: pl.Float64 for c in columns if c.kind == "number"}

    spool = Spool(len(columns), memory)
    for frame in table.frames(dtypes):
        block = np.empty((len(frame), len(columns)))
        for index, column in enumerate(columns):
            block[:, index] = column.values(frame[column.name], spool.rows + 1)
        spool.append(block)
    return RawTable(table, columns, spool)
