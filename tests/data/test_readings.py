"""How columns are read: numbers, dates and missing values as people write them."""

import datetime
import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kobai
from kobai.data import load_table
from kobai.data.tables import survey as surveying
from kobai.data.tables.columns import Columns
from kobai.data.tables.frames import Writes, open_table, polars_frame
from kobai.data.tables.new_rows import codes, targets
from kobai.errors import DataError

ROWS = 60
VALUES = [round(17.25 + i * i * 3.375 + i / 8, 3) for i in range(ROWS)]
LARGE = [1000 * round(value) + i for i, value in enumerate(VALUES)]


def columns_of(cells, target=None, **options):
    target = target or [["a", "b"][i % 2] for i in range(len(cells))]
    return load_table(pl.DataFrame({"x": cells, "t": target}), "t", **options)


def read(data, cells):
    """Return the numbers that the columns fitted to some data read in new cells."""
    return read_part(data, cells, "x")


@pytest.mark.parametrize(
    "write",
    [
        lambda s: f"{s // 3600}:{s // 60 % 60:02}:{s % 60:02}",
        lambda s: f"{s // 3600}h {s // 60 % 60}m {s % 60}s",
        lambda s: f"{s}s" if s < 9_000 else f"{s // 3600} hrs {s % 3600} s",
        lambda s: f"PT{s // 3600}H{s // 60 % 60}M{s % 60}S",
        lambda s: f"{s // 3600}時間{s // 60 % 60}分{s % 60}秒",
        lambda s: str(datetime.timedelta(seconds=s)),
    ],
)
def test_durations_are_hours_however_many(write):
    seconds = [977 * i + 5 * i * i for i in range(1, 241)]
    data = columns_of(list(map(write, seconds)))
    assert data.columns.names == ("x (hours)",)
    alone = [read_part(data, [write(s)], "x (hours)")[0] for s in (5, 90_000, 400_007)]
    np.testing.assert_allclose(alone, np.array([5, 90_000, 400_007]) / 3600)


def test_laps_are_minutes_and_seconds_with_a_fraction():
    cells = [f"{i % 90}:{i * 7 % 60:02}.{i % 100:02}" for i in range(200)]
    wanted = [i % 90 * 60 + i * 7 % 60 + i % 100 / 100 for i in range(200)]
    hours = read_part(columns_of(cells), cells, "x (hours)")
    np.testing.assert_allclose(hours, np.array(wanted) / 3600)


def test_a_month_may_stand_before_its_year():
    cells = [f"{i % 12 + 1:02}/{1990 + i % 31}" for i in range(200)]
    data = columns_of(cells)
    years = read_part(data, cells, "x (year)")
    np.testing.assert_array_equal(years, [1990 + i % 31 for i in range(200)])
    assert columns_of(["5/1200", "7/1000"] * 30).columns.features[0].kind == "category"


def test_what_has_the_look_of_a_month_and_names_none_is_no_date():
    cells = [f"{['SKU', 'Mark', 'TCGA'][i % 3]}-{2000 + i % 5}" for i in range(60)]
    (feature,) = columns_of(cells).columns.features
    assert len(feature.categories) == 15


@pytest.mark.parametrize(
    "word", ["T", "X", "(D)", "***", ":", "n/a (see note)", "Trace", "[c]"]
)
def test_a_word_again_and_again_among_many_numbers_is_a_missing_one(word):
    cells = [word if i % 5 < 2 else f"{v}" for i, v in enumerate(VALUES * 2)]
    data = columns_of(cells)
    (feature,) = data.columns.features
    assert feature.kind == "number"
    assert feature.has_missing


def test_limits_among_few_numbers_and_limits_alone_are_words():
    few = columns_of(["<1", "1", "2", "3", ">3"] * 20)
    assert few.columns.features[0].categories == ("1", "2", "3", "<1", ">3")
    data = columns_of([str(v) for v in VALUES], ["<=50K", ">50K"] * 30)
    assert data.classes == ("<=50K", ">50K")


@pytest.mark.parametrize(
    "cells",
    [
        {"3.5万円": 3.5e4, "12万円": 1.2e5, "1.2億円": 1.2e8, "800円": 800, "90": 90},
        {"3.5만원": 3.5e4, "12만": 1.2e5, "1억원": 1e8, "7천원": 7e3},
        {"3.5 Mio. €": 3.5e6, "12 Tsd. €": 1.2e4, "2 Mrd. €": 2e9, "7 €": 7},
        {"£3.5M": 3.5e6, "£800K": 8e5, "£90": 90},
    ],
)
def test_sums_of_money_in_thousands_and_millions(cells):
    data = columns_of([*cells] * 40)
    np.testing.assert_allclose(read(data, list(cells)), list(cells.values()))


def in_powers(value, signs, least="0"):
    """Write a whole number as people do in East Asia: 1億2000万3500."""
    parts = []
    for sign, power in zip(signs, (10**8, 10**4, 1), strict=True):
        part, value = divmod(value, power)
        if part:
            parts.append(f"{part}{sign}")
    return "".join(parts) or least


