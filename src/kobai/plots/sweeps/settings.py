"""A measure against each setting that was searched."""

import math
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.plots import fonts
from kobai.plots.style import INK, TIME, VERMILION, Say, logarithmic, sheet
from kobai.plots.sweeps.trial import DrawnTrial, title_of, told_apart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ACROSS = 3
JITTER = 0.12
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def settings_and_scores(
    trials: Sequence[DrawnTrial],
    measure: str = "trial_score",
    language: str = "en",
    *,
    logarithmic: Collection[str] = (),
    best: int | None = None,
) -> "Figure":
    """Draw the last score of every trial against each setting, on its own scale.

    Numbers stand on a scale that is logarithmic for the names in `logarithmic`, other
    values side by side. Darker points were trained less long. A star marks the trial
    of the number `best`. The title says how many trials have no score.

    Raises:
        ValueError: no trial has a score.

    >>> trials = [DrawnTrial(1, {"lr": 0.1}, [0.5]), DrawnTrial(2, {"lr": 1.0}, [0.9])]
    >>> figure = settings_and_scores(trials, logarithmic=["lr"])
    >>> figure.axes[0].get_xscale()
    'log'
    """
    scored = [each for each in trials if each.has_score]
    if not scored:
        raise ValueError("settings_and_scores: no trial has a score")
    names = list(scored[0].settings)
    across = 2 if len(names) == 4 else min(MOST_ACROSS, len(names))
    down = math.ceil(len(names) / across)
    with sheet(language, 4.2 * across + 0.8, 3.4 * down + 0.4) as (
        figure,
        say,
        families,
    ):
        panels = figure.subplots(down, across, squeeze=False, sharey=True)
        points: Any = None
        for name, ax in zip(names, panels.flat, strict=False):
            points = _panel(ax, name, scored, best, families)
            if name in logarithmic:
                _scale(ax)
        for ax in list(panels.flat)[len(names) :]:
            ax.set_visible(False)
        for row in panels:
            row[0].set_ylabel(say(measure))
        told_apart(panels[0, 0], np.array([e.scores[-1] for e in scored]), measure)
        _lengths(figure, points, panels, scored, say)
        figure.suptitle(title_of("settings_and_scores", trials, say))
    return figure


def _panel(
    ax: "Axes",
    name: str,
    trials: Sequence[DrawnTrial],
    best: int | None,
    families: Sequence[str],
) -> Any:
    values = [each.settings[name] for each in trials]
    x = _places(ax, values, families)
    y = np.array([each.scores[-1] for each in trials])
    lengths = np.array([each.lengths[-1] if each.lengths else 1 for each in trials])
    points = ax.scatter(
        x, y, c=lengths, cmap=TIME, s=26, edgecolors="white", linewidths=0.4
    )
    for place, each in zip(x, trials, strict=True):
        if each.number == best:
            ax.plot(place, each.scores[-1], "*", color=VERMILION, ms=15, mec=INK)
    ax.set_xlabel(fonts.readable([name], families)[0])
    return points


def _scale(ax: "Axes") -> None:
    """Let numbers stand by their logarithm; between powers of ten name a few more."""
    from matplotlib.ticker import LogLocator, NullFormatter

    logarithmic(ax, "x")
    low, high = ax.get_xlim()
    if high < 100 * low:
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_formatter(NullFormatter())


def _places(ax: "Axes", values: Sequence[Any], families: Sequence[str]) -> Any:
    """Return where values stand: numbers as such, others side by side."""
    if all(type(value) in (int, float) for value in values):
        return np.array(values, float)
    words = sorted(set(map(str, values)), key=_as_numbers)
    ax.set_xticks(range(len(words)), fonts.readable(words, families))
    ax.grid(False, axis="x")
    ax.set_xlim(-0.5, len(words) - 0.5)
    if len(words) > 5 or max(map(fonts.letters, words)) > 8:
        ax.tick_params(axis="x", rotation=30)
    # Else trials of one value would stand in one another's place.
    aside = JITTER * (np.arange(len(values)) % 5 - 2)
    return np.array([words.index(str(value)) for value in values]) + aside


def _as_numbers(word: str) -> tuple[list[float], str]:
    """Sort by the numbers in a text, such as the sizes of layers, then as text."""
    return [float(each) for each in NUMBER.findall(word)], word


def _lengths(
    figure: "Figure", points: Any, panels: Any, trials: Sequence[DrawnTrial], say: Say
) -> None:
    """Say what the colours mean, if they mean anything."""
    lengths = sorted({each.lengths[-1] for each in trials if each.lengths})
    if len(lengths) > 1:
        from matplotlib.colors import LogNorm

        norm = LogNorm(lengths[0], lengths[-1])
        for ax in panels.flat:
            for each in ax.collections:
                each.set_norm(norm)
        bar = figure.colorbar(
            points, ax=panels, shrink=0.8, label=say("trained_epochs")
        )
        bar.set_ticks(
            [float(each) for each in lengths], labels=[f"{n:g}" for n in lengths]
        )
        bar.ax.minorticks_off()
        bar.outline.set_visible(False)
