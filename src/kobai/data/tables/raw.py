"""A whole table as numbers: each cell a number, or the index of its word."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.refusals import Refusals
from kobai.data.tables.cells import quoted, shortened
from kobai.data.tables.columns import Kind
from kobai.data.tables.frames import Table
from kobai.data.tables.reading.compound_columns import with_compounds
from kobai.data.tables.reading.dates import parts_of
from kobai.data.tables.reading.deciding import (
    Decision,
    decide,
    of_words,
    same_words,
    shows_decimal,
)
from kobai.data.tables.reading.evidence import (
    FEW_WORDS,
    MOST_CELLS,
    MOST_WORDS,
    ROWS_PER_WORD,
)
from kobai.data.tables.reading.grams import PLACES, is_prose, text_numbers
from kobai.data.tables.reading.numerals import escaped
from kobai.data.tables.reading.reading import TYPED, Reading
from kobai.data.tables.reading.tidy import BLANK, tidy, words
from kobai.data.tables.sentinels import sentinels
from kobai.data.tables.spool import MEMORY, Spool
from kobai.data.tables.survey import Survey, Surveyed, survey

if TYPE_CHECKING:
    import polars as pl

MOST_NAMED = 3
"""So many cells that could not be read are named."""
LEAST_PLACES = 32


@dataclass
class RawColumn:
    """A column of numbers `(n,)`: itself, codes of its words, a part of dates or text.

    `source` is the table's column; `decision` says how it is read and why.
    """

    name: str
    source: str
    table: str
    kind: Kind | None
    decision: Decision
    words: dict[str, int] = field(default_factory=dict)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    examples: Sequence[str] = ()

    @property
    def place(self) -> str:
        """What to call the column in a message."""
        return f'{self.table}: column "{self.source}"'

    @property
    def reading(self) -> Reading:
        """How its numbers or dates are read."""
        return self.decision.reading or Reading()


@dataclass(frozen=True)
class RawTable:
    """A table as numbers `(n, p)`, in pieces; NaN where a cell is missing.

    `idle` tells of what was said of its columns and changes nothing.
    """

    table: Table
    columns: tuple[RawColumn, ...]
    spool: Spool
    codes: Mapping[int, Sequence[float]] = field(default_factory=dict)
    idle: tuple[str, ...] = ()

    def blocks(self) -> Iterator[Array]:
        """Yield the rows in pieces; numbers that stand for a missing one are NaN."""
        for block in self.spool.blocks():
            if self.codes:
                block = block.copy()
            for index, codes in self.codes.items():
                block[np.isin(block[:, index], codes), index] = np.nan
            yield block

    def column(self, name: str) -> tuple[RawColumn, Array]:
        """Return one column, with its values `(n,)`."""
        index = [column.name for column in self.columns].index(name)
        pieces = [block[:, index].copy() for block in self.blocks()]
        return self.columns[index], np.concatenate([np.empty(0), *pieces])


@dataclass(frozen=True)
class Wishes:
    """What a user says of the columns: words, numbers or text, and what is missing.

    `missing` are words and numbers; None lets those be guessed that stand far apart.
    `others` are columns that are no inputs, and so never text.
    """

    category: Collection[str] = ()
    number: Collection[str] = ()
    missing: Sequence[str] | None = None
    date_order: str = ""
    text: Collection[str] = ()
    others: Collection[str] = ()


def read_raw(
    table: Table,
    names: Collection[str],
    wishes: Wishes = Wishes(),
    memory: int = MEMORY,
) -> RawTable:
    """Read the named columns of a table, each as all of its cells say.

    A second reading follows where the first did not know yet what a column would turn
    out to hold. Raises `DataError` for cells that are neither numbers, words nor dates.
    """
    found = survey(table, names, wishes.category, memory, wishes.missing or ())
    mark = _decimal(found, table)
    rows = found.spool.rows
    decided = [_decide(column, wishes, mark, rows) for column in found.columns]
    _check_units(table, found, decided)
    columns = [
        column
        for surveyed, decision in zip(found.columns, decided, strict=True)
        for column in _raw_columns(surveyed, decision, table.name)
    ]
    spool = found.spool
    if not all(map(_is_right, found.columns, decided)):
        spool = _read_again(table, columns, memory)
    codes: dict[int, Sequence[float]] = {}
    for index, column in enumerate(columns):
        known = column.reading.codes
        if known and column.kind == "number" and not column.reading.date:
            codes[index] = known
    if wishes.missing is None:
        for index, value in sentinels(spool, columns).items():
            codes[index] = [value]
            columns[index].decision = columns[index].decision.with_code(value)
    idle = tuple(_idle(found, decided, wishes, mark))
    return RawTable(table, tuple(columns), spool, codes, idle)


def _idle(
    found: Survey, decided: Sequence[Decision], wishes: Wishes, decimal: str
) -> Iterator[str]:
    """Say which wishes change nothing: all columns are read alike without them."""
    rows, pairs = found.spool.rows, list(zip(found.columns, decided, strict=True))

    def is_idle(without: Wishes, *names: str) -> bool:
        """Tell whether the columns of these names, or all, are read alike without."""
        for column, known in pairs:
            if not names or column.name in names:
                again = _decide(column, without, decimal, rows)
                if (again.reading, again.has_blank) != (known.reading, known.has_blank):
                    return False
        return True

    if wishes.date_order and is_idle(replace(wishes, date_order="")):
        yield f"date order {wishes.date_order} decides nothing: no date may be either"
    kinds = {"number": "numbers", "category": "words", "text": "text"}
    for option, kind in kinds.items():
        named: Collection[str] = getattr(wishes, option)
        for name in named:
            others: Any = {option: [other for other in named if other != name]}
            if is_idle(replace(wishes, **others), name):
                yield f'{option} "{name}" decides nothing: it is read as {kind} anyway'
    for word in sorted(found.unseen):
        yield f'missing "{word}" decides nothing: no cell has it'


def _check_units(table: Table, found: Survey, decided: Sequence[Decision]) -> None:
    """Refuse columns whose cells measure different things, with the first of these."""
    pairs = zip(found.columns, decided, strict=True)
    mixed = {column.name: each.mixed for column, each in pairs if each.mixed}
    refusals, first = Refusals(), 1
    for frame in table.frames(dict) if mixed else ():
        for name, (main, *others) in mixed.items():
            text = words(frame[name])
            pattern = rf"[0-9.,] ?(?:{'|'.join(map(escaped, others))})$"

            def tell(row: int, text: "pl.Series" = text, first: int = first) -> str:
                return f'row {row + first:,} has "{shortened(text[row])}"'

            refusals.cells(
                f'{table.name}: column "{name}"',
                tidy(text).str.contains(pattern).fill_null(False).to_numpy(),
                tell,
                f"need numbers of one kind, such as those in {main} elsewhere: convert "
                f"them, or take all for words: --category {quoted(name)}, or leave the "
                f"column out: --drop {quoted(name)}",
            )
        first += len(frame)
    refusals.tell()


def _decimal(found: Survey, table: Table) -> str:
    """Return the decimal mark that the file shows elsewhere, or is likely to have."""
    columns = [column for column in found.columns if column.form != "categories"]
    shown = {shows_decimal(column.evidence) for column in columns}
    if "," in shown or "." in shown:
        return "," if "," in shown else "."
    return "," if table.separator == ";" else "."


def _decide(column: Surveyed, wishes: Wishes, decimal: str, rows: int) -> Decision:
    missing = tuple(wishes.missing or ())
    if column.name in wishes.text:
        return _text(column, rows, "--text")
    if column.form == "dates":
        return Decision(Reading(date=TYPED, missing=missing), "dates by their type")
    if column.form in ("typed", ""):
        return Decision(Reading(missing=missing))
    is_named = column.name in wishes.category
    if is_named or (column.form == "categories" and not column.evidence.cells):
        why = "--category" if is_named else "its type"
        return Decision(None, why, aliases=same_words(column.words))
    found = decide(
        column.evidence,
        len(column.words),
        decimal,
        missing,
        wishes.date_order,
        is_number=column.name in wishes.number,
    )
    found = with_compounds(
        found,
        column.evidence,
        len(column.words),
        decimal,
        is_number=column.name in wishes.number,
    )
    if found.reading:
        return replace(found, reading=replace(found.reading, missing=missing))
    if column.name not in wishes.others and _is_text(column):
        return _text(column, rows)
    named = of_words(column.words, rows - column.evidence.cells)
    return named if named.has_blank else replace(found, aliases=named.aliases)


def _is_text(column: Surveyed) -> bool:
    """Tell whether words are free text: many different ones, of words that recur."""
    different, cells = len(column.words), column.evidence.cells
    are_many = different > FEW_WORDS and ROWS_PER_WORD * different > cells
    return (are_many or different > MOST_WORDS) and is_prose(column.words)


def _text(column: Surveyed, rows: int, why: str = "") -> Decision:
    # Of very many rows fewer numbers do, and would not find room otherwise.
    places = min(PLACES, max(LEAST_PLACES, MOST_CELLS // max(1, rows)))
    reading = Reading(places=places)
    option = "" if why else f"--drop {quoted(column.name)}"
    return Decision(reading, why, doubt="leave it out" * bool(option), option=option)


def _is_right(column: Surveyed, decision: Decision) -> bool:
    """Tell whether the first reading has the values that were decided upon."""
    reading = decision.reading
    if reading is None:
        is_text = column.form in ("words", "categories")
        is_other = decision.aliases or decision.has_blank
        return is_text and column.is_whole and not is_other
    is_number = not (reading.date or reading.places) and reading.numerals.is_plain
    return is_number and column.is_whole and column.form in ("", "typed", "numbers")


def _raw_columns(
    column: Surveyed, decision: Decision, table: str
) -> Iterator[RawColumn]:
    reading, name, examples = decision.reading, column.name, column.evidence.examples
    if reading is None:
        known = column.words if _is_right(column, decision) else {}
        yield RawColumn(
            name, name, table, "category", decision, known, examples=examples
        )
    elif reading.places:
        for place in range(1, reading.places + 1):
            yield RawColumn(
                f"{name} (text {place})",
                name,
                table,
                "text",
                decision.read_as(str(place)),
                examples=examples,
            )
    elif not reading.date:
        kind: Kind | None = "number" if column.form else None
        yield RawColumn(name, name, table, kind, decision, examples=examples)
    else:
        for each in parts_of(reading.date):
            read_as = decision.read_as(each)
            yield RawColumn(
                f"{name} ({each})", name, table, "number", read_as, examples=examples
            )


def _read_again(table: Table, columns: Sequence[RawColumn], memory: int) -> Spool:
    """Read a table a second time, now that it is known how each column is read."""
    import polars as pl

    plain = {
        c.source: pl.Float64 for c in columns if c.kind == "number" and _is_plain(c)
    }
    spool = Spool(len(columns), memory)
    for frame in table.frames(lambda: plain):
        block = np.empty((len(frame), len(columns)), order="F")
        series = {cells.name: cells for cells in frame}
        values = _values(columns, series, spool.rows + 1)
        for index, column in enumerate(columns):
            if column.kind == "category":
                block[:, index] = _codes(column, series[column.source])
            else:
                block[:, index] = column.reading.part_of(values[column.source])
        spool.append(block)
    return spool


def _is_plain(column: RawColumn) -> bool:
    return column.reading == Reading() and not column.decision.mistyped


def _codes(column: RawColumn, cells: "pl.Series") -> Array:
    text = words(cells).replace(column.decision.aliases)
    if column.decision.has_blank:
        text = text.fill_null(BLANK)
    known = Surveyed(column.name, words=column.words)
    return known.codes(text)


def _values(
    columns: Sequence[RawColumn], series: "Mapping[str, pl.Series]", first: int
) -> dict[str, Array]:
    """Return numbers, moments or texts of columns, by their sources.

    Those that are read alike are read together. What cannot be read is NaN, and noted.
    """
    import polars as pl

    found: dict[str, Array] = {}
    alike: dict[str, dict[str, RawColumn]] = {}
    for column in columns:
        cells, reading = series[column.source], column.reading
        if column.kind == "category" or column.source in found:
            continue
        if reading.places:
            found[column.source] = text_numbers(words(cells), reading.places)
        else:
            same = f"{replace(reading, part='')} {cells.dtype}"
            alike.setdefault(same, {}).setdefault(column.source, column)
    for group in alike.values():
        whole = replace(next(iter(group.values())).reading, part="")
        cells = pl.concat([series[source].alias("") for source in group])
        numbers = whole.numbers(cells)
        split = numbers.to_numpy().reshape(len(group), -1)
        found |= dict(zip(group, split, strict=True))
        if numbers.null_count() > cells.null_count():
            wrong = (numbers.is_null() & ~whole.is_missing(cells)).to_numpy()
            for column, rows in zip(
                group.values(), wrong.reshape(split.shape), strict=True
            ):
                _note_unread(column, series[column.source], np.flatnonzero(rows), first)
    return found


def _note_unread(
    column: RawColumn, cells: "pl.Series", rows: Array, first: int
) -> None:
    for row in rows[: MOST_NAMED - len(column.unreadable)].tolist():
        column.unreadable.append((row + first, shortened(str(cells[row]))))
