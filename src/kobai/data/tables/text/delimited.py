"""CSV and TSV files, read in blocks of whole rows so that memory stays small."""

import codecs
import csv
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.refusals import few
from kobai.data.tables.cells import shortened
from kobai.data.tables.reading.missing import MISSING
from kobai.data.tables.text.encodings import (
    BEGINNING,
    checked_encoding,
    find_encoding,
)
from kobai.data.tables.text.layout import (
    SEPARATORS,
    SPACES,
    Layout,
    checked_separator,
    find_layout,
    is_number,
)
from kobai.data.tables.text.pieces import (
    check_beginning,
    opened,
    utf8,
    whole_rows,
    with_end,
    without_start,
)
from kobai.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from kobai.data.tables.text.writing import Writing

LONGEST_HEADER = 1 << 20
MOST_BELOW = 20
_RUNS = re.compile(rb'("[^"]*")|[ \t]+')
_EDGES = re.compile(rb"(?m)^[ \t]+|[ \t\r]+$")
TOTAL = re.compile(
    r"(?:(?:grand|sub)[ -]?)?totals?|total g[eé]n[eé]ral|sum|totaux|totale|totaal|"
    r"(?:gesamt)?summe|gesamt|insgesamt|somme|suma|razem|итого|всего|[Σ∑]|합계|총계|"
    r"合計|総計|総合計|小計|總計|合计|总计|总和|小计",
    re.IGNORECASE,
)
"""What the first cell of a last row says that sums up the rows above it."""
SUMMARIES: dict[str, Callable[[list[float]], float]] = {
    r"(?:average|avg|mean|ø|durchschnitt|mittelwert|moyenne|media|promedio|gemiddelde)\.?|"
    r"średnia|среднее|平均[値值]?|평균": lambda values: math.fsum(values) / len(values),
    r"max(?:imum)?\.?|最大[値值]?|最高": max,
    r"min(?:imum)?\.?|最小[値值]?|最低": min,
}
"""What it says that is made of them otherwise, and how: its numbers must be so."""
REMARK = re.compile(
    r"[_*†‡©\[(※]|(?:sources?|quellen?|notes?|anmerkung|stand|copyright|fuente)\b|"
    r"источник|注|資料|资料|出典|来源|數據|数据来源|출처|자료|주",
    re.IGNORECASE,
)
"""How a remark begins in a row that a spreadsheet has filled up with separators."""
_BLANK_LINES = re.compile(rb'("[^"]*")|\n\r?(?=\n)')


@dataclass(frozen=True)
class TextTable:
    """A text file of rows: its encoding, and how the table is laid out in it."""

    path: Path
    encoding: str
    layout: Layout
    notes: list[str]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return self.layout.names

    def blocks(
        self, dtypes: Callable[[], Mapping[str, Any]]
    ) -> "Iterator[pl.DataFrame]":
        """Yield the rows as frames, block by block.

        `dtypes` is asked before each block; a column that it does not name, and every
        column of a block that does not hold to it, comes as text. Raises `DataError`
        where rows have too many or too few cells.
        """
        for rows, first in row_blocks(self):
            yield self._frame(rows, dtypes(), first)

    def _frame(
        self, rows: bytes, dtypes: Mapping[str, Any], first: int
    ) -> "pl.DataFrame":
        import polars as pl

        # Polars takes a mark off that stands before the first cell.
        marked = codecs.BOM_UTF8 * rows.startswith(codecs.BOM_UTF8) + rows
        text = dict.fromkeys(self.names, pl.String)
        for schema in ({**text, **dtypes}, text):
            try:
                return pl.read_csv(
                    marked,
                    has_header=False,
                    schema=schema,
                    separator=mark_of(self).decode(),
                    null_values=list(MISSING),
                )
            except pl.exceptions.PolarsError as error:
                problem = str(error).splitlines()[0]
        # One row too long makes up for one too short in the number of cells.
        _check_counts(self, _bare(self, rows), first)
        raise DataError(f"{self.path}: no readable table: {problem}")


def mark_of(table: TextTable) -> bytes:
    """Return what parts the cells of `row_blocks`: a tab, where there are blanks."""
    separator = table.layout.separator
    return b"\t" if separator == SPACES else separator.encode()


