"""New rows for a network that has learned from others: the same columns, once more."""

import numpy as np
import pytest

from kobai.data import load_more_rows, load_table
from kobai.errors import DataError

pl = pytest.importorskip("polars")


def frame(rows, shift=0.0):
    n = np.arange(rows)
    return pl.DataFrame(
        {
            "size": n % 7 + shift,
            "word": [("red", "blue")[k % 2] for k in n],
            "weight": 1.0 + n % 3,
            "kind": [("yes", "no")[int(k % 7 > 3)] for k in n],
        }
    )


@pytest.fixture
def first():
    return load_table(frame(70), "kind", weight="weight", seed=3)


def test_the_same_table_gives_the_same_data(first):
    again = load_more_rows(frame(70), first.columns, weight="weight", seed=3)
    for name in ("x_train", "t_train", "x_test", "t_test", "sample_weight"):
        np.testing.assert_array_equal(getattr(again, name), getattr(first, name))
    assert again.columns is first.columns
    assert again.classes == first.classes


def test_nothing_is_fitted_to_the_new_rows(first):
    more = load_more_rows(frame(70, shift=1.0), first.columns, weight="weight", seed=3)
    size = first.columns.features[0]
    assert size.name == "size"
    difference = more.x_train[:, 0] - first.x_train[:, 0]
    # By hand: a shift of 1 is 1 / std standardised, to the last bits of float32.
    np.testing.assert_allclose(difference, 1 / size.std, rtol=1e-5)


def test_a_second_table_to_test_on_and_weights_of_classes(first):
    more = load_more_rows(
        frame(30), first.columns, test=frame(10), class_weight={"yes": 3}
    )
    assert (len(more.x_train), len(more.x_test)) == (30, 10)
    assert more.sample_weight.mean() == pytest.approx(1)
    yes = more.t_train == more.classes.index("yes")
    assert set(more.sample_weight[yes] / more.sample_weight[~yes].max()) == {
        np.float32(3)
    }


def test_rows_without_a_target_are_left_out(first):
    table = frame(20).with_columns(
        pl.when(pl.col("size") < 1).then(None).otherwise(pl.col("kind")).alias("kind")
    )
    more = load_more_rows(table, first.columns, weight="weight")
    assert len(more.x_train) + len(more.x_test) == table["kind"].count()
    assert len(more.sample_weight) == len(more.x_train)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            pl.col("kind").str.replace("yes", "perhaps"),
            'has "perhaps".*the classes .* are "no", "yes"',
        ),
        (pl.lit("tall").alias("size"), "size"),
        (-pl.col("weight"), r"row 1 is -1.0, .* and 17 more; a weight is"),
        (pl.lit(0.0).alias("weight"), "every training row is 0"),
    ],
)
def test_what_does_not_fit_is_refused(first, change, why):
    with pytest.raises(DataError, match=why):
        load_more_rows(frame(20).with_columns(change), first.columns, weight="weight")
    with pytest.raises(DataError, match="lacks the column"):
        load_more_rows(frame(20).drop("word"), first.columns)


def test_more_rows_of_a_file_are_read_as_the_first_were(tmp_path):
    """A point parts thousands in some columns; a row alone does not say so."""
    path = tmp_path / "a.csv"
    lines = [f"{n % 9 + 1}.000;{n % 5},5;1.{n:03};{'ab'[n % 2]}" for n in range(40)]
    path.write_text("\n".join(["size;b;w;kind", *lines]))
    first = load_table(path, "kind", weight="w")
    assert first.columns.sources == ("size", "b")
    again = load_more_rows(path, first.columns, weight="w", writing=first.writing)
    for name in ("x_train", "x_test", "sample_weight"):
        np.testing.assert_array_equal(getattr(again, name), getattr(first, name))
    path.write_text("\n".join(["size;b;w;kind", *lines[:2] * 2, *lines[:2] * 2]))
    few = load_more_rows(path, first.columns, writing=first.writing, test_size=0.5)
    rows = first.columns.encode(np.array([[1e3, 0.5], [2e3, 1.5]]))
    known = {tuple(row) for row in rows.astype(np.float32)}
    assert {tuple(row) for row in few.x_train} == known
