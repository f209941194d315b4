"""What a search in Python tries: models of a table."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kobai.checks import whole
from kobai.data import Dataset
from kobai.data.checksum import checksum_of
from kobai.errors import suggest
from kobai.networks import Network
from kobai.optimizers import Optimizer
from kobai.run_folder import RunFolder
from kobai.sweeps.fitting import (
    USUAL_VALIDATION,
    check_held_out,
    check_losses,
    checkpoint_of,
    fit,
    judged,
    keep_history,
    seldom,
    undamaged,
)
from kobai.sweeps.jobs import Job, Outcome
from kobai.sweeps.memory import Place
from kobai.sweeps.space import Config, Space, SpaceError, variants
from kobai.tabular import TableModel
from kobai.tabular.fitted import Fitting
from kobai.tabular.saved import write_files
from kobai.tabular.table import OF_TABLE, Table, read_table
from kobai.training import History, steps_per_epoch
from kobai.training.checkpoint import InMemory

NOT_SWEPT = ("target", "task", "test_size", "callbacks", "progress")
"""Parameters by which models would not be judged alike, and those of no model."""


@dataclass
class Tables:
    """Models of a table: one of them, made again with other parameters.

    `given` is the table, or the columns X and their target y, as `TableModel.fit` takes
    them. The test rows are not touched. Where trials are kept, each has its model in
    its folder.
    """

    model: TableModel
    given: tuple[Any, ...]
    settings: Mapping[str, Any]
    metric: str | None = None
    is_kept: bool = True
    tables: dict[str, Table] = field(default_factory=dict)

    def __call__(self, job: Job, place: Place) -> Outcome:
        """Train up to the length that the job says, from where the trial is."""
        fitting, history = self._trained(job, place)
        outcome = judged(job, history, self.metric)
        if job.repeat:
            return outcome
        if self.is_kept and isinstance(place, Path):
            fitted = fitting.end(history, _silent)
            write_files(RunFolder(place), fitted, fitting.params)
        else:
            keep_history(history, place)
        return outcome

    def trained(self, job: Job, place: Place) -> tuple[Network, History]:
        """Return the network of a job and its history; go on from what is done."""
        fitting, history = self._trained(job, place)
        return fitting.network, history

    def fitted(self, job: Job, place: Place) -> TableModel:
        """Return the model of a job, ready to predict."""
        fitting, history = self._trained(job, place)
        found = fitting.end(
            history, lambda text: warnings.warn(f"TableModel: {text}", stacklevel=6)
        )
        model = type(self.model)(**fitting.params)
        return model.with_fitted(found, fitting.table)

    def _trained(self, job: Job, place: Place) -> tuple[Fitting, History]:
        kept = checkpoint_of(job, place)
        return undamaged(lambda: self._fit(job, kept), kept)

    def _fit(self, job: Job, kept: Path | InMemory) -> tuple[Fitting, History]:
        params = self.params(job.config)
        table = self.table(params)
        if job.length is not None:
            params |= {"epochs": job.length}
        params |= {"seed": params["seed"] + job.repeat}
        fitting = Fitting.of(params, table)
        options, data = fitting.options, fitting.held.learned
        rows = len(data.x_train)
        per_epoch = steps_per_epoch("shuffle", rows, min(options["batch_size"], rows))
        steps = options["epochs"] * per_epoch
        history = fit(
            fitting.network,
            data,
            params["callbacks"],
            checkpoint=kept,
            checkpoint_every=seldom(fitting.network, rows, per_epoch, steps),
            resume=True,
            **options,
        )
        return fitting, history

    def params(self, config: Config) -> dict[str, Any]:
        """Return the parameters of the model of a trial."""
        chosen = {**self.settings, **config}
        found = {**self.model.get_params(), **chosen}
        if found["validation"] is None:
            found["validation"] = USUAL_VALIDATION
        kind = found["optimizer"]
        if isinstance(kind, Optimizer):
            own = ("learning_rate", "weight_decay")
            swept = {name: chosen[name] for name in own if name in chosen}
            found["optimizer"] = replace(kind, **swept)
        return found

    def table(self, params: Mapping[str, Any]) -> Table:
        """Return the table that parameters ask for, which is read once."""
        key = repr([params[name] for name in OF_TABLE])
        if key not in self.tables:
            self.tables[key] = read_table(params, *self.given)
        return self.tables[key]

    def check(self, space: Space) -> None:
        """Refuse parameters that make no sense, and read the table."""
        known = [name for name in self.model.get_params() if name not in NOT_SWEPT]
        for name in (*self.settings, *space):
            if name not in known:
                raise SpaceError(
                    f'sweep: "{name}" is no parameter of a TableModel to choose by.'
                    f"{suggest(name, known)} There are {', '.join(known)}"
                )
        check_held_out(space, self.params({})["validation"])
        for config in variants(space, OF_TABLE) or [{}]:
            table = self.table(self.params(config))
            if "loss" in space:
                check_losses(space["loss"], self.metric, bool(table.data.classes))

    def longest(self, first: Config) -> int:
        """Return for how many epochs a trial is trained at most."""
        params = self.params(first)
        fitting = Fitting.of(params, self.table(params))
        return whole("train", "epochs", fitting.chosen["epochs"])

    @property
    def mark(self) -> str:
        """By what the table is known again."""
        return checksum_of(next(iter(self.tables.values())).data)

    @property
    def fixed(self) -> dict[str, Any]:
        """What is the same in all trials, to be written down."""
        usual = TableModel().get_params()
        own = {**self.model.get_params(), **self.settings}
        return {
            name: value
            for name, value in own.items()
            if name not in ("callbacks", "progress")
            and repr(value) != repr(usual[name])
        }


def as_given(data: Any) -> tuple[Any, ...]:
    """Return a table, or a pair of X and y, as `TableModel.fit` takes them."""
    if data is None or isinstance(data, Dataset):
        raise TypeError(
            f"sweep: got {'no data' if data is None else 'a Dataset'}; a TableModel "
            "reads the table itself: data=FILE, a frame, or a pair (X, y)"
        )
    if isinstance(data, tuple) and len(data) != 2:
        raise TypeError(f"sweep: got {len(data)} things as data; a pair is (X, y)")
    return data if isinstance(data, tuple) else (data,)


def _silent(text: str) -> None:
    """Say nothing of what a trial could not find: it is one of many."""
