"""Rows held out: no step sees them, they say when to stop and what to keep."""

import numpy as np
import pytest

from kobai import Network, train
from kobai.networks import Dense, Dropout, Sigmoid
from kobai.optimizers import SGD
from kobai.training.data import held_out, prepare

# So high that the loss on the rows held out soon rises and falls.
RESTLESS = SGD(3.0)


def go(make_network, data, **options):
    network = make_network(Sigmoid(), Dropout(0.3))
    options = {"batch_size": 12, "progress": False, "optimizer": RESTLESS} | options
    return network, train(network, data, **options)


def test_a_class_gives_its_share():
    t = np.repeat([0, 1, 2], [70, 20, 10])
    held = held_out(t, 0.2, seed=3)
    assert np.bincount(t[held]).tolist() == [14, 4, 2]
    assert not np.array_equal(held, held_out(t, 0.2, seed=4))


def test_numbers_are_drawn_by_the_seed_alone():
    t = np.linspace(0, 1, 50)[:, np.newaxis]
    held = held_out(t, 0.3, seed=0)
    assert held.sum() == 15
    np.testing.assert_array_equal(held, held_out(t + 1, 0.3, seed=0))


def test_no_step_sees_the_rows_held_out(make_network, data):
    (x, t), _ = data
    held = held_out(t, 0.25, seed=0)
    other = x.copy()
    other[held] += 5
    runs = [
        go(make_network, (rows, t), validation=0.25, epochs=3) for rows in (x, other)
    ]
    (a, first), (b, second) = runs
    for name, array in a.params.items():
        np.testing.assert_array_equal(array, b.params[name])
    np.testing.assert_array_equal(first["train_loss"], second["train_loss"])
    assert np.all(first["validation_loss"] != second["validation_loss"])


def test_they_are_recorded_in_place_of_the_test_data(make_network, data):
    names = go(make_network, data, validation=0.2, epochs=1)[1].names()
    assert names == [
        *("epoch", "step", "train_loss", "validation_loss"),
        *("train_accuracy", "validation_accuracy", "learning_rate", "seconds"),
    ]


def test_the_best_parameters_are_kept(make_network, data):
    network, history = go(make_network, data, validation=0.2, patience=4, epochs=60)
    (x, t), _ = data
    held = held_out(network.prepare(x, t)[1], 0.2, seed=0)
    losses = history["validation_loss"]
    best = losses.argmin()
    assert 0 < best == len(losses) - 1 - 4
    # The same rows by the same arithmetic.
    assert network.evaluate(x[held], t[held])["loss"] == losses[best]
    assert history.stopped.startswith("early stopping: validation_loss was best")


@pytest.mark.parametrize("engine", ["eager", "numpy", "numba", "jax"])
def test_in_pieces_it_is_the_run(make_network, data, tmp_path, engine):
    if engine in ("numba", "jax"):
        pytest.importorskip(engine)
    options = {"validation": 0.2, "patience": 4, "engine": engine}
    whole, history = go(make_network, data, steps=200, **options)
    file = {"checkpoint": tmp_path / "c", "resume": True}
    for steps in (3, 10, 14, 200):
        pieces, again = go(make_network, data, steps=steps, **options, **file)
    for name, array in whole.params.items():
        np.testing.assert_array_equal(array, pieces.params[name])
    np.testing.assert_array_equal(history.step_losses, again.step_losses)
    assert again.stopped == history.stopped is not None


def test_weights_count_in_the_validation_loss():
    x, t = np.zeros((40, 1)), np.linspace(0, 3, 40)[:, np.newaxis]
    weights = np.linspace(0, 2, 40)
    network = Network(1, [Dense(1)])
    history = train(
        network,
        (x, t),
        sample_weight=weights,
        validation=0.25,
        epochs=1,
        progress=False,
    )
    held = held_out(t, 0.25, seed=0)
    errors = 0.5 * (t[held, 0] - network.params["b1"][0]) ** 2
    # float32 against float64.
    expected = np.average(errors, weights=weights[held])
    assert history["validation_loss"][-1] == pytest.approx(expected, rel=1e-5)


def test_without_a_share_all_rows_train(make_network, data):
    prepared = prepare(make_network(), data)
    assert len(prepared.x) == 60
    assert prepared.unseen.name == "test"


@pytest.mark.parametrize("share", [1.0, -0.1, 1.5, np.nan])
def test_what_is_no_share_is_refused(make_network, data, share):
    with pytest.raises(ValueError, match="train: validation must be in"):
        go(make_network, data, validation=share)


def test_a_share_in_words_is_refused(make_network, data):
    with pytest.raises(TypeError, match="train: validation must be a number"):
        go(make_network, data, validation="0.2")


def test_a_seed_that_is_none_is_refused_by_name(make_network, data):
    with pytest.raises(ValueError, match="train: seed must be 0 or more, got -1"):
        go(make_network, data, validation=0.2, seed=-1)


def test_a_share_that_leaves_nothing_is_refused(make_network, data):
    with pytest.raises(ValueError, match="60 of 60 rows; need a share"):
        go(make_network, data, validation=0.999)


def test_patience_needs_rows_to_judge_by(make_network, data):
    with pytest.raises(ValueError, match='recorded as "validation_loss"'):
        go(make_network, data, patience=3)
