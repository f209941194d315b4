"""Ctrl-C at any moment: real signals, to this process and to real processes."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from kobai.training import train
from kobai.training.interrupt import DeferredInterrupt


class PressAt:
    """Press Ctrl-C, `times` in a row, in the callback of one step."""

    def __init__(self, step, times=1):
        self.step = step
        self.times = times

    def on_step_end(self, state):
        if state.step == self.step:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)


def test_the_run_ends_after_the_step_with_all_it_has(make_network, data, tmp_path):
    network, other = make_network(), make_network()
    options = {"batch_size": 25, "progress": False}
    path = tmp_path / "c"
    before = signal.getsignal(signal.SIGINT)
    history = train(
        network, data, epochs=9, callbacks=[PressAt(4)], checkpoint=path, **options
    )
    assert signal.getsignal(signal.SIGINT) is before
    assert history.stopped == "interrupted"
    assert len(history.step_losses) == 4
    assert history["step"].tolist() == [0, 3, 4]
    train(other, data, steps=4, **options)
    for name, w in other.params.items():
        np.testing.assert_array_equal(network.params[name], w)


def test_an_interrupted_run_can_be_resumed(make_network, data, tmp_path):
    options = {"batch_size": 25, "epochs": 4, "progress": False}
    file = {"checkpoint": tmp_path / "c", "resume": True}
    train(make_network(), data, callbacks=[PressAt(4)], **file, **options)
    network, other = make_network(), make_network()
    resumed = train(network, data, **file, **options)
    whole = train(other, data, **options)
    assert resumed.stopped is None
    np.testing.assert_array_equal(resumed.step_losses, whole.step_losses)
    np.testing.assert_array_equal(resumed["test_loss"], whole["test_loss"])
    for name, w in other.params.items():
        np.testing.assert_array_equal(network.params[name], w)


@pytest.mark.parametrize("step", [3, 6])
def test_at_an_epoch_s_end_the_record_is_there_once(make_network, data, step):
    history = train(
        make_network(),
        data,
        batch_size=25,
        epochs=2,
        callbacks=[PressAt(step)],
        progress=False,
    )
    assert history["step"].tolist() == list(range(0, step + 1, 3))
    assert history.stopped == "interrupted"


def test_a_second_ctrl_c_ends_it_at_once(make_network, data):
    network, other = make_network(), make_network()
    before = signal.getsignal(signal.SIGINT)
    options = {"batch_size": 25, "progress": False}
    with pytest.raises(KeyboardInterrupt):
        train(network, data, epochs=9, callbacks=[PressAt(4, times=2)], **options)
    assert signal.getsignal(signal.SIGINT) is before
    train(other, data, steps=4, **options)
    for name, w in other.params.items():
        np.testing.assert_array_equal(network.params[name], w)


def test_another_thread_trains_without_signals(make_network, data):
    found = []
    before = signal.getsignal(signal.SIGINT)

    def work():
        found.append(train(make_network(), data, batch_size=25, progress=False))
        found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found[0].stopped is None
    assert found[1] is before


def test_a_program_that_ignores_ctrl_c_goes_on_ignoring_it():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with DeferredInterrupt() as interrupt:
            os.kill(os.getpid(), signal.SIGINT)
        assert not interrupt.requested
    finally:
        signal.signal(signal.SIGINT, before)


PROGRAM = """
import sys
import numpy as np
from kobai.networks import Dense, Network, Sigmoid, Softmax
from kobai.training import train

rng = np.random.default_rng(0)
x = rng.random((200, 8)).astype(np.float32)
t = rng.integers(2, size=200)

def make():
    return Network(8, [Dense(6), Sigmoid(), Dense(2), Softmax()])

# Before a run has begun, Ctrl-C is Python's own.
class Ready:
    def on_train_begin(self, state):
        print("ready", flush=True)

# "auto" may choose another engine for another number of steps.
options = {"batch_size": 30, "progress": False, "engine": "numpy"}
network = make()
history = train(network, (x, t), steps=10**6, checkpoint=sys.argv[1],
                checkpoint_every=5, callbacks=[Ready()], **options)
steps = len(history.step_losses)
assert history.stopped == "interrupted", history.stopped
assert history["step"][-1] == steps
if steps:
    again = make()
    same = train(again, (x, t), steps=steps, **options)
    assert np.array_equal(same.step_losses, history.step_losses)
    for name, w in again.params.items():
        assert np.array_equal(w, network.params[name]), name
resumed = make()
train(resumed, (x, t), steps=steps or 1, checkpoint=sys.argv[1], resume=True,
      **options)
if steps:
    for name, w in resumed.params.items():
        assert np.array_equal(w, network.params[name]), name
print("consistent after", steps)
"""


@pytest.mark.slow
def test_at_random_moments_model_and_checkpoint_are_those_of_a_whole_step(tmp_path):
    chance = random.Random(0)
    for number in range(8):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / str(number))]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert out.startswith("consistent after")
