"""What a gradient costs beside NumPy's own work, in calls: times are never the same."""

import cProfile

import numpy as np

from kobai import functions, gradient


def calls_of(way):
    """Return how many functions are called, Python's and those written in C."""
    # What is loaded once, and then at hand.
    way()
    profiler = cProfile.Profile()
    profiler.runcall(way)
    return sum(entry.callcount for entry in profiler.getstats())


def two_layers(dtype):
    rng = np.random.default_rng(0)
    shapes = {"W1": (784, 50), "b1": (50,), "W2": (50, 10), "b2": (10,)}
    params = {name: rng.normal(0, 0.1, s).astype(dtype) for name, s in shapes.items()}
    x = rng.random((100, 784)).astype(dtype)
    t = rng.integers(10, size=100)

    def loss(params):
        hidden = functions.sigmoid(x @ params["W1"] + params["b1"])
        return functions.softmax_cross_entropy(hidden @ params["W2"] + params["b2"], t)

    return lambda: gradient(loss, params)


# A sixth more than on Python 3.11 with NumPy 2.4: other versions differ a little.


def test_the_gradient_of_a_sum_of_squares_is_cheap():
    x = np.arange(10.0)
    assert calls_of(lambda: gradient(lambda x: np.sum(x**2), x)) < 165


def test_the_gradient_of_a_network_is_cheap():
    assert calls_of(two_layers(np.float32)) < 900
    # Another precision has no way of its own.
    assert calls_of(two_layers(np.float64)) < 900


def test_masks_of_the_parameters_themselves_are_not_computed():
    # A mask of b, which nothing asks for, is computed from that of the sum beside it.
    x = np.linspace(-1, 1, 12).reshape(4, 3)
    params = {"W": np.ones((3, 2)), "b": np.array([-0.5, 0.5])}

    def loss(params):
        return np.sum(functions.relu(x @ params["W"] + params["b"]))

    plain = calls_of(lambda: gradient(lambda p: np.sum(x @ p["W"] + p["b"]), params))
    assert calls_of(lambda: gradient(loss, params)) < plain + 85
