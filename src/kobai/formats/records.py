"""Rows of a table that come one by one, or as text, as raw numbers: in plain Python.

Exported programs hold these very functions, and those of `reading.singly`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.cells import LARGEST, no_number, too_large_number
from kobai.data.tables.columns import OTHER, Columns
from kobai.data.tables.foreign import is_missing, word_of
from kobai.data.tables.new_rows import lacking, spelled
from kobai.data.tables.reading.dates import part
from kobai.data.tables.reading.grams import text_numbers
from kobai.data.tables.reading.missing import MISSING
from kobai.data.tables.reading.singly import Rule, moments_in, number_in, rule_of
from kobai.data.tables.reading.tidy import BLANKS
from kobai.data.tables.text.delimited import cell_pattern
from kobai.errors import DataError

Record = Mapping[str, Any]
Codes = Mapping[str, int]
Reader = tuple[str, str, Codes | None, Rule]
"""The column of a feature, which part of its dates it is, the codes of its words, and
how its cells are read otherwise."""


def raw_of(columns: Columns, records: Sequence[Record]) -> list[list[float]]:
    """Return the raw rows of records, as `Columns` says; others of their cells aside.

    >>> from kobai.data.tables.columns import Feature, Target
    >>> fur = Feature("fur", "category", categories=("False", "True"))
    >>> columns = Columns((Feature("age"), fur), Target(("kind",)))
    >>> raw_of(columns, [{"fur": True, "age": " 1.5"}, {"age": None, "fur": "false"}])
    [[1.5, 1.0], [nan, 0.0]]
    """
    return raw_rows(records, readers_of(columns))


def readers_of(columns: Columns) -> dict[str, Reader]:
    """Return by what each feature is read."""
    return {
        f.name: (
            f.column,
            f.reading.part or "date",
            spelled(f.categories) if f.kind == "category" else None,
            rule_of(f.reading),
        )
        for f in columns.features
    }


def raw_rows(
    records: Iterable[Record],
    readers: Mapping[str, Reader],
    where: str = "table",
    first: int = 1,
) -> list[list[float]]:
    """Return the raw rows of records, the first of which has the number `first`.

    Raises `DataError` where a cell is not there, or cannot be read.
    """
    names = list(dict.fromkeys(column for column, *_ in readers.values()))
    rows = [
        _cells_of(record, names, f"{where}: row {row:,}")
        for row, record in enumerate(records, start=first)
    ]
    cells = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    moments: dict[str, Array] = {}
    raw = np.empty((len(rows), len(readers)))
    for index, (name, each, codes, rule) in enumerate(readers.values()):
        place = f'{where}: column "{name}"'
        if codes is not None:
            raw[:, index] = [code_of(cell, codes, place) for cell in cells[name]]
        elif "places" in rule:
            if name not in moments:
                moments[name] = texts_of(cells[name], rule, place)
            raw[:, index] = moments[name][:, int(each) - 1]
        elif "date" in rule:
            if name not in moments:
                moments[name] = dates_of(cells[name], rule, place, first)
            raw[:, index] = part(moments[name], each)
        else:
            raw[:, index] = numbers_of(cells[name], rule, place, first)
    found: list[list[float]] = raw.tolist()
    return found


def _cells_of(record: Record, names: Sequence[str], where: str) -> list[Any]:
    if not all(name in record for name in names):
        record = {str(name).strip(): cell for name, cell in record.items()}
        lacking(where, names, list(record))
    return [record[name] for name in names]


def code_of(cell: Any, codes: Codes, place: str) -> int:
    """Return the code of a word, `OTHER` for one that is missing or unknown."""
    try:
        word = "" if is_missing(cell) else word_of(cell)
    except (TypeError, OverflowError):
        raise no_cell(cell, place) from None
    text = word.strip(BLANKS)
    # A word that is spelled so itself comes first.
    known = word if word in codes and not is_missing(cell) else text
    is_blank = known == text and text in MISSING
    return codes.get("" if is_blank else known, OTHER)


def numbers_of(cells: Sequence[Any], rule: Rule, place: str, first: int) -> list[float]:
    """Return the numbers in cells, NaN where one is missing."""
    found = []
    for row, cell in enumerate(cells, start=first):
        try:
            number = number_in(cell, rule)
        except (TypeError, OverflowError):
            raise no_cell(cell, place) from None
        if number is None:
            raise no_number(place, row, str(cell), rule["needed"])
        if abs(number) > LARGEST:
            raise too_large_number(place, row, number)
        found.append(number)
    return found


def texts_of(cells: Sequence[Any], rule: Rule, place: str) -> Array:
    """Return texts as rows of numbers `(n, places)`."""
    try:
        texts = [None if is_missing(cell) else word_of(cell) for cell in cells]
    except (TypeError, OverflowError):
        raise no_cell(cells, place) from None
    known = ("" if text is None else text.strip(BLANKS) for text in texts)
    return text_numbers(
        ("" if text in MISSING else text for text in known), rule["places"]
    )


def dates_of(cells: Sequence[Any], rule: Rule, place: str, first: int) -> Array:
    """Return the days since 1970 of the dates in cells, NaN where one is missing."""
    try:
        found, are_there = moments_in(cells, rule)
    except (TypeError, OverflowError):
        raise no_cell(cells, place) from None
    for row, (moment, is_there) in enumerate(zip(found, are_there, strict=True)):
        if is_there and moment != moment:
            raise no_number(place, row + first, str(cells[row]), rule["needed"])
    return found


def no_cell(cell: Any, place: str) -> DataError:
    """Return the error for what is neither number nor word."""
    kind = type(cell).__name__
    return DataError(f"{place}: holds values of type {kind}; need numbers or words")


def split_rows(rows: bytes, separator: str) -> Iterator[list[str]]:
    """Yield the cells of each row of text.

    >>> list(split_rows(b'a,"b, ""c"', ","))
    [['a', 'b, "c']]
    """
    row: list[str] = []
    for cell in re.findall(cell_pattern(separator), f"{rows.decode()}\n"):
        text = cell[:-1].removesuffix("\r")
        row.append(text[1:-1].replace('""', '"') if text[:1] == '"' else text)
        if cell[-1] == "\n":
            yield row
            row = []
