"""Which encoding a text file is in: UTF-8 and UTF-16, or those of one language."""

import codecs
import re
from collections.abc import Mapping
from typing import BinaryIO

from kobai.errors import DataError, suggest

SAMPLE = 1 << 20
BEGINNING = 1 << 12
MOST_BYTES = 20_000
MOST_CHAOS = 0.3
SAME_CHAOS = 0.02
MOSTLY_COMMON = 0.9
HALF_COMMON = 0.5
ENCODINGS = ("utf-8", "cp932", "gbk", "utf-16", "latin-1")
CANDIDATES = (
    *("cp932", "euc_jp", "gbk", "big5", "cp949", "cp1252", "cp1250", "cp1251"),
    *("koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
)
LATIN = {
    "éèêëàâçîïôûùüœæ": "cp1252",
    "äöüß": "cp1252",
    "áéíóúñü": "cp1252",
    "ãõáâàéêíóôúç": "cp1252",
    "àèéìòù": "cp1252",
    "æøåäöé": "cp1252",
    "ğışöüçİ": "cp1254",
    "áéíóúýþæðö": "cp1252",
    "áčďéěíňóřšťúůýž": "cp1250",
    "ąćęłńóśźż": "cp1250",
    "áéíóöőúüű": "cp1250",
    "áäčďéíĺľňóôŕšťúýž": "cp1250",
    "čćđšž": "cp1250",
    "ăâîşţ": "cp1250",
    "āčēģīķļņšūž": "cp1257",
    "ąčęėįšųūž": "cp1257",
}
"""The letters with marks of languages that use the same bytes for different ones."""
OF_TWO_BYTES = ("cp932", "euc_jp", "gbk", "big5", "cp949")
WIDE = ("utf-16-le", "utf-16-be")
MOSTLY_USUAL = 0.95
_USUAL = re.compile(
    "[\t\n\r -~\xa0-\u024f\u0370-\u06ff\u0900-\u097f\u0e00-\u0e7f\u1e00-\u1eff"
    "\u2010-\u205e\u20a0-\u20bf\u2100-\u22ff\u2460-\u27bf\u3000-\u30ff\u3200-\u33ff"
    "\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef\U0001f000-\U0001faff\U00020000-\U0002ebef]"
)
"""Characters of the languages that tables are written in."""
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f]")
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

    A byte order mark decides; then UTF-16's bytes of 0; then, from the first piece of
    the file that is not ASCII alone, a strict decoding as UTF-8; then
    charset-normalizer, on the lines that are not ASCII. cp932 (Japanese) and GBK
    (Chinese) share most of their bytes: whichever makes more of them common characters
    is taken. Where little text leaves it open, or it is one with a byte for each
    letter, which differ in few, it is the `usual` one, if it can be. Raises `DataError`
    where no encoding makes words of the bytes.

    >>> import io
    >>> find_encoding(io.BytesIO("品種,がく\\n".encode("cp932")), "my.csv")
    'cp932'
    >>> find_encoding(io.BytesIO("种类,长度\\n".encode("gbk")), "my.csv")
    'gbk'
    >>> find_encoding(io.BytesIO("имя,возраст\\n".encode("cp1251")), "my.csv")
    'cp1251'
    """
    piece = file.read(SAMPLE)
    for mark, encoding in BOMS.items():
        if piece.startswith(mark):
            return encoding
    if wide := wide_encoding(piece[:BEGINNING]):
        return wide
    while piece.isascii():
        piece = file.read(SAMPLE)
        if not piece:
            return "utf-8"
    if _decoded(piece, "utf-8") is not None:
        return "utf-8"
    shares = {"cp932": _common_japanese(piece), "gbk": _common_chinese(piece)}
    if usual and shares.get(usual, 0) >= max(MOSTLY_COMMON, *shares.values()):
        return usual
    found = _by_looks(piece, shares)
    is_open = not found or not {found, usual} & {*OF_TWO_BYTES, "utf-16"}
    if usual and is_open and _decoded(piece, usual) is not None:
        return usual
    if not found:
        raise DataError(
            f"{name}: its text is not UTF-8, nor in another encoding that is known by "
            "its looks; say what it is: --encoding latin-1 (or encoding=), or save it "
            "as UTF-8"
        )
    return found


def wide_encoding(beginning: bytes) -> str:
    """Return which UTF-16 a file without a byte order mark is in, or nothing.

    What stands between cells and rows, and ASCII elsewhere, has a byte of 0 there, and
    all two bytes are usual characters in one order alone: of a comma the other one
    makes U+2C00, of the end of a line U+0A00.

    >>> [wide_encoding("x,名\\n1,夏\\n".encode(each)) for each in (*WIDE, "utf-8")]
    ['utf-16-le', 'utf-16-be', '']
    """
    texts = {encoding: _decoded(beginning, encoding) or "" for encoding in WIDE}
    found = max(WIDE, key=lambda encoding: _usual_share(texts[encoding]))
    lines = texts[found].count("\n") + texts[found].count("\r")
    if not lines or _usual_share(texts[found]) < MOSTLY_USUAL:
        return ""
    # A few bytes of 0 in text of another encoding are damage.
    others = beginning.count(b"\n") + beginning.count(b"\r") - lines
    rest = beginning.replace(b"\0", b"")
    is_text = _decoded(rest, "utf-8") is not None and not _CONTROL.search(rest)
    return "" if is_text and others > lines else found


def _usual_share(text: str) -> float:
    return len(_USUAL.findall(text)) / max(1, len(text))


def _by_looks(piece: bytes, shares: Mapping[str, float]) -> str:
    """Return the encoding that makes words of the bytes, or nothing."""
    if not re.search(rb"[\x80-\xff]{2}", piece):
        # Letters with marks stand alone among plain ones; those of others do not.
        return _latin(piece)
    found = _likely(piece, shares)
    if found and found[0] in LATIN.values():
        return _latin(piece)
    likely = max(set(found) & set(shares), key=lambda name: shares[name], default="")
    is_common = bool(likely) and shares[likely] >= MOSTLY_COMMON
    return likely if is_common else found[0] if found else ""


def _likely(piece: bytes, shares: Mapping[str, float]) -> list[str]:
    """Return the encodings that make words of a text's lines, all equally well."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        # As where an exported program is used.
        return [encoding for encoding, share in shares.items() if share >= HALF_COMMON]
    lines = [line for line in piece.split(b"\n") if not line.isascii()]
    text = b"\n".join(lines)[:MOST_BYTES]
    candidates = list(CANDIDATES)
    if _common_korean(text) < HALF_COMMON:
        # Short words of kanji make rare syllables, which nothing else tells.
        candidates.remove("cp949")
    matches = from_bytes(text, cp_isolation=candidates, threshold=MOST_CHAOS)
    best = min((match.chaos for match in matches), default=0.0)
    return [m.encoding for m in matches if m.chaos <= best + SAME_CHAOS]


def _latin(piece: bytes) -> str:
    """Return the Latin encoding in which most letters are those of one language."""
    counts: dict[str, int] = {}
    for letters, encoding in LATIN.items():
        text = piece.decode(encoding, "replace")
        is_whole = "\ufffd" not in text
        counts[letters] = is_whole * sum(c in letters for c in text + text.lower())
    return LATIN[max(counts, key=lambda letters: counts[letters])]


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


def _common_korean(piece: bytes) -> float:
    """Return the share of what KS X 1001 has: not of syllables that few words have."""
    text = _decoded(piece, "cp949")
    found = [character.encode("cp949") for character in _not_ascii(text)]
    common = [c for c in found if min(c) >= 0xA1]
    return len(common) / max(1, len(found))


def _not_ascii(text: str | None) -> list[str]:
    return [character for character in text or "" if not character.isascii()]
