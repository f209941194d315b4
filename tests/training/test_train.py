"""train: what it computes, when it records, what it leaves alone."""

import numpy as np
import pytest

from kobai.networks import (
    BatchNorm,
    Dense,
    Dropout,
    Identity,
    Network,
    Sigmoid,
    Softmax,
)
from kobai.optimizers import OPTIMIZERS, SGD, Adam, StepDecay
from kobai.training import epoch_batches, train


def softmax_regression(x, t, W, b):
    """Return loss and gradient of a one-layer network, derived by hand."""
    z = x @ W + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(t)), t]))
    d = (p - np.eye(2)[t]) / len(t)
    return loss, x.T @ d, d.sum(axis=0)


@pytest.mark.parametrize("batches", ["shuffle", "random", "online", "full"])
def test_equals_the_loop_written_by_hand(data, batches):
    (x, t), _ = data
    x = x.astype(np.float64)
    network = Network(2, [Dense(2), Softmax()], dtype=np.float64)
    W, b = (np.array(w) for w in network.params.values())
    optimizer = SGD(StepDecay(0.5, every=3, factor=0.5))
    history = train(
        network,
        (x, t),
        optimizer=optimizer,
        batches=batches,
        batch_size=25,
        epochs=2,
        seed=5,
        progress=False,
    )
    losses = []
    for epoch in range(2):
        for rows in epoch_batches(batches, len(x), 25, seed=5, epoch=epoch):
            rate = 0.5 * 0.5 ** (len(losses) // 3)
            loss, dW, db = softmax_regression(x[rows], t[rows], W, b)
            losses.append(loss)
            W, b = W - rate * dW, b - rate * db
    # Sums in another order: some roundings of float64 per step.
    np.testing.assert_allclose(history.step_losses, losses, rtol=1e-11)
    np.testing.assert_allclose(network.params["W1"], W, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(network.params["b1"], b, rtol=1e-11, atol=1e-13)
    final = softmax_regression(x, t, W, b)[0]
    np.testing.assert_allclose(history["train_loss"][-1], final, rtol=1e-11)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_learns(make_network, data, name):
    network = make_network()
    optimizer = OPTIMIZERS[name](0.05)
    options = {"batch_size": 20, "epochs": 15, "progress": False}
    history = train(network, data, optimizer=optimizer, **options)
    assert history["train_loss"][-1] < 0.9 * history["train_loss"][0]
    assert history["test_accuracy"][-1] >= history["test_accuracy"][0]


def test_records_follow_an_exact_schedule(make_network, data):
    history = train(make_network(), data, batch_size=25, epochs=4, progress=False)
    # 60 rows in batches of 25 are 3 steps: the batch does not divide the data.
    assert history["epoch"].tolist() == [0, 1, 2, 3, 4]
    assert history["step"].tolist() == [0, 3, 6, 9, 12]
    assert len(history.step_losses) == 12
    assert list(history.records[0]) == [
        "epoch",
        "step",
        "train_loss",
        "test_loss",
        "train_accuracy",
        "test_accuracy",
        "learning_rate",
        "seconds",
    ]
    assert (np.diff(history["seconds"]) >= 0).all()
    assert history.stopped is None


def test_steps_that_end_inside_an_epoch_are_recorded(make_network, data):
    history = train(make_network(), data, batch_size=25, steps=7, progress=False)
    assert history["step"].tolist() == [0, 3, 6, 7]
    assert history["epoch"].tolist() == [0, 1, 2, 7 / 3]


def test_ten_epochs_where_nothing_is_said(make_network, data):
    history = train(make_network(), data, batches="full", progress=False)
    assert history["epoch"][-1] == 10


def test_records_are_the_network_s_own_evaluations(make_network, data):
    network = make_network()
    before = network.evaluate(*data[0])
    history = train(network, data, batch_size=25, epochs=1, progress=False)
    assert history["train_loss"][0] == before["loss"]
    assert history["train_accuracy"][0] == before["accuracy"]
    after = network.evaluate(*data[1])
    assert history["test_loss"][1] == after["loss"]
    assert history["test_accuracy"][1] == after["accuracy"]


def test_the_recorded_learning_rate_is_the_last_one_used(make_network, data):
    optimizer = SGD(StepDecay(0.5, every=3, factor=0.5))
    options = {"batch_size": 20, "epochs": 3, "progress": False}
    history = train(make_network(), data, optimizer=optimizer, **options)
    assert history["learning_rate"].tolist() == [0.5, 0.5, 0.25, 0.125]


def test_nothing_that_was_given_is_changed(make_network, data):
    network = make_network()
    first = network.params
    kept = {name: np.array(w) for name, w in first.items()}
    copies = [(np.array(x), np.array(t)) for x, t in data]
    train(network, data, optimizer=Adam(0.1), batch_size=20, epochs=1, progress=False)
    for name, w in first.items():
        np.testing.assert_array_equal(w, kept[name])
        assert not np.array_equal(network.params[name], w)
    for (x, t), (x_kept, t_kept) in zip(data, copies, strict=True):
        np.testing.assert_array_equal(x, x_kept)
        np.testing.assert_array_equal(t, t_kept)


def test_the_seed_decides_and_the_global_one_does_not(make_network, data):
    def params(seed):
        network = make_network(Sigmoid(), Dropout(0.3))
        train(network, data, batch_size=20, epochs=2, seed=seed, progress=False)
        return np.concatenate([w.ravel() for w in network.params.values()])

    np.random.seed(1)  # noqa: NPY002 (what must have no influence)
    first = params(0)
    np.random.seed(2)  # noqa: NPY002
    np.testing.assert_array_equal(params(0), first)
    assert not np.array_equal(params(1), first)


def test_statistics_of_batch_normalisation_are_kept(make_network, data):
    network = make_network(BatchNorm(), Sigmoid())
    before = {name: np.array(s) for name, s in network.statistics.items()}
    train(network, data, batch_size=20, epochs=1, progress=False)
    assert before
    for name, statistic in network.statistics.items():
        assert not np.array_equal(statistic, before[name])


def test_the_numerical_gradient_trains_to_the_same_parameters(make_network, data):
    (x, t), _ = data
    trained = []
    for gradient in ("backprop", "numerical"):
        network = make_network(dtype=np.float64)
        train(
            network,
            (x, t),
            batch_size=20,
            steps=4,
            gradient=gradient,
            progress=False,
        )
        trained.append(network.params)
    for name in trained[0]:
        # Central differences with h = 1e-4 are wrong by about h² = 1e-8.
        np.testing.assert_allclose(trained[0][name], trained[1][name], atol=1e-7)


def test_a_regression_has_no_accuracy():
    x = np.linspace(-np.pi / 2, np.pi / 2, 30)[:, np.newaxis]
    network = Network(1, [Dense(8), Sigmoid(), Dense(1), Identity()])
    history = train(
        network,
        (x, np.sin(x[:, 0])),
        optimizer=Adam(0.05),
        batch_size=10,
        epochs=30,
        progress=False,
    )
    assert "train_accuracy" not in history.names()
    assert history["train_loss"][-1] < 0.2 * history["train_loss"][0]


def test_a_dataset_and_pairs_are_the_same(make_network, data):
    class Dataset:
        (x_train, t_train), (x_test, t_test) = data

    options = {"batch_size": 20, "epochs": 1, "progress": False}
    first, second = make_network(), make_network()
    train(first, data, **options)
    history = train(second, Dataset(), **options)
    assert "test_loss" in history.names()
    for name, w in first.params.items():
        np.testing.assert_array_equal(w, second.params[name])


def test_one_hot_targets_and_labels_train_alike(make_network, data):
    (x, t), _ = data
    losses = [
        train(
            make_network(dtype=np.float64),
            (x, targets),
            batch_size=20,
            epochs=2,
            progress=False,
        )
        for targets in (t, np.eye(2)[t])
    ]
    # The two losses round differently.
    np.testing.assert_allclose(losses[0].step_losses, losses[1].step_losses, rtol=1e-10)


def test_few_rows_are_one_batch_where_no_size_is_given(make_network, data):
    (x, t), _ = data
    history = train(make_network(), (x[:7], t[:7]), epochs=2, progress=False)
    assert len(history.step_losses) == 2


def test_few_epochs_are_evaluated_where_asked(make_network, data):
    seen = []

    class Watch:
        def on_epoch_end(self, state):
            seen.append(state.history.records[-1]["epoch"])

    def epochs(every, count=7):
        network = make_network()
        options = {"epochs": count, "evaluate_every": every, "callbacks": [Watch()]}
        history = train(network, data, progress=False, **options)
        return history["epoch"].tolist(), network

    every, network = epochs(1)
    some, same = epochs(3)
    only_ends, _ = epochs(0)
    assert every == list(range(8))
    assert some == [0, 3, 6, 7]
    assert only_ends == [0, 7]
    assert seen == [*range(1, 8), 3, 6]
    # How often one looks changes nothing.
    for a, b in zip(network.params.values(), same.params.values(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_patience_needs_evaluations_and_counts_epochs(make_network, data):
    x, t = data[0]
    options = {"validation": 0.2, "patience": 4, "progress": False}
    with pytest.raises(ValueError, match="patience=4 and evaluate_every=0"):
        train(make_network(), (x, t), evaluate_every=0, **options)
    # Nothing improves any more where nothing is learned.
    still = {"optimizer": SGD(1e-30), "epochs": 50, "evaluate_every": 3}
    history = train(make_network(), (x, t), **options, **still)
    assert history["epoch"].tolist() == [0, 3, 6]


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_nothing_is_traced_twice_for_an_equal_network(
    make_network, data, engine, monkeypatch
):
    if engine == "numba":
        pytest.importorskip("numba")
    options = {"epochs": 2, "batch_size": 30, "engine": engine, "progress": False}
    train(make_network(), data, **options)
    traced = []
    for module in ("kobai.training.step", "kobai.engines.blocks"):
        monkeypatch.setattr(f"{module}.trace", lambda *a: traced.append(a))
    train(make_network(), data, **options)
    assert traced == []
