"""Gradient descent, seen: the path on its function and the value at every step."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from kobai.plots.landscape import (
    LARGEST,
    Array,
    Function,
    box_around,
    draw_contours,
    draw_walk,
    grid_of,
    heights_of,
    squared,
    values_panel,
)
from kobai.plots.style import BLUE, GREEN, GREY, PALETTE, VERMILION, Say, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def descent(
    path: ArrayLike,
    values: ArrayLike,
    f: Function,
    language: str = "en",
    *,
    names: Sequence[str] = (),
    title: str = "",
) -> "Figure":
    """Draw the path of a descent on its function, and the value at every step.

    One variable gives a curve, two a contour map; of more, the values alone are drawn.
    `path` is `(steps + 1, …)`, `values` `(steps + 1,)`, and `f` takes one point of
    the path. `names` are the variables' names. Of a descent that diverges the map
    shows the first steps.

    Raises:
        ValueError: path and values are not equally long.

    >>> path = np.array([[2.0], [1.0], [0.5]])
    >>> figure = descent(path, path[:, 0] ** 2, lambda x: np.sum(x**2))
    >>> figure.axes[0].get_ylabel()
    '$f$'
    """
    points = np.asarray(path, dtype=np.float64)
    heights = np.asarray(values, dtype=np.float64).ravel()
    if len(points) != heights.size or not heights.size:
        raise ValueError(
            f"descent: got a path of {len(points)} points and {heights.size} values; "
            "need one value per point"
        )
    shape = points.shape[1:]
    flat = points.reshape(len(points), -1)
    variables = flat.shape[1]
    labels = list(names) or [f"$x_{i}$" for i in range(variables)]
    at: Function = lambda point: f(np.reshape(point, shape))
    with sheet(language, 10.5 if variables <= 2 else 6.5, 4.6) as (figure, say, _):
        panels = figure.subplots(1, 2 if variables <= 2 else 1, squeeze=False)[0]
        if variables == 1:
            _curve_panel(panels[0], flat[:, 0], heights, at, labels, say)
        elif variables == 2:
            _map_panel(panels[0], flat, heights, at, labels, say)
        values_panel(panels[-1], {"": heights}, say)
        figure.suptitle(fill(title, 80) or say("descent"))
    return figure


def learning_rates(
    paths: Mapping[str, ArrayLike],
    f: Function,
    language: str = "en",
    *,
    title: str = "",
) -> "Figure":
    """Draw descents of one function of one variable, one panel per learning rate.

    `paths` maps a label, such as the learning rate, to its path, `(steps + 1,)`; the
    lowest panel compares the values over the steps.

    >>> paths = {"η = 0.1": [2.0, 1.6], "η = 1.1": [2.0, -2.4]}
    >>> figure = learning_rates(paths, lambda x: x**2)
    >>> figure.axes[0].get_title()
    'η = 0.1'
    """
    walks = {label: np.ravel(path).astype(float) for label, path in paths.items()}
    reach = 1.25 * max(abs(walk[0]) for walk in walks.values())
    x = np.linspace(-reach, reach, 201)
    curve = heights_of(f, x)
    with sheet(language, 2.7 * len(walks), 6.4) as (figure, say, _):
        grid = figure.add_gridspec(2, len(walks), height_ratios=(1, 1.05))
        values = {}
        for i, (label, walk) in enumerate(walks.items()):
            ax = figure.add_subplot(grid[0, i])
            heights = heights_of(f, walk)
            values[label.partition("\n")[0]] = heights
            ax.plot(x, curve, color=GREY, lw=1.2)
            ax.plot(walk, heights, "o-", color=PALETTE[i], ms=4, lw=1, alpha=0.85)
            ax.set(xlim=(-reach, reach), ylim=(-0.06 * curve.max(), curve.max()))
            ax.set(xlabel="$x$", title=label)
            if i == 0:
                ax.set_ylabel("$f(x)$")
            else:
                ax.tick_params(labelleft=False)
        values_panel(figure.add_subplot(grid[1, :]), values, say)
        figure.suptitle(title or say("learning_rates"))
    return figure


def valley_walks(
    paths: Mapping[str, ArrayLike],
    f: Function,
    language: str = "en",
    *,
    title: str = "",
) -> "Figure":
    """Draw descents of one function of one variable on its curve.

    `paths` maps a label to a path, `(steps + 1,)`.

    >>> figure = valley_walks({"from 2": [2.0, 1.0]}, lambda x: x**2)
    >>> figure.axes[0].lines[1].get_label()
    'from 2'
    """
    walks = {label: np.ravel(path).astype(float) for label, path in paths.items()}
    ((left, right),) = box_around(np.concatenate(list(walks.values()))[:, None])
    x = np.linspace(left, right, 401)
    curve = heights_of(f, x)
    with sheet(language, 7.2, 4.8) as (figure, say, _):
        ax = figure.subplots()
        ax.plot(x, curve, color=GREY, lw=1.5, label="$f(x)$")
        for (label, walk), color in zip(walks.items(), PALETTE, strict=False):
            heights = heights_of(f, walk)
            ax.plot(walk, heights, "o-", color=color, ms=4.5, lw=1, label=label)
            ax.plot(walk[0], heights[0], "o", ms=9, mfc="white", mec=color, mew=1.8)
            ax.plot(walk[-1], heights[-1], "*", color=color, ms=15, mec="white")
        ax.set(xlabel="$x$", ylabel="$f(x)$", title=title or say("local_minimum"))
        top = max(heights_of(f, [walk[0] for walk in walks.values()]))
        low = float(curve.min())
        ax.set_ylim(low - 0.15 * (top - low), top + 0.3 * (top - low))
        figure.legend(loc="outside lower center", ncols=1 + len(walks))
    return figure


def _curve_panel(
    ax: "Axes",
    walk: Array,
    heights: Array,
    f: Function,
    labels: Sequence[str],
    say: Say,
) -> None:
    seen = _seen(walk[:, None], heights)
    ((left, right),) = box_around(seen)
    x = np.linspace(left, right, 401)
    curve = heights_of(f, x)
    ax.plot(x, curve, color=GREY, lw=1.5, label="$f$")
    steps = walk[: len(seen)], heights[: len(seen)]
    ax.plot(*steps, "o-", color=BLUE, ms=4, lw=1, label=say("path"))
    ax.plot(walk[0], heights[0], "o", ms=9, color=GREEN, label=say("start"))
    if len(seen) == len(walk):
        ax.plot(walk[-1], heights[-1], "*", ms=14, color=VERMILION, label=say("end"))
    ax.set(xlabel=labels[0], ylabel="$f$", title=say("curve_and_path"))
    ax.legend()


def _map_panel(
    ax: "Axes",
    walk: Array,
    heights: Array,
    f: Function,
    labels: Sequence[str],
    say: Say,
) -> None:
    seen = _seen(walk, heights)
    box, square = squared(box_around(seen))
    draw_contours(ax, grid_of(f, box, 81))
    draw_walk(ax, seen, say, arrived=len(seen) == len(walk))
    ax.set(xlabel=labels[0], ylabel=labels[1], title=say("contours_and_path"))
    ax.legend()
    if square:
        # Only on equal axes is the gradient seen to cross the contours squarely.
        ax.set_aspect("equal")


def _seen(points: Array, heights: Array) -> Array:
    """Return the part of a path to show: of one that diverges, the first steps."""
    good = np.isfinite(points).all(axis=1) & np.isfinite(heights)
    if good.all() and heights[-1] <= heights[0]:
        return points
    size = np.abs(points[0]).max() + 1
    near = good & (np.abs(np.nan_to_num(points)).max(axis=1) <= 30 * size)
    stop = len(points) if near.all() else int(np.argmin(near))
    # Where the first step goes far, it is all there is to see: the axes hold it.
    drawable = np.abs(np.append(points[:2].ravel(), heights[:2])) < LARGEST
    return points[: max(1 + bool(drawable.all()), stop)]
