"""A trial of a sweep: a training as `kobai train` has it, in a folder of its own.

Nothing of it touches the test data.
"""

import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli.calibrating import calibrated, hold_out
from kobai.cli.claim import until_released
from kobai.cli.folder import RunFolder
from kobai.cli.loading import load
from kobai.cli.repeating import arguments
from kobai.cli.settings import (
    JUDGING_OPTIONS,
    TABLE_OPTIONS,
    Options,
    build_network,
    build_optimizer,
    check_batch,
    check_batches,
    check_judging,
    check_length,
    check_stopping,
    check_table,
    completed,
    hidden_sizes,
    one_of,
)
from kobai.data.identity import identity_of
from kobai.engines import ENGINES, choose_engine
from kobai.errors import ModelFileError
from kobai.explanations.shapley import background_rows
from kobai.formats import save_model
from kobai.lock import HeldError, lock
from kobai.run_folder import HISTORY, LOCK, RunError
from kobai.sweeps.fitting import NEVER, fit, judged, once_free, refusal_of, seldom
from kobai.sweeps.jobs import Job, Outcome
from kobai.sweeps.space import Config
from kobai.tabular.kept import write_background
from kobai.training import BATCHES, History, TrainingState, steps_per_epoch
from kobai.training.step import GRADIENTS

if TYPE_CHECKING:
    from kobai.data import Dataset
    from kobai.networks import Network

Key = tuple[Any, ...]
OF_DATA = ("data", "data_dir", "target", *TABLE_OPTIONS, *JUDGING_OPTIONS[:1], "seed")
"""The options that data depends on."""


def key_of(settings: Options) -> Key:
    """Return by what the data of a run is known among those of a sweep."""
    return tuple(getattr(settings, name) for name in OF_DATA)


def with_config(base: Options, config: Config) -> Options:
    """Return the settings of a run with those of a trial; one layer may be a number."""
    chosen = replace(base, **config)
    return replace(chosen, hidden=str(chosen.hidden)) if "hidden" in config else chosen


def checked(settings: Options) -> Options:
    """Return settings, or refuse them as `kobai train` does before it loads data."""
    for check in (check_length, check_batches, check_stopping, check_table):
        check(settings)
    check_judging(settings)
    one_of("--batches", settings.batches, BATCHES)
    one_of("--engine", settings.engine, ["auto", *ENGINES])
    one_of("--gradient", settings.gradient, GRADIENTS)
    if settings.hidden is not None:
        hidden_sizes(settings.hidden)
    return settings


