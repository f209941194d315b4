"""From which probability on to say yes."""

from typing import NamedTuple

import numpy as np

from kobai.functions.arrays import Array

GOALS = ("f1", "precision", "recall")


class Threshold(NamedTuple):
    """The probability from which on it is the second class, and what comes of it."""

    value: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 0 where both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def threshold_at(p: Array, t: Array, value: float) -> Threshold:
    """Return the precision and recall of saying "second class" where p ≥ value.

    p `(n,)` is the probability of the second class, t `(n,)` whether it is. A share of
    nothing is 0.

    >>> threshold_at(np.array([0.2, 0.6, 0.9]), np.array([0, 1, 1]), 0.5)
    Threshold(value=0.5, precision=1.0, recall=1.0)
    """
    p, t = _checked(p, t)
    said = p >= value
    right = int((said & t).sum())
    shares = right / max(1, int(said.sum())), right / max(1, int(t.sum()))
    return Threshold(float(value), *shares)


def best_threshold(
    p: Array, t: Array, goal: str = "f1", least: float = 0.0
) -> Threshold:
    """Return the threshold that is best for a goal on samples.

    "f1" is where F₁ is highest; "precision" where the most of the class is found with a
    precision of `least` or more; "recall" where precision is highest with a recall of
    `least` or more. Between two outputs it is in their middle. p and t as in
    `threshold_at`. Raises ValueError for another goal, for samples of one class alone,
    and where no threshold reaches `least`.

    >>> p, t = np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1])
    >>> best_threshold(p, t, "precision", 0.9)
    Threshold(value=0.6000000000000001, precision=1.0, recall=0.5)

    Lipton, Elkan & Naryanaswamy (2014), "Optimal Thresholding of Classifiers to
    Maximize F1 Measure".
    """
    p, t = _checked(p, t)
    if goal not in GOALS:
        raise ValueError(
            f'best_threshold: got "{goal}"; need one of {", ".join(GOALS)}'
        )
    if not 0 < t.sum() < len(t):
        raise ValueError("best_threshold: got samples of one class alone; need both")
    values, precision, recall = _curve(p, t)
    if goal == "f1":
        merit = precision * recall / np.maximum(precision + recall, 1e-12)
        is_there = np.ones(len(values), bool)
    else:
        kept, merit = precision, recall
        if goal == "recall":
            kept, merit = recall, precision
        is_there = kept >= least
    if not is_there.any():
        raise ValueError(
            f"best_threshold: no threshold has a {goal} of {least:g}; the highest is "
            f"{kept.max():.3g}"
        )
    best = int(np.argmax(np.where(is_there, merit, -1.0)))
    return Threshold(float(values[best]), float(precision[best]), float(recall[best]))


def decided(outputs: Array, threshold: float | None = None) -> np.ndarray:
    """Return outputs that name the same class as a threshold does.

    `(n, 1)` or `(n, 2)` becomes `(n, 2)`: 1 for the class that is named, 0 for the
    other. Without a threshold, and of more classes, outputs stay as they are.

    >>> decided(np.array([[0.2], [0.4]]), 0.3)
    array([[1., 0.],
           [0., 1.]])
    """
    y: np.ndarray = np.asarray(outputs)
    if threshold is None or y.shape[-1] > 2:
        return y
    is_second = y[:, -1] >= threshold
    named: np.ndarray = np.column_stack([~is_second, is_second]).astype(float)
    return named


def _curve(p: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return every threshold that tells samples apart, with precision and recall."""
    found, place = np.unique(p, return_inverse=True)
    said = np.bincount(place, minlength=len(found))[::-1].cumsum()[::-1]
    right = np.bincount(place, t, minlength=len(found))[::-1].cumsum()[::-1]
    below = np.concatenate([[min(0.0, found[0])], found[:-1]])
    return (below + found) / 2, right / said, right / t.sum()


def _checked(p: Array, t: Array) -> tuple[np.ndarray, np.ndarray]:
    p, t = np.asarray(p, float), np.asarray(t).astype(bool)
    if p.ndim != 1 or p.shape != t.shape:
        raise ValueError(
            f"threshold: got probabilities {p.shape} and targets {t.shape}; need (n,)"
        )
    return p, t
