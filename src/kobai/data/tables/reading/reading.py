"""How the cells of one column become values: what was decided, kept with the model."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.reading.dates import FORMS, PARTS, moments, part
from kobai.data.tables.reading.missing import AMONG_NUMBERS, MISSING, NAN
from kobai.data.tables.reading.numerals import Numerals
from kobai.data.tables.reading.tidy import tidy, words

if TYPE_CHECKING:
    import polars as pl

TYPED = "dates by type"
"""The form of dates that a file or frame has as such."""


@dataclass(frozen=True)
class Reading:
    """How numbers or dates are written in a column, and which cells are missing.

    `date` is the form of its dates, "" for numbers, and `part` what the number says of
    them. `places` is how many numbers free text becomes, 0 for what is none, and `part`
    which of them it is, from 1. `missing` are words, or numbers such as -999, that
    stand for a missing value besides the usual ones.

    >>> import polars as pl
    >>> reading = Reading(Numerals(group=","), missing=("-999",))
    >>> reading.numbers(pl.Series(["1,200", "-", "-999.0"])).to_list()
    [1200.0, None, None]
    """

    numerals: Numerals = field(default_factory=Numerals)
    date: str = ""
    part: str = ""
    missing: tuple[str, ...] = ()
    places: int = 0

    def numbers(self, cells: "pl.Series") -> "pl.Series":
        """Return cells as Float64: null where one is missing or cannot be read."""
        import polars as pl

        if self.date:
            found = pl.Series(part(self._moments(cells), self.part or "date"))
            return found.fill_nan(None)
        if cells.dtype == pl.Duration:
            return pl.Series(typed_moments(cells)).fill_nan(None)
        if cells.dtype.is_temporal():
            return pl.Series([None] * len(cells), dtype=pl.Float64)
        if cells.dtype in _text_types():
            numbers = self.numerals.numbers(self._there(words(cells)))
        else:
            numbers = cells.cast(pl.Float64, strict=False)
        numbers = numbers.fill_nan(None)
        if codes := self.codes:
            numbers = numbers.set(numbers.is_in(codes), None)
        return numbers

    def is_missing(self, cells: "pl.Series") -> "pl.Series":
        """Tell of each cell whether it is missing, or stands for a missing value."""
        import polars as pl

        if cells.dtype.is_temporal():
            return cells.is_null()
        if cells.dtype not in _text_types():
            numbers = cells.cast(pl.Float64, strict=False).fill_nan(None)
            return numbers.is_null() | numbers.is_in(self.codes).fill_null(False)
        there = self._there(words(cells))
        if self.date or not self.codes:
            return there.is_null()
        is_code = self.numerals.numbers(there).is_in(self.codes)
        return there.is_null() | is_code.fill_null(False)

    def part_of(self, values: Array) -> Array:
        """Return what `part` says of a column's dates `(n,)`, or of its texts `(n, k)`.

        Numbers `(n,)` are themselves.
        """
        if self.places:
            of_place: Array = values[:, int(self.part) - 1]
            return of_place
        return part(values, self.part) if self.part else values

    @property
    def codes(self) -> list[float]:
        """The numbers that stand for a missing value."""
        numbers = map(number_of, self.missing)
        return [number for number in numbers if math.isfinite(number)]

    @property
    def needed(self) -> str:
        """What a cell may hold, in words.

        >>> Reading().needed, Reading(date="day-month-year").needed
        ('a number', 'a date (day-month-year)')
        """
        if self.date:
            return f"a date ({self.date})"
        how = self.numerals.describe()
        return f"a number ({how})" if how else "a number"

    def _there(self, text: "pl.Series") -> "pl.Series":
        import polars as pl

        known = [*MISSING, *AMONG_NUMBERS, *self.missing]
        given, neat = pl.col("given"), pl.col("neat")
        frame = pl.DataFrame({"given": text, "neat": tidy(text)})
        is_nan = neat.str.contains(f"^{NAN}$")
        is_missing = given.is_in(known) | neat.is_in(known) | is_nan
        found = pl.when(is_missing).then(None).otherwise(neat)
        return frame.select(found.alias(text.name)).to_series()

    def _moments(self, cells: "pl.Series") -> Array:
        if cells.dtype.is_temporal():
            return typed_moments(cells)
        text = self._there(words(cells))
        form = "year-month-day" if self.date == TYPED else self.date
        return moments(text, form)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {**asdict(self), "numerals": self.numerals.as_json()}

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> "Reading":
        """Return what `as_json` described, or raise TypeError.

        >>> reading = Reading(missing=("-",))
        >>> Reading.from_json(reading.as_json()) == reading
        True
        """
        reading = Reading(
            **{
                **found,
                "numerals": Numerals.from_json(found["numerals"]),
                "missing": tuple(found["missing"]),
            }
        )
        is_right = isinstance(reading.places, int) and (
            reading.date in ("", TYPED, *FORMS)
            and (reading.part in ("", *PARTS) or _is_place(reading))
            and all(isinstance(word, str) for word in reading.missing)
        )
        if not is_right:
            raise TypeError(f"got {found}")
        return reading


def typed_moments(cells: "pl.Series") -> Array:
    """Return days since 1970 of cells whose type says that they are dates or times."""
    import polars as pl

    if cells.dtype == pl.Duration:
        return cells.dt.total_microseconds().cast(pl.Float64).to_numpy() / 86_400e6
    if cells.dtype == pl.Time:
        return cells.cast(pl.Int64).cast(pl.Float64).to_numpy() / 86_400e9
    if isinstance(cells.dtype, pl.Datetime) and cells.dtype.time_zone:
        cells = cells.dt.replace_time_zone(None)
    whole = cells.cast(pl.Datetime("us")).cast(pl.Int64).cast(pl.Float64)
    return np.asarray(whole.to_numpy()) / 86_400e6


def _is_place(reading: Reading) -> bool:
    return reading.part.isdecimal() and 1 <= int(reading.part) <= reading.places


def _text_types() -> tuple[Any, ...]:
    import polars as pl

    return (pl.String, pl.Categorical, pl.Enum, pl.Null)


def number_of(word: str) -> float:
    """Return the number that a word is as programs write it, NaN for none."""
    try:
        return float(word)
    except ValueError:
        return math.nan
