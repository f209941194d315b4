"""Kobai's MLP estimators and scikit-learn's, on the data sets it comes with.

    python benchmarks/estimators.py [--seeds 20]

Both run in one process and in turn, so that a slow moment of the machine hits both: for
every seed the standardised data are split anew, three quarters to train on, and both
estimators are fitted with their defaults and that seed, in an order that changes. What
is timed is `fit` alone. Each estimator is fitted once before, and how long Kobai took
that first time, when it compiles its step, is reported by itself.

Kobai computes in float64, as scikit-learn does with such data, taking the same steps;
then with `dtype=np.float32`, and in float64 with `engine="numba"`, whose compiling, of
some seconds, so short fits do not win back.

The scores are the accuracy or R² of the last quarter. Targets of a regression are
standardised as well, for both.
"""

import argparse
import json
import statistics
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any

# Before NumPy, for the sake of OpenBLAS: then both estimators have the same kernels.
from kobai import estimators as ours  # isort: skip

import numpy as np
from machine import facts
from sklearn import datasets
from sklearn import neural_network as peer
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

RESULTS = Path(__file__).with_name("results") / "estimators.json"
DATA = {
    "iris": ("MLPClassifier", datasets.load_iris),
    "wine": ("MLPClassifier", datasets.load_wine),
    "breast cancer": ("MLPClassifier", datasets.load_breast_cancer),
    "digits": ("MLPClassifier", datasets.load_digits),
    "diabetes": ("MLPRegressor", datasets.load_diabetes),
    "linnerud": ("MLPRegressor", datasets.load_linnerud),
}
OURS = ("kobai", "kobai float32", "kobai numba")
Split = list[np.ndarray]


def split(name: str, seed: int) -> Split:
    """Return inputs and targets to train on and to test with, scaled."""
    X, y = DATA[name][1](return_X_y=True)
    parts = train_test_split(X, y, test_size=0.25, random_state=seed)
    scaled = _scaled(*parts[:2])
    if y.dtype.kind == "f":
        targets = _scaled(*(part.reshape(len(part), -1) for part in parts[2:]))
        return [*scaled, *(part.squeeze() for part in targets)]
    return [*scaled, *parts[2:]]


def _scaled(train: np.ndarray, test: np.ndarray) -> Split:
    scaler = StandardScaler().fit(train)
    return [scaler.transform(train), scaler.transform(test)]


def fitted(kind: Any, parts: Split, seed: int) -> tuple[float, float, int]:
    """Return the seconds of a fit, its score and its epochs."""
    train, test, targets, expected = parts
    model = kind(random_state=seed)
    start = time.perf_counter()
    model.fit(train, targets)
    seconds = time.perf_counter() - start
    return seconds, float(model.score(test, expected)), int(model.n_iter_)


def compare(name: str, seeds: int) -> dict[str, Any]:
    """Return the times and the scores of both estimators on a data set."""
    kind = DATA[name][0]
    kinds = {
        "scikit-learn": getattr(peer, kind),
        "kobai": getattr(ours, kind),
        "kobai float32": partial(getattr(ours, kind), dtype=np.float32),
        "kobai numba": partial(getattr(ours, kind), engine="numba"),
    }
    first = {each: fitted(kinds[each], split(name, 0), 0)[0] for each in kinds}
    runs: dict[str, list[tuple[float, float, int]]] = {each: [] for each in kinds}
    for seed in range(seeds):
        parts = split(name, seed)
        for each in sorted(kinds, reverse=bool(seed % 2)):
            runs[each].append(fitted(kinds[each], parts, seed))
    found: dict[str, Any] = {"rows": len(parts[0]), "features": parts[0].shape[1]}
    for each, values in runs.items():
        seconds, scores, epochs = map(list, zip(*values, strict=True))
        found[each] = {
            "first_fit": first[each],
            "seconds": seconds,
            "scores": scores,
            "epochs": epochs,
        }
    for each in OURS:
        found[each] |= comparison(found[each], found["scikit-learn"])
    return found


def comparison(own: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Return the median of the ratios of a seed's times, and how the scores differ."""
    ratios = [a / b for a, b in zip(own["seconds"], theirs["seconds"], strict=True)]
    gains = np.subtract(own["scores"], theirs["scores"])
    return {
        "ratio": statistics.median(ratios),
        "ratios": ratios,
        "gain": float(gains.mean()),
        "gain_error": float(gains.std(ddof=1) / np.sqrt(len(gains))),
    }


def lines(name: str, found: dict[str, Any]) -> str:
    """Return a data set's lines of the table."""
    written = []
    for each in ("scikit-learn", *OURS):
        own = found[each]
        time_of_fit = statistics.median(own["seconds"]) * 1e3
        line = f"{name:14}{each:14}{time_of_fit:8.1f}{own['first_fit'] * 1e3:11.1f}"
        line += f"{np.mean(own['scores']):9.4f}"
        if "ratio" in own:
            line += f"{own['gain']:11.4f} ± {own['gain_error']:.4f}{own['ratio']:8.2f}"
        written.append(line)
        name = ""
    return "\n".join(written)


def main() -> None:
    """Run the comparison, print the table and write the numbers down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    # With the default of 200 epochs neither of the two converges everywhere.
    warnings.simplefilter("ignore", ConvergenceWarning)
    head = f"{'data':14}{'estimator':14}{'fit, ms':>8}{'first, ms':>11}{'score':>9}"
    print(f"{head}{'difference':>20}{'ratio':>8}")
    results = {}
    for name in DATA:
        results[name] = compare(name, seeds)
        print(lines(name, results[name]), flush=True)
    content = {"machine": facts(), "seeds": seeds, "data": results}
    for each in OURS:
        ratio = statistics.median(found[each]["ratio"] for found in results.values())
        print(f"median of the ratios, {each}: {ratio:.2f}")
        content[f"ratio of {each}"] = ratio
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
