"""How sure a number is that was measured on so many samples."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kobai.functions.arrays import Array
from kobai.functions.metrics import with_labels

Z_95 = 1.959963984540054
"""So many standard deviations of a normal distribution hold 95 % of it."""
RESAMPLES, OF_MANY = 500, 100
MANY = 20_000
Interval = tuple[float, float]


def roc_auc(y: Array, t: Array) -> float:
    """Return the area under the ROC curve, from 0 to 1; 0.5 is a guess.

    It is the chance that of two samples, one of the class and one of the others, the
    first has the higher output; equal outputs count half:

        AUC = (Σ ranks of the n₁ - n₁ (n₁ + 1) / 2) / (n₁ n₀)

    ranks being those among all outputs, the mean of them where some are equal. y is
    (n, k), or (n, 1) for the second of two classes; t is labels (n,). Of more than two
    classes it is the mean of each against all others. NaN where t has one class alone.
    Raises ValueError for other shapes and for labels beyond k.

    >>> roc_auc(np.array([[0.1], [0.4], [0.35], [0.8]]), np.array([0, 0, 1, 1]))
    0.75

    Hanley & McNeil (1982), "The Meaning and Use of the Area under a Receiver Operating
    Characteristic (ROC) Curve"; Fawcett (2006) for more classes.
    """
    found = [area for area, _, _ in _areas(y, t)]
    return float(np.mean(found)) if found else math.nan


def roc_auc_interval(y: Array, t: Array) -> Interval:
    """Return from where to where the area under the ROC curve is, with 95 % confidence.

    The two areas A from which the one that was measured, a, is 1.96 standard errors:

        |a - A| = 1.96 √(A (1 - A) (1 + N (A' / (1 + A') + A / (1 + A))) / (n₁ n₀))

    with A' = 1 - A and N = (n₁ + n₀) / 2 - 1. It stays within 0 and 1, and leaves room
    even where all samples are ranked rightly. Of more than two classes it is the mean
    of the ends of each against all others, which is on the safe side. Shapes as in
    `roc_auc`.

    >>> low, high = roc_auc_interval(np.linspace(0, 1, 40)[:, None], np.arange(40) > 19)
    >>> round(low, 3), high
    (0.899, 1.0)

    Newcombe (2006), "Confidence Intervals for an Effect Size Measure Based on the
    Mann-Whitney Statistic. Part 2", method 5.
    """
    found = [_area_interval(*area) for area in _areas(y, t)]
    if not found:
        return math.nan, math.nan
    low, high = np.mean(found, axis=0)
    return float(low), float(high)


def _areas(y: Array, t: Array) -> list[tuple[float, int, int]]:
    """Return of each class that t has its area, and how many are of it and are not."""
    y, t = with_labels(y, t)
    outputs = {1: y[:, -1]} if y.shape[1] < 3 else dict(enumerate(y.T))
    found = []
    for label, output in outputs.items():
        is_one = t == label
        n1 = int(is_one.sum())
        n0 = len(t) - n1
        if n1 and n0:
            area = (_ranks(output)[is_one].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)
            found.append((float(area), n1, n0))
    return found


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return the rank of each value, from 1; equal ones share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (counts.cumsum() - (counts - 1) / 2)[place]
    return ranks


def _area_interval(area: float, n1: int, n0: int) -> Interval:
    def is_far(at: float) -> bool:
        more = ((n1 + n0) / 2 - 1) * ((1 - at) / (2 - at) + at / (1 + at))
        return (area - at) ** 2 > Z_95**2 * at * (1 - at) * (1 + more) / (n1 * n0)

    return _edge(is_far, area, 0.0), _edge(is_far, area, 1.0)


def _edge(is_far: Callable[[float], bool], near: float, far: float) -> float:
    """Return where, from near to far, it begins to be far: by halving."""
    for _ in range(60):
        middle = (near + far) / 2
        near, far = (near, middle) if is_far(middle) else (middle, far)
    return far


def share_interval(right: int, n: int) -> Interval:
    """Return from where to where a share is, right of n seen, with 95 % confidence.

        (p + z²/2n ± z √(p (1 - p) / n + z²/4n²)) / (1 + z²/n),   z = 1.96, p = right/n

    It leaves room even where all of few are right. Raises ValueError unless
    0 ≤ right ≤ n and n > 0.

    >>> low, high = share_interval(20, 20)
    >>> round(low, 3), high
    (0.839, 1.0)

    Wilson (1927), "Probable Inference, the Law of Succession, and Statistical
    Inference".
    """
    if not 0 <= right <= n or not n:
        raise ValueError(f"share_interval: got {right} right of {n}; need 0 to n of n")
    p, z2 = right / n, Z_95**2
    middle = p + z2 / (2 * n)
    reach = math.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n)))
    low, high = (middle - reach) / (1 + z2 / n), (middle + reach) / (1 + z2 / n)
    # Rounded, the ends would miss a share of 0 or 1 by a hair.
    return (0.0 if not right else low), (1.0 if right == n else high)


def bootstrap_interval(
    measure: Callable[..., Any], arrays: Sequence[Array], seed: int = 0
) -> tuple[Any, Any]:
    """Return from where to where a measure is, with 95 % confidence.

    It is measured anew on as many rows, drawn from those of `arrays` with replacement,
    500 times (of more than 20,000 rows 100 times): 95 % of the results lie between the
    ends. A measure that is several numbers has ends for each, as arrays. Raises
    ValueError for arrays without rows, or of different lengths.

    >>> y = np.arange(100.0)
    >>> low, high = bootstrap_interval(np.mean, [y % 3])
    >>> bool(low < np.mean(y % 3) < high)
    True

    Efron (1979), "Bootstrap Methods: Another Look at the Jackknife".
    """
    arrays = [np.asarray(array) for array in arrays]
    lengths = {len(array) for array in arrays}
    if len(lengths) != 1 or not min(lengths):
        raise ValueError(
            f"bootstrap_interval: got arrays of {sorted(lengths)} rows; need the same "
            "number in all, one at least"
        )
    rng, rows = np.random.default_rng(seed), lengths.pop()
    found = []
    for _ in range(RESAMPLES if rows <= MANY else OF_MANY):
        drawn = rng.integers(rows, size=rows)
        found.append(measure(*(array[drawn] for array in arrays)))
    low, high = np.quantile(found, (0.025, 0.975), axis=0)
    return low, high


def conformal_reach(errors: Array, level: float = 0.9) -> float:
    """Return how far around a prediction the truth is found, in `level` of all cases.

    The ⌈(n + 1) level⌉-th smallest |error| of n samples that the network has not seen:
    if new ones are drawn as these were, the truth is at most so far from a prediction
    with a probability of `level` or more, whatever the network and the data. Where n is
    too small for that, infinity. errors is (n,). Raises ValueError for another shape,
    and unless 0 < level < 1.

    >>> conformal_reach(np.arange(1.0, 100.0), 0.9), conformal_reach(np.ones(8), 0.9)
    (90.0, inf)

    Vovk, Gammerman & Shafer (2005), "Algorithmic Learning in a Random World"; Lei,
    G'Sell, Rinaldo, Tibshirani & Wasserman (2018), algorithm 2 (split conformal).
    """
    errors = np.asarray(errors)
    if errors.ndim != 1 or not 0 < level < 1:
        raise ValueError(
            f"conformal_reach: got errors {errors.shape} and level={level}; need (n,) "
            "and a level between 0 and 1, such as 0.9"
        )
    # 20 · 0.95 is 19.000000000000004 in some orders of reckoning.
    count = math.ceil((len(errors) + 1) * level - 1e-9)
    if count > len(errors):
        return math.inf
    return float(np.partition(np.abs(errors), count - 1)[count - 1])
