"""The numerical gradient, beside the loop of the textbook."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

SIZES = (784, 50, 10)
BATCH_SIZE = 100
H = 1e-4
# One evaluation costs the same for every weight, so that some stand for all.
LOOP_SAMPLE = 400
PATIENCE_SECONDS = 20


def textbook_loop(
    f: Callable[[], float], array: np.ndarray, places: Any
) -> list[float]:
    """Return (f(x + h) - f(x - h)) / 2h for some entries of an array, one by one."""
    slopes = []
    for index in places:
        before = array[index]
        array[index] = before + H
        above = f()
        array[index] = before - H
        below = f()
        slopes.append((above - below) / (2 * H))
        array[index] = before
    return slopes


def measure_numerical(folder: Path, effort: Any) -> dict[str, Any]:
    """Time the gradient of 784-50-10 at batch 100 in float64, all 39,760 weights."""
    from kobai.book import TwoLayerNet

    rng = np.random.default_rng(0)
    net = TwoLayerNet(*SIZES, seed=0)
    x, t = rng.random((BATCH_SIZE, SIZES[0])), rng.integers(10, size=BATCH_SIZE)
    expected = net.gradient(x, t)
    places = _places(net.params["W1"], rng)
    whole = sum(array.size for array in net.params.values()) / len(places)
    loss = _loss_by_hand(net.params, x, t)
    samples: dict[str, list[float]] = {"textbook": [], "kobai": []}
    errors: dict[str, float] = {}
    started = time.perf_counter()
    for _ in range(effort.rounds):
        seconds, slopes = _timed(lambda: textbook_loop(loss, net.params["W1"], places))
        samples["textbook"].append(seconds * whole)
        of_places = [expected["W1"][index] for index in places]
        errors["textbook"] = float(np.max(np.abs(np.subtract(slopes, of_places))))
        seconds, grads = _timed(lambda: net.numerical_gradient(x, t))
        samples["kobai"].append(seconds)
        errors["kobai"] = max(
            float(np.max(np.abs(grads[n] - expected[n]))) for n in grads
        )
        if time.perf_counter() - started > PATIENCE_SECONDS:
            break
    ratio = median(samples["kobai"]) / median(samples["textbook"])
    return {
        "title": "Numerical gradient, 784-50-10, batch 100, float64",
        "note": f"All 39,760 weights. The loop was timed on {len(places)} of them: "
        "each costs the same.",
        "unit": "gradient",
        "samples": samples,
        "errors": errors,
        "speed_up": 1 / ratio,
        "failed": {},
    }


def _places(array: np.ndarray, rng: np.random.Generator) -> list[tuple[int, ...]]:
    flat = rng.choice(array.size, LOOP_SAMPLE, replace=False)
    return list(zip(*np.unravel_index(flat, array.shape), strict=True))


def _timed(function: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    value = function()
    return time.perf_counter() - started, value


def _loss_by_hand(
    params: dict[str, np.ndarray], x: np.ndarray, t: np.ndarray
) -> Callable[[], float]:
    from peers.by_hand import cross_entropy_error, forward, sigmoid

    targets = np.eye(SIZES[-1])[t]
    return lambda: cross_entropy_error(forward(params, x, 2, sigmoid)[-1], targets)
