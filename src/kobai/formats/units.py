"""Whether a model is given raw numbers or scaled ones; what is neither is refused.

Pixels are bytes, 0 to 255, or the same divided by 255, 0 to 1; and the digits' ink goes
from 0 to 16 or from 0 to 1. Whole numbers by their dtype are raw. Of other numbers the
largest in a row decides: up to 1 it is scaled, above 2 it is raw. What lies between is
neither: a raw row as dark as that is no picture, and a scaled one has no such numbers.
"""

import math
from typing import Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.ranges import InputRange

SCALED, RAW = 1.001, 2.0
"""The largest number of a scaled row, and what that of a raw one is above.

Who multiplies by 0.00392157 makes a little more than 1 of 255.
"""
FULL = (255.0, 16.0)
"""What Kobai's own data has ever been divided by."""
FAR = 16
"""So many times beyond the training data is another unit."""

ADVICE = "model.network.predict(x) takes numbers as the network does, unchecked"


def known_range(scale: float, given: InputRange | None) -> InputRange | None:
    """Return the range of raw inputs; older files say no more of it than their scale.

    >>> known_range(1 / 255, None)
    InputRange(low=0.0, high=255.0, dtype='uint8', is_full=True)
    >>> known_range(1.0, None)
    """
    for full in FULL:
        if given is None and math.isclose(scale * full, 1):
            return InputRange(0.0, full, is_full=True)
    return given


def factor_to_raw(x: Array, known: InputRange | None) -> float:
    """Return what makes raw numbers of rows x `(n, ...)`: 1, or `known.high`.

    Raises ValueError for rows in neither unit, or some in one and some in the other.

    >>> pixels = InputRange(0.0, 255.0, is_full=True)
    >>> factor_to_raw(np.array([[0, 200]]), pixels)
    1.0
    >>> factor_to_raw(np.array([[0.0, 0.8]]), pixels)
    255.0
    >>> factor_to_raw(np.array([[-0.4, 2.8]]), pixels)
    Traceback (most recent call last):
    ...
    ValueError: Model: got numbers from -0.4 to 2.8; need raw numbers from 0 to 255, or
    the same divided by 255, from 0 to 1: model.network.predict(x) takes numbers as the
    network does, unchecked
    """
    if known is None or not x.size or not x.ndim:
        return 1.0
    if known.is_full:
        return known.high if _is_scaled(x, known) else 1.0
    _check_alike(x, known)
    return 1.0


def _is_scaled(x: Array, known: InputRange) -> bool:
    rows = x.reshape(len(x), -1)
    if rows.dtype.kind == "b":
        return True
    most = rows.max(axis=1)
    if not (rows.min() >= 0 and most.max() <= known.high):
        raise _neither(x, known)
    if rows.dtype.kind in "iu":
        _check_whole(int(most.max()), known)
        return False
    is_raw, is_scaled = most > RAW, most <= SCALED
    if not (is_raw | is_scaled).all():
        raise _neither(x[~(is_raw | is_scaled)], known)
    # A black row is the same in both.
    is_scaled &= most > 0
    if is_raw.any() and is_scaled.any():
        raise ValueError(
            f"Model: got rows from 0 to {known.high:g}, such as row {is_raw.argmax()}, "
            f"and rows from 0 to 1, such as row {is_scaled.argmax()}; need all of them "
            f"in one unit, or raw ones as whole numbers (x.astype(np.uint8))"
        )
    return not is_raw.any()


def _check_whole(most: int, known: InputRange) -> None:
    if most == 1:
        high = f"{known.high:g}"
        raise ValueError(
            f"Model: got whole numbers, 0 and 1 alone; as raw ones, from 0 to {high}, "
            f"they are all but black. If 1 stands for {high}, give them as bool; "
            f"{ADVICE}"
        )


def _neither(x: Array, known: InputRange) -> ValueError:
    high = f"{known.high:g}"
    return ValueError(
        f"Model: got numbers {_extent(x)}; need raw numbers from 0 to {high}, or the "
        f"same divided by {high}, from 0 to 1: {ADVICE}"
    )


def _check_alike(x: Array, known: InputRange) -> None:
    """Refuse what is surely in another unit than the rows that were trained on."""
    low, high = float(x.min()), float(x.max())
    is_whole = bool((x == np.rint(x)).all())
    was_share = not known.is_whole and known.low >= 0 and known.high <= SCALED
    beyond = low >= 0 and (high > FAR or (is_whole and high > RAW))
    is_share = low >= 0 and high <= SCALED and not is_whole
    if (was_share and beyond) or (known.is_whole and is_share):
        kind = "whole numbers" if known.is_whole else "numbers"
        raise ValueError(
            f"Model: got numbers {_extent(x)}; was trained on {kind} from "
            f"{known.low:g} to {known.high:g}: bring x into that unit; {ADVICE}"
        )


def _extent(x: Array) -> str:
    if not np.isfinite(x).all():
        return "that are not finite"
    return f"from {x.min():.4g} to {x.max():.4g}"


def weight_of(x: Any, known: InputRange, scale: float) -> Any:
    """Return what scales each row of x, `(n, 1, ...)`; NaN for a row in neither unit.

    The same rule as a plain NumPy function to be traced, for files in which every
    number is a float32.
    """
    axes = tuple(range(1, x.ndim))
    most = np.max(x, axis=axes, keepdims=True)
    beyond = np.max(-x, axis=axes, keepdims=True)
    nan, raw, scaled = map(x.dtype.type, (np.nan, scale, known.high * scale))
    weight = np.where(most > SCALED, nan, scaled)
    weight = np.where(most > RAW, raw, weight)
    weight = np.where(most > known.high, nan, weight)
    return np.where(beyond > 0, nan, weight)
