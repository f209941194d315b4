"""A trial of a search, as it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kobai.plots.style import Say, logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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

    @property
    def has_score(self) -> bool:
        """Whether it ended with a score."""
        return bool(self.scores) and bool(np.isfinite(self.scores[-1]))


def title_of(name: str, trials: Sequence[DrawnTrial], say: Say) -> str:
    """Return the title of a figure of all trials: it names those that have no score."""
    title, missing = say(name), sum(not each.has_score for each in trials)
    if not missing:
        return title
    return f"{title}\n{say('without_score', n=missing, count=len(trials))}"


def told_apart(ax: "Axes", values: Values, measure: str) -> bool:
    """Give losses that differ more than a hundredfold a logarithmic axis, as runs do.

    On an even axis those that are good all lie at its foot, and cannot be told apart.
    """
    values = values[np.isfinite(values) & (values > 0)]
    if "loss" not in measure or not values.size:
        return False
    is_wide = bool(values.max() > 100 * values.min())
    if is_wide:
        logarithmic(ax)
    return is_wide
