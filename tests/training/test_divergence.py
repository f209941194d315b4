"""Divergence: one error with the step and the advice, and parameters to go on with."""

import numpy as np
import pytest

from kobai.errors import DivergenceError
from kobai.networks import Dense, Identity, Network, ReLU
from kobai.optimizers import SGD
from kobai.training import LossWatch, train


def regression(rows=40):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 3)).astype(np.float32)
    return x, x.sum(axis=1, keepdims=True)


def make_regressor():
    return Network(3, [Dense(8), ReLU(), Dense(1), Identity()])


def diverge(network, data, **options):
    """Train until it diverges; NumPy's warnings would be errors here, as everywhere."""
    options = {"batch_size": 10, "epochs": 50, "progress": False} | options
    with pytest.raises(DivergenceError) as caught:
        train(network, data, **options)
    return caught.value


@pytest.mark.parametrize("rate", [1e3, 1e10, 1e30])
@pytest.mark.parametrize("batches", ["shuffle", "full"])
def test_a_huge_learning_rate(rate, batches):
    network, data = make_regressor(), regression()
    error = diverge(network, data, optimizer=SGD(rate), batches=batches)
    assert error.learning_rate == rate
    assert 1 <= error.step <= 20
    assert f"in step {error.step}, " in str(error)
    assert f"at learning rate {rate:g}: try 0.1" in str(error)
    assert "\n" not in str(error)
    for w in network.params.values():
        assert np.isfinite(w).all()
    assert np.isfinite(network.loss(*data))


def test_the_history_is_kept_on_the_error():
    error = diverge(make_regressor(), regression(), optimizer=SGD(1e3))
    assert error.history["epoch"][0] == 0
    assert np.isfinite(error.history.step_losses).all()
    assert error.history.stopped == f"diverged in step {error.step}"


def test_the_last_good_parameters_are_those_before_the_bad_update():
    seen = []

    class Watch:
        def on_step_end(self, state):
            seen.append((state.step, dict(state.network.params)))

    network = make_regressor()
    error = diverge(network, regression(), optimizer=SGD(1e3), callbacks=[Watch()])
    # The loss of step n is that of the parameters after step n - 1: these were bad,
    # and those after step n - 2 were good.
    kept = dict(seen)[error.step - 2]
    for name, w in network.params.items():
        np.testing.assert_array_equal(w, kept[name])


def test_an_update_that_overflows_in_the_last_step_is_noticed():
    network, data = make_regressor(), regression()
    before = network.params
    error = diverge(network, data, optimizer=SGD(1e38), batches="full", epochs=1)
    # The only step's loss was finite: what overflowed is the update after it.
    assert len(error.history.step_losses) == 1
    assert error.step == 1
    for name, w in network.params.items():
        np.testing.assert_array_equal(w, before[name])


def test_a_bad_update_is_never_written_to_a_checkpoint(tmp_path):
    options = {"checkpoint": tmp_path / "c", "checkpoint_every": 1}
    diverge(make_regressor(), regression(), optimizer=SGD(1e3), **options)
    network = make_regressor()
    diverge(network, regression(), optimizer=SGD(1e3), resume=True, **options)
    for w in network.params.values():
        assert np.isfinite(w).all()


def test_a_network_that_cannot_start():
    network, (x, t) = make_regressor(), regression()
    error = diverge(network, (x * np.float32(1e30), t))
    assert error.step == 0
    assert "before the first step: scale the inputs" in str(error)


def test_what_was_trained_before_may_lose_some_of_it_at_first():
    """A loss is far too large by that of the untrained network, not of a good one."""
    network, data = make_regressor(), regression()
    untrained = network.loss(*data)
    train(network, data, optimizer=SGD(0.05), batch_size=10, epochs=200, progress=False)
    start, trained = dict(network.params), network.loss(*data)
    options = {"optimizer": SGD(0.3), "batch_size": 1, "steps": 3, "progress": False}

    def again(watch):
        network.params = start
        return train(network, data, callbacks=[watch], batches="random", **options)

    assert "diverged" in str(again(LossWatch()).stopped)
    kept = again(LossWatch(untrained))
    assert kept.stopped is None
    assert 3 * trained < kept["train_loss"][-1] < 3 * untrained
