"""Callbacks: when they are called, what they see, and how they stop a run."""

import numpy as np
import pytest

from kobai.networks import Dense, Network, Softmax
from kobai.optimizers import SGD
from kobai.training import EarlyStopping, train


class Watch:
    def __init__(self):
        self.calls = []

    def note(self, hook, state):
        self.calls.append((hook, state.step, state.epoch, len(state.history)))

    def on_train_begin(self, state):
        self.note("begin", state)

    def on_step_end(self, state):
        self.note("step", state)

    def on_epoch_end(self, state):
        self.note("epoch", state)

    def on_train_end(self, state):
        self.note("end", state)


def test_every_hook_is_called_when_it_should(make_network, data):
    watch = Watch()
    train(
        make_network(), data, batch_size=30, steps=3, callbacks=[watch], progress=False
    )
    assert watch.calls == [
        ("begin", 0, 0, 1),
        ("step", 1, 0, 1),
        ("step", 2, 1, 1),
        ("epoch", 2, 1, 2),
        ("step", 3, 1, 2),
        # Half an epoch is recorded, but is not an epoch's end.
        ("end", 3, 1, 3),
    ]


def test_a_callback_sees_the_network_after_the_step(make_network, data):
    network = make_network()
    states = []

    class Keep:
        def on_step_end(self, state):
            states.append((state, dict(state.network.params)))

    options = {"batch_size": 30, "epochs": 1, "progress": False}
    history = train(network, data, optimizer=SGD(0.5), callbacks=[Keep()], **options)
    (first, _), (second, params) = states
    assert (first.loss, second.loss) == tuple(history.step_losses)
    assert second.learning_rate == 0.5
    assert second.network is network
    for name, w in network.params.items():
        np.testing.assert_array_equal(params[name], w)
    with pytest.raises(AttributeError):
        second.step = 0


def test_callbacks_do_not_change_the_result(make_network, data):
    plain, watched = make_network(), make_network()
    options = {"batch_size": 25, "epochs": 2, "progress": False}
    train(plain, data, **options)
    train(watched, data, callbacks=[Watch()], **options)
    for name, w in plain.params.items():
        np.testing.assert_array_equal(w, watched.params[name])


@pytest.mark.parametrize("hook", ["on_train_begin", "on_step_end", "on_epoch_end"])
def test_a_callback_can_stop_the_run(make_network, data, hook):
    class Stop:
        pass

    setattr(Stop, hook, lambda self, state: state.stop("good enough"))
    history = train(
        make_network(), data, batch_size=25, callbacks=[Stop()], progress=False
    )
    assert history.stopped == "good enough"
    expected = {"on_train_begin": 0, "on_step_end": 1, "on_epoch_end": 3}[hook]
    assert len(history.step_losses) == expected
    assert history["step"][-1] == expected


def test_an_error_in_a_callback_leaves_the_network_trained(make_network, data):
    class Fail:
        def on_epoch_end(self, state):
            raise ZeroDivisionError

    network, other = make_network(), make_network()
    with pytest.raises(ZeroDivisionError):
        train(network, data, batch_size=25, callbacks=[Fail()], progress=False)
    train(other, data, batch_size=25, epochs=1, progress=False)
    for name, w in other.params.items():
        np.testing.assert_array_equal(network.params[name], w)


def overfitting():
    """Return data whose test loss falls and then rises: its test labels contradict."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(30, 2)).astype(np.float32)
    t = (x[:, 0] > 0).astype(int)
    x_test = rng.normal(size=(30, 2)).astype(np.float32)
    t_test = np.where(rng.random(30) < 0.25, x_test[:, 0] <= 0, x_test[:, 0] > 0)
    return (x, t), (x_test, t_test.astype(int))


def stop_early(monitor="test_loss", epochs=200, **options):
    network = Network(2, [Dense(2), Softmax()], seed=1)
    stopping = EarlyStopping(monitor, **options)
    settings = {"optimizer": SGD(1.0), "batches": "full", "progress": False}
    history = train(
        network, overfitting(), epochs=epochs, callbacks=[stopping], **settings
    )
    return network, stopping, history


@pytest.mark.parametrize("monitor", ["test_loss", "test_accuracy"])
def test_early_stopping_restores_the_best_parameters(monitor):
    network, stopping, history = stop_early(monitor, patience=4)
    values = history[monitor]
    best = np.argmax(values) if monitor == "test_accuracy" else np.argmin(values)
    assert history.stopped.startswith(f"early stopping: {monitor} was best in epoch")
    assert stopping.best_epoch == best
    assert len(values) == best + 4 + 1
    assert 0 < best < 195
    found = network.evaluate(*overfitting()[1])[monitor.removeprefix("test_")]
    assert found == values[best] == stopping.best


def test_early_stopping_restores_the_best_parameters_of_a_whole_run():
    network, stopping, history = stop_early(patience=1000, epochs=40)
    assert history.stopped is None
    assert stopping.best_epoch < 40
    assert network.evaluate(*overfitting()[1])["loss"] == history["test_loss"].min()


def test_early_stopping_can_be_used_again(make_network, data):
    stopping = EarlyStopping(patience=2)
    options = {"batch_size": 20, "epochs": 3, "progress": False}
    runs = [
        train(make_network(seed=s), data, callbacks=[stopping], **options)
        for s in (0, 0)
    ]
    np.testing.assert_array_equal(*(run["test_loss"] for run in runs))


def test_a_large_min_delta_counts_small_gains_as_none():
    _, stopping, history = stop_early(patience=3, min_delta=100.0)
    assert len(history) == 4
    assert stopping.best_epoch == 0


def test_early_stopping_without_test_data_names_what_there_is(make_network, data):
    with pytest.raises(ValueError, match="there is train_loss, train_accuracy"):
        train(
            make_network(),
            data[0],
            batch_size=20,
            callbacks=[EarlyStopping()],
            progress=False,
        )


def test_early_stopping_refuses_nonsense():
    with pytest.raises(ValueError, match="patience must be 1 or more"):
        EarlyStopping(patience=0)
    with pytest.raises(ValueError, match="min_delta must be 0 or more"):
        EarlyStopping(min_delta=-1)
