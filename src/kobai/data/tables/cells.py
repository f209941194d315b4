"""The cells of a Polars column as numbers or words, the missing ones as null."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.writing import CELLS
from kobai.errors import DataError

if TYPE_CHECKING:
    import polars as pl

MOST_SHOWN = 30
LARGEST = CELLS.largest
DATE = re.compile(
    r"(\d{4}|\d{1,2})[-/.年]\d{1,2}[-/.月](\d{4}|\d{1,2})日?([T ]\d.*)?"
    r"|\d{1,2}:\d{2}(:\d{2}.*)?"
)
"""A date or a time of day, in the usual ways to write them."""


def numbers(cells: "pl.Series") -> "pl.Series":
    """Return cells as Float64: null where they are missing or no numbers.

    >>> import polars as pl
    >>> numbers(pl.Series([" 1.5", "NA", "x", "-2e3"])).to_list()
    [1.5, None, None, -2000.0]
    >>> numbers(pl.Series(["1,5", "1,250"])).to_list()
    [1.5, 1.25]
    >>> numbers(pl.Series(["1,200", "3,400"])).to_list()
    [None, None]
    """
    return _floats(cells).fill_nan(None)


def _floats(cells: "pl.Series", has_commas: bool = False) -> "pl.Series":
    """Return cells as Float64: NaN where they say so, null where they are no numbers.

    `has_commas` says that commas are decimal ones, whatever these cells look like.
    """
    import polars as pl

    if cells.dtype in (pl.String, pl.Categorical, pl.Enum):
        cells = words(cells)
        sign = "," if has_commas or has_decimal_commas(cells) else "."
        for pattern, text in CELLS.rewrites[sign]:
            cells = cells.str.replace_all(pattern, text)
    return cells.cast(pl.Float64, strict=False)


def has_decimal_commas(text: "pl.Series") -> bool:
    """Tell whether some numbers of a column of text have a comma in them, as in 1,5."""
    with_comma = text.filter(text.str.contains(f"^({CELLS.decimal_comma})$"))
    return not bool(with_comma.str.contains(f"^({CELLS.thousands})$").all())


def words(cells: "pl.Series") -> "pl.Series":
    """Return cells as text without space around it: null where they are missing.

    >>> import polars as pl
    >>> words(pl.Series(["a ", "?", None, "NA"])).to_list()
    ['a', None, None, None]
    """
    import polars as pl

    text = cells.cast(pl.String).str.strip_chars(CELLS.blanks)
    return text.set(text.is_in(CELLS.missing), None)


def raw_numbers(
    cells: "pl.Series",
    where: str,
    first: int = 1,
    advice: str = "",
    has_commas: bool = False,
) -> Array:
    """Return a column of numbers as `(n,)`, NaN where one is missing.

    `has_commas` says that its commas are decimal ones. Raises `DataError` at a word,
    naming its row, counted on from `first`; `advice` is what else can be done.
    """
    import polars as pl

    if cells.dtype.is_numeric():
        return cells.cast(pl.Float64).to_numpy()
    found = _floats(cells, has_commas)
    text = words(cells)
    wrong = found.is_null() & text.is_not_null()
    if wrong.any():
        row = int(wrong.arg_max() or 0)
        raise no_number(where, row + first, text[row], advice)
    return found.to_numpy().astype(np.float64, copy=False)


def no_number(where: str, row: int, text: str, advice: str = "") -> DataError:
    """Return the error for a word where a number belongs."""
    return DataError(
        f'{where}: row {row:,} has "{shortened(text)}" among numbers; put a number '
        f"there or leave it empty{advice}"
    )


def too_large_number(where: str, row: int, number: float) -> DataError:
    """Return the error for a number that is infinite, or too large to compute with."""
    return DataError(
        f"{where}: row {row:,} is {number}; need numbers up to {LARGEST:g}: put "
        "one there or leave it empty"
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


def check_dates(cells: "pl.Series", where: str) -> None:
    """Refuse dates and times, with advice."""
    import polars as pl

    kind = cells.dtype
    if kind.is_temporal() or (kind == pl.String and _are_dates(words(cells))):
        raise DataError(
            f"{where}: holds dates or times, such as "
            f'"{shortened(str(_example(cells)))}"; a network needs numbers: make '
            "columns of them such as year, month, weekday, or days since the first, or "
            "leave it out (--drop)"
        )


def _example(cells: "pl.Series") -> object:
    """Return the first cell that is there."""
    found: Any = next((cell for cell in cells if cell is not None), None)
    return found.to_list() if hasattr(found, "to_list") else found


def _are_dates(text: "pl.Series") -> bool:
    sample = text.drop_nulls().head(1000).to_list()
    return bool(sample) and sum(map(bool, map(DATE.fullmatch, sample))) > (
        0.9 * len(sample)
    )


def shortened(word: str) -> str:
    """Return a cell's text, cut where it is long."""
    line = " ".join(word.split())
    return line if len(line) <= MOST_SHOWN else f"{line[: MOST_SHOWN - 1]}…"
