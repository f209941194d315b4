"""Numbers that stand for a missing one, such as -999: they lie far from all others."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.spool import Spool

FEWEST, SHARE = 3, 0.002
"""A number that stands for a missing one is there more than once, or by chance."""
FAR = 1.0
"""It lies farther from the nearest other number than these lie from each other."""
DIFFERENT = 10
"""Among fewer different numbers one that lies apart may well be meant."""


def sentinels(spool: Spool, columns: Sequence[Any]) -> dict[int, float]:
    """Return for columns by their index the number that stands for a missing one.

    It is the smallest or the largest, is written with nines, as -999 or 9999 are, or is
    round and negative, as -200 is; it is repeated, and lies far from all others.
    """
    numbers = [
        i for i, c in enumerate(columns) if c.kind == "number" and not c.reading.date
    ]
    if not numbers or not spool.rows:
        return {}
    low, high = _extremes(spool, numbers)
    found = {}
    for index, lowest, highest in zip(numbers, low, high, strict=True):
        for value in (lowest, highest):
            if looks_like_code(value) and _is_apart(spool, index, value):
                found[index] = float(value)
    return found


def looks_like_code(value: float) -> bool:
    """Tell whether a number is one that people write for a missing value.

    >>> [looks_like_code(value) for value in (-999, 9999.0, -200, 100, -7.5, -1, 99)]
    [True, True, True, False, False, False, True]
    """
    if not np.isfinite(value) or value != int(value) or abs(value) < 9:
        return False
    digits = str(abs(int(value)))
    return set(digits) == {"9"} or (value < 0 and digits.rstrip("0") in "123456789")


def _extremes(spool: Spool, numbers: Sequence[int]) -> tuple[Array, Array]:
    low, high = np.full(len(numbers), np.inf), np.full(len(numbers), -np.inf)
    for block in spool.blocks():
        part = block[:, numbers]
        np.fmin(low, np.fmin.reduce(part, initial=np.inf), out=low)
        np.fmax(high, np.fmax.reduce(part, initial=-np.inf), out=high)
    return low, high


def _is_apart(spool: Spool, index: int, value: float) -> bool:
    column = np.concatenate([block[:, index] for block in spool.blocks()])
    others = column[(column != value) & np.isfinite(column)]
    count = int((column == value).sum())
    if count < max(FEWEST, SHARE * len(column)) or len(others) < DIFFERENT:
        return False
    low, high = others.min(), others.max()
    gap = low - value if value < low else value - high
    return bool(gap > FAR * (high - low)) and len(np.unique(others)) >= DIFFERENT
