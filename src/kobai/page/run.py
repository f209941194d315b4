"""A run as the page scrubs through it: its parameters at some steps, and its course."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from kobai.errors import visible
from kobai.functions.arrays import Array
from kobai.networks.piecewise import PiecewiseLinear
from kobai.page.packed import packed

Params = Mapping[str, Array]
Record = Mapping[str, Any]
PARTS = {"train": ("train",), "test": ("test", "validation")}
"""What the page calls the two parts, and what records call them."""


def run_given(
    name: str,
    settings: Mapping[str, Any],
    keyframes: Iterable[tuple[int, Params]],
    records: Sequence[Record] = (),
) -> dict[str, Any]:
    """Return a run for the page: `keyframes` are steps with the parameters there."""
    return {
        "name": visible(name),
        "settings": dict(settings),
        "keyframes": [
            {"step": step, "params": _params(params)} for step, params in keyframes
        ],
        "history": _history(records),
    }


def _params(params: Params) -> dict[str, str]:
    """Return parameters by name; those of a first layer of curves as a plain one's.

    Behind the inputs of `spread` its matrices W and V are one.
    """
    found = {name: np.asarray(array, np.float32) for name, array in params.items()}
    if "V1" in found:
        found["W1"] = np.concatenate([found["W1"], found.pop("V1")])
    return {name: packed(array) for name, array in found.items()}


def _history(records: Sequence[Record]) -> dict[str, list[Any]]:
    """Return the records by column, NaN where there is none."""
    history: dict[str, list[Any]] = {"step": [record["step"] for record in records]}
    for part, names in PARTS.items():
        for ours, theirs in (("Loss", "loss"), ("Score", "accuracy")):
            keys = [f"{name}_{theirs}" for name in names]
            history[f"{part}{ours}"] = [_first(record, keys) for record in records]
    return history


def _first(record: Record, keys: Sequence[str]) -> float:
    return next((float(record[key]) for key in keys if key in record), math.nan)


def spread(
    layer: PiecewiseLinear, x: Array, names: Sequence[str]
) -> tuple[Array, list[str]]:
    """Return the inputs for which a layer of curves is a plain one, and their names.

    They are s(x) and φ(x) side by side: of x `(n, d_in)` it makes `(n, d_in + pieces)`.

    >>> layer = PiecewiseLinear(1, [[0, 1, 2]])
    >>> wide, names = spread(layer, np.array([[1.5]]), ["age"])
    >>> wide.tolist(), names
    ([[1.5, 1.0, 0.5]], ['age', 'age 1/2', 'age 2/2'])
    """
    width, pieces = x.shape[1], layer.pieces
    # With an identity as its matrices it shows what it multiplies.
    identity = np.eye(width + pieces)
    values = {"W": identity[:width], "V": identity[width:], "b": np.zeros(1)}
    wide, _ = layer.forward(values, np.asarray(x, float), False)
    each = len(layer.knots[0]) - 1
    parts = [f"{name} {k + 1}/{each}" for name in names for k in range(each)]
    return wide, [*names, *parts[:pieces]]
