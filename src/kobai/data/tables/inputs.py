"""The columns of a raw table that a network learns from, fitted and encoded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kobai.data.checksum import Checksum
from kobai.data.dataset import Array
from kobai.data.refusals import Refusals
from kobai.data.tables.columns import OTHER, Columns, pick
from kobai.data.tables.fitting import (
    EMPTY,
    SAME,
    Fitted,
    Statistics,
    fit,
    note_too_large,
)
from kobai.data.tables.raw import RawColumn, RawTable
from kobai.data.tables.spool import empty_rows
from kobai.errors import DataError

CHUNK = 1 << 13
"""Rows that are encoded at a time, so that they stay in the processor's cache."""


@dataclass(frozen=True)
class Features:
    """The columns of a raw table that are neither target nor weight."""

    raw: RawTable
    indices: tuple[int, ...]

    @property
    def columns(self) -> list[RawColumn]:
        """The columns themselves."""
        return [self.raw.columns[i] for i in self.indices]

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Yield which rows come, and their raw values."""
        start = 0
        for block in self.raw.blocks():
            for piece in range(0, len(block), CHUNK):
                part = block[piece : piece + CHUNK]
                yield slice(start, start + len(part)), pick(part, self.indices)
                start += len(part)


def features_of(raw: RawTable, others: Sequence[str]) -> Features:
    """Return the columns of a table but for `others`."""
    numbered = enumerate(raw.columns)
    return Features(raw, tuple(i for i, c in numbered if c.source not in others))


def statistics_of(features: Features, is_training: Array) -> Statistics:
    """Return what is to be known of all columns; refuse numbers that are too large."""
    statistics, refusals = Statistics(features.columns), Refusals()
    for rows, block in features.blocks() if features.indices else ():
        note_too_large(refusals, features.columns, block, rows.start + 1)
        if not refusals:
            statistics.add(block, is_training[rows])
    refusals.tell()
    return statistics


def fitted_to(features: Features, is_training: Array, keep: Sequence[str]) -> Fitted:
    """Fit all columns to the training rows, and refuse a table that teaches nothing."""
    columns = features.columns
    statistics = statistics_of(features, is_training)
    fitted = fit(columns, statistics, keep)
    if not fitted.features:
        sources = {c.name: c.source for c in columns}
        why = {sources[name]: reason for name, reason in fitted.left_out.items()}
        reasons = ", ".join(f'"{name}" is {reason}' for name, reason in why.items())
        is_useful = any(why not in (EMPTY, SAME) for why in fitted.left_out.values())
        hint = "give rows in which one is not"
        if is_useful:
            hint = "to use one all the same: --keep (or keep=)"
        count = f"{statistics.trained:,} training row{'s' * (statistics.trained != 1)}"
        raise DataError(
            f"{features.raw.table.name}: no column is left to learn from, in {count}: "
            f"{reasons}; {hint}"
        )
    return fitted


def encoded(
    features: Features,
    columns: Columns,
    train: Array,
    test: Array,
    memory: int,
    checksum: Checksum,
) -> tuple[Array, Array]:
    """Return the inputs of the training rows and of the test rows; all are summed."""
    raw = features.raw
    places = {raw.columns[i].name: place for place, i in enumerate(features.indices)}
    chosen = [places[name] for name in columns.names]
    remaps = {
        place: _remap(raw.columns[features.indices[index]].words, feature.categories)
        for place, (index, feature) in enumerate(
            zip(chosen, columns.features, strict=True)
        )
        if feature.kind == "category"
    }
    parts = [
        (is_part, empty_rows((int(is_part.sum()), columns.width), np.float32, memory))
        for is_part in (train, test)
    ]
    filled = [0, 0]
    for rows, block in features.blocks():
        block = pick(block, chosen)
        if remaps:
            block = block.copy()
        for place, remap in remaps.items():
            # The last entry is for NaN.
            index = np.nan_to_num(block[:, place], nan=len(remap) - 1)
            block[:, place] = remap[index.astype(np.int64)]
        is_used = train[rows] | test[rows]
        checksum.add(block if is_used.all() else block[is_used])
        x = columns.encode(block)
        for k, (is_part, array) in enumerate(parts):
            mine = x[is_part[rows]]
            array[filled[k] : filled[k] + len(mine)] = mine
            filled[k] += len(mine)
    return parts[0][1], parts[1][1]


def _remap(words: Mapping[str, int], categories: Sequence[str]) -> Array:
    """Return a category's index for each code, and `OTHER` at the end."""
    indices = {word: index for index, word in enumerate(categories)}
    return np.array([*(indices.get(word, OTHER) for word in words), OTHER], float)
