"""Epochs of training steps on an estimator's samples."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.estimators.problem import Problem
from kobai.estimators.rows import Rows
from kobai.networks.layer import Values
from kobai.optimizers import Optimizer
from kobai.training.step import PlainStepper, compiled, make_step
from kobai.training.steppers import Steps

# After so many steps at most, Ctrl-C is noticed.
LONGEST = 512

AfterSteps = Callable[[float], bool]


class Epochs:
    """Takes the steps of whole epochs, and changes the parameters in place.

    `work` is (params, state, statistics). A random state shuffles the samples of every
    epoch, unless a batch holds them all; None leaves them in order.
    """

    def __init__(
        self,
        problem: Problem,
        optimizer: Optimizer,
        engine: str,
        rows: Rows,
        batch_size: int,
        shuffle: np.random.RandomState | None,
    ) -> None:
        weighted = rows.weights is not None
        self.network = problem.network
        self.stepper: Any = compiled(problem, optimizer, engine, weighted=weighted)
        if self.stepper is None:
            step = make_step(problem, optimizer, "backprop", weighted)
            self.stepper = PlainStepper(step)
        self.optimizer = optimizer
        self.rows = rows
        self.size = batch_size
        self.per_epoch = -(-len(rows) // batch_size)
        self.longest = LONGEST
        self.endures = False
        """Whether to go on with parameters that are not finite, which stay so."""
        self._shuffle = shuffle
        self._order = np.arange(len(rows))
        self._noise: np.random.Generator | None = None

    def draw_noise(self, rng: np.random.RandomState) -> None:
        """Have Dropout draw its masks from a stream that begins here."""
        if self.network.noise(1, np.random.default_rng(0)):
            self._noise = np.random.default_rng(rng.randint(2**32, dtype=np.uint32))

    def take(self, work: Any, rates: np.ndarray, after: AfterSteps) -> np.ndarray:
        """Take several epochs, each with its learning rate; return their mean losses.

        `after`, given the last loss, is called after some steps, and says whether to
        go on. Parameters that are not finite end everything, unless it `endures`.
        """
        if self.size == len(self.rows) and not self.rows.is_sparse:
            return self._steps(work, None, rates, after)
        found = []
        for rate in rates:
            losses, sizes = self._epoch(work, rate, after)
            found.append(np.dot(losses, sizes) / sizes.sum())
            if len(losses) < self.per_epoch or self._is_over(work, losses[-1]):
                break
        return np.array(found)

    def _is_over(self, work: Any, loss: float) -> bool:
        """Tell whether further steps lead nowhere."""
        return not (self.endures or np.isfinite(loss) or are_finite(work[0]))

    def _epoch(
        self, work: Any, rate: float, after: AfterSteps
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the losses of an epoch's steps, and how many samples each had."""
        if self._shuffle is not None and self.size < len(self.rows):
            # Two permutations, one of the other, are how scikit-learn shuffles.
            indices = np.arange(len(self._order))
            self._shuffle.shuffle(indices)
            self._order = self._order[indices]
        count, rest = divmod(len(self._order), self.size)
        whole = self._order[: count * self.size].reshape(count, self.size)
        losses = self._steps(work, whole, np.full(count, rate), after)
        if rest and len(losses) == count and not self._is_over(work, losses[-1]):
            last = self._order[count * self.size :][np.newaxis]
            end = self._steps(work, last, np.full(1, rate), after)
            losses = np.concatenate([losses, end])
        sizes = np.full(len(losses), self.size)
        if len(losses) > count:
            sizes[-1] = rest
        return losses, sizes

    def _steps(
        self, work: Any, rows: Any, rates: np.ndarray, after: AfterSteps
    ) -> np.ndarray:
        """Take some steps with batches of one size; rows None: with all samples."""
        found: list[np.ndarray] = []
        done = 0
        while done < len(rates):
            part = slice(done, done + self.longest)
            chosen = None if rows is None else rows[part]
            losses = self._taken(work, chosen, rates[part])
            found.append(losses)
            # Engines stop at a loss that is not finite.
            done += len(losses)
            if self._is_over(work, losses[-1]) or not after(float(losses[-1])):
                break
        return np.concatenate(found)

    def _taken(self, work: Any, rows: Any, rates: np.ndarray) -> np.ndarray:
        size = len(self.rows) if rows is None else rows.shape[1]
        noises = [self._drawn(size) for _ in rates] if self._noise else []
        if not self.rows.is_sparse:
            steps = Steps(rows, noises, rates)
            losses: np.ndarray = self.stepper.take_steps(work, self.rows.data, steps)
            return losses
        found = []
        for number in range(len(rates)):
            one = Steps(None, noises[number : number + 1], rates[number : number + 1])
            batch = self.rows.taken(rows[number])
            found.append(self.stepper.take_steps(work, batch, one)[0])
            if not np.isfinite(found[-1]):
                break
        return np.array(found)

    def _drawn(self, size: int) -> Any:
        assert self._noise is not None
        return self.network.noise(size, self._noise)


def is_finite(array: np.ndarray) -> bool:
    """Tell whether all numbers of an array are finite."""
    return bool(np.all(np.isfinite(array)))


def are_finite(params: Values) -> bool:
    """Tell whether all parameters are finite."""
    return all(map(is_finite, params.values()))
