"""The score of predictions by which scikit-learn compares models."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from kobai.data.tables.columns import Columns, Target
from kobai.data.tables.new_rows import lacking, spelled, targets, with_blanks
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

    Of several targets it is the mean of theirs. A class that the model does not know is
    predicted wrong.
    """
    lacking("table", target.names, table.columns, "to compare the predictions with")
    w = np.ones(len(table)) if weights is None else np.asarray(weights, float)
    if target.classes:
        cells = table[target.names[0]]
        return _accuracy(target.classes, predicted.to_series(0), cells, w)
    if not target.heads:
        return _r2(target, predicted, table, w)
    each = []
    for part in Columns((), target).parts:
        cells = table[part.name]
        if part.classes:
            each.append(_accuracy(part.classes, predicted[part.name], cells, w))
        else:
            each.append(_r2(part.columns.target, predicted, table, w))
    return float(np.mean(each))


def _r2(
    target: Target, predicted: "pl.DataFrame", table: "pl.DataFrame", w: np.ndarray
) -> float:
    t, is_there = targets(target, table, "table")
    true = t * target.stds + target.means
    y = predicted.select(target.names).to_numpy()
    return r2(y[is_there], true[is_there], w[is_there])


def _accuracy(
    classes: Sequence[str], predicted: "pl.Series", true: "pl.Series", w: np.ndarray
) -> float:
    known = spelled(classes)
    true_words = with_blanks(words(true), known).to_list()
    pairs = zip(predicted.to_list(), true_words, strict=True)
    is_right = np.array([known.get(t) == known[y] for y, t in pairs])
    is_there = np.array([t is not None for t in true_words])
    return float(np.average(is_right[is_there], weights=w[is_there]))