def row_blocks(table: TextTable) -> Iterator[tuple[bytes, int]]:
    """Yield whole rows as UTF-8, block by block, with the number of the first.

    There are neither blank lines nor repeated headers among them, nor what stands above
    or below the table. Raises `DataError` where rows have too many or too few cells, or
    quotation marks that leave open where a cell ends.
    """
    first = 1
    table.notes.clear()
    with opened(table.path) as file:
        chunks = utf8(file, table.path, table.encoding)
        text = without_start(chunks, table.layout.start)
        for block, is_last in with_end(whole_rows(text, table.path)):
            rows, count = _checked(table, _cleaned(table, block), first, is_last)
            if rows:
                yield rows, first
                first += count


def _cleaned(table: TextTable, rows: bytes) -> bytes:
    """Return rows without repeated headers, and with one mark between cells."""
    header = table.layout.header
    if header and header in rows:
        lines = rows.split(b"\n")
        kept = [line for line in lines if line.rstrip(b"\r") != header]
        if len(kept) < len(lines):
            _note(table, "the header, repeated among the rows, was left out")
            rows = b"\n".join(kept)
    if table.layout.separator == SPACES:
        rows = _EDGES.sub(b"", rows)
        return _RUNS.sub(lambda match: match[1] or b"\t", rows)
    if table.layout.quotes_after_blanks:
        begin = b"(^|" + re.escape(mark_of(table)) + b') +(?=")'
        before = re.compile(b'("[^"]*")|' + begin, re.MULTILINE)
        return before.sub(lambda match: match[1] or match[2], rows)
    return rows


def _note(table: TextTable, text: str) -> None:
    if text not in table.notes:
        table.notes.append(text)


def _checked(
    table: TextTable, rows: bytes, first: int, is_last: bool
) -> tuple[bytes, int]:
    """Return rows without blank lines, and how many, having checked their cells.

    What stands below the table, in lines with fewer cells, is left out.
    """
    rows = rows.strip(b"\r\n")
    if is_last:
        rows = _without_totals(table, _without_padding(table, rows))
    bare = _bare(table, rows)
    is_even = _is_even(table, bare)
    if rows and not is_even:
        rows = _BLANK_LINES.sub(lambda match: match[1] or b"", rows)
        if is_last and not _is_even(table, _bare(table, rows)):
            # A sum may stand above the remarks.
            rows = _without_totals(table, _without_footer(table, rows, first))
        bare = _bare(table, rows)
        is_even = _is_even(table, bare)
    if b'"' in bare:
        _check_quotes(table, rows, first)
    if rows and not is_even:
        _check_counts(table, bare, first)
    return rows, bare.count(b"\n") + 1


def _bare(table: TextTable, rows: bytes) -> bytes:
    """Return rows without the cells that stand in quotation marks."""
    if b'"' not in rows:
        return rows
    mark = re.escape(mark_of(table))
    # It begins with what is found fast; what stands before it is looked at then.
    begin, end = rb'"(?<=[\n' + mark + rb']")', rb'"(?=' + mark + rb"|\r?\n|\Z)"
    quoted = begin + rb'[^"]*(?:""[^"]*)*' + end
    return re.sub(quoted, b"", b"\n" + rows)[1:]


def _is_even(table: TextTable, bare: bytes) -> bool:
    """Tell whether there are as many separators as the rows need together."""
    codes = np.frombuffer(bare, np.uint8)
    marks = int(np.count_nonzero(codes == ord(mark_of(table))))
    lines = int(np.count_nonzero(codes == ord("\n"))) + 1
    return marks == lines * (len(table.layout.names) - 1)


def _without_footer(table: TextTable, rows: bytes, first: int) -> bytes:
    """Return rows without the lines of text below them that have too few cells."""
    lines = rows.split(b"\n")
    below: list[bytes] = []
    mark, needed = mark_of(table), len(table.layout.names) - 1
    while lines and len(below) < MOST_BELOW:
        cells = [cell.strip() for cell in lines[-1].split(mark) if cell.strip()]
        is_short = _bare(table, lines[-1]).count(mark) < needed
        is_text = not cells or not is_number(cells[0].decode(errors="replace"))
        if not is_short or len(cells) > 2 or not is_text:
            break
        below.append(lines.pop())
    is_all = not lines and first == 1
    if not below or len(below) == MOST_BELOW or is_all or not needed:
        return rows
    text = shortened(below[-1].decode(errors="replace").strip(",;\t\r "))
    _note(table, f'left out below the table: "{text}"')
    return b"\n".join(lines)


