"""An interval goes by rows that what predicts them has not been trained on."""

import numpy as np
import pytest

from kobai.data import Dataset
from kobai.judging.holding import unseen
from kobai.networks import Dense, Ensemble, Identity, Network
from kobai.training.data import held_out

SHARE, SEED = 0.2, 3


class Counting:
    """A member that predicts its own number, whatever it is asked."""

    def __init__(self, number, asked):
        self.number, self.asked = number, asked

    def predict(self, x):
        self.asked[self.number] = x[:, 0].astype(int)
        return np.full((len(x), 1), float(self.number))


@pytest.fixture
def data():
    x = np.arange(40.0)[:, np.newaxis]
    return Dataset("rows", x, x.copy(), x[:0], x[:0])


def test_each_member_is_asked_for_what_was_held_out_from_it(data, monkeypatch):
    asked = {}
    members = tuple(Counting(number, asked) for number in range(3))
    monkeypatch.setattr(Ensemble, "networks", members)
    network = Ensemble(1, [Dense(1), Identity()], members=3)
    y, t = unseen(network, data, SHARE, SEED)
    held = [held_out(data.t_train, SHARE, SEED, number) for number in range(3)]
    for number in range(3):
        assert asked[number].tolist() == np.flatnonzero(held[number]).tolist()
    rows = np.flatnonzero(np.any(held, axis=0))
    assert t.ravel().tolist() == rows.tolist()
    # The mean of the numbers of those members that have not seen the row.
    means = [np.mean([m for m in range(3) if held[m][row]]) for row in rows]
    assert np.allclose(y.ravel(), means)


def test_a_network_alone_is_asked_for_the_rows_held_out(data):
    network = Network(1, [Dense(1), Identity()])
    y, t = unseen(network, data, SHARE, SEED)
    is_held = held_out(data.t_train, SHARE, SEED)
    assert np.array_equal(t, data.t_train[is_held])
    assert np.array_equal(y, network.predict(data.x_train[is_held]))
