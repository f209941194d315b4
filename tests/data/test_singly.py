"""A cell alone is read in plain Python as Polars reads it among its column."""

import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kobai.data.tables.cells import raw_numbers
from kobai.data.tables.columns import Columns, Feature, Target
from kobai.data.tables.reading.compounds import STYLES
from kobai.data.tables.reading.dates import FORMS, PARTS
from kobai.data.tables.reading.missing import AMONG_NUMBERS, MISSING
from kobai.data.tables.reading.numerals import Numerals
from kobai.data.tables.reading.reading import TYPED, Reading
from kobai.errors import DataError
from kobai.formats.records import raw_of

MARKS = [
    (".", ","),
    (".", ""),
    (",", "."),
    (",", ""),
    (",.", ""),
    (".", " "),
    (",", "'"),
]
AFTER = [None, {"kg": 1.0}, {"%": 1.0}, {"K": 1e3, "M": 1e6, "": 1.0}, {"m^2": 1.0}]
NUMERALS = st.builds(
    lambda marks, before, after, style: Numerals(*marks, before, after, style),
    st.sampled_from(MARKS),
    st.sampled_from(["", "$", "US$", "kr."]),
    st.sampled_from(AFTER),
    st.sampled_from(["", "", *STYLES]),
)
READINGS = st.builds(
    Reading,
    NUMERALS,
    st.sampled_from(["", TYPED, *FORMS]),
    st.sampled_from(list(PARTS)),
    st.sampled_from([(), ("-999",), ("ni", "9999", "-1.5")]),
)
PIECES = st.sampled_from(
    [
        *"0123456789.,'()+-eE $%kgKM/:T年月日",
        *("12", "2024", "1,234", "1.234", "1 234", "US$", "kr.", "m^2", "-999", "31"),
        *(
            "−",
            "△",
            "－",
            "（",
            "１２",
            "．",
            "\u3000",
            "\xa0",
            "’",
            "\x85",
            "٣",
            "\x1c",
        ),
        *("~", " to ", "～", " bis ", "以上", "'", "″", " ft ", "in", "@ ", "[2]", "±"),
        *("Jan", "Sept.", "März", "of", "pm", "a.m.", "Q", "UTC", "Mon ", "時", "\n"),
    ]
)
DATES = st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(2200, 1, 1)).flatmap(
    lambda date: st.sampled_from(
        [
            date.isoformat(),
            f"{date.day}.{date.month}.{date.year:04} {date:%H:%M}",
            f"{date.month}/{date.day}/{date.year % 100:02}",
            f"{date.day} {date:%B} {date.year:04}",
            f"{date:%b} {date.day}, {date.year:04}",
            f"{date.year:04}年{date.month}月{date.day}日",
            f"{date.year:04}{date:%m%d}",
            f"{date.year:04}-{date.month}",
            f"Q{1 + date.month // 4} {date.year:04}",
            f"{date:%I:%M %p}",
        ]
    )
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=7).map("".join),
    st.floats(-1e9, 1e9).map(lambda number: f"{number:,.2f}"),
    st.sampled_from([*AMONG_NUMBERS, *MISSING, "NAN", "+nan", "inf", "Ｎ／Ａ"]),
    DATES,
)


def alone(reading, cell):
    """Return what a record with one cell comes to, or what is wrong with it."""
    columns = Columns((Feature("a", reading=reading),), Target(("t",), ("x", "y")))
    try:
        return raw_of(columns, [{"a": cell}])[0][0]
    except DataError:
        return "refused"


def among(reading, cells):
    """Return the same for the cells of a column of Polars."""
    try:
        (found,) = raw_numbers(cells, "a", reading)
    except DataError:
        return "refused"
    return found if abs(found) <= 1e30 or found != found else "refused"


@settings(max_examples=600, deadline=None)
@given(READINGS, TEXTS)
@example(Reading(Numerals(before="$")), "($5")
@example(Reading(Numerals(",", ".")), "1.5")
@example(Reading(Numerals(after={"K": 1e3}, style="range")), "900-1.2K")
@example(Reading(Numerals(style="range")), "-5")
@example(Reading(Numerals(style="feet")), "5' 12\"")
@example(Reading(date="day-month-year", part="date"), "30/02/2024")
@example(Reading(date="month year", part="month"), "Brot 2024")
def test_text_is_the_same_alone_and_in_a_column(reading, text):
    expected = among(reading, pl.Series([text], dtype=pl.String))
    np.testing.assert_equal(alone(reading, text), expected)


