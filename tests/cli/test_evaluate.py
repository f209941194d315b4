"""`kobai evaluate`: on which rows, whether they were trained on, and as JSON."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, r2_score

from kobai.cli.folder import RunFolder
from kobai.data import load_table
from kobai.formats import load_model

REFUSED = "is no longer as it was when r was trained"


def unlearnable(rows=300, classes=4):
    """Words and classes without any connection: only rows known by heart are right."""
    rng = np.random.default_rng(3)
    words = np.array(list("abcdefghijklmnop"))
    columns = {f"w{i}": words[rng.integers(0, len(words), rows)] for i in range(6)}
    kinds = np.array(["red", "green", "blue", "grey"])[rng.integers(0, classes, rows)]
    return pl.DataFrame({**columns, "kind": kinds})


@pytest.fixture
def frame(here):
    frame = unlearnable()
    frame.write_csv(here / "t.csv")
    return frame


@pytest.fixture
def run(kobai, frame):
    rows = ("--target", "kind", "--seed", 1, "--validation", 0)
    options = (*rows, "--epochs", 80, "--run", "r", "-q")
    assert kobai("train", "t.csv", *options) == (0, "", "")
    return "r"


def measures(done):
    assert done.code == 0, done.err
    return json.loads(done.out)


def refused(done):
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "Traceback" not in done.err
    assert "--test FILE" in done.err
    return done.err


def trained_accuracy(folder):
    return json.loads((Path(folder) / "run.json").read_text())["results"]


def test_a_network_that_learned_rows_by_heart_is_measured_on_others(kobai, run):
    results = trained_accuracy(run)
    assert results["train_accuracy"] > 0.9
    found = measures(kobai("evaluate", run, "--json"))
    assert found["measures"]["accuracy"] == pytest.approx(results["test_accuracy"])
    assert found["measures"]["accuracy"] < 0.5
    assert found["data"] == {
        "name": "t.csv",
        "samples": 60,
        "chosen": "of 300, drawn by seed 1, not trained on",
        "unchanged": True,
        "trained_on": 0.0,
    }
    shown = kobai("evaluate", run).out
    assert "t.csv, 60 test samples: of 300, drawn by seed 1, not trained on" in shown


def changed(frame):
    other = frame.with_columns(w0=pl.Series(["z", *frame["w0"][1:]]))
    label = "red" if frame["kind"][0] != "red" else "blue"
    return {
        "sorted": frame.sort("w0", "w1"),
        "reversed": frame.reverse(),
        "shuffled": frame.sample(fraction=1, shuffle=True, seed=5),
        "extended": pl.concat([frame, unlearnable().head(30)]),
        "one row twice": pl.concat([frame, frame.head(1)]),
        "without a row": frame.slice(1),
        "another word": other,
        "another class": frame.with_columns(
            kind=pl.Series([label, *frame["kind"][1:]])
        ),
        "two rows exchanged": frame[[1, 0, *range(2, len(frame))]],
        "a class that is new": frame.with_columns(
            kind=pl.Series(["new", *frame["kind"][1:]])
        ),
        "without a column": frame.drop("w3"),
    }


@pytest.mark.parametrize("what", changed(unlearnable()))
def test_a_table_that_has_changed_is_not_divided_anew(kobai, here, run, frame, what):
    changed(frame)[what].write_csv(here / "t.csv")
    message = refused(kobai("evaluate", run))
    assert REFUSED in message
    assert "t.csv" in message
    refused(kobai("evaluate", run, "--json"))


def test_all_rows_of_a_file_that_is_named(kobai, here, run, frame):
    new = unlearnable(40).with_columns(kind=frame["kind"].tail(40).reverse())
    new.write_csv(here / "new.csv")
    for how in (["--test", "new.csv"], ["new.csv"]):
        found = measures(kobai("evaluate", run, *how, "--json"))["data"]
        assert (found["samples"], found["chosen"]) == (40, "all rows")
        assert (found["unchanged"], found["trained_on"]) == (None, 0.0)
    shown = kobai("evaluate", run, "--test", "new.csv").out
    assert "new.csv, 40 test samples: all rows" in shown
    both = kobai("evaluate", run, "new.csv", "--test", "new.csv")
    assert both.code == 2
    assert "give one of the two" in both.err


def test_it_is_said_of_rows_that_were_trained_on(kobai, here, run, frame):
    done = kobai("evaluate", run, "--test", "t.csv", "--json")
    assert measures(done)["data"]["trained_on"] == 1
    assert measures(done)["data"]["samples"] == 300
    assert "t.csv has 100% of the rows that r was trained on" in done.err
    # What has been put in another order or written anew is known as well.
    frame.sort("w0", "w3").select(reversed(frame.columns)).write_parquet(
        here / "copy.parquet"
    )
    done = kobai("evaluate", run, "copy.parquet")
    assert "copy.parquet has 100% of the rows" in done.err
    pl.concat([frame.head(60), unlearnable(500).tail(200)]).write_csv(here / "m.csv")
    found = measures(kobai("evaluate", run, "m.csv", "--json"))["data"]
    # A fifth of the rows, of which four fifths were trained on: 48 of 240.
    assert found["trained_on"] == pytest.approx(0.2, abs=0.08)


def rewritten(frame, here):
    """The same rows, written in other ways."""
    numbers = frame.with_columns(n=pl.Series(np.linspace(0, 1, len(frame)) / 3))
    numbers.write_csv(here / "plain.csv")
    numbers.write_csv(here / "semicolons.csv", separator=";", quote_style="always")
    numbers.write_parquet(here / "snappy.parquet", compression="snappy")
    numbers.write_parquet(here / "rows.parquet", row_group_size=50)
    numbers.select(reversed(numbers.columns)).write_csv(here / "turned.csv")
    text = (here / "plain.csv").read_text()
    (here / "wide.csv").write_text(text.replace("\n", "\r\n"), encoding="utf-16")


@pytest.mark.parametrize(
    "name",
    ["semicolons.csv", "turned.csv", "wide.csv", "snappy.parquet", "rows.parquet"],
)
def test_a_table_that_holds_the_same_is_the_same(kobai, here, frame, name):
    rewritten(frame, here)
    for path in ("plain.csv", "snappy.parquet"):
        run = f"of {path}"
        kobai("train", path, "--target", "kind", "--epochs", 2, "--run", run, "-q")
        before = measures(kobai("evaluate", run, "--json"))
        settings = RunFolder(here / run).read()
        # Without it the file is one of an older Kobai's, which has no checksum.
        del settings["begun"]
        settings["settings"]["data"] = str(here / name)
        (here / run / "run.json").write_text(json.dumps(settings))
        after = measures(kobai("evaluate", run, "--json"))
        before["data"].pop("name")
        assert after["data"].pop("name") == name
        assert after == before


def test_rows_without_a_target_change_nothing(kobai, here, frame):
    with_gaps = frame.with_columns(kind=pl.Series([None, *frame["kind"][1:]]))
    with_gaps.write_csv(here / "t.csv")
    kobai("train", "t.csv", "--target", "kind", "--epochs", 1, "--run", "r", "-q")
    found = measures(kobai("evaluate", "r", "--json"))
    assert found["data"]["chosen"].startswith("of 299,")
    assert found["data"]["unchanged"] is True


def test_a_regression_and_a_weighted_run_are_known_again(kobai, here):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.random(80), "w": rng.random(80)})
    frame = frame.with_columns(y=pl.col("a") * 3 + pl.Series(rng.random(80)))
    frame.write_csv(here / "n.csv")
    options = ("--target", "y", "--weight", "w", "--test-size", "0.25", "-q")
    kobai("train", "n.csv", *options, "--run", "r")
    found = measures(kobai("evaluate", "r", "--json"))
    data = load_table(here / "n.csv", "y", weight="w", test_size=0.25)
    model = load_model(here / "r/model.safetensors")
    y = model.columns.decode(model.network.predict(data.x_test))
    t = model.columns.decode(data.t_test)
    assert found["data"]["samples"] == len(t) == 20
    (target,) = found["targets"]
    assert target["name"] == "y"
    assert target["r2"] == pytest.approx(r2_score(t, y), rel=1e-5)
    assert target["rmse"] == pytest.approx(float(np.sqrt(np.mean((y - t) ** 2))))
    frame.sort("a").write_csv(here / "n.csv")
    assert REFUSED in refused(kobai("evaluate", "r"))


def test_a_second_table_is_what_counts(kobai, here, frame):
    frame.head(200).write_csv(here / "train.csv")
    frame.tail(100).write_csv(here / "check.csv")
    options = ("--target", "kind", "--test", "check.csv", "--epochs", 2, "-q")
    kobai("train", "train.csv", *options, "--run", "r")
    (here / "train.csv").unlink()
    found = measures(kobai("evaluate", "r", "--json"))["data"]
    assert (found["samples"], found["chosen"]) == (100, "all of check.csv")
    frame.tail(100).reverse().write_csv(here / "check.csv")
    assert "check.csv is no longer" in refused(kobai("evaluate", "r"))


def test_a_file_that_has_gone(kobai, here, run):
    (here / "t.csv").rename(here / "moved.csv")
    assert "t.csv: there is no such file" in refused(kobai("evaluate", run))
    found = measures(kobai("evaluate", run, "--test", "moved.csv", "--json"))
    assert found["data"]["trained_on"] == 1


def test_an_older_run_says_what_nobody_knows(kobai, here, run):
    content = json.loads((here / run / "run.json").read_text())
    for name in ("data", "begun", "checksum"):
        del content[name]
    (here / run / "run.json").write_text(json.dumps(content))
    done = kobai("evaluate", run, "--json")
    assert measures(done)["data"]["unchanged"] is None
    assert measures(done)["data"]["chosen"] == "of 300, drawn by seed 1"
    assert "an older Kobai, which kept no checksum of t.csv" in done.err


def arrays(rows=120):
    rng = np.random.default_rng(0)
    return {"x": rng.normal(size=(rows, 4)), "t": rng.integers(0, 3, rows)}


@pytest.mark.parametrize("order", ["sorted", "extended", "a label", "a number"])
def test_an_npz_that_has_changed(kobai, here, order):
    a = arrays()
    np.savez(here / "a.npz", **a)
    kobai("train", "a.npz", "--seed", 2, "--epochs", 2, "--run", "r", "-q")
    before = measures(kobai("evaluate", "r", "--json"))
    np.savez_compressed(here / "a.npz", x=a["x"].astype("<f4"), y=a["t"].astype("u1"))
    assert measures(kobai("evaluate", "r", "--json")) == before
    match order:
        case "sorted":
            turn = np.argsort(a["t"], kind="stable")
            a = {name: array[turn] for name, array in a.items()}
        case "extended":
            a = {name: np.concatenate([array, array[:9]]) for name, array in a.items()}
        case "a label":
            a["t"][5] = (a["t"][5] + 1) % 3
        case "a number":
            a["x"][5, 0] += 1
    np.savez(here / "a.npz", **a)
    assert REFUSED in refused(kobai("evaluate", "r"))
    found = measures(kobai("evaluate", "r", "--test", "a.npz", "--json"))["data"]
    assert (found["samples"], found["chosen"]) == (len(a["x"]), "all rows")
    # One row in 96 is another.
    assert found["trained_on"] >= (0.98 if order != "sorted" else 1)


def test_one_row_alone_is_measured(kobai, here):
    np.savez(here / "a.npz", **arrays())
    kobai("train", "a.npz", "--epochs", 1, "--run", "r", "-q")
    np.savez(here / "one.npz", **{k: v[:1] for k, v in arrays().items()})
    found = measures(kobai("evaluate", "r", "one.npz", "--json"))
    assert found["data"]["samples"] == 1
    assert [len(found["classes"]), np.sum(found["confusion"])] == [3, 1]


def test_a_file_that_names_its_test_data(kobai, here):
    a, b = arrays(), {k: v[-30:] for k, v in arrays(150).items()}
    names = {"x_train": a["x"], "t_train": a["t"], "x_test": b["x"], "t_test": b["t"]}
    np.savez(here / "a.npz", **names)
    kobai("train", "a.npz", "--epochs", 1, "--run", "r", "-q")
    for more in ([], ["--test", "a.npz"]):
        done = kobai("evaluate", "r", *more, "--json")
        found = measures(done)["data"]
        assert (found["samples"], found["trained_on"], done.err) == (30, 0, "")
        assert "test data" in found["chosen"]
    np.savez(here / "a.npz", **{**names, "x_test": b["x"] + 1})
    assert REFUSED in refused(kobai("evaluate", "r"))


def test_a_folder_of_images_that_has_changed(kobai, here, idx_folder):
    idx_folder(0)
    kobai("train", "images", "--seed", 1, "--epochs", 1, "--run", "r", "-q")
    found = measures(kobai("evaluate", "r", "--json"))["data"]
    assert (found["samples"], found["unchanged"]) == (12, True)
    assert found["chosen"] == "of 60, drawn by seed 1, not trained on"
    idx_folder(1)
    assert REFUSED in refused(kobai("evaluate", "r"))
    found = measures(kobai("evaluate", "r", "--test", "images", "--json"))["data"]
    assert (found["samples"], found["chosen"]) == (60, "all rows")


@pytest.fixture
def idx_folder(here):
    def write(turn):
        rng = np.random.default_rng(0)
        images = rng.integers(0, 256, (60, 4, 4), dtype=np.uint8)
        labels = (np.arange(60) % 3).astype(np.uint8)
        (here / "images").mkdir(exist_ok=True)
        for name, array in (("images-idx3", images), ("labels-idx1", labels)):
            sizes = b"".join(n.to_bytes(4, "big") for n in array.shape)
            content = bytes([0, 0, 8, array.ndim]) + sizes
            content += np.roll(array, turn, axis=0).tobytes()
            (here / "images" / f"train-{name}-ubyte").write_bytes(content)

    return write


def test_the_digits_are_tested_as_the_run_was(kobai):
    kobai("train", "--seed", 5, "--epochs", 2, "--run", "r", "-q")
    results = trained_accuracy("r")
    for named in ([], ["digits"]):
        found = measures(kobai("evaluate", "r", *named, "--json"))
        assert found["data"]["samples"] == 359
        assert found["data"]["chosen"] == "of 1,797, drawn by seed 5, not trained on"
        assert found["measures"]["accuracy"] == pytest.approx(results["test_accuracy"])


def test_data_of_another_kind(kobai, here, run):
    np.savez(here / "a.npz", **arrays())
    kobai("train", "a.npz", "--epochs", 1, "--run", "n", "-q")
    for words, message in (
        (["n", "--test", "t.csv"], "t.csv: is a table, and n was not trained on one"),
        (["r", "--test", "a.npz"], "a.npz"),
        (["r", "--test", "digits"], "digits"),
    ):
        done = kobai("evaluate", *words)
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert message in done.err


def test_all_that_is_measured_as_json(kobai, here, run):
    done = kobai("evaluate", run, "--test", "t.csv", "--json", "-o", "c.png")
    found = measures(done)
    assert (here / "c.png").exists()
    model = load_model(here / run / "model.safetensors")
    frame = pl.read_csv(here / "t.csv")
    shares = model.predict_table(here / "t.csv").select(model.classes).to_numpy()
    shares = shares.astype(float) / shares.sum(axis=1, keepdims=True, dtype=float)
    guesses = np.array(model.classes)[shares.argmax(axis=1)]
    kinds = frame["kind"].to_numpy()
    measured = {"measures", "right", "classes", "confusion", "judgement"}
    assert set(found) == {"run", "data", "importance", "worst"} | measured
    assert found["run"] == "r"
    accuracy = accuracy_score(kinds, guesses)
    assert found["measures"]["accuracy"] == pytest.approx(accuracy)
    assert found["right"] == int(np.sum(kinds == guesses))
    expected = confusion_matrix(kinds, guesses, labels=list(model.classes))
    assert found["confusion"] == expected.tolist()
    loss = log_loss(kinds, shares, labels=list(model.classes))
    # The loss is of logits, this one of probabilities in float32.
    assert found["measures"]["log_loss"] == pytest.approx(loss, rel=1e-4)
    assert [each["name"] for each in found["classes"]] == list(model.classes)
    support = [each["samples"] for each in found["classes"]]
    assert support == expected.sum(axis=1).tolist()
    recall = [each["recall"] for each in found["classes"]]
    assert recall == pytest.approx(expected.diagonal() / expected.sum(axis=1))


def test_json_has_null_where_a_number_is_lost(kobai, here):
    np.savez(here / "a.npz", x=np.eye(20), t=np.linspace(0, 1, 20))
    kobai("train", "a.npz", "--epochs", 1, "--run", "r", "-q")
    found = measures(kobai("evaluate", "r", "--json"))
    assert set(found) == {"run", "data", "measures"}
    np.savez(here / "b.npz", x=np.eye(20), t=np.linspace(0, 1, 20) * 1e38)
    done = kobai("evaluate", "r", "b.npz", "--json")
    assert measures(done)["measures"]["loss"] is None
