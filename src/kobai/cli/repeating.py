"""The trainings of `--folds` and `--seeds`: as the run, on other rows or seeds."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kobai.cli.calibrating import calibrated, hold_out
from kobai.cli.loading import load
from kobai.cli.screen import columns, counted, plain, say, show
from kobai.cli.settings import Options, build_network, build_optimizer, engine_of
from kobai.errors import DivergenceError
from kobai.judging.wording import IN_UNITS, in_units, titled
from kobai.training import LossWatch
from kobai.training import train as run_training

if TYPE_CHECKING:
    from kobai.data import Dataset
    from kobai.judging.repeats import Scores
    from kobai.networks import Network

KINDS = {"folds": "part", "seeds": "seed"}


class _InterruptedError(Exception):
    """Ctrl-C ended a training; the network is not that of the settings."""


@dataclass(frozen=True)
class Repeats:
    """The trainings that a run asks for beside its own."""

    settings: Options
    names: tuple[str, ...]
    """Of the scores to show."""
    seconds: float
    """How long the run's own training took."""
    say: Callable[..., None]

    @property
    def wanted(self) -> dict[str, int]:
        """How many there are of each kind."""
        found = {name: getattr(self.settings, name) for name in KINDS}
        return {name: count for name, count in found.items() if count}

    def go(
        self,
        data: "Dataset",
        own: "Scores",
        keep: Callable[[str, dict[str, Any]], None],
    ) -> str:
        """Train them all; `keep` what each kind found after every network.

        Returns how far it came if Ctrl-C ended it, else nothing. `own` are the scores
        of the run's own network, which is the first of the seeds.
        """
        for kind, count in self.wanted.items():
            firsts = [own] if kind == "seeds" else []
            more = count - len(firsts)
            self.say(_announce, kind, more, self.seconds)
            every = self._seeds(data) if kind == "seeds" else self._folds()
            found = list(firsts)
            try:
                for scores in every:
                    found.append(scores)
                    keep(kind, described(found))
                    self.say(_tell, KINDS[kind], len(found), count, self.names, scores)
            except (_InterruptedError, KeyboardInterrupt):
                return f"{len(found)} of {count} {kind}"
            self.say(print_spread, kind, described(found), self.names)
        return ""

    def _folds(self) -> "Iterator[Scores]":
        from kobai.data.splits import Fold

        parts = self.settings.folds or 0
        for index in range(parts):
            data = load(self.settings, fold=Fold(index, parts))
            yield _trained(self.settings, data)

    def _seeds(self, data: "Dataset") -> "Iterator[Scores]":
        for more in range(1, self.settings.seeds or 1):
            seed = self.settings.seed + more
            yield _trained(replace(self.settings, seed=seed), data)


def _trained(settings: Options, data: "Dataset") -> "Scores":
    """Train a network as a run does, and return what it scores."""
    from kobai.judging.repeats import score_of

    held = hold_out(settings, data)
    network = build_network(settings, data)
    # It then has its last good numbers, and is judged by them.
    with suppress(DivergenceError):
        fit(settings, held.learned, network)
    calibration = calibrated(settings, data, network, held)
    return score_of(network, data, calibration.threshold if calibration else None)


def fit(settings: Options, data: "Dataset", network: "Network") -> None:
    """Train a network by the settings of a run, without a word."""
    rows = len(data.x_train)
    history = run_training(
        network,
        data,
        optimizer=build_optimizer(settings),
        callbacks=[LossWatch()],
        progress=False,
        **arguments(replace(settings, batch_size=min(settings.batch_size or 1, rows))),
        sample_weight=data.sample_weight,
    )
    if history.stopped == "interrupted":
        raise _InterruptedError


def arguments(settings: Options) -> dict[str, Any]:
    """Return what settings say of a training, as `kobai.train` takes it."""
    return {
        "batch_size": settings.batch_size or 1,
        "epochs": settings.epochs,
        "steps": settings.steps,
        "batches": settings.batches,
        "validation": settings.validation or 0.0,
        "patience": settings.patience,
        "evaluate_every": settings.evaluate_every,
        "seed": settings.seed,
        "engine": engine_of(settings),
        "gradient": settings.gradient,
    }


def described(found: "list[Scores]") -> dict[str, Any]:
    """Return the scores of several networks, and how they spread, as plain JSON."""
    from kobai.judging.repeats import spread

    spreads = {name: each._asdict() for name, each in spread(found).items()}
    return {"scores": found, "spread": spreads}


def _announce(kind: str, more: int, seconds: float) -> None:
    minutes, few = round(more * seconds / 60), max(1, round(more * seconds))
    long = counted(minutes, "minute") if minutes > 1 else counted(few, "second")
    say()
    trainings = counted(more, "more training")
    say(
        f"--{kind}: {trainings}, as long as this one: about {long}. Ctrl-C keeps what "
        "is done."
    )


def _tell(
    noun: str, number: int, count: int, names: tuple[str, ...], scores: "Scores"
) -> None:
    shown = (f"{titled(name)} {_number(name, scores[name])}" for name in names)
    say(f"{noun} {number} of {count}: {', '.join(shown)}")


def print_spread(kind: str, found: Mapping[str, Any], names: tuple[str, ...]) -> None:
    """Print the mean, the lowest and the highest of each score."""
    count = len(found["scores"])
    table = columns(f"{count} {kind}", *(plain(titled(name)) for name in names))
    for title in ("mean", "low", "high"):
        cells = (_number(name, found["spread"][name][title]) for name in names)
        row = {"low": "lowest", "high": "highest"}.get(title, title)
        table.add_row(plain(row), *cells)
    say()
    show(table)


def _number(name: str, value: float | None) -> str:
    """Return a score as text; there is none where a part lacks a class."""
    if value is None or not math.isfinite(value):
        return "–"
    return in_units(value) if name in IN_UNITS else f"{value:.3f}"
