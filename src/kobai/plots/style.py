"""The look of every figure, in one place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kobai.plots import fonts
from kobai.plots.texts import TEXTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Say = Callable[..., str]

# Eight colours that colour-blind readers can tell apart (Okabe and Ito, 2008).
BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#009E73"
ORANGE = "#E69F00"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
INK = "#222222"
GREY = "#8A8A8A"
PALETTE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, INK)

# One hue, light to dark: stays readable in print and under text.
HEAT = "Blues"
SIGNED = "RdBu_r"
TIME = "viridis"

STYLE: dict[str, Any] = {
    "figure.dpi": 150,
    "figure.facecolor": "white",
    "font.size": 11,
    "figure.titlesize": 14,
    "axes.titlesize": 12,
    "axes.titlepad": 8,
    "axes.labelsize": 11,
    "axes.edgecolor": "#666666",
    "axes.labelcolor": INK,
    "text.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E2E2E2",
    "grid.linewidth": 0.7,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.fontsize": 10,
    "legend.handlelength": 2.8,
    "figure.constrained_layout.h_pad": 0.11,
    "figure.constrained_layout.w_pad": 0.09,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "#DDDDDD",
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "image.interpolation": "nearest",
}


def speaker(language: str) -> Say:
    """Return the function that gives a text by its key, in a language or in English.

    It is English where no installed font can write the language.

    >>> speaker("en")("mean_of", n=5)
    'mean over 5 steps'
    """
    table = TEXTS[fonts.choose(language)[0]]
    return lambda key, **values: table[key].format(**values)


@contextmanager
def sheet(
    language: str, width: float, height: float
) -> Iterator[tuple["Figure", Say, tuple[str, ...]]]:
    """Give an empty figure, the texts of its language and its font families.

    The figure is `width` by `height` inches. What is added inside has the style of all
    figures; afterwards matplotlib's settings are as they were.

    >>> with sheet("en", 4, 3) as (figure, say, families):
    ...     label = figure.subplots().set_xlabel(say("epoch"))
    >>> label.get_text()
    'epoch'
    """
    from matplotlib import style

    from kobai.plots.picture import Picture

    families = fonts.choose(language)[1]
    settings = {**STYLE, "font.family": list(families)}
    with style.context(settings, after_reset=True):
        figure = Picture(settings, figsize=(width, height), layout="constrained")
        yield figure, speaker(language), families


def whole_numbers(ax: "Axes") -> None:
    """Put the ticks of the x axis on whole numbers only, for epochs and layers."""
    from matplotlib.ticker import MaxNLocator

    # A single number needs no neighbours: they would be fractions.
    ax.xaxis.set_major_locator(
        MaxNLocator(integer=True, steps=[1, 2, 5, 10], min_n_ticks=1)
    )


def logarithmic(ax: "Axes", axis: str = "y") -> None:
    """Give an axis a logarithmic scale, on which 0.01 is written so, and not as 10⁻².

    >>> with sheet("en", 4, 3) as (figure, say, families):
    ...     ax = figure.subplots()
    ...     lines = ax.plot([0.02, 5.0])
    ...     logarithmic(ax)
    >>> print(*map(ax.yaxis.get_major_formatter(), (0.01, 1.0, 1e-6)))
    0.01 1 $...{10^{-6}}$
    """
    from matplotlib.ticker import LogFormatterSciNotation

    class Plain(LogFormatterSciNotation):
        def __call__(self, x: float, pos: int | None = None) -> str:
            # It is empty for a tick that has none.
            text = super().__call__(x, pos)
            return f"{x:g}" if text and 1e-4 <= x <= 1e4 else text

    ax.set(**{f"{axis}scale": "log"})
    drawn = getattr(ax, f"{axis}axis")
    drawn.set_major_formatter(Plain())
    drawn.set_minor_formatter(Plain(minor_thresholds=(1, 0.4)))


def note(ax: "Axes", text: str, where: tuple[float, float], **options: Any) -> None:
    """Write a short remark on a white ground, so that no line runs through it."""
    box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "alpha": 0.85, "lw": 0}
    defaults = {"fontsize": 10, "bbox": box, "transform": ax.transAxes}
    ax.text(*where, text, **{**defaults, **options})
