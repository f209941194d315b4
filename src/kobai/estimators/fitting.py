"""The fit of an estimator by steps on mini-batches."""

import math
import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from kobai.autodiff.trees import leaves
from kobai.engines import Engine, choose_engine
from kobai.estimators.building import build_optimizer
from kobai.estimators.course import (
    Clock,
    LearningRate,
    Memory,
    Patience,
    are_finite,
    is_finite,
    not_finite,
)
from kobai.estimators.feed import ShuffledFeed
from kobai.estimators.problem import Problem, squares
from kobai.estimators.rows import Rows
from kobai.networks.layer import Values
from kobai.optimizers.base import Params
from kobai.training.bursts import LONGEST, Bursts
from kobai.training.callbacks import Callbacks, Kept, TrainingState
from kobai.training.history import History
from kobai.training.interrupt import DeferredInterrupt
from kobai.training.step import Work
from kobai.training.steppers import make_stepper

# With fewer steps on batches of one size, partial_fit does not compile them.
WORTH_COMPILING = 16

# An epoch's record needs no more than this, where nothing is to be done after it.
BURST = 64


class StochasticFit:
    """One fit: epochs of steps, until the loss or the score no longer improves."""

    def __init__(
        self,
        estimator: Any,
        problem: Problem,
        rows: Rows,
        validation: Rows | None,
        penalty: float,
        rng: np.random.RandomState,
        is_partial: bool = False,
    ) -> None:
        self.estimator = estimator
        self.is_partial = is_partial
        self.network = problem.network
        self.problem = problem
        self.validation = validation
        self.history: History = estimator.history_
        self.optimizer = build_optimizer(estimator)
        self.rate = LearningRate(estimator, self.optimizer)
        self.callbacks = Callbacks(estimator.callbacks)
        self.interrupt = DeferredInterrupt()
        self.memory: Memory = self._remembered()
        self.penalty = np.asarray(penalty, self.network.dtype)
        size = self._batch_size(len(rows))
        shuffle = rng if estimator.shuffle else None
        engine = self._engine(len(rows), size)
        noise = self._noise(rng)
        self.feed = ShuffledFeed(self.network, rows, size, shuffle, noise)
        stepper = make_stepper(problem, self.optimizer, engine)
        longest = 1 if self.callbacks.every_step else LONGEST
        self.bursts = Bursts(stepper, self.feed, longest)
        # The best parameters so far are kept then, so that others may overflow.
        self.endures = bool(estimator.early_stopping)
        self.stopped: str | None = None
        self.loss = math.nan

    def _noise(self, rng: np.random.RandomState) -> np.random.Generator | None:
        """Return the stream from which Dropout draws its masks, if there are any."""
        if not self.network.noise(1, np.random.default_rng(0)):
            return None
        return np.random.default_rng(rng.randint(2**32, dtype=np.uint32))

    def _remembered(self) -> Memory:
        """Return where the fit before left off, or a new start."""
        memory: Memory | None = getattr(self.estimator, "_memory", None)
        state = self.optimizer.init(self.network.params)
        if memory is None:
            return Memory(state)
        if memory.state.keys() != state.keys():
            # Another solver has other things to remember.
            memory.state = state
        return memory

    def _batch_size(self, rows: int) -> int:
        size = self.estimator.batch_size
        if size == "auto":
            return min(200, rows)
        if size > rows:
            warnings.warn(
                f"Got `batch_size` {size}, larger than the sample size {rows}. It is "
                "going to be clipped",
                stacklevel=2,
            )
        return min(int(size), rows)

    def _engine(self, rows: int, size: int) -> Engine:
        estimator = self.estimator
        steps = estimator.max_iter * -(-rows // size)
        engine = choose_engine(estimator.engine, steps, 2 * size * self.network.size)
        if self.is_partial and estimator.engine == "auto":
            is_rare = self.memory.seen.get(size, 0) < WORTH_COMPILING
            engine = "eager" if is_rare else "numpy"
        return engine

    def run(self, max_epochs: int) -> bool:
        """Take at most so many epochs; tell whether it came to an end before."""
        before = self.network.params
        state = {"penalty": self.penalty}
        work = self.bursts.stepper.begin((before, self.memory.state, state))
        self._hold(work[0])
        threads = self.bursts.stepper.threads(work, self.feed.size)
        try:
            # What overflows is seen in the loss, without NumPy's warnings.
            with self.interrupt, threads, np.errstate(all="ignore"):
                self._begin()
                ended = self._loop(work, max_epochs)
                self._call("on_train_end")
        except BaseException:
            self._hold(before)
            raise
        self.memory.state = work[1]
        if self.endures and not all(map(is_finite, leaves(work[1]))):
            # Of a fit that diverged the best parameters are kept, and nothing else.
            self.memory.state = self.optimizer.init(self.network.params)
        if self.interrupt.requested:
            warnings.warn("Training interrupted by user.", stacklevel=2)
        self.history.stopped = self.stopped
        return ended

    def _hold(self, params: Params) -> None:
        """Have the network and its estimator hold the same arrays, in training too."""
        self.network.params = params
        self.estimator._publish()

    def _begin(self) -> None:
        self.clock = Clock(self._seconds_before())
        self._first = len(self.estimator.loss_curve_)
        if not self.history.records and not self.is_partial:
            self._record(self._first_loss())
        self._call("on_train_begin")
        self._watch()

    def _seconds_before(self) -> float:
        records = self.history.records
        return float(records[-1]["seconds"]) if records else 0.0

    def _watch(self) -> None:
        """Decide what is to improve: the loss, or the score of the validation data."""
        estimator = self.estimator
        by_score = estimator.early_stopping
        best = estimator.best_validation_score_ if by_score else -estimator.best_loss_
        limit = estimator.n_iter_no_change
        self.patience = Patience(estimator.tol, limit, best)
        self.best = Kept.of(self.network) if by_score else Kept()

    def _loop(self, work: Work, max_epochs: int) -> bool:
        done = 0
        while done < max_epochs and self.stopped is None:
            rates = self._rates(self._together(max_epochs - done))
            losses = self._epochs(work, rates)
            for loss, rate in zip(losses, rates, strict=False):
                self._finish_epoch(loss, float(rate))
                done += 1
            if self.interrupt.requested:
                self.stopped = "interrupted"
            elif self.patience.over:
                self._lose_patience()
        for name, best in self.best.params.items():
            work[0][name][...] = best
        self.estimator.n_iter_ = done
        return self.stopped is not None

    def _together(self, most: int) -> int:
        """Return how many epochs can pass with nothing to do after each."""
        busy = self.validation or self.estimator.callbacks or self.estimator.verbose
        return 1 if busy else self.patience.least(min(most, BURST))

    def _rates(self, epochs: int) -> np.ndarray:
        memory, rows = self.memory, len(self.feed.rows)
        rates = [
            self.rate.of_epoch(
                memory.epoch + number,
                memory.samples + number * rows,
                self.feed.per_epoch,
            )
            for number in range(epochs)
        ]
        return np.array(rates)

    def _epochs(self, work: Work, rates: np.ndarray) -> list[float]:
        """Take whole epochs, each with its learning rate; return their mean losses."""
        self.feed.begin(rates)
        per_epoch = self.feed.per_epoch
        found: list[np.ndarray] = []
        for losses in self.bursts.take(work, 0, len(rates) * per_epoch):
            found.append(losses)
            self.loss = float(losses[-1])
            if self._is_over(work[0]):
                break
            if self.callbacks.every_step:
                self._call("on_step_end")
            if self.interrupt.requested or self.stopped is not None:
                break
        taken = np.concatenate(found)
        if per_epoch == 1:
            return [float(loss) for loss in taken]
        sizes = self.feed.sizes(len(taken))
        parts = [slice(n, n + per_epoch) for n in range(0, len(taken), per_epoch)]
        return [float(np.dot(taken[p], sizes[p]) / sizes[p].sum()) for p in parts]

    def _is_over(self, params: Values) -> bool:
        """Tell whether further steps lead nowhere."""
        return not (self.endures or math.isfinite(self.loss) or are_finite(params))

    def _finish_epoch(self, loss: float, rate: float) -> None:
        estimator, memory = self.estimator, self.memory
        memory.epoch += 1
        memory.step += self.feed.per_epoch
        memory.samples += len(self.feed.rows)
        if self.is_partial:
            size = self.feed.size
            memory.seen[size] = memory.seen.get(size, 0) + self.feed.per_epoch
        self._refuse_what_is_not_finite(loss, rate)
        self.loss = loss
        estimator.loss_curve_.append(loss)
        self._record(loss, rate)
        if estimator.verbose:
            epoch = len(estimator.loss_curve_) - self._first
            print(f"Iteration {epoch}, loss = {loss:.8f}")
        self._judge(loss)
        self._call("on_epoch_end")

    def _refuse_what_is_not_finite(self, loss: float, rate: float) -> None:
        """Raise the error of parameters that no further step can make finite."""
        if self.endures or math.isfinite(loss):
            return
        if not are_finite(self.network.params):
            raise not_finite(
                f"the loss is {loss}",
                step=self.memory.step,
                learning_rate=rate,
                history=self.history,
            )

    def _judge(self, loss: float) -> None:
        """Compare with the best so far, and keep what is best by the score."""
        estimator = self.estimator
        if not estimator.early_stopping:
            if self.patience.sees(-loss):
                estimator.best_loss_ = loss
            return
        score = estimator.validation_scores_[-1]
        if estimator.verbose:
            print(f"Validation score: {score:f}")
        if self.patience.sees(score):
            estimator.best_validation_score_ = score
            self.best = Kept.of(self.network)

    def _lose_patience(self) -> None:
        what = "Validation score" if self.estimator.early_stopping else "Training loss"
        message = (
            f"{what} did not improve more than tol={self.estimator.tol:f} for "
            f"{self.estimator.n_iter_no_change} consecutive epochs."
        )
        if self.rate.slow_down():
            self.patience.waited = 0
            message += f" Setting learning rate to {self.rate.rate:f}"
        else:
            self.stopped = message
            message += " Stopping."
        if self.estimator.verbose:
            print(message)

    def _record(self, loss: float, rate: float | None = None) -> None:
        memory = self.memory
        record = {"epoch": memory.epoch, "step": memory.step, "train_loss": loss}
        if self.validation is not None:
            found, score = self._validate(self.validation)
            record |= {"test_loss": found, self.estimator._score_name: score}
            if rate is not None:
                self.estimator.validation_scores_.append(score)
        rate = self._rates(1)[0] if rate is None else rate
        record |= {"learning_rate": float(rate), "seconds": self.clock.seconds()}
        self.history.append(record)

    def _validate(self, rows: Rows) -> tuple[float, float]:
        """Return loss and score of the validation data."""
        outputs = []
        for x, *_ in rows.blocks():
            outputs.append(self.network.predict(x))
        score = self.estimator._score_of(np.concatenate(outputs), rows.t, rows.weights)
        return self._mean_loss(rows), score

    def _mean_loss(self, rows: Rows) -> float:
        """Return the weighted mean of the samples' losses, without the penalty."""
        total, count = 0.0, 0.0
        for x, t, *weights in rows.blocks():
            size = float(weights[0].sum()) if weights else len(x)
            if size:
                total += self.network.evaluate(x, t, *weights)["loss"] * size
                count += size
        return self.problem.scale * total / count

    def _first_loss(self) -> float:
        """Return the loss of all training samples, before the first step."""
        penalty = 0.5 * float(self.penalty) / self.feed.size
        weights = float(squares(self.network.params))
        return self._mean_loss(self.feed.rows) + penalty * weights

    def _call(self, hook: str) -> None:
        if not self.estimator.callbacks:
            return
        state = TrainingState(
            network=self.network,
            history=self.history,
            step=self.memory.step,
            epoch=self.memory.epoch,
            loss=self.loss,
            learning_rate=float(self._rates(1)[0]),
            stop=self._stop,
        )
        self.callbacks.call(hook, state)

    def _stop(self, reason: str = "stopped by a callback") -> None:
        self.stopped = reason


def warn_unconverged(epochs: int) -> None:
    """Say that the fit ended before it converged, as scikit-learn does."""
    warnings.warn(
        f"Stochastic Optimizer: Maximum iterations ({epochs}) reached and the "
        "optimization hasn't converged yet.",
        ConvergenceWarning,
        stacklevel=3,
    )
