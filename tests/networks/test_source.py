"""`network.source()`: the code of a training step, which does what it says."""

import numpy as np

from kobai.networks import Dense, Dropout, Network, ReLU, Softmax

LAYERS = [Dense(5), ReLU(), Dropout(0.5), Dense(3), Softmax()]


def test_the_source_is_a_step_of_gradient_descent():
    network = Network(4, LAYERS, dtype=np.float64)
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(6, 4)), rng.integers(3, size=6)
    noise = network.noise(6, rng)
    before = {name: w.copy() for name, w in network.params.items()}
    h = 1e-6

    namespace = {}
    exec(network.source(6), namespace)
    step = namespace["gradient_descent_step"]
    after = {name: w.copy() for name, w in before.items()}
    (loss,) = step(*after.values(), x, t, *noise.values(), 0.1)

    def loss_at(params):
        return network.objective(params, x, t, {}, noise)[0]

    assert np.isclose(loss, loss_at(before))
    moved = dict(before, b2=before["b2"] + [h, 0, 0])
    slope = (loss_at(moved) - loss_at(before)) / h
    # A forward difference is good to about h.
    assert np.isclose((before["b2"] - after["b2"])[0] / 0.1, slope, atol=1e-5)