def _without_padding(table: TextTable, rows: bytes) -> bytes:
    """Return rows without those at their end that are empty, or have only a remark."""
    mark, width = mark_of(table), len(table.layout.names)
    while width > 1:
        body, _, last = rows.rpartition(b"\n")
        first, *others = _cells(last, mark) or [""]
        is_padded = len(others) == width - 1 and not any(others)
        if not (body and is_padded and (not first or REMARK.match(first))):
            break
        what = f'"{shortened(first)}"' if first else "empty rows"
        _note(table, f"left out at the end: {what}")
        rows = body
    return rows


def _cells(line: bytes, mark: bytes) -> list[str]:
    """Return the cells of a line, none where it is not a whole row."""
    text, pattern = line.decode(errors="replace") + "\n", cell_pattern(mark.decode())
    is_whole = not re.sub(pattern, "", text)
    return [
        c.strip(f'"{mark.decode()}\r\n ') for c in re.findall(pattern, text) if is_whole
    ]


def _without_totals(table: TextTable, rows: bytes) -> bytes:
    """Return rows without those at their end that sum them up: "Total", "平均"."""
    mark = mark_of(table)
    while True:
        whole = re.sub(rb"(?:\r?\n[;,\t| ]*)+\Z", b"", rows)
        body, _, last = whole.rpartition(b"\n")
        word = last.split(mark)[0].strip(b' ":')
        cell = word.decode(errors="replace")
        # A word that other rows begin with, too, is one of a column of words.
        begin = rb'(?m)^[ "]*' + re.escape(word) + rb'[ ":]*' + re.escape(mark)
        is_total = mark in last and body.strip() and _is_total(cell, body, last, mark)
        if not is_total or re.search(begin, body):
            return rows
        what = "a sum" if TOTAL.fullmatch(cell) else "made"
        _note(table, f'left out at the end, as {what} of the rows: "{shortened(cell)}"')
        rows = body.rstrip(b"\r\n")


def _is_total(word: str, body: bytes, last: bytes, mark: bytes) -> bool:
    """Tell whether a last row is a sum by its word, or what else its numbers are."""
    if TOTAL.fullmatch(word):
        return True
    made = [make for said, make in SUMMARIES.items() if re.fullmatch(said, word, re.I)]
    if not made:
        return False
    *above, summary = [_cells(line, mark) for line in (*body.split(b"\n"), last)]
    others = re.compile("|".join((TOTAL.pattern, *SUMMARIES)), re.IGNORECASE)
    rows = [row for row in above if row and not others.fullmatch(row[0])]
    fits = []
    for index, cell in enumerate(summary[1:], start=1):
        values = [_digits(row[index]) for row in rows if len(row) > index]
        numbers, wanted = [float(text) for text in values if text], _digits(cell)
        if numbers and wanted:
            # It may be rounded.
            rounding = 10.0 ** -len(wanted.partition(".")[2])
            fits.append(abs(made[0](numbers) - float(wanted)) <= rounding)
    return 2 * sum(fits) > len(fits)


def _digits(cell: str) -> str:
    """Return the number in a cell as programs write it, "" for none.

    >>> _digits("1.234,5 €"), _digits("$1,234"), _digits("2024-01-31"), _digits("-")
    ('1234.5', '1234', '', '')
    """
    text = re.sub(r"[^-0-9.,]", "", cell)
    if re.search(r",(?!\d{3}$)\d*$", text):
        text = text.replace(".", "").replace(",", ".")
    text = text.replace(",", "")
    return text if re.fullmatch(r"-?\d+\.?\d*", text) else ""


def _check_counts(table: TextTable, bare: bytes, first: int) -> None:
    needed, mark = len(table.layout.names), table.layout.separator
    marks = SEPARATORS.get(mark, f'"{mark}"') if mark != SPACES else "blanks"
    counts = [line.count(mark_of(table)) + 1 for line in bare.split(b"\n")]
    wrong = [
        f"row {row:,} has {found} cell{'s' * (found > 1)}"
        for row, found in enumerate(counts, start=first)
        if found != needed
    ]
    if wrong:
        raise DataError(
            f"{table.path}: {few(wrong, len(wrong))}, and "
            f"the table has {needed} columns; a cell that holds {marks} must stand "
            "in quotation marks, and another separator is named with --separator"
        )


