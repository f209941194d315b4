"""Data divided into a part to learn from and a part to test on."""

# NumPy loads np.random, which takes 10 ms, on first use: not for an annotation.
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kobai.data.dataset import Array
from kobai.keywords import checked_keywords


class Last(float):
    """The share of the rows to test on that come last, in the order of a table.

    Rows in the order of time are learned from up to some day, and tested on after it:
    drawn ones would have learned from the day before and the day after.

    >>> chosen_rows(np.array([3, 1, 0, 2]), Last(0.5))
    array([False, False,  True,  True])
    """


@checked_keywords
@dataclass(frozen=True)
class Fold:
    """One part of `parts` of the rows, to test on: number `index`, from 0.

    Every row is in one of them. Raises ValueError for a part that there is not.

    >>> parts = [chosen_rows(np.array([3, 1, 0, 2]), Fold(i, 2)) for i in (0, 1)]
    >>> sum(map(np.asarray, parts)).tolist()
    [1, 1, 1, 1]

    Stone (1974), "Cross-Validatory Choice and Assessment of Statistical Predictions".
    """

    index: int
    parts: int

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.parts:
            raise ValueError(f"Fold: got part {self.index} of {self.parts}")


@checked_keywords
def train_test_split(
    x: Array,
    t: Array,
    test_size: float = 0.2,
    seed: int | np.random.Generator = 0,
    stratify: bool = False,
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Divide rows at random into `(x_train, t_train), (x_test, t_test)`.

    `x` is `(n, ...)` and `t` is `(n, ...)`. `test_size` is a fraction of the rows
    (between 0 and 1; the count is rounded, to one at least) or a whole number of rows.
    The same seed gives the same rows. With `stratify`, `t` holds class labels `(n,)`,
    and each class is divided in the same proportion, to within one row. Raises
    `ValueError` when x and t have different numbers of rows, or when a part would be
    empty.

    >>> x, t = np.arange(10.0)[:, None], np.arange(10) % 2
    >>> (x_train, t_train), (x_test, t_test) = train_test_split(x, t, stratify=True)
    >>> x_train.shape, sorted(t_test.tolist())
    ((8, 1), [0, 1])
    """
    x, t = np.asarray(x), np.asarray(t)
    if len(x) != len(t):
        raise ValueError(
            f"train_test_split: got {len(x)} rows in x and {len(t)} in t; "
            f"need one target for each row"
        )
    order = np.random.default_rng(seed).permutation(len(x))
    test = chosen_rows(order, test_size, t if stratify else None)[order]
    train_rows, test_rows = order[~test], order[test]
    return (x[train_rows], t[train_rows]), (x[test_rows], t[test_rows])


def drawn_rows(
    count: int,
    test_size: float | Fold,
    seed: int | tuple[int, ...],
    labels: Array | None = None,
) -> Array:
    """Return which of so many rows are for testing `(count,)`, drawn by `seed`.

    >>> int(drawn_rows(10, 0.2, seed=0).sum())
    2
    """
    order = np.random.default_rng(seed).permutation(count)
    return chosen_rows(order, test_size, labels)


def chosen_rows(
    order: Array, test_size: float | Fold, labels: Array | None = None
) -> Array:
    """Return which rows are for testing `(n,)`, chosen by their random order.

    With `labels` `(n,)` each class is divided in the same proportion, but for `Last`.
    """
    if isinstance(test_size, Fold):
        return _in_fold(order, test_size, labels)
    count = _test_count(len(order), test_size)
    chosen = np.zeros(len(order), dtype=bool)
    if isinstance(test_size, Last):
        chosen[len(order) - count :] = True
    elif labels is None:
        chosen[order[:count]] = True
    else:
        chosen[_evenly(order, labels, count)] = True
    return chosen


def _in_fold(order: Array, fold: Fold, labels: Array | None) -> Array:
    """Return the rows of a fold: one of every so many, once sorted by label."""
    if fold.parts > len(order) or fold.parts < 2:
        raise ValueError(
            f"folds: got {fold.parts} for {len(order)} rows; need 2 or more, and a row "
            "for each"
        )
    if labels is not None:
        order = order[np.argsort(labels[order], kind="stable")]
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order[fold.index :: fold.parts]] = True
    return chosen


def how_chosen(test_size: float | Fold, seed: int) -> str:
    """Say how rows are chosen to test on.

    >>> how_chosen(0.2, 3), how_chosen(Last(0.2), 3), how_chosen(Fold(0, 5), 3)
    ('drawn by seed 3', 'the last ones', 'part 1 of 5, drawn by seed 3')
    """
    if isinstance(test_size, Fold):
        return f"part {test_size.index + 1} of {test_size.parts}, drawn by seed {seed}"
    return "the last ones" if isinstance(test_size, Last) else f"drawn by seed {seed}"


def _test_count(rows: int, test_size: float) -> int:
    whole = isinstance(test_size, int | np.integer) and not isinstance(test_size, bool)
    count = int(test_size) if whole else 0
    if not whole and 0 < test_size < 1:
        count = max(1, round(rows * test_size))
    if not 0 < count < rows:
        raise ValueError(
            f"train_test_split: got test_size={test_size!r} for {rows} rows; need a "
            f"fraction between 0 and 1, or a number of rows from 1 to the rows less "
            f"one, that leaves at least one row in each part"
        )
    return count


def _evenly(order: Array, labels: Array, count: int) -> Array:
    """Pick `count` of the rows `order`, evenly spaced once sorted by label."""
    if labels.ndim != 1:
        raise ValueError(
            f"train_test_split: got t of shape {labels.shape} with stratify=True; "
            f"need class labels (n,)"
        )
    by_label = order[np.argsort(labels[order], kind="stable")]
    # Whole-number arithmetic: a float spacing could name one row twice.
    return by_label[(2 * np.arange(count) + 1) * len(order) // (2 * count)]
