"""One gradient of the notes' network, by Kobai and by HIPS autograd, side by side.

    python benchmarks/gradient_vs_autograd.py            # the table of times
    python benchmarks/gradient_vs_autograd.py --profile  # where Kobai's time goes

A network 784-50-10 of sigmoids with softmax and cross-entropy from logits, a batch of
100 and integer labels. The same formulas, written once for each library's `np`, are
timed in turn in one process, so that a slow moment hits both. A third column has the
derivatives written by hand: nothing that differentiates can be faster than they are.
"""

import argparse
import cProfile
import platform
import pstats
import statistics
import time

import autograd
import autograd.numpy as anp
import numpy as np

from kobai import functions
from kobai.autodiff import gradient

BATCH_SIZE = 100
SIZES = (784, 50, 10)


def loss_written_with(np):
    """The loss for one library's `np`: the same operations in the same order."""

    def loss(params, x, t):
        z = 1 / (1 + np.exp(np.minimum(-(x @ params["W1"] + params["b1"]), 88.0)))
        logits = z @ params["W2"] + params["b2"]
        shifted = logits - np.max(logits, axis=-1, keepdims=True)
        log_sum = np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
        picked = shifted[np.arange(len(t)), t]
        return (np.sum(log_sum) - np.sum(picked)) / len(t)

    return loss


def loss_of_kobai(params, x, t):
    z = functions.sigmoid(x @ params["W1"] + params["b1"])
    return functions.softmax_cross_entropy(z @ params["W2"] + params["b2"], t)


def gradient_by_hand(params, x, t):
    z = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
    delta2 = functions.softmax(z @ params["W2"] + params["b2"])
    delta2[np.arange(len(t)), t] -= 1
    delta2 /= len(t)
    delta1 = delta2 @ params["W2"].T * z * (1 - z)
    return {
        "W1": x.T @ delta1,
        "b1": delta1.sum(axis=0),
        "W2": z.T @ delta2,
        "b2": delta2.sum(axis=0),
    }


def example(dtype, seed=0):
    rng = np.random.default_rng(seed)
    d_in, hidden, classes = SIZES
    params = {
        "W1": functions.normal(rng, (d_in, hidden), dtype=dtype),
        "b1": np.zeros(hidden, dtype),
        "W2": functions.normal(rng, (hidden, classes), dtype=dtype),
        "b2": np.zeros(classes, dtype),
    }
    x = rng.random((BATCH_SIZE, d_in)).astype(dtype)
    return params, x, rng.integers(classes, size=BATCH_SIZE)


def contestants(x, t):
    """Each way of taking the gradient, as a function of the parameters alone."""
    of_autograd = autograd.grad(loss_written_with(anp))
    of_numpy = loss_written_with(np)
    return {
        "kobai.functions": lambda p: gradient(lambda p: loss_of_kobai(p, x, t), p),
        "kobai, same code": lambda p: gradient(lambda p: of_numpy(p, x, t), p),
        "HIPS autograd": lambda p: of_autograd(p, x, t),
        "by hand": lambda p: gradient_by_hand(p, x, t),
    }


def check_equal(ways, params):
    """Refuse to time gradients that differ."""
    expected = ways["by hand"](params)
    # Sums of 100 products, in another order: a few roundings.
    rtol = 1e-3 if params["W1"].dtype == np.float32 else 1e-9
    for way in ways.values():
        grads = way(params)
        for name, value in expected.items():
            scale = np.abs(value).max()
            np.testing.assert_allclose(grads[name], value, rtol, rtol * scale)


def times_of(ways, params, rounds):
    times = {name: [] for name in ways}
    for turn in range(rounds + 10):
        for name, way in ways.items():
            started = time.perf_counter()
            way(params)
            seconds = time.perf_counter() - started
            if turn >= 10:
                times[name].append(seconds)
    return times


def compare(dtype, rounds):
    params, x, t = example(dtype)
    ways = contestants(x, t)
    check_equal(ways, params)
    times = times_of(ways, params, rounds)
    base = statistics.median(times["HIPS autograd"])
    print(f"\n{np.dtype(dtype).name}, one gradient, {rounds} rounds")
    print(f"{'':18}{'median':>10}{'fastest':>10}{'of autograd':>13}")
    for name, values in times.items():
        median = statistics.median(values)
        row = "".join(f"{v * 1e6:>7.0f} µs" for v in (median, min(values)))
        print(f"{name:18}{row}{median / base:>13.2f}")


def profile(dtype, rounds):
    params, x, t = example(dtype)
    way = contestants(x, t)["kobai.functions"]
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(rounds):
            way(params)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(18)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--profile", action="store_true", help="profile Kobai alone")
    options = parser.parse_args()
    if options.profile:
        profile(np.float32, options.rounds)
        return
    print(f"Python {platform.python_version()}, NumPy {np.__version__}")
    for dtype in (np.float64, np.float32):
        compare(dtype, options.rounds)


if __name__ == "__main__":
    main()
