"""Cells read one by one, in plain Python: the twin of what Polars does with columns.

Exported programs hold these very functions, and in JavaScript the same once more. All
that was decided of a column is a rule: plain data, with the patterns of its numbers or
dates.
"""

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.foreign import is_missing, word_of
from kobai.data.tables.reading.compounds import INCHES, RANGE
from kobai.data.tables.reading.dates import FORMS, days_of, field_number
from kobai.data.tables.reading.missing import AMONG_NUMBERS, MISSING, NAN
from kobai.data.tables.reading.reading import TYPED, Reading
from kobai.data.tables.reading.tidy import BLANKS, tidied

Rule = Mapping[str, Any]

VAGUE = frozenset((*MISSING, *AMONG_NUMBERS))
EPOCH = datetime.datetime(1970, 1, 1)
DAY = datetime.timedelta(days=1)


def rule_of(reading: Reading) -> dict[str, Any]:
    """Return all that is needed to read a cell, as plain JSON.

    >>> rule_of(Reading(date="year-quarter"))["date"]
    '^(?P<year>[0-9]{4})[- /]?[Qq](?P<quarter>[1-4])$'
    """
    known = {
        "missing": list(reading.missing),
        "codes": reading.codes,
        "needed": reading.needed,
    }
    if reading.date:
        form = "year-month-day" if reading.date == TYPED else reading.date
        return {"date": FORMS[form], **known}
    if reading.places:
        return {"places": reading.places, **known}
    numerals = reading.numerals
    return {
        "number": numerals.pattern,
        "pair": numerals.pair,
        "style": numerals.style,
        "group": numerals.group,
        "decimal": numerals.decimal,
        "factors": dict(numerals.after or {}),
        **known,
    }


def text_in(cell: Any, rule: Rule) -> str:
    """Return a cell's text in usual characters, "" where it stands for a missing one.

    Raises TypeError for what has no text.

    >>> [text_in(cell, rule_of(Reading())) for cell in (" １2 ", "-", None, 7, "x")]
    ['12', '', '', '7', 'x']
    """
    text = "" if is_missing(cell) else word_of(cell).strip(BLANKS)
    neat = tidied(text)
    for word in {text, neat}:
        if word in VAGUE or word in rule["missing"] or re.fullmatch(NAN, word):
            return ""
    return neat


def number_in(cell: Any, rule: Rule) -> float | None:
    """Return the number in a cell: NaN for a missing one, None for what is none.

    >>> from kobai.data.tables.reading.numerals import Numerals
    >>> dollars = Reading(Numerals(group=",", before="$"), missing=("-999",))
    >>> [number_in(cell, rule_of(dollars)) for cell in ("$1,250.5", 3, "-999", "1.")]
    [1250.5, 3.0, nan, 1.0]
    """
    if isinstance(cell, datetime.timedelta):
        cell = cell / DAY
    is_word = isinstance(cell, str) or is_missing(cell)
    text = text_in(cell, rule)
    if not text:
        return math.nan
    # A number is itself, however a table writes those of its column.
    number = number_of(text, rule) if is_word else plain_number(cell)
    return math.nan if number in rule["codes"] else number


def plain_number(cell: Any) -> float | None:
    """Return a number that is one already."""
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None
    except OverflowError:
        return math.inf


def number_of(text: str, rule: Rule) -> float | None:
    """Return the number that a text is by the numerals of its column, None for none."""
    pair = re.fullmatch(rule["pair"], text) if rule["pair"] else None
    if pair:
        return middle_of(pair.groups(default=""), rule)
    match = re.fullmatch(rule["number"], text)
    if not match:
        return None
    opening, first, second, digits, unit, closing = match.groups(default="")
    is_bracketed = "(" in (opening, second)
    if is_bracketed != (closing == ")"):
        return None
    number = signed_number((first, second, digits, unit), rule)
    is_negative = is_bracketed or closing == "-"
    return -number if is_negative and "-" not in (first, second) else number


def signed_number(parts: Sequence[str], rule: Rule) -> float:
    """Return the number of its signs, its digits and its unit."""
    first, second, digits, unit = parts
    if rule["group"]:
        digits = digits.replace(rule["group"], "")
    if "," in rule["decimal"]:
        digits = digits.replace(",", ".", 1)
    number = float(digits) * float(rule["factors"].get(unit, 1))
    return -number if "-" in (first, second) else number


def middle_of(parts: Sequence[str], rule: Rule) -> float | None:
    """Return the middle of a range, or feet and inches as inches; None for neither.

    The low end has the unit of the high one where it has none, if it is the lower one
    then: 15-30K and 900-1.2K.
    """
    low = signed_number(parts[:4], rule)
    if rule["style"] != RANGE:
        high = float(parts[6] or 0)
        return INCHES * low + high if high < INCHES else None
    high = signed_number(parts[4:], rule)
    if not parts[3]:
        shared = low * float(rule["factors"].get(parts[7], 1))
        low = shared if shared <= high else low
    return (low + high) / 2 if low <= high else None


def moments_in(cells: Sequence[Any], rule: Rule) -> tuple[Array, list[bool]]:
    """Return the days since 1970 of cells, and which of them are there to be read.

    >>> moments_in(["1970-01-02", "", "x"], rule_of(Reading(date="year-month-day")))
    (array([ 1., nan, nan]), [True, False, True])
    """
    typed = [typed_moment(cell) for cell in cells]
    texts = [
        text_in(cell, rule) if moment is None else ""
        for cell, moment in zip(cells, typed, strict=True)
    ]
    matches = [re.fullmatch(rule["date"], text) for text in texts]
    names = re.compile(rule["date"]).groupindex
    found = days_of(
        {
            name: np.array(
                [field_number(name, m[name] if m else None) for m in matches]
            )
            for name in names
        }
    )
    known = np.array([np.nan if moment is None else moment for moment in typed])
    return np.where(np.isnan(known), found, known), list(map(bool, texts))


def typed_moment(cell: Any) -> float | None:
    """Return the days since 1970 of what is a date or a time by its type, or None.

    >>> typed_moment(datetime.date(1970, 1, 3)), typed_moment(datetime.time(6))
    (2.0, 0.25)
    """
    if is_missing(cell):
        return None
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[us]").item()
    if isinstance(cell, datetime.time):
        cell = datetime.datetime.combine(EPOCH, cell)
    elif isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime):
        cell = datetime.datetime.combine(cell, datetime.time())
    if not isinstance(cell, datetime.datetime):
        return None
    return (cell.replace(tzinfo=None) - EPOCH) / DAY
