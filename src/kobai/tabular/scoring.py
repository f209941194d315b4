"""The score of predictions by which scikit-learn compares models."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from kobai.data.tables.columns import Target
from kobai.data.tables.new_rows import lacking, spelled, targets
from kobai.data.tables.reading.tidy import words
from kobai.functions import r2

if TYPE_CHECKING:
    import polars as pl


def score_of_rows(
    target: Target,
    predicted: "pl.DataFrame",
    table: "pl.DataFrame",
    weights: ArrayLike | None = None,
) -> float:
    """Return the accuracy of classes, or R² of numbers; rows without a target aside.

    A class that the model does not know is predicted wrong.
    """
    lacking("table", target.names, table.columns, "to compare the predictions with")
    w = np.ones(len(table)) if weights is None else np.asarray(weights, float)
    if not target.classes:
        t, is_there = targets(target, table, "table")
        true = t * target.stds + target.means
        y = predicted.select(target.names).to_numpy()
        return r2(y[is_there], true[is_there], w[is_there])
    known = spelled(target.classes)
    true_words = words(table[target.names[0]]).to_list()
    pairs = zip(predicted.to_series(0).to_list(), true_words, strict=True)
    is_right = np.array([known.get(t) == known[y] for y, t in pairs])
    is_there = np.array([t is not None for t in true_words])
    return float(np.average(is_right[is_there], weights=w[is_there]))
