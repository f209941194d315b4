"""Output for a screen or a file whose encoding lacks some characters.

What is redirected on Windows has the encoding of the place: cp932 in Japan, GBK in
China. Neither has the bars of a chart, and ASCII has next to nothing.
"""

import codecs
import io
import sys

HANDLER = "kobai.standins"

STANDINS = {
    **dict.fromkeys("█▉▊▋▌", "#"),
    **dict.fromkeys("▍▎▏", "."),
    **dict.fromkeys("–—‐‑−─", "-"),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("“”„", '"'),
    **{"•": "*", "·": ".", "∙": "."},
    **{"×": "x", "÷": "/", "≤": "<=", "≥": ">=", "≈": "~", "≠": "!=", "∞": "inf"},
    **{"→": "->", "←": "<-", "↑": "^", "↓": "v", "⇒": "=>", "✓": "v", "✗": "x"},
    **{"∂": "d", "∇": "grad", "√": "sqrt", "Σ": "sum", "∈": "in", "°": " degrees"},
    **{"░": ".", "▒": ":", "▓": "#", "▀": "#", "▄": "#", "μ": "u"},
}


def use_standins() -> None:
    """Have the output write something readable for each character that it lacks."""
    codecs.register_error(HANDLER, _replaced)
    for stream in (sys.stdout, sys.stderr):
        # A notebook's streams are none that could fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def can_write(text: str) -> bool:
    """Return whether standard output has all the characters of a text."""
    return _has(getattr(sys.stdout, "encoding", None) or "utf-8", text)


def writable(text: str) -> str:
    """Return a text in characters that standard output has, with stand-ins."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if _has(encoding, text):
        return text
    return "".join(c if _has(encoding, c) else standin(c, encoding) for c in text)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(standin(each, error.encoding) for each in lacking), error.end


def standin(char: str, encoding: str) -> str:
    """Return what an encoding can write instead of a character.

    A likeness if there is one, the letter without its accent, or else the number that
    Python writes; a byte of a file's name that is no text is that byte's number.

    >>> "".join(standin(char, "ascii") for char in "█▎×…é²日")
    '#.x...e2\\\\u65e5'
    >>> standin(b"\\xff".decode("utf-8", "surrogateescape"), "ascii")
    '\\\\xff'
    """
    # Only what is lacking needs the names of characters.
    from unicodedata import category, name, normalize

    parts = normalize("NFKD", char)
    plain = "".join(part for part in parts if category(part) != "Mn")
    for each in (STANDINS.get(char, ""), _box(name(char, "")), plain):
        if each and _has(encoding, each):
            return each
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("ascii", "backslashreplace").decode()


def _box(name: str) -> str:
    """Return a line of a box by its name: upright, level, or where two meet."""
    if not name.startswith("BOX DRAWINGS"):
        return ""
    level, upright = "HORIZONTAL" in name, "VERTICAL" in name
    return "-" if level and not upright else "|" if upright and not level else "+"


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
