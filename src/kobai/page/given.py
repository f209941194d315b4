"""Data, and a network that has learned from it, as the page takes them."""

import math
from typing import Any

import numpy as np

from kobai.data import Dataset
from kobai.errors import visible
from kobai.functions.arrays import Array
from kobai.networks import Network
from kobai.networks.piecewise import PiecewiseLinear
from kobai.page.built import LabError
from kobai.page.packed import packed
from kobai.page.run import spread

MOST_ROWS, MOST_NUMBERS = 20_000, 2_000_000
MOST_PICTURES, MOST_DOTS = 10_000, 8_000_000
"""A page with more would take seconds to open."""


def rows_shown(data: Dataset) -> Array:
    """Return which rows the page gets, those to train on first: all, or drawn ones."""
    count = len(data.x_train) + len(data.x_test)
    rows, numbers = MOST_ROWS, MOST_NUMBERS
    if is_pictures(data):
        rows, numbers = MOST_PICTURES, MOST_DOTS
    width = max(1, math.prod(data.x_train.shape[1:]))
    most = min(rows, max(1, numbers // width))
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, most, replace=False))


def is_pictures(data: Dataset) -> bool:
    """Tell whether rows are pictures of one byte a dot."""
    shape = data.image_shape
    if shape is None or len(shape) != 2 or not data.classes or data.scale == 1:
        return False
    first = np.asarray(data.x_train[:100], float) / data.scale
    return bool(np.allclose(first, np.rint(first), atol=1e-3) and first.max() < 256)


def data_given(data: Dataset, network: Network | None = None) -> dict[str, Any]:
    """Return the rows of a data set for the page.

    Raises `LabError` for data that it cannot learn from.
    """
    rows = rows_shown(data)
    x, t = (_both(data, part)[rows] for part in "xt")
    is_test = (rows >= len(data.x_train)).astype(np.uint8)
    if data.classes and t.ndim > 1:
        t = t.argmax(axis=1)
    t = t.reshape(len(t), -1)
    if t.shape[1] != 1:
        raise LabError(
            f"lab: {data.name} has {t.shape[1]} targets in each row; the lab learns one"
        )
    if is_pictures(data):
        return {"images": _pictures(data, x, t, is_test)}
    return {"table": _table(data, x.reshape(len(x), -1), t, is_test, network)}


def _both(data: Dataset, part: str) -> Array:
    train, test = (getattr(data, f"{part}_{which}") for which in ("train", "test"))
    return np.concatenate([train, test]) if len(test) else np.asarray(train)


def _pictures(data: Dataset, x: Array, t: Array, is_test: Array) -> dict[str, Any]:
    height, width = data.image_shape or (0, 0)
    pixels = np.rint(np.asarray(x, float) / data.scale).astype(np.uint8)
    return {
        "name": visible(data.name),
        "pixels": packed(pixels),
        "labels": packed(t.astype(np.uint8)),
        "isTest": packed(is_test),
        "width": width,
        "height": height,
        "high": round(1 / data.scale),
    }


def _table(
    data: Dataset, x: Array, t: Array, is_test: Array, network: Network | None
) -> dict[str, Any]:
    columns = data.columns
    names = columns.names if columns else [f"x{i + 1}" for i in range(x.shape[1])]
    target = columns.target.names[0] if columns else "t"
    if network and isinstance(network.layers[0], PiecewiseLinear):
        x, names = spread(network.layers[0], x, list(names))
    return {
        "name": visible(data.name),
        "inputs": [visible(str(name)) for name in names],
        "target": visible(str(target)),
        "classes": [visible(name) for name in data.classes] or None,
        "x": packed(x.astype(np.float32)),
        "t": packed(t.astype(np.float32)),
        "isTest": packed(is_test),
    }
