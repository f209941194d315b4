"""Tables as offices write them: what is no row of theirs, and what is one word."""

import numpy as np
import pytest

pl = pytest.importorskip("polars")

from kobai.data import load_table  # noqa: E402
from kobai.data.tables.new_rows import spelled  # noqa: E402
from kobai.errors import DataError  # noqa: E402
from kobai.formats import Model  # noqa: E402
from kobai.formats.predictions import predict_table  # noqa: E402
from kobai.networks import suited  # noqa: E402

NUMBERS = np.random.default_rng(0).normal(50, 9, (60, 2)).round(1)


def lines(mark=",", unit=""):
    return "".join(f"n{i:02}{mark}{a}{unit}{mark}{b}\n" for i, (a, b) in TABLE)


TABLE = list(enumerate(NUMBERS.tolist()))


def loaded(path, text, target="y", encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return load_table(path, target)


def rows_of(data):
    return len(data.x_train) + len(data.x_test)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "t.csv"


@pytest.mark.parametrize(
    ("end", "encoding"),
    [
        ("Total,3000.5,9000\n", "utf-8"),
        ("Total,3000.5,9000\nSource: the office\n", "utf-8"),
        ("Summe,3000.5,9000\n,,\n,,\n", "cp1252"),
        ('"合計",,9000\n', "cp932"),
        ("合计,,9000\n", "gbk"),
        ("Σ,,9000\n", "utf-8"),
        ("Subtotal,1,2\nGrand total:,3000.5,9000", "utf-8"),
    ],
)
def test_a_sum_at_the_end_is_no_row(path, end, encoding):
    data = loaded(path, "name,x,y\n" + lines() + end, encoding=encoding)
    assert rows_of(data) == len(TABLE)
    assert "as a sum of the rows" in str(data)
    network, _ = suited(data, members=1)
    assert len(predict_table(Model.of(network, data), path)) == len(TABLE)


def test_a_word_of_the_rows_is_no_sum(path):
    words = ["part", "total"] * 30
    text = "".join(f"{w},{a},{b}\n" for w, (a, b) in zip(words, NUMBERS, strict=True))
    assert rows_of(loaded(path, "kind,x,y\n" + text)) == 60


MEAN, LARGEST = NUMBERS.mean(axis=0), NUMBERS.max(axis=0)


@pytest.mark.parametrize(
    ("end", "encoding"),
    [
        ("Average,{0[0]:.2f},{0[1]:.2f}\n", "utf-8"),
        ("Mean:,{0[0]:.0f},\n", "utf-8"),
        ("合計,9,9\n平均,{0[0]:.3f},{0[1]:.3f}\n最大,{1[0]},{1[1]}\n", "cp932"),
        ("Durchschnitt,{0[0]:.2f},{0[1]:.2f}\nQuelle: Amt,,\n", "utf-8"),
    ],
)
def test_a_mean_at_the_end_is_no_row(path, end, encoding):
    text = "name,x,y\n" + lines() + end.format(MEAN, LARGEST)
    data = loaded(path, text, encoding=encoding)
    assert rows_of(data) == len(TABLE)
    assert "as made of the rows" in str(data)
    network, _ = suited(data, members=1)
    assert len(predict_table(Model.of(network, data), path)) == len(TABLE)


def test_a_row_that_is_called_a_mean_and_is_none_stays(path):
    data = loaded(path, "grade,x,y\n" + lines() + "Average,12.5,80.5\n")
    assert rows_of(data) == len(TABLE) + 1


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (",,\n" * 50, "empty rows"),
        (",,\nSource: the office,,\n", '"Source: the office"'),
        ('"Note: a, b",,\n,,\n', '"Note: a, b"'),
        ("__________,,\n(C) the office,,", '"__________"'),
        ("注：速報値,,\n", '"注：速報値"'),
    ],
)
def test_what_a_spreadsheet_has_filled_up_below_the_rows_is_none(path, end, said):
    data = loaded(path, "name,x,y\n" + lines() + end)
    assert rows_of(data) == len(TABLE)
    assert "without a target" not in str(data)
    assert said in str(data)
    network, _ = suited(data, members=1)
    assert len(predict_table(Model.of(network, data), path)) == len(TABLE)


def test_a_last_row_of_which_all_but_the_name_is_missing_is_a_row(path):
    data = loaded(path, "name,x,y\n" + lines())
    network, _ = suited(data, members=1)
    path.write_text("name,x\nn1,7\nn2,\n")
    assert len(predict_table(Model.of(network, data), path)) == 2


@pytest.mark.parametrize(
    "head",
    [
        ",東京,東京,東京\nname,x,x,y\n,,品質,\n",
        ",2023,,2024\nname,x,z,y\n",
        "GEO,E1,E2,E3\nGeography,Estimate of the total,Margin of error,Target\n",
        "A title\nname,x,z,y\n-----,---:,:--:,---\n",
    ],
)
def test_lines_above_and_below_the_names(path, head):
    text = "".join(f"n{i},{a},{b + i},{b}\n" for i, (a, b) in TABLE)
    target = "E3" if "GEO" in head else "y"
    data = loaded(path, head + text, target)
    assert rows_of(data) == len(TABLE)
    assert all(f.kind == "number" for f in data.columns.features)
    assert len(data.columns.features) == 2
    assert "taken as missing" not in str(data.told)