@pytest.mark.parametrize(
    ("signs", "money"),
    [(("億", "万", ""), "円"), (("亿", "万", ""), "元"), (("억", "만", ""), "원")],
)
def test_several_powers_of_ten_thousand_in_one_number(signs, money):
    rng = np.random.default_rng(0)
    # As prices are: whole ten thousands, or at least a hundred behind them.
    values = [10_000 * int(v) for v in rng.integers(300, 40_000, 80)]
    values += [int(v) for v in rng.integers(1_000, 30_000, 80) if v % 10_000 >= 100]
    cells = [in_powers(v, signs) + money for v in values]
    assert any(signs[0] in cell and signs[1] in cell for cell in cells)
    data = columns_of(cells)
    np.testing.assert_allclose(read(data, cells), values)


def test_homes_as_brokers_list_them():
    rng = np.random.default_rng(0)
    tens = rng.integers(300, 20_000, 90)
    walks, ages = rng.integers(1, 20, 90), rng.integers(0, 40, 90)
    table = pl.DataFrame(
        {
            "price": [
                in_powers(10_000 * int(n), ("億", "万", "")) + "円" for n in tens
            ],
            "walk": [f"徒歩{n}分" for n in walks],
            "age": [f"築{n}年" if n else "新築" for n in ages],
        }
    )
    data = load_table(table, "price")
    assert not data.classes
    walk, age = data.columns.features
    assert (walk.kind, age.kind) == ("number", "number")
    assert age.has_missing
    t = np.sort(np.concatenate([data.t_train, data.t_test])[:, 0])
    shares = (t - t[0]) / (t[-1] - t[0])
    np.testing.assert_allclose(
        shares, (np.sort(tens) - tens.min()) / np.ptp(tens), rtol=0, atol=1e-5
    )


@pytest.mark.parametrize("code", ["SKU{}", "A{}B", "Q{}", "M{}m", "No. {}"])
def test_a_word_in_front_without_a_measure_behind_is_part_of_a_code(code):
    cells = [code.format(i % 20 + 1) for i in range(99)]
    assert columns_of(cells).columns.features[0].kind == "category"


@pytest.mark.parametrize("write", ["{}/5", "{} stars", "{}%", "¥{}", "{}", "{}.0"])
def test_classes_that_are_numbers_are_known_again_as_they_are_written(write):
    cells = [write.format(i % 5 + 1) for i in range(99)] + ["-"]
    data = columns_of(list(range(100)), cells, keep="x")
    assert data.classes == ("1", "2", "3", "4", "5")
    frame = polars_frame(pl.DataFrame({"t": cells}))
    labels, is_there = targets(data.columns.target, frame, "new")
    np.testing.assert_array_equal(labels[:99], np.arange(99) % 5)
    assert not is_there[99]
    with pytest.raises(DataError, match=r'row 1 has ".*6'):
        targets(data.columns.target, pl.DataFrame({"t": [write.format(6)]}), "new")


def test_a_unit_m_beside_bare_numbers_is_no_million():
    data = columns_of([f"{v} m" if i % 4 else f"{v}" for i, v in enumerate(VALUES)])
    np.testing.assert_allclose(read(data, ["12.5 m"]), [12.5])


def read_part(data, cells, name):
    raw = codes(data.columns, polars_frame(pl.DataFrame({"x": cells})))
    return raw[:, data.columns.names.index(name)]


def grouped(value, mark, decimal="."):
    return f"{value:,.2f}".translate({ord(","): mark, ord("."): decimal})


