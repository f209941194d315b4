"""What a search in Python tries: networks, or anything that returns a number."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from kobai.checks import whole
from kobai.data import Dataset
from kobai.data.checksum import checksum
from kobai.errors import KobaiError, suggest
from kobai.networks import Network
from kobai.networks.architecture import strangers
from kobai.networks.usual import suited_network, usual_settings, with_usual
from kobai.optimizers import Optimizer
from kobai.optimizers.base import optimizer_named
from kobai.run_folder import MODEL
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
from kobai.sweeps.jobs import Job, Outcome, failed
from kobai.sweeps.memory import Place
from kobai.sweeps.space import Config, SpaceError
from kobai.training import History, steps_per_epoch, train
from kobai.training.checkpoint import InMemory
from kobai.training.settings import DEFAULT_BATCH

OF_OPTIMIZER = ("optimizer", "learning_rate", "weight_decay", "momentum")
OF_TRAINING = tuple(
    name
    for name, each in inspect.signature(train).parameters.items()
    if each.kind is each.KEYWORD_ONLY
    and name
    not in ("progress", "checkpoint", "checkpoint_every", "resume", "optimizer")
)
USUAL = {"epochs": 10, "validation": USUAL_VALIDATION, "patience": 10}
"""What a trial is trained with where nothing else is said."""
MISTAKES = (KobaiError, TypeError, NameError, AttributeError, ImportError, OSError)
"""What a function raises that is written wrongly, rather than for some settings."""


@dataclass(frozen=True)
class Function:
    """A user's own function of the settings, which returns a number."""

    objective: Callable[..., float]
    is_maximized: bool = False

    def check(self, space: Mapping[str, Any]) -> None:
        """Refuse a function that cannot be called with the settings, by their names."""
        try:
            # What wraps another function may take something else than it does.
            taken = inspect.signature(self.objective, follow_wrapped=False)
        except (TypeError, ValueError):
            # Python does not know it of every function that is written in C.
            return
        try:
            taken.bind(**dict.fromkeys(space))
        except TypeError as error:
            raise SpaceError(
                f"sweep: the function takes {taken} and is called with "
                f"{', '.join(f'{name}=…' for name in space)}: {error}"
            ) from None

    def longest(self, first: Config) -> int | None:
        """Return None: how long it takes is its own business."""
        return None

    @property
    def mark(self) -> str:
        """By what its data is known again: it has none."""
        return ""

    @property
    def metric(self) -> str | None:
        """What the trials are judged by: its number, the highest if it is not usual."""
        return "highest" if self.is_maximized else None

    @property
    def fixed(self) -> dict[str, Any]:
        """What is the same in all trials: nothing that is known."""
        return {}

    def __call__(self, job: Job, place: Place) -> Outcome:
        """Call it, and take what it raises for the failure of one trial."""
        try:
            value = _number(self.objective(**job.config))
        except Exception as error:
            return failed(job, error, is_mistake=isinstance(error, MISTAKES))
        score = -value if self.is_maximized else value
        if value != value:
            return failed(
                job, ValueError("the function returned nan, which is no score")
            )
        return Outcome(*job.key, score, shown={"score": value})


def _number(value: Any) -> float:
    """Return what a function returned as a number; a text is none."""
    try:
        if not isinstance(value, str | bytes):
            return float(value)
    except (TypeError, ValueError):
        pass
    # Not what is in it, which differs from trial to trial.
    what = f"a {type(value).__name__}"
    if value is None or isinstance(value, str):
        what = repr(value)
    elif hasattr(value, "shape"):
        what = f"an array of shape {value.shape}"
    raise TypeError(f"the function returned {what}; need a number")


