"""Count the calls of some gradients, in a process in which nothing else has run.

    python -m tests.autodiff.costs

Prints JSON: how many functions are called, Python's and those written in C, and how
often a mask is spread out.
"""

import cProfile
import json

import numpy as np

from kobai import functions, gradient
from kobai.autodiff import corners


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


def masks_of_relu():
    """Return how often a gradient spreads out a mask, of what where did not take."""
    x = np.linspace(-1, 1, 12).reshape(4, 3)
    params = {"W": np.ones((3, 2)), "b": np.array([-0.5, 0.5])}

    def loss(params):
        return np.sum(functions.relu(x @ params["W"] + params["b"]))

    profiler = cProfile.Profile()
    profiler.runcall(gradient, loss, params)
    spread = corners._used.__code__
    return sum(e.callcount for e in profiler.getstats() if e.code is spread)


def main():
    x = np.arange(10.0)
    found = {
        "squares": calls_of(lambda: gradient(lambda x: np.sum(x**2), x)),
        "float32": calls_of(two_layers(np.float32)),
        "float64": calls_of(two_layers(np.float64)),
        "masks": masks_of_relu(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