@settings(max_examples=200, deadline=None)
@given(
    READINGS, st.one_of(st.booleans(), st.integers(-999, 2**60), st.floats(-1e9, 1e9))
)
def test_numbers_by_their_type_are_themselves(reading, number):
    expected = among(reading, pl.Series([number]))
    if not reading.date:
        assert expected == number or number in reading.codes
        np.testing.assert_equal(alone(reading, number), expected)
    elif isinstance(number, int) and not isinstance(number, bool):
        np.testing.assert_equal(alone(reading, number), expected)


# Later microseconds since 1970 are no exact float64.
NEAR = datetime.datetime(1900, 1, 1), datetime.datetime(2200, 1, 1)


@settings(max_examples=200, deadline=None)
@given(
    READINGS,
    st.one_of(
        st.datetimes(*NEAR),
        st.dates(),
        st.times(),
        st.datetimes(*NEAR, timezones=st.just(datetime.UTC)),
        st.timedeltas(datetime.timedelta(-9999), datetime.timedelta(9999)),
    ),
)
def test_dates_by_their_type(reading, cell):
    if isinstance(cell, datetime.timedelta) and reading.date:
        return
    expected = among(reading, pl.Series([cell]))
    np.testing.assert_equal(alone(reading, cell), expected)


@pytest.mark.parametrize("unit", ["D", "s", "ms", "us"])
def test_dates_of_numpy(unit):
    cell = np.datetime64("2024-02-29", unit)
    reading = Reading(date=TYPED, part="date")
    assert alone(reading, cell) == among(
        reading, pl.Series([datetime.date(2024, 2, 29)])
    )
    assert np.isnan(alone(reading, np.datetime64("NaT")))


FORMED = {
    "year-month-day": [
        *("2024-02-29", "Thu 2024/2/9, 13:05:06.5", "2024.1.31T00:00:00Z"),
        *(
            "2024/2/9 午後 1:05:06",
            "2024/2/9 1:05:06 午後 GMT+9",
            "2024. 2. 9. 오전 12:05",
        ),
    ],
    "yearmonthday": ["20240229", "20241301", "20240230"],
    "day-month-year": ["29.2.2024", "29/02/23", "1-1-69 0:30"],
    "month-day-year": ["2/29/2024", "12/31/68 11:59 pm"],
    "day month year": [
        "1st of 2024",
        "29 feb. 2024",
        "3. März 2024",
        "3 de mayo de 2024",
    ],
    "month day, year": ["February 29th, 2024", "Sept 3, 24 12:00 a.m.", "Foo 3, 2024"],
    "year month day": ["2024-Okt-3", "2024 juil 14"],
    "年月日": [
        *("2024年2月29日", "2024年2月", "２０２４年２月３日（土） 13時5分"),
        *("2024년 2월 29일 오후 3시 5분", "2024年2月29日 午前12時"),
    ],
    "year-month": ["2024-02", "2024/13"],
    "month/year": ["02/2024", "2-1999", "13/2024", "5/1200"],
    "month year": ["Feb 2024", "Dezember 2024", "Brot 2024"],
    "year month": ["2024 FEB", "2024-Dezember", "2024 Brot"],
    "year-quarter": ["2024Q3", "2024-q4"],
    "quarter-year": ["Q3 2024"],
    "era 年月日": [
        "令和元年5月1日",
        "㍼64年１月７日（土） 13時5分",
        "民國112年2月29日",
    ],
    "era year-month-day": ["R5.4.1", "Ｈ３１／４／３０ 13:05", "2024-02-29", "Q5.4.1"],
    "era 年": ["令和6年度", "平成元年", "2024年"],
    "ROC year/month/day": ["112/05/03", "099/12/31 13:05", "112/02/29", "88/1/1"],
    "time of day": [
        *("13:05", "1:05:30 PM", "24:00", "25:00", "12:00 am"),
        *("午後 1:05", "오전 12:30:01", "1:05 下午"),
    ],
    "hours:minutes": ["125:30", "1:02:33", "2 days 03:04:05.5", "1:75", "0:00"],
    "minutes:seconds": ["1:43.21", "75:03,5", "1:60.0", "1:43"],
    "hours and minutes": [
        "2h 50m",
        "19 hrs",
        "5 Min.",
        "PT4M13.5S",
        "1日2時間",
        "30s",
        "P",
        "h",
    ],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_dates_and_every_part(form):
    readable = 0
    for text in FORMED[form]:
        for part in PARTS:
            reading = Reading(date=form, part=part)
            expected = among(reading, pl.Series([text]))
            np.testing.assert_equal(alone(reading, text), expected)
            readable += expected != "refused"
    assert readable >= len(PARTS)
