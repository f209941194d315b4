"""A trial of a search, as it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True)
class DrawnTrial:
    """A trial: its number, its settings, its scores, and its curves.

    `scores` are its scores after each of the `lengths` (epochs or steps) that it was
    trained up to; NaN where there is none. `curves` has arrays of one length by name:
    "epoch", and "train" and "validation", the measure after each epoch.
    """

    number: int
    settings: Mapping[str, Any]
    scores: Sequence[float]
    lengths: Sequence[float] = ()
    curves: Mapping[str, Values] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its number, and what it is called by in figures."""
        return f"{self.number:03d}"
