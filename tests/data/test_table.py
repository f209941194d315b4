"""A user's own table to training data: kinds, gaps, splits, weights, refusals."""

import datetime
import errno
import sys
import tempfile

import numpy as np
import polars as pl
import pytest
from sklearn import datasets

import kobai
from kobai.data import load_table
from kobai.data.tables.frames import open_table
from kobai.data.tables.load import rows_of
from kobai.data.tables.new_rows import codes
from kobai.data.tables.spool import Spool, empty_rows
from kobai.data.tables.text import pieces
from kobai.errors import DataError, MissingExtraError
from kobai.networks import Dense, Network, ReLU, Softmax


def frame(rows=40, **columns):
    """Return a table with a target of two classes and a column of numbers."""
    rng = np.random.default_rng(0)
    usual = {
        "x": rng.normal(size=rows),
        "kind": np.array(["a", "b"])[np.arange(rows) % 2],
    }
    return pl.DataFrame({**usual, **columns})


def csv(path, table):
    table.write_csv(path)
    return path


RAW = {
    "iris": ("target", "3 classes (target)"),
    "wine": ("target", "3 classes (target)"),
    "breast_cancer": ("target", "2 classes (target)"),
    "diabetes": ("target", "regression (target)"),
    "linnerud": (
        "Weight,Waist,Pulse",
        "regression with 3 targets (Weight, Waist, Pulse)",
    ),
}


@pytest.mark.parametrize("name", RAW)
def test_the_task_is_found(name, tmp_path):
    target, task = RAW[name]
    raw = getattr(datasets, f"load_{name}")(as_frame=True)
    raw.frame.to_csv(tmp_path / "my.csv", index=False)
    data = load_table(tmp_path / "my.csv", target)
    assert data.columns.target.task == task
    both = np.concatenate([data.x_train, data.x_test])
    assert both.shape == raw.data.shape
    assert len(data.x_test) == round(0.2 * len(both))
    # All that was read, unscaled and in whatever order, is what scikit-learn has.
    means = [f.mean for f in data.columns.features]
    stds = [f.std for f in data.columns.features]
    ours = both * stds + means
    np.testing.assert_allclose(
        np.sort(ours, axis=0),
        np.sort(raw.data.to_numpy(), axis=0),
        rtol=1e-5,
        # float32, in which 0 comes back as so much of its column's spread.
        atol=1e-5 * np.max(stds),
    )


def test_numbers_are_standardised_by_the_training_rows():
    data = load_table(frame(200, x=np.random.default_rng(1).normal(5, 3, 200)), "kind")
    np.testing.assert_allclose(data.x_train.mean(), 0, atol=1e-6)
    np.testing.assert_allclose(data.x_train.std(), 1, atol=1e-6)
    assert data.x_test.mean() != pytest.approx(0, abs=1e-6)


def test_missing_numbers_become_the_mean_and_a_column():
    x = [1.0, None, 3.0, float("nan")] * 10
    data = load_table(frame(x=pl.Series(x)), "kind", test_size=4)
    (feature,) = data.columns.features
    assert feature.has_missing
    assert data.columns.input_names == ("x", "x is missing")
    missing = data.x_train[:, 1] == 1
    np.testing.assert_array_equal(data.x_train[missing, 0], 0)
    assert set(np.round(np.abs(data.x_train[~missing, 0]), 1)) <= {0.9, 1.0, 1.1}
    (x, *_) = data.told
    assert (x.name, x.taken) == ("x", "number")
    assert "missing" in x.reason


def test_categories_one_by_one_and_all_others_together():
    colour = ["red", "green", "blue", None] * 10
    data = load_table(frame(colour=colour), "kind")
    names = ("x", "colour=blue", "colour=green", "colour=red", "colour=(other)")
    assert data.columns.input_names == names
    np.testing.assert_array_equal(data.x_train[:, 1:].sum(axis=1), 1)
    unseen = data.columns.encode(
        codes(data.columns, frame(2, x=[0, 0], colour=["pink", "red"]))
    )
    np.testing.assert_array_equal(unseen[:, 1:], [[0, 0, 0, 1], [0, 0, 1, 0]])


