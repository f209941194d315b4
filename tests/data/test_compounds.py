"""Cells with more in them than one number: ranges, heights, remarks behind numbers."""

import random
import re

import numpy as np
import polars as pl
import pytest

from kobai.data import load_table
from kobai.data.tables.columns import Columns
from kobai.data.tables.frames import polars_frame
from kobai.data.tables.new_rows import codes
from kobai.errors import DataError

ROWS = 80
RNG = random.Random(7)
LOWS = [RNG.randint(1, 99) for _ in range(ROWS)]
HIGHS = [low + RNG.randint(1, 60) for low in LOWS]
FEET = [RNG.randint(4, 7) for _ in range(ROWS)]
INCHES = [RNG.randint(0, 11) for _ in range(ROWS)]


def columns_of(cells, **options):
    target = [["a", "b"][i % 2] for i in range(len(cells))]
    return load_table(pl.DataFrame({"x": cells, "t": target}), "t", **options)


def read(data, cells):
    return codes(data.columns, polars_frame(pl.DataFrame({"x": cells})))[:, 0]


RANGES = {
    "bare": ("{}-{}", 1),
    "salaries": ("${}K-${}K", 1),
    "estimates": ("${}K-${}K (Glassdoor est.)", 1),
    "a unit for both": ("{}-{}K", 1),
    "a year": ("${},000 - ${},000 a year", 1000),
    "in months": ("{}-{}万/月", 1),
    "yen": ("{},000～{},000円", 1000),
    "yen in front": ("￥{},000〜￥{},000", 1000),
    "a word in front": ("年収{}万円～{}万円", 1),
    "days": ("{} to {} days", 1),
    "dashes": ("{} – {} mg/l", 1),
    "German": ("{},5 bis {},5 €", 1),
    "in brackets": ("({}-{})", 1),
}


@pytest.mark.parametrize("written", RANGES)
def test_a_range_is_its_middle(written):
    form, factor = RANGES[written]
    cells = [form.format(*ends) for ends in zip(LOWS, HIGHS, strict=True)]
    data = columns_of(cells)
    fraction = 0.5 if ",5" in form else 0
    wanted = [
        factor * ((a + b) / 2 + fraction) for a, b in zip(LOWS, HIGHS, strict=True)
    ]
    np.testing.assert_allclose(read(data, cells), wanted)
    np.testing.assert_allclose(read(data, cells[4:5]), wanted[4:5])
    assert "of a range the middle" in data.told[0].why
    assert data.told[0].option == "--category x"
    assert Columns.from_json(data.columns.as_json()) == data.columns


def test_a_range_may_be_open_or_one_number():
    cells = [f"{a}-{b}K" for a, b in zip(LOWS, HIGHS, strict=True)]
    data = columns_of([*cells, "150K+", "~12K", "40K"])
    wanted = np.multiply([150, 12, 40, 15], 1000)
    np.testing.assert_array_equal(
        read(data, ["150K+", "~12K", "40K", "10-20K"]), wanted
    )
    with pytest.raises(DataError, match='row 1 has "9K-3K"; need a number'):
        read(data, ["9K-3K"])


def test_what_is_open_above_stands_beside_numbers():
    cells = [f"{low}K" if i % 2 else f"{low}K+" for i, low in enumerate(LOWS)]
    np.testing.assert_allclose(read(columns_of(cells), cells), np.multiply(LOWS, 1000))


def test_the_low_end_has_the_unit_of_the_high_one_unless_it_were_larger():
    cells = [f"{a}-{b}K" for a, b in zip(LOWS, HIGHS, strict=True)]
    data = columns_of([*cells, *map(str, range(900, 960))])
    np.testing.assert_array_equal(read(data, ["15-30K", "900-1.2K"]), [22_500, 1_050])


@pytest.mark.parametrize(
    "cells",
    [
        [f"{a}-{b}" for a, b in zip(LOWS, reversed(LOWS), strict=True)],
        [f"{a:03}-{b:03}" for a, b in zip(LOWS, HIGHS, strict=True)],
        [f"555-{1000 + 37 * i}" for i in range(ROWS)],
        [f"{a}-{b}-{a}" for a, b in zip(LOWS, HIGHS, strict=True)],
        [f"{a}{'ABC'[b % 3]}-{b}" for a, b in zip(LOWS, HIGHS, strict=True)],
        [f"{a}@mail.com" for a in range(ROWS)],
        [f"192.168.{a}.{b}" for a, b in zip(LOWS, HIGHS, strict=True)],
        [f"{a} Main St Apt {b}" for a, b in zip(LOWS, HIGHS, strict=True)],
        [f"{a} x {b} x {a} cm" for a, b in zip(LOWS, HIGHS, strict=True)],
        [f"{i % 7}-{i // 7 % 7}" for i in range(ROWS)],
        [f"4711-{'DE' if i % 2 else 'UK'}-{i}" for i in range(ROWS)],
    ],
)
def test_what_is_no_range_is_left_out_or_words(cells):
    (x, _) = columns_of([*cells, *cells], keep="x").told
    assert "categor" in x.taken or x.taken == "text"


def test_few_ranges_are_words_unless_the_user_says_numbers():
    cells = [f"{10 * (a % 6)}-{10 * (a % 6) + 9}" for a in LOWS]
    assert columns_of(cells).columns.features[0].kind == "category"
    (feature,) = columns_of(cells, number="x").columns.features
    assert (feature.kind, feature.reading.numerals.style) == ("number", "range")