@dataclass(frozen=True)
class Networks:
    """Networks that are made from settings and trained, all on the same data.

    `make` returns a network from the settings that it has parameters for; None is the
    one that suits the data. The other settings are those of `kobai.train`, and of its
    optimizer. Where trials are kept, each has its model in its folder.
    """

    make: Callable[..., Network] | None
    data: Any
    settings: Mapping[str, Any]
    metric: str | None = None
    is_kept: bool = True

    def __call__(self, job: Job, place: Place) -> Outcome:
        """Train up to the length that the job says, from where the trial is."""
        network, history = self.trained(job, place)
        if not job.repeat:
            keep_history(history, place)
            if self.is_kept and isinstance(place, Path):
                _save(network, self.data, place / MODEL)
        return judged(job, history, self.metric)

    def trained(self, job: Job, place: Place) -> tuple[Network, History]:
        """Return the network of a job and its history; go on from what is done."""
        kept = checkpoint_of(job, place)
        return undamaged(lambda: self._fit(job, kept), kept)

    def _fit(self, job: Job, kept: Path | InMemory) -> tuple[Network, History]:
        chosen = self.chosen(job)
        options = {name: chosen[name] for name in OF_TRAINING if name in chosen}
        network = self._made(chosen)
        history = fit(
            network,
            self.data,
            optimizer=_optimizer(chosen),
            checkpoint=kept,
            checkpoint_every=self._seldom(network, chosen),
            resume=True,
            **options,
        )
        return network, history

    def _seldom(self, network: Network, chosen: Mapping[str, Any]) -> int:
        if isinstance(self.data, Dataset):
            rows = len(self.data.x_train)
        else:
            first = self.data[0]
            rows = len(first[0] if isinstance(first, tuple) else first)
        size = min(chosen.get("batch_size") or DEFAULT_BATCH, rows)
        per_epoch = steps_per_epoch(chosen.get("batches", "shuffle"), rows, size)
        steps = chosen.get("steps") or chosen["epochs"] * per_epoch
        return seldom(network, rows, per_epoch, steps)

    def chosen(self, job: Job) -> dict[str, Any]:
        """Return all settings of a job."""
        chosen = {**USUAL, **self.settings, **job.config}
        if self.make is None:
            given = {**dict.fromkeys(USUAL), **self.settings, **job.config}
            chosen = {**USUAL, **_suiting(given, self.data)}
        if "steps" in chosen:
            chosen.pop("epochs", None)
        if job.length is not None:
            chosen["steps" if "steps" in chosen else "epochs"] = job.length
        chosen["seed"] = chosen.get("seed", 0) + job.repeat
        return chosen

    def _made(self, chosen: Mapping[str, Any]) -> Network:
        if self.make is None:
            names = ("hidden", "activation", "loss", "members", "seed", "dtype")
            options = {k: chosen[k] for k in names if chosen.get(k) is not None}
            return suited_network(self.data, **options)
        taken = self.of_make()
        made = self.make(**{k: v for k, v in chosen.items() if k in taken})
        if not isinstance(made, Network):
            raise TypeError(
                f"sweep: with data, the function must return a Network; got "
                f"{type(made).__name__}. Without data it returns a number"
            )
        return made

    def of_make(self) -> set[str]:
        """Return which settings the network is made from."""
        if self.make is None:
            return {"hidden", "activation", "loss", "members", "seed", "dtype"}
        return set(inspect.signature(self.make).parameters)

    def check(self, space: Mapping[str, Any]) -> None:
        """Refuse settings that nobody takes, and what is no data."""
        if not isinstance(self.data, Dataset | tuple | list):
            raise TypeError(
                "sweep: data must be a Dataset, (x, t) or ((x, t), (x_test, t_test)), "
                f"got {type(self.data).__name__}; of a table give a TableModel"
            )
        known = [*self.of_make(), *OF_TRAINING, *OF_OPTIMIZER]
        for name in (*self.settings, *space):
            if name not in known:
                raise SpaceError(
                    f'sweep: neither the network nor its training takes "{name}".'
                    f"{suggest(name, known)}"
                )
        check_held_out(space, self.settings.get("validation"))
        if "loss" in space:
            check_losses(space["loss"], self.metric, self._has_classes())

    def _has_classes(self) -> bool:
        """Tell whether the targets are labels."""
        if isinstance(self.data, Dataset):
            return bool(self.data.classes)
        pair = self.data[0] if isinstance(self.data[0], tuple) else self.data
        return np.asarray(pair[1]).dtype.kind in "biu"

    def longest(self, first: Config) -> int:
        """Return for how many epochs, or steps, a trial is trained at most."""
        for name in ("steps", "epochs"):
            if self.settings.get(name) is not None:
                return whole("train", name, self.settings[name])
        if self.make is not None:
            return int(USUAL["epochs"])
        return int(usual_settings(self.data, USUAL["validation"])["epochs"])

    @property
    def mark(self) -> str:
        """By what the data is known again: `Dataset`, (x, t), or two such pairs."""
        data = self.data
        if isinstance(data, Dataset):
            data = data.x_train, data.t_train
        parts = (part if isinstance(part, tuple) else (part,) for part in data)
        return checksum(*map(np.asarray, chain.from_iterable(parts)))

    @property
    def fixed(self) -> dict[str, Any]:
        """What is the same in all trials."""
        return dict(self.settings)


def _suiting(given: Mapping[str, Any], data: Any) -> dict[str, Any]:
    """Return settings in which what is None suits the data."""
    if not isinstance(data, Dataset):
        raise TypeError(
            "sweep: only of a Dataset, as load_table and load_dataset return it, it is "
            f"known what network suits it; got {type(data).__name__}. Give a function "
            "that makes the network"
        )
    if given.get("validation") is None:
        given = {**given, "validation": USUAL["validation"]}
    hidden = given.get("hidden")
    if isinstance(hidden, int):
        given = {**given, "hidden": (hidden,)}
    found = with_usual(given, data)
    if data.sample_weight is not None:
        found.setdefault("sample_weight", data.sample_weight)
    return found


def _optimizer(chosen: Mapping[str, Any]) -> Optimizer:
    options = {k: chosen[k] for k in OF_OPTIMIZER[1:] if chosen.get(k) is not None}
    kind = chosen.get("optimizer", "sgd")
    if isinstance(kind, Optimizer):
        return replace(kind, **options)
    return optimizer_named(kind)(**options)


def _save(network: Network, data: Any, file: Path) -> None:
    """Write the model, unless it has layers that no file can name."""
    from kobai.formats import save_model

    if not strangers(network.layers):
        save_model(file, network, data=data if isinstance(data, Dataset) else None)
