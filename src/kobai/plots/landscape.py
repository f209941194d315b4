"""Pieces of the pictures of a descent: contours, a path, values over steps."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kobai.plots.style import (
    GREY,
    PALETTE,
    VERMILION,
    Say,
    logarithmic,
    note,
    whole_numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
Function = Callable[[Array], Any]
Box = tuple[tuple[float, float], ...]

# Dark in the valley, light on the heights; paths in vermilion stand out on all of it.
SURFACE = "YlGnBu_r"
LARGEST = 1e250


def values_panel(ax: "Axes", values: Mapping[str, Array], say: Say) -> None:
    """Draw the value of f over the steps of each descent; the name "" is not shown."""
    for (name, heights), color in zip(values.items(), PALETTE, strict=False):
        shown = _drawable(heights)
        # One value alone makes no line.
        marker = "o" if np.isfinite(shown).sum() == 1 else ""
        label = name or None
        ax.plot(np.arange(shown.size), shown, marker=marker, color=color, label=label)
    finite = np.concatenate([v[np.abs(v) < LARGEST] for v in values.values()])
    if finite.size and finite.min() > 0 and finite.max() > 100 * finite.min():
        logarithmic(ax)
    elif finite.size and np.ptp(finite) < 1e-3 * np.abs(finite).max():
        # Shows as flat what hardly moves, where the usual axis would magnify it.
        ax.set_ylim(*(finite.mean() + 0.1 * np.abs(finite).max() * np.array([-1, 1])))
    ax.set(xlabel=say("step"), ylabel=say("value_of_f"), title=say("values_title"))
    whole_numbers(ax)
    if "" not in values:
        ax.legend(ncols=2)
    for heights in values.values():
        if not np.isfinite(heights[-1]) or heights[-1] > 1e3 * max(1, abs(heights[0])):
            note(ax, say("diverges"), (0.04, 0.92), color=VERMILION, va="top")
            break


def draw_walk(ax: "Axes", points: Array, say: Say, arrived: bool = True) -> None:
    """Draw a path of `(n, 2)` points, its start and, if it arrived, its end."""
    ax.plot(*points.T, "o-", color=VERMILION, ms=3.5, lw=1.3, label=say("path"))
    ax.plot(*points[0], "o", ms=9, mfc="white", mec=VERMILION, label=say("start"))
    if arrived:
        ax.plot(*points[-1], "*", ms=15, color=VERMILION, mec="white", label=say("end"))


def draw_contours(
    ax: "Axes", grid: tuple[Array, Array, Array], *, faint: bool = False
) -> None:
    """Draw a function on a grid as filled contours with a colour bar.

    Faint ones are grey, for paths that have colours of their own.
    """
    from matplotlib.ticker import MaxNLocator

    ax.grid(False)
    z = np.ma.compressed(grid[2])
    if not z.size or not np.ptp(z) > 0:
        return
    # Squares crowd the levels near the minimum, where a path spends its steps.
    levels = z.min() + np.ptp(z) * np.linspace(0, 1, 19) ** 2
    colors, alpha, lines = ("Greys", 0.35, GREY) if faint else (SURFACE, 0.55, "white")
    filled = ax.contourf(*grid, levels=levels, cmap=colors, alpha=alpha)
    ax.contour(*grid, levels=levels, colors=lines, linewidths=0.6, linestyles="-")
    # In proportion to f, so that its numbers may be round ones, between the levels.
    bar = ax.figure.colorbar(
        filled, ax=ax, label="$f$", aspect=30, spacing="proportional"
    )
    bar.locator = MaxNLocator(6, steps=[1, 2, 5, 10])
    bar.update_ticks()
    bar.outline.set_visible(False)


def box_around(points: Array) -> Box:
    """Return limits that hold the points, with a margin around them."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = high - low
    # A path along one axis, or one that hardly moves, still needs a width to show.
    least = np.maximum(0.25 * span.max(), 0.5 * (span.max() < 1e-3) + 1e-3)
    margin = np.maximum(0.2 * span, (least - span) / 2)
    pairs = zip(low - margin, high + margin, strict=True)
    return tuple((float(a), float(b)) for a, b in pairs)


def heights_of(f: Function, points: Iterable[Any]) -> Array:
    """Return f at each point, without a warning where it has no value."""
    with np.errstate(all="ignore"):
        return _drawable(np.array([float(f(point)) for point in points]))


def _drawable(values: Array) -> Array:
    """Return the values without those so large that ticks around them overflow."""
    return np.where(np.abs(values) < LARGEST, values, np.nan)


def squared(box: Box) -> tuple[Box, bool]:
    """Return the box widened to a square, and True; or as it is where far from one."""
    (left, right), (bottom, top) = box
    width, height = right - left, top - bottom
    if not 1 / 3 < width / height < 3:
        return box, False
    reach = max(width, height) / 2
    x, y = (left + right) / 2, (bottom + top) / 2
    return ((x - reach, x + reach), (y - reach, y + reach)), True


def grid_of(f: Function, box: Box, count: int) -> tuple[Array, Array, Array]:
    """Return x, y and f on a square grid over a box, masked where not finite."""
    (left, right), (bottom, top) = box
    x, y = np.meshgrid(np.linspace(left, right, count), np.linspace(bottom, top, count))
    z = heights_of(f, np.stack([x.ravel(), y.ravel()], axis=1))
    return x, y, np.ma.masked_invalid(z.reshape(x.shape))