def test_only_the_most_frequent_categories_get_a_column():
    words = [f"w{i % 1200}" for i in range(6000)] + ["w0"] * 1000
    data = load_table(frame(7000, word=words, x=np.arange(7000) % 7), "kind")
    feature = data.columns.features[-1]
    assert len(feature.categories) == 1000
    assert feature.has_other
    assert "w0" in feature.categories


def test_booleans_are_two_categories(tmp_path):
    table = frame(flag=[True, False, False, True] * 10)
    for source in (table, csv(tmp_path / "my.csv", table)):
        names = load_table(source, "kind").columns.input_names
        assert names == ("x", "flag=false", "flag=true")


def test_whole_numbers_of_few_values_stay_numbers_unless_they_are_names():
    table = frame(zone=[1, 2, 3, 4] * 10)
    assert load_table(table, "kind").columns.features[1].kind == "number"
    named = load_table(table, "kind", category="zone").columns.features[1]
    assert named.categories == ("1", "2", "3", "4")


def test_columns_that_teach_nothing_are_left_out_and_named():
    table = frame(
        number=range(40),
        same=[7] * 40,
        empty=[None] * 40,
        name=[f"person {i}" for i in range(40)],
    )
    data = load_table(table, "kind")
    assert data.columns.names == ("x",)
    told = {note.name: note for note in data.told}
    for name, why in {
        "number": "the number of the row",
        "same": "always the same",
        "empty": "empty",
        "name": "an identifier or free text (32 different words in 32 rows)",
    }.items():
        assert (told[name].taken, told[name].why) == ("left out", why)
        assert f"{name}: left out; {why}" in str(data)
    assert told["name"].option == "--keep name, its words: --text name"
    kept = load_table(table, "kind", keep="number,name")
    assert kept.columns.names == ("x", "number", "name")
    assert load_table(table, "kind", drop=["name"]).columns.names == ("x",)


def test_the_split_is_stratified_and_seeded():
    table = frame(1000, kind=["rare"] * 10 + ["often"] * 990)
    first, again, other = (load_table(table, "kind", seed=s) for s in (0, 0, 1))
    assert np.bincount(first.t_test).tolist() == [198, 2]
    np.testing.assert_array_equal(first.x_test, again.x_test)
    assert np.any(first.x_test != other.x_test)
    everything = np.sort(np.concatenate([first.x_train, first.x_test]), axis=0)
    x = first.columns.encode(codes(first.columns, table)).astype(np.float32)
    np.testing.assert_array_equal(everything, np.sort(x, axis=0))


def test_rows_without_a_target_are_left_out():
    table = frame(kind=["a", "b", None, "NA"] * 10)
    data = load_table(table, "kind")
    assert len(data.x_train) + len(data.x_test) == 20
    assert "left out 20 rows without a target" in str(data)


def test_a_second_table_to_test_on(tmp_path):
    train, test = frame(40), frame(12, x=np.linspace(-1, 1, 12))
    data = load_table(csv(tmp_path / "a.csv", train), "kind", test=test)
    assert (len(data.x_train), len(data.x_test)) == (40, 12)
    (feature,) = data.columns.features
    scaled = (np.linspace(-1, 1, 12) - feature.mean) / feature.std
    np.testing.assert_allclose(data.x_test[:, 0], scaled, rtol=1e-6)
    strange = test.with_columns(kind=pl.lit("c"))
    with pytest.raises(DataError, match=r'row 1 has "c".* are "a", "b"'):
        load_table(train, "kind", test=strange)


