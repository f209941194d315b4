"""Several targets of one network, some of which are classes."""

import numpy as np
import pytest

from kobai import Adam, train
from kobai.functions import heads_loss
from kobai.networks import Dense, Ensemble, Heads, Identity, Network, Tanh

SIZES = (3, 1, 2)
LAYERS = [Dense(5), Tanh(), Dense(6), Heads(SIZES)]


def rows(n=12, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4))
    columns = rng.integers(0, 3, n), rng.normal(size=n), rng.integers(0, 2, n)
    return x.astype(dtype), np.column_stack(columns).astype(dtype)


def by_hand(y, t, weights):
    """Return the loss, a sample after the other, from probabilities and numbers."""
    total = 0.0
    for own, (kind, number, is_second), weight in zip(y, t, weights, strict=True):
        total -= weight * np.log(own[int(kind)])
        total += weight * (own[3] - number) ** 2
        total -= weight * np.log(own[4 + int(is_second)])
    return total / len(y)


@pytest.mark.parametrize("is_weighed", [False, True])
def test_the_loss_is_the_sum_of_those_of_the_targets(is_weighed):
    x, t = rows()
    network = Network(4, LAYERS, dtype=np.float64)
    logits, _ = network.forward(network.params, x)
    weights = np.arange(1.0, 13) if is_weighed else np.ones(12)
    found = heads_loss(logits, t, SIZES, weights if is_weighed else None)
    # Sums in another order, in float64.
    assert float(found) == pytest.approx(by_hand(network.predict(x), t, weights), 1e-12)


def test_outputs_are_probabilities_and_numbers():
    x, _ = rows()
    network = Network(4, LAYERS, dtype=np.float64)
    y = network.predict(x)
    np.testing.assert_allclose(y[:, :3].sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(y[:, 4:].sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_array_equal(y[:, 3], network.forward(network.params, x)[0][:, 3])


@pytest.mark.parametrize("kind", [Network, Ensemble])
def test_gradients_are_those_of_the_definition(kind):
    x, t = rows()
    network = kind(4, LAYERS, dtype=np.float64)
    expected = network.numerical_gradient(x, t)
    for name, grad in network.gradient(x, t).items():
        # Central differences are off by about h² = 1e-8 at best.
        np.testing.assert_allclose(grad, expected[name], atol=1e-7)


@pytest.mark.parametrize("kind", [Network, Ensemble])
def test_every_engine_takes_the_same_steps(kind):
    x, t = rows(40, np.float32)
    found = []
    for engine in ("eager", "numpy", "numba"):
        network = kind(4, LAYERS)
        options = {"engine": engine, "batch_size": 10, "epochs": 3, "progress": False}
        train(network, (x, t), optimizer=Adam(0.01), **options)
        found.append(network.params)
    for name, expected in found[0].items():
        for other in found[1:]:
            # Sums in another order, in float32, over 12 steps of Adam.
            np.testing.assert_allclose(other[name], expected, rtol=1e-3, atol=1e-5)


def test_it_learns_all_of_them():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    t = np.column_stack([(x[:, 0] > 0) + (x[:, 0] > 1), x[:, 1], x[:, 2] > 0])
    network = Network(4, [Dense(32), Tanh(), Dense(6), Heads(SIZES)])
    options = {"batch_size": 20, "epochs": 40, "progress": False}
    train(network, (x[:300], t[:300]), optimizer=Adam(0.01), **options)
    y = network.predict(x[300:])
    assert np.mean(y[:, :3].argmax(axis=1) == t[300:, 0]) > 0.9
    assert np.mean(y[:, 4:].argmax(axis=1) == t[300:, 2]) > 0.9
    assert np.corrcoef(y[:, 3], t[300:, 1])[0, 1] > 0.97


def test_accuracy_counts_every_column_of_classes():
    x, t = rows(200)
    network = Network(4, LAYERS, dtype=np.float64)
    y = network.predict(x)
    right = y[:, :3].argmax(axis=1) == t[:, 0], y[:, 4:].argmax(axis=1) == t[:, 2]
    assert network.accuracy(x, t) == pytest.approx(np.mean(right))
    weights = np.arange(1.0, 201)
    found = network.evaluate(x, t, sample_weight=weights)
    expected = np.average(np.mean(right, axis=0), weights=weights)
    assert found["accuracy"] == pytest.approx(expected)
    assert found["loss"] == pytest.approx(
        float(network.loss(x, t, sample_weight=weights))
    )


def test_labels_may_be_whole_numbers_and_one_sample_alone():
    network = Network(4, [Dense(5), Heads((3, 2))])
    assert network.loss(np.zeros(4), [2, 1]) == network.loss([np.zeros(4)], [[2.0, 1]])
    x, t = network.example_batch(7)
    assert x.shape == (7, 4)
    assert np.isfinite(network.loss(x, t))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Heads(()), "need two outputs or more for each column of classes"),
        (lambda: Heads((1, 1)), r"Identity\(\) is for numbers alone"),
        (lambda: Heads((2, 0)), "sizes must be 1 or more, got 0"),
        (lambda: Network(4, [Dense(3), Heads((2, 2))]), r"put Dense\(4\) before it"),
        (
            lambda: Network(4, [Dense(4), Heads((2, 2))], "huber"),
            "several, each with the loss of its kind; leave the loss out",
        ),
        (lambda: Network(4, [Dense(4), Identity()], "heads"), 'unknown loss "heads"'),
    ],
)
def test_what_makes_no_sense_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("t", "message"),
    [
        ([[0, 0.5]], r"got targets of shape \(1, 2\) .*need \(n, 3\), a label or"),
        ([[3, 0.5, 1]], "got label 3.0; need labels from 0 to 2"),
        ([[-1, 0.5, 1]], "got label -1.0; need labels from 0 to 2"),
        ([[0.5, 0.5, 1]], "got label 0.5; need whole numbers"),
        ([[0, np.nan, 1]], "the targets hold nan"),
        ([[0, 0, 1], [1, 1, 1]], "got 1 samples and 2 targets"),
    ],
)
def test_targets_that_are_none_are_refused(t, message):
    with pytest.raises(ValueError, match=message):
        Network(4, LAYERS).loss(np.zeros((1, 4)), t)


def test_the_loss_refuses_other_shapes():
    with pytest.raises(ValueError, match=r"got logits \(2, 3\) .*need \(n, 6\)"):
        heads_loss(np.zeros((2, 3)), np.zeros((2, 3)), SIZES)
