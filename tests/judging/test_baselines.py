"""Linear models against scikit-learn's, and judgements by them."""

import dataclasses

import numpy as np
import polars as pl
import pytest
from sklearn import datasets, linear_model

from kobai.data import Dataset, load_table
from kobai.judging import Baselines, judge, linear_network, scores
from kobai.networks import Dense, Network, Sigmoid


def made(task, rows=300, width=7, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, width)).astype(np.float32) + 2
    way = rng.normal(size=(width, classes))
    if task == "numbers":
        t = (x @ way + rng.normal(size=(rows, classes))).astype(np.float32)
        return Dataset("made", x, t, x, t)
    t = ((x - 2) @ way + rng.gumbel(size=(rows, classes))).argmax(axis=1)
    return Dataset("made", x, t, x, t, tuple("abcdefg"[:classes]))


@pytest.mark.parametrize("rows", [40, 300])
@pytest.mark.parametrize("width", [3, 60])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_numbers_as_ridge_has_them(rows, width, is_weighted):
    data = made("numbers", rows, width)
    w = np.random.default_rng(1).random(rows).astype(np.float32) * 2
    w = w if is_weighted else None
    data = dataclasses.replace(data, sample_weight=w)
    wanted = linear_model.Ridge().fit(data.x_train.astype(float), data.t_train, w)
    # The network computes in float32.
    np.testing.assert_allclose(
        linear_network(data).predict(data.x_test),
        wanted.predict(data.x_test),
        atol=1e-4 * np.abs(data.t_test).max(),
    )


@pytest.mark.parametrize("rows", [40, 300])
@pytest.mark.parametrize("width", [3, 60])
@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_classes_as_logistic_regression_has_them(rows, width, classes, is_weighted):
    data = made("classes", rows, width, classes)
    w = np.random.default_rng(1).random(rows).astype(np.float32) * 2
    w = w if is_weighted else None
    data = dataclasses.replace(data, sample_weight=w)
    one_of_two = classes == 2
    # One logit with weights W is two with ±W/2, whose penalty is half as much.
    model = linear_model.LogisticRegression(
        C=2.0 if one_of_two else 1.0, tol=1e-8, max_iter=10_000
    )
    model.fit(data.x_train.astype(float), data.t_train, w)
    wanted = model.predict_proba(data.x_test)
    found = linear_network(data).predict(data.x_test)
    # It stops where probabilities no longer move in the third digit.
    np.testing.assert_allclose(
        found, wanted[:, 1:] if one_of_two else wanted, atol=2e-3
    )


def test_classes_that_a_line_parts_wholly():
    x = np.linspace(-1, 1, 100, dtype=np.float32)[:, None]
    data = Dataset("line", x, (x[:, 0] > 0).astype(int), x, x[:, 0] > 0, ("a", "b"))
    assert ((linear_network(data).predict(x)[:, 0] > 0.5) == data.t_test).all()


@pytest.fixture
def cancer():
    raw = datasets.load_breast_cancer(as_frame=True)
    return load_table(pl.DataFrame({**raw.data, "t": raw.target}), "t")


def test_a_network_that_has_learned_nothing(cancer):
    idle = Network(cancer.columns.width, [Dense(1, init=0.0), Sigmoid()])
    found = judge(idle, cancer)
    counts = np.bincount(cancer.t_train)
    most = int(counts.argmax())
    assert found.baseline["accuracy"].value == np.mean(cancer.t_test == most)
    assert found.constant == f'always "{most}"'
    assert found.warning == f'no better than always "{most}"'
    assert found.network["roc_auc"].value == 0.5
    assert found.linear["accuracy"].value > 0.9
    found = judge(linear_network(cancer), cancer)
    assert found.warning == "no better than a linear model"


def test_weighted_classes_are_judged_by_balanced_accuracy(cancer):
    found = judge(linear_network(cancer), cancer, weighted=True)
    assert found.main == "balanced_accuracy"
    assert found.baseline["balanced_accuracy"].value == 0.5


def test_numbers_beside_their_mean():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=200), "t": rng.normal(size=200) + 100})
    data = load_table(frame, "t")
    found = judge(linear_network(data), data)
    # The mean is that of the training rows: on others it explains less than nothing.
    t = data.columns.decode(data.t_test)
    spread = np.sqrt(np.mean((t - data.columns.target.means[0]) ** 2))
    # float32 beside a mean of 100.
    assert found.baseline["rmse"].value == pytest.approx(spread, rel=1e-5)
    assert found.constant == "always the mean"
    assert found.network["rmse"].low < found.network["rmse"].value
    assert found.network["rmse"].high > found.network["rmse"].value


def test_what_cannot_be_judged(cancer):
    network = linear_network(cancer)
    bare = dataclasses.replace(cancer, columns=None)
    empty = dataclasses.replace(
        cancer, x_test=cancer.x_test[:0], t_test=cancer.t_test[:0]
    )
    for wrong, why in ((bare, "it was no table"), (empty, "has no test rows")):
        with pytest.raises(ValueError, match=why):
            judge(network, wrong)
    with pytest.raises(ValueError, match="was no table"):
        Baselines.of(bare)


def test_scores_without_intervals(cancer):
    y = linear_network(cancer).predict(cancer.x_test)
    found = scores(cancer.columns, y, cancer.t_test, intervals=False)
    assert not any(score.is_sure for score in found.values())
    assert str(found["accuracy"]) == f"{found['accuracy'].value:.3f}"
