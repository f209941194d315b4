"""A plane divided: which class a model gives to every point of it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kobai.plots.style import INK, PALETTE, Say, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
Predict = Callable[[Array], NDArray[np.floating]]
Plane = tuple[Array, Array]

FINE = 161
# So few points are corners of a truth table, and drawn large.
FEW = 8


def decision_regions(
    models: Mapping[str, Predict],
    x: ArrayLike,
    targets: ArrayLike,
    language: str = "en",
    *,
    title: str = "",
) -> "Figure":
    """Draw which class each model gives to every point of a plane, side by side.

    `models` maps a name to a function from points `(n, 2)` to probabilities
    `(n, k)`; `x` is `(n, 2)` and `targets` `(n,)` labels. Class i has the points where
    log pᵢ − max log pⱼ > 0, j ≠ i: that difference, unlike the label, has a value
    between the points where it is computed, so its border is smooth.

    Raises:
        ValueError: the samples do not lie on a plane.

    >>> predict = lambda points: np.stack([points[:, 0], points[:, 1]], axis=1)
    >>> figure = decision_regions({"larger": predict}, [[0.0, 1.0], [1.0, 0.0]], [1, 0])
    >>> figure.axes[0].get_title()
    'larger'
    """
    points, labels = on_plane("decision_regions", x, targets)
    plane = plane_around(points)
    with sheet(language, 0.6 + 3.9 * len(models), 5.0) as (figure, say, _):
        panels = figure.subplots(1, len(models), squeeze=False, sharey=True)[0]
        for ax, (name, predict) in zip(panels, models.items(), strict=True):
            draw_regions(ax, plane, scores_on(plane, predict))
            draw_samples(ax, points, labels, say)
            ax.set(title=name)
        panels[0].set_ylabel("$x_1$")
        handles, names = panels[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=4)
        figure.suptitle(title or say("decision_regions"))
    return figure


def on_plane(
    name: str, x: ArrayLike, targets: ArrayLike
) -> tuple[Array, NDArray[np.int64]]:
    """Return points `(n, 2)` and labels `(n,)`, or refuse what is not on a plane."""
    points, labels = np.asarray(x, dtype=np.float64), np.asarray(targets)
    if points.ndim != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
        raise ValueError(
            f"{name}: got x {points.shape} and targets {labels.shape}; need (n, 2) "
            "and (n,)"
        )
    return points, labels


def plane_around(points: Array, count: int = FINE) -> Plane:
    """Return the x and the y of a grid around points.

    >>> x, y = plane_around(np.array([[0.0, 0.0], [1.0, 2.0]]), 3)
    >>> x.round(2).tolist(), y.round(2).tolist()
    ([-0.12, 0.5, 1.12], [-0.24, 1.0, 2.24])
    """
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.12 * (high - low)
    (left, bottom), (right, top) = low - margin, high + margin
    return np.linspace(left, right, count), np.linspace(bottom, top, count)


def scores_on(plane: Plane, predict: Predict) -> Array:
    """Return what a model gives to every point of a grid, `(rows, columns, k)`."""
    points = np.stack(np.meshgrid(*plane), axis=-1)
    scores = np.asarray(predict(points.reshape(-1, 2)), dtype=np.float64)
    return scores.reshape(*points.shape[:2], -1)


def draw_regions(ax: "Axes", plane: Plane, scores: Array) -> None:
    """Colour the region of each class, and draw the borders between them."""
    margins = margins_of(scores)
    last = margins.shape[-1] - 1
    for k in range(last + 1):
        color = PALETTE[k % len(PALETTE)]
        ax.contourf(
            *plane, margins[..., k], levels=(0, np.inf), colors=[color], alpha=0.22
        )
        # Each border has two sides; without the last class none is left out.
        if k < last and np.ptp(np.sign(margins[..., k])):
            ax.contour(
                *plane, margins[..., k], levels=(0,), colors=[INK], linewidths=0.8
            )
    ax.set(xlabel="$x_0$", aspect="equal")
    ax.grid(False)


def margins_of(scores: Array) -> Array:
    """Return by how much each class leads the best of the others, `(…, k)`.

    Of probabilities it is the difference of their logarithms, which is that of the
    logits and so runs evenly across a border, however steep the probabilities are.

    >>> margins_of(np.array([[0.5, 0.25, 0.25]])).round(3).tolist()
    [[0.693, -0.693, -0.693]]
    """
    logits = scores
    if scores.min() >= 0:
        logits = np.log(np.maximum(scores, np.finfo(np.float32).tiny))
    margins = np.empty_like(logits)
    for k in range(logits.shape[-1]):
        others = np.delete(logits, k, axis=-1)
        margins[..., k] = logits[..., k] - others.max(axis=-1, initial=-1e3)
    return margins


def draw_samples(
    ax: "Axes", points: Array, labels: NDArray[np.int64], say: Say
) -> None:
    """Draw samples, each class with a colour and a shape of its own."""
    for k in np.unique(labels):
        ax.plot(
            *points[labels == k].T,
            "os^D"[k % 4],
            color=PALETTE[k % len(PALETTE)],
            ms=11 if len(points) <= FEW else 5,
            mec="white",
            mew=0.6,
            label=say("class_number", k=k),
        )
