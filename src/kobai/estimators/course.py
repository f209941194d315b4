"""The course of a fit: what it remembers from epoch to epoch, and when it ends."""

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.networks.layer import Values
from kobai.optimizers import Optimizer
from kobai.optimizers.base import State
from kobai.training.errors import TrainingDivergenceError, diverged

if TYPE_CHECKING:
    from kobai.estimators.base import MLP

SLOWEST = 1e-6
"""The adaptive learning rate at which scikit-learn gives up."""


@dataclass
class Memory:
    """What a later fit goes on from: the optimizer's state, and the counts."""

    state: State
    epoch: int = 0
    step: int = 0
    samples: int = 0
    seen: dict[int, int] = field(default_factory=dict)
    """How many steps `partial_fit` has taken with each batch size."""


class LearningRate:
    """The learning rate of each epoch: a schedule of scikit-learn, or an optimizer's.

    The schedules are SGD's alone, as they are there.
    """

    def __init__(self, estimator: "MLP", optimizer: Optimizer) -> None:
        self.estimator = estimator
        # A schedule of Kobai counts steps; it is read once in an epoch.
        self.schedule = optimizer.rate_at if estimator.solver is optimizer else None
        kind = estimator.learning_rate if estimator.solver == "sgd" else "constant"
        self.adapts = kind == "adaptive"
        self.falls = kind == "invscaling"
        self.rate = float(estimator.learning_rate_init)

    def of_epoch(self, epoch: int, samples: int, per_epoch: int) -> float:
        """Return the rate of an epoch, before which so many samples were seen."""
        if self.schedule is not None:
            return float(self.schedule(epoch * per_epoch))
        if self.falls and epoch:
            initial = self.estimator.learning_rate_init
            return float(initial / (samples + 1) ** self.estimator.power_t)
        return self.rate

    def slow_down(self) -> bool:
        """Go on at a fifth of the rate, if it adapts; tell whether it did."""
        if not self.adapts or self.rate <= SLOWEST:
            return False
        self.rate /= 5
        return True


class Patience:
    """Counts the epochs in a row that brought no improvement by more than `tol`."""

    def __init__(self, tol: float, limit: float, best: float) -> None:
        self.tol = tol
        self.limit = limit
        self.best = best
        """The best so far; greater is better."""
        self.waited = 0

    def sees(self, value: float) -> bool:
        """Take an epoch's value into account; tell whether it is the best."""
        # NaN, as of a validation score, begins the count anew, as in scikit-learn.
        self.waited = self.waited + 1 if value < self.best + self.tol else 0
        is_best = value > self.best
        if is_best:
            self.best = value
        return is_best

    @property
    def over(self) -> bool:
        """Whether too many epochs have passed."""
        return self.waited > self.limit

    def least(self, most: int) -> int:
        """Return how many epochs, up to `most`, pass before it can be over."""
        return int(min(most, self.limit + 1 - self.waited))


# scikit-learn's own words, which programs may look for.
NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large "
    "values and need to be preprocessed."
)


class NotFiniteError(TrainingDivergenceError, ValueError):
    """A fit whose parameters are not finite: scikit-learn's ValueError, and Kobai's."""


def not_finite(what: str, **when: Any) -> NotFiniteError:
    """Return the error; the arguments are those of `kobai.training.errors.diverged`."""
    return NotFiniteError(f"{NOT_FINITE} {diverged(what, **when)}", **when)


class Clock:
    """The seconds of this fit, and of those that it goes on from."""

    def __init__(self, before: float) -> None:
        self._start = perf_counter() - before

    def seconds(self) -> float:
        """Return how long all of it has taken."""
        return perf_counter() - self._start


def is_finite(array: np.ndarray) -> bool:
    """Tell whether all numbers of an array are finite."""
    return bool(np.all(np.isfinite(array)))


def are_finite(params: Values) -> bool:
    """Tell whether all parameters are finite."""
    return all(map(is_finite, params.values()))