def test_targets_of_a_regression_are_standardised():
    table = frame(t=np.linspace(100, 200, 40))
    data = load_table(table, "t", drop="kind")
    assert data.t_train.shape == (32, 1)
    np.testing.assert_allclose(data.t_train.mean(), 0, atol=1e-6)
    np.testing.assert_allclose(data.t_train.std(), 1, rtol=1e-6)
    both = data.columns.decode(np.concatenate([data.t_train, data.t_test]))
    np.testing.assert_allclose(
        np.sort(both[:, 0]), np.linspace(100, 200, 40), rtol=1e-6
    )


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (["yes", "no"] * 20, "2 classes (t)"),
        ([0, 1] * 20, "2 classes (t)"),
        ([0.5, 1.5] * 20, "2 classes (t)"),
        ([1, 2, 3, 4] * 10, "4 classes (t)"),
        ([1.5, 2, 3, 4] * 10, "regression (t)"),
        (list(range(20)) * 2, "regression (t)"),
    ],
)
def test_kinds_of_targets(values, task):
    table = frame(t=values)
    assert load_table(table, "t").columns.target.task == task
    if "class" not in task:
        found = load_table(table, "t", task="classification").columns.target
        assert len(found.classes) == len(set(values))
    elif isinstance(values[0], int | float):
        assert load_table(table, "t", task="regression").columns.target.means


def test_class_names_are_in_order_of_their_values():
    table = frame(t=[10, 9, 2, 10] * 10)
    data = load_table(table, "t", task="classification")
    assert data.classes == ("2", "9", "10")
    words = load_table(frame(t=["z", "a", "m", "z"] * 10), "t")
    assert words.classes == ("a", "m", "z")
    labels = np.concatenate([words.t_train, words.t_test])
    assert np.bincount(labels).tolist() == [10, 10, 20]


def test_weights():
    table = frame(w=[1.0, 3.0] * 20)
    data = load_table(table, "kind", weight="w")
    assert data.columns.names == ("x",)
    # Rows a weigh 1 and rows b 3, of which there are as many; their mean is 1.
    np.testing.assert_allclose(data.sample_weight, np.where(data.t_train, 1.5, 0.5))
    assert load_table(table, "kind").sample_weight is None
    rare = frame(100, kind=["a"] * 90 + ["b"] * 10)
    balanced = load_table(rare, "kind", class_weight="balanced")
    totals = np.bincount(balanced.t_train, balanced.sample_weight)
    np.testing.assert_allclose(totals, [40, 40], rtol=1e-6)
    by_name = load_table(rare, "kind", class_weight={"b": 4.0})
    weights = by_name.sample_weight
    assert weights[by_name.t_train == 1][0] == pytest.approx(
        4 * weights[by_name.t_train == 0][0]
    )


def test_every_form_of_a_table_is_the_same(tmp_path):
    table = frame(100, colour=["red", "green", None, "blue"] * 25)
    table.write_csv(tmp_path / "a.csv")
    table.write_csv(tmp_path / "a.tsv", separator="\t")
    table.write_parquet(tmp_path / "a.parquet")
    ways = [table, table.lazy(), table.to_pandas()]
    ways += [tmp_path / name for name in ("a.csv", "a.tsv", "a.parquet")]
    wanted = load_table(table, "kind")
    for way in ways:
        found = load_table(way, "kind")
        assert found.columns.names == wanted.columns.names
        np.testing.assert_allclose(found.x_train, wanted.x_train, rtol=1e-6, atol=1e-7)
        np.testing.assert_array_equal(found.t_test, wanted.t_test)


def test_space_around_names_is_not_part_of_them(tmp_path):
    table = frame().rename({"x": " x "})
    table.write_csv(tmp_path / "a.csv")
    table.write_parquet(tmp_path / "a.parquet")
    for way in (table, tmp_path / "a.csv", tmp_path / "a.parquet"):
        assert load_table(way, "kind").columns.names == ("x",)


def test_decimal_commas(tmp_path):
    lines = ["x;kind", *(f"{i % 9},5;{'ab'[i % 2]}" for i in range(40))]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    (feature,) = load_table(tmp_path / "a.csv", "kind", test_size=2).columns.features
    assert feature.kind == "number"
    assert 3 < feature.mean < 6


