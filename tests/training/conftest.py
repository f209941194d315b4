"""Small networks and data that every test of training uses."""

import numpy as np
import pytest

from kobai.networks import Dense, Network, Sigmoid, Softmax


def clouds(rows=60, seed=0):
    """Return two clouds of points in the plane, and the cloud of each point."""
    rng = np.random.default_rng(seed)
    t = rng.integers(2, size=rows)
    x = rng.normal(size=(rows, 2)) + 2 * t[:, np.newaxis]
    return x.astype(np.float32), t


@pytest.fixture
def data():
    return clouds(60, seed=0), clouds(20, seed=1)


@pytest.fixture
def make_network():
    def make(*middle, seed=0, dtype=np.float32):
        layers = [Dense(5), *(middle or (Sigmoid(),)), Dense(2), Softmax()]
        return Network(2, layers, seed=seed, dtype=dtype)

    return make
