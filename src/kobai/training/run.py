"""A training run under way: its state, and one method for each thing that happens."""

import math
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.engines import choose_engine
from kobai.training.batches import NOISE_STREAM, epoch_batches, stream
from kobai.training.callbacks import Callbacks, TrainingState
from kobai.training.checkpoint import save_checkpoint
from kobai.training.data import TrainingData
from kobai.training.display.lines import Display
from kobai.training.errors import TrainingDivergenceError, diverged
from kobai.training.history import History
from kobai.training.interrupt import DeferredInterrupt
from kobai.training.settings import Settings, identity
from kobai.training.step import compiled, make_step
from kobai.training.steppers import Steps

if TYPE_CHECKING:
    from kobai.networks import Network


SECONDS_OF_BURST = 0.1
LONGEST_BURST = 4096


@dataclass(frozen=True)
class Model:
    """All that a step changes, replaced as one so that it is never half changed."""

    params: Any
    state: Any
    statistics: Any
    step: int

    @property
    def arrays(self) -> tuple[Any, Any, Any]:
        """What a step changes, without the count of steps."""
        return self.params, self.state, self.statistics


class Run:
    """The state of a training run. Only the loop holds one."""

    def __init__(
        self,
        network: "Network",
        data: TrainingData,
        settings: Settings,
        callbacks: Callbacks,
        display: Display,
    ) -> None:
        self.network = network
        self.data = data
        self.settings = settings
        self.callbacks = callbacks
        self.display = display
        self.identity = identity(network, data, settings, callbacks.names())
        self.history = History()
        self.interrupt = DeferredInterrupt()
        optimizer = self.optimizer = settings.optimizer
        self.weighted = data.weights is not None
        self.take_step = make_step(network, optimizer, settings.gradient, self.weighted)
        weights = sum(w.size for w in network.params.values())
        work = 2 * weights * settings.batch_size
        if settings.gradient == "numerical":
            # Two losses for every number.
            work *= 2 * weights
        self.use_engine(choose_engine(settings.engine, settings.total, work))
        state = optimizer.init(network.params)
        self.model = Model(dict(network.params), state, dict(network.statistics), 0)
        # The loss of a step judges the update before it, so that is kept one longer.
        self.good = self.model
        self._burst_length = 1
        self._stop_reason: str | None = None
        self._loss = math.nan
        self._noisy = bool(network.noise(1, stream(settings.seed, NOISE_STREAM, 0)))
        self._batches: tuple[int, Any, Any] = (-1, None, None)
        self._seconds = 0.0
        self._started = perf_counter()

    def use_engine(self, engine: str) -> None:
        """Take the steps with an engine, and have it known to the checkpoint."""
        self.identity["engine"] = engine
        self.stepper = compiled(
            self.network,
            self.optimizer,
            engine,
            self.settings.gradient,
            self.weighted,
        )

    @property
    def over(self) -> bool:
        """Whether there is no further step to take."""
        return self.stopped is not None or self.model.step >= self.settings.total

    @property
    def stopped(self) -> str | None:
        """Why the run ends before its time, if it does."""
        return "interrupted" if self.interrupt.requested else self._stop_reason

    def advance(self) -> bool:
        """Take all steps up to the next thing to do besides training, if any."""
        first = self.model.step
        stop = self.settings.next_stop(first, self.callbacks.every_step)
        if self.stepper is not None:
            with self.stepper.threads(self.model.arrays, self.settings.batch_size):
                self._compiled_steps(self.stepper, stop)
        while self.model.step < stop and not self.interrupt.requested:
            self._one_step()
        return self.model.step > first

    def _compiled_steps(self, stepper: Any, stop: int) -> None:
        """Let an engine change a copy of the model step by step, and take it over."""
        start, good_start = self.model, self.good
        work = stepper.begin(start.arrays)
        step = start.step
        while step < stop and not self.interrupt.requested:
            if step == stop - 1:
                self.good = _model(stepper.begin(work), step)
            losses = self._burst(stepper, work, step, max(stop - 1, step + 1))
            self._loss = float(losses[-1])
            is_finite = math.isfinite(self._loss)
            step += len(losses) - (not is_finite)
            self.history.append_losses(losses if is_finite else losses[:-1])
            if not is_finite:
                self.model = good_start
                if step > start.step:
                    self.model = self._again(stepper, start, step - 1)
                raise self._diverged(f"the loss is {self._loss}", step + 1)
            self.display.tick(step, self._loss)
        self.model = _model(work, step)

    def _burst(self, stepper: Any, work: Any, first: int, stop: int) -> np.ndarray:
        """Take as many steps at once as last for about a tenth of a second."""
        stop = min(stop, first + self._burst_length)
        began = perf_counter()
        losses = self._compiled(stepper, work, first, stop)
        seconds = perf_counter() - began
        # So often Ctrl-C is noticed and the display redrawn.
        if seconds > SECONDS_OF_BURST:
            self._burst_length = max(1, self._burst_length // 2)
        elif seconds < SECONDS_OF_BURST / 4:
            self._burst_length = min(LONGEST_BURST, self._burst_length * 2)
        return losses

    def _compiled(self, stepper: Any, work: Any, first: int, stop: int) -> np.ndarray:
        """Take steps with equal batches, from `first` on and at most to `stop`."""
        rows = self._rows(first, stop)
        if rows is not None:
            stop = first + len(rows)
        size = len(self.data.x) if rows is None else rows.shape[1]
        steps = range(first, stop)
        noises = [self._noise(size, step) for step in steps] if self._noisy else []
        taken = Steps(rows, noises, self._rates(steps))
        losses: np.ndarray = stepper.take_steps(work, self.data.rows, taken)
        return losses

    def _rates(self, steps: range) -> np.ndarray:
        """Return the learning rate of each step."""
        rate_at = self.optimizer.rate_at
        if not callable(self.optimizer.learning_rate):
            return np.full(len(steps), float(rate_at(0)))
        return np.array([rate_at(step) for step in steps])

    def _again(self, stepper: Any, start: Model, stop: int) -> Model:
        """Take the steps from `start` again, as far as they were good."""
        work = stepper.begin(start.arrays)
        step = start.step
        while step < stop:
            step += len(self._compiled(stepper, work, step, stop))
        return _model(work, stop)

    def _one_step(self) -> None:
        model, step = self.model, self.model.step
        batch = self._batch(step)
        params, state, statistics, loss = self.take_step(
            model.params,
            model.state,
            model.statistics,
            *batch,
            self._noise(len(batch[0]), step),
            self.optimizer.rate_at(step),
        )
        self._loss = float(loss)
        if not math.isfinite(self._loss):
            self.model = self.good
            raise self._diverged(f"the loss is {self._loss}", step + 1)
        self.good = model
        self.model = Model(params, state, statistics, step + 1)
        self.history.append_loss(self._loss)
        self.display.tick(step + 1, self._loss)

    def _batch(self, step: int) -> tuple[Any, ...]:
        rows = self._rows(step, step + 1)
        if rows is None:
            return self.data.rows
        return tuple(each.take(rows[0], axis=0) for each in self.data.rows)

    def _rows(self, first: int, stop: int) -> Any:
        """Return which rows of the data steps see, shape (steps, batch size).

        None stands for all rows. Only steps with batches of one size come together, so
        there may be fewer than asked for.
        """
        epoch, number = divmod(first, self.settings.per_epoch)
        if self.settings.batches == "full":
            return None
        if self._batches[0] != epoch:
            chosen = self.settings
            size, seed = chosen.batch_size, chosen.seed
            drawn = epoch_batches(chosen.batches, len(self.data.x), size, seed, epoch)
            is_ragged = len(drawn[-1]) < size
            whole = np.asarray(drawn[:-1] if is_ragged else drawn)
            self._batches = epoch, whole, drawn[-1]
        _, whole, last = self._batches
        if number < len(whole):
            return whole[number : number + stop - first]
        return last[np.newaxis]

    def _noise(self, rows: int, step: int) -> dict[str, np.ndarray]:
        if not self._noisy:
            return {}
        return self.network.noise(rows, stream(self.settings.seed, NOISE_STREAM, step))

    def publish(self) -> None:
        """Give the network the parameters of the last complete step."""
        self.network.params = dict(self.model.params)
        self.network.statistics = dict(self.model.statistics)

    def settle(self) -> None:
        """Do what is due after this step: record, callbacks, checkpoint."""
        self.publish()
        self.call("on_step_end")
        if self.model.step % self.settings.per_epoch == 0:
            self.record()
            self.call("on_epoch_end")
        if self.settings.checkpoint_due(self.model.step):
            self.save()

    def record(self) -> None:
        """Evaluate the network and add the record of this epoch, or part of one."""
        self._require_finite()
        train = self.network.evaluate(*self.data.rows)
        if not math.isfinite(train["loss"]):
            raise self._set_back(f"the training loss is {train['loss']}")
        test = {}
        if self.data.x_test is not None:
            test = self.network.evaluate(self.data.x_test, self.data.t_test)
        record: dict[str, Any] = {"epoch": self._epoch(), "step": self.model.step}
        for name in train:
            parts = {"train": train, "test": test}
            record |= {f"{k}_{name}": v[name] for k, v in parts.items() if name in v}
        record |= {"learning_rate": self._rate(), "seconds": self.seconds()}
        self.history.append(record)
        self.display.record(record)

    def _epoch(self) -> int | float:
        epochs, rest = divmod(self.model.step, self.settings.per_epoch)
        return self.model.step / self.settings.per_epoch if rest else epochs

    def _rate(self) -> float:
        return float(self.optimizer.rate_at(max(self.model.step - 1, 0)))

    def seconds(self) -> float:
        """Return how long the run has gone, before and after it was resumed."""
        return self._seconds + perf_counter() - self._started

    def call(self, hook: str) -> None:
        """Call a method of every callback."""
        state = TrainingState(
            network=self.network,
            history=self.history,
            step=self.model.step,
            epoch=self.model.step // self.settings.per_epoch,
            loss=self._loss,
            learning_rate=self._rate(),
            stop=self._stop,
        )
        self.callbacks.call(hook, state)

    def _stop(self, reason: str = "stopped by a callback") -> None:
        self._stop_reason = reason

    def _require_finite(self) -> None:
        """Refuse an update that overflowed although the loss before it was finite."""
        for name, array in self.model.params.items():
            if not np.all(np.isfinite(array)):
                raise self._set_back(f"{name} is no longer finite")

    def _set_back(self, what: str) -> TrainingDivergenceError:
        error = self._diverged(what, self.model.step)
        self.model = self.good
        self.publish()
        return error

    def _diverged(self, what: str, step: int) -> TrainingDivergenceError:
        return diverged(
            what,
            step=step,
            learning_rate=float(self.optimizer.rate_at(max(step - 1, 0))),
            history=self.history,
        )

    def save(self) -> None:
        """Write the run to its checkpoint."""
        if self.settings.checkpoint is None:
            return
        self._require_finite()
        content = {
            "settings": self.identity,
            "model": vars(self.model),
            "records": self.history.records,
            "step_losses": self.history.step_losses,
            "seconds": self.seconds(),
            "callbacks": self.callbacks.states(),
        }
        save_checkpoint(self.settings.checkpoint, content)

    def restore(self, content: dict[str, Any]) -> None:
        """Go back to where `save` was called."""
        self.model = self.good = Model(**content["model"])
        records = content["records"]
        # The record of a part of an epoch was the end of a run; this one goes on.
        whole = [r for r in records if r["step"] % self.settings.per_epoch == 0]
        self.history = History(whole, content["step_losses"].tolist())
        self._seconds = content["seconds"]
        self.callbacks.load(content["callbacks"])
        self.publish()


def _model(arrays: tuple[Any, Any, Any], step: int) -> Model:
    params, state, statistics = arrays
    return Model(params, state, statistics, step)