def test_tables_as_programs_draw_them(path):
    rows = "".join(f"| n{i % 7} | {a} | {b} |\n" for i, (a, b) in TABLE)
    line = "+------+-----+-----+\n"
    names = "| name | x | y |\n"
    for text in (
        f"{line}{names}{line}{rows}{line}60 rows in set (0.00 sec)\n",
        f"{names}|---|--:|:-:|\n{rows}",
        f"{names}{line}{rows}(60 rows)\n".replace("| n", "n").replace(" |\n", "\n"),
    ):
        assert rows_of(loaded(path, text)) == len(TABLE)


def test_a_blank_in_names_parts_no_cells_below_a_title_without_commas(path):
    text = "".join(f"Area {i},{a},{b},{a},{b}\n" for i, (a, b) in TABLE)
    data = loaded(path, "Regional earnings\n\ncode,x,z,v,y\n" + text)
    assert data.columns.names == ("x", "z", "v")
    fractions = text.replace("Area ", "").replace(",", " ").replace(".", ",")
    data = loaded(path, "n x z v y\n" + fractions)
    assert data.columns.names == ("x", "z", "v")


def test_names_of_rows_have_neither_a_name_nor_a_unit(path):
    data = loaded(path, "x,y\n,kg,m\n" + lines())
    assert "units: kg, m" in str(data)
    assert data.columns.names == ("x",)
    with pytest.raises(DataError, match='the line "x, y" has 2 names, and the rows'):
        loaded(path, "x,y\ns,kg,m\n" + lines())


def test_titles_that_a_spreadsheet_has_filled_up_with_separators(path):
    text = "Sales report;;\nAs of: 01.03.2024;;\n;;\nname;x;y\n" + lines(";")
    data = loaded(path, text)
    assert rows_of(data) == len(TABLE)
    assert 'left out above the table: "Sales report" and 2 more' in str(data)


def test_headings_of_groups_stand_above_the_names(path):
    text = ",Sizes,\nname,x,y\n,(m),(kg)\n" + lines()
    data = loaded(path, text)
    assert rows_of(data) == len(TABLE)
    assert "units: (m), (kg)" in str(data)
    # A column without a name, as of row numbers, is no group.
    assert rows_of(loaded(path, ",x,y\n" + lines())) == len(TABLE)


def test_yes_in_many_spellings_is_one_class(path):
    yes, no = ["yes", "Y", "TRUE", "1"], ["No", "n", "false", "0"]
    text = "".join(f"{a},{(yes if a > 50 else no)[i % 4]}\n" for i, (a, _) in TABLE)
    data = loaded(path, "x,y\n" + text)
    assert len(data.classes) == 2
    first = data.classes.index(
        next(c for c in data.classes if c.lower() in ("yes", "true"))
    )
    over = (
        data.x_train[:, 0]
        > (50 - data.columns.features[0].mean) / data.columns.features[0].std
    )
    np.testing.assert_array_equal(data.t_train == first, over)
    for word in (*yes, *no, "T", "F"):
        assert spelled(data.classes)[word] == (
            first if word in [*yes, "T"] else 1 - first
        )


def test_a_header_with_a_name_twice_is_known_again(path):
    # That its first line has names, the target alone tells: one of them is a number.
    rows = [
        f"{a},{'cd'[i % 3 > 0]},{'gh'[i % 5 > 2]},{'ef'[i % 2]}" for i, (a, _) in TABLE
    ]
    text = "\n".join(rows)
    data = loaded(path, "2023,yes,yes,no\n" + text, "no")
    assert data.columns.names == ("2023", "yes", "yes (2)")
    network, _ = suited(data, members=1)
    assert len(predict_table(Model.of(network, data), path)) == len(TABLE)


def test_letters_alone_are_what_they_are(path):
    text = "".join(f"{'YNT'[i % 3]},{b}\n" for i, (_, b) in TABLE)
    (feature,) = loaded(path, "gene,y\n" + text).columns.features
    assert set(feature.categories) == {"Y", "N", "T"}


def test_feet_and_inches_are_told_with_their_line(path):
    with pytest.raises(DataError, match="line 2 has a quotation mark that nothing"):
        loaded(path, "height,y\n5' 7\",1\n6' 1\",2\n")


def test_a_logger_has_several_lines_between_the_names_and_the_data(path):
    text = "TOA5,CR1000,v3\nTIME,T,RH,y\nTS,Deg C,%,m\n,Avg,Smp,Tot\n"
    rows = [
        f'"2024-05-{i % 28 + 1:02d} 10:00:00",{a},{b},{a}.5'
        for i, (a, b) in enumerate(NUMBERS)
    ]
    data = loaded(path, text + "\n".join(rows) + "\n")
    assert rows_of(data) == len(NUMBERS)
    assert "units: TS, Deg C, %, m" in str(data)
    assert "units: Avg, Smp, Tot" in str(data)
    assert "taken as missing" not in str(data)
