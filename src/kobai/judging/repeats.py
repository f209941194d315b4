"""How far scores depend on which rows were drawn, and on the seed."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kobai.data import Dataset
from kobai.data.splits import Fold
from kobai.judging.score import scores
from kobai.networks import Network

Scores = dict[str, float]


class Spread(NamedTuple):
    """Scores of several networks: their mean, the lowest and the highest.

    >>> print(Spread(0.8375, 0.776, 0.884))
    0.838 (0.776 to 0.884)
    """

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"


def fold_scores(
    load: Callable[[Fold], Dataset],
    fit: Callable[[Dataset], Network],
    folds: int = 5,
) -> Iterator[Scores]:
    """Yield what networks score that are each tested on another part of the rows.

    `load` returns a table divided by a fold, so that its columns are fitted to the
    other parts alone: nothing of the rows tested on is known. `fit` returns a network
    that has learned from it. See `spread` for what to make of the scores. Raises
    ValueError for fewer than two folds, or more than there are rows.

    >>> import polars as pl
    >>> from kobai.data import load_table
    >>> from kobai.judging import linear_network
    >>> frame = pl.DataFrame({"a": range(50), "t": [2.0 * i for i in range(50)]})
    >>> found = list(fold_scores(
    ...     lambda fold: load_table(frame, "t", test_size=fold, keep="a"),
    ...     linear_network,
    ... ))
    >>> len(found), min(each["r2"] for each in found) > 0.99
    (5, True)

    Stone (1974), "Cross-Validatory Choice and Assessment of Statistical Predictions".
    """
    for index in range(folds):
        data = load(Fold(index, folds))
        yield score_of(fit(data), data)


def score_of(network: Network, data: Dataset, threshold: float | None = None) -> Scores:
    """Return what a network for a table scores on the test rows.

    Raises ValueError for data that was no table.
    """
    if data.columns is None:
        raise ValueError(f"score_of: {data.name} was no table; need load_table()")
    outputs = network.predict(data.x_test)
    found = scores(
        data.columns, outputs, data.t_test, intervals=False, threshold=threshold
    )
    return {name: score.value for name, score in found.items()}


def spread(found: Sequence[Scores]) -> dict[str, Spread]:
    """Return the mean, the lowest and the highest of each score.

    >>> spread([{"r2": 0.5}, {"r2": 0.7}])
    {'r2': Spread(mean=0.6, low=0.5, high=0.7)}
    """
    columns = {name: np.array([each[name] for each in found]) for name in found[0]}
    return {
        name: Spread(float(v.mean()), float(v.min()), float(v.max()))
        for name, v in columns.items()
    }
