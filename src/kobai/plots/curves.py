"""Curves of a training run: its epochs and its steps."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kobai.plots.style import (
    BLUE,
    GREY,
    SKY,
    VERMILION,
    Say,
    logarithmic,
    sheet,
    whole_numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]

# Each line: the record's prefix, its colour, its dashes.
LINES = (
    ("train", BLUE, "-"),
    ("validation", VERMILION, "--"),
    ("test", VERMILION, "--"),
)


class Records(Protocol):
    """Anything with one record per epoch, such as a `History`."""

    @property
    def records(self) -> Sequence[Mapping[str, Any]]:
        """The epochs, each a mapping from a name to its value."""
        ...


def training_curves(
    history: Records, language: str = "en", *, kept: int | None = None
) -> "Figure":
    """Draw accuracy and loss over the epochs: train solid, test or
    validation dashed.

    The accuracy runs from 0 to 1. Where no accuracy was recorded (regression), the
    loss stands alone. A loss that falls a hundredfold gets a logarithmic axis. `kept`
    is the epoch whose parameters the network has, where that is not the last: a line
    marks it.

    Raises:
        ValueError: the history has no record, or the language is unknown.

    >>> from types import SimpleNamespace
    >>> records = [{"epoch": 0, "train_loss": 2.0}, {"epoch": 1, "train_loss": 1.0}]
    >>> figure = training_curves(SimpleNamespace(records=records))
    >>> figure.axes[0].get_ylabel()
    'loss'
    """
    records = history.records
    if not records:
        raise ValueError("training_curves: got a history without records; train first")
    scored = any(_curve(records, f"{name}_accuracy")[0].size for name, *_ in LINES)
    width = 10.0 if scored else 6.0
    with sheet(language, width, 4.5) as (figure, say, _):
        panels = figure.subplots(1, 1 + scored, squeeze=False)[0]
        if scored:
            _accuracy_panel(panels[0], records, say)
        _loss_panel(panels[-1], records, say)
        for ax in panels if kept is not None else ():
            label = say("kept_epoch", n=kept)
            ax.axvline(kept, color=GREY, ls=":", lw=1.5, zorder=0, label=label)
            _legend(ax)
    return figure


def step_losses(
    losses: ArrayLike, language: str = "en", *, window: int | None = None
) -> "Figure":
    """Draw the loss of every step, and its mean over a sliding window of steps.

    The window is a fiftieth of the run where none is given.

    Raises:
        ValueError: there are no losses, or the window is longer than the run.

    >>> figure = step_losses([2.0, 1.0, 1.5, 0.5], window=2)
    >>> figure.axes[0].lines[1].get_ydata().tolist()
    [1.5, 1.25, 1.0]
    """
    values = np.asarray(losses, dtype=np.float64).ravel()
    width = max(1, values.size // 50) if window is None else window
    if not 1 <= width <= values.size:
        raise ValueError(
            f"step_losses: got {values.size} losses and a window of {width}; "
            "need a window from 1 to the number of losses"
        )
    steps = np.arange(1, values.size + 1)
    smooth = np.convolve(values, np.full(width, 1 / width), mode="valid")
    middle = steps[: smooth.size] + (width - 1) / 2
    with sheet(language, 7.5, 4.2) as (figure, say, _):
        ax = figure.subplots()
        ax.plot(steps, values, color=SKY, lw=0.7, alpha=0.8, label=say("each_step"))
        ax.plot(middle, smooth, color=BLUE, lw=2, label=say("mean_of", n=width))
        ax.set(xlabel=say("step"), ylabel=say("loss"), title=say("step_losses"))
        ax.set_ylim(bottom=min(0.0, float(np.nanmin(values))))
        ax.legend()
        whole_numbers(ax)
    return figure


def overfitting(
    histories: Mapping[str, Records], language: str = "en", *, title: str = ""
) -> "Figure":
    """Draw the loss of several runs side by side, to compare train with test.

    `histories` maps a panel's title to a run. A network that over-fits has a test loss
    that rises while its training loss falls.

    >>> from types import SimpleNamespace
    >>> record = {"epoch": 0, "train_loss": 0.1, "test_loss": 0.8}
    >>> figure = overfitting({"large": SimpleNamespace(records=[record])})
    >>> [line.get_ydata()[-1].item() for line in figure.axes[0].lines]
    [0.1, 0.8]
    """
    with sheet(language, 4.0 * len(histories), 4.6) as (figure, say, _):
        panels = figure.subplots(1, len(histories), squeeze=False, sharey=True)[0]
        for ax, (name, history) in zip(panels, histories.items(), strict=True):
            _lines(ax, history.records, "loss", "{:.3g}", say)
            ax.set_title(name)
            _legend(ax)
        panels[0].set_ylabel(say("loss"))
        panels[0].set_ylim(bottom=0)
        figure.suptitle(title or say("overfitting_title"))
    return figure


def _accuracy_panel(ax: "Axes", records: Sequence[Mapping[str, Any]], say: Say) -> None:
    _lines(ax, records, "accuracy", "{:.3f}", say)
    ax.set(ylim=(0, 1), ylabel=say("accuracy"), title=say("accuracy_title"))
    for line in ax.lines:
        # Else a perfect score loses half of its marker at the upper edge.
        line.set_clip_on(False)
    _legend(ax)


def _loss_panel(ax: "Axes", records: Sequence[Mapping[str, Any]], say: Say) -> None:
    drawn = _lines(ax, records, "loss", "{:.3g}", say)
    ax.set(ylabel=say("loss"), title=say("loss_title"))
    if drawn.size and drawn.min() > 0 and drawn.max() > 100 * drawn.min():
        logarithmic(ax)
    else:
        ax.set_ylim(bottom=min(0.0, drawn.min(initial=0.0)))
    if drawn.size:
        _legend(ax)


def _legend(ax: "Axes") -> None:
    # Below the axes: inside, some run's curves would end behind it. In one column, as
    # Japanese words side by side would be wider than the panel, and narrow it.
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.17),
        frameon=False,
        borderaxespad=0,
    )


def _lines(
    ax: "Axes", records: Sequence[Mapping[str, Any]], what: str, form: str, say: Say
) -> NDArray[np.float64]:
    drawn = []
    for name, color, dashes in LINES:
        epochs, values = _curve(records, f"{name}_{what}")
        if not values.size:
            continue
        # A short run is a handful of points: show them.
        marker = "o" if values.size <= 25 else ""
        label = say("line_end", line=say(name), value=form.format(values[-1]))
        ax.plot(epochs, values, dashes, color=color, marker=marker, ms=4, label=label)
        drawn.append(values)
    ax.set_xlabel(say("epoch"))
    whole_numbers(ax)
    return np.concatenate(drawn) if drawn else np.zeros(0)


def _curve(records: Sequence[Mapping[str, Any]], name: str) -> Curve:
    """Return the epochs and values that were recorded under `name`."""
    pairs = [(r["epoch"], r[name]) for r in records if r.get(name) is not None]
    points = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points[:, 1])]
    return points[:, 0], points[:, 1]
