"""Dates and times as people write them, and the numbers that are made of them."""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.reading.tidy import tidy

if TYPE_CHECKING:
    import polars as pl

MONTHS = (
    ("jan", "ene", "gen"),
    ("feb", "fév", "fev"),
    ("mar", "mär", "mrz"),
    ("apr", "abr", "avr"),
    ("may", "mai", "mag"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "ago", "aoû", "aou"),
    ("sep", "set"),
    ("oct", "okt", "out", "ott"),
    ("nov",),
    ("dec", "dez", "dic", "déc"),
)
"""How the names of the months begin, in several languages."""

ERAS = {
    **dict.fromkeys(("明治", "㍾", "M"), 1867),
    **dict.fromkeys(("大正", "㍽", "T"), 1911),
    **dict.fromkeys(("昭和", "㍼", "S"), 1925),
    **dict.fromkeys(("平成", "㍻", "H"), 1988),
    **dict.fromkeys(("令和", "㋿", "R"), 2018),
    **dict.fromkeys(("中華民國", "中华民国", "民國", "民国"), 1911),
}
"""The year before the first of each era: Heisei 31 is 1988 + 31 = 2019.

A year counts on where the next era has begun already, as it does on forms that were
printed before: Heisei 33 is 2021.
"""

_Y, _YY = r"(?P<year>\d{4})", r"(?P<year>\d{4}|\d{2})"
_M, _D = r"(?P<month>1[0-2]|0?[1-9])", r"(?P<day>[12]\d|3[01]|0?[1-9])"
_NAME = r"(?P<name>[A-Za-zÀ-ÿ]{3,10})\.?"
_WEEKDAY = r"(?:[A-Za-zÀ-ÿ]{2,10}\.?,? )?"
_HALF = "午前|午後|上午|下午|오전|오후"
_FIRST = rf"(?:(?P<half_first>{_HALF}) ?)?"
_CLOCK = (
    rf"{_FIRST}(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})"
    r"(?::(?P<second>\d{2}(?:[.,]\d+)?))?"
    rf"(?: ?(?P<half>[AaPp]\.?[Mm]\.?|{_HALF}))?"
)
_ZONE = r"(?: ?(?:Z|(?:UTC|GMT)?[+-]\d\d?(?::?\d\d)?|UTC|GMT))?"
_TIME = rf"(?:(?:T|,? |[-:]){_CLOCK}{_ZONE})?"
_IN_KANJI = (
    rf"(?: ?{_FIRST}(?P<hour>\d{{1,2}})[:時时点시] ?(?:(?P<minute>\d{{1,2}})[分분]?)?"
    r"(?::\d{2}| ?\d{1,2}[秒초])?)?"
)
_WEEKDAY_SIGN = r"(?: ?\(?[月火水木金土日월화수목금토일]\)?)?"
_KANJI_DAY = rf"(?: ?{_D}[日일])?{_WEEKDAY_SIGN}{_IN_KANJI}"
_ERA = rf"(?P<era>{'|'.join(ERAS)})\.? ?(?P<of_era>\d{{1,3}}|元)"

