"""`check_gradient`: two gradients compared, number by number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai import checks, html
from kobai.autodiff.numerical import Probe
from kobai.autodiff.reverse import as_float_array, gradient
from kobai.autodiff.trees import leaf_names, leaves, tree_map
from kobai.keywords import checked_keywords

HEAD = ("parameter", "shape", "max |difference|", "relative", "where", "verdict")


@dataclass(frozen=True)
class GradientRow:
    """The comparison for one array of parameters."""

    name: str
    shape: tuple[int, ...]
    max_abs: float
    max_rel: float
    where: tuple[int, ...]
    checked: int
    ok: bool


@dataclass(frozen=True)
class GradientReport:
    """The comparison of a gradient with its definition; false where they differ."""

    rows: tuple[GradientRow, ...]
    rtol: float
    atol: float

    def __bool__(self) -> bool:
        return all(row.ok for row in self.rows)

    def __str__(self) -> str:
        lines = [HEAD, *self.cells()]
        widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
        table = [
            "  ".join(
                cell.ljust(w) for cell, w in zip(line, widths, strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join(table)

    __repr__ = __str__

    def cells(self) -> list[tuple[str, ...]]:
        """Return the rows of the table as text, a cell for each name of `HEAD`."""
        return [_cells(row) for row in self.rows]

    def _repr_html_(self) -> str:
        wrong = [i for i, row in enumerate(self.rows) if not row.ok]
        return html.table(HEAD, self.cells(), left=(0, 1, 4, 5), bold=wrong)


@checked_keywords
def check_gradient(
    f: Callable[[Any], Any],
    x: Any,
    grads: Any = None,
    *,
    h: float = 1e-4,
    rtol: float | None = None,
    atol: float | None = None,
    samples: int | None = None,
    seed: int = 0,
) -> GradientReport:
    """Compare a gradient with its definition, number by number.

    Right is |a - n| ≤ atol + rtol · max(|a|, |n|), for a gradient a and the central
    difference n. `grads` is the gradient to check: one that was worked out by hand, of
    x's structure, or a function of x that returns it. Without it the gradient of
    back-propagation is checked, in float64. `samples` limits how many numbers of each
    array are checked, drawn by `seed`. The tolerances default to rtol = 1e-5,
    atol = 1e-7, and for float32 to rtol = atol = 2e-3, since central differences of
    rounded numbers are no better than that; in float64 atol is at least
    the rounding error 1e-15 |f| / h. At a corner (ReLU at 0) no tolerance helps: there
    is no derivative.

    The report prints as a table, and is false where the gradient is wrong. Raises
    ValueError where `grads` has another structure or other shapes than x.

    >>> report = check_gradient(lambda x: np.sum(x ** 3), np.array([1.0, 2.0]))
    >>> bool(report)
    True
    >>> by_hand = np.array([3.0, 6.0])
    >>> wrong = check_gradient(lambda x: np.sum(x ** 3), np.array([1.0, 2.0]), by_hand)
    >>> bool(wrong), wrong.rows[0].where
    (False, (1,))
    """
    return compare_gradients(f, x, grads, h, (rtol, atol), samples, seed)


def compare_gradients(
    f: Callable[[Any], Any],
    x: Any,
    grads: Any,
    h: float,
    given: tuple[float | None, float | None],
    samples: int | None,
    seed: int,
    slopes_at: Callable[[Any], Any] = lambda x: None,
) -> GradientReport:
    """Do what `check_gradient` does, with the tolerances that are `given`.

    Central differences are those of `slopes_at(x)`, or are taken one by one where that
    is None.
    """
    checks.function("check_gradient", f)
    if grads is None:
        x = tree_map(lambda leaf: as_float_array(leaf).astype(np.float64), x)
        grads = gradient(f, x)
    elif callable(grads):
        grads = grads(x)
    analytic = tree_map(_paired, x, grads)
    slopes = slopes_at(x)
    known = [None] * len(leaves(x)) if slopes is None else leaves(slopes)
    rng = np.random.default_rng(seed)
    rows = []
    with Probe(f, x) as probe:
        loss = probe.value()
        probe.restore()
        parts = leaf_names(x), probe.arrays, leaves(analytic), known
        for name, array, slope, found in zip(*parts, strict=True):
            usual = _usual_tolerances(array.dtype, loss, h)
            tolerances = (
                usual[0] if given[0] is None else given[0],
                usual[1] if given[1] is None else given[1],
            )
            places = _places(array.shape, samples, rng)
            if found is None:
                numeric = [probe.slope(array, place, h) for place in places]
            else:
                numeric = [float(np.asarray(found)[place]) for place in places]
            rows.append(_compare(name, slope, places, numeric, tolerances))
    return GradientReport(tuple(rows), *tolerances) if rows else _empty(x)


def _usual_tolerances(dtype: Any, loss: float, h: float) -> tuple[float, float]:
    if dtype.itemsize < 8:
        return 2e-3, 2e-3
    # What is left of the rounding of f after the division by the step.
    return 1e-5, max(1e-7, 1e-15 * abs(loss) / h)


def _paired(leaf: Any, gradient_of_leaf: Any) -> np.ndarray:
    slope: np.ndarray = as_float_array(gradient_of_leaf)
    if slope.shape != np.shape(leaf):
        raise ValueError(
            f"check_gradient: got a gradient of shape {slope.shape} for a parameter of "
            f"shape {np.shape(leaf)}; need equal shapes"
        )
    return slope


def _places(
    shape: tuple[int, ...], samples: int | None, rng: np.random.Generator
) -> list[tuple[int, ...]]:
    size = int(np.prod(shape))
    if samples is None or samples >= size:
        return list(np.ndindex(shape))
    chosen = np.sort(rng.choice(size, samples, replace=False))
    return [tuple(int(i) for i in np.unravel_index(c, shape)) for c in chosen]


def _compare(
    name: str,
    slope: np.ndarray,
    places: list[tuple[int, ...]],
    numeric: list[float],
    tolerances: tuple[float, float],
) -> GradientRow:
    rtol, atol = tolerances
    a = np.array([float(slope[place]) for place in places])
    n = np.array(numeric)
    # Infinite gradients are wrong, not an accident here.
    with np.errstate(invalid="ignore"):
        difference = np.abs(a - n)
        size = np.maximum(np.abs(a), np.abs(n))
        relative = np.divide(difference, size, out=np.zeros_like(size), where=size > 0)
        excess = difference - (atol + rtol * size)
    # Not >, so that a difference that is not a number is wrong.
    ok = bool(np.all(excess <= 0))
    worst = int(np.argmax(np.where(np.isnan(excess), np.inf, excess))) if a.size else 0
    return GradientRow(
        name=name,
        shape=slope.shape,
        max_abs=float(np.max(difference, initial=0.0)),
        max_rel=float(np.max(relative, initial=0.0)),
        where=places[worst] if places else (),
        checked=len(places),
        ok=ok,
    )


def _empty(x: Any) -> GradientReport:
    raise ValueError(f"check_gradient: got {x!r}, which holds no parameters")


def _cells(row: GradientRow) -> tuple[str, ...]:
    where = "[" + ", ".join(map(str, row.where)) + "]"
    return (
        row.name,
        str(row.shape),
        f"{row.max_abs:.2e}",
        f"{row.max_rel:.2e}",
        where,
        "ok" if row.ok else "WRONG",
    )
