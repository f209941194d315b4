"""The text of cells, in one way where it can be written in several."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kobai.data.tables.reading.missing import MISSING

if TYPE_CHECKING:
    import polars as pl

BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What may stand around a cell: Unicode's white space, which languages differ about."""
_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
_SPACES = "".join(blank for blank in BLANKS if blank > "\x85")
# Accounts and statistics in Japan write △1,234 and ▲1,234 for -1,234.
_MINUS_SIGNS = "\u2010\u2011\u2012\u2013\u2212\ufe63△▲"
_APOSTROPHES = "\u2019\u02bc"
UNUSUAL = _WIDE + _SPACES + _MINUS_SIGNS + _APOSTROPHES
USUAL = (
    "".join(chr(ord(wide) - 0xFEE0) for wide in _WIDE)
    + " " * len(_SPACES)
    + "-" * len(_MINUS_SIGNS)
    + "'" * len(_APOSTROPHES)
)
"""Characters, and what they mean in a number or a date, one below the other."""
USUAL_FOR = str.maketrans(UNUSUAL, USUAL)
_LEAD = "((?:^|[^0-9.,])[0-9]+)"
TOGETHER = (
    ("([億亿억万萬만] ?[0-9]),([0-9]{3})", ""),
    *(
        (f"{_LEAD}[億亿억] ?([0-9]{{{4 - zeros}}}[万萬만])", "0" * zeros)
        for zeros in range(4)
    ),
    (f"{_LEAD}[万萬만] ?([0-9]{{4}}(?:[^0-9.,]|$))", ""),
    (f"{_LEAD}[万萬만] ?([0-9]{{3}}(?:[^0-9.,]|$))", "0"),
    (f"{_LEAD}[万萬만]([0-9][千천])", ""),
)
"""Where several powers of 10,000 make one number, as in 1億2000万: what stands before
one of them, and behind it, and the zeros between them when it is left out: 12000万."""
_ARE_TOGETHER = "[億亿억万萬만] ?[0-9]"
FULL_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "ja", "oui"), "true"),
    **dict.fromkeys(("false", "no", "nein", "non"), "false"),
}
BOOLEANS = {
    **FULL_BOOLEANS,
    **dict.fromkeys(("t", "y", "1", "1.0"), "true"),
    **dict.fromkeys(("f", "n", "0", "0.0"), "false"),
}
"""What means yes, and what means no, in a column that has nothing else."""
_STYLES = ("", "\ufe0f")
TICKS = {
    mark + style: meaning
    for meaning, marks in {"true": "✓✔☑✅○〇◯●", "false": "×✕✖✗✘❌☐"}.items()
    for mark in marks
    for style in _STYLES
}
"""Signs that mean it; as an empty one beside ●, ○ means no."""
BLANK = "(blank)"
"""The name of what is not ticked, where a column has one tick mark and blanks."""


def meanings(words: Iterable[str]) -> dict[str, str]:
    """Return which words mean "true" and which "false", where they say yes and no.

    At least one of them does so in full, or is a sign. Others are none: {}.

    >>> meanings(["Y", "no"]), meanings(["Y", "N"]), meanings(["no", "A"])
    ({'Y': 'true', 'no': 'false'}, {}, {})
    >>> meanings(["○", "×"]), meanings(["○", "●"]), meanings(["○", "△", "×"])
    ({'○': 'true', '×': 'false'}, {'○': 'false', '●': 'true'}, {})
    """
    found = {word: word.lower() for word in words}
    is_full = any(word in FULL_BOOLEANS or word in TICKS for word in found.values())
    known = {**BOOLEANS, **TICKS, BLANK: "false"}
    if "●" in found:
        known |= dict.fromkeys("○〇◯", "false")
    if not is_full or not known.keys() >= set(found.values()):
        return {}
    return {word: known[lower] for word, lower in found.items()}


def words(cells: "pl.Series") -> "pl.Series":
    """Return cells as text without space around it: null where they are missing.

    >>> import polars as pl
    >>> words(pl.Series(["a ", "?", None, "NA"])).to_list()
    ['a', None, None, None]
    """
    import polars as pl

    text = pl.first().cast(pl.String).str.strip_chars(BLANKS)
    frame = cells.to_frame()
    found = pl.when(text.is_in(MISSING)).then(None).otherwise(text)
    return frame.select(found.alias(cells.name)).to_series()


def tidy(text: "pl.Series") -> "pl.Series":
    """Return text in the characters that numbers and dates are usually written in.

    >>> import polars as pl
    >>> tidy(pl.Series(["１，２３４．５", "−5", "12\\u00a0345"])).to_list()
    ['1,234.5', '-5', '12 345']
    >>> tidy(pl.Series(["1億2,800万円", "1万500円", "9800円"])).to_list()
    ['12800万円', '10500円', '9800円']
    """
    import polars as pl

    every = pl.first().str
    if text.to_frame().select((every.len_bytes() == every.len_chars()).all()).item():
        return text
    text = text.str.replace_many(list(UNUSUAL), list(USUAL)).str.strip_chars(BLANKS)
    if not text.str.contains(_ARE_TOGETHER).any():
        return text
    for pattern, zeros in TOGETHER:
        text = text.str.replace_all(pattern, f"${{1}}{zeros}${{2}}")
    return text


def tidied(word: str) -> str:
    """Return one word so.

    >>> tidied("４２"), tidied("3亿50万")
    ('42', '30050万')
    """
    if word.isascii():
        return word
    word = word.translate(USUAL_FOR).strip(BLANKS)
    if not re.search(_ARE_TOGETHER, word):
        return word
    for pattern, zeros in TOGETHER:
        word = re.sub(pattern, rf"\g<1>{zeros}\g<2>", word)
    return word
