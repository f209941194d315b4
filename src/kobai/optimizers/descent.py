"""Gradient descent in its plainest form, with the path that it took."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kobai import html
from kobai.autodiff import value_and_gradient
from kobai.autodiff.trees import Tree, leaves, tree_map
from kobai.checks import function, positive, whole
from kobai.functions.arrays import Array
from kobai.keywords import checked_keywords


@dataclass(frozen=True)
class Descent:
    """Where a gradient descent ended, and how it went there.

    `path` has the structure of `x`, every array of it with one more axis in front:
    the point before the first step, after the first, …, shape `(steps + 1, …)`.
    `values`, shape `(steps + 1,)`, is f along the path. `diverged` is true where f
    stopped being finite, which ends the descent, or ended higher than it began.
    """

    x: Tree
    path: Tree = field(repr=False)
    values: np.ndarray = field(repr=False)
    learning_rate: float
    steps: int
    diverged: bool

    @property
    def swings(self) -> bool:
        """Whether the last steps jump to and fro, and hardly come nearer.

        Each of the last three goes back on the one before, cos ≤ -0.9, and is at
        least 0.9 times as long; steps that are nothing beside the whole way apart.

        >>> gradient_descent(lambda x: x**2, 2.0, learning_rate=1).swings
        True
        """
        points = np.concatenate(
            [np.reshape(leaf, (len(leaf), -1)) for leaf in leaves(self.path)], axis=1
        )
        steps = np.diff(points[-5:], axis=0)
        if len(steps) < 4 or not np.all(np.isfinite(steps)):
            return False
        lengths = np.linalg.norm(steps, axis=1)
        products = lengths[1:] * lengths[:-1]
        goes_back = np.sum(steps[1:] * steps[:-1], axis=1) <= -0.9 * products
        stays_long = lengths[1:] >= 0.9 * lengths[:-1]
        extent = np.max(np.ptp(points, axis=0))
        return bool(np.all(goes_back & stays_long) and lengths[-1] > 1e-6 * extent)

    def __str__(self) -> str:
        start = tree_map(lambda points: points[0], self.path)
        lines = [
            f"gradient descent: {self.steps} steps, learning rate {self.learning_rate}",
            f"  from x = {start}, f = {self.values[0]:.6g}",
            f"  to   x = {self.x}, f = {self.values[-1]:.6g}",
        ]
        if self.diverged:
            lines.append("  diverged: choose a smaller learning rate")
        elif self.swings:
            lines.append("  jumps to and fro: choose a smaller learning rate")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        line = html.Line(range(len(self.values)), self.values.tolist())
        drawn = html.chart([line], "f(x)", xlabel="step")
        return f"<div>{html.lines(str(self))}{drawn}</div>"


@checked_keywords
def gradient_descent(
    f: Callable[[Tree], Array], x0: Tree, learning_rate: float = 0.1, steps: int = 100
) -> Descent:
    """Minimise `f` by stepping against its gradient.

        x ← x − η ∂f/∂x

    `x0` is a number, an array, a list of numbers, or any nesting of dicts, lists and
    tuples of arrays; it is not overwritten. Whole numbers are taken as real numbers.
    A descent that leaves the finite numbers stops there and says `diverged`. Raises
    `ValueError` for a learning rate that is not above 0.

    >>> descent = gradient_descent(lambda x: np.sum(x**2), [-3, 4], steps=50)
    >>> print(descent)
    gradient descent: 50 steps, learning rate 0.1
      from x = [-3.  4.], f = 25
      to   x = [-4.28174308e-05  5.70899077e-05], f = 5.09259e-09
    >>> descent.path.shape
    (51, 2)

    Cauchy (1847), "Méthode générale pour la résolution des systèmes d'équations
    simultanées".
    """
    function("gradient_descent", f)
    positive("gradient_descent", "learning_rate", learning_rate)
    whole("gradient_descent", "steps", steps, least=0)
    x = as_point(x0)
    rate = float(learning_rate)
    path, values = [x], []
    # A descent that diverges overflows; it is reported by `diverged`, not by warnings.
    with np.errstate(all="ignore"):
        for _ in range(steps):
            value, slope = value_and_gradient(f, x)
            values.append(float(value))
            if not np.isfinite(values[-1]) or not _finite(x):
                break
            x = tree_map(lambda a, g: a - rate * g, x, slope)
            path.append(x)
        else:
            values.append(float(f(x)))
    return _report(path, values, rate)


def as_point(x: Tree) -> Tree:
    """Return a copy of `x` made of real arrays; a list of numbers becomes a vector.

    >>> as_point({"w": [1, 2], "b": 3})
    {'w': array([1., 2.]), 'b': array(3.)}
    """
    if isinstance(x, dict):
        return {name: as_point(value) for name, value in x.items()}
    if isinstance(x, (list, tuple)) and _holds_arrays(x):
        return type(x)(as_point(value) for value in x)
    array = np.array(x)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"gradient_descent: x0 must be made of real numbers, got {x!r}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _holds_arrays(x: Tree) -> bool:
    """Tell whether a list is a structure, and not itself a vector of numbers."""
    if isinstance(x, (list, tuple)):
        return any(_holds_arrays(value) for value in x)
    return isinstance(x, (dict, np.ndarray))


def _finite(x: Tree) -> bool:
    return all(bool(np.all(np.isfinite(leaf))) for leaf in leaves(x))


def _report(path: list[Any], values: list[float], rate: float) -> Descent:
    x = path[-1]
    finite = bool(np.isfinite(values[-1])) and _finite(x)
    return Descent(
        x=x,
        path=tree_map(lambda *points: np.stack(points), *path),
        values=np.array(values),
        learning_rate=rate,
        steps=len(path) - 1,
        diverged=not finite or values[-1] > values[0],
    )
