"""Thresholds and intervals, found on rows that the network has not learned from."""

from dataclasses import replace

import numpy as np

from kobai.data import Columns, Dataset
from kobai.data.splits import drawn_rows
from kobai.formats import Calibration
from kobai.functions import Threshold, best_threshold, conformal_reach, threshold_at
from kobai.functions.thresholds import GOALS
from kobai.networks import Network

STREAM = 1
"""Of the random numbers of a seed, apart from those that draw the test rows."""


def parted(
    data: Dataset, share: float = 0.2, seed: int = 0
) -> tuple[Dataset, tuple[np.ndarray, np.ndarray]]:
    """Return data to learn from, and the inputs and targets of rows held out from it.

    A share of the training rows is held out, of each class its own, drawn by `seed`.

    >>> from kobai.data import load_digits
    >>> data = load_digits()
    >>> learned, (x, t) = parted(data)
    >>> len(learned.x_train) + len(x) == len(data.x_train), len(x) == len(t)
    (True, True)
    """
    x, t, weights = data.x_train, data.t_train, data.sample_weight
    labels = t if data.classes and t.ndim == 1 else None
    is_held = drawn_rows(len(x), share, (seed, STREAM), labels)
    learned = replace(
        data,
        x_train=x[~is_held],
        t_train=t[~is_held],
        sample_weight=None if weights is None else weights[~is_held],
    )
    return learned, (x[is_held], t[is_held])


def wanted_threshold(text: str) -> tuple[str, float]:
    """Read for what a threshold is chosen: a goal and its least, or "at" and a number.

    Raises ValueError for anything else.

    >>> wanted_threshold("f1"), wanted_threshold("recall=0.9"), wanted_threshold("0.3")
    (('f1', 0.0), ('recall', 0.9), ('at', 0.3))
    """
    goal, sign, number = text.strip().lower().partition("=")
    if goal == "f1" and not sign:
        return "f1", 0.0
    if not sign:
        goal, number = "at", goal
    try:
        value = float(number)
    except ValueError:
        value = np.nan
    if goal not in ("at", *GOALS[1:]) or not 0 < value < 1:
        raise ValueError(
            f'threshold: got "{text}"; need f1, precision=0.9, recall=0.9, or a '
            "probability between 0 and 1, such as 0.3"
        )
    return goal, value


def find_threshold(p: np.ndarray, t: np.ndarray, wanted: str) -> Threshold:
    """Return the threshold that is wanted, as `wanted_threshold` reads it.

    p `(n,)` is the probability of the second class, t `(n,)` whether it is. Raises
    ValueError where none does what is wanted.

    >>> find_threshold(np.array([0.1, 0.4, 0.8]), np.array([0, 1, 1]), "f1").value
    0.25
    """
    goal, value = wanted_threshold(wanted)
    if goal == "at":
        return threshold_at(p, t, value)
    return best_threshold(p, t, goal, value)


def find_reaches(
    network: Network,
    columns: Columns,
    x: np.ndarray,
    t: np.ndarray,
    level: float = 0.9,
) -> Calibration:
    """Return how far numbers are off, by rows that the network has not learned from.

    Each target has its own, by `kobai.functions.conformal_reach`. Raises ValueError
    where the rows are too few for the level.
    """
    return reaches_of(columns, network.predict(x), t, level)


def reaches_of(
    columns: Columns, y: np.ndarray, t: np.ndarray, level: float
) -> Calibration:
    """Return how far predictions are off, as `find_reaches` does of a network."""
    errors = _errors(columns, y, t)
    reaches = tuple(conformal_reach(error, level) for error in errors.T)
    if not np.isfinite(reaches).all():
        raise ValueError(
            f"interval: got {len(t)} rows held out; {level:g} of all cases needs "
            f"{least_rows(level)} at least: give more rows, or a lower share"
        )
    return Calibration(level=level, reaches=reaches)


def _errors(columns: Columns, y: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return how far off the numbers are in their units `(n, k)`; classes aside."""
    if not columns.parts:
        found: np.ndarray = columns.decode(y) - columns.decode(t)
        return found
    numbers = [part for part in columns.parts if not part.classes]
    each = [_errors(p.columns, y[:, p.outputs], p.of(t)) for p in numbers]
    return np.concatenate(each, axis=1)


def least_rows(level: float) -> int:
    """Return how many rows an interval needs: n with ⌈(n + 1) level⌉ ≤ n.

    >>> least_rows(0.9), least_rows(0.5)
    (9, 1)
    """
    return int(np.ceil(level / (1 - level) - 1e-9))


def coverage(
    network: Network,
    columns: Columns,
    x: np.ndarray,
    t: np.ndarray,
    calibration: Calibration,
) -> tuple[float, ...]:
    """Return in which share of rows the truth is within reach, for each target."""
    errors = np.abs(_errors(columns, np.asarray(network.predict(x)), t))
    within = errors <= np.array(calibration.reaches)
    return tuple(within.mean(axis=0).tolist())
