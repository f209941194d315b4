"""How predictions change with one column, above how often its values are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kobai.plots import fonts
from kobai.plots.style import BLUE, GREY, INK, PALETTE, Say, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Array = NDArray[Any]

MOST_PANELS, PER_ROW = 6, 3
BINS = 24
# So many have room beside each other.
LETTERS = 24


class DependencePanel(NamedTuple):
    """A column: its `values`, g numbers or words, and what is predicted at each.

    `means` is `(g, k)`, of k outputs, and `curves` `(c, g, k)`, those of c rows.
    `spread` is the numbers of all rows `(n,)`, or the share of each word `(g,)`.
    """

    name: str
    values: "Sequence[str] | Array"
    means: "Array"
    curves: "Array"
    spread: "Array"


def partial_dependence(
    panels: Sequence[DependencePanel],
    outputs: Sequence[str] = (),
    quantity: str = "",
    language: str = "en",
    *,
    is_probability: bool = False,
) -> "Figure":
    """Draw what is predicted on average over one column each, for six at most.

    Numbers are lines, words are bars from their mean, or dots where there are several
    `outputs`; thin lines are single rows, drawn where there is one output. Below stands
    how the column is distributed. `quantity` says what is predicted, and where
    `is_probability`, what the probability is of.

    Raises:
        ValueError: there is no column, or a mean is missing.

    >>> panel = DependencePanel(
    ...     "size", np.array([1.0, 2.0]), np.array([[3.0], [4.0]]),
    ...     np.empty((0, 2, 1)), np.array([1.0, 1.5, 2.0]),
    ... )
    >>> partial_dependence([panel], quantity="price").axes[1].get_xlabel()
    'size'
    """
    wrong = [p.name for p in panels if np.shape(p.means)[:1] != (len(p.values),)]
    if not panels or wrong:
        raise ValueError(
            f"partial_dependence: got {len(panels)} columns, and not a mean for each "
            f"value of {', '.join(wrong) or 'any'}; need a column at least, and means "
            "(g, k) for g values"
        )
    shown = panels[:MOST_PANELS]
    columns = min(len(shown), PER_ROW)
    lines = -(-len(shown) // columns)
    with sheet(language, 3.9 * columns + 0.8, 3.7 * lines + 1.0) as (figure, say, fams):
        names = fonts.readable([p.name for p in shown], fams)
        labels = fonts.readable(outputs, fams)[: len(PALETTE)]
        label = say("probability" if is_probability else "predicted_value")
        if quantity:
            (word,) = fonts.readable([quantity], fams)
            label = say("of_what", quantity=label, name=word)
        grid = figure.add_gridspec(
            2 * lines, columns, height_ratios=[4, 1] * lines, hspace=0.02
        )
        first = None
        for place, (panel, name) in enumerate(zip(shown, names, strict=True)):
            row, column = divmod(place, columns)
            ax = figure.add_subplot(grid[2 * row, column], sharey=first)
            below = figure.add_subplot(grid[2 * row + 1, column], sharex=ax)
            first = first or ax
            _panel(ax, below, panel, labels, say, fams)
            below.set_xlabel(name)
            ax.set_ylabel("" if column else label)
            ax.tick_params(labelleft=not column)
        named = _named(figure)
        if named:
            figure.legend(
                named.values(), named.keys(), loc="outside lower center", ncols=4
            )
        figure.suptitle(say("partial_dependence"))
    return figure


def _named(figure: "Figure") -> dict[str, Any]:
    """Return what has a name in any panel: the first alone may be of words."""
    found: dict[str, Any] = {}
    for ax in figure.axes:
        handles, names = ax.get_legend_handles_labels()
        found = dict(zip(names, handles, strict=True)) | found
    return found


def _panel(
    ax: "Axes",
    below: "Axes",
    panel: DependencePanel,
    labels: Sequence[str],
    say: Say,
    families: Sequence[str],
) -> None:
    is_number = isinstance(panel.values, np.ndarray)
    draw = _draw_numbers if is_number else _draw_words
    draw(ax, panel, labels, say)
    if isinstance(panel.values, np.ndarray):
        _count(below, panel.spread, panel.values[0], panel.values[-1])
    else:
        below.bar(np.arange(len(panel.spread)), panel.spread, color=GREY, width=0.7)
        _name(below, fonts.readable(panel.values, families))
    ax.tick_params(labelbottom=False, bottom=False)
    below.tick_params(labelleft=False, left=False)
    below.grid(False)
    below.spines["left"].set_visible(False)


def _count(ax: "Axes", numbers: "Array", low: float, high: float) -> None:
    """Draw how often numbers are; a few whole ones have a bar each, above its tick."""
    inside = numbers[(numbers >= low) & (numbers <= high)]
    if high - low < BINS and np.all(inside == np.round(inside)):
        edges = np.arange(np.ceil(low), np.floor(high) + 2) - 0.5
        ax.hist(inside, bins=edges.tolist(), color=GREY, rwidth=0.7)
        ax.locator_params(axis="x", integer=True)
    else:
        ax.hist(inside, bins=BINS, color=GREY)


def _draw_numbers(
    ax: "Axes", panel: DependencePanel, labels: Sequence[str], say: Say
) -> None:
    k = panel.means.shape[1]
    if k == 1:
        label = say("single_rows")
        for curve in panel.curves[..., 0]:
            ax.plot(panel.values, curve, color=GREY, lw=0.7, alpha=0.6, label=label)
            label = ""
    names = labels or [say("mean_of_rows")]
    for y, color, name in zip(panel.means.T, PALETTE, names, strict=False):
        marker = "o" if len(panel.values) < BINS // 4 else ""
        ax.plot(panel.values, y, marker=marker, color=color, label=name, lw=2.4)


def _draw_words(
    ax: "Axes", panel: DependencePanel, labels: Sequence[str], say: Say
) -> None:
    places = np.arange(len(panel.values))
    if panel.means.shape[1] == 1:
        # From the mean of all rows: from 0 they would be alike where it is far away.
        weights = panel.spread if np.sum(panel.spread) else None
        average = float(np.average(panel.means[:, 0], weights=weights))
        heights = panel.means[:, 0] - average
        ax.bar(places, heights, bottom=average, color=BLUE, width=0.7)
        ax.axhline(average, color=INK, lw=0.8)
        return
    for y, color, name in zip(panel.means.T, PALETTE, labels, strict=False):
        ax.plot(places, y, "o", color=color, label=name)


def _name(ax: "Axes", words: Sequence[str]) -> None:
    ax.set_xticks(np.arange(len(words)), words)
    if sum(map(fonts.letters, words)) > LETTERS:
        ax.tick_params(axis="x", labelrotation=45)
        for label in ax.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
