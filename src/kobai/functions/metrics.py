"""Metrics: what people want to know of a network, beside its loss."""

import math
from typing import NamedTuple

import numpy as np

from kobai.functions.arrays import Array, as_array


def accuracy(y: Array, t: Array) -> float:
    """Return the share of samples that are classified rightly, from 0 to 1.

    With several outputs the class is the largest of them: shapes (n, k) or (k,) for
    y, labels (n,) or one-hot (n, k) for t. One output, shape (n, 1), is a
    probability, and the class is whether it exceeds 0.5. Raises ValueError for other
    shapes. Accuracy is flat almost everywhere, which is why networks learn from a
    loss.

    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    return float(np.mean(are_right(y, t)))


def are_right(y: Array, t: Array) -> Array:
    """Return for each sample whether it is classified rightly, as `accuracy` has it.

    >>> are_right(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    array([ True, False])
    """
    y = as_array(y)
    t = as_array(t)
    if y.ndim and y.shape[-1] == 1 and t.shape in (y.shape, y.shape[:-1]):
        return (y > 0.5) == (t.reshape(y.shape) > 0.5)
    if t.shape == y.shape:
        t = np.argmax(t, axis=-1)
    elif t.shape != y.shape[:-1]:
        raise ValueError(
            f"accuracy: got outputs {y.shape} and targets {t.shape}; need labels "
            f"{y.shape[:-1]} or one-hot targets {y.shape}"
        )
    return np.argmax(y, axis=-1) == t


class Report(NamedTuple):
    """Precision, recall and F₁ of each class, and how many samples it has; all (k,)."""

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


def confusion(y: Array, t: Array) -> np.ndarray:
    """Return how often each class (row) was taken for each class (column), (k, k).

    y has shape (n, k), or (n, 1) for the probability of the second of two classes; t
    is labels (n,). Raises ValueError for other shapes and for labels beyond k.

    >>> confusion(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    array([[0, 0],
           [1, 1]])
    """
    y, t = with_labels(y, t)
    k = max(2, y.shape[1])
    guesses = y[:, 0] > 0.5 if y.shape[1] == 1 else y.argmax(axis=1)
    return np.bincount(t * k + guesses, minlength=k * k).reshape(k, k)


def with_labels(y: Array, t: Array) -> tuple[np.ndarray, np.ndarray]:
    """Return outputs (n, k) and labels (n,), or say what is wrong with them."""
    y, t = np.asarray(y), np.asarray(t)
    if y.ndim != 2 or t.shape != y.shape[:1] or t.dtype.kind not in "iub":
        raise ValueError(
            f"confusion: got outputs {y.shape} and {t.dtype} targets {t.shape}; need "
            "(n, k) and labels (n,)"
        )
    k = max(2, y.shape[1])
    t = t.astype(np.int64)
    if len(t) and not 0 <= t.min() <= t.max() < k:
        wrong = int(t.max() if t.max() >= k else t.min())
        raise ValueError(f"confusion: got label {wrong}; need 0 to {k - 1}")
    return y, t


def balanced_accuracy(y: Array, t: Array) -> float:
    """Return the mean share of each class that is classified rightly, from 0 to 1.

    The mean of the recalls of the classes that t has; shapes as in `confusion`. Where
    99 of 100 samples are of one class, always naming it scores 0.5, not 0.99.

    >>> balanced_accuracy(np.tile([0.9, 0.1], (4, 1)), np.array([0, 0, 0, 1]))
    0.5

    Brodersen, Ong, Stephan & Buhmann (2010), "The Balanced Accuracy and Its Posterior
    Distribution".
    """
    report = precision_recall(y, t)
    return float(report.recall[report.support > 0].mean())


def precision_recall(y: Array, t: Array) -> Report:
    """Return for each class what `Report` has: how sure, and how complete it is found.

        precision = right / all that were taken for the class,   0 where none were
        recall    = right / all that are of the class,           0 where none are
        F₁        = 2 · precision · recall / (precision + recall)

    Shapes as in `confusion`.

    >>> y = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.4, 0.6]])
    >>> report = precision_recall(y, np.array([0, 0, 1, 1]))
    >>> report.precision.round(2), report.recall
    (array([0.67, 1.  ]), array([1. , 0.5]))
    """
    counts = confusion(y, t)
    right, support = counts.diagonal(), counts.sum(axis=1)
    taken = counts.sum(axis=0)
    return Report(
        right / np.maximum(taken, 1),
        right / np.maximum(support, 1),
        2 * right / np.maximum(taken + support, 1),
        support,
    )


def log_loss(y: Array, t: Array) -> float:
    """Return the mean of -log p, p being the probability given to the true class.

    Shapes as in `confusion`. A p of 0 counts as the dtype's smallest step from 1,
    since a single one would make the mean infinite.

    >>> round(log_loss(np.array([[0.1, 0.9], [0.5, 0.5]]), np.array([1, 0])), 4)
    0.3993
    """
    y, t = with_labels(y, t)
    if y.shape[1] == 1:
        y = np.concatenate([1 - y, y], axis=1)
    given = y[np.arange(len(t)), t]
    return float(-np.log(np.maximum(given, np.finfo(y.dtype).eps)).mean(dtype=float))


def rmse(y: Array, t: Array) -> float:
    """Return the root of the mean squared error, in the unit of t.

        √(1/n Σ (y - t)²)

    y and t are (n,) or (n, k); of several columns it is the mean of theirs. Raises
    ValueError where their shapes differ.

    >>> rmse(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    1.4142135623730951
    """
    return float(np.sqrt((_errors("rmse", y, t) ** 2).mean(axis=0)).mean())


def mae(y: Array, t: Array) -> float:
    """Return the mean absolute error, 1/n Σ |y - t|, in the unit of t.

    Shapes as in `rmse`.

    >>> mae(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    1.0
    """
    return float(np.abs(_errors("mae", y, t)).mean())


def r2(y: Array, t: Array, weights: Array | None = None) -> float:
    """Return the share of the variance of t that y explains, R².

        1 - Σ w (y - t)² / Σ w (t - mean of t)²

    1 is perfect, 0 is as good as the mean, and there is no limit below. Of several
    columns it is the mean of theirs. A column of t that is always the same counts 1
    where y meets it and 0 elsewhere, as in scikit-learn. NaN where y is not finite.
    Shapes as in `rmse`; `weights`, shape (n,), are all 1 if None.

    >>> r2(np.array([1.0, 2.0, 3.5]), np.array([1.0, 2.0, 3.0]))
    0.875
    """
    errors = _errors("r2", y, t)
    if not np.all(np.isfinite(errors)):
        return math.nan
    t = np.asarray(t, float)
    w = np.ones(len(t)) if weights is None else np.asarray(weights, float)
    rest = w @ errors**2
    spread = w @ (t - np.average(t, axis=0, weights=w)) ** 2
    safe = np.where(spread > 0, spread, 1)
    explained = np.where(spread > 0, 1 - rest / safe, np.where(rest > 0, 0.0, 1.0))
    return float(explained.mean())


def _errors(name: str, y: Array, t: Array) -> np.ndarray:
    y, t = np.asarray(y, float), np.asarray(t, float)
    if y.shape != t.shape or y.ndim not in (1, 2):
        raise ValueError(
            f"{name}: got outputs {y.shape} and targets {t.shape}; need the same, (n,) "
            "or (n, k)"
        )
    difference: np.ndarray = y - t
    return difference
