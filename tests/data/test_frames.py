"""Frames of Polars, pandas and Arrow: every type of column, every kind of name."""

import datetime
import decimal
import fractions

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from kobai.data import load_table
from kobai.data.tables.frames import open_table, polars_frame
from kobai.data.tables.new_rows import codes
from kobai.errors import DataError
from kobai.formats import Model
from kobai.networks import Dense, Network, Softmax

ROWS = 40
SIZE = np.random.default_rng(0).normal(size=ROWS)
KIND = ["a", "b"] * (ROWS // 2)
FOUR = ROWS // 4


def pandas(cells, **others):
    return pd.DataFrame({"size": SIZE, "cell": cells, "kind": KIND} | others)


def polars(cells, **others):
    return pl.DataFrame({"size": SIZE, "cell": cells, "kind": KIND} | others)


def categorical(cells, **options):
    return pd.Categorical(cells, **options)


def objects(cells):
    return pd.Series(cells, dtype=object)


@pytest.mark.parametrize("make", [pandas, polars])
def test_columns_take_rows_of_every_frame(make):
    columns = load_table(polars(WORDS), "kind").columns
    found = codes(columns, polars_frame(make(WORDS)))
    np.testing.assert_array_equal(found[:, 0], SIZE)
    assert found[:4, 1].tolist() == [0, 1, 2, -1]


def cells_of(table):
    """Return the feature of the column "cell", and its raw cells."""
    data = load_table(table, "kind", keep="cell")
    (feature,) = (f for f in data.columns.features if f.name == "cell")
    (frame,) = open_table(table).frames(dict)
    index = data.columns.names.index("cell")
    return feature, codes(data.columns, polars_frame(frame))[:, index]


# What a column of words is, whatever holds them; nothing in the fourth row.
WORDS = ["x", "y", "z", None] * FOUR
HOLDERS = {
    "polars text": lambda: polars(WORDS),
    "polars categorical": lambda: polars(pl.Series(WORDS, dtype=pl.Categorical)),
    "polars enum": lambda: polars(pl.Series(WORDS, dtype=pl.Enum(list("zwyx")))),
    "polars objects": lambda: polars(pl.Series(WORDS, dtype=pl.Object)),
    "lazy": lambda: polars(pl.Series(WORDS, dtype=pl.Categorical)).lazy(),
    "pandas text": lambda: pandas(WORDS),
    "pandas string": lambda: pandas(pd.array(WORDS, dtype="string")),
    "pandas objects": lambda: pandas(objects(WORDS)),
    "pandas NA": lambda: pandas(objects([w or pd.NA for w in WORDS])),
    "pandas NaN": lambda: pandas(objects([w or np.nan for w in WORDS])),
    "pandas category": lambda: pandas(categorical(WORDS)),
    "pandas ordered": lambda: pandas(
        categorical(WORDS, categories=list("zywx"), ordered=True)
    ),
    "pandas on arrow": lambda: pandas(WORDS).convert_dtypes(dtype_backend="pyarrow"),
    "arrow": lambda: pa.table({"size": SIZE, "cell": WORDS, "kind": KIND}),
    "arrow dictionary": lambda: pa.table(
        {"size": SIZE, "cell": pa.array(WORDS).dictionary_encode(), "kind": KIND}
    ),
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_words_are_words_in_every_column(holder):
    feature, found = cells_of(HOLDERS[holder]())
    assert feature.categories == ("x", "y", "z")
    assert feature.has_other
    assert found.tolist() == [0, 1, 2, -1] * FOUR


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_model_takes_words_from_every_column(holder):
    data = load_table(HOLDERS["polars text"](), "kind")
    network = Network(data.columns.width, [Dense(2), Softmax()])
    model = Model(network, data.classes, columns=data.columns)
    expected = model.predict_table(HOLDERS["polars text"]())
    assert model.predict_table(HOLDERS[holder]()).equals(expected)


@pytest.mark.parametrize("holder", HOLDERS)
def test_words_are_classes_in_every_column(holder):
    data = load_table(HOLDERS[holder](), "cell")
    assert data.classes == ("x", "y", "z")
    assert len(data.t_train) + len(data.t_test) == 3 * FOUR


def test_categories_of_parquet_are_words(tmp_path):
    for dtype in (pl.Categorical, pl.Enum(["z", "y", "x"])):
        polars(pl.Series(WORDS, dtype=dtype)).write_parquet(tmp_path / "a.parquet")
        feature, found = cells_of(tmp_path / "a.parquet")
        assert feature.categories == ("x", "y", "z")
        assert found.tolist() == [0, 1, 2, -1] * FOUR


DECIMALS = [decimal.Decimal(f"{n}.5") for n in range(4)] * FOUR
NUMBERS = [0.5, 1.5, 2.5, 3.5] * FOUR


@pytest.mark.parametrize(
    "table",
    [
        polars(DECIMALS),
        polars(pl.Series(DECIMALS, dtype=pl.Object)),
        polars(pl.Series(NUMBERS, dtype=pl.Float32)),
        pandas(objects(DECIMALS)),
        pandas(objects(NUMBERS)),
        pandas(objects(map(np.float32, NUMBERS))),
        pandas(objects(fractions.Fraction(n) for n in NUMBERS)),
        pandas(pd.array(NUMBERS, dtype="Float32")),
        pandas(np.array(NUMBERS, np.float16)),
        pandas(np.array(NUMBERS, np.longdouble)),
        pandas(pd.arrays.SparseArray(NUMBERS)),
        pandas(objects(map(str, NUMBERS))),
    ],
)
def test_numbers_are_numbers_in_every_column(table):
    feature, cells = cells_of(table)
    assert feature.kind == "number"
    assert cells.tolist() == NUMBERS


@pytest.mark.parametrize(
    "table",
    [
        polars(pl.Series([1, 2, 3, None] * FOUR, dtype=pl.Int128)),
        polars(pl.Series([1, 2, 3, None] * FOUR, dtype=pl.UInt8)),
        pandas(pd.array([1, 2, 3, None] * FOUR, dtype="Int64")),
        pandas([1, 2, 3, np.nan] * FOUR),
        pandas(objects([1, 2.0, np.int8(3), None] * FOUR)),
        pandas(objects([1, decimal.Decimal(2), 3, decimal.Decimal("nan")] * FOUR)),
        pandas(objects([1, 2, 3, pd.NA] * FOUR)),
    ],
)
def test_a_missing_number_is_missing_in_every_column(table):
    feature, cells = cells_of(table)
    assert feature.kind == "number"
    assert feature.has_missing
    np.testing.assert_array_equal(cells, [1, 2, 3, np.nan] * FOUR)


YES = [True, False, None, True] * FOUR


@pytest.mark.parametrize(
    "table",
    [
        polars(YES),
        pandas(pd.array(YES, dtype="boolean")),
        pandas(objects(YES)),
        pandas(objects([np.bool_(True), False, None, True] * FOUR)),
        pandas(categorical(YES)),
    ],
)
def test_yes_and_no_are_two_categories(table):
    feature, found = cells_of(table)
    assert feature.categories == ("false", "true")
    assert found.tolist() == [1, 0, -1, 1] * FOUR


@pytest.mark.parametrize(
    ("cells", "categories"),
    [
        ([10, 20, 3, None], ("10", "20", "3")),
        ([1.5, 2.0, -3.0, None], ("-3.0", "1.5", "2.0")),
        ([1, "a", 2.5, None], ("1", "2.5", "a")),
    ],
)
def test_what_pandas_calls_a_category_is_one(cells, categories):
    feature, found = cells_of(pandas(categorical(cells * FOUR)))
    assert feature.categories == categories
    words = [categories[int(code)] if code >= 0 else None for code in found[:4]]
    assert words == [None if c is None else str(c) for c in cells]


def test_intervals_that_pandas_cut_makes_are_categories():
    table = pandas(pd.cut(np.arange(ROWS) % 10, [-1, 2, 4, 9]))
    feature, found = cells_of(table)
    assert feature.categories == ("(-1, 2]", "(2, 4]", "(4, 9]")
    assert found[:10].tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 2, 2]


def test_a_category_is_the_same_in_another_type_of_column():
    """A whole number that lacks one comes as 3.0, and yes as True in a CSV file."""
    zones = [1, 2, 3, 1] * FOUR
    data = load_table(polars(zones), "kind", category="cell")
    assert data.columns.features[1].categories == ("1", "2", "3")
    for cells in (
        [1.0, 2.0, np.nan, 1.0],
        ["1", "2.0", None, "1"],
        categorical([1.0, 2.0, None, 1.0]),
    ):
        frame = next(open_table(pandas(list(cells) * FOUR)).frames(dict))
        found = codes(data.columns, polars_frame(frame))[:4, 1]
        assert found.tolist() == [0, 1, -1, 0]
    other = load_table(polars([1.0, 2.0, 3.0, 2.0] * FOUR), "kind", category="cell")
    frame = next(open_table(pandas(zones)).frames(dict))
    assert codes(other.columns, polars_frame(frame))[:4, 1].tolist() == [0, 1, 2, 0]


@pytest.mark.parametrize("write", ["capitalize", "upper", "lower"])
def test_yes_and_no_are_the_same_in_a_csv_file(write, tmp_path):
    words = [getattr(str(yes), write)() for yes in [True, False] * (2 * FOUR)]
    polars(words, t=words).write_csv(tmp_path / "a.csv")
    table = polars([True, False] * (2 * FOUR), t=[True, False] * (2 * FOUR))
    for first, second in ((table, tmp_path / "a.csv"), (tmp_path / "a.csv", table)):
        data = load_table(first, "t", test=second, drop="kind", keep="cell")
        by_class = {
            t: set(map(tuple, data.x_test[data.t_test == t][:, 1:])) for t in (0, 1)
        }
        assert by_class == {0: {(1, 0)}, 1: {(0, 1)}}


def test_spellings_of_yes_are_one_category():
    words = ["true", "True", "TRUE", "x"] * FOUR
    feature, found = cells_of(pandas(words))
    assert feature.categories == ("true", "x")
    assert found[:4].tolist() == [0, 0, 0, 1]


TODAY = datetime.date(2026, 3, 1)
DAYS = [TODAY + datetime.timedelta(n) for n in range(ROWS)]


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (pandas(pd.period_range("2026", periods=ROWS, freq="D")), "type Period"),
        (pandas(pd.interval_range(0, ROWS)), "type Interval"),
        (pandas(np.ones(ROWS, complex)), r"type complex, such as \"\(1\+0j\)"),
        (pandas(objects([[1, 2]] * ROWS)), r'type list, such as "\[1, 2\]"'),
        (pandas(objects([b"a"] * ROWS)), "type bytes"),
        (pandas(objects([{"a": 1}] * ROWS)), "type dict"),
        (pandas(objects([object()] * ROWS)), "type object"),
        (pandas(objects([datetime.timedelta(1)] * ROWS)), "type timedelta"),
        (polars([[1, 2]] * ROWS), r'type List\(Int64\), such as "\[1, 2\]"'),
        (polars([{"a": 1}] * ROWS), "type Struct"),
        (polars([b"a"] * ROWS), "type Binary"),
        (polars(pl.Series([object()] * ROWS, dtype=pl.Object)), "type object"),
    ],
)
def test_what_is_neither_number_nor_word_is_refused_by_its_column(table, what):
    with pytest.raises(DataError, match=f'column "cell": holds (values of )?{what}'):
        load_table(table, "kind")
    with pytest.raises(DataError, match='column "cell"'):
        load_table(table, "cell", drop="kind")
    # A column that is left out may hold anything.
    assert load_table(table, "kind", drop="cell").columns.names == ("size",)
    if "type" in what:
        data = load_table(polars(WORDS), "kind")
        with pytest.raises(DataError, match='column "cell": holds values of type'):
            codes(data.columns, polars_frame(next(open_table(table).frames(dict))))


