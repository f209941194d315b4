"""A first reading of a table: what each column holds, over all of its rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kobai.data.dataset import Array
from kobai.data.refusals import Refusals
from kobai.data.tables.cells import check_cells
from kobai.data.tables.frames import Table
from kobai.data.tables.reading.evidence import (
    MOST_EXAMPLES,
    MOST_WORDS,
    Evidence,
    add_words,
)
from kobai.data.tables.reading.missing import AMONG_NUMBERS, MISSING
from kobai.data.tables.reading.reading import number_of, typed_moments
from kobai.data.tables.spool import Spool

if TYPE_CHECKING:
    import polars as pl

FEW_ROWS = 500
"""So many words are looked up one by one before a query over all has begun."""


@dataclass
class Surveyed:
    """A column as far as it has been read.

    `form` is what its cells are: numbers or dates by their type, plain numbers as text,
    words. Words are counted in `evidence` and have codes in the order in which they
    came. `is_whole` says whether the spool has the values of all rows in that form.
    """

    name: str
    form: Literal["", "typed", "numbers", "words", "categories", "dates"] = ""
    evidence: Evidence = field(default_factory=Evidence)
    words: dict[str, int] = field(default_factory=dict)
    is_whole: bool = True

    def numbers(self, cells: "pl.Series") -> Array:
        """Take in cells that are numbers by their type, or that were found to be."""
        import polars as pl

        self.evidence.plain += len(cells) - cells.null_count()
        self._show(cells)
        self._become("typed" if self.form in ("", "typed") else "numbers")
        # Polars has whole numbers of 128 bits, which NumPy lacks.
        return cells.cast(pl.Float64).to_numpy()

    def text(self, text: "pl.Series", floats: "pl.Series") -> Array:
        """Take in words that are counted, which are `floats` where they are numbers."""
        missing = text.null_count()
        if missing == len(text):
            return np.full(len(text), np.nan)
        if floats.null_count() == missing and self.form != "words":
            self._become("numbers")
            return floats.to_numpy()
        self._become("words")
        return self.codes(text)

    def codes(self, text: "pl.Series") -> Array:
        """Return the code of each word, NaN for a missing or a late one."""
        import polars as pl

        if len(text) <= FEW_ROWS:
            return np.array([self._code(word) for word in text.to_list()], float)
        for word in text.unique(maintain_order=True).drop_nulls():
            if len(self.words) > MOST_WORDS:
                break
            self.words.setdefault(word, len(self.words))
        known, codes = list(self.words), list(self.words.values())
        found = text.replace_strict(known, codes, default=None, return_dtype=pl.Float64)
        return found.to_numpy()

    def _code(self, word: str | None) -> float:
        if word is None or (word not in self.words and len(self.words) > MOST_WORDS):
            return np.nan
        return self.words.setdefault(word, len(self.words))

    def of_type(self, text: "pl.Series", form: Literal["categories", "dates"]) -> Array:
        """Take in cells of a type for categories, or for dates and times."""
        self._become(form)
        self._show(text)
        return self.codes(text) if form == "categories" else np.full(len(text), np.nan)

    def _show(self, cells: "pl.Series") -> None:
        if not self.evidence.examples:
            there = cells.drop_nulls().head(MOST_EXAMPLES)
            self.evidence.examples.extend(map(str, there))

    def _become(self, form: Any) -> None:
        if form == "numbers" and self.form == "words":
            form, self.is_whole = "words", False
        elif (
            self.form
            and form != self.form
            and (self.form, form) != ("typed", "numbers")
        ):
            self.is_whole = False
        self.form = form


@dataclass(frozen=True)
class Survey:
    """The columns of a table after a first reading, and the values found by it.

    `unseen` are those of the words that were looked for that no cell has.
    """

    columns: tuple[Surveyed, ...]
    spool: Spool
    unseen: Collection[str] = ()


def survey(
    table: Table,
    names: Collection[str],
    categories: Collection[str],
    memory: int,
    wanted: Collection[str] = (),
) -> Survey:
    """Read the named columns once; those in `categories` are words.

    `wanted` are words to look for, besides those that are missing in every table.

    Raises `DataError` for what is neither number, word nor date.
    """
    import polars as pl

    columns = tuple(Surveyed(name) for name in names)

    def dtypes() -> Mapping[str, Any]:
        return {c.name: pl.Float64 for c in columns if c.form == "numbers"}

    spool, refusals = Spool(len(columns), memory), Refusals()
    evidence = {column.name: column.evidence for column in columns}
    unseen = set(wanted) - {*MISSING, *AMONG_NUMBERS}
    for frame in table.frames(dtypes):
        block = np.empty((len(frame), len(columns)), order="F")
        series = {cells.name: cells for cells in frame}
        text, floats = _as_text(frame, names, categories)
        words = {c.name: c for c in text}
        add_words([evidence[name] for name in words], text, floats)
        for index, column in enumerate(columns):
            name = column.name
            cells = series[name]
            if name in words and name in categories:
                block[:, index] = column.of_type(words[name], "categories")
            elif name in words:
                block[:, index] = column.text(words[name], floats[name])
            elif cells.dtype.is_numeric():
                block[:, index] = column.numbers(cells)
            else:
                with refusals.gathering():
                    block[:, index] = _typed(column, cells, table.name)
        spool.append(block)
        unseen = {word for word in unseen if not _stands_in(word, frame.select(names))}
    refusals.tell()
    return Survey(columns, spool, unseen)


def _stands_in(word: str, frame: "pl.DataFrame") -> bool:
    """Tell whether a cell is a word, or the number that it is."""
    import polars as pl

    number = number_of(word)
    tests = []
    for name, kind in frame.schema.items():
        cell = pl.col(name)
        if kind == pl.String:
            tests.append(cell.str.strip_chars() == word)
        if kind == pl.String or kind.is_numeric():
            # What is not a number is not NaN either.
            tests.append(cell.cast(pl.Float64, strict=False).fill_nan(None) == number)
    return bool(tests) and any(frame.select(pl.any_horizontal(tests).any()).row(0))


def _as_text(
    frame: "pl.DataFrame", names: Collection[str], categories: Collection[str]
) -> "tuple[pl.DataFrame, pl.DataFrame]":
    """Return the columns of text without blanks around it, and those as numbers."""
    import polars as pl

    schema = frame.schema
    chosen = [
        name
        for name in names
        if schema[name] == pl.String
        or (name in categories and schema[name].is_numeric())
    ]
    every = pl.all()
    text = frame.select(chosen).select(every.cast(pl.String).str.strip_chars())
    text = text.select(
        pl.when(every.is_in(MISSING)).then(None).otherwise(every).name.keep()
    )
    return text, text.select(every.cast(pl.Float64, strict=False).fill_nan(None))


def _typed(column: Surveyed, cells: "pl.Series", table: str) -> Array:
    import polars as pl

    if cells.null_count() == len(cells):
        return np.full(len(cells), np.nan)
    check_cells(cells, f'{table}: column "{column.name}"')
    if cells.dtype == pl.Duration:
        return column.numbers(pl.Series(typed_moments(cells)))
    if cells.dtype.is_temporal():
        return column.of_type(cells, "dates")
    return column.of_type(cells.cast(pl.String), "categories")