STYLES = {
    "thousands": lambda v: grouped(v, ","),
    "German": lambda v: grouped(v, ".", ","),
    "French": lambda v: grouped(v, "\u202f", ","),
    "Swiss": lambda v: grouped(v, "’"),
    "dollars": lambda v: f"${grouped(v, ',')}",
    "euros": lambda v: f"{grouped(v, '.', ',')} €",
    "yen": lambda v: f"￥{v:,.0f}",
    "by code": lambda v: f"USD {v:,.2f}",
    "unit": lambda v: f"{v:.2f} kg",
    "unit at once": lambda v: f"{v:.2f}kg",
    "unit with a power": lambda v: f"{v:.2f} m²",
    "percent": lambda v: f"{v:.2f}%",
    "full width": lambda v: f"{v:.2f}".translate(
        {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789.-"}
    ),
    "minus": lambda v: f"{-v:.2f}".replace("-", "−"),
    "triangle": lambda v: f"△{v:,.2f}",
    "black triangle before yen": lambda v: f"▲ ¥{v:,.2f}",
    "accounts": lambda v: f"({v:,.2f})",
    "minus behind": lambda v: f"{v:.2f}-",
    "accounts in dollars": lambda v: f"$ ({v:,.2f})",
    "limits": lambda v: f"{'< ' if round(v) % 3 == 0 else ''}{v:.2f}",
    "limits of two kinds": lambda v: f"{['', '≥', '', '<'][round(v) % 4]}{v:.2f}",
    "about": lambda v: f"{'~' if round(v) % 3 == 0 else ''}{v:.2f}",
    "score": lambda v: f"{v:.1f}/10",
    "flags": lambda v: f"{v:.2f}{[' p', '', ' b', '', ' ep'][round(v) % 5]}",
    "India": lambda v: (
        f"{round(v) % 90 + 1},{round(v) % 100:02d},{round(v) % 1000:03d}"
    ),
}


def meant(style, value):
    if style.startswith(("minus", "accounts", "triangle", "black triangle")):
        return -round(value, 2)
    if style == "score":
        return float(f"{value:.1f}")
    if style == "India":
        v = round(value)
        return (v % 90 + 1) * 100_000 + v % 100 * 1000 + v % 1000
    return round(value) if style == "yen" else round(value, 2)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("values", [VALUES, LARGE], ids=["small", "large"])
def test_numbers_that_people_write(style, values):
    cells = [STYLES[style](value) for value in values]
    data = columns_of(cells)
    wanted = [meant(style, value) for value in values]
    np.testing.assert_allclose(read(data, cells), wanted, rtol=1e-12)
    # Alone in another file it means the same: the writing was decided over the whole.
    np.testing.assert_allclose(read(data, cells[3:4]), wanted[3:4], rtol=1e-12)
    assert Columns.from_json(data.columns.as_json()) == data.columns


@pytest.mark.parametrize("decimal", [".", ","])
def test_three_decimals_are_thousands_unless_the_file_says_otherwise(tmp_path, decimal):
    fractions = [f"{i % 9 + 1}{decimal}{(i * 37) % 1000:03d}" for i in range(ROWS)]
    others = [f"{i / 4:.2f}".replace(".", decimal) for i in range(ROWS)]
    rows = [
        f"{a};{b};{'ab'[i % 2]}"
        for i, (a, b) in enumerate(zip(fractions, others, strict=True))
    ]
    (tmp_path / "my.csv").write_text("\n".join(["x;y;t", *rows]), "utf-8")
    x, _ = load_table(tmp_path / "my.csv", "t").columns.features
    assert 1 < x.mean < 10
    quoted = [
        f'"{a.replace(".", ",")}",{i},{"ab"[i % 2]}' for i, a in enumerate(fractions)
    ]
    (tmp_path / "my.csv").write_text("\n".join(["x,y,t", *quoted]), "utf-8")
    x = load_table(tmp_path / "my.csv", "t").columns.features[0]
    assert 1000 < x.mean < 10000


def test_a_typo_is_missing_and_named_but_no_scale():
    cells = [f"{value:,.0f}" for value in LARGE] * 3 + ["1,20"]
    data = columns_of(cells)
    (x, _) = data.told
    assert 'taken as missing: row 181 "1,20"' in x.why
    np.testing.assert_allclose(data.columns.features[0].mean, np.mean(LARGE), rtol=0.2)
    with pytest.raises(DataError, match='row 1 has "1,20"; need a number'):
        read(data, ["1,20"])


@pytest.mark.parametrize(
    "cells",
    [
        [f"{i % 9}" if i % 7 else f"A5 {i % 9}" for i in range(ROWS)],
        [["2", "3", "4", "3+"][i % 4] for i in range(ROWS)],
        [["4", "6", "rotary"][i % 3] for i in range(ROWS)],
        [["12 kg", "500 pcs", "3 kg"][i % 3] for i in range(ROWS)],
        [["01234", "00501", "98052"][i % 3] for i in range(ROWS)],
        [["1st", "2nd", "3rd"][i % 3] for i in range(ROWS)],
        [f"s{i % 5:03d}" for i in range(ROWS)],
        [["40-49", "50-59"][i % 2] for i in range(ROWS)],
        [["<=50K", ">50K"][i % 2] for i in range(ROWS)],
    ],
)
def test_names_with_digits_stay_words(cells):
    (feature,) = columns_of(cells).columns.features
    assert feature.kind == "category"
    assert feature.categories == tuple(sorted(set(cells)))


def test_the_user_may_say_what_a_column_is():
    zeros = [["01234", "00501", "98052"][i % 3] for i in range(ROWS)]
    data = columns_of(zeros)
    assert data.told[0].why == "leading zeros"
    assert data.told[0].option == "--number x"
    (feature,) = columns_of(zeros, number="x").columns.features
    assert feature.kind == "number"
    assert read(columns_of(zeros, number=["x"]), ["00501"]).tolist() == [501]
    (feature,) = columns_of(["3", "4", "5"] * 20, category="x").columns.features
    assert feature.categories == ("3", "4", "5")


WORDS = [
    "-",
    "--",
    ".",
    "n.a.",
    "NA",
    "none",
    "Null",
    r"\N",
    "*",
    "k.A.",
    "不明",
    "缺失",
    "",
]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("share", [2, 10], ids=["half", "few"])
def test_words_for_missing(word, share):
    cells = [word if i % share == 0 else f"{v}" for i, v in enumerate(VALUES)]
    data = columns_of(cells)
    (feature,) = [f for f in data.columns.features if f.kind == "number"]
    assert feature.has_missing
    found = read(data, cells)
    assert np.isnan(found[::share]).all()
    np.testing.assert_allclose(found[1], VALUES[1])


@pytest.mark.parametrize("code", [-999, 9999, -200, 99, -99.0, 9_999_999])
def test_numbers_that_stand_for_missing_ones(code):
    values = [float(code) if i % 10 == 0 else i % 37 / 5 + 1 for i in range(400)]
    data = columns_of(values)
    assert data.told[0].option == '--missing ""'
    (feature,) = data.columns.features
    assert feature.has_missing
    assert np.isnan(read(data, [float(code)])).all()
    (plain,) = columns_of(values, missing="").columns.features
    assert not plain.has_missing
    (said,) = columns_of(values, missing=f"{code}, none").columns.features
    assert (said.mean, said.std) == (feature.mean, feature.std)


@pytest.mark.parametrize(
    "values",
    [
        [0, 1] * 200,
        [0.0 if i % 3 else 500.5 + i for i in range(400)],
        [99 if i % 10 == 0 else i % 100 for i in range(400)],
        [*range(1, 400), -999],
    ],
    ids=["0 and 1", "many zeros", "within the others", "only once"],
)
def test_numbers_that_do_not_stand_for_missing_ones(values):
    assert not columns_of(values).columns.features[0].has_missing


IN_ONE_UNIT = {
    # What each cell is in the unit that most cells have.
    "mass": {"1.5 kg": 1.5, "2kg": 2, "800 g": 0.8, "0.25 t": 250, "500000mg": 0.5},
    "length": {
        "3 km": 3,
        "1.5 km": 1.5,
        "500 m": 0.5,
        "20000 cm": 0.2,
        "1 mi": 1.609344,
    },
    "power": {"0.8 kW": 0.8, "1.5kW": 1.5, "2.25 kW": 2.25, "650 W": 0.65},
    "longitude": {"1.5° E": 1.5, "2.25° E": 2.25, "3.5° E": 3.5, "4.5° W": -4.5},
    "time": {"2 h": 2, "1.5h": 1.5, "30 min": 0.5, "90 s": 0.025, "1 d": 24},
    "ages": {"2 years": 2, "1 year": 1, "6 months": 0.5, "1 month": 1 / 12},
    "sizes": {"1 MB": 1, "2.5 MB": 2.5, "500 kB": 0.5, "2 GB": 2000, "300000 B": 0.3},
    "as ls writes": {"1.5M": 1.5, "2M": 2, "512K": 0.5, "1.5G": 1536},
    "volume": {"1 l": 1, "1.5L": 1.5, "500 ml": 0.5, "75cl": 0.75, "3 dl": 0.3},
    "Chinese": {"1.5公斤": 1.5, "2 公斤": 2, "800克": 0.8, "３吨": 3000},
    "Japanese": {"2時間": 2, "1.5時間": 1.5, "30分": 0.5, "1 日": 24},
    "German": {"1,5 kg": 1.5, "2,25 kg": 2.25, "800 g": 0.8, "1.200 g": 1.2},
}


@pytest.mark.parametrize("kind", IN_ONE_UNIT)
def test_units_of_one_measure_become_one(kind):
    cells = IN_ONE_UNIT[kind]
    first, second = list(cells)[:2]
    data = columns_of([first, second, *cells] * 20)
    (feature,) = data.columns.features
    assert feature.kind == "number"
    # The factors are numbers of float64, as are the products.
    np.testing.assert_allclose(
        read(data, list(cells)), list(cells.values()), rtol=1e-15
    )
    main = next(unit for unit, f in feature.reading.numerals.after.items() if f == 1)
    assert main.lower() in first.lower()
    (note, *_) = data.told
    assert f"all in {main}" in note.why
    assert (note.doubt, note.option) == ("words", "--category x")
    assert columns_of([first, *cells] * 20, category="x").columns.features[0].categories


def test_the_unit_does_not_depend_on_the_order_of_rows():
    cells = ["3 km", "500 m", "20 cm"] * 20
    found = [columns_of(each, VALUES).columns for each in (cells, cells[::-1])]
    assert len({tuple(each.features[0].reading.numerals.after) for each in found}) == 1


def test_a_number_without_a_unit_is_in_that_of_most():
    data = columns_of(["12 kg", "5.5 kg", "300 g", "7"] * 20)
    assert "those without a unit too" in data.told[0].why
    np.testing.assert_allclose(read(data, ["7", "300 g"]), [7, 0.3], rtol=1e-15)


@pytest.mark.parametrize(
    ("main", "other"), [("kg", "km"), ("min", "ml"), ("MB", "㎏"), ("公里", "公斤")]
)
def test_units_of_different_measures_are_refused_with_their_rows(main, other):
    cells = [f"{i + 1} {other if i % 20 == 7 else main}" for i in range(ROWS)]
    told = f'"x": row 8 has "8 {other}", row 28 has "28 {other}", row 48.*in {main}.*'
    with pytest.raises(DataError, match=f"{told}--category x.*--drop x"):
        columns_of(cells)
    words = columns_of(cells, category="x", keep="x")
    assert words.columns.features[0].kind == "category"
    data = load_table(
        pl.DataFrame({"x": cells, "z": VALUES, "t": ["a", "b"] * 30}), "t", drop="x"
    )
    assert data.columns.names == ("z",)


@pytest.mark.parametrize(
    "cells",
    [["3m", "4d", "5h"], ["5 kg", "6 pcs"], ["5 kg", "tall", "3 km", "short"]],
    ids=["letters alone", "a unit of nothing", "words"],
)
def test_what_is_not_measured_stays_words(cells):
    (feature,) = columns_of(cells * 20).columns.features
    assert set(feature.categories) == set(cells)


MISSING_IN_WORDS = ["+", "-"] * 30


def test_a_dash_among_words_is_a_word():
    assert columns_of(VALUES, MISSING_IN_WORDS).classes == ("+", "-")
    data = columns_of(MISSING_IN_WORDS)
    assert data.columns.features[0].categories == ("+", "-")


DAYS = [
    datetime.datetime(2019, 1, 3, 4, 5) + i * i * datetime.timedelta(hours=7)
    for i in range(ROWS)
]
FORMATS = [
    *(
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%d.%m.%Y",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%d-%m-%y",
    ),
    *("%Y%m%d", "%d-%b-%Y", "%d %B %Y", "%B %d, %Y", "%b %d %Y", "%a, %d %b %Y"),
    *("%Y年%m月%d日", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ", "%m/%d/%Y %I:%M %p"),
    *("%d.%m.%Y %H:%M:%S", "%Y年%m月%d日 %H時%M分"),
    *("%Y/%m/%d(水)", "%Y-%m-%d（木） %H:%M"),
]


@pytest.mark.parametrize("form", FORMATS)
def test_dates_are_numbers_in_every_form(form):
    cells = [day.strftime(form) for day in DAYS]
    data = columns_of(cells)
    raw = codes(data.columns, polars_frame(pl.DataFrame({"x": cells})))
    epoch = datetime.datetime(1970, 1, 1)
    has_clock = "%M" in form
    days = [d if has_clock else d.replace(hour=0, minute=0) for d in DAYS]
    moments = [(day - epoch) / datetime.timedelta(days=1) for day in days]
    wanted = {
        "date": moments,
        "year": [day.year for day in days],
        "month": [day.month for day in days],
        "day": [day.day for day in days],
        "weekday": [day.weekday() for day in days],
        "hour": [24 * (moment % 1) for moment in moments],
    }
    parts = [feature.reading.part for feature in data.columns.features]
    assert {"date", "month", "day", "weekday"} <= set(parts)
    assert ("hour" in parts) == has_clock
    for index, part in enumerate(parts):
        if part in wanted:
            # Days since 1970 in float64 keep far less than a second.
            np.testing.assert_allclose(raw[:, index], wanted[part], atol=1e-6)


ERAS = {
    # Each with its first day, by the laws that named them.
    "令和": datetime.date(2019, 5, 1),
    "平成": datetime.date(1989, 1, 8),
    "昭和": datetime.date(1926, 12, 25),
    "大正": datetime.date(1912, 7, 30),
    "明治": datetime.date(1868, 10, 23),
}
LONG_AGO = [datetime.date(1870, 1, 31) + i * datetime.timedelta(950) for i in range(59)]
OF_SIGNS = dict(zip(ERAS, "㋿㍻㍼㍽㍾", strict=True))
OF_LETTERS = dict(zip(ERAS, "RHSTM", strict=True))


def in_era(day, form):
    """Write a day with its era, the year of which its first year is 1."""
    era, first = next((era, first) for era, first in ERAS.items() if day >= first)
    number = day.year - first.year + 1
    year = "元" if number == 1 and "年" in form else number
    names = {"era": era, "sign": OF_SIGNS[era], "letter": OF_LETTERS[era]}
    return form.format(day, **names, year=year)


def republican(day, form):
    """Write a day with the year of the Republic of China, of which 1912 is 1."""
    return form.format(day, year=day.year - 1911)


@pytest.mark.parametrize(
    ("write", "form"),
    [
        (in_era, "{era}{year}年{0.month}月{0.day}日"),
        (in_era, "{era} {year}年 {0:%m}月{0:%d}日"),
        (in_era, "{sign}{year}年{0.month}月{0.day}日"),
        (in_era, "{letter}{year}.{0.month}.{0.day}"),
        (in_era, "{letter}{year:02}/{0:%m}/{0:%d}"),
        (in_era, "{sign}{year}-{0.month}-{0.day}"),
        (republican, "民國{year}年{0.month}月{0.day}日"),
        (republican, "中华民国{year}年{0:%m}月{0:%d}日"),
        (republican, "{year:03}/{0:%m}/{0:%d}"),
    ],
)
def test_the_years_of_eras_are_those_of_the_calendar(write, form):
    days = LONG_AGO[16:] if write is republican else LONG_AGO
    wide = str.maketrans("0123456789./", "０１２３４５６７８９．／")
    cells = [write(day, form) for day in days]
    cells[::2] = [cell.translate(wide) for cell in cells[::2]]
    data = columns_of(cells)
    parts = [feature.reading.part for feature in data.columns.features]
    assert {"date", "year", "weekday"} <= set(parts)
    moments = [(day - datetime.date(1970, 1, 1)).days for day in days]
    np.testing.assert_array_equal(read_part(data, cells, "x (date)"), moments)
    years = [day.year for day in days]
    np.testing.assert_array_equal(read_part(data, cells, "x (year)"), years)


def test_the_first_year_of_an_era_and_days_without_an_era_may_stand_among_others():
    cells = ["令和元年5月1日", "2018年4月1日", "平成31年4月30日", "昭和64年1月7日"] * 15
    data = columns_of(cells)
    days = ["2019-05-01", "2018-04-01", "2019-04-30", "1989-01-07"]
    found = read_part(data, cells, "x (date)")[:4]
    assert [str(np.datetime64(int(day), "D")) for day in found] == days


def test_years_alone_of_eras_are_dates():
    cells = ["令和元年", "平成30年度", "令和3年"]
    years = read_part(columns_of(cells * 20), cells, "x (year)")
    np.testing.assert_array_equal(years, [2019, 2018, 2021])


@pytest.mark.parametrize(
    "cells",
    [
        [f"{80 + i % 20}/{i % 12 + 1:02}/{i % 28 + 1:02}" for i in range(ROWS)],
        [f"1{i:02}/{80 + i % 19}/{i % 28 + 1:02}" for i in range(ROWS)],
    ],
    ids=["years of two digits", "no months"],
)
def test_what_is_not_plainly_of_the_republic_of_china_is_left(cells):
    data = columns_of(cells, keep=["x"])
    assert {feature.kind for feature in data.columns.features} == {"category"}


def test_the_order_of_day_and_month_is_said_where_it_is_open():
    cells = [f"{i % 12 + 1:02d}/{(i * 5) % 12 + 1:02d}/2024" for i in range(ROWS)]
    note = columns_of(cells).told[0]
    assert (note.taken, note.doubt, note.option) == (
        "dates",
        "month-day-year",
        "--date-order mdy",
    )
    data = columns_of(cells, date_order="mdy")
    assert data.columns.features[0].reading.date == "month-day-year"


def test_a_date_that_the_calendar_lacks_is_named():
    data = columns_of([f"{i % 28 + 1}.2.{2000 + i // 28}" for i in range(ROWS)])
    raw = pl.DataFrame({"x": ["30.2.2024"]})
    with pytest.raises(DataError, match=r'row 1 has "30\.2\.2024"; need a date'):
        codes(data.columns, polars_frame(raw))


@pytest.mark.parametrize(
    ("values", "is_classes"),
    [
        ([0, 1] * 30, True),
        (list(range(10)) * 6, True),
        ([1, 2, 3] * 20, True),
        ([2, 3, 5, 9] * 15, False),
        ([3, 4, 5, 6, 7, 8] * 10, False),
        (list(range(16)) * 6, False),
        ([0.0, 0.5, 1.0] * 20, False),
        ([18 + i % 50 for i in range(100)], False),
    ],
)
def test_codes_are_classes_and_counts_are_numbers(values, is_classes):
    data = columns_of(list(range(len(values))), values, keep="x")
    assert bool(data.classes) == is_classes


@pytest.mark.parametrize(
    ("cells", "classes"),
    [
        (["✓", "✔", "✗", "☐"], {"✓": "✔", "✗": "☐"}),
        (["○", "×", "◯", "✖"], {"○": "◯", "×": "✖"}),
        (["☑\ufe0f", "☐", "☑"], {"☐": "☐", "☑\ufe0f": "☑"}),
        (["○", "●"], {"○": "○", "●": "●"}),
        (["○", "△", "×"], {"×": "×", "△": "△", "○": "○"}),
        (["●", "▲"], {"●": "●", "▲": "▲"}),
    ],
    ids=["ticks", "maru", "boxes", "full or not", "three values", "not all known"],
)
def test_ticks_and_crosses_say_yes_and_no(cells, classes):
    data = columns_of(cells * 20)
    (feature,) = data.columns.features
    assert set(feature.categories) == set(classes)
    pairs = [cell for pair in classes.items() for cell in pair]
    indices = read(data, pairs)
    np.testing.assert_array_equal(indices[::2], indices[1::2])
    assert len(set(indices)) == len(classes)


def test_a_tick_is_the_second_of_two_classes():
    for cells in (["✓", "✗"], ["○", "×"], ["●", "○"], ["☑", "☐"], ["✓", ""]):
        data = columns_of(VALUES, cells * (ROWS // 2))
        assert data.classes[1] == cells[0]


@pytest.mark.parametrize("tick", ["✓", "☑", "○", "●"])
def test_no_tick_means_no_where_there_is_nothing_else(tick):
    cells = [tick if i % 3 else ["", " ", None][i % 9 // 3] for i in range(ROWS)]
    data = columns_of(cells)
    (feature,) = data.columns.features
    assert feature.categories == ("(blank)", tick)
    assert not feature.has_other
    assert f"{tick} is yes, blank is no" in data.told[0].why
    assert data.told[0].option == "--category x"
    found = read(data, ["", None, tick, "☐", "(blank)", "?", "x"])
    np.testing.assert_array_equal(found, [0, 0, 1, 0, 0, 0, -1])
    # As it is said there, an option takes blanks for missing ones.
    (plain,) = columns_of(cells, category="x").columns.features
    assert (plain.categories, plain.has_other) == ((tick,), True)


@pytest.mark.parametrize(
    "cells", [["✓", "✗", ""], ["✓", "x", ""], ["×", ""], ["○", "×", "△", ""]]
)
def test_a_blank_beside_others_is_missing(cells):
    (feature,) = columns_of(cells * 20).columns.features
    assert "(blank)" not in feature.categories
    assert feature.has_other


def test_what_is_not_ticked_is_learned_and_scored():
    done = ["✓" if value > 4000 else None for value in VALUES]
    table, given = pl.DataFrame({"x": VALUES}), pl.Series("done", done)
    model = kobai.TableModel(epochs=60, seed=0).fit(table, given)
    assert list(model.classes_) == ["(blank)", "✓"]
    predicted = model.predict(table).to_list()
    pairs = zip(predicted, done, strict=True)
    right = np.mean([(one == "✓") == (other == "✓") for one, other in pairs])
    assert right > 0.9
    assert model.score(table, given) == pytest.approx(right)


@pytest.mark.parametrize("yes", ["True", "true", "TRUE", "1", "1.0"])
def test_yes_is_one_value(yes):
    data = columns_of(["True", "False", "True", "true", "1", "0"] * 10)
    assert data.columns.features[0].categories == ("False", "True")
    assert read(data, [yes]).tolist() == [1]


@pytest.mark.parametrize("seed", range(3))
def test_identifiers_are_left_out(seed):
    order = list(range(ROWS))
    random.Random(seed).shuffle(order)
    table = pl.DataFrame(
        {
            "x": VALUES,
            "shuffled": order,
            "from one": [i + 1 for i in order],
            "surname": [f"name {i // 2}" for i in range(ROWS)],
            "shop": [f"shop {i // 6}" for i in range(ROWS)],
            "t": ["a", "b"] * 30,
        }
    )
    told = {note.name: note for note in load_table(table, "t", seed=seed).told}
    left = {name for name, note in told.items() if note.taken == "left out"}
    assert left == {"shuffled", "from one", "surname"}
    assert all(told[name].option.startswith("--keep") for name in left)
    few = table.head(20).with_columns(name=pl.Series([f"n{i}" for i in range(20)]))
    told = {note.name: note for note in load_table(few, "t", seed=seed).told}
    assert told["name"].taken == "left out"


PLAIN = [f"{i * 1.5},{'ab'[i % 2]}" for i in range(1, 41)]
LAYOUTS = {
    "a title": ("Sales report 2024", "x,t", *PLAIN),
    "a title with commas": ("Sales report 2024,", "x,t", *PLAIN),
    "titles and a blank line": ("Sales", "made on Monday", "", "x,t", *PLAIN),
    "comments": ("# made by a logger", "# at noon", "x,t", *PLAIN),
    "names in a comment": ("# x,t", *PLAIN),
    "Excel's hint": ("sep=,", "x,t", *PLAIN),
    "units": ("x,t", "kg,", *PLAIN),
    "a footer": ("x,t", *PLAIN, "Source: us"),
    "a footer below a blank line": ("x,t", *PLAIN, "", "Source: us", "All rights"),
    "the header again": ("x,t", *PLAIN[:20], "x,t", *PLAIN[20:]),
    "separators at the ends": ("x,t", *(f"{row}," for row in PLAIN)),
    "separators at all ends": ("x,t,", *(f"{row}," for row in PLAIN)),
    "row names": ("x,t", *(f"r{i},{row}" for i, row in enumerate(PLAIN))),
    "blanks before quotes": (
        "x,t",
        *(f'{row.split(",")[0]}, "{row[-1]}, b"' for row in PLAIN),
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_what_stands_around_a_table(tmp_path, name, end):
    path = tmp_path / "my.csv"
    path.write_bytes(end.join(LAYOUTS[name]).encode())
    data = load_table(path, "t")
    assert len(data.x_train) + len(data.x_test) == len(PLAIN)
    assert len(data.classes) == 2
    table = open_table(path)
    x = np.concatenate([frame["x"].cast(float) for frame in table.frames(dict)])
    rows = list(x[~np.isnan(x)])
    assert rows == [i * 1.5 for i in range(1, 41)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", " ", "   "])
@pytest.mark.parametrize("decimal", [".", ","])
def test_separators_are_judged_over_all_rows(tmp_path, mark, decimal):
    if mark == decimal:
        pytest.skip("a comma cannot be both")
    rows = [
        mark.join([f"{i / 8:.3f}".replace(".", decimal), "ab"[i % 2]])
        for i in range(40)
    ]
    path = tmp_path / "my.data"
    path.write_text("\n".join([mark.join(["x", "t"]), *rows]) + "\n", "utf-8")
    data = load_table(path, "t")
    assert data.columns.names == ("x",)
    assert 1 < data.columns.features[0].mean < 4


def test_a_separator_may_be_said(tmp_path):
    (tmp_path / "my.csv").write_text(
        "\n".join(["x:t", *(r.replace(",", ":") for r in PLAIN)])
    )
    assert load_table(tmp_path / "my.csv", "t", separator=":").columns.names == ("x",)


def test_without_a_header(tmp_path):
    path = tmp_path / "my.csv"
    path.write_text("\n".join(PLAIN))
    for options in ({"header": False}, {}):
        data = load_table(path, "2", **options)
        assert data.columns.names == ("1",)
        assert len(data.x_train) + len(data.x_test) == 40
    assert any("--header" in note for note in data.notes)
    # Years are names; so is whatever the target is called.
    years = [
        "2019,2020,2021,2022",
        *(f"{i},{i * 7 % 5},{i * i},{i % 2}" for i in range(40)),
    ]
    path.write_text("\n".join(years))
    assert "2019" in open_table(path).names
    path.write_text(
        "\n".join(["5,6,8", *(f"{i},{i * 7 % 5},{i % 2}" for i in range(40))])
    )
    assert open_table(path).names == ("1", "2", "3")
    assert open_table(path, Writes(), ["8"]).names == ("5", "6", "8")


def test_a_name_twice_is_numbered(tmp_path):
    path = tmp_path / "my.csv"
    path.write_text(
        "\n".join(["a,a,t", *(f"{i * i},{row}" for i, row in enumerate(PLAIN))])
    )
    data = load_table(path, "t")
    assert data.columns.names == ("a", "a (2)")
    assert any('two columns are called "a"' in note for note in data.notes)


numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 2))


@settings(deadline=None, max_examples=40)
@given(
    values=st.lists(numbers, min_size=30, max_size=40, unique=True),
    style=st.sampled_from(["thousands", "German", "dollars", "unit", "percent"]),
)
def test_any_numbers_come_back(values, style):
    cells = [STYLES[style](value) for value in values]
    data = columns_of(cells, keep="x")
    (feature,) = data.columns.features
    assert feature.kind == "number"
    np.testing.assert_allclose(read(data, cells), values, rtol=1e-12, atol=1e-9)


def mutated(rng, text):
    lines = text.split("\n")
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(lines))
        cells = lines[at].split(",")
        what = rng.randrange(8)
        if what == 0:
            cells[rng.randrange(len(cells))] = rng.choice(
                [
                    "",
                    "?",
                    "-",
                    "1,5",
                    '"',
                    '"a',
                    "1e400",
                    "-999",
                    "31.2.2024",
                    "٣",
                    "∞",
                    "\\",
                ]
            )
        elif what == 1:
            cells.insert(rng.randrange(len(cells) + 1), rng.choice(["", "x", "7"]))
        elif what == 2:
            cells.pop()
        elif what == 3:
            lines.insert(
                at, rng.choice(["", "# note", "total", ",,", lines[0], "a;b;c"])
            )
        elif what == 4:
            del lines[at]
        elif what == 5:
            cells = [cell.swapcase() for cell in cells]
        elif what == 6:
            lines[at:] = []
        if what in (0, 1, 2, 5) and at < len(lines):
            lines[at] = ",".join(cells)
        lines = lines or [""]
    content = "\n".join(lines).encode()
    if rng.random() < 0.2:
        at = rng.randrange(len(content) + 1)
        content = content[:at] + bytes([rng.randrange(256)]) + content[at:]
    return content


MUTATIONS = 300


def test_mutated_tables_are_read_or_refused(tmp_path):
    rng = random.Random(5)
    days = [day.strftime("%d.%m.%Y") for day in DAYS]
    rows = zip(VALUES, days, LARGE, strict=True)
    text = "\n".join(
        [
            "x,day,price,t",
            *(f'{a},{b},"{c:,}",{"ab"[i % 2]}' for i, (a, b, c) in enumerate(rows)),
        ]
    )
    path, answers = tmp_path / "my.csv", 0
    for _ in range(MUTATIONS):
        path.write_bytes(mutated(rng, text))
        try:
            data = load_table(path, "t")
        except DataError:
            continue
        answers += 1
        assert np.isfinite(data.x_train).all()
    assert answers > MUTATIONS // 4


def test_columns_may_be_called_as_those_that_they_are_counted_in():
    names = ["word", "n", "column", "number 0", "0", "before", "is_date", ""]
    cells = [[f"{v:.2f} kg" for v in VALUES]] * len(names)
    cells[1] = [f"{i % 28 + 1}.5.2024" for i in range(ROWS)]
    cells[3] = ["ab"[i % 2] for i in range(ROWS)]
    frame = pl.DataFrame(dict(zip(names, cells, strict=True)))
    data = load_table(frame.with_columns(t=pl.Series(VALUES)), "t")
    taken = {note.name: note.taken for note in data.told}
    assert taken["n"] == "dates"
    assert taken["number 0"] == "2 categories"
    others = set(taken) - {"n", "number 0", "t"}
    assert len(others) == 6
    assert {taken[name] for name in others} == {"number"}


@pytest.mark.parametrize("most", [3, 10_000])
def test_words_have_the_same_codes_one_by_one_and_by_a_query(most, monkeypatch):
    """Few words are looked up in Python, many by Polars; a late word has no code."""
    rng = np.random.default_rng(0)
    blocks = [
        pl.Series([None if n == 0 else f"word {n}" for n in rng.integers(0, 9, 50)])
        for _ in range(4)
    ]
    monkeypatch.setattr(surveying, "MOST_WORDS", most)
    found = {}
    for few in (0, 50):
        monkeypatch.setattr(surveying, "FEW_ROWS", few)
        column = surveying.Surveyed("word")
        found[few] = [column.codes(block) for block in blocks], column.words
    np.testing.assert_equal(found[0][0], found[50][0])
    assert found[0][1] == found[50][1]
    assert np.isnan(found[0][0]).any()
    assert len(found[0][1]) == min(most + 1, 8)
