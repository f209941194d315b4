"""CSV and TSV files, read in blocks of whole rows so that memory stays small."""

import codecs
import contextlib
import csv
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from kobai.data.damage import MOST_UNPACKED, check_unpacked, readable
from kobai.data.tables.encodings import checked_encoding, find_encoding
from kobai.data.tables.writing import CELLS
from kobai.errors import DataError

if TYPE_CHECKING:
    import polars as pl

BLOCK = 4 << 20
"""Bytes of a file that are read at a time."""
FIRST = 1 << 18
"""Bytes that are read at first, to see what the columns hold."""
LONGEST_HEADER = 1 << 20
LONGEST_NAME = 1000
SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
_BLANK_LINES = re.compile(rb'("[^"]*")|\n\r?(?=\n)')


@dataclass(frozen=True)
class TextTable:
    """A text file of rows: its encoding, what parts its cells, its columns' names."""

    path: Path
    encoding: str
    separator: str
    names: tuple[str, ...]

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
                    separator=self.separator,
                    null_values=list(CELLS.missing),
                )
            except pl.exceptions.PolarsError as error:
                problem = str(error).splitlines()[0]
        # One row too long makes up for one too short in the number of cells.
        _check_counts(self, _bare(self, rows), first)
        raise DataError(f"{self.path}: no readable table: {problem}")


def row_blocks(table: TextTable) -> Iterator[tuple[bytes, int]]:
    """Yield whole rows as UTF-8, block by block, with the number of the first.

    There are no blank lines among them. Raises `DataError` where rows have too many or
    too few cells, or quotation marks that leave open where a cell ends.
    """
    first = 1
    with _opened(table.path) as file:
        for index, block in enumerate(_records(_utf8(file, table), table.path)):
            rows = block if index else block[_end_of_first(block) or len(block) :]
            rows, count = _checked(table, rows, first)
            if rows:
                yield rows, first
                first += count


def _checked(table: TextTable, rows: bytes, first: int) -> tuple[bytes, int]:
    """Return rows without blank lines, and how many, having checked their cells."""
    rows = rows.strip(b"\r\n")
    bare = _bare(table, rows)
    if b'"' in bare:
        _check_quotes(table, rows, first)
    if rows and not _is_even(table, bare):
        rows = _BLANK_LINES.sub(lambda match: match[1] or b"", rows)
        bare = _bare(table, rows)
        if not _is_even(table, bare):
            _check_counts(table, bare, first)
    return rows, bare.count(b"\n") + 1


def _bare(table: TextTable, rows: bytes) -> bytes:
    """Return rows without the cells that stand in quotation marks."""
    if b'"' not in rows:
        return rows
    mark = re.escape(table.separator.encode())
    # It begins with what is found fast; what stands before it is looked at then.
    begin, end = rb'"(?<=[\n' + mark + rb']")', rb'"(?=' + mark + rb"|\r?\n|\Z)"
    quoted = begin + rb'[^"]*(?:""[^"]*)*' + end
    return re.sub(quoted, b"", b"\n" + rows)[1:]


def _is_even(table: TextTable, bare: bytes) -> bool:
    """Tell whether there are as many separators as the rows need together."""
    lines = bare.count(b"\n") + 1
    return bare.count(table.separator.encode()) == lines * (len(table.names) - 1)