@dataclass
class Trials:
    """What trains the trials of a sweep: what is common to them, and their data."""

    base: Options
    metric: str
    is_by_steps: bool
    trials: int
    """How many there are: what is compiled serves them all."""
    data: dict[Key, "Dataset"] = field(default_factory=dict)
    identities: dict[Key, dict[str, Any]] = field(default_factory=dict)

    def dataset(self, settings: Options) -> "Dataset":
        """Return the data of a trial, which is loaded once."""
        key = key_of(settings)
        if key not in self.data:
            self.data[key] = load(settings)
        return self.data[key]

    def identity(self, settings: Options) -> dict[str, Any]:
        """Return by what that data is known again; found out once for all trials."""
        key = key_of(settings)
        if key not in self.identities:
            self.identities[key] = identity_of(self.dataset(settings))
        return self.identities[key]

    def settings(self, job: Job) -> Options:
        """Return the settings of a job as those of a run."""
        settings = checked(with_config(self.base, job.config))
        data = self.dataset(settings)
        found = completed(settings, data)
        found = replace(found, engine=self._engine(found, len(data.x_train)))
        if job.length is not None:
            by_steps = self.is_by_steps
            found = replace(
                found,
                steps=job.length if by_steps else found.steps,
                epochs=found.epochs if by_steps else job.length,
            )
        return found

    def _engine(self, settings: Options, rows: int) -> str:
        """Choose an engine for all trials: what is compiled serves every one of them.

        Trials are named with it, so that each can be repeated alone, bit for bit.
        """
        if settings.engine != "auto":
            return settings.engine
        steps = settings.steps
        if steps is None:
            kind, size = settings.batches, min(settings.batch_size or 1, rows)
            steps = (settings.epochs or 1) * steps_per_epoch(kind, rows, size)
        members = settings.members or 1
        return str(choose_engine("auto", steps * members * self.trials))

    def __call__(self, job: Job, place: Path) -> Outcome:
        """Train up to the length that the job says, from where the trial is."""
        settings = self.settings(job)
        data = self.dataset(settings)
        if job.repeat:
            return self._repeat(job, settings, data, place)
        with _held(RunFolder(place)) as folder:
            try:
                return self._trained(job, settings, data, folder)
            except ModelFileError as error:
                if refusal_of(error):
                    raise
                # A machine that has lost its power may have lost half of a file.
                _clear(folder)
                return self._trained(job, settings, data, folder)

    def _trained(
        self, job: Job, settings: Options, data: "Dataset", folder: RunFolder
    ) -> Outcome:
        held = hold_out(settings, data)
        check_batch(settings, held.learned)
        network = build_network(settings, data)
        if not _is_same(folder, settings):
            _clear(folder)
        rows = len(held.learned.x_train)
        batch = min(settings.batch_size or 1, rows)
        per_epoch = steps_per_epoch(settings.batches, rows, batch)
        steps = settings.steps or (settings.epochs or 1) * per_epoch
        every = seldom(network, rows, per_epoch, steps)
        history = _fit(
            settings,
            held.learned,
            network,
            callbacks=[_Beginning(folder, settings, self.identity(settings), every)],
            checkpoint=folder.checkpoint,
            checkpoint_every=every,
            resume=True,
        )
        outcome = judged(job, history, self.metric)
        calibration = calibrated(settings, data, network, held)
        save_model(folder.model, network, data=data, calibration=calibration)
        if data.columns:
            write_background(folder.path, background_rows(data))
        history.write_csv(folder.path / HISTORY)
        results = _results(outcome, history)
        folder.write(settings.as_json(), results, self.identity(settings))
        return outcome

    def _repeat(
        self, job: Job, settings: Options, data: "Dataset", place: Path
    ) -> Outcome:
        """Train with another seed on the same data, and keep the network alone."""
        settings = replace(settings, seed=settings.seed + job.repeat)
        held = hold_out(settings, data)
        network = build_network(settings, data)
        history = _fit(settings, held.learned, network)
        save_model(repeat_file(place, job.repeat), network, data=data)
        return judged(job, history, self.metric)


def repeat_file(place: Path, repeat: int) -> Path:
    """Return the file of the network that was trained with another seed."""
    return place / f"seed-{repeat}.safetensors"


def _fit(
    settings: Options, data: "Dataset", network: "Network", **options: Any
) -> History:
    return fit(
        network,
        data,
        optimizer=build_optimizer(settings),
        sample_weight=data.sample_weight,
        **arguments(settings),
        **options,
    )


@dataclass
class _Beginning:
    """Write the settings down, if the trial is one that is written before its end."""

    folder: RunFolder
    settings: Options
    identity: dict[str, Any]
    every: int

    def on_train_begin(self, state: TrainingState) -> None:
        """Do so once it is certain that the trial begins."""
        if state.step == 0 and self.every < NEVER:
            self.folder.write(self.settings.as_json(), {}, self.identity)


def _results(outcome: Outcome, history: History) -> dict[str, Any]:
    seconds = history.records[-1]["seconds"]
    found = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in outcome.shown.items()
    }
    return {**found, "seconds": seconds, "stopped": outcome.stopped}


@contextmanager
def _held(folder: RunFolder) -> Iterator[RunFolder]:
    """Hold a trial's folder, which a worker may have whose parent was just killed."""
    try:
        taken = once_free(lambda: lock(folder.path / LOCK))
    except HeldError as error:
        raise RunError(f"{folder.path} is being trained by {error}") from None
    with until_released(folder, taken):
        yield folder


def _is_same(folder: RunFolder, settings: Options) -> bool:
    """Tell whether what lies in a folder is a beginning of this trial."""
    try:
        before = folder.settings()
    except RunError:
        return False
    return before == replace(settings, epochs=before.epochs, steps=before.steps)


def _clear(folder: RunFolder) -> None:
    """Remove what lies in a trial's folder, which was damaged, or another's."""
    for path in folder.path.iterdir():
        if path.name != LOCK:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
