"""Functions of users' own, compiled by Kobai and by JAX, side by side.

    python benchmarks/functions.py                    # the table
    python benchmarks/functions.py rosenbrock huber   # these functions alone
    python benchmarks/functions.py --double           # in float64

Ten functions as people write them, once for each library's `np`: their values, and
their values with gradients, by `kobai.compile(..., engine="numba")` and by `jax.jit`.
Results are compared before anything is timed. The two take turns in one process, a
block of calls each, so that a slow moment hits both; JAX has its arguments on its
device and is waited for, Kobai takes NumPy's arrays and returns them.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results" / "functions.json"


def logistic(np):
    def loss(p, x, t):
        z = x @ p["w"] + p["b"]
        return np.mean(np.logaddexp(0, z) - t * z)

    return loss


def mixture(np):
    def loss(p, x):
        gaps = (x[:, None, :] - p["means"]) / np.exp(p["logs"])
        each = -0.5 * np.sum(gaps * gaps, axis=2) - np.sum(p["logs"], axis=1)
        logs = each + p["weights"] - np.log(np.sum(np.exp(p["weights"])))
        most = np.max(logs, axis=1, keepdims=True)
        return -np.mean(most[:, 0] + np.log(np.sum(np.exp(logs - most), axis=1)))

    return loss


def network(np):
    def loss(p, x, t):
        h = np.tanh(x @ p["W1"] + p["b1"])
        h = np.maximum(h @ p["W2"] + p["b2"], 0)
        z = h @ p["W3"] + p["b3"]
        z = z - np.max(z, axis=1, keepdims=True)
        logs = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        return -np.mean(logs[np.arange(len(t)), t])

    return loss


def rosenbrock(np):
    def f(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    return f


def kernel_ridge(np):
    def loss(p, x, y):
        squares = np.sum(x * x, axis=1)
        far = squares[:, None] + squares - 2 * (x @ x.T)
        kernel = np.exp(-np.exp(p["width"]) * far)
        weighted = kernel @ p["a"]
        return np.sum((weighted - y) ** 2) + 0.1 * np.sum(p["a"] * weighted)

    return loss


def recurrent(np):
    def loss(p, x, t):
        h = np.zeros((x.shape[1], p["W"].shape[0]), x.dtype)
        for step in range(20):
            h = np.tanh(x[step] @ p["U"] + h @ p["W"] + p["b"])
        return np.mean((h @ p["V"] - t) ** 2)

    return loss


def softmax(np):
    def loss(p, x, t):
        z = x @ p["W"] + p["b"]
        z = z - np.max(z, axis=1, keepdims=True)
        logs = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        return -np.mean(logs[np.arange(len(t)), t]) + 0.01 * np.sum(p["W"] ** 2)

    return loss


def huber(np):
    def loss(p, x, t):
        gap = x @ p["w"] + p["b"] - t
        far = np.abs(gap)
        return np.mean(np.where(far < 1, 0.5 * gap * gap, far - 0.5))

    return loss


def factors(np):
    def loss(p, ratings, known):
        gaps = known * (ratings - p["U"] @ p["V"].T)
        penalty = np.sum(p["U"] ** 2) + np.sum(p["V"] ** 2)
        return np.sum(gaps * gaps) + 0.1 * penalty

    return loss


def attention(np):
    def loss(p, x, t):
        q, k, v = x @ p["Q"], x @ p["K"], x @ p["V"]
        scores = q @ k.T / np.sqrt(np.float32(k.shape[1]))
        e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        y = e / np.sum(e, axis=1, keepdims=True) @ v
        return np.mean((y @ p["out"] - t) ** 2)

    return loss


def arguments(dtype):
    """The parameters and the data of each function."""
    rng = np.random.default_rng(0)

    def normal(*shape, scale=1.0):
        return (scale * rng.normal(size=shape)).astype(dtype)

    def labels(count, classes):
        return rng.integers(classes, size=count)

    weights = {
        "W1": normal(64, 100, scale=0.1),
        "b1": normal(100),
        "W2": normal(100, 50, scale=0.1),
        "b2": normal(50),
        "W3": normal(50, 10, scale=0.1),
        "b3": normal(10),
    }
    cell = {
        "U": normal(16, 32, scale=0.2),
        "W": normal(32, 32, scale=0.2),
        "b": normal(32),
        "V": normal(32, 1),
    }
    heads = {name: normal(32, 32, scale=0.2) for name in ("Q", "K", "V", "out")}
    clusters = {"means": normal(5, 3), "logs": normal(5, 3), "weights": normal(5)}
    known = (rng.random((100, 80)) < 0.3).astype(dtype)
    return {
        logistic: (
            {"w": normal(50), "b": normal()},
            normal(1000, 50),
            labels(1000, 2).astype(dtype),
        ),
        mixture: (clusters, normal(500, 3)),
        network: (weights, normal(64, 64), labels(64, 10)),
        rosenbrock: (normal(1000),),
        kernel_ridge: (
            {"a": normal(200, scale=0.1), "width": normal() - 3},
            normal(200, 4),
            normal(200),
        ),
        recurrent: (cell, normal(20, 32, 16), normal(32, 1)),
        softmax: (
            {"W": normal(64, 10, scale=0.1), "b": normal(10)},
            normal(500, 64),
            labels(500, 10),
        ),
        huber: ({"w": normal(20), "b": normal()}, normal(1000, 20), normal(1000)),
        factors: (
            {"U": normal(100, 10), "V": normal(80, 10)},
            normal(100, 80),
            known,
        ),
        attention: (heads, normal(64, 32), normal(64, 32)),
    }


def by_kobai(written, given, with_gradient, engine):
    import kobai

    f = written(np)
    if with_gradient:
        run = lambda p, *data: kobai.value_and_gradient(lambda p: f(p, *data), p)
    else:
        run = f
    compiled = kobai.compile(run, engine=engine)
    return lambda: compiled(*given)


def by_jax(written, given, with_gradient):
    import jax

    f = written(jax.numpy)
    compiled = jax.jit(jax.value_and_grad(f) if with_gradient else f)
    given = jax.device_put(given)
    return lambda: jax.block_until_ready(compiled(*given))


def leaves(tree):
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in leaves(tree[key])]
    if isinstance(tree, list | tuple):
        return [leaf for item in tree for leaf in leaves(item)]
    return [np.asarray(tree)]


def check_equal(results, dtype):
    """Refuse to time functions that compute different things."""
    # Sums of some thousand terms, in another order.
    tolerance = 1e-3 if dtype == np.float32 else 1e-9
    ours, others = map(leaves, results)
    for a, b in zip(ours, others, strict=True):
        size = np.max(np.abs(b))
        np.testing.assert_allclose(a, b, tolerance, tolerance * size)


def block(call, count):
    started = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - started) / count


def measure(calls, rounds, seconds):
    """The seconds of a call in every round, of each contender in turn."""
    counts = [max(3, int(seconds / block(call, 5))) for call in calls]
    samples = [[] for _ in calls]
    for turn in range(rounds):
        order = list(range(len(calls)))[:: 1 if turn % 2 else -1]
        for i in order:
            # Threads that finished their work spin a while.
            time.sleep(0.002)
            samples[i].append(block(calls[i], counts[i]))
    return samples


def compare(written, given, dtype, options):
    found = {}
    for kind in ("value", "gradient"):
        with_gradient = kind == "gradient"
        started = time.perf_counter()
        ours = by_kobai(written, given, with_gradient, options.engine)
        first = ours()
        compiling = time.perf_counter() - started
        theirs = by_jax(written, given, with_gradient)
        check_equal((first, theirs()), dtype)
        mine, jax = measure((ours, theirs), options.rounds, options.seconds)
        found[kind] = {"kobai": mine, "jax": jax, "first call": compiling}
    return found


def row(name, found, typical):
    cells = []
    for times in found.values():
        mine, jax = (typical(times[who]) for who in ("kobai", "jax"))
        cells.append(f"{mine * 1e6:>9.1f} {jax * 1e6:>9.1f} {mine / jax:>6.2f}")
    first = found["gradient"]["first call"]
    return f"{name:14}{cells[0]}   {cells[1]}   {first:>7.1f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("functions", nargs="*")
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--seconds", type=float, default=0.01, help="of each block")
    parser.add_argument("--double", action="store_true", help="in float64")
    parser.add_argument("--engine", default="numba")
    parser.add_argument(
        "--fastest", action="store_true", help="compare no medians, on a busy machine"
    )
    options = parser.parse_args()
    typical = min if options.fastest else statistics.median
    dtype = np.float64 if options.double else np.float32
    if options.double:
        os.environ["JAX_ENABLE_X64"] = "1"
    print(f"{np.dtype(dtype).name}, µs: value            value and gradient")
    heads = f"{'kobai':>9} {'jax':>9} ratio"
    print(f"{'':14}{heads}   {heads}  first, s")
    results = {}
    for written, given in arguments(dtype).items():
        name = written.__name__
        if options.functions and name not in options.functions:
            continue
        results[name] = compare(written, given, dtype, options)
        print(row(name, results[name], typical), flush=True)
    if not options.functions:
        RESULTS.parent.mkdir(exist_ok=True)
        text = {"dtype": np.dtype(dtype).name, "samples": results}
        RESULTS.write_text(json.dumps(text, indent=1) + "\n")


if __name__ == "__main__":
    main()
