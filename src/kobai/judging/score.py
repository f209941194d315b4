"""What is measured of a network for a table, and how surely that is known."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from kobai.data import Columns
from kobai.functions import (
    accuracy,
    balanced_accuracy,
    bootstrap_interval,
    decided,
    log_loss,
    mae,
    r2,
    rmse,
    roc_auc,
    roc_auc_interval,
    share_interval,
)
from kobai.functions.metrics import are_right


class Score(NamedTuple):
    """A number that was measured, and from where to where it is with 95 % confidence.

    >>> print(Score(0.837, 0.7756, 0.8841), Score(0.5))
    0.837 (0.776 to 0.884) 0.500
    """

    value: float
    low: float = math.nan
    high: float = math.nan

    @property
    def is_sure(self) -> bool:
        """Whether it is known how surely."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def __str__(self) -> str:
        text = f"{self.value:.3f}" if math.isfinite(self.value) else "–"
        return f"{text} ({self.low:.3f} to {self.high:.3f})" if self.is_sure else text


def scores(
    columns: Columns,
    outputs: np.ndarray,
    t: np.ndarray,
    *,
    intervals: bool = True,
    threshold: float | None = None,
) -> dict[str, Score]:
    """Return what is measured of outputs `(n, k)` of a network for a table.

    Of classes, t being labels `(n,)`: accuracy, balanced_accuracy, roc_auc and
    log_loss. Of numbers, t being as the network learns it, `(n, k)`: r2, rmse and mae,
    in the unit of the target. With `intervals` they say how surely they are known:
    accuracy by `share_interval`, the area by `roc_auc_interval`, numbers by
    `bootstrap_interval`. With `threshold` the second of two classes is named from that
    probability on. Of several targets of which some are classes they are the accuracy
    or r2 of each, as "accuracy of NAME", and their mean, score.
    """
    if parts := columns.parts:
        each = (
            scores(p.columns, outputs[:, p.outputs], p.of(t), intervals=intervals)
            for p in parts
        )
        return with_mean(dict(zip((p.name for p in parts), each, strict=True)))
    if not columns.target.classes:
        # Of a run that diverged, squares are beyond all numbers.
        with np.errstate(all="ignore"):
            return _of_numbers(columns.decode(outputs), columns.decode(t), intervals)
    named = decided(outputs, threshold)
    plain = {
        "accuracy": accuracy(named, t),
        "balanced_accuracy": balanced_accuracy(named, t),
        "roc_auc": roc_auc(outputs, t),
        "log_loss": log_loss(outputs, t),
    }
    found = {name: Score(value) for name, value in plain.items()}
    if intervals:
        right = int(are_right(named, t).sum())
        found["accuracy"] = Score(plain["accuracy"], *share_interval(right, len(t)))
        found["roc_auc"] = Score(plain["roc_auc"], *roc_auc_interval(outputs, t))
    return found


def with_mean(of_targets: Mapping[str, Mapping[str, Score]]) -> dict[str, Score]:
    """Return the accuracy or R² of each target by its name, after the mean of them.

    >>> with_mean({"fur": {"accuracy": Score(0.5)}, "age": {"r2": Score(1.0)}})["score"]
    Score(value=0.75, low=nan, high=nan)
    """
    found = {
        f"{main} of {name}": each[main]
        for name, each in of_targets.items()
        for main in ("accuracy", "r2")
        if main in each
    }
    return {"score": Score(float(np.mean([s.value for s in found.values()]))), **found}


def _of_numbers(y: np.ndarray, t: np.ndarray, intervals: bool) -> dict[str, Score]:
    def measured(y: np.ndarray, t: np.ndarray) -> tuple[float, ...]:
        return r2(y, t), rmse(y, t), mae(y, t)

    names, values = ("r2", "rmse", "mae"), measured(y, t)
    if not intervals or len(t) < 2 or not np.isfinite(values).all():
        return {k: Score(v) for k, v in zip(names, values, strict=True)}
    ends = zip(*bootstrap_interval(measured, (y, t)), strict=True)
    return {
        name: Score(value, float(low), float(high))
        for name, value, (low, high) in zip(names, values, ends, strict=True)
    }
