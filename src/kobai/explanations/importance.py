"""Which columns of a table a network needs: by how much worse it does without each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.columns import Columns
from kobai.errors import visible
from kobai.explanations.inputs import (
    columns_of,
    drawn,
    inputs_of_columns,
    places_of,
    rows_with_targets,
)
from kobai.explanations.screening import MANY_COLUMNS, most_moving
from kobai.explanations.worst import row_losses
from kobai.functions import accuracy, log_loss, r2, rmse
from kobai.keywords import checked_keywords

if TYPE_CHECKING:
    from kobai.formats import Model
    from kobai.networks import Network

WORK = 10_000_000_000
"""Products of a weight and a number that the rows may take altogether."""
WORK_OF_MANY = 10 * WORK
"""The same for very many columns, of which a few are shuffled."""
FEWEST_ROWS, MOST_ROWS = 500, 10_000
MOST_SHUFFLES = 500
"""Columns times repeats, where nobody says how many repeats."""


@dataclass(frozen=True)
class Importance:
    """How much worse predictions are with each column shuffled, the most needed first.

    `losses` and `scores` are `(columns, repeats)`: what `loss`, "log loss" or "RMSE",
    gains, and what `score`, "accuracy" or "R²", loses. They were measured on `rows` of
    `of_rows` rows. Where a gradient chose the columns, `screened_of` is of how many;
    it is 0 where it did not.
    """

    columns: tuple[str, ...]
    losses: Array
    scores: Array
    loss: str
    score: str
    rows: int
    of_rows: int
    screened_of: int = 0

    @property
    def means(self) -> Array:
        """What the loss gains with each column shuffled, the mean of all repeats."""
        means: Array = self.losses.mean(axis=1)
        return means

    @property
    def spreads(self) -> Array:
        """The standard deviations of the repeats, ddof 1."""
        spreads: Array = self.losses.std(axis=1, ddof=1)
        return spreads

    @property
    def lost(self) -> Array:
        """What the score loses with each column shuffled, the mean of all repeats."""
        lost: Array = self.scores.mean(axis=1)
        return lost

    def __str__(self) -> str:
        head = f"{'':24}  {self.loss:>10}  {'±':>8}  {self.score:>9}"
        numbers = zip(self.columns, self.means, self.spreads, self.lost, strict=True)
        lines = [f"{n:24}  {m:+10.4g}  {s:8.2g}  {-q:+9.4f}" for n, m, s, q in numbers]
        return visible("\n".join([head, *lines]))


@checked_keywords
def permutation_importance(
    model: "Model",
    data: Any,
    *,
    repeats: int | None = None,
    rows: int | None = None,
    seed: int = 0,
    columns: Sequence[str] | None = None,
) -> Importance:
    """Return how much worse a model does where one column after the other is shuffled.

        importance of column j = L(X with column j permuted, t) - L(X, t)

    L is the log loss, or the RMSE in the unit of the target (of several, the mean of
    each in its standard deviations; where some are classes the sum of the log losses,
    and of the squared errors in variances, and the score the mean of the accuracies and
    R²). A column is permuted as a whole: all inputs that
    are made of it, categories and whether it is missing, go together. A column that
    the model does not use has 0, and noise around 0 is none. Two columns that say the
    same share what they matter.

    `data` is a data set, of which the test rows are taken, or a table: a frame or a
    file. Of many rows `rows` are drawn by `seed`, at most 10,000 and fewer where the
    network is large; each column is permuted `repeats` times (5, and 2 at least where
    the columns are many). Of more than 200 columns the 30 are permuted that move the
    predictions most by one gradient: those with the largest mean square of the slope
    times what shuffling changes. `columns` names others, or fewer. Raises ValueError
    for a model that was not trained on a table, for a column that it does not use, and
    for fewer than 2 repeats; DataError for data that do not fit.

    >>> from kobai.data.dataset import Dataset
    >>> from kobai.data.tables.columns import Feature, Target
    >>> from kobai.formats import Model
    >>> from kobai.networks import Dense, Network
    >>> fitted = Columns(
    ...     (Feature("size"), Feature("age")), Target(("price",), (), (0.0,), (1.0,))
    ... )
    >>> network = Network(2, [Dense(1)], "squared_error")
    >>> network.params = {"W1": np.array([[2], [0]]), "b1": np.zeros(1)}
    >>> x = np.random.default_rng(0).normal(size=(100, 2)).astype("float32")
    >>> data = Dataset("made", x, 2 * x[:, :1], x, 2 * x[:, :1], columns=fitted)
    >>> found = permutation_importance(Model.of(network, data), data)
    >>> found.columns, float(found.means[1])
    (('size', 'age'), 0.0)

    Breiman (2001), "Random Forests", section 10; Fisher, Rudin & Dominici (2019), "All
    Models are Wrong, but Many are Useful", equation 3.
    """
    fitted = columns_of(model)
    inputs = inputs_of_columns(fitted)
    names, parts = list(inputs), list(inputs.values())
    what = "permutation_importance"
    chosen = None if columns is None else places_of(columns, names, what)
    if repeats is not None and repeats < 2:
        raise ValueError(
            f"permutation_importance: got {repeats} repeats; need 2 at least, which "
            "show by how much they differ"
        )
    x, t = rows_with_targets(model, data)
    rng = np.random.default_rng(seed)
    is_screened = chosen is None and len(names) > MANY_COLUMNS
    if is_screened:
        few = drawn(len(x), FEWEST_ROWS, np.random.default_rng(seed))
        chosen = most_moving(model.network, parts, x[few], np.random.default_rng(seed))
    if chosen is not None:
        names, parts = [names[i] for i in chosen], [parts[i] for i in chosen]
    shuffles = MOST_SHUFFLES
    if is_screened:
        shuffles = WORK_OF_MANY // (FEWEST_ROWS * max(_size(model.network), 1))
    times = repeats or max(2, min(5, shuffles // len(names)))
    most = rows or _affordable(model.network, times * len(names))
    taken = drawn(len(x), most, rng)
    found = _measured(model.network, fitted, parts, x[taken], t[taken], times, rng)
    order = np.argsort(-found[..., 0].mean(axis=1), kind="stable")
    loss, score = measures_of(fitted)
    return Importance(
        tuple(names[i] for i in order),
        found[order, :, 0],
        -found[order, :, 1],
        loss,
        score,
        len(taken),
        len(x),
        len(inputs) if is_screened else 0,
    )


def measures_of(columns: Columns) -> tuple[str, str]:
    """Return the names of the loss and of the score that a task is measured by."""
    if columns.parts:
        return "loss", "score"
    return ("log loss", "accuracy") if columns.target.classes else ("RMSE", "R²")


def _affordable(network: "Network", passes: int) -> int:
    affordable = WORK // (passes * max(_size(network), 1))
    return int(np.clip(affordable, FEWEST_ROWS, MOST_ROWS))


def _size(network: "Network") -> int:
    return sum(array.size for array in network.params.values())


def _measured(
    network: "Network",
    columns: Columns,
    parts: Sequence[Array],
    x: Array,
    t: Array,
    repeats: int,
    rng: np.random.Generator,
) -> Array:
    """Return what loss and score change by, `(columns, repeats, 2)`."""
    measure = partial(_loss_and_score, columns, t=t)
    before = measure(network.predict(x))
    found = np.empty((len(parts), repeats, 2))
    shuffled = x.copy()
    for column, mine in enumerate(parts):
        own = x[:, mine]
        for repeat in range(repeats):
            shuffled[:, mine] = own[rng.permutation(len(x))]
            after = measure(network.predict(shuffled))
            # What a network gives that has diverged may be no numbers.
            with np.errstate(invalid="ignore"):
                found[column, repeat] = np.subtract(after, before)
        shuffled[:, mine] = own
    return found


def _loss_and_score(columns: Columns, y: Array, t: Array) -> Sequence[float]:
    if parts := columns.parts:
        each = [_loss_and_score(p.columns, y[:, p.outputs], p.of(t)) for p in parts]
        loss = float(row_losses(columns, y, t).mean())
        return loss, float(np.mean([score for _, score in each]))
    if columns.target.classes:
        return log_loss(y, t), accuracy(y, t)
    unit = columns.target.stds[0] if len(columns.target.names) == 1 else 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        return unit * rmse(y, t), r2(y, t)
