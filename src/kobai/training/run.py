"""A training run under way: its state, and one method for each thing that happens."""

import math
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.engines import Engine, choose_engine
from kobai.networks.ensemble import Ensemble
from kobai.optimizers.base import Params, State
from kobai.processes.group import facts_of_first, find_group
from kobai.training.bursts import Bursts
from kobai.training.callbacks import Callbacks, TrainingState
from kobai.training.checkpoint import differences, save_checkpoint
from kobai.training.data import TrainingData
from kobai.training.display.lines import Display
from kobai.training.errors import TrainingDivergenceError, diverged
from kobai.training.feed import make_feed
from kobai.training.history import History
from kobai.training.interrupt import DeferredInterrupt
from kobai.training.settings import Settings, identity
from kobai.training.step import Work
from kobai.training.steppers import evaluating_engine, first_state, make_stepper

if TYPE_CHECKING:
    from kobai.networks import Network


@dataclass(frozen=True)
class Weights:
    """All that a step changes, replaced as one so that it is never half changed."""

    params: Params
    state: State
    statistics: Params
    step: int

    @property
    def arrays(self) -> Work:
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
        self.group = find_group(settings.engine)
        if self.group.size > 1:
            self.identity["processes"] = self.group.size
        self.history = History()
        self.interrupt = DeferredInterrupt()
        optimizer = self.optimizer = settings.optimizer
        self.feed = make_feed(network, data, settings)
        members = network.members if isinstance(network, Ensemble) else 1
        weights = sum(w.size for w in network.params.values()) // members
        work = 2 * weights * settings.batch_size
        if settings.gradient == "numerical":
            # Two losses for every number.
            work *= 2 * weights
        self.use_engine(choose_engine(settings.engine, members * settings.total, work))
        state = first_state(network, optimizer)
        self.model = Weights(dict(network.params), state, dict(network.statistics), 0)
        # Where the steps taken last began.
        self._before = self.model
        self._stop_reason: str | None = None
        self._all_stop = self._all_save = False
        self._loss = math.nan
        self._seconds = 0.0
        self._started = self._saved = perf_counter()
        self._saving = 0.0

    def use_engine(self, engine: Engine) -> None:
        """Take the steps with an engine, and have it known to the checkpoint."""
        self.identity["engine"] = str(engine)
        gradient = self.settings.gradient
        stepper = make_stepper(self.network, self.optimizer, engine, gradient)
        self.bursts = Bursts(stepper, self.feed, agree=self._agree)
        of_one = self.network
        if isinstance(of_one, Ensemble):
            of_one = of_one.kind
        self.measure = of_one.measure(evaluating_engine(engine), stepper.choices)

    @property
    def is_first(self) -> bool:
        """Whether this is the process that shows the run and writes it down."""
        return self.group.rank == 0

    def refuse_strangers(self) -> None:
        """Raise `ValueError` where this process trains something else than others."""
        if self.group.size == 1:
            return
        chosen, group = self.settings, self.group
        lasts = {"steps": chosen.total, "checkpoint_every": chosen.checkpoint_every}
        own = self.identity | lasts
        found = [
            f"{name} is {first} in the first, and here {here}"
            for name, first, here in differences(facts_of_first(group, own), own)
        ]
        if found:
            raise ValueError(
                f"train: process {group.rank} of {group.size} does not train what the "
                f"first does: {'; '.join(found)}. Give all of them the same"
            )

    @property
    def over(self) -> bool:
        """Whether there is no further step to take."""
        return self.stopped is not None or self.model.step >= self.settings.total

    @property
    def stopped(self) -> str | None:
        """Why the run ends before its time, if it does."""
        return "interrupted" if self.interrupted else self._stop_reason

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ends the run; several processes end at the same step."""
        return self.interrupt.requested if self.group.size == 1 else self._all_stop

    def _agree(self, steps: int) -> int:
        """Return how many steps all processes take next; hear of Ctrl-C in any.

        They also hear of the first one's clock, which says when the run is written.
        """
        due = self.is_first and self._is_time_to_save()
        steps, stop, save = self.group.largest(steps, self.interrupt.requested, due)
        self._all_stop, self._all_save = bool(stop), bool(save)
        return steps

    def prepare(self) -> None:
        """Make every choice that the run depends on, before it is first written.

        Batches have two sizes at most: those of an epoch's first and last step.
        """
        stepper = self.bursts.stepper
        with stepper.threads(self.model.arrays, self.settings.batch_size):
            for step in (0, self.settings.per_epoch - 1):
                stepper.prepare(self.model.arrays, *self.feed.take(step, step + 1))

    def advance(self) -> bool:
        """Take all steps up to the next thing to do besides training, if any."""
        first = self.model.step
        stop = self.settings.next_stop(first, self.callbacks.every_step)
        stepper = self.bursts.stepper
        with stepper.threads(self.model.arrays, self.settings.batch_size):
            self._take_steps(stepper.begin(self.model.arrays), stop)
        return self.model.step > first

    def _take_steps(self, work: Work, stop: int) -> None:
        """Change a copy of the weights step by step, and take it over.

        The last step may come before `stop`, where the run is to be written.
        """
        start = self.model
        step = start.step
        for losses in self.bursts.take(work, step, stop):
            self._loss = float(losses[-1])
            is_finite = math.isfinite(self._loss)
            step += len(losses) - (not is_finite)
            self.history.append_losses(losses if is_finite else losses[:-1])
            if not is_finite:
                self.model = self._one_before(step)
                raise self._diverged(f"the loss is {self._loss}", step + 1)
            self.display.tick(step, self._loss)
            if self.interrupted or self._is_save_due(step):
                break
        self._before, self.model = start, _weights(work, step)

    def _one_before(self, step: int) -> "Weights":
        """Return the weights before the last of so many steps.

        The loss of a step judges the update before it. So that needs no copy each time,
        the steps are taken again from where they began.
        """
        start = self.model if step > self.model.step else self._before
        if step <= start.step:
            return start
        stepper = self.bursts.stepper
        with stepper.threads(start.arrays, self.settings.batch_size):
            work = stepper.begin(start.arrays)
            for _ in self.bursts.take(work, start.step, step - 1):
                pass
        return _weights(work, step - 1)

    def publish(self) -> None:
        """Give the network the parameters of the last complete step."""
        self.network.params = dict(self.model.params)
        self.network.statistics = dict(self.model.statistics)

    def settle(self) -> None:
        """Do what is due after this step: record, callbacks, checkpoint."""
        self.publish()
        self.call("on_step_end")
        if self.settings.evaluation_due(self.model.step):
            self.record()
            self.call("on_epoch_end")
        if self._is_save_due(self.model.step):
            self.save()

    def _is_save_due(self, step: int) -> bool:
        every = self.settings.checkpoint_every
        if every is not None:
            return step % every == 0
        return self._is_time_to_save() if self.group.size == 1 else self._all_save

    def _is_time_to_save(self) -> bool:
        since = perf_counter() - self._saved
        return self.settings.checkpoint_due(since, self._saving)

    def record(self) -> None:
        """Evaluate the network and add the record of this epoch, or part of one."""
        self._require_finite()
        parts = self.data.evaluated(self.network, self.measure)
        train = parts["train"]
        if not math.isfinite(train["loss"]):
            raise self._set_back(f"the training loss is {train['loss']}")
        record: dict[str, Any] = {"epoch": self._epoch(), "step": self.model.step}
        for name in train:
            record |= {f"{k}_{name}": v[name] for k, v in parts.items()}
        record |= {"learning_rate": self._rate(), "seconds": self.seconds()}
        # Other machines may differ in the last bit.
        record = facts_of_first(self.group, record)
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
        self.model = self._one_before(self.model.step)
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
        self._all_save = False
        if self.settings.checkpoint is None:
            return
        self._require_finite()
        if not self.is_first:
            return
        began = perf_counter()
        content = {
            "settings": self.identity,
            "model": vars(self.model),
            "records": self.history.records,
            "step_losses": self.history.step_losses,
            "seconds": self.seconds(),
            "callbacks": self.callbacks.states(),
            "choices": self.bursts.stepper.choices,
        }
        save_checkpoint(self.settings.checkpoint, content)
        self._saved = perf_counter()
        self._saving = self._saved - began

    def restore(self, content: dict[str, Any]) -> None:
        """Go back to where `save` was called."""
        self.model = self._before = Weights(**content["model"])
        records = content["records"]
        # A record in between was the end of a run; this one goes on.
        due = [r for r in records if self.settings.evaluation_due(r["step"])]
        self.history = History(due, content["step_losses"].tolist())
        self._seconds = content["seconds"]
        self.callbacks.load(content["callbacks"])
        self.publish()


def _weights(arrays: Work, step: int) -> Weights:
    params, state, statistics = arrays
    return Weights(params, state, statistics, step)
