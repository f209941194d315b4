"""What a user says of a table's columns: refused where wrong, told where idle."""

import pytest

pytest.importorskip("polars")

from kobai.data import load_table
from kobai.errors import DataError


@pytest.fixture
def path(tmp_path):
    rows = [
        f"{i % 12 + 1}/{i % 9 + 1}/2024,{i * 7 % 11},0{i % 5},{i % 7}.5"
        for i in range(40)
    ]
    (tmp_path / "t.csv").write_text("\n".join(["day,a,code,y", *rows]))
    return tmp_path / "t.csv"


@pytest.mark.parametrize("order", ["x", "ymd", "DMY"])
@pytest.mark.parametrize("drop", [(), "day"])
def test_an_order_that_is_none_is_refused_with_dates_and_without(path, order, drop):
    with pytest.raises(DataError, match=f"got '{order}'; need dmy"):
        load_table(path, "y", date_order=order, drop=drop)


def test_what_decides_nothing_is_said(path):
    data = load_table(
        path, "y", drop="day", date_order="mdy", missing="zz,-999,-", number="a"
    )
    text = str(data)
    assert "date order mdy decides nothing: no date may be either" in text
    assert 'missing "zz" decides nothing: no cell has it' in text
    assert 'missing "-999" decides nothing' in text
    assert 'missing "-" decides' not in text
    assert 'number "a" decides nothing: it is read as numbers anyway' in text


def test_what_decides_something_is_not(path):
    text = path.read_text().replace(",3,", ",zz,").replace(",4,", ",-999.0,")
    path.write_text(text)
    options = {"date_order": "mdy", "missing": "zz,-999", "number": "code"}
    assert "decides nothing" not in str(load_table(path, "y", **options))


def with_words(path):
    rows = path.read_text().split()
    more = [
        f"{i},{'ab'[i % 2]},the red cat number {i * 7 % 40},{'✓' if i % 3 else ''},"
        for i in range(40)
    ]
    head = "n,word,said,tick,none"
    text = [f"{row},{other}" for row, other in zip(rows, [head, *more], strict=True)]
    path.write_text("\n".join(text))


def test_columns_that_are_named_and_are_so_anyway_are_said(path):
    with_words(path)
    text = str(
        load_table(path, "y", keep="a,none", category="word,code", text="said", drop=())
    )
    assert 'keep "a" decides nothing: it is not left out without' in text
    assert 'keep "none" decides nothing: no training row has it' in text
    assert 'category "word" decides nothing: it is read as words anyway' in text
    assert 'category "code" decides nothing' in text
    assert 'text "said" decides nothing: it is read as text anyway' in text


def test_columns_that_become_so_are_not(path):
    with_words(path)
    options = {"keep": "n", "category": "a,tick", "text": "word"}
    assert "decides nothing" not in str(load_table(path, "y", **options))


def test_a_column_is_of_one_kind(path):
    with pytest.raises(DataError, match='category and number: both name "a"'):
        load_table(path, "y", category="a", number="a,code")
