"""Weighted samples: the loss, its gradient, and what `evaluate` makes of them."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error

from kobai.autodiff import check_gradient, value_and_gradient
from kobai.networks import (
    Dense,
    Exponential,
    Identity,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)

N = 7
LABELS = np.array([0, 2, 1, 2, 2, 0, 1])
ONE_HOT = (LABELS[:, None] == np.arange(3)).astype(float)
WEIGHTS = np.array([0.5, 2.0, 0.0, 1.0, 3.5, 0.25, 1.25])

# The loss, the output layer, and targets: labels, one-hot, or numbers.
CASES = {
    "cross_entropy of labels": ("cross_entropy", Softmax(), LABELS),
    "cross_entropy": ("cross_entropy", Softmax(), ONE_HOT),
    "cross_entropy_error of labels": ("cross_entropy_error", Softmax(), LABELS),
    "cross_entropy_error": ("cross_entropy_error", Softmax(), ONE_HOT),
    "binary_cross_entropy": ("binary_cross_entropy", Sigmoid(), ONE_HOT),
    "squared_error": ("squared_error", Identity(), ONE_HOT - 0.3),
    "mean_squared_error": ("mean_squared_error", Tanh(), ONE_HOT - 0.3),
    "huber": ("huber", Identity(), 4 * ONE_HOT),
    "poisson": ("poisson", Exponential(), 4 * ONE_HOT),
}


def network_for(name, dtype=np.float64):
    loss, last, t = CASES[name]
    network = Network(4, [Dense(5), Tanh(), Dense(3), last], loss, seed=1, dtype=dtype)
    x = np.random.default_rng(0).normal(size=(N, 4)).astype(dtype)
    return network, x, t if t.dtype.kind == "i" else t.astype(dtype)


@pytest.mark.parametrize("name", CASES)
def test_the_objective_is_the_mean_of_each_samples_loss_times_its_weight(name):
    network, x, t = network_for(name)
    alone = [network.loss(x[i : i + 1], t[i : i + 1]) for i in range(N)]
    value, _ = network.objective(network.params, x, t, weights=WEIGHTS)
    # Sums of seven numbers in another order.
    np.testing.assert_allclose(value, np.dot(WEIGHTS, alone) / N, rtol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_is_that_of_central_differences(name):
    network, x, t = network_for(name)

    def loss(params):
        return network.objective(params, x, t, weights=WEIGHTS)[0]

    assert check_gradient(loss, network.params)


@pytest.mark.parametrize("name", CASES)
def test_weights_of_1_change_nothing(name):
    network, x, t = network_for(name)

    def loss(params, weights):
        return network.objective(params, x, t, weights=weights)[0]

    expected = value_and_gradient(lambda p: loss(p, None), network.params)
    found = value_and_gradient(lambda p: loss(p, np.ones(N)), network.params)
    # A product by 1 is exact; sums may be taken in another order.
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-14)
    for key, grad in expected[1].items():
        np.testing.assert_allclose(found[1][key], grad, atol=1e-14)


@pytest.mark.parametrize("name", CASES)
def test_whole_weights_count_like_repeated_samples(name):
    network, x, t = network_for(name)
    counts = np.array([1, 3, 0, 2, 1, 1, 4])
    repeated = np.repeat(x, counts, axis=0), np.repeat(t, counts, axis=0)
    assert network.loss(x, t, counts) == pytest.approx(network.loss(*repeated))
    expected = network.evaluate(*repeated)
    assert network.evaluate(x, t, counts) == pytest.approx(expected)


@pytest.mark.parametrize("name", CASES)
def test_float32_stays_float32(name):
    network, x, t = network_for(name, np.float32)
    value, _ = network.objective(network.params, x, t, weights=WEIGHTS)
    assert value.dtype == np.float32


def test_evaluate_gives_scikit_learns_weighted_metrics():
    rng = np.random.default_rng(0)
    # More rows than are taken at a time.
    x, t = rng.normal(size=(20_000, 4)), rng.integers(3, size=20_000)
    weights = rng.exponential(size=20_000)
    network = Network(4, [Dense(6), ReLU(), Dense(3), Softmax()], dtype=np.float64)
    y = network.predict(x)
    found = network.evaluate(x, t, sample_weight=weights)
    loss = log_loss(t, y, sample_weight=weights)
    assert found["loss"] == pytest.approx(loss, rel=1e-9)
    right = accuracy_score(t, y.argmax(axis=1), sample_weight=weights)
    assert found["accuracy"] == pytest.approx(right, rel=1e-9)
    assert network.loss(x, t, sample_weight=weights) == pytest.approx(loss, rel=1e-9)


def test_evaluate_of_a_regression_gives_the_weighted_squared_error():
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(50, 4)), rng.normal(size=(50, 2))
    weights = rng.uniform(size=50)
    network = Network(4, [Dense(2)], "mean_squared_error", dtype=np.float64)
    expected = mean_squared_error(t, network.predict(x), sample_weight=weights)
    assert network.evaluate(x, t, weights) == {"loss": pytest.approx(expected)}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(N - 1), r"got shape \(6,\); need a weight for each of the 7 samples"),
        (np.ones((N, 1)), r"got shape \(7, 1\)"),
        (np.zeros(N), "all weights are zero"),
        ([1, 1, -2, 1, 1, 1, 1], "got -2.0 for sample 2"),
        ([1, 1, 1, np.nan, 1, 1, 1], "got nan for sample 3"),
        ([1, 1, 1, 1, np.inf, 1, 1], "got inf for sample 4"),
        (["a"] * N, "need numbers"),
    ],
)
def test_what_are_no_weights_is_refused(weights, message):
    network, x, t = network_for("cross_entropy")
    for measure in (network.loss, network.evaluate):
        with pytest.raises(ValueError, match=f"sample_weight: .*{message}"):
            measure(x, t, weights)
