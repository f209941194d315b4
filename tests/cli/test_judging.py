"""How good a table's network is, on the command line."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn import metrics

from kobai.cli.loading import load
from kobai.cli.settings import Options
from kobai.data import load_table
from kobai.data.splits import Fold
from kobai.formats import load_model


def made(rows=240, seed=0):
    """Two classes and a number, learned from one column of three."""
    rng = np.random.default_rng(seed)
    a, b, c = rng.normal(size=(3, rows))
    said = rng.random(rows) < 1 / (1 + np.exp(2 - 2 * a))
    names = np.where(said, "yes", "no")
    return pl.DataFrame({"a": a, "b": b, "c": c, "kind": names, "n": a + 0.3 * b})


@pytest.fixture
def table(here):
    made().write_csv(here / "t.csv")
    return here / "t.csv"


def results(folder="r"):
    return json.loads((Path(folder) / "run.json").read_text())["results"]


def train(kobai, *options, target="kind"):
    words = ("--target", target, "--drop", "n" if target == "kind" else "kind")
    done = kobai("train", "t.csv", *words, "--epochs", 4, "--run", "r", *options)
    assert done.code == 0, done.err
    return done


def test_a_score_stands_beside_a_line_and_a_constant(kobai, table):
    shown = train(kobai).out
    data = load_table(table, "kind", drop="n")
    found = results()["judgement"]
    most = np.bincount(data.t_train).argmax()
    assert found["constant"]["accuracy"] == np.mean(data.t_test == most)
    linear = load_model("r/linear.safetensors")
    guesses = linear.network.predict(data.x_test)[:, 0] > 0.5
    assert found["linear"]["accuracy"] == np.mean(guesses == data.t_test)
    outputs = load_model("r/model.safetensors").network.predict(data.x_test)[:, 0]
    area = found["network"]["roc_auc"]
    assert area["value"] == pytest.approx(metrics.roc_auc_score(data.t_test, outputs))
    assert area["low"] < area["value"] < area["high"]
    assert results()["test_roc_auc"] == pytest.approx(area["value"])
    for words in ("a linear model", 'always "no"', "AUC", "with 95 % confidence"):
        assert words in shown
    # Evaluation measures the same, and on other rows with what the run has kept.
    assert json.loads(kobai("evaluate", "r", "--json").out)["judgement"] == found
    made(rows=50, seed=1).write_csv("new.csv")
    other = json.loads(kobai("evaluate", "r", "new.csv", "--json").out)
    assert other["judgement"]["constant_is"] == 'always "no"'
    assert other["judgement"]["linear"]["accuracy"] > 0.5
    alone = json.loads(
        kobai("evaluate", "r/model.safetensors", "new.csv", "--json").out
    )["judgement"]
    assert (alone["linear"], alone["constant"]) == (None, None)
    assert alone["network"] == other["judgement"]["network"]


def test_a_network_that_names_the_frequent_class_is_warned_of(kobai, here):
    a = np.linspace(-1, 1, 300)
    kind = np.where((np.arange(300) % 10 == 0) & (a > 0), "yes", "no")
    pl.DataFrame({"a": a, "kind": kind, "n": 0}).write_csv(here / "t.csv")
    done = train(kobai)
    found = results()["judgement"]
    accuracy = found["network"]["accuracy"]["value"]
    assert accuracy == found["constant"]["accuracy"]
    assert found["warning"] == 'no better than always "no"'
    assert 'Warning: the network is no better than always "no".' in done.out
    has_order = found["network"]["roc_auc"]["low"] > 0.5
    assert ("--class-weight balanced" in done.out) == has_order
    assert ("Try more rows" in done.out) != has_order
    # Where the classes count alike, always naming the frequent one is half right.
    train(kobai, "--class-weight", "balanced", "--run", "even")
    found = results("even")["judgement"]
    assert found["main"] == "balanced_accuracy"
    assert found["constant"]["balanced_accuracy"] == 0.5
    assert json.loads(kobai("evaluate", "even", "--json").out)["judgement"] == found


def test_a_line_is_as_good_as_a_network_where_all_is_linear(kobai, table):
    done = train(kobai, target="n")
    assert results()["judgement"]["linear"]["r2"] > 0.999
    assert "no better than a linear model" in done.out
    assert "--hidden none" in done.out


def test_the_last_rows_are_tested_on(kobai, table):
    train(kobai, "--test-last", 0.25)
    found = json.loads(kobai("evaluate", "r", "--json").out)
    chosen = "of 240, the last ones, not trained on"
    assert (found["data"]["chosen"], found["data"]["samples"]) == (chosen, 60)
    model = load_model("r/model.safetensors")
    named = model.predict_table(pl.read_csv(table).tail(60))["class"]
    right = np.mean(named.to_numpy() == pl.read_csv(table)["kind"].tail(60).to_numpy())
    assert found["measures"]["accuracy"] == pytest.approx(right)
    # Nothing of them is known to the columns.
    mean = pl.read_csv(table)["a"].head(180).mean()
    assert model.columns.features[0].mean == pytest.approx(mean)
    # Where rows are added the last ones are others.
    made(rows=300).write_csv(table)
    assert "is no longer as it was" in kobai("evaluate", "r").err


@pytest.mark.parametrize(
    ("wanted", "name"), [("recall=0.95", "recall"), ("precision=0.6", "precision")]
)
def test_a_threshold_is_kept_with_the_model(kobai, table, wanted, name):
    shown = train(kobai, "--threshold", wanted).out
    model = load_model("r/model.safetensors")
    value = model.calibration.threshold
    frame = model.predict_table(pl.read_csv(table))
    said = (frame["class"] == "yes").to_numpy()
    np.testing.assert_array_equal(said, frame["yes"].to_numpy() >= value)
    data = load_table(table, "kind", drop="n")
    guesses = model.network.predict(data.x_test)[:, 0] >= value
    found = results()["threshold"]
    scores = {"recall": metrics.recall_score, "precision": metrics.precision_score}
    for each, measure in scores.items():
        assert found[each] == pytest.approx(measure(data.t_test, guesses))
    assert found["class"] == "yes"
    assert f'"yes" from a probability of {value:.3g} on: precision' in shown
    evaluated = json.loads(kobai("evaluate", "r", "--json").out)
    assert evaluated["threshold"] == found
    assert evaluated["classes"][1][name] == pytest.approx(found[name])
    right = np.mean(guesses == data.t_test)
    assert evaluated["measures"]["accuracy"] == pytest.approx(right)
    assert results()["test_accuracy"] == pytest.approx(right)
    kobai("export", "r", "m.py")
    assert f"the second is predicted from {value:.6g} on" in Path("m.py").read_text()


def test_a_threshold_that_is_named_takes_no_rows(kobai, table):
    train(kobai, "--threshold", 0.3)
    first = load_model("r/model.safetensors")
    train(kobai, "--run", "other")
    assert first.calibration.threshold == 0.3
    other = load_model("other/model.safetensors").network
    np.testing.assert_array_equal(first.network.params["W1"], other.params["W1"])


def test_an_unreachable_threshold_leaves_the_run_whole(kobai, here):
    kind = ["no", "yes"] * 100
    a = [0, 0, 1, 1] * 50
    pl.DataFrame({"a": a, "kind": kind, "n": 0}).write_csv(here / "t.csv")
    done = train(kobai, "--threshold", "precision=0.9")
    assert load_model("r/model.safetensors").calibration is None
    assert "no threshold has a precision of 0.9; the highest is 0." in done.err
    assert "threshold" not in results()


def test_intervals_hold_the_truth_as_often_as_they_say(kobai, here):
    made(rows=3000).with_columns(
        n=pl.Series(np.random.default_rng(1).normal(size=3000)) * 20 + pl.col("a")
    ).write_csv(here / "t.csv")
    shown = train(kobai, "--interval", 0.8, target="n").out
    model = load_model("r/model.safetensors")
    assert model.calibration.level == 0.8
    (found,) = results()["interval"]["targets"]
    # 600 rows tested on, 480 held out: the share is within some 3 standard errors.
    error = np.sqrt(0.8 * 0.2 * (1 / 600 + 1 / 480))
    assert abs(found["coverage"] - 0.8) < 3.5 * error
    new = made(rows=50, seed=5)
    frame = model.predict_table(new)
    assert frame.columns == ["n", "n_low", "n_high"]
    reach = np.full(50, found["reach"])
    for low, high in (("n_low", "n"), ("n", "n_high")):
        np.testing.assert_allclose(frame[high] - frame[low], reach, rtol=1e-4)
    assert "is to hold 80% of all cases; of the test rows it holds" in shown
    evaluated = json.loads(kobai("evaluate", "r", "--json").out)
    assert evaluated["interval"] == results()["interval"]


def test_a_regression_has_intervals_unless_none_are_wanted(kobai, here):
    """They take no rows from training: the network is the same without them."""
    noise = pl.Series(np.random.default_rng(1).normal(size=2000)) * 20
    made(rows=2000).with_columns(n=noise + pl.col("a")).write_csv(here / "t.csv")
    train(kobai, target="n")
    model = load_model("r/model.safetensors")
    assert model.calibration.level == 0.9
    (found,) = results()["interval"]["targets"]
    # 400 rows tested on, 320 held out: the share is within some 3 standard errors.
    assert abs(found["coverage"] - 0.9) < 3.5 * np.sqrt(0.09 * (1 / 400 + 1 / 320))
    train(kobai, "--interval", 0, "--run", "none", target="n")
    plain = load_model("none/model.safetensors")
    assert plain.calibration is None
    new = made(rows=5, seed=5)
    assert plain.predict_table(new).columns == ["n"]
    np.testing.assert_array_equal(plain.predict(new), model.predict(new))
    # Without rows held out nobody knows how far off it is.
    train(kobai, "--validation", 0, "--epochs", 1, "--run", "all", target="n")
    assert load_model("all/model.safetensors").calibration is None


def test_folds_and_seeds_are_told_and_kept(kobai, table):
    shown = train(kobai, "--folds", 3, "--seeds", 2).out
    assert "--folds: 3 more trainings, as long as this one: about" in shown
    assert "--seeds: 1 more training, as long as this one: about" in shown
    found = results()
    for kind, count in (("folds", 3), ("seeds", 2)):
        values = [each["accuracy"] for each in found[kind]["scores"]]
        assert len(values) == count
        wanted = {"mean": np.mean(values), "low": min(values), "high": max(values)}
        assert found[kind]["spread"]["accuracy"] == pytest.approx(wanted)
    # The run is the one trained as usual, and the first of the seeds.
    train(kobai, "--run", "plain")
    both = (load_model(f"{name}/model.safetensors").network for name in ("r", "plain"))
    first, second = (network.params["W1"] for network in both)
    np.testing.assert_array_equal(first, second)
    own = found["judgement"]["network"]
    assert found["seeds"]["scores"][0]["accuracy"] == own["accuracy"]["value"]
    evaluated = json.loads(kobai("evaluate", "r", "--json").out)
    assert evaluated["folds"] == found["folds"]
    assert "3 folds" in kobai("evaluate", "r").out


def test_every_row_is_in_one_fold_and_tells_nothing_to_its_columns(here):
    frame = made(rows=101)
    frame = frame.with_columns(c=pl.Series([f"only {i // 2}" for i in range(101)]))
    frame.write_csv(here / "t.csv")
    settings = Options(data="t.csv", target="kind", drop="n", keep="c")
    parts = [load(settings, fold=Fold(i, 4)) for i in range(4)]
    assert sum(len(part.x_test) for part in parts) == 101
    every = frame["a"].to_numpy()
    seen = []
    for part in parts:
        a = part.columns.features[0]
        tested = part.x_test[:, 0] * a.std + a.mean
        rest = np.array([v for v in every if np.abs(tested - v).min() > 1e-5])
        assert a.mean == pytest.approx(rest.mean(), abs=1e-6)
        assert len(rest) == len(part.x_train)
        seen += tested.tolist()
        shares = np.bincount(part.t_test) / len(part.t_test)
        whole = np.mean(frame["kind"].to_numpy() == "yes")
        # Of each class its share, to within a row.
        assert abs(shares[1] - whole) < 1.5 / len(part.t_test)
    np.testing.assert_allclose(np.sort(seen), np.sort(every), atol=1e-5)


def test_ctrl_c_leaves_the_folds_that_are_done(kobai, table, monkeypatch):
    from kobai.cli import repeating

    done, fit = [], repeating.fit

    def interrupted(*given):
        done.append(1)
        if len(done) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        fit(*given)

    monkeypatch.setattr(repeating, "fit", interrupted)
    options = ("--target", "kind", "--drop", "n", "--run", "r", "-q", "--epochs", 2)
    found = kobai("train", "t.csv", *options, "--folds", 4)
    assert (found.code, found.err.count("\n")) == (130, 1)
    assert "interrupted after 1 of 4 folds" in found.err
    assert len(results()["folds"]["scores"]) == 1
    assert kobai("evaluate", "r").code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--threshold", "f2"), '--threshold: got "f2"; need f1, precision=0.9'),
        (("--threshold", "recall=2"), "need f1, precision=0.9, recall=0.9, or a"),
        (("--interval", 90, "--target", "n"), "0.9 for 90 per cent"),
        (("--interval", 0.9), "goes with numbers as targets, and t has 2 classes"),
        (("--threshold", "f1", "--target", "n"), "goes with two classes, and t has"),
        (("--interval", 0.99, "--target", "n"), "needs 99 rows held out"),
        (("--test-last", 20), "--test-last: got 20; need a share of the rows"),
        (("--test-last", 0.2, "--test-size", 0.2), "got --test-size and --test-last"),
        (("--test-last", 0.2, "--folds", 5), "got --test-last and --folds"),
        (("--folds", 1), "--folds: got 1; need 2 or more"),
        (("--folds", 200), "need 2 rows in each, so 120 or fewer"),
        (("--seeds", 1), "--seeds: got 1; need 2 or more"),
    ],
)
def test_wrong_wishes(kobai, table, options, message):
    target = () if "--target" in options else ("--target", "kind")
    done = kobai("train", "t.csv", *target, *options, "--epochs", 1)
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert message in done.err
    assert not Path("runs").exists()


def test_other_data_has_no_folds(kobai):
    for option in (("--folds", 3), ("--threshold", "f1"), ("--test-last", 0.2)):
        done = kobai("train", "digits", *option)
        assert done.code == 2
        assert f"{option[0]}: goes with a table, and --target COLUMN" in done.err


def test_units_of_several_targets_are_not_mixed(kobai, table):
    done = kobai("train", "t.csv", "--target", "n,a", "--epochs", 1, "--run", "r")
    lines = done.out.splitlines()
    (head,) = (line for line in lines if line.startswith("on the test rows"))
    assert head.split()[4:] == ["R²"]


def test_one_row_has_no_curve(kobai, table):
    train(kobai)
    pl.read_csv(table).head(1).write_csv("one.csv")
    done = kobai("evaluate", "r", "one.csv")
    assert (done.code, "AUC  " in done.out.split("on the test rows")[0]) == (0, False)
    assert (
        json.loads(kobai("evaluate", "r", "one.csv", "--json").out)["measures"][
            "roc_auc"
        ]
        is None
    )
