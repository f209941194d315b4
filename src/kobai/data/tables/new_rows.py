"""New rows of a table in the form that fitted columns take."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.refusals import Refusals
from kobai.data.tables.cells import (
    check_cells,
    raw_numbers,
    shortened,
)
from kobai.data.tables.columns import OTHER, Columns, Feature, Target
from kobai.data.tables.frames import Table
from kobai.data.tables.reading.grams import text_numbers
from kobai.data.tables.reading.reading import Reading
from kobai.data.tables.reading.tidy import BLANK, BOOLEANS, TICKS, meanings, words
from kobai.errors import DataError, meant, suggest

if TYPE_CHECKING:
    import polars as pl

MOST_NAMES = 12
UNKNOWN = -2
"""The label of a class that the network does not know; -1 is that of none."""


def codes(
    columns: Columns,
    frame: "pl.DataFrame",
    where: str = "table",
    first: int = 1,
    forgiving: bool = False,
) -> Array:
    """Return the raw rows `(n, p)` of a frame, as `Columns` says.

    `first` is the number of the first row, for messages. Raises `DataError` where
    columns are missing, hold words instead of numbers, or are infinite, for all of them
    at once.
    """
    refusals = Refusals()
    with refusals.gathering():
        lacking(where, columns.sources, frame.columns)
    raw = np.empty((len(frame), len(columns.features)))
    series = {cells.name: cells for cells in frame}
    read: dict[str, Array] = {}
    for index, feature in enumerate(columns.features):
        name, reading = feature.column, feature.reading
        if name not in series:
            continue
        cells, place = series[name], f'{where}: column "{name}"'
        if name not in read:
            # What is refused is refused once, for all that is made of the column.
            read[name] = np.full(len(frame), np.nan)
            with refusals.gathering():
                read[name] = _values(feature, cells, place, first, forgiving)
        raw[:, index] = reading.part_of(read[name])
    refusals.tell()
    return raw


def _values(
    feature: Feature, cells: "pl.Series", place: str, first: int, forgiving: bool
) -> Array:
    """Return what all features of a column are made of."""
    check_cells(cells, place)
    if feature.kind == "category":
        return _indices(words(cells), feature.categories)
    if feature.reading.places:
        return text_numbers(words(cells), feature.reading.places)
    whole = replace(feature.reading, part="")
    return raw_numbers(cells, place, whole, first, forgiving)


def named_columns(text: Any, table: Table, what: str) -> tuple[str, ...]:
    """Return the columns that are named: one or several, or text parted by commas.

    The names of a frame's columns may be numbers. Raises `DataError` for names that no
    column has, with the near ones.
    """
    names, refusals = listed(text, table), Refusals()
    if not names:
        refusals.add(
            f"{what}: names no column; give the name of one.", known_columns(table)
        )
    for name in names:
        if name not in table.names:
            refusals.add(_unknown(name, table, what), known_columns(table))
        if names.count(name) > 1:
            refusals.add(f'{what}: got "{name}" twice; name each column once')
    refusals.tell()
    return tuple(names)


def listed(text: Any, table: Table) -> list[str]:
    """Return one name or several, or those in text that is the name of no column."""
    is_several = isinstance(text, Iterable) and not isinstance(text, str)
    if isinstance(text, str) and text not in table.names:
        return [name.strip() for name in text.split(",") if name.strip()]
    return [str(name) for name in (text if is_several else [text])]


def targets(
    target: Target,
    frame: "pl.DataFrame",
    where: str,
    first: int = 1,
    forgiving: bool = False,
) -> tuple[Array, Array]:
    """Return targets for the network, and which rows have one.

    Labels `(n,)`, int64, or standardised numbers `(n, k)`, float32, or both, of several
    targets. Raises `DataError` for classes that the training data did not have.
    """
    lacking(where, target.names, frame.columns, "to compare the predictions with")
    places = [f'{where}: column "{name}"' for name in target.names]
    for name, place in zip(target.names, places, strict=True):
        check_cells(frame[name], place)
    if target.classes:
        cells, reading = frame[target.names[0]], next(iter(target.readings), None)
        labels = _labels(target.classes, cells, reading, places[0], first)
        return labels, labels >= 0
    readings = target.readings or [Reading()] * len(target.names)
    heads = target.heads or [()] * len(target.names)
    refusals, numbers = Refusals(), []
    each = zip(target.names, places, readings, heads, strict=True)
    for name, place, reading, classes in each:
        with refusals.gathering():
            if classes:
                labels = _labels(classes, frame[name], reading, place, first)
                numbers.append(np.where(labels < 0, np.nan, labels))
                continue
            numbers.append(raw_numbers(frame[name], place, reading, first, forgiving))
    refusals.tell()
    values = np.column_stack(numbers)
    is_there = ~np.isnan(values).any(axis=1)
    scaled = (values - target.means) / target.stds
    return scaled.astype(np.float32), is_there


def class_name(value: float) -> str:
    """Return a number as the name of a class.

    >>> class_name(3.0), class_name(0.5)
    ('3', '0.5')
    """
    return str(int(value)) if value == int(value) else repr(float(value))


def coded_blocks(
    columns: Columns, table: Table, forgiving: bool = False
) -> "Iterator[tuple[pl.DataFrame, Array, int]]":
    """Yield a table's frames, with their raw rows and the number of the first.

    Where something is refused, all rows are looked at before `DataError` is raised.
    """
    refusals = Refusals()
    with refusals.gathering():
        for frame, first in numbered_frames(columns, table):
            with refusals.gathering():
                raw = codes(columns, frame, table.name, first, forgiving)
            if not refusals:
                yield frame, raw, first
    refusals.tell()


def numbered_frames(
    columns: Columns, table: Table
) -> "Iterator[tuple[pl.DataFrame, int]]":
    """Yield a table's frames, each with the number of its first row."""
    import polars as pl

    plain = Reading()
    numeric = {
        f.column: pl.Float64
        for f in columns.features
        if f.kind == "number" and f.reading == plain
    }
    first = 1
    for frame in table.frames(lambda: numeric):
        yield frame, first
        first += len(frame)


