"""The pictures of a sweep, written beside its trials."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kobai.cli.folder import write_figure
from kobai.errors import DataError
from kobai.plots import (
    DrawnTrial,
    best_curves,
    best_twenty,
    halving_rungs,
    settings_and_scores,
)
from kobai.run_folder import HISTORY
from kobai.sweeps.folder import Trial
from kobai.sweeps.search import Search, ranked
from kobai.sweeps.space import plain
from kobai.training import History

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawings = dict[str, tuple[str, Callable[[], "Figure"]]]


def write_pictures(
    search: Search, best: Trial, metric: str, language: str
) -> dict[str, str]:
    """Write the pictures into the folder; return what each shows, by its name."""
    trials = list(drawn(search, metric))
    wanted = drawings(search, trials, best, f"validation_{metric}", language)
    for name, (_, draw) in wanted.items():
        write_figure(search.folder.path / name, draw())
    return {name: what for name, (what, _) in wanted.items()}


def drawings(
    search: Search,
    trials: Sequence[DrawnTrial],
    best: Trial,
    measure: str,
    language: str,
) -> Drawings:
    """Return what there is to draw: what it shows, and how, by the name of the file."""
    space = search.plan.space
    log = [name for name, each in space.items() if each.is_log]
    parts = {
        "settings.png": (
            "what each setting does",
            partial(
                settings_and_scores,
                trials,
                measure,
                language,
                logarithmic=log,
                best=best.number,
            ),
        ),
        "rungs.png": (
            "which trials went on",
            partial(halving_rungs, trials, measure, language, best=best.number),
        ),
        "best.png": ("the best five", partial(best_curves, trials, measure, language)),
        "twenty.png": ("the best twenty", partial(best_twenty, trials, measure, language)),
    }
    found: Drawings = dict(parts)
    if len(search.plan.rungs) == 1:
        del found["rungs.png"]
    if not any(each.curves for each in trials):
        del found["best.png"], found["twenty.png"]
    return found


def drawn(search: Search, metric: str) -> Iterator[DrawnTrial]:
    """Yield the trials as they are drawn, the best first."""
    for trial in ranked(search.trials.values()):
        ends = [each for each in trial.outcomes.values() if not each.repeat]
        ends = sorted((e for e in ends if e.shown), key=lambda each: each.length or 0)
        scores = [
            each.shown.get(f"validation_{metric}", np.nan)
            if each.score is not None
            else np.nan
            for each in ends
        ]
        lengths = [each.length for each in ends if each.length is not None]
        curves = _curves(search, trial, metric)
        yield DrawnTrial(trial.number, plain(trial.config), scores, lengths, curves)


def _curves(search: Search, trial: Trial, metric: str) -> dict[str, np.ndarray]:
    with suppress(DataError, OSError):
        history = History.read_csv(search.folder.place(trial.number) / HISTORY)
        found = {"epoch": history["epoch"].astype(float)}
        for name in ("train", "validation"):
            found[name] = history[f"{name}_{metric}"].astype(float)
        return found
    return {}
