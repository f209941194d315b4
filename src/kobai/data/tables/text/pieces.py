"""A text file as UTF-8, piece by piece, each of whole rows."""

import codecs
import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from kobai.data.damage import MOST_UNPACKED, check_unpacked, readable
from kobai.data.tables.text.encodings import wide_encoding
from kobai.errors import DataError

BLOCK = 4 << 20
"""Bytes of a file that are read at a time."""
FIRST = 1 << 18
"""Bytes that are read at first, to see what the columns hold."""
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
"""How files of pictures begin."""
KINDS = {
    rb"PAR1": "a Parquet file; its name must end in .parquet",
    rb"PK\x03\x04": "a ZIP or Excel file; unpack it, or save the sheet as CSV",
    rb"\xd0\xcf\x11\xe0": "an Excel file; save the sheet as CSV",
    rb"\x1f\x8b": "a file packed by gzip; its name must end in .gz",
    rb"BZh\d1AY": "a file packed by bzip2; its name must end in .bz2",
    rb"\xfd7zXZ": "a file packed by xz; its name must end in .xz",
    rb"\s*<(?:!doctype|html|table|\?xml|!--)": "a page of HTML or XML, which some "
    "programs call .xls; open it in a spreadsheet, and save the sheet as CSV",
    rb'\s*\[?\s*\{\s*"': "JSON; need a text table, such as a CSV: "
    "polars.read_ndjson(...) or read_json(...), and write_csv(...), make one of it",
}
"""What files that are no text tables begin with, and what they are."""
OF_ZEROS = ("utf-16", "utf-32")
"""Encodings in which ASCII has bytes of 0."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or what is compressed in it; damage is a `DataError`."""
    import bz2
    import gzip
    import lzma

    openers: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    opener = openers.get(path.suffix.lower(), open)
    with readable(path, "it cannot be read"):
        if opener is lzma.open:
            _check_memory(path)
        with opener(path, "rb") as file:
            yield file


def _check_memory(path: Path) -> None:
    """Refuse what would take much memory only to be unpacked."""
    import lzma

    with path.open("rb") as file:
        head = file.read(4096)
    lzma.LZMADecompressor(memlimit=MOST_UNPACKED).decompress(head, max_length=1)


def check_beginning(beginning: bytes, path: Path, known: str | None = None) -> None:
    """Refuse a file that is empty or no text, with what it is instead.

    `known` is the encoding that a user says.
    """
    for start, kind in KINDS.items():
        if re.match(start, beginning.removeprefix(codecs.BOM_UTF8), re.IGNORECASE):
            raise DataError(f"{path}: this is {kind}")
    if not beginning.strip(b"\xef\xbb\xbf \t\r\n"):
        raise DataError(
            f"{path}: the file is empty; need a table with the names of its columns, "
            "and rows below them"
        )
    is_wide = beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    is_said = (known or "").startswith(OF_ZEROS)
    if b"\0" in beginning and not (is_wide or is_said or wide_encoding(beginning)):
        raise DataError(f"{path}: {_zeros(beginning)}")


def _zeros(beginning: bytes) -> str:
    """Return what a file is that has bytes of 0, and what to do."""
    if beginning.startswith(PICTURES):
        return "is a picture, and no table; need a text table, such as a CSV"
    head = beginning[:1000]
    if head.count(b"\0") > len(head) // 3:
        return (
            "a binary file, or text in an encoding such as UTF-32; need a text table, "
            "such as a CSV: save it as UTF-8"
        )
    # Bytes that stand for no character: text has a few where it is damaged.
    if sum(byte < 9 or 13 < byte < 32 for byte in head) > max(3, len(head) // 20):
        return "a binary file; need a text table, such as a CSV"
    line = beginning[: beginning.index(b"\0")].count(b"\n") + 1
    return (
        f"a binary file, or damaged: line {line} has a byte that is 0, which is no "
        "text; need a text table, such as a CSV"
    )


def utf8(file: BinaryIO, path: Path, encoding: str) -> Iterator[bytes]:
    """Yield the file's text piece by piece, as UTF-8 without a byte order mark.

    Lines that end in carriage returns alone, as on old Macintoshes, end as others do.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    # What is ASCII needs no decoding, unless two bytes make a character.
    plain = not encoding.startswith(OF_ZEROS)
    size, lone = FIRST, None
    try:
        while chunk := file.read(size):
            size = BLOCK
            packed = os.fstat(file.fileno()).st_size
            remedy = "Unpack it first, if it is a table"
            check_unpacked(path, file.tell(), packed, remedy)
            if not (plain and chunk.isascii() and not decoder.getstate()[0]):
                chunk = decoder.decode(chunk).encode()
            # The last one may be half of an end.
            if lone is None and (b"\n" in chunk or b"\r" in chunk[:-1]):
                lone = b"\n" not in chunk
            yield chunk.replace(b"\r", b"\n") if lone else chunk
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise DataError(
            f"{path}: it has text that is not {encoding}; say what it is: "
            "--encoding cp932 (or encoding=), or save it as UTF-8"
        ) from None


def without_start(chunks: Iterator[bytes], left: int) -> Iterator[bytes]:
    """Yield text without its first bytes, of which so many are `left` to take off."""
    for chunk in chunks:
        yield chunk[left:]
        left = max(0, left - len(chunk))


def with_end(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield blocks, and whether each is the last one."""
    before = next(blocks, None)
    for block in blocks:
        assert before is not None
        yield before, False
        before = block
    if before is not None:
        yield before, True


def whole_rows(chunks: Iterator[bytes], path: Path) -> Iterator[bytes]:
    """Cut text into blocks of whole rows; a line's end may stand in quotation marks."""
    # One block is held back, so that what stands below the table comes with it.
    held, rest = b"", b""
    for chunk in chunks:
        rest += chunk
        end = _end_of_last(rest)
        if end:
            if held:
                yield held
            held, rest = rest[:end], rest[end:]
        elif len(rest) > BLOCK:
            raise DataError(
                f"{path}: a row is longer than {BLOCK >> 20} MiB; perhaps a quotation "
                "mark is not closed: close it"
            )
    if (held + rest).strip():
        yield held + rest


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
