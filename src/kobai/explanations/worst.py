"""How wrong each prediction is, and the rows that are predicted worst."""

from dataclasses import dataclass

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.columns import Columns
from kobai.formats.predictions import of_both_classes


def row_losses(columns: Columns, y: Array, t: Array) -> Array:
    """Return how wrong each prediction is, `(n,)`.

        of classes     -log p of the true class
        of numbers     1/k Σ ((y - t) / std)²,  each target in its standard deviations
        of both        the sum over the targets

    y are the network's outputs `(n, k)`, t the targets as it takes them: labels `(n,)`
    or standardised numbers `(n, k)`. A probability of 0 counts as the smallest step
    from 1, as in `kobai.functions.log_loss`.

    >>> from kobai.data.tables.columns import Feature, Target
    >>> columns = Columns((Feature("size"),), Target(("kind",), ("cat", "dog")))
    >>> y = np.array([[0.5, 0.5], [0.8, 0.2]])
    >>> row_losses(columns, y, np.array([0, 1])).round(3)
    array([0.693, 1.609])
    """
    if parts := columns.parts:
        each = [row_losses(p.columns, y[:, p.outputs], p.of(t)) for p in parts]
        sums: Array = np.sum(each, axis=0)
        return sums
    if columns.target.classes:
        given = np.where(t == 1, y[:, 0], 1 - y[:, 0])
        if y.shape[1] > 1:
            given = y[np.arange(len(t)), t]
        losses: Array = -np.log(np.maximum(given, np.finfo(y.dtype).eps))
        return losses
    errors = np.asarray(y, float) - t
    squares: Array = (errors**2).reshape(len(errors), -1).mean(axis=1)
    return squares


def worst_rows(columns: Columns, y: Array, t: Array, count: int = 5) -> Array:
    """Return the places of the rows with the largest `row_losses`, the worst first.

    Of rows that are equally wrong the earlier comes first; shapes as in `row_losses`.
    """
    losses = row_losses(columns, y, t)
    # What is no number is the worst of all.
    order = np.argsort(-np.nan_to_num(losses, nan=np.inf), kind="stable")
    return order[:count]


@dataclass(frozen=True)
class WorstRow:
    """A row that is predicted wrong, and its number in the table, if it is known.

    Of classes `probability` is that of the true one; of several targets `target` is the
    one with the largest loss.
    """

    row: int | None
    target: str
    true: str | float
    predicted: str | float
    probability: float | None = None


def worst_of(
    columns: Columns,
    y: Array,
    t: Array,
    numbers: Array | None = None,
    count: int = 5,
) -> list[WorstRow]:
    """Return what is true and what is predicted of the rows with the largest losses.

    Shapes as in `row_losses`; `numbers` `(n,)` are those of the rows.
    """
    rows = worst_rows(columns, y, t, count)
    told = _told_class if columns.target.classes else _told_number
    if columns.parts:
        told = _told_worst
    return [
        told(columns, y[i], t[i], None if numbers is None else int(numbers[i]))
        for i in rows
    ]


def _told_worst(columns: Columns, y: Array, t: Array, row: int | None) -> WorstRow:
    """Tell of the target of several that is predicted worst."""
    parts = [(p.columns, y[None, p.outputs], p.of(t[None])) for p in columns.parts]
    losses = [row_losses(*part)[0] for part in parts]
    own, guess, true = parts[int(np.argmax(np.nan_to_num(losses, nan=np.inf)))]
    told = _told_class if own.target.classes else _told_number
    return told(own, guess[0], true[0], row)


def _told_class(columns: Columns, y: Array, t: int, row: int | None) -> WorstRow:
    shares = of_both_classes(columns, y[None])[0]
    target = columns.target
    guess = target.classes[int(shares.argmax())]
    return WorstRow(row, target.names[0], target.classes[t], guess, float(shares[t]))


def _told_number(columns: Columns, y: Array, t: Array, row: int | None) -> WorstRow:
    worst = int(abs(y - t).argmax())
    true, guess = columns.decode(t), columns.decode(y)
    name = columns.target.names[worst]
    return WorstRow(row, name, float(true[worst]), float(guess[worst]))
