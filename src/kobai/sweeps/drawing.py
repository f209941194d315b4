"""The figures of a search, from what its folder holds."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kobai.plots import (
    DrawnTrial,
    best_curves,
    best_twenty,
    halving_rungs,
    settings_and_scores,
)
from kobai.sweeps.folder import Trial
from kobai.sweeps.search import Search, ranked
from kobai.sweeps.space import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawings = dict[str, Callable[[], "Figure"]]
SHOWS = {
    "settings": "what each setting does",
    "rungs": "which trials went on",
    "best": "the best five",
    "twenty": "the best twenty",
}
"""What each figure shows, by its name."""


def drawings(
    search: Search, best: Trial, measure: str, language: str = "en"
) -> Drawings:
    """Return how to draw each figure that there is, by its name.

    `measure` is the name of a result, such as "validation_accuracy", or "score".
    """
    trials = list(_drawn(search, measure))
    log = [name for name, each in search.plan.space.items() if each.is_log]
    words = measure if measure != "score" else "trial_score"
    settings = partial(
        settings_and_scores,
        trials,
        words,
        language,
        logarithmic=log,
        best=best.number,
    )
    found: Drawings = {"settings": settings}
    if len(search.plan.rungs) > 1:
        found["rungs"] = partial(
            halving_rungs, trials, words, language, best=best.number
        )
    if any(each.curves for each in trials):
        found["best"] = partial(best_curves, trials, words, language)
        found["twenty"] = partial(best_twenty, trials, words, language)
    return found


def _drawn(search: Search, measure: str) -> Iterator[DrawnTrial]:
    """Yield the trials as they are drawn, the best first."""
    for trial in ranked(search.trials.values()):
        ends = [each for each in trial.outcomes.values() if not each.repeat]
        ends = sorted((e for e in ends if e.shown), key=lambda each: each.length or 0)
        scores: Sequence[float] = [
            each.shown.get(measure, np.nan) if each.score is not None else np.nan
            for each in ends
        ]
        lengths = [each.length for each in ends if each.length is not None]
        curves = _curves(search, trial, measure)
        yield DrawnTrial(trial.number, plain(trial.config), scores, lengths, curves)


def _curves(search: Search, trial: Trial, measure: str) -> dict[str, np.ndarray]:
    _, _, what = measure.partition("_")
    history = search.folder.history(trial.number)
    if history is None:
        return {}
    with suppress(KeyError):
        found = {"epoch": history["epoch"].astype(float)}
        for name in ("train", "validation"):
            found[name] = history[f"{name}_{what}"].astype(float)
        return found
    return {}