@pytest.mark.parametrize("kind", [objects, lambda c: pl.Series(c, dtype=pl.Object)])
def test_a_word_among_few_numbers_of_objects_makes_them_words(kind):
    cells = [1, 2.5, decimal.Decimal(3), "many"] * FOUR
    make = pandas if kind is objects else polars
    data = load_table(make(kind(cells)), "kind")
    assert data.columns.features[1].categories == ("1", "2.5", "3.0", "many")


@pytest.mark.parametrize(
    "days",
    [
        polars(DAYS),
        polars(pl.Series(DAYS, dtype=pl.Object)),
        pandas(objects(DAYS)),
        pandas(pd.to_datetime(DAYS)),
        pandas(pd.to_datetime(DAYS).tz_localize("Asia/Tokyo")),
        polars([day.strftime("%d.%m.%Y") for day in DAYS]),
        polars([day.strftime("%b %d, %Y") for day in DAYS]),
    ],
)
def test_dates_are_the_same_numbers_however_they_are_kept(days):
    columns = load_table(days, "kind").columns
    made = [feature for feature in columns.features if feature.column == "cell"]
    raw = codes(columns, polars_frame(days))
    for feature in made:
        index = columns.features.index(feature)
        wanted = {
            "date": [(day - datetime.date(1970, 1, 1)).days for day in DAYS],
            "month": [day.month for day in DAYS],
            "day": [day.day for day in DAYS],
            "weekday": [day.weekday() for day in DAYS],
            "week, sine": [np.sin(2 * np.pi * day.weekday() / 7) for day in DAYS],
        }.get(feature.reading.part)
        if wanted:
            np.testing.assert_allclose(raw[:, index], wanted, atol=1e-12)
    assert {"date", "day", "weekday", "week, sine"} <= {f.reading.part for f in made}


