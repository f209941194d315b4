"""Several targets of a table, some of which are classes."""

import numpy as np
import pytest

from kobai.data import load_more_rows, load_table
from kobai.data.tables.columns import Columns
from kobai.data.tables.load import rows_of
from kobai.errors import DataError

pl = pytest.importorskip("polars")

COLOURS = ["red", "blue", None, "green"]


def table(rows=80):
    """A table whose rows 2, 6, … lack a colour, and row 1 a price."""
    rng = np.random.default_rng(0)
    price = [None if i == 1 else 100 + 7.5 * i for i in range(rows)]
    return pl.DataFrame(
        {
            "x": rng.normal(size=rows),
            "colour": [COLOURS[i % 4] for i in range(rows)],
            "price": price,
            "paid": [i % 3 == 0 for i in range(rows)],
        }
    )


TARGETS = ["paid", "price", "colour"]


@pytest.fixture(scope="module")
def data():
    return load_table(table(), TARGETS, test_size=0)


def test_targets_are_labels_and_numbers(data):
    known = table().drop_nulls()
    target = data.columns.target
    assert target.names == ("paid", "price", "colour")
    assert target.heads == (("false", "true"), (), ("blue", "green", "red"))
    assert data.classes == ()
    paid, price, colour = data.t_train.T
    assert paid.tolist() == known["paid"].cast(int).to_list()
    names = np.array(target.heads[2])[colour.astype(int)]
    assert names.tolist() == known["colour"].to_list()
    # float32 has seven digits.
    values = known["price"].to_numpy()
    np.testing.assert_allclose(price * values.std() + values.mean(), values, rtol=1e-6)


def test_rows_that_lack_a_target_are_left_out(data):
    assert len(data.t_train) == len(table().drop_nulls())
    assert any("left out 21 rows without a target" in note for note in data.notes)


def test_parts_are_the_tables_of_each_alone(data):
    known = table().drop_nulls()
    y = np.arange(6.0)[np.newaxis]
    for part in data.columns.parts:
        alone = load_table(
            known, part.name, drop=[t for t in TARGETS if t != part.name]
        )
        whole = load_table(known, part.name, test_size=0)
        assert part.columns.target.classes == alone.columns.target.classes
        assert part.columns.target.means == pytest.approx(whole.columns.target.means)
        np.testing.assert_allclose(part.of(data.t_train), whole.t_train, rtol=1e-6)
    # All outputs belong to one target each.
    owned = [y[0, part.outputs] for part in data.columns.parts]
    np.testing.assert_array_equal(np.concatenate(owned), y[0])
    assert data.columns.target.outputs == (
        *("paid=false", "paid=true", "price"),
        *("colour=blue", "colour=green", "colour=red"),
    )


def test_numbers_come_back_in_their_units(data):
    target = data.columns.target
    y = np.zeros((2, 6))
    y[1] = 1
    mean, std = target.means[1], target.stds[1]
    np.testing.assert_allclose(data.columns.decode(y)[:, 2], [mean, mean + std])
    np.testing.assert_array_equal(data.columns.decode(y)[:, [0, 1, 3, 4, 5]][1], 1)


def test_a_column_alone_is_as_it_was_written_before():
    data = load_table(table().drop_nulls(), "colour")
    assert "heads" not in data.columns.as_json()["target"]


def test_columns_come_back_from_json(data):
    assert Columns.from_json(data.columns.as_json()) == data.columns


@pytest.mark.parametrize(
    "heads", [[["a", "b"]], [[], [], [1, 2]], [["a", "b"], 3, ["c", "d"]]]
)
def test_damaged_columns_are_refused(data, heads):
    found = data.columns.as_json()
    found["target"]["heads"] = heads
    with pytest.raises(ValueError, match="columns: not as described"):
        Columns.from_json(found)


def test_new_rows_are_read_alike(data):
    from kobai.data.tables.frames import open_table

    x, t, is_there = rows_of(open_table(table()), data.columns)
    np.testing.assert_array_equal(x, data.x_train)
    np.testing.assert_array_equal(t, data.t_train)
    assert int(is_there.sum()) == len(t)
    more = load_more_rows(table(), data.columns, test=table())
    np.testing.assert_array_equal(more.t_train, data.t_train)


def test_all_new_classes_are_told_at_once(data):
    strange = table().with_columns(colour=pl.lit("pink"), price=pl.lit("much"))
    with pytest.raises(DataError) as caught:
        load_more_rows(strange, data.columns)
    for words in ('column "colour": row 1 has "pink"', '"much"', '"blue", "green"'):
        assert words in str(caught.value)


def test_the_task_is_found_for_each_column():
    frame = table().drop_nulls().with_columns(code=pl.int_range(pl.len()) % 2)
    both = load_table(frame, ["code", "price"])
    assert both.columns.target.heads == (("0", "1"), ())
    numbers = load_table(frame, ["code", "price"], task="regression")
    assert numbers.columns.target.heads == ()
    assert numbers.t_train.shape[1] == 2
    classes = load_table(frame, ["code", "paid"], task="classification")
    assert [len(each) for each in classes.columns.target.heads] == [2, 2]


def test_it_says_what_each_column_is(data):
    assert "task     3 targets: paid (2 classes), price (a number)" in data.summary
    assert "paid: false, true; price: a real number; colour: blue" in data.summary
    taken = {note.name: note.taken for note in data.told}
    assert taken["colour"] == "target, 3 classes"
    assert taken["price"] == "target, a number"
