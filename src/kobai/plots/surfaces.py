"""Functions of two variables: surface, contours, gradients and paths on them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from kobai.plots.landscape import (
    SURFACE,
    Array,
    Box,
    Function,
    box_around,
    draw_contours,
    draw_walk,
    grid_of,
    heights_of,
    values_panel,
)
from kobai.plots.style import BLUE, GREY, INK, PALETTE, VERMILION, sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def descent_surface(
    path: ArrayLike, f: Function, language: str = "en", *, title: str = ""
) -> "Figure":
    """Draw a function of two variables as surface and as contours, with a path.

    `path` is `(steps + 1, 2)` and `f` takes one point of it.

    >>> path = np.array([[-3.0, 4.0], [-2.4, 3.2]])
    >>> figure = descent_surface(path, lambda x: np.sum(x**2))
    >>> figure.axes[0].name
    '3d'
    """
    points = np.asarray(path, dtype=np.float64)
    box = _square(points)
    x, y, z = grid_of(f, box, 61)
    heights = heights_of(f, points)
    with sheet(language, 11.0, 5.0) as (figure, say, _):
        solid = figure.add_subplot(1, 2, 1, projection="3d")
        solid.plot_surface(
            x, y, z, cmap=SURFACE, alpha=0.75, lw=0, rcount=61, ccount=61
        )
        line = (*points.T, heights)
        solid.plot(*line, "o-", color=VERMILION, ms=3, lw=1.5, zorder=10)
        solid.set(xlabel="$x_0$", ylabel="$x_1$", title=say("surface"))
        solid.set_zlabel("$f$", labelpad=2)
        solid.view_init(elev=38, azim=-62)
        flat = figure.add_subplot(1, 2, 2)
        draw_contours(flat, (x, y, z))
        draw_walk(flat, points, say)
        flat.set(xlabel="$x_0$", ylabel="$x_1$", title=say("contours"), aspect="equal")
        flat.legend(loc="lower right")
        figure.suptitle(title or say("descent"))
    return figure


def gradient_field(
    points: ArrayLike,
    gradients: ArrayLike,
    f: Function,
    language: str = "en",
    *,
    title: str = "",
) -> "Figure":
    """Draw the negative gradient at points of a plane as arrows, over contours of f.

    `points` and `gradients` are `(n, 2)`. The arrows are longer where f is steeper.

    >>> points = np.array([[1.0, 0.0], [0.0, 2.0]])
    >>> figure = gradient_field(points, 2 * points, lambda x: np.sum(x**2))
    >>> figure.axes[0].collections[-1].U.tolist()
    [-2.0, -0.0]
    """
    where = np.asarray(points, dtype=np.float64)
    down = -np.asarray(gradients, dtype=np.float64)
    low, high = where.min(axis=0), where.max(axis=0)
    box = tuple(
        (float(a) - 0.2, float(b) + 0.2) for a, b in zip(low, high, strict=True)
    )
    with sheet(language, 6.4, 5.8) as (figure, say, _):
        ax = figure.subplots()
        x, y, z = grid_of(f, box, 61)
        ax.contour(x, y, z, levels=12, colors=GREY, linewidths=0.6, alpha=0.6)
        ax.quiver(*where.T, *down.T, color=BLUE, angles="xy", width=0.004, pivot="tail")
        ax.set(xlabel="$x_0$", ylabel="$x_1$", aspect="equal")
        ax.set_title(title or say("gradient_field"))
        ax.grid(False)
        from matplotlib.lines import Line2D

        arrow = Line2D([], [], color=BLUE, marker=">", label=say("minus_gradient"))
        level = Line2D([], [], color=GREY, lw=0.8, label=say("contour_line"))
        figure.legend(handles=[arrow, level], loc="outside lower center", ncols=2)
    return figure


def optimizer_paths(
    paths: Mapping[str, ArrayLike],
    f: Function,
    language: str = "en",
    *,
    title: str = "",
) -> "Figure":
    """Draw the paths of several optimizers on one surface, and their values.

    `paths` maps an optimizer's name to its path, `(steps + 1, 2)`.

    >>> walk = np.array([[1.0, 1.0], [0.5, 0.5]])
    >>> figure = optimizer_paths({"SGD": walk}, lambda x: np.sum(x**2))
    >>> figure.axes[0].lines[0].get_label()
    'SGD'
    """
    walks = {name: np.asarray(path, dtype=float) for name, path in paths.items()}
    everything = np.concatenate(list(walks.values()))
    with sheet(language, 11.5, 4.8) as (figure, say, _):
        ax, right = figure.subplots(1, 2, width_ratios=(1.35, 1))
        draw_contours(ax, grid_of(f, box_around(everything), 81), faint=True)
        for i, (name, walk) in enumerate(walks.items()):
            ax.plot(
                *walk.T,
                color=PALETTE[i],
                marker="os^Dv"[i % 5],
                ms=3.5,
                lw=1.3,
                label=name,
            )
        start = everything[0]
        ax.plot(*start, "o", ms=9, mfc="none", mec=INK, mew=1.5, label=say("start"))
        ax.set(xlabel="$x_0$", ylabel="$x_1$", title=say("paths"))
        values = {n: heights_of(f, w) for n, w in walks.items()}
        values_panel(right, values, say)
        right.get_legend().remove()
        figure.legend(
            *ax.get_legend_handles_labels(), loc="outside lower center", ncols=6
        )
        figure.suptitle(title or say("optimizer_paths"))
    return figure


def _square(points: Array) -> Box:
    reach = 1.15 * float(np.abs(points).max())
    return (-reach, reach), (-reach, reach)
