"""Weighted samples in training: the same with every engine, resumed, and refused."""

import importlib.util

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from kobai.engines import ENGINES
from kobai.networks import (
    BatchNorm,
    Dense,
    Dropout,
    Exponential,
    Identity,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from kobai.networks.losses import LOSSES
from kobai.optimizers import SGD, Adam
from kobai.training import balanced_weights, train

ROWS = 53
TANH = (Tanh(),)
WEIGHTS = np.random.default_rng(5).exponential(size=ROWS)
OUTPUTS = {
    "cross_entropy": Softmax(),
    "cross_entropy_error": Softmax(),
    "binary_cross_entropy": Sigmoid(),
    "poisson": Exponential(),
}


def data(loss, dtype):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, 4)).astype(dtype)
    if isinstance(OUTPUTS.get(loss), Softmax):
        return x, rng.integers(3, size=ROWS)
    return x, rng.integers(2, size=(ROWS, 3)).astype(dtype)


def trained(loss, engine, dtype=np.float64, middle=TANH, **options):
    layers = [Dense(6), *middle, Dense(3), OUTPUTS.get(loss, Identity())]
    network = Network(4, layers, loss, dtype=dtype)
    options = {"sample_weight": WEIGHTS, "batch_size": 10, "steps": 23} | options
    history = train(
        network, data(loss, dtype), engine=engine, progress=False, **options
    )
    return network, history


@pytest.mark.parametrize("engine", [e for e in ENGINES if e != "eager"])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_engine_takes_the_eager_steps(loss, engine):
    if engine in ("numba", "jax") and importlib.util.find_spec(engine) is None:
        pytest.skip("needs the extra: kobai[fast]")
    expected, eager = trained(loss, "eager")
    network, history = trained(loss, engine)
    for name, w in expected.params.items():
        # 23 steps of float64 sums in another order.
        np.testing.assert_allclose(network.params[name], w, atol=1e-10)
    np.testing.assert_allclose(history.step_losses, eager.step_losses, atol=1e-10)


@pytest.mark.parametrize("engine", ENGINES)
def test_dropout_and_batch_normalisation_take_weights(engine):
    if engine in ("numba", "jax") and importlib.util.find_spec(engine) is None:
        pytest.skip("needs the extra: kobai[fast]")
    middle = (BatchNorm(), ReLU(), Dropout(0.3))
    options = {"middle": middle, "optimizer": Adam(0.01)}
    expected, _ = trained("cross_entropy", "eager", **options)
    network, _ = trained("cross_entropy", engine, **options)
    for name, w in expected.params.items():
        np.testing.assert_allclose(network.params[name], w, atol=1e-9)


def test_a_numerical_gradient_takes_weights():
    options = {"steps": 3, "optimizer": SGD(0.5)}
    expected, _ = trained("cross_entropy", "eager", **options)
    for engine in ("eager", "numpy"):
        network, _ = trained("cross_entropy", engine, gradient="numerical", **options)
        for name, w in expected.params.items():
            # Central differences with h = 1e-4 are good to about h² = 1e-8.
            np.testing.assert_allclose(network.params[name], w, atol=1e-7)


def test_whole_weights_train_like_repeated_samples():
    counts = np.random.default_rng(1).integers(0, 4, ROWS)
    x, t = data("cross_entropy", np.float64)
    networks = []
    for rows, weights in (
        ((x, t), counts / counts.mean()),
        ((np.repeat(x, counts, axis=0), np.repeat(t, counts)), None),
    ):
        network = Network(4, [Dense(3), Softmax()], dtype=np.float64)
        options = {"batches": "full", "epochs": 20, "progress": False}
        history = train(network, rows, sample_weight=weights, **options)
        networks.append((network, history))
    (one, a), (other, b) = networks
    np.testing.assert_allclose(one.params["W1"], other.params["W1"], rtol=1e-10)
    np.testing.assert_allclose(a["train_loss"], b["train_loss"], rtol=1e-10)
    np.testing.assert_allclose(a["train_accuracy"], b["train_accuracy"], rtol=1e-10)


def test_a_weight_of_0_leaves_a_sample_out():
    x, t = data("cross_entropy", np.float64)
    weights = np.where(np.arange(ROWS) == 4, 0.0, 1.0)
    x_wild = x.copy()
    x_wild[4] = 100.0
    networks = [Network(4, [Dense(3), Softmax()], dtype=np.float64) for _ in "ab"]
    for network, inputs in zip(networks, (x, x_wild), strict=True):
        options = {"sample_weight": weights, "epochs": 3, "progress": False}
        train(network, (inputs, t), **options)
    assert np.array_equal(networks[0].params["W1"], networks[1].params["W1"])


@pytest.mark.parametrize("engine", ["eager", "numpy"])
def test_a_weighted_run_that_is_resumed_gives_the_same_bits(tmp_path, engine):
    path = tmp_path / "checkpoint.safetensors"
    whole, _ = trained("cross_entropy", engine, steps=17)
    trained("cross_entropy", engine, steps=8, checkpoint=path)
    resumed, _ = trained(
        "cross_entropy", engine, steps=17, checkpoint=path, resume=True
    )
    for name, w in whole.params.items():
        assert np.array_equal(resumed.params[name], w)


@pytest.mark.parametrize("other", [None, WEIGHTS[::-1]])
def test_a_run_is_not_resumed_with_other_weights(tmp_path, other):
    path = tmp_path / "checkpoint.safetensors"
    trained("cross_entropy", "numpy", steps=8, checkpoint=path)
    options = {"steps": 17, "checkpoint": path, "resume": True}
    with pytest.raises(ValueError, match=r"cannot resume from .* weights"):
        trained("cross_entropy", "numpy", sample_weight=other, **options)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(3), r"got shape \(3,\); need a weight for each of the 53 samples"),
        (-np.ones(ROWS), "got -1.0 for sample 0"),
        (np.zeros(ROWS), "all weights are zero"),
    ],
)
def test_what_are_no_weights_is_refused(weights, message):
    with pytest.raises(ValueError, match=f"train: sample_weight: {message}"):
        trained("cross_entropy", "numpy", sample_weight=weights)


def test_balanced_weights_are_scikit_learns():
    labels = np.random.default_rng(0).choice(
        ["a", "b", "rare"], 200, p=[0.6, 0.37, 0.03]
    )
    expected = compute_sample_weight("balanced", labels)
    np.testing.assert_allclose(balanced_weights(labels), expected, rtol=1e-15)
    assert balanced_weights(labels).mean() == pytest.approx(1)


@pytest.mark.parametrize("labels", [[], [[0, 1]], 3])
def test_balanced_weights_need_one_label_for_each_sample(labels):
    with pytest.raises(ValueError, match="balanced_weights: got labels of shape"):
        balanced_weights(labels)