def test_lengths_of_time_are_numbers_of_days():
    table = pandas(pd.to_timedelta(np.arange(ROWS) ** 2, unit="D"))
    columns = load_table(table, "kind").columns
    raw = codes(columns, polars_frame(table))
    assert raw[:, columns.names.index("cell")].tolist() == [i**2 for i in range(ROWS)]


# --- names


def numbered(names):
    cells = np.random.default_rng(0).normal(size=(ROWS, 3)).round(2)
    cells[:, 2] = np.arange(ROWS) % 2
    return pd.DataFrame(cells, columns=names)


@pytest.mark.parametrize(
    "names",
    [[0, 1, 2], [0.5, 1.5, 2.5], list(np.arange(3)), pd.date_range("2026", periods=3)],
)
def test_names_may_be_numbers(names):
    table = numbered(names)
    first, second, third = table.columns
    assert load_table(table, third).columns.names == (str(first), str(second))
    assert load_table(table, str(third)).classes == ("0", "1")
    assert load_table(table, third, drop=first).columns.names == (str(second),)
    assert load_table(table, third, drop=[first]).columns.names == (str(second),)
    several = load_table(table, [second, third])
    assert several.columns.target.names == (str(second), str(third))
    with pytest.raises(DataError, match="target: table has no column"):
        load_table(table, 17)


