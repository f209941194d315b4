"""Successive halving: many trials for a few epochs, the best of them for longer."""

import math
from collections.abc import Sequence
from typing import NamedTuple

KEPT = 3
"""Of so many trials one goes on, for so many times as long."""
LEAST_KEPT = 3
"""So many at least are trained to the end."""


class Rung(NamedTuple):
    """So many trials are trained up to so many epochs (or steps)."""

    trials: int
    length: int | None


def rungs(trials: int, longest: int | None) -> tuple[Rung, ...]:
    """Return how many trials are trained for how long: a third for thrice as long.

    All trials together take about as long as `len(rungs)` thirds of them would, each
    trained to the end. What goes on goes on from where it was, so nothing is trained
    twice. Without a `longest` there is one rung, of all trials.

    >>> [tuple(rung) for rung in rungs(60, 30)]
    [(60, 1), (20, 3), (7, 10), (3, 30)]
    >>> [tuple(rung) for rung in rungs(60, None)]
    [(60, None)]

    Jamieson & Talwalkar (2016), "Non-stochastic Best Arm Identification and
    Hyperparameter Optimization".
    """
    if longest is None:
        return (Rung(trials, None),)
    counts, lengths = [trials], [longest]
    while math.ceil(counts[-1] / KEPT) >= LEAST_KEPT and lengths[0] > 1:
        counts.append(math.ceil(counts[-1] / KEPT))
        lengths.insert(0, max(1, round(longest / KEPT ** len(lengths))))
    return tuple(Rung(*each) for each in zip(counts, lengths, strict=True))


def survivors(scores: Sequence[tuple[tuple[float, ...], int]], count: int) -> list[int]:
    """Return the numbers of the best trials: lowest score first, then lowest number.

    >>> survivors([((0.5,), 1), ((0.1,), 2), ((0.5,), 0)], 2)
    [2, 0]
    """
    return [number for _, number in sorted(scores)[:count]]
