"""The cells of a Polars column as numbers or words, the missing ones as null."""

from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.refusals import Refusals
from kobai.data.tables.reading.reading import Reading
from kobai.errors import DataError

if TYPE_CHECKING:
    import polars as pl

MOST_SHOWN = 30
LARGEST = 1e30
"""Sums of larger numbers, infinity among them, do not fit into float32."""


def raw_numbers(
    cells: "pl.Series",
    where: str,
    reading: Reading,
    first: int = 1,
    forgiving: bool = False,
) -> Array:
    """Return a column of numbers or dates as `(n,)`, NaN where one is missing.

    Raises `DataError` for numbers too large to compute with, and for cells that cannot
    be read so, naming their rows, counted on from `first`; or with `forgiving` takes
    these for missing, as training does with a few.
    """
    found = reading.numbers(cells)
    refusals = Refusals()
    if found.null_count() and not forgiving:

        def tell(row: int) -> str:
            return f'row {row + first:,} has "{shortened(str(cells[row]))}"'

        wrong = (found.is_null() & ~reading.is_missing(cells)).to_numpy()
        refusals.cells(where, wrong, tell, f"need {reading.needed}, or nothing")
    values = found.to_numpy().astype(np.float64, copy=False)
    too_large_numbers(refusals, where, values, first)
    refusals.tell()
    return values


def no_number(where: str, row: int, text: str, needed: str) -> DataError:
    """Return the error for a cell that cannot be read as those of its column."""
    return DataError(
        f'{where}: row {row:,} has "{shortened(text)}"; need {needed}, or nothing'
    )


def no_rows(where: str) -> DataError:
    """Return the error for a table that ends with the names of its columns."""
    return DataError(f"{where}: has the names of columns, but no rows; give rows")


def too_large_number(where: str, row: int, number: float) -> DataError:
    """Return the error for a number that is infinite, or too large to compute with."""
    return DataError(
        f"{where}: row {row:,} is {number}; need numbers up to {LARGEST:g}: put "
        "one there or leave it empty"
    )


def too_large_numbers(
    refusals: Refusals, place: str, values: Array, first: int
) -> None:
    """Note the numbers of a column that are infinite, or too large."""
    refusals.cells(
        place,
        too_large(values),
        lambda row: f"row {row + first:,} is {values[row]}",
        f"need numbers up to {LARGEST:g}: put one there or leave it empty",
    )


def too_large(values: Array) -> Array:
    """Tell of each number whether it is infinite, or too large to compute with."""
    return (values > LARGEST) | (values < -LARGEST)


def check_cells(cells: "pl.Series", where: str) -> None:
    """Refuse lists, bytes and whatever else has neither number nor word."""
    import polars as pl

    kind = cells.dtype
    is_text = kind in (pl.String, pl.Boolean, pl.Categorical, pl.Enum, pl.Null)
    if kind.is_numeric() or kind.is_temporal() or is_text:
        return
    example = _example(cells)
    name = type(example).__name__ if kind == pl.Object else kind
    raise DataError(
        f'{where}: holds values of type {name}, such as "{shortened(str(example))}"; '
        "need numbers or words, or leave it out (--drop)"
    )


def _example(cells: "pl.Series") -> object:
    """Return the first cell that is there."""
    found: Any = next((cell for cell in cells if cell is not None), None)
    return found.to_list() if hasattr(found, "to_list") else found


def quoted(name: str) -> str:
    """Return a column's name as an option takes it.

    >>> quoted("age"), quoted("my age")
    ('age', '"my age"')
    """
    return f'"{name}"' if " " in name or "," in name else name


def shortened(word: str) -> str:
    """Return a cell's text, cut where it is long."""
    line = " ".join(word.split())
    return line if len(line) <= MOST_SHOWN else f"{line[: MOST_SHOWN - 1]}…"