def test_numbers_name_columns_to_keep_weigh_and_take_as_categories():
    table = numbered([0, 1, 2])
    table[0] = 7.0
    table[1] = np.arange(ROWS) % 3 + 1
    data = load_table(table, 2, keep=0, category=1)
    assert [f.kind for f in data.columns.features] == ["number", "category"]
    table[0] = np.arange(ROWS) % 4 + 1
    data = load_table(table, 2, weight=0, class_weight={0: 3, 1.0: 1})
    expected = load_table(table, "2", weight="0", class_weight={"0": 3, "1": 1})
    assert data.columns.names == ("1",)
    np.testing.assert_array_equal(data.sample_weight, expected.sample_weight)


def test_classes_are_weighed_by_their_own_names():
    table = polars(WORDS, t=[True, False] * (2 * FOUR))
    data = load_table(table, "t", class_weight={True: 3.0}, test_size=10)
    assert sorted(set(data.sample_weight.round(4).tolist())) == [0.5, 1.5]
    with pytest.raises(DataError, match='there is no class "17"'):
        load_table(table, "t", class_weight={17: 3.0})


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([1, "1", 2], 'two columns are called "1"'),
        (["a", "a", 2], 'two columns are called "a"'),
        ([("a", "x"), ("a", "y"), ("b", "x")], r"several levels, such as \('a', 'x'\)"),
    ],
)
def test_names_that_do_not_tell_columns_apart_are_refused(names, message):
    if isinstance(names[0], tuple):
        names = pd.MultiIndex.from_tuples(names)
    with pytest.raises(DataError, match=message):
        load_table(numbered(names), 2)


def test_a_column_without_a_name_is_numbered():
    for nothing in (None, np.nan, "", " "):
        data = load_table(numbered(["a", nothing, "b"]), "b")
        assert data.columns.names == ("a", "column 2")


def test_arrow_tables_with_a_name_twice_are_refused():
    table = pa.table([pa.array([1, 2]), pa.array([1, 2])], names=["a", "a"])
    with pytest.raises(DataError, match='two columns are called "a"'):
        load_table(table, "a")


@pytest.mark.parametrize("column", [pd.Series([1, 2]), pl.Series([1, 2])])
def test_a_column_alone_is_no_table(column):
    with pytest.raises(TypeError, match=r"got Series; need .*column\.to_frame\(\)"):
        load_table(column, "a")


def test_a_lazy_frame_that_fails_says_why():
    with pytest.raises(DataError, match=r'lazy frame cannot be collected: .*"zz"'):
        load_table(pl.LazyFrame({"a": [1]}).select("zz"), "a")


def test_a_frame_of_a_class_of_ones_own_is_one_of_pandas():
    class Mine(pd.DataFrame):
        pass

    assert load_table(Mine(pandas(WORDS)), "kind").columns.names == ("size", "cell")
