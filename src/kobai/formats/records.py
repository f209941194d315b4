"""Rows of a table that come one by one, or as text, as raw numbers: in plain Python.

Exported programs hold these very functions. What the text of a cell means stands in
`CELLS`, by which Polars' columns are read as well.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kobai.data.tables.cells import no_number, too_large_number
from kobai.data.tables.columns import OTHER, Columns
from kobai.data.tables.delimited import cell_pattern
from kobai.data.tables.foreign import is_missing, word_of
from kobai.data.tables.new_rows import lacking, spelled
from kobai.data.tables.writing import CELLS
from kobai.errors import DataError

BLANKS = CELLS.blanks
MISSING = CELLS.missing
NUMBER = CELLS.number
NAN = CELLS.nan
DECIMAL_COMMA = CELLS.decimal_comma
THOUSANDS = CELLS.thousands
REWRITES = CELLS.rewrites
LARGEST = CELLS.largest

Record = Mapping[str, Any]
Codes = Mapping[str, Mapping[str, int]]


def raw_of(
    columns: Columns, records: Sequence[Record], decimal: str = "."
) -> list[list[float]]:
    """Return the raw rows of records, as `Columns` says; others of their cells aside.

    `decimal` is the decimal sign of the table that was trained on.

    >>> from kobai.data.tables.columns import Feature, Target
    >>> fur = Feature("fur", "category", categories=("False", "True"))
    >>> columns = Columns((Feature("age"), fur), Target(("kind",)))
    >>> raw_of(columns, [{"fur": True, "age": " 1,5"}, {"age": None, "fur": "false"}])
    [[1.5, 1], [nan, 0]]
    """
    words = [f for f in columns.features if f.kind == "category"]
    codes = {feature.name: spelled(feature.categories) for feature in words}
    commas = set(columns.names) if decimal == "," else set()
    return raw_rows(records, columns.names, codes, commas)


def raw_rows(
    records: Iterable[Record],
    names: Sequence[str],
    codes: Codes,
    commas: set[str],
    where: str = "table",
    first: int = 1,
) -> list[list[float]]:
    """Return the raw rows of records, the first of which has the number `first`.

    `codes` has the code of each word in the columns of words. `commas` are the columns
    of numbers whose commas are decimal ones; those in which one can be nothing else
    are added. Raises `DataError` where a cell is not there, or is no number.
    """
    rows = [
        _cells_of(record, names, f"{where}: row {row:,}")
        for row, record in enumerate(records, start=first)
    ]
    raw: list[list[float]] = [[] for _ in rows]
    for index, name in enumerate(names):
        place = f'{where}: column "{name}"'
        cells = [row[index] for row in rows]
        texts = [] if name in codes else [number_text(cell, place) for cell in cells]
        if any(map(_shows_comma, texts)):
            commas.add(name)
        for row, cell in enumerate(cells):
            if name in codes:
                raw[row].append(code_of(cell, codes[name], place))
            else:
                is_comma = name in commas
                raw[row].append(number_of(texts[row], is_comma, place, first + row))
    return raw


def _cells_of(record: Record, names: Sequence[str], where: str) -> list[Any]:
    if not all(name in record for name in names):
        record = {str(name).strip(): cell for name, cell in record.items()}
        lacking(where, names, list(record))
    return [record[name] for name in names]


def _word(cell: Any, place: str) -> str:
    try:
        return "" if is_missing(cell) else word_of(cell)
    except (TypeError, OverflowError):
        kind = type(cell).__name__
        raise DataError(
            f"{place}: holds values of type {kind}; need numbers or words"
        ) from None


def code_of(cell: Any, codes: Mapping[str, int], place: str) -> int:
    """Return the code of a word, `OTHER` for one that is missing or unknown."""
    word = _word(cell, place)
    text = word.strip(BLANKS)
    # A word that is spelled so itself comes first.
    known = word if word in codes and not is_missing(cell) else text
    return OTHER if known == text and text in MISSING else codes.get(known, OTHER)


def number_text(cell: Any, place: str) -> str:
    """Return the text of a number without blanks around it, "" for a missing one."""
    if type(cell).__name__ in ("bool", "bool_"):
        return "1" if cell else "0"
    text = _word(cell, place).strip(BLANKS)
    return "" if text in MISSING or re.fullmatch(NAN, text) else text


def _shows_comma(text: str) -> bool:
    has_comma = re.fullmatch(DECIMAL_COMMA, text)
    return bool(has_comma and not re.fullmatch(THOUSANDS, text))


def number_of(text: str, has_commas: bool, place: str, row: int) -> float:
    """Return the number that a text is, NaN for ""; commas may be decimal ones."""
    if not text:
        return float("nan")
    digits = text
    for pattern, new in REWRITES["," if has_commas else "."]:
        digits = re.sub(pattern, new, digits)
    if not re.fullmatch(NUMBER, digits):
        raise no_number(place, row, text)
    if abs(float(digits)) > LARGEST:
        raise too_large_number(place, row, float(digits))
    return float(digits)


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
