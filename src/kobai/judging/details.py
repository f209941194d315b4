"""What is measured of each class, and of each target."""

from typing import Any

import numpy as np

from kobai.data import Columns
from kobai.functions import confusion, mae, precision_recall, r2, rmse


def of_numbers(y: np.ndarray, t: np.ndarray) -> dict[str, float]:
    """Return what is measured of numbers `(n, k)`, in the unit of the target."""
    return {"rmse": rmse(y, t), "mae": mae(y, t), "r2": r2(y, t)}


def each_target(columns: Columns, y: np.ndarray, t: np.ndarray) -> list[dict[str, Any]]:
    """Return name, rmse, mae and r2 of each target; y and t as the network has them.

    A target of classes beside others has classes, as `each_class` has them, and
    confusion instead.
    """
    found: list[dict[str, Any]] = []
    for part in columns.parts:
        own, true = y[:, part.outputs], part.of(t)
        if not part.classes:
            found += each_target(part.columns, own, true)
            continue
        named = each_class(own, true, part.classes)
        counts = confusion(own, true).tolist()
        found.append({"name": part.name, "classes": named, "confusion": counts})
    if found:
        return found
    y, t = columns.decode(y), columns.decode(t)
    return [
        {"name": name, **of_numbers(y[:, i], t[:, i])}
        for i, name in enumerate(columns.target.names)
    ]


def each_class(
    named: np.ndarray, t: np.ndarray, names: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return name, precision, recall, f1 and samples of each class.

    `named` are outputs that name a class, t is labels `(n,)`.
    """
    report = precision_recall(named, t)
    columns = report.precision, report.recall, report.f1, report.support
    keys = "precision", "recall", "f1", "samples"
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [
        {"name": name, **dict(zip(keys, row, strict=True))}
        for name, row in zip(names, rows, strict=True)
    ]