_FORMS = {
    "year-month-day": (
        rf"^{_WEEKDAY}{_Y} ?[-/. ] ?{_M} ?[-/. ] ?{_D}\.?"
        rf"{_WEEKDAY_SIGN}{_TIME}$"
    ),
    "yearmonthday": (
        r"^(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])$"
    ),
    "day-month-year": rf"^{_WEEKDAY}{_D} ?[-/. ] ?{_M} ?[-/. ] ?{_YY}{_TIME}$",
    "month-day-year": rf"^{_WEEKDAY}{_M} ?[-/. ] ?{_D} ?[-/. ] ?{_YY}{_TIME}$",
    "day month year": (
        rf"^{_WEEKDAY}{_D}(?:st|nd|rd|th|\.)?[- ./]*(?:de )?{_NAME}[- ./,]*(?:de )?"
        rf"{_YY}{_TIME}$"
    ),
    "month day, year": (
        rf"^{_WEEKDAY}{_NAME}[- ./]*{_D}(?:st|nd|rd|th)?[- ./,]+{_YY}{_TIME}$"
    ),
    "year month day": rf"^{_Y}[- ./]*{_NAME}[- ./]*{_D}{_TIME}$",
    "年月日": rf"^{_Y}[年년] ?{_M}[月월]{_KANJI_DAY}$",
    "year-month": rf"^{_Y}[-/.]{_M}$",
    "month/year": rf"^{_M}[-/](?P<year>(?:19|20)\d\d)$",
    "month year": rf"^{_NAME}[- ./,]*{_Y}$",
    "year month": rf"^{_Y}[- ./,]*{_NAME}$",
    "year-quarter": r"^(?P<year>\d{4})[- /]?[Qq](?P<quarter>[1-4])$",
    "quarter-year": r"^[Qq](?P<quarter>[1-4])[- /]?(?P<year>\d{4})$",
    "time of day": rf"^{_CLOCK}$",
    "hours:minutes": (
        r"^(?:(?P<days>\d+) days?,? )?(?P<hours>\d{1,4}):(?P<minute>[0-5]\d)"
        r"(?::(?P<second>[0-5]\d(?:[.,]\d+)?))?$"
    ),
    "minutes:seconds": r"^(?P<minute>\d{1,3}):(?P<second>[0-5]\d[.,]\d+)$",
    "hours and minutes": (
        r"^P?(?:(?P<days>\d+) ?(?:[dD]|days?|日|天|일) ?)?T?"
        r"(?:(?P<hours>\d+) ?(?:[hH]|hrs?|hours?|Std\.?|時間|小时|小時|시간),? ?)?"
        r"(?:(?P<minute>\d+) ?(?:[mM]|mins?|minutes?|Min\.?|分|分钟|分鐘|분),? ?)?"
        r"(?:(?P<second>\d+(?:[.,]\d+)?) ?(?:[sS]|secs?|seconds?|Sek\.?|秒|초))?$"
    ),
    # Those that are written without an era may stand among them.
    "era 年月日": rf"^(?:{_ERA}|{_Y})年 ?{_M}月{_KANJI_DAY}$",
    "era year-month-day": rf"^(?:{_ERA}|{_Y})[-/.]{_M}[-/.]{_D}{_TIME}$",
    "era 年": rf"^{_ERA}年度?$",
    # Three digits: with two, 88/05/03 may as well be of 1988.
    "ROC year/month/day": rf"^(?P<roc>[01]\d\d)/{_M}/{_D}{_TIME}$",
}
FORMS = {
    # Python and Rust have digits of all scripts, JavaScript those of ASCII.
    name: pattern.replace(r"\d", "[0-9]")
    for name, pattern in _FORMS.items()
}
"""How a column may write dates; the names of the groups say what stands where.

They mean the same in Python, in Rust, and in JavaScript, where it is (?<name>…).
"""
DURATIONS = ("hours:minutes", "minutes:seconds", "hours and minutes")
"""Those of them that are how long something took, of any number of hours."""
SEVERAL = r"\d[^\d.,]+\d"
"""What durations have that are no numbers with a unit, such as 90 min."""
AFTERNOON = ("p", "P", "午後", "下午", "오후")
CENTURY = 69
"""Years of two digits from here on are those of the last century, as in POSIX."""


def moments(text: "pl.Series", form: str) -> Array:
    """Return days since 1970 and parts of them: NaN where a word is no such date.

    Times are taken as they stand, whatever their zone.

    >>> import polars as pl
    >>> moments(pl.Series(["3.1.1970 12:00", "30/02/2024"]), "day-month-year")
    array([2.5, nan])
    """
    import polars as pl

    parts = tidy(text).str.extract_groups(FORMS[form]).struct
    found = {}
    for name in parts.fields:
        words = parts.field(name)
        if name in ("name", "half", "half_first", "era", "of_era", "roc"):
            known = {word: field_number(name, word) for word in words.unique()}
            numbers = words.replace_strict(known, return_dtype=pl.Float64)
        else:
            numbers = words.str.replace(",", ".", literal=True).cast(pl.Float64)
        found[name] = numbers.to_numpy()
    return days_of(found)


def are_dates(text: "pl.Series", form: str) -> "pl.Series":
    """Tell of each word whether it is a date in a form, of a day that there is.

    >>> import polars as pl
    >>> are_dates(pl.Series(["Mar 2024", "SKU 2024"]), "month year").to_list()
    [True, False]
    """
    fits = text.str.contains(FORMS[form])
    if fits.any():
        fits[fits.arg_true()] = ~np.isnan(moments(text.filter(fits), form))
    return fits


def field_number(name: str, text: str | None) -> float:
    """Return the number that a part of a date stands for, NaN for none.

    >>> field_number("name", "Sept"), field_number("day", "7"), field_number("day", "")
    (9.0, 7.0, nan)
    >>> field_number("era", "令和"), field_number("of_era", "元")
    (2018.0, 1.0)
    >>> field_number("roc", "112")
    2023.0
    """
    if not text:
        return math.nan
    if name == "name":
        return month_number(text)
    if name == "era":
        return float(ERAS[text])
    if name == "roc":
        return float(ERAS["民國"] + int(text))
    if text == "元":
        return 1.0
    if name in ("half", "half_first"):
        return 12.0 if text.startswith(AFTERNOON) else 0.0
    return float(text.replace(",", "."))


def month_number(name: str) -> float:
    """Return the number of a month, NaN for what is none."""
    lower = name.lower()
    for length in (4, 3):
        for number, beginnings in enumerate(MONTHS, start=1):
            if lower[:length] in beginnings:
                return float(number)
    return math.nan


