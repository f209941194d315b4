"""Thresholds and intervals that are kept with a model."""

import json

import numpy as np
import polars as pl
import pytest
from scipy import stats

import kobai
from kobai.data import Fold, Last, load_table
from kobai.formats import Calibration, Model, load_model, save_model
from kobai.judging import (
    coverage,
    find_reaches,
    find_threshold,
    fold_scores,
    linear_network,
    parted,
    spread,
    wanted_threshold,
)
from kobai.networks import Dense, Network, Sigmoid


def numbers(rows, seed):
    """Two targets whose errors are skewed, heavy, and larger where a is."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, rows))
    noise = rng.exponential(size=rows) * (1 + a**2), rng.standard_t(2, size=rows)
    return pl.DataFrame(
        {"a": a, "b": b, "u": 30 * (a + noise[0]), "v": b**2 + noise[1]}
    )


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_intervals_hold_the_truth_whatever_the_network(level):
    """Over many draws of rows held out and of new ones the share is the level's."""
    hits, tries = np.zeros(2), 0
    for seed in range(30):
        data = load_table(numbers(200, seed), "u,v")
        learned, (x, t) = parted(data, 0.25, seed)
        assert len(x) == 40
        network = linear_network(learned)
        found = find_reaches(network, data.columns, x, t, level)
        hits += np.array(coverage(network, data.columns, *data_of(data), found)) * 40
        tries += 40
    # Rows of one draw share its reach: its share varies as a Beta does, beside chance.
    exact = np.ceil(41 * level) / 41
    error = np.sqrt(exact * (1 - exact) * (1 / tries + 1 / (30 * 41)))
    reach = stats.norm.isf(1e-6) * error
    assert np.all(np.abs(hits / tries - exact) < reach)


def data_of(data):
    return data.x_test, data.t_test


def test_too_few_rows_for_a_level():
    data = load_table(numbers(50, 0), "u,v")
    x, t = data.x_test[:8], data.t_test[:8]
    with pytest.raises(ValueError, match="needs 9 at least"):
        find_reaches(linear_network(data), data.columns, x, t, 0.9)


def test_rows_held_out_are_of_each_class_and_take_their_weights_along():
    n = np.arange(100)
    frame = pl.DataFrame({"a": n % 7, "t": np.where(n % 10 < 2, "x", "y"), "w": n + 1})
    data = load_table(frame, "t", weight="w")
    learned, (x, t) = parted(data, 0.25, 3)
    assert (len(x), np.bincount(t).tolist()) == (20, [4, 16])
    assert len(learned.x_train) == len(learned.sample_weight) == 60
    both = np.concatenate([learned.t_train, t])
    assert np.bincount(both).tolist() == np.bincount(data.t_train).tolist()
    assert set(learned.sample_weight) < set(data.sample_weight)
    last, (x, _) = parted(data, Last(0.25))
    np.testing.assert_array_equal(x, data.x_train[60:])
    np.testing.assert_array_equal(last.x_train, data.x_train[:60])


def test_a_model_keeps_them_and_predicts_by_them(tmp_path):
    n = np.arange(80)
    frame = pl.DataFrame({"a": n, "t": np.where(n > 39, "yes", "no")})
    data = load_table(frame, "t", keep="a")
    network = Network(1, [Dense(1), Sigmoid()])
    network.params["W1"][:] = 1
    kept = Calibration(threshold=0.9)
    save_model(tmp_path / "m.safetensors", network, data=data, calibration=kept)
    model = load_model(tmp_path / "m.safetensors")
    assert model.calibration == kept
    found = model.predict_table(frame)
    is_yes = (found["class"] == "yes").to_numpy()
    np.testing.assert_array_equal(is_yes, found["yes"].to_numpy() >= 0.9)
    usual = Model.of(network, data).predict_table(frame)
    assert is_yes.sum() < (usual["class"] == "yes").sum()
    kobai.export(model, tmp_path / "m.json")
    described = json.loads((tmp_path / "m.json").read_text())["model"]
    # An older Kobai must refuse it: it would name classes by 0.5.
    assert described["version"] == 3
    assert described["calibration"]["threshold"] == 0.9


def test_ends_have_names_of_their_own(tmp_path):
    frame = numbers(60, 0).rename({"v": "u_low"})
    data = load_table(frame, ("u", "u_low"))
    kept = Calibration(level=0.9, reaches=(1.0, 2.0))
    save_model(tmp_path / "m.st", linear_network(data), data=data, calibration=kept)
    found = load_model(tmp_path / "m.st").predict_table(frame)
    names = ["u", "u_low", "u_low_", "u_high", "u_low_low", "u_low_high"]
    assert found.columns == names
    np.testing.assert_allclose(found["u_high"] - found["u_low_"], 2, rtol=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 1.5},
        {"threshold": float("nan")},
        {"level": 0.9},
        {"reaches": (1.0,)},
        {"level": 0.9, "reaches": (float("inf"),)},
        {"level": 0.9, "reaches": (-1.0,)},
    ],
)
def test_numbers_that_calibrate_nothing(wrong):
    with pytest.raises(ValueError, match="Calibration: got"):
        Calibration(**wrong)
    for damaged in ({"threshold": 0.5}, [], {"reaches": [], "level": "x"}):
        with pytest.raises(ValueError, match="calibration: not as described"):
            Calibration.from_json(damaged)


def test_thresholds_that_are_asked_for():
    p, t = np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1])
    assert find_threshold(p, t, "0.4").value == 0.4
    assert find_threshold(p, t, "recall=1e-3").precision == 1
    assert find_threshold(p, t, "precision=0.9").recall == 0.5
    for wrong in ("", "f2", "precision", "recall=1.5", "0", "nan", "f1=0.3"):
        with pytest.raises(ValueError, match=r"need f1, precision=0\.9, recall=0\.9"):
            wanted_threshold(wrong)


def test_scores_of_folds_are_those_of_cross_validation():
    frame = numbers(90, 1).drop("v")
    seen = []

    def load(fold):
        data = load_table(frame, "u", test_size=fold, seed=4)
        seen.append(data)
        return data

    found = list(fold_scores(load, linear_network, 3))
    for scores, data in zip(found, seen, strict=True):
        t = data.columns.decode(data.t_test)
        y = data.columns.decode(linear_network(data).predict(data.x_test))
        error = np.sqrt(np.mean((y - t) ** 2))
        assert scores["rmse"] == pytest.approx(error, rel=1e-6)
    assert seen[1].drawn == "part 2 of 3, drawn by seed 4"
    mean = np.mean([each["rmse"] for each in found])
    assert spread(found)["rmse"].mean == pytest.approx(mean)


@pytest.mark.parametrize("parts", [1, 91])
def test_folds_that_there_are_not(parts):
    with pytest.raises(ValueError, match="need 2 or more, and a row for each"):
        load_table(numbers(90, 1), "u", test_size=Fold(0, parts))
    with pytest.raises(ValueError, match="part 3 of 3"):
        Fold(3, 3)
