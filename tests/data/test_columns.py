"""Fitted columns: encoding against a naive twin, tracing, saving."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kobai.data import Columns, load_table
from kobai.data.tables.columns import OTHER, Feature, Target
from kobai.data.tables.new_rows import codes
from kobai.engines.reference import interpret
from kobai.errors import DataError
from kobai.graph import trace

WORDS = st.text(min_size=1, max_size=6)
NUMBERS = st.floats(-1e6, 1e6)


@st.composite
def features(draw, number):
    name = f"column {number}"
    if draw(st.booleans()):
        std = draw(st.floats(1e-3, 1e3))
        return Feature(name, "number", draw(NUMBERS), std, draw(st.booleans()))
    words = tuple(draw(st.lists(WORDS, min_size=1, max_size=4, unique=True)))
    return Feature(name, "category", categories=words, has_other=draw(st.booleans()))


@st.composite
def tables(draw):
    """Draw columns, and raw rows for them."""
    count = draw(st.integers(1, 5))
    fitted = tuple(draw(features(i)) for i in range(count))
    columns = Columns(fitted, Target(("t",), ("a", "b")))
    rows = draw(st.integers(1, 6))
    raw = np.empty((rows, count))
    for i, feature in enumerate(fitted):
        cell = st.sampled_from([OTHER, *range(len(feature.categories))])
        if feature.kind == "number":
            cell = st.one_of(NUMBERS, st.just(np.nan))
        raw[:, i] = draw(st.lists(cell, min_size=rows, max_size=rows))
    return columns, raw


def encoded_by_hand(columns, raw):
    """Encode cell by cell, with nothing but Python's arithmetic."""
    rows = []
    for cells in raw.tolist():
        pairs = list(zip(columns.features, cells, strict=True))
        numbers = [(f, c) for f, c in pairs if f.kind == "number"]
        row = [0.0 if c != c else (c - f.mean) / f.std for f, c in numbers]
        row += [float(c != c) for f, c in numbers if f.has_missing]
        for feature, cell in pairs:
            if feature.kind == "category":
                row += [float(cell == i) for i in range(len(feature.categories))]
                row += [float(cell == OTHER)] * feature.has_other
        rows.append(row)
    return rows


@settings(max_examples=100, deadline=None)
@given(tables())
def test_encoding(table):
    columns, raw = table
    x = columns.encode(raw)
    assert x.shape == (len(raw), columns.width)
    np.testing.assert_array_equal(x, encoded_by_hand(columns, raw))


@settings(max_examples=30, deadline=None)
@given(tables())
def test_encoding_can_be_traced(table):
    columns, raw = table
    raw = raw.astype(np.float32)
    (traced,), _ = interpret(trace(columns.encode, raw))(raw)
    assert traced.dtype == np.float32
    np.testing.assert_array_equal(traced, columns.encode(raw))


@settings(max_examples=50, deadline=None)
@given(tables())
def test_columns_survive_json(table):
    columns, _ = table
    text = json.dumps(columns.as_json(), allow_nan=False)
    assert Columns.from_json(json.loads(text)) == columns


def test_numbers_are_brought_back_to_their_units():
    target = Target(("a", "b"), means=(10.0, 0.0), stds=(2.0, 0.5))
    columns = Columns((Feature("x"),), target)
    y = np.array([[1, 1], [0, -2]], np.float32)
    np.testing.assert_array_equal(columns.decode(y), [[12, 0.5], [10, -1]])
    assert columns.decode(y).dtype == np.float32


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(features=[]),
        lambda c: c.update(features=3),
        lambda c: c.pop("target"),
        lambda c: c["features"][0].update(std=0.0),
        lambda c: c["features"][0].update(mean="x"),
        lambda c: c["features"][0].update(kind="date"),
        lambda c: c["features"][0].update(name=7),
        lambda c: c["features"][0].pop("categories"),
        lambda c: c["features"][0].update(colour="red"),
        lambda c: c["target"].update(names=[1]),
        lambda c: c["target"].update(means=[1.0]),
    ],
)
def test_damaged_columns(change):
    columns = Columns((Feature("x"),), Target(("t",), ("a", "b")))
    found = json.loads(json.dumps(columns.as_json()))
    change(found)
    with pytest.raises(ValueError, match="columns: not as described"):
        Columns.from_json(found)


def test_codes_of_a_frame():
    fitted = (Feature("n"), Feature("c", "category", categories=("a", "b")))
    columns = Columns(fitted, Target(("t",), ("u", "v")))
    frame = pl.DataFrame(
        {"c": ["b", "new", None, " a "], "n": ["1.5", "NA", " -2", "3"], "z": [0] * 4}
    )
    np.testing.assert_array_equal(
        codes(columns, frame), [[1.5, 1], [np.nan, OTHER], [-2, OTHER], [3, 0]]
    )
    with pytest.raises(DataError, match='row 2 has "x"; need a number'):
        codes(columns, pl.DataFrame({"n": ["1", "x"], "c": ["a", "a"]}))
    with pytest.raises(DataError, match='lacks the column "c"'):
        codes(columns, pl.DataFrame({"n": [1]}))
    with pytest.raises(DataError, match="row 1 is -inf"):
        codes(columns, pl.DataFrame({"n": [-np.inf], "c": ["a"]}))


@pytest.mark.parametrize(("decimal", "cell"), [(".", "1.5"), (",", "1,5")])
def test_earlier_versions_had_one_decimal_sign_for_a_table(decimal, cell):
    described = Columns((Feature("a"),), Target(("t",), (), (0.0,), (1.0,))).as_json()
    del described["features"][0]["reading"]
    del described["target"]["readings"]
    columns = Columns.from_json(described, decimal)
    assert codes(columns, pl.DataFrame({"a": [cell]})).item() == 1.5
    (reading,) = columns.target.readings
    assert reading == columns.features[0].reading


NAMES = (
    "n",
    "word",
    "text",
    "given",
    "neat",
    "1",
    "digits",
    "before",
    "literal",
    "len",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_column_may_be_called_as_anything_is_within(tmp_path, name):
    rows = [f"({i % 9}),{'ab'[i % 2]}{i % 3},{i * 7 % 13}" for i in range(30)]
    path = tmp_path / "t.csv"
    for head in (f"{name},other,goal", f"other,{name},goal"):
        path.write_text("\n".join([head, *rows]))
        assert [note.taken for note in load_table(path, "goal").told[:2]] == [
            "number",
            "6 categories",
        ]


def test_a_column_of_brackets_takes_few_calls(tmp_path, monkeypatch):
    # Each costs a fifth of a millisecond, whatever the number of rows.
    calls = []
    collect = pl.LazyFrame.collect

    def counted(self, *args, **kwargs):
        calls.append(1)
        return collect(self, *args, **kwargs)

    def taken(columns):
        path = tmp_path / "t.csv"
        rows = [f"{f'({i % 4}),' * columns}{i % 7}" for i in range(30)]
        head = "".join(f"c{i}," for i in range(columns)) + "goal"
        path.write_text("\n".join([head, *rows]))
        calls.clear()
        load_table(path, "goal")
        return len(calls)

    monkeypatch.setattr(pl.LazyFrame, "collect", counted)
    few, more = taken(5), taken(15)
    # They were 62.
    assert more - few <= 10 * 30
