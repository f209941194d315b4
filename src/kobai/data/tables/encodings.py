"""Which encoding a text file is in: UTF-8, UTF-16, cp932 or GBK."""

import codecs
from typing import BinaryIO

from kobai.errors import DataError, suggest

SAMPLE = 1 << 20
ENCODINGS = ("utf-8", "cp932", "gbk", "utf-16", "latin-1")
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def checked_encoding(name: str, file: object = "") -> str:
    """Return an encoding's name as Python has it, or raise `DataError`.

    >>> checked_encoding("Shift_JIS"), checked_encoding("UTF8")
    ('shift_jis', 'utf-8')
    """
    try:
        # What is no encoding of text, such as base64, can be looked up, too.
        "".encode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        where = f"{file}: " if file else ""
        raise DataError(
            f'{where}unknown encoding "{name}".{suggest(name, ENCODINGS)} Usual ones '
            f"are {', '.join(ENCODINGS)}"
        ) from None


def find_encoding(file: BinaryIO, name: object, usual: str | None = None) -> str:
    """Return the encoding of a file that is read from its beginning.

    A byte order mark decides; then, from the first piece of the file that is not ASCII
    alone, a strict decoding as UTF-8. cp932 (Japanese) and GBK (Chinese) share most
    of their bytes: whichever makes more of them common characters is taken. Where
    none of them makes the most of them so, it is the `usual` one, if it can be. Raises
    `DataError` otherwise.

    >>> import io
    >>> find_encoding(io.BytesIO("品種,がく\\n".encode("cp932")), "my.csv")
    'cp932'
    >>> find_encoding(io.BytesIO("种类,花萼\\n".encode("gbk")), "my.csv")
    'gbk'
    """
    piece = file.read(SAMPLE)
    for mark, encoding in BOMS.items():
        if piece.startswith(mark):
            return encoding
    while piece.isascii():
        piece = file.read(SAMPLE)
        if not piece:
            return "utf-8"
    if _decoded(piece, "utf-8") is not None:
        return "utf-8"
    shares = {"cp932": _common_japanese(piece), "gbk": _common_chinese(piece)}
    best = max(shares, key=lambda encoding: shares[encoding])
    if shares[best] < 0.5:
        if usual and _decoded(piece, usual) is not None:
            return usual
        raise DataError(
            f"{name}: its text is neither UTF-8, nor cp932 (Japanese), nor GBK "
            "(Chinese); say what it is: --encoding latin-1 (or encoding=), or save it "
            "as UTF-8"
        )
    return best


def _decoded(piece: bytes, encoding: str) -> str | None:
    # The piece may end within a character, for which an incremental decoder waits; it
    # begins with a whole one, since all before it is ASCII.
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(piece)
    except UnicodeDecodeError:
        return None


def _common_japanese(piece: bytes) -> float:
    """Return the share of kana and of kanji of level 1, half-width kana aside."""
    text = _decoded(piece, "cp932")
    found = [character.encode("cp932") for character in _not_ascii(text)]
    common = [c for c in found if len(c) == 2 and 0x81 <= c[0] <= 0x98]
    return len(common) / max(1, len(found))


def _common_chinese(piece: bytes) -> float:
    """Return the share of hanzi of level 1 in GB 2312, and of its punctuation."""
    text = _decoded(piece, "gbk")
    found = [character.encode("gbk") for character in _not_ascii(text)]
    leads = [c[0] for c in found if c[1] >= 0xA1]
    common = [lead for lead in leads if lead in (0xA1, 0xA3) or 0xB0 <= lead <= 0xD7]
    return len(common) / max(1, len(found))


def _not_ascii(text: str | None) -> list[str]:
    return [character for character in text or "" if not character.isascii()]
