"""Ensembles in training: every member by itself, with rows of its own held out."""

import numpy as np
import pytest

from kobai.errors import DivergenceError
from kobai.networks import BatchNorm, Dense, Dropout, Ensemble, Network, ReLU, Softmax
from kobai.optimizers import OPTIMIZERS, SGD, Adam
from kobai.training import train
from kobai.training.data import held_out

LAYERS = [Dense(6), BatchNorm(), ReLU(), Dropout(0.2), Dense(2), Softmax()]
LINES = [Dense(6), ReLU(), Dense(1)]


def trained(data, members=3, layers=LAYERS, **options):
    network = Ensemble(2, layers, members=members)
    settings = {"batch_size": 16, "epochs": 3, "optimizer": Adam(0.01)}
    settings |= {"progress": False, "validation": 0.2}
    return network, train(network, data, **settings | options)


def assert_same_numbers(one, other):
    for kind in ("params", "statistics"):
        for name, array in getattr(one, kind).items():
            np.testing.assert_array_equal(array, getattr(other, kind)[name])


@pytest.mark.parametrize("engine", ["eager", "numpy", "numba", "jax"])
def test_the_first_member_is_the_network_that_trains_alone(data, engine):
    if engine in ("numba", "jax"):
        pytest.importorskip(engine)
    made, history = trained(data, members=1, engine=engine, patience=2)
    alone = Network(2, LAYERS)
    options = {"batch_size": 16, "epochs": 3, "optimizer": Adam(0.01), "patience": 2}
    options |= {"progress": False, "validation": 0.2, "engine": engine}
    expected = train(alone, data, **options)
    assert_same_numbers(made.networks[0], alone)
    np.testing.assert_array_equal(history["train_loss"], expected["train_loss"])
    np.testing.assert_allclose(history["validation_loss"], expected["validation_loss"])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_member_does_not_depend_on_the_others(data, optimizer):
    chosen = OPTIMIZERS[optimizer](0.01)
    few, _ = trained(data, members=2, optimizer=chosen)
    many, _ = trained(data, members=3, optimizer=chosen)
    for one, other in zip(few.networks, many.networks, strict=False):
        assert_same_numbers(one, other)


@pytest.mark.parametrize("batches", ["shuffle", "random", "online", "full"])
def test_no_step_of_a_member_sees_the_rows_held_from_it(data, batches):
    (x, _), _ = data
    t = x.sum(axis=1, keepdims=True)
    held = held_out(t, 0.2, seed=0, member=1)
    changed = np.where(held[:, np.newaxis], np.float32(9), t)
    options = {"layers": LINES, "batches": batches, "batch_size": None, "epochs": 2}
    one, _ = trained((x, t), **options)
    other, _ = trained((x, changed), **options)
    assert_same_numbers(one.networks[1], other.networks[1])
    assert not np.array_equal(one.params["W1"][0], other.params["W1"][0])


def test_its_records_are_means_over_members_each_on_its_own_rows(data):
    (x, t), _ = data
    network, history = trained(data)
    held = [held_out(t, 0.2, 0, member) for member in range(3)]
    assert not np.array_equal(held[0], held[1])
    parts = {"validation": held, "train": [~rows for rows in held]}
    for part, chosen in parts.items():
        both = zip(network.networks, chosen, strict=True)
        each = [one.evaluate(x[rows], t[rows]) for one, rows in both]
        for name in ("loss", "accuracy"):
            mean = np.mean([one[name] for one in each])
            np.testing.assert_allclose(history[f"{part}_{name}"][-1], mean)


def test_without_rows_held_out_test_data_judge_the_ensemble(data):
    (x, t), test = data
    network, history = trained(data, validation=0.0)
    assert history["test_loss"][-1] == network.evaluate(*test)["loss"]
    each = [one.evaluate(x, t)["loss"] for one in network.networks]
    assert history["train_loss"][-1] < np.mean(each)


def test_it_keeps_its_best_epoch(data):
    network, history = trained(data, epochs=40, patience=3, optimizer=Adam(0.1))
    (x, t), _ = data
    both = zip(network.networks, range(3), strict=True)
    losses = [
        one.evaluate(x[rows], t[rows])["loss"]
        for one, rows in ((one, held_out(t, 0.2, 0, j)) for one, j in both)
    ]
    assert history.stopped
    np.testing.assert_allclose(np.mean(losses), min(history["validation_loss"]))


def test_engines_agree(data):
    # Without BatchNorm, before which a bias has no gradient but that of rounding.
    layers = [Dense(6), ReLU(), Dropout(0.2), Dense(2), Softmax()]
    options = {"layers": layers, "optimizer": SGD(0.1)}
    eager, *others = (
        trained(data, engine=name, **options)[0] for name in ("eager", "numpy", "numba")
    )
    for other in others:
        for name, array in eager.params.items():
            # Sums in another order, over some ten steps in float32.
            np.testing.assert_allclose(other.params[name], array, atol=1e-6)


def test_gradients_by_the_definition(data):
    layers = [Dense(3), ReLU(), Dense(2), Softmax()]
    options = {"layers": layers, "epochs": None, "steps": 2, "optimizer": SGD(0.1)}
    slow, _ = trained(data, gradient="numerical", **options)
    fast, _ = trained(data, **options)
    for name, array in fast.params.items():
        np.testing.assert_allclose(slow.params[name], array, atol=1e-5)


def test_a_run_in_pieces_is_the_run(data, tmp_path):
    file = {"checkpoint": tmp_path / "c", "resume": True, "epochs": None}
    for steps in (2, 5):
        trained(data, **file, steps=steps)
    pieces, found = trained(data, **file, steps=9)
    whole, expected = trained(data, epochs=None, steps=9)
    assert_same_numbers(pieces, whole)
    np.testing.assert_array_equal(found.step_losses, expected.step_losses)


def test_other_members_are_another_run(data, tmp_path):
    file = {"checkpoint": tmp_path / "c", "resume": True}
    trained(data, **file)
    with pytest.raises(ValueError, match=r"network was .*members=3.* is now .*=4"):
        trained(data, members=4, **file)


def test_it_diverges_as_a_network_does(data):
    (x, t), _ = data
    network = Ensemble(2, LINES, members=2)
    with pytest.raises(DivergenceError):
        train(network, (x, t.astype(np.float32)), optimizer=SGD(1e6), progress=False)
    assert all(np.isfinite(array).all() for array in network.params.values())


def test_weights_count_for_every_member(data):
    (x, t), _ = data
    zero = np.where(t == 1, 0.0, 1.0)
    network = Ensemble(2, [Dense(2), Softmax()], members=2)
    options = {"epochs": 20, "validation": 0.2, "progress": False}
    train(network, (x, t), sample_weight=zero, optimizer=SGD(1.0), **options)
    # Only rows of the first class count, so all are taken for it.
    assert [one.accuracy(x[t == 0], t[t == 0]) for one in network.networks] == [1, 1]
    assert network.accuracy(x[t == 1], t[t == 1]) == 0