def test_more_than_the_memory(tmp_path, monkeypatch):
    """What lies in files is what would have been in memory."""
    monkeypatch.setattr(pieces, "BLOCK", 1000)
    words = ["red", "green", None, "blue"] * 250
    path = csv(tmp_path / "a.csv", frame(1000, colour=words))
    small, large = (load_table(path, "kind", memory=m) for m in (2000, 10**9))
    assert isinstance(small.x_train, np.memmap)
    assert not isinstance(large.x_train, np.memmap)
    assert small.columns == large.columns
    for a, b in zip(small, large, strict=True):
        np.testing.assert_array_equal(a[0], b[0])
        np.testing.assert_array_equal(a[1], b[1])
    network = Network(5, [Dense(4), ReLU(), Dense(2), Softmax()])
    history = kobai.train(network, small, epochs=1, progress=False)
    assert np.isfinite(history["train_loss"]).all()


def test_no_room_for_temporary_files_names_their_folder(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("kobai.data.tables.spool._temporary_file", full)
    with pytest.raises(OSError, match="No space left") as caught:
        Spool(3, memory=0).append(np.ones((5, 3)))
    assert caught.value.filename == tempfile.gettempdir()
    with pytest.raises(OSError, match="No space left") as caught:
        empty_rows((5, 3), np.float32, memory=0)
    assert caught.value.filename == tempfile.gettempdir()


def test_a_spool_gives_back_what_it_was_given():
    rng = np.random.default_rng(0)
    blocks = [rng.normal(size=(n, 3)) for n in (5, 1, 70_000, 2)]
    for memory in (0, 100, 10**9):
        spool = Spool(3, memory)
        for block in blocks:
            spool.append(block)
        for _ in range(2):
            np.testing.assert_array_equal(
                np.concatenate(list(spool.blocks())), np.concatenate(blocks)
            )


REFUSED = {
    "no such target": (frame(), {"target": "kinds"}, 'no column "kinds".*"kind"'),
    "no target": (frame(), {"target": ""}, "names no column"),
    "no such drop": (frame(), {"drop": "y"}, 'drop: table has no column "y"'),
    "target in drop": (frame(), {"drop": "kind"}, '"kind" is the target'),
    "target as weight": (frame(), {"weight": "kind"}, '"kind" is the target'),
    "no features": (frame(), {"drop": "x"}, "no column is left to learn from"),
    "one class": (frame(kind=["a"] * 40), {}, '"a" in every row'),
    "one number": (frame(kind=[3] * 40), {}, '"3" in every row'),
    "empty target": (frame(kind=[None] * 40), {}, "empty in every row"),
    "infinite target": (frame(kind=[np.inf, *range(39)]), {}, "row 1 is inf;"),
    "all empty": (frame(x=[None] * 40), {}, 'no column is left.*"x" is empty'),
    "no rows": (frame().head(0), {}, "has the names of columns, but no rows"),
    "infinite": (
        frame(x=[1.0] * 16 + [-np.inf] * 24),
        {},
        'column "x": row 17 is -inf',
    ),
    "too large": (frame(x=[1e200] * 40), {}, 'column "x": row 1 is 1e\\+200'),
    "too large a target": (frame(kind=[-1e60, *range(39)]), {}, "row 1 is -1e"),
    "infinite on both sides": (
        frame(x=[np.inf, -np.inf] + [1.0] * 38),
        {},
        'column "x": row 1 is inf',
    ),
    "infinite among missing ones": (
        frame(x=[None, 1.0, 2.0, np.inf] * 10),
        {},
        'column "x": row 4 is inf',
    ),
    "dates as the target": (
        frame(y=[datetime.date(2024, 1, 1 + i % 9) for i in range(40)]),
        {"target": "y"},
        'column "y": the target holds dates',
    ),
    "lists": (frame(x=[[1, 2]] * 40), {}, "holds values of type List"),
    "unknown task": (frame(), {"task": "clasification"}, 'Did you mean "classific'),
    "words as numbers": (frame(), {"task": "regression"}, '"kind" is no number'),
    "words among several numbers": (
        frame(z=range(40)),
        {"target": ["x", "kind"], "task": "regression"},
        'the target "kind" is no number; a regression needs numbers, and of several',
    ),
    "several targets apart": (
        frame(a=["u", "v"] * 10 + [None] * 20, b=[None] * 20 + ["s", "t"] * 10),
        {"target": ["a", "b"]},
        'no row has all of the targets "a", "b"',
    ),
    "one class where all are": (
        frame(a=["u", None] * 20, b=["s", "t"] * 20),
        {"target": ["a", "b"]},
        'column "a": the target is "u" in every row',
    ),
    "class weight of several": (
        frame(b=["s", "t"] * 20),
        {"target": ["kind", "b"], "class_weight": "balanced"},
        "class weights are for one column of classes; this is 2 targets",
    ),
    "weight below 0": (frame(w=[-1.0] * 40), {"weight": "w"}, r"row \d+ is -1.0"),
    "no weight": (frame(w=[1.0, None] * 20), {"weight": "w"}, "row 2 is empty"),
    "words as weight": (frame(w=["a", "b"] * 20), {"weight": "w"}, "is a word"),
    "weights of 0": (frame(w=[0.0] * 40), {"weight": "w"}, "every training row is 0"),
    "class weight": (frame(), {"class_weight": "even"}, "need balanced"),
    "no such class": (frame(), {"class_weight": {"c": 2.0}}, 'no class "c"'),
    "class below 0": (frame(), {"class_weight": {"a": -2.0}}, "need 0 or more"),
    "weights of numbers": (
        frame(kind=np.linspace(0, 1, 40)),
        {"class_weight": "balanced"},
        "this is a regression",
    ),
    "names alike": (pl.DataFrame({"a": [1], " a": [2]}), {}, 'columns are called "a"'),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case):
    table, options, message = REFUSED[case]
    with pytest.raises(DataError, match=message) as caught:
        load_table(table, **{"target": "kind", **options})
    assert "\n" not in str(caught.value)


def test_a_mistyped_number_far_down_counts_as_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "BLOCK", 500)
    lines = ["x,kind", *(f"{i * i},{'ab'[i % 2]}" for i in range(2000))]
    lines[1501] = "oops,a"
    (tmp_path / "a.csv").write_text("\n".join(lines))
    data = load_table(tmp_path / "a.csv", "kind")
    (x, _) = data.told
    assert x.taken == "number"
    assert 'taken as missing: row 1,501 "oops"' in x.why
    # In new rows it is an error, since there it may be the only one.
    with pytest.raises(DataError, match='row 1,501 has "oops"; need a number'):
        rows_of(open_table(tmp_path / "a.csv"), data.columns)


