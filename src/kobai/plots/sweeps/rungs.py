"""Successive halving: many trials begin, few are trained to the end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kobai.plots.style import BLUE, GREY, VERMILION, sheet
from kobai.plots.sweeps.trial import DrawnTrial, title_of, told_apart

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def halving_rungs(
    trials: Sequence[DrawnTrial],
    measure: str = "trial_score",
    language: str = "en",
    *,
    best: int | None = None,
) -> "Figure":
    """Draw the score of every trial at each length that it was trained up to.

    Those that went on are joined by lines; that of the number `best` stands out. The
    labels of the axis say how many trials there were, the title how many have no score.

    Raises:
        ValueError: there is no trial that was trained up to a length.

    >>> trials = [DrawnTrial(1, {}, [0.5], [1]), DrawnTrial(2, {}, [0.6, 0.9], [1, 3])]
    >>> [t.get_text() for t in halving_rungs(trials).axes[0].get_xticklabels()]
    ['1\\n2 trials', '3\\n1 trials']
    """
    lengths = sorted({length for each in trials for length in each.lengths})
    if not lengths:
        raise ValueError("halving_rungs: no trial was trained up to a length")
    with sheet(language, 7.5, 4.6) as (figure, say, _):
        ax = figure.subplots()
        for each in sorted(
            trials, key=lambda each: (each.number == best, len(each.lengths))
        ):
            places = [lengths.index(length) for length in each.lengths]
            goes_on = len(places) > 1
            color = VERMILION if each.number == best else BLUE if goes_on else GREY
            ax.plot(
                places,
                np.asarray(each.scores, float),
                "o-",
                color=color,
                ms=4.5,
                lw=2.2 if each.number == best else 1.1,
                alpha=1.0 if each.number == best else 0.7 if goes_on else 0.45,
            )
        counts = [sum(n in each.lengths for each in trials) for n in lengths]
        ticks = zip(lengths, counts, strict=True)
        labels = [say("rung", length=f"{n:g}", count=count) for n, count in ticks]
        ax.set_xticks(range(len(lengths)), labels)
        ax.set_xlim(-0.3, len(lengths) - 0.7)
        ax.set(xlabel=say("trained_epochs"), ylabel=say(measure))
        scores = [score for each in trials for score in each.scores]
        told_apart(ax, np.array(scores, float), measure)
        ax.set_title(title_of("halving_rungs", trials, say))
    return figure