def _indices(text: "pl.Series", categories: Sequence[str]) -> Array:
    """Return the index of each word, `OTHER` for an unknown or missing one."""
    import polars as pl

    known = spelled(categories)
    text = with_blanks(text, known)
    found: Array = text.replace_strict(
        list(known), list(known.values()), default=OTHER, return_dtype=pl.Float64
    ).to_numpy()
    return found


def with_blanks(text: "pl.Series", known: Mapping[str, int]) -> "pl.Series":
    """Return words with "" for those that are missing, where that is a known one."""
    return text.fill_null("") if "" in known else text


def spelled(names: Sequence[str]) -> dict[str, int]:
    """Return the index of each name, also of what it is in another table or library.

    A column of 3 that lacks a number is one of 3.0; true is True or TRUE, and where
    there is nothing besides yes and no also yes, y and 1. A name that is spelled so
    itself comes first. What is not ticked is empty.

    >>> spelled(["3", "4.0", "true", "True"])
    {'3': 0, '4.0': 1, 'true': 2, 'True': 3, '3.0': 0, '4': 1, 'TRUE': 2}
    >>> spelled(["No", "TRUE"])["true"], spelled(["False", "True"])["1"]
    (1, 1)
    """
    found = {name: index for index, name in enumerate(names)}
    meant = meanings(names)
    others = (*BOOLEANS, *TICKS) if set(names) & set(TICKS) else BOOLEANS
    for index, name in enumerate(names):
        if name == BLANK:
            found[""] = index
        for word in others if meant else ():
            if meanings((*names, word))[word] == meant[name]:
                for other in (word, word.capitalize(), word.upper()):
                    found.setdefault(other, index)
    for index, name in enumerate(names):
        for other in _spellings(name):
            found.setdefault(other, index)
    return found


def _spellings(name: str) -> tuple[str, ...]:
    if name.lower() in ("true", "false"):
        return name.lower(), name.capitalize(), name.upper()
    if name.removesuffix(".0").removeprefix("-").isdigit():
        return name.removesuffix(".0"), f"{name.removesuffix('.0')}.0"
    return ()


def _labels(
    classes: Sequence[str],
    cells: "pl.Series",
    reading: Reading | None,
    place: str,
    first: int,
) -> Array:
    """Return the classes of cells; `reading` is how those that are numbers are read."""
    import polars as pl

    known = spelled(classes)
    text = with_blanks(words(cells), known)
    different = text.unique(maintain_order=True).drop_nulls()
    numbers = (reading or Reading()).numbers(different)
    # "-" is missing among numbers, and a word among words.
    are_missing = reading.is_missing(different) if reading else different.is_null()
    labels: dict[str, int] = {}
    for word, number, is_none in zip(different, numbers, are_missing, strict=True):
        # 1.0 in one file is the class 1 of another.
        is_class = word in known or number is None or not math.isfinite(number)
        name = word if is_class else class_name(number)
        labels[word] = known.get(name, -1 if is_none else UNKNOWN)
    found = text.replace_strict(
        list(labels), list(labels.values()), default=-1, return_dtype=pl.Int64
    ).to_numpy()

    def tell(row: int) -> str:
        near = meant(text[row], classes)
        hint = f' (perhaps "{near}")' if near else ""
        return f'row {row + first:,} has "{shortened(text[row])}"{hint}'

    refusals = Refusals()
    needed = f"the classes that the network knows are {_list(classes)}"
    refusals.cells(place, found == UNKNOWN, tell, needed)
    refusals.tell()
    return found


def lacking(
    where: str,
    needed: Sequence[str],
    names: Sequence[str],
    why: str = "which the network needs",
) -> None:
    """Raise `DataError` where columns that are needed are not there."""
    known = set(names)
    missing = [name for name in needed if name not in known]
    if missing:
        several = "s" if len(missing) > 1 else ""
        # A column that is needed itself is not the missing one under another name.
        others = [name for name in names if name not in needed]
        raise DataError(
            f"{where}: lacks the column{several} {_list(missing)}, {why}."
            f"{suggest(missing[0], others)} It has {_list(names)}"
        )


def _unknown(name: str, table: Table, what: str) -> str:
    hint = suggest(name, table.names)
    numbers = sum(
        cell.replace(".", "", 1).lstrip("-").isdigit() for cell in table.names
    )
    if 2 * numbers >= len(table.names):
        hint += " The first line looks like data: write the columns' names above it."
    if len(table.names) == 1:
        hint += " Its cells must be parted by , ; | or tabs."
    return f'{what}: {table.name} has no column "{name}".{hint}'


def known_columns(table: Table) -> str:
    """Return what the columns of a table are called, as a message says it."""
    return f"The columns of {table.name}: {_list(table.names)}"


def _list(names: Sequence[str]) -> str:
    quoted = [f'"{shortened(name)}"' for name in names[:MOST_NAMES]]
    more = f" and {len(names) - MOST_NAMES} more" * (len(names) > MOST_NAMES)
    return ", ".join(quoted) + more