@pytest.mark.parametrize(
    "form",
    ["{}'{}", "{}' {}\"", "{}′{}″", "{}’{}”", "{} ft {} in", "{}ft {}in", "{}-{}"],
)
def test_feet_and_inches_are_inches(form):
    cells = [form.format(*each) for each in zip(FEET, INCHES, strict=True)]
    data = columns_of(cells)
    wanted = [12 * f + i for f, i in zip(FEET, INCHES, strict=True)]
    np.testing.assert_array_equal(read(data, cells), wanted)
    assert "in inches" in data.told[0].why


def test_sets_of_tennis_are_no_heights():
    cells = [f"{6 + i % 2}-{i // 2 % 6}" for i in range(ROWS)]
    assert columns_of(cells).columns.features[0].kind == "category"


FIRSTS = {
    "at": "{}Nm@ {}rpm",
    "horses": "{} kW ({} PS)",
    "full width": "{}㎡（{}坪）",
    "interval": "{} ({}-99)",
    "note": "{} [{}]",
    "error": "{} ± 0.{}",
    "stars": "{} out of 5 stars",
    "money each": "{} € / kg",
    "with tax": "{}円(税込)",
    "for a way": "{} l/100 km (kombiniert)",
    "about": "約{}人",
    "from": "ab {} €",
}


@pytest.mark.parametrize("written", FIRSTS)
def test_the_first_of_several_numbers(written):
    cells = [FIRSTS[written].format(*each) for each in zip(LOWS, HIGHS, strict=True)]
    data = columns_of(cells)
    np.testing.assert_array_equal(read(data, cells), LOWS)
    assert data.told[0].why


def test_a_first_number_without_a_unit_beside_others_with_one_is_none():
    cells = [
        f"{b}Nm@ 1500rpm" if a % 3 else f"{b / 10}@ 1,500(kgm@ rpm)"
        for a, b in zip(LOWS, HIGHS, strict=True)
    ]
    assert columns_of(cells, keep="x").columns.features[0].kind == "category"


def test_brackets_around_all_whole_numbers_are_no_minus():
    years = [f"({1900 + a})" for a in LOWS]
    data = columns_of(years)
    np.testing.assert_array_equal(read(data, ["(1994)", "1994"]), [1994, 1994])
    assert data.told[0].why == "without the brackets around all of them"
    some = columns_of([*years[:40], *[str(a) for a in HIGHS]])
    np.testing.assert_array_equal(read(some, ["(1994)", "1994"]), [-1994, 1994])
    sums = columns_of([f"(${a})" for a in LOWS])
    np.testing.assert_array_equal(read(sums, ["($12)"]), [-12])


def test_years_of_series_may_be_open():
    cells = [f"({1900 + a})" if a % 3 else f"({1900 + a}– )" for a in LOWS]
    data = columns_of(cells)
    np.testing.assert_array_equal(read(data, ["(1994– )", "(1990–1994)"]), [1994, 1992])


def test_three_decimals_beside_others_with_a_unit_are_no_thousands():
    seconds = [a / 7 for a in LOWS]
    cells = [f"+{second:.3f}s" for second in seconds]
    data = columns_of([*cells, "+0.876s"])
    np.testing.assert_allclose(read(data, cells), seconds, atol=5e-4)
    data = columns_of([f"{a}.{b:03} km" for a, b in zip(LOWS, HIGHS, strict=True)])
    np.testing.assert_allclose(read(data, ["12.500 km"]), [12_500])


def test_places_are_numbers():
    ends = {1: "st", 2: "nd", 3: "rd"}
    cells = [f"{a}{ends.get(a % 10 * (a // 10 != 1), 'th')}" for a in LOWS]
    np.testing.assert_array_equal(read(columns_of(cells), cells), LOWS)


FORMS = [form for form, factor in RANGES.values() if factor == 1 and ",5" not in form]
NOISE = [*"0123456789-~+.,'()[]@±KM$% ", "to", "－", "～", "以上", '"', "ft"]


def numbers_in(cell):
    return [float(each) for each in re.findall(r"[0-9]+(?:\.[0-9]+)?", cell)]


def read_or_refused(data, cell):
    """Return the number in a cell, NaN where it is missing or its row is named."""
    try:
        return read(data, [cell])[0]
    except DataError as error:
        return np.nan if "row 1 has" in str(error) else np.inf


@pytest.mark.parametrize("seed", range(60))
def test_mutated_cells_are_read_by_what_stands_in_them_or_refused(seed):
    """No number comes out that is not between those that a cell has, but for units."""
    rng = random.Random(seed)
    form = rng.choice([*FORMS, *list(FIRSTS.values())[:6], "{}'{}", "({})"])
    cells = [form.format(*each) for each in zip(LOWS, INCHES, strict=True)]
    if form in FORMS:
        cells = [form.format(*each) for each in zip(LOWS, HIGHS, strict=True)]
    data = columns_of(cells)
    for _ in range(40):
        cell = list(rng.choice(cells))
        for _ in range(rng.randint(1, 2)):
            place = rng.randrange(len(cell) + 1)
            cell[place : place + rng.randint(0, 1)] = rng.choice(NOISE)
        cell = "".join(cell)
        found = read_or_refused(data, cell)
        if np.isnan(found):
            continue
        inside = numbers_in(cell.translate({0xFF0D: "-", 0xFF5E: "~"}))
        assert inside, cell
        bound = 12 * max(inside) + 12 if form == "{}'{}" else max(inside)
        assert -max(inside) <= found <= bound, (cell, found)
