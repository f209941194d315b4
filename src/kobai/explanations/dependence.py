"""How predictions change with one column, while all others stay as they are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.columns import OTHER, Columns, Feature
from kobai.errors import suggest
from kobai.explanations.inputs import (
    column_of,
    columns_of,
    drawn,
    inputs_of_features,
    rows_with_targets,
)
from kobai.formats.predictions import of_both_classes
from kobai.keywords import checked_keywords

if TYPE_CHECKING:
    from kobai.formats import Model

ENDS = 0.01, 0.99
"""Quantiles at which the grid of a number begins and ends."""
MOST_WORDS = 12
MOST_DIGITS = 16


@dataclass(frozen=True)
class Dependence:
    """What is predicted, on average and for some rows, at each value of a feature.

    `values` are g numbers of a grid, or g words, the most frequent first; `means` is
    `(g, k)` and `curves` `(c, g, k)`, one of c rows each, in the target's unit or as
    probabilities; `names` are those of the k outputs. `spread` says how the feature is
    distributed: the numbers of the rows `(n,)`, or the share of the rows that have each
    word `(g,)`.
    """

    name: str
    column: str
    values: tuple[str, ...] | Array
    means: Array
    curves: Array
    spread: Array
    names: tuple[str, ...]


@checked_keywords
def partial_dependence(
    model: "Model",
    data: Any,
    column: str,
    *,
    points: int = 20,
    rows: int = 500,
    curves: int = 20,
    seed: int = 0,
) -> list[Dependence]:
    """Return how predictions change with a column, for each feature made of it.

        mean(v) = 1/n Σ f(row i with v in the column)

    Numbers take `points` quantiles of the rows, from the 1st to the 99th in a hundred,
    or all values where they are fewer; words take the 12 most frequent. The mean is of
    at most `rows` rows, drawn by `seed`, of which `curves` are given singly, from the
    first to the last: a table may be sorted. Where their curves cross, other columns
    matter for what this one does. Rows that do not exist, such as a child of 40 years,
    count as well.

    `data` is as in `permutation_importance`. Raises ValueError for a model that was not
    trained on a table, for a column that it does not use, and for free text.

    >>> from kobai.data import Dataset
    >>> from kobai.data.tables.columns import Target
    >>> from kobai.formats import Model
    >>> from kobai.networks import Dense, Network
    >>> fitted = Columns((Feature("size"),), Target(("price",), (), (0.0,), (1.0,)))
    >>> network = Network(1, [Dense(1)], "squared_error")
    >>> network.params = {"W1": np.array([[2]]), "b1": np.zeros(1)}
    >>> x = np.array([[0], [1], [2]], np.float32)
    >>> data = Dataset("made", x, 2 * x, x, 2 * x, columns=fitted)
    >>> (found,) = partial_dependence(Model.of(network, data), data, "size")
    >>> found.values, found.means.ravel()
    (array([0., 1., 2.]), array([0., 2., 4.]))

    Friedman (2001), "Greedy Function Approximation", section 8.2; single curves:
    Goldstein, Kapelner, Bleich & Pitkin (2015), "Peeking Inside the Black Box".
    """
    fitted = columns_of(model)
    mine = [i for i, f in enumerate(fitted.features) if column_of(f) == column]
    if mine and fitted.features[mine[0]].kind == "text":
        raise ValueError(
            f'partial_dependence: "{column}" is text, which has no values in a row; '
            "permutation_importance tells what it matters"
        )
    if not mine:
        known = list(dict.fromkeys(map(column_of, fitted.features)))
        raise ValueError(
            f'partial_dependence: the model uses no column "{column}"; it uses '
            f"{', '.join(known)}.{suggest(column, known)}"
        )
    x, _ = rows_with_targets(model, data)
    x = x[drawn(len(x), rows, np.random.default_rng(seed))]
    return [_of_feature(model, fitted, x, i, points, curves) for i in mine]


def _of_feature(
    model: "Model", columns: Columns, x: Array, index: int, points: int, curves: int
) -> Dependence:
    feature, mine = columns.features[index], inputs_of_features(columns)[index]
    values: tuple[str, ...] | Array
    if feature.kind == "category":
        values, codes, spread = _words(feature, x[:, mine])
    else:
        spread = _numbers(feature, x[:, mine])
        # Rows that all lack the number have none for a grid.
        numbers = spread if len(spread) else np.array([feature.mean])
        values = codes = _grid(numbers, points)
    parts = _encoded(columns, index, codes)[:, mine]
    found = np.stack([_predicted(model, columns, x, mine, part) for part in parts], 1)
    names = columns.target.outputs
    means = found.mean(axis=0)
    single = np.linspace(0, len(x) - 1, min(curves, len(x))).astype(int)
    column = column_of(feature)
    return Dependence(feature.name, column, values, means, found[single], spread, names)


def _predicted(
    model: "Model", columns: Columns, x: Array, mine: Array, part: Array
) -> Array:
    """Return predictions `(n, k)` for rows x that have `part` as these inputs."""
    changed = x.copy()
    changed[:, mine] = part
    y = np.asarray(columns.decode(model.network.predict(changed)), float)
    return of_both_classes(columns, y)


def _encoded(columns: Columns, index: int, codes: Array) -> Array:
    """Return the inputs of rows that have each code, or number, of one feature."""
    raw = np.full((len(codes), len(columns.features)), np.nan)
    raw[:, index] = codes
    x: Array = columns.encode(raw)
    return x


def _words(feature: Feature, x: Array) -> tuple[tuple[str, ...], Array, Array]:
    """Return the most frequent words, their codes and their shares, from inputs."""
    shares = x.mean(axis=0, dtype=float)
    chosen = np.argsort(-shares, kind="stable")[:MOST_WORDS]
    codes = np.array(feature.codes)[chosen]
    words = ("(other)" if code == OTHER else feature.categories[code] for code in codes)
    return tuple(words), codes.astype(float), shares[chosen]


def _numbers(feature: Feature, x: Array) -> Array:
    """Return the numbers `(n,)` that were standardised, without missing ones."""
    numbers = feature.mean + feature.std * x[:, 0].astype(float)
    is_there = x[:, 1] == 0 if feature.has_missing else np.ones(len(x), bool)
    # float32 had seven digits: what is beyond is no part of the number.
    digits = int(5 - np.floor(np.log10(feature.std)))
    found: Array = numbers[is_there]
    return np.round(found, digits) if abs(digits) < MOST_DIGITS else found


def _grid(numbers: Array, points: int) -> Array:
    different = np.unique(numbers)
    if len(different) <= points:
        return different
    return np.unique(np.quantile(numbers, np.linspace(*ENDS, points)))