def days_of(found: Mapping[str, Array]) -> Array:
    """Return days since 1970 for the numbers `(n,)` that stand in dates, by their part.

    NaN is what a date lacks; a day that no calendar has becomes NaN.
    """

    def field(name: str, otherwise: float) -> Array:
        numbers = found.get(name, np.array(np.nan))
        return np.where(np.isnan(numbers), otherwise, numbers)

    year = field("year", 1970)
    year = np.where(year < 100, year + np.where(year < CENTURY, 2000, 1900), year)
    if "era" in found:
        year = np.where(np.isnan(found["era"]), year, found["era"] + found["of_era"])
    year = found.get("roc", year)
    month = 3 * field("quarter", 1) - 2 if "quarter" in found else field("month", 1)
    month = found.get("name", month)
    hour = field("hour", 0)
    half = np.maximum(field("half", -1), field("half_first", -1))
    hour = np.where(half < 0, hour, hour % 12 + half)
    clock = hour / 24 + field("minute", 0) / 1440 + field("second", 0) / 86400
    whole = _days(year, month, field("day", 1)) + field("days", 0)
    named = [name for name in ("year", "era", "roc") if name in found]
    # What has no year is a clock, or how long something took.
    known = [found[name] for name in named] or list(found.values())
    is_there = ~np.isnan(known).all(axis=0)
    moment = whole + field("hours", 0) / 24 + clock
    return np.where(is_there & (clock < 1 + 1e-9), moment, np.nan)


def _days(year: Array, month: Array, day: Array) -> Array:
    """Return days since 1970-01-01, NaN where the calendar has no such day."""
    is_right = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1)
    months = np.where(is_right, (year - 1970) * 12 + month - 1, 0).astype(np.int64)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (
        (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    )
    is_right &= day <= after - first
    return np.where(is_right, first + day - 1, np.nan)


def _weekday(moment: Array) -> Array:
    # 1970-01-01 was a Thursday; Monday is 0.
    return (np.floor(moment) + 3) % 7


def _calendar(moment: Array) -> tuple[Array, Array, Array, Array]:
    """Return year, month, day of the month, and day of the year from 0."""
    days = np.where(np.isnan(moment), 0, np.floor(moment)).astype("datetime64[D]")
    years, months = days.astype("datetime64[Y]"), days.astype("datetime64[M]")
    return (
        years.astype(np.int64) + 1970,
        months.astype(np.int64) % 12 + 1,
        (days - months).astype(np.int64) + 1,
        (days - years).astype(np.int64),
    )


def _cycle(wave: Any, turns: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda moment: wave(2 * np.pi * turns(moment))


def _of_year(moment: Array) -> Array:
    return _calendar(moment)[3] / 365.25


def _of_week(moment: Array) -> Array:
    return _weekday(moment) / 7


def _of_day(moment: Array) -> Array:
    return moment - np.floor(moment)


PARTS: dict[str, Callable[[Array], Array]] = {
    "date": lambda moment: moment,
    "hours": lambda moment: 24 * moment,
    "year": lambda moment: _calendar(moment)[0],
    "month": lambda moment: _calendar(moment)[1],
    "day": lambda moment: _calendar(moment)[2],
    "weekday": _weekday,
    "hour": lambda moment: 24 * _of_day(moment),
    "season, sine": _cycle(np.sin, _of_year),
    "season, cosine": _cycle(np.cos, _of_year),
    "week, sine": _cycle(np.sin, _of_week),
    "week, cosine": _cycle(np.cos, _of_week),
    "clock, sine": _cycle(np.sin, _of_day),
    "clock, cosine": _cycle(np.cos, _of_day),
}
"""The numbers that are made of a date, each of days since 1970.

What returns, a season, a weekday or an hour, is told by the sine and the cosine of an
angle as well, which have no jump where it begins anew.
"""
CLOCK = ("hour", "clock, sine", "clock, cosine")
LENGTH = ("hours",)


def parts_of(form: str) -> tuple[str, ...]:
    """Return what is made of dates in a form, or of dates by their type.

    >>> parts_of("time of day"), parts_of("hours:minutes")
    (('hour', 'clock, sine', 'clock, cosine'), ('hours',))
    """
    if form == "time of day":
        return CLOCK
    if form in DURATIONS:
        return LENGTH
    # Some have no clock.
    is_timed = "<hour>" in FORMS.get(form, "<hour>")
    others = LENGTH if is_timed else (*LENGTH, *CLOCK)
    return tuple(name for name in PARTS if name not in others)


def part(moment: Array, name: str) -> Array:
    """Return one of `PARTS` of moments, NaN where a moment is.

    >>> part(np.array([0.75]), "hour"), part(np.array([0.0]), "weekday")
    (array([18.]), array([3.]))
    """
    return np.where(np.isnan(moment), np.nan, PARTS[name](moment)).astype(np.float64)
