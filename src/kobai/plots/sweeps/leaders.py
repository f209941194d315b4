"""The curves of the best trials: together, or each in a panel of its own."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.plots import fonts
from kobai.plots.style import (
    BLUE,
    PALETTE,
    VERMILION,
    sheet,
    whole_numbers,
)
from kobai.plots.sweeps.trial import DrawnTrial, Values, told_apart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOGETHER, ACROSS, DOWN = 5, 5, 4
LONGEST_LABEL, LONGEST_LINE = 90, 34


def best_curves(
    trials: Sequence[DrawnTrial], measure: str = "trial_score", language: str = "en"
) -> "Figure":
    """Draw the curves of the first five trials: validation solid, training dashed.

    `trials` come in the order of their goodness. Losses that differ more than a
    hundredfold get a logarithmic axis.

    Raises:
        ValueError: no trial has a curve.

    >>> curves = {"epoch": np.arange(2.0), "validation": np.array([0.1, 0.9])}
    >>> figure = best_curves([DrawnTrial(7, {"lr": 0.1}, [0.9], curves=curves)])
    >>> figure.axes[0].get_legend().get_texts()[0].get_text()
    '007: lr 0.1'
    """
    drawn = _with_curves(trials, "best_curves")[:TOGETHER]
    with sheet(language, 7.5, 5.2) as (figure, say, families):
        ax = figure.subplots()
        for each, color in zip(drawn, PALETTE, strict=False):
            words = [f"{each.title}: {in_words(each.settings)}"]
            (label,) = fonts.readable(words, families, longest=LONGEST_LABEL)
            _draw(ax, each, "validation", "-", color, label)
            _draw(ax, each, "train", "--", color)
        ax.set(
            xlabel=say("epoch"), ylabel=say(_unseen(measure)), title=say("best_curves")
        )
        whole_numbers(ax)
        if not told_apart(ax, _values(drawn), measure):
            _zoom(ax, drawn)
        ax.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.17),
            frameon=False,
            borderaxespad=0,
            title=say("solid_and_dashed"),
        )
    return figure


def best_twenty(
    trials: Sequence[DrawnTrial], measure: str = "trial_score", language: str = "en"
) -> "Figure":
    """Draw the first twenty trials, four rows of five, as the book does.

    Validation is solid, training dashed; `trials` come in the order of their goodness.

    Raises:
        ValueError: no trial has a curve.

    >>> curves = {"epoch": np.arange(2.0), "validation": np.array([0.1, 0.9])}
    >>> trials = [DrawnTrial(n, {"lr": 0.1}, [0.9], curves=curves) for n in range(30)]
    >>> len(best_twenty(trials).axes)
    20

    Saito (2016), "Deep Learning from Scratch", figure 6-24.
    """
    drawn = _with_curves(trials, "best_twenty")[: ACROSS * DOWN]
    down = math.ceil(len(drawn) / ACROSS)
    with sheet(language, 13.0, 2.5 * down + 1.0) as (figure, say, families):
        # Each as long as it was trained: most of them ended early.
        panels = figure.subplots(down, ACROSS, squeeze=False, sharey=True)
        for rank, (each, ax) in enumerate(zip(drawn, panels.flat, strict=False), 1):
            _draw(ax, each, "validation", "-", BLUE)
            _draw(ax, each, "train", "--", VERMILION)
            words = [say("best_number", n=rank), *_lines(each.settings)]
            lines = fonts.readable(words, families, longest=LONGEST_LINE)
            ax.set_title("\n".join(lines), fontsize=8.5)
            whole_numbers(ax)
        if "accuracy" in measure:
            panels[0, 0].set_ylim(0, 1)
        told_apart(panels[0, 0], _values(drawn), measure)
        for ax in list(panels.flat)[len(drawn) :]:
            ax.set_visible(False)
        for row in panels:
            row[0].set_ylabel(say(_unseen(measure)))
        figure.suptitle(f"{say('best_twenty')}: {say('solid_and_dashed')}")
    return figure


def in_words(settings: Mapping[str, Any]) -> str:
    """Return settings in words.

    >>> in_words({"hidden": "100,50", "weight_decay": 0.25})
    'hidden 100,50; weight decay 0.25'
    """
    return "; ".join(f"{k.replace('_', ' ')} {_short(v)}" for k, v in settings.items())


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _lines(settings: Mapping[str, Any]) -> list[str]:
    """Return settings in lines as short as a panel is wide."""
    lines = [""]
    for name, value in settings.items():
        word = in_words({name: value})
        is_full = lines[-1] and len(lines[-1]) + len(word) > LONGEST_LINE - 4
        if is_full:
            lines.append(word)
        else:
            lines[-1] += f"; {word}" if lines[-1] else word
    return lines


def _unseen(measure: str) -> str:
    """Return the measure that is drawn both of training data and of rows held out."""
    return measure.removeprefix("validation_")


def _with_curves(trials: Sequence[DrawnTrial], name: str) -> list[DrawnTrial]:
    found = [each for each in trials if "validation" in each.curves]
    if not found:
        raise ValueError(f"{name}: no trial has a curve")
    return found


def _draw(
    ax: "Axes", each: DrawnTrial, what: str, dashes: str, color: str, label: str = ""
) -> None:
    if what in each.curves:
        marker = "o" if len(each.curves[what]) <= 2 else ""
        epochs, values = each.curves["epoch"], each.curves[what]
        ax.plot(
            epochs,
            values,
            dashes,
            color=color,
            marker=marker,
            lw=1.5,
            label=label or None,
        )


def _zoom(ax: "Axes", trials: Sequence[DrawnTrial]) -> None:
    """Leave out how bad they were before training: there they hardly differ."""
    values = _values(trials, start=1)
    if values.size and values.max() > values.min():
        margin = 0.06 * (values.max() - values.min())
        ax.set_ylim(values.min() - margin, values.max() + margin)


def _values(trials: Sequence[DrawnTrial], start: int = 0) -> Values:
    """Return all finite values of the curves, from one of their points on."""
    found = [
        np.asarray(values[start:], float)
        for each in trials
        for name, values in each.curves.items()
        if name != "epoch"
    ]
    values: Values = np.concatenate(found)
    return values[np.isfinite(values)]