def cell_pattern(separator: str) -> str:
    """Return a pattern for a cell with its end: in quotation marks, or bare.

    >>> re.findall(cell_pattern(","), '"a, ""b"",",5" x 6"\\n')
    ['"a, ""b"",",', '5" x 6"\\n']
    """
    mark = re.escape(separator)
    quoted = r'"[^"]*(?:""[^"]*)*"'
    # In a bare cell they come in pairs, or Polars takes the next cell for a part of it.
    bare = rf'[^"\n{mark}](?:[^"\n{mark}]|"[^"\n{mark}]*")*'
    return rf"(?:{quoted}|{bare}|)(?:{mark}|\r?\n)"


def _check_quotes(table: TextTable, rows: bytes, first: int) -> None:
    """Refuse quotation marks that do not stand around a cell, or doubled within it."""
    cell = cell_pattern(mark_of(table).decode()).encode()
    text = rows + b"\n"
    is_open = rows.count(b'"') % 2
    if is_open or re.sub(cell, b"", text):
        end = 0
        while good := re.compile(cell).match(text, end):
            end = good.end()
        row = first + _bare(table, rows[:end]).count(b"\n")
        if is_open:
            raise DataError(
                f"{table.path}: no readable table: a quotation mark is not closed, "
                f"perhaps that of row {row:,}; close it, or write two for one that "
                "belongs to the text"
            )
        raise DataError(
            f"{table.path}: row {row:,} has quotation marks that leave open where a "
            "cell ends; put the cell into quotation marks, and write two for each "
            "within it"
        )


def open_text_table(
    path: Path,
    encoding: str | None = None,
    separator: str | None = None,
    header: bool | None = None,
    wanted: Collection[str] = (),
    usual: "Writing | None" = None,
) -> TextTable:
    """Find out how a text file is written, from its beginning.

    What is given is not found out; `wanted` are the names of columns that are needed,
    and `usual` is how a file like it was written, which is tried first. Raises
    `DataError` for a file that is empty, binary, or holds no table.
    """
    with opened(path) as file:
        known = encoding and checked_encoding(encoding, path)
        check_beginning(file.read(BEGINNING), path, known)
        file.seek(0)
        found = known or find_encoding(file, path, usual.encoding if usual else None)
        file.seek(0)
        head = _head(utf8(file, path, found), path)
    if usual and header is None and not usual.header:
        header = False
    tried = [usual.separator] if usual and separator is None else []
    if separator is not None:
        separator = checked_separator(separator)
    elif ".tsv" in path.suffixes:
        separator = "\t"
    try:
        for mark in (*tried, separator):
            layout = find_layout(head, path, mark, header, wanted)
            if set(wanted) <= set(layout.names):
                break
    except csv.Error:
        raise DataError(f"{path}: {_torn(head)}") from None
    return TextTable(path, found, layout, [])


def _torn(head: str) -> str:
    """Return why the first lines are no rows, and what to do."""
    for number, line in enumerate(head.split("\n"), 1):
        if "\r" in line.rstrip("\r"):
            return (
                f"line {number} has the end of a line within it, a carriage return "
                "alone; end all lines alike, or put the cell into quotation marks"
            )
        if line.count('"') % 2:
            return (
                f"line {number} has a quotation mark that nothing closes; close it, or "
                'put the cell into quotation marks and write two within it: "5\' 7"""'
            )
    return (
        "its first lines hold no rows of a table; need the columns' names on a line of "
        "their own"
    )


def _head(chunks: Iterator[bytes], path: Path) -> str:
    """Return the beginning of a file: whole lines, at least two if there are."""
    head = b""
    for chunk in chunks:
        head += chunk
        if head.count(b"\n") > 1:
            return head[: head.rfind(b"\n") + 1].decode()
        if len(head) > LONGEST_HEADER:
            break
    if len(head) > LONGEST_HEADER and b"\n" not in head:
        raise DataError(
            f"{path}: its first line is longer than {LONGEST_HEADER >> 20} MiB; need a "
            "table with a row on each line and the names of the columns on the first"
        )
    # A last line that goes on may end within a character.
    return head[: head.rfind(b"\n") + 1 or None].decode()
