"""A single prediction, taken apart into what each column adds to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array, Dataset
from kobai.data.tables.columns import Columns
from kobai.explanations.inputs import (
    columns_of,
    drawn,
    inputs_of_columns,
    inputs_of_features,
    places_of,
)
from kobai.explanations.screening import MANY_COLUMNS, most_different, owners
from kobai.formats.predictions import of_both_classes
from kobai.formats.records import raw_of
from kobai.formats.rows import named, raw_rows, records_of
from kobai.keywords import checked_keywords

if TYPE_CHECKING:
    from kobai.formats import Model
    from kobai.networks import Network

BACKGROUND = 100
"""So many training rows stand for all that a row is compared with."""
FEW_COLUMNS = 8
"""Of so many columns all sets are tried; of more, orders are drawn."""
FEWEST_WALKS, WALKS = 20, 1_000
"""Orders of the columns that are drawn: fewer of many columns, or large networks."""
WORK = 10_000_000_000
"""Products of a weight and a number that all orders may take."""


@dataclass(frozen=True)
class Contributions:
    """What a row's prediction is made of: `base` plus a value of each column.

    `values` is `(columns, k)`, `base` and `prediction` are `(k,)`, in the unit of the
    target or as probabilities: `base + values.sum(axis=0)` is `prediction`. `names` are
    those of the k outputs. `is_against_means` tells that no training rows were at hand.

    Where some columns were taken as one, they are not among `columns`: `others` is how
    many they are, and `together`, `(k,)`, what they add, which belongs to the sum.
    Where a gradient chose the columns, `screened_of` is of how many; else it is 0.
    """

    columns: tuple[str, ...]
    values: Array
    base: Array
    prediction: Array
    names: tuple[str, ...]
    is_against_means: bool = False
    others: int = 0
    together: Array | float = 0.0
    screened_of: int = 0


@checked_keywords
def contributions(
    model: "Model",
    row: Any,
    background: "Dataset | Array | None" = None,
    *,
    walks: int | None = None,
    seed: int = 0,
    columns: Sequence[str] | None = None,
) -> Contributions:
    """Return what each column adds to a row's prediction, by Shapley's division.

        φⱼ = Σ over sets S without j  |S|! (p - |S| - 1)! / p!  (v(S + j) - v(S))
        v(S) = mean over background rows z of f(columns S of the row, others of z)
        Σ φⱼ = f(row) - mean f(z)

    f is the model in the unit of the target, or its probabilities. Up to 8 columns all
    sets are tried, and φ is exact. Of more, about `walks` orders of the columns are
    drawn by `seed`, half of them the others backwards: columns change one after the
    other from those of a background row to those of the row, and φⱼ is the mean of the
    steps that column j makes. The sum is exact all the same, as every background row
    begins equally many of them. Usually they are 1,000, fewer of many
    columns or a large network. Of more than 200 columns the 30 are taken apart that
    make the most difference by the slopes at both ends, and all others count as one
    column. `columns` names those to take apart instead.

    `row` is a record, or a frame, list or array of one row; `background` is the data
    set that was trained on, of which 100 training rows are drawn, or rows `(m, width)`
    as the network takes them. Without it the row is compared with the means of the
    numbers, and with words of which each is as frequent. Raises ValueError for a model
    that was not trained on a table, for a column that it does not use, or for other
    than one row.

    >>> from kobai.data.tables.columns import Feature, Target
    >>> from kobai.formats import Model
    >>> from kobai.networks import Dense, Network
    >>> fitted = Columns(
    ...     (Feature("size", mean=5), Feature("age")),
    ...     Target(("price",), (), (100.0,), (10.0,)),
    ... )
    >>> network = Network(2, [Dense(1)], "squared_error")
    >>> network.params = {"W1": np.array([[2], [-1]]), "b1": np.zeros(1)}
    >>> found = contributions(Model(network, columns=fitted), {"size": 6, "age": 3})
    >>> found.base, found.values.ravel(), found.prediction
    (array([100.]), array([ 20., -30.]), array([90.]))

    Shapley (1953), "A Value for n-Person Games"; Štrumbelj & Kononenko (2014),
    "Explaining prediction models and individual predictions with feature
    contributions"; orders forwards and backwards: Mitchell, Cooper, Frank & Holmes
    (2022), "Sampling Permutations for Shapley Value Estimation".
    """
    fitted = columns_of(model)
    inputs = inputs_of_columns(fitted)
    names, parts = list(inputs), list(inputs.values())
    chosen = None if columns is None else places_of(columns, names, "contributions")
    x = _encoded_row(fitted, row)
    others = _background(fitted, background, seed)
    is_screened = chosen is None and len(names) > MANY_COLUMNS
    if is_screened:
        chosen = most_different(
            model.network, parts, x, others, np.random.default_rng(seed)
        )
    if chosen is not None:
        names, parts = [names[i] for i in chosen], _with_rest(parts, chosen)
    is_exact = len(parts) <= FEW_COLUMNS
    count = walks or _affordable(model.network, len(parts))
    if not is_exact:
        rng = np.random.default_rng(seed)
        others = others[drawn(len(others), max(1, count // 2), rng)]
    game = _Game(model.network, fitted, parts, x, others)
    values = game.exact() if is_exact else game.sampled(count, seed)
    ends = game.outputs(np.vstack([x[np.newaxis], others]))
    return Contributions(
        tuple(names),
        values[: len(names)],
        ends[1:].mean(axis=0),
        ends[0],
        fitted.target.outputs,
        background is None,
        len(inputs) - len(names),
        values[len(names) :].sum(axis=0),
        len(inputs) if is_screened else 0,
    )


def _with_rest(parts: Sequence[Array], chosen: list[int]) -> list[Array]:
    """Return the inputs of the columns chosen, and in the end those of all others."""
    rest = sorted(set(range(len(parts))).difference(chosen))
    own = [parts[i] for i in chosen]
    return [*own, np.concatenate([parts[i] for i in rest])] if len(rest) else own


@dataclass(frozen=True)
class _Game:
    """A row x `(width,)` against others `(m, width)`; `parts` are the columns' inputs.

    A set of columns is worth what the network makes of rows that have these of x.
    """

    network: "Network"
    columns: Columns
    parts: list[Array]
    x: Array
    others: Array

    def outputs(self, x: Array) -> Array:
        """Return predictions `(n, k)`, of one output for two classes both."""
        y = np.asarray(self.columns.decode(self.network.predict(x)), float)
        return of_both_classes(self.columns, y)

    def exact(self) -> Array:
        """Return the values `(p, k)` from all 2ᵖ sets."""
        p = len(self.parts)
        sets = [s for size in range(p + 1) for s in combinations(range(p), size)]
        worth = {chosen: self._worth(chosen) for chosen in sets}
        values = np.zeros((p, len(worth[()])))
        for chosen in sets:
            for j in set(range(p)).difference(chosen):
                share = 1 / (p * comb(p - 1, len(chosen)))
                more = tuple(sorted((*chosen, j)))
                values[j] += share * (worth[more] - worth[chosen])
        return values

    def _worth(self, chosen: tuple[int, ...]) -> Array:
        rows = self.others.copy()
        for j in chosen:
            rows[:, self.parts[j]] = self.x[self.parts[j]]
        worth: Array = self.outputs(rows).mean(axis=0)
        return worth

    def sampled(self, walks: int, seed: int) -> Array:
        """Return the values `(p, k)` as means over orders, each there and back."""
        rng = np.random.default_rng(seed)
        shape = len(self.others), len(self.parts)
        rounds = max(1, round(walks / (2 * len(self.others))))
        orders = [np.argsort(rng.random(shape), axis=1) for _ in range(rounds)]
        found = [self._walk(o) + self._walk(o[:, ::-1]) for o in orders]
        values: Array = np.sum(found, axis=0) / (2 * rounds * len(self.others))
        return values

    def _walk(self, order: Array) -> Array:
        """Change the columns of each row in its order `(m, p)`; sum the steps."""
        owner = owners(self.parts, self.columns.width)
        place = np.argsort(order, axis=1)[:, owner]
        before = self.outputs(self.others)
        values = np.zeros((len(self.parts), before.shape[1]))
        for step, changed in enumerate(order.T):
            after = self.outputs(np.where(place <= step, self.x, self.others))
            np.add.at(values, changed, after - before)
            before = after
        return values


def _affordable(network: "Network", steps: int) -> int:
    size = sum(array.size for array in network.params.values())
    return int(np.clip(WORK // (steps * max(size, 1)), FEWEST_WALKS, WALKS))


def background_rows(data: Dataset, seed: int = 0) -> Array:
    """Return the training rows `(m, width)` that stand for all, drawn by `seed`."""
    return data.x_train[
        drawn(len(data.x_train), BACKGROUND, np.random.default_rng(seed))
    ]


def _background(columns: Columns, given: "Dataset | Array | None", seed: int) -> Array:
    if isinstance(given, Dataset):
        given = background_rows(given, seed)
    if given is None:
        return _means(columns)[np.newaxis]
    rows = np.asarray(given)
    if rows.ndim != 2 or rows.shape[1] != columns.width or not len(rows):
        raise ValueError(
            f"contributions: got a background of shape {rows.shape}; need "
            f"(m, {columns.width}), rows as the network takes them"
        )
    return rows


def _means(columns: Columns) -> Array:
    """Return the inputs `(width,)` of a row that is as usual in every number."""
    x = np.zeros(columns.width, np.float32)
    inputs = inputs_of_features(columns)
    for feature, mine in zip(columns.features, inputs, strict=True):
        if feature.kind == "category":
            x[mine] = 1 / len(mine)
    return x


def _encoded_row(columns: Columns, row: Any) -> Array:
    """Return the inputs `(width,)` that one row makes."""
    if (records := records_of(row)) is not None:
        raw = np.array(raw_of(columns, records), float)
    elif (table := named(row)) is not None:
        raw = raw_rows(columns, table)
    else:
        raw = np.atleast_2d(np.asarray(row, float))
    if raw.shape != (1, len(columns.features)):
        raise ValueError(
            f"contributions: got rows of shape {raw.shape}; need one row: "
            f"(1, {len(columns.features)})"
        )
    x: Array = columns.encode(raw)[0].astype(np.float32)
    return x