def _check_counts(table: TextTable, bare: bytes, first: int) -> None:
    for row, line in enumerate(bare.split(b"\n"), start=first):
        found = line.count(table.separator.encode())
        if found != len(table.names) - 1:
            several = "s" if found else ""
            raise DataError(
                f"{table.path}: row {row:,} has {found + 1} cell{several}, and "
                f"the first line names {len(table.names)} columns; a cell that holds "
                f"{SEPARATORS[table.separator]} must stand in quotation marks"
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
    if rows.count(b'"') % 2:
        raise DataError(
            f"{table.path}: no readable table: a quotation mark is not closed"
        )
    cell = cell_pattern(table.separator).encode()
    text = rows + b"\n"
    if re.sub(cell, b"", text):
        end = 0
        while good := re.compile(cell).match(text, end):
            end = good.end()
        row = first + _bare(table, rows[:end]).count(b"\n")
        raise DataError(
            f"{table.path}: row {row:,} has quotation marks that leave open where a "
            "cell ends; put the cell into quotation marks, and write two for each "
            "within it"
        )


def open_text_table(
    path: Path, encoding: str | None = None, usual: str | None = None
) -> TextTable:
    """Find out how a text file is written, from its beginning.

    `encoding` says it; `usual` is what it is taken for where it is none of those that
    are known by themselves. Raises `DataError` for a file that is empty, binary, or has
    an unusable first line.
    """
    with _opened(path) as file:
        _check_beginning(file.read(4096), path)
        file.seek(0)
        known = encoding and checked_encoding(encoding, path)
        found = known or find_encoding(file, path, usual)
        file.seek(0)
        table = TextTable(path, found, ",", ())
        line = _first_line(_utf8(file, table), path)
    separator = "\t" if ".tsv" in path.suffixes else _separator(line)
    try:
        names = next(csv.reader([line], delimiter=separator), [])
    except csv.Error as error:
        raise DataError(
            f"{path}: its first line is not one of names ({error}); need the columns' "
            "names on a line of their own"
        ) from None
    return TextTable(path, found, separator, checked_names(names, path))


def checked_names(names: Sequence[str], table: object) -> tuple[str, ...]:
    """Return the columns' names, those without one numbered; no two may be alike."""
    found = [name.strip() or f"column {i}" for i, name in enumerate(names, start=1)]
    for number, name in enumerate(found, start=1):
        if len(name) > LONGEST_NAME:
            raise DataError(
                f"{table}: the name of column {number} has {len(name):,} characters; "
                f"need names of at most {LONGEST_NAME:,}. Perhaps a quotation mark is "
                "not closed, or the first line is one of data"
            )
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise DataError(
            f'{table}: two columns are called "{twice[0]}"; give each a name of its own'
        )
    return tuple(found)


def _first_line(chunks: Iterator[bytes], path: Path) -> str:
    head = b""
    for chunk in chunks:
        head += chunk
        end = _end_of_first(head)
        if end or len(head) > LONGEST_HEADER:
            break
    else:
        end = len(head)
    if not end:
        raise DataError(
            f"{path}: its first line is longer than {LONGEST_HEADER >> 20} MiB; need a "
            "table with a row on each line and the names of the columns on the first"
        )
    line = head[:end].decode().strip("\r\n")
    if not line.strip():
        raise DataError(f"{path}: its first line is empty; need the columns' names")
    if "\r" in re.sub('"[^"]*"', "", line):
        raise DataError(
            f"{path}: its lines end in carriage returns alone; save it with line feeds"
        )
    return line


def _separator(line: str) -> str:
    bare = re.sub('"[^"]*"', "", line)
    return max(SEPARATORS, key=bare.count)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or what is compressed in it; damage is a `DataError`."""
    import bz2
    import gzip
    import lzma

    openers: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    opened = openers.get(path.suffix.lower(), open)
    with readable(path, "it cannot be read"):
        if opened is lzma.open:
            _check_memory(path)
        with opened(path, "rb") as file:
            yield file


def _check_memory(path: Path) -> None:
    """Refuse what would take much memory only to be unpacked."""
    import lzma

    with path.open("rb") as file:
        head = file.read(4096)
    lzma.LZMADecompressor(memlimit=MOST_UNPACKED).decompress(head, max_length=1)


def _check_beginning(beginning: bytes, path: Path) -> None:
    kinds = {
        b"PAR1": "a Parquet file; its name must end in .parquet",
        b"PK\x03\x04": "a ZIP or Excel file; save the sheet as CSV",
        b"\xd0\xcf\x11\xe0": "an Excel file; save the sheet as CSV",
    }
    for magic, kind in kinds.items():
        if beginning.startswith(magic):
            raise DataError(f"{path}: this is {kind}")
    if not beginning.strip(b"\xef\xbb\xbf \t\r\n"):
        raise DataError(f"{path}: the file is empty")
    is_wide = beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in beginning and not is_wide:
        raise DataError(f"{path}: a binary file; need a text table, such as a CSV")


def _utf8(file: BinaryIO, table: TextTable, size: int = FIRST) -> Iterator[bytes]:
    """Yield the file's text piece by piece, as UTF-8 without a byte order mark."""
    decoder = codecs.getincrementaldecoder(table.encoding)("strict")
    # What is ASCII needs no decoding, unless two bytes make a character.
    plain = not table.encoding.startswith("utf-16")
    try:
        while chunk := file.read(size):
            size = BLOCK
            packed = os.fstat(file.fileno()).st_size
            remedy = "Unpack it first, if it is a table"
            check_unpacked(table.path, file.tell(), packed, remedy)
            if plain and chunk.isascii() and not decoder.getstate()[0]:
                yield chunk
            else:
                yield decoder.decode(chunk).encode()
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise DataError(
            f"{table.path}: it has text that is not {table.encoding}; say what it is: "
            "--encoding cp932 (or encoding=), or save it as UTF-8"
        ) from None


def _records(chunks: Iterator[bytes], path: Path) -> Iterator[bytes]:
    """Cut text into blocks of whole rows; a line's end may stand in quotation marks."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        end = _end_of_last(rest)
        if end:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > BLOCK:
            raise DataError(
                f"{path}: a row is longer than {BLOCK >> 20} MiB; perhaps a quotation "
                "mark is not closed"
            )
    if rest.strip():
        yield rest


def _end_of_first(text: bytes) -> int:
    """Return where the first row ends, or 0."""
    end = text.find(b"\n") + 1
    while end and text.count(b'"', 0, end) % 2:
        end = text.find(b"\n", end) + 1
    return end


def _end_of_last(text: bytes) -> int:
    """Return where the last whole row ends, or 0."""
    end = text.rfind(b"\n") + 1
    if b'"' not in text:
        return end
    odd = text.count(b'"', 0, end) % 2
    while odd and end:
        quote = text.rfind(b'"', 0, end)
        line = text.rfind(b"\n", 0, quote) + 1
        odd = (odd + text.count(b'"', line, end)) % 2
        end = line
    return end