def test_files_that_are_no_tables(tmp_path):
    (tmp_path / "a.parquet").write_text("a,b\n1,2\n")
    for name, message in {
        "": "is a folder",
        "none.csv": "there is no such file",
        "a.parquet": "no readable Parquet file",
    }.items():
        with pytest.raises(DataError, match=message):
            load_table(tmp_path / name, "b")
    with pytest.raises(TypeError, match="got int; need the path"):
        load_table(3, "b")
    with pytest.raises(TypeError, match='Did you mean "target"'):
        load_table(frame(), tagret="kind")


def test_without_names_the_message_says_so(tmp_path):
    (tmp_path / "a.csv").write_text("5.1,3.5,setosa\n4.9,3.0,setosa\n")
    with pytest.raises(DataError, match="first line looks like data"):
        load_table(tmp_path / "a.csv", "species")


def test_without_polars(monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtraError, match=r"pip install .*\[table\]"):
        load_table("a.csv", "kind")


def test_years_are_no_row_numbers():
    table = frame(year=range(1980, 2020), number=range(1, 41))
    assert load_table(table, "kind").columns.names == ("x", "year")


def test_thousands_are_not_taken_for_decimals():
    price = ["1,200", "3,400", "5,600", "7,800"] * 10
    (_, feature) = load_table(frame(price=price), "kind").columns.features
    assert 1200 < feature.mean < 7800


def test_a_table_parted_by_spaces(tmp_path):
    rows = "".join(f" {i * i}   {'ab'[i % 2]} \n" for i in range(20))
    (tmp_path / "a.csv").write_text(f"x kind\n{rows}")
    data = load_table(tmp_path / "a.csv", "kind")
    assert data.classes == ("a", "b")
    assert data.columns.names == ("x",)
