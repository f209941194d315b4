"""New rows of a table, for a network that has been trained on others."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kobai.data.checksum import Checksum
from kobai.data.dataset import Array, Dataset
from kobai.data.refusals import Refusals
from kobai.data.splits import Fold, drawn_rows, how_chosen
from kobai.data.tables.columns import Columns
from kobai.data.tables.frames import Table, Writes, check_file, open_table
from kobai.data.tables.load import rows_of
from kobai.data.tables.new_rows import named_columns
from kobai.data.tables.raw import read_raw
from kobai.data.tables.targets import class_weights, read_weights, with_mean_one
from kobai.data.tables.text.writing import Writing
from kobai.files import as_text
from kobai.keywords import checked_keywords


@checked_keywords
def load_more_rows(
    table: Any,
    columns: Columns,
    *,
    test: Any = None,
    test_size: float | Fold = 0.2,
    seed: int = 0,
    weight: Any = None,
    class_weight: str | Mapping[Any, float] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    header: bool | None = None,
    writing: Writing | None = None,
) -> Dataset:
    """Load a table as one was that a network has learned from, to go on with it.

    Nothing is fitted anew: `columns`, those of the earlier data set or of a model, say
    what becomes of the rows, so that the network's inputs and classes mean the same.
    `writing` is how the earlier table was written, which is tried first.
    The test rows are chosen as `load_table` chooses them, and weights mean what they
    mean there. Raises `DataError` for a table that lacks a column, or has a class that
    the network does not know.

    >>> import polars as pl
    >>> from kobai.data import load_table
    >>> frame = pl.DataFrame({"size": [1, 2, 8, 9] * 5, "kind": list("aabb") * 5})
    >>> first = load_table(frame, "kind")
    >>> more = load_more_rows(frame.with_columns(pl.col("size") + 1), first.columns)
    >>> more.columns == first.columns, len(more.x_train)
    (True, 16)
    >>> float(more.x_train.mean() - first.x_train.mean()) > 0.2
    True
    """
    writes = Writes(encoding, separator, header, writing)
    wanted = *columns.sources, *columns.target.names
    opened = open_table(table, writes, wanted)
    total, refusals = Checksum(), Refusals()
    with refusals.gathering():
        check_file(test)
    with refusals.gathering():
        weighed = () if weight is None else named_columns(weight, opened, "weight")
    with refusals.gathering():
        x, t, is_there = rows_of(opened, columns, checksum=total)
    refusals.tell()
    weights = _weights(opened, columns, weighed, t, is_there, class_weight)
    if test is None:
        labels = t if columns.target.classes else None
        is_test = drawn_rows(len(t), test_size, seed, labels)
        x_test, t_test = x[is_test], t[is_test]
    else:
        is_test = np.zeros(len(t), bool)
        total, second = Checksum(), open_table(test, writes, wanted)
        x_test, t_test, _ = rows_of(second, columns, checksum=total)
    notes = ["columns  as they were fitted before"]
    if lost := int((~is_there).sum()):
        notes.append(f"rows     left out {lost:,} without a target")
    return Dataset(
        Path(opened.name).name.split(".")[0],
        x[~is_test],
        t[~is_test],
        x_test,
        t_test,
        classes=columns.target.classes,
        source=opened.name if isinstance(table, str | Path) else "",
        columns=columns,
        sample_weight=(
            None if weights is None else with_mean_one(weights[~is_test], opened.name)
        ),
        notes=tuple(notes),
        writing=writing,
        drawn=how_chosen(test_size, seed) if test is None else "",
        checksum=str(total),
    )


def _weights(
    table: Table,
    columns: Columns,
    weight: Sequence[str],
    t: Array,
    is_there: Array,
    class_weight: str | Mapping[Any, float] | None,
) -> Array | None:
    """Return a weight for each row that has a target, if any are asked for."""
    if not weight and class_weight is None:
        return None
    found = np.ones(len(t))
    for name in weight:
        raw = read_raw(table, [name])
        found *= read_weights(raw, name, is_there)[is_there]
    if class_weight is not None:
        found *= class_weights(columns.target, t, class_weight)[t]
    return found


def rows_to_test(table: Table, columns: Columns) -> tuple[Dataset, Array]:
    """Return all rows of a table that have a target as test data, and which have."""
    total = Checksum()
    x, t, is_there = rows_of(table, columns, checksum=total)
    found = as_test_data(columns, table.name, x, t, str(total))
    return found, is_there


def as_test_data(
    columns: Columns, path: str, x: Array, t: Array, checksum: str = ""
) -> Dataset:
    """Return rows as a data set that has nothing to learn from."""
    classes = columns.target.classes
    name = as_text(Path(path).name)
    return Dataset(
        name, x[:0], t[:0], x, t, classes, columns=columns, checksum=checksum
    )
