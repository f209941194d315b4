"""What a network sees of each column, found from the rows that it learns from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from kobai.data.dataset import Array
from kobai.data.refusals import Refusals
from kobai.data.tables.cells import too_large, too_large_numbers
from kobai.data.tables.columns import Feature
from kobai.data.tables.raw import RawColumn
from kobai.data.tables.reading.evidence import (
    FEW_WORDS,
    MOST_CELLS,
    MOST_WORDS,
    ROWS_PER_WORD,
)

MOST_CATEGORIES, LEAST_CATEGORIES = 1000, 100
"""So many words of a column get an input each, the most frequent ones."""
FEW_ROWS = 5
EMPTY, SAME = "empty", "always the same"


class Statistics:
    """Counts, means and extremes of all columns, block by block; all are `(p,)`.

    Row numbers and infinity are looked for in all rows, the rest is of training rows.
    """

    def __init__(self, columns: Sequence[RawColumn]) -> None:
        p = len(columns)
        self._columns = columns
        self._shift: Array | None = None
        self._sums = np.zeros((2, p))
        self._rows = 0
        self.there = np.zeros(p, np.int64)
        self.trained = 0
        self.lowest, self.highest = np.full(p, np.inf), np.full(p, -np.inf)
        self._offsets = np.full(p, np.inf), np.full(p, -np.inf)
        self._all = np.zeros((2, p))
        self._ends = np.full(p, np.inf), np.full(p, -np.inf)
        self.counts = [np.zeros(len(c.words) + 1, np.int64) for c in columns]

    def add(self, block: Array, is_training: Array) -> None:
        """Take in a block `(m, p)`, and which of its rows are for training."""
        low, high = self._offsets
        offsets = block - np.arange(self._rows, self._rows + len(block))[:, np.newaxis]
        # NaN spreads: a column that lacks a number does not count the rows.
        np.minimum(low, offsets.min(axis=0, initial=np.inf), out=low)
        np.maximum(high, offsets.max(axis=0, initial=-np.inf), out=high)
        first, last = self._ends
        np.minimum(first, block.min(axis=0, initial=np.inf), out=first)
        np.maximum(last, block.max(axis=0, initial=-np.inf), out=last)
        self._all += block.sum(axis=0), np.einsum("ij,ij->j", block, block)
        self._rows += len(block)
        rows = block if is_training.all() else block[is_training]
        self.trained += len(rows)
        is_there = rows == rows
        self.there += is_there.sum(axis=0)
        np.fmin(self.lowest, np.fmin.reduce(rows, initial=np.inf), out=self.lowest)
        np.fmax(self.highest, np.fmax.reduce(rows, initial=-np.inf), out=self.highest)
        if self._shift is None:
            # Near the mean, so that the difference of squares loses no digits.
            self._shift = np.where(np.isfinite(self.lowest), self.lowest, 0.0)
        shifted = np.where(is_there, rows - self._shift, 0.0)
        self._sums += shifted.sum(axis=0), np.einsum("ij,ij->j", shifted, shifted)
        for index, column in enumerate(self._columns):
            if column.kind == "category":
                codes = rows[is_there[:, index], index].astype(np.int64)
                count = self.counts[index]
                count += np.bincount(codes, minlength=len(count))

    def moments(self) -> tuple[Array, Array]:
        """Return means and standard deviations."""
        first, second = self._sums / np.maximum(self.there, 1)
        shift = np.zeros_like(first) if self._shift is None else self._shift
        return first + shift, np.sqrt(np.maximum(second - first * first, 0))

    def numbers_rows(self, index: int) -> bool:
        """Tell whether a column counts the rows one by one, from 0 or 1."""
        low, high = self._offsets
        return self._rows > 2 and bool(low[index] == high[index] in (0, 1))

    def is_order(self, index: int) -> bool:
        """Tell whether a column has each of the numbers of the rows once, in any order.

        Whole numbers with the sums of 0, 1, … and of their squares are these.
        """
        n, (first, last) = self._rows, self._ends
        start, squares = first[index], self._all[1, index]
        if n <= FEW_WORDS or start not in (0, 1) or last[index] != start + n - 1:
            return False
        numbers = np.arange(start, start + n)
        sums = numbers.sum(), (numbers * numbers).sum()
        return bool(self._all[0, index] == sums[0] and squares == sums[1])


def note_too_large(
    refusals: Refusals, columns: Sequence[RawColumn], block: Array, first: int
) -> None:
    """Note the numbers of a block `(m, p)` that are infinite, or too large."""
    is_wrong = too_large(block)
    if is_wrong.any():
        for index in map(int, np.flatnonzero(is_wrong.any(axis=0))):
            too_large_numbers(refusals, columns[index].place, block[:, index], first)


@dataclass(frozen=True)
class Fitted:
    """The features, and why each of the other columns is left out.

    `idle` tells which columns need not have been named to be kept.
    """

    features: tuple[Feature, ...]
    left_out: dict[str, str]
    idle: tuple[str, ...] = ()


def fit(
    columns: Sequence[RawColumn], statistics: Statistics, keep: Collection[str]
) -> Fitted:
    """Decide what the network sees of each column, and which columns it does not."""
    means, stds = statistics.moments()
    features, left_out = [], {}
    idle = dict.fromkeys(keep, "it is not left out without")
    for index, column in enumerate(columns):
        why = _why_not(column, index, statistics)
        if why == EMPTY and column.source in idle:
            idle[column.source] = "no training row has it"
        elif why:
            idle.pop(column.source, None)
        if why and (column.source not in keep or not statistics.there[index]):
            left_out[column.name] = why
        elif column.kind == "category":
            features.append(_category(column, index, statistics))
        elif column.kind == "text":
            features.append(_text(column))
        else:
            has_missing = bool(statistics.there[index] < statistics.trained)
            mean, std = float(means[index]), float(stds[index])
            features.append(
                Feature(
                    column.name,
                    "number",
                    mean,
                    std or 1.0,
                    has_missing,
                    source=column.source * (column.source != column.name),
                    reading=column.reading,
                )
            )
    said = [f'keep "{name}" decides nothing: {why}' for name, why in idle.items()]
    return Fitted(tuple(features), left_out, tuple(said))


def _category(column: RawColumn, index: int, statistics: Statistics) -> Feature:
    counts = statistics.counts[index]
    known = list(column.words)
    fitting = MOST_CELLS // max(1, statistics.trained)
    most = min(MOST_CATEGORIES, max(LEAST_CATEGORIES, fitting))
    frequent = np.argsort(-counts[: len(known)], kind="stable")[:most]
    chosen = [int(code) for code in frequent if counts[code]]
    named = int(counts[chosen].sum())
    return Feature(
        column.name,
        "category",
        categories=tuple(sorted(known[code] for code in chosen)),
        has_other=named < statistics.trained,
    )


def _text(column: RawColumn) -> Feature:
    return Feature(column.name, "text", source=column.source, reading=column.reading)


def _why_not(column: RawColumn, index: int, statistics: Statistics) -> str:
    """Return why a column teaches nothing, or nothing."""
    there = int(statistics.there[index])
    if not there:
        return EMPTY
    if there == statistics.trained and (
        statistics.lowest[index] == statistics.highest[index]
    ):
        return SAME
    if column.kind == "text":
        return ""
    if column.kind == "number":
        if statistics.numbers_rows(index):
            return "the number of the row"
        return "each row's number, shuffled" if statistics.is_order(index) else ""
    words = int(np.count_nonzero(statistics.counts[index]))
    if len(column.words) > MOST_WORDS:
        return f"an identifier or free text (more than {MOST_WORDS:,} different words)"
    is_own = words == there > FEW_ROWS
    if is_own or (words > FEW_WORDS and ROWS_PER_WORD * words > there):
        return (
            f"an identifier or free text ({words:,} different words in {there:,} rows)"
        )
    return ""
