"""The exercises by name, and the words of the slips that are theirs alone."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.learn.slips import SLIPS, Words

Check = Callable[[Any, np.random.Generator], None]

EXERCISES: dict[str, Check] = {}


def exercise(check: Check) -> Check:
    """Make a check known by the name of its function; it raises `Slipped`."""
    EXERCISES[check.__name__] = check
    return check


def add_slips(slips: dict[str, Words]) -> None:
    """Make known the words of slips; each name is given once."""
    assert not SLIPS.keys() & slips.keys(), SLIPS.keys() & slips.keys()
    SLIPS.update(slips)
