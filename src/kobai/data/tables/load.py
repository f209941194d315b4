"""A user's own table: read, divided, fitted, and turned into inputs and targets."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kobai.data.checksum import Checksum
from kobai.data.dataset import Array, Dataset
from kobai.data.refusals import Refusals
from kobai.data.splits import Fold, drawn_rows, how_chosen
from kobai.data.tables.choice import (
    Choice,
    Names,
    checked_order,
    choose,
    missing_words,
    names_in,
)
from kobai.data.tables.columns import Columns, Target
from kobai.data.tables.fitting import Fitted
from kobai.data.tables.frames import Table, Writes, check_file, open_table
from kobai.data.tables.inputs import encoded, features_of, fitted_to, statistics_of
from kobai.data.tables.new_rows import (
    codes,
    numbered_frames,
    targets,
)
from kobai.data.tables.raw import RawTable, Wishes, read_raw
from kobai.data.tables.spool import MEMORY, Spool, empty_rows
from kobai.data.tables.targets import (
    class_weights,
    read_targets,
    read_weights,
    scaled,
    with_mean_one,
)
from kobai.data.tables.text.writing import Writing
from kobai.data.tables.told import told
from kobai.errors import DataError
from kobai.files import as_text
from kobai.keywords import checked_keywords


@checked_keywords
def load_table(
    table: Any,
    target: Names,
    *,
    test: Any = None,
    test_size: float | Fold = 0.2,
    seed: int = 0,
    task: str | None = None,
    drop: Names = (),
    keep: Names = (),
    category: Names = (),
    number: Names = (),
    text: Names = (),
    missing: str | Sequence[str] | None = None,
    date_order: str = "",
    weight: Names = None,
    class_weight: str | Mapping[Any, float] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    header: bool | None = None,
    memory: int = MEMORY,
) -> Dataset:
    """Load a table to learn its target column from the other ones.

    `table` is a CSV, TSV or Parquet file, or a Polars or pandas frame; `target` names
    a column, or several (in a frame of pandas numbers may be names). `test` is a second
    table to test on; without one `test_size` of the rows, drawn by `seed`, is (of each
    class its share), or none with 0; `Last(0.2)` is the last fifth, for rows in the
    order of time, and `Fold(0, 5)` the first of five parts, both from `kobai.data`.

    - Numbers are standardised by the training rows; missing ones become the mean, and
      a further input says that they were missing.
    - Words, columns of a type for categories, and those named in `category` become one
      input for each category, at most the 1,000 most frequent; all others, and missing
      ones, are one more.
    - Free text, with many different words of which most recur, and columns named in
      `text`, become 256 inputs: its words and threes of letters, hashed.
    - Dates become days, year, month, day, weekday and hour, and cycles of these.
    - Left out are columns that are empty, always the same, the numbers of the rows, or
      are names and codes that each stand in few rows, unless `keep` names them; and
      those in `drop`.
    - How numbers and dates are written, and which words and numbers stand for missing
      ones, is found for each column from all of its rows: `told` of the result says
      how. `number` names columns of numbers that look otherwise, `missing` such words
      and numbers ("" for none), `date_order` is "dmy" or "mdy" where it may be either.
    - So is the layout of a text file; `encoding`, `separator` and `header`, whether a
      line has the columns' names, say it.
    - Rows without a target are left out.
    - Words as target are classes, numbers a regression, unless they are codes: two
      different ones, or from 0 or 1 without a gap, at most ten. `task`,
      "classification" or "regression", overrules this. Targets of a regression are
      standardised.
    - `weight` names a column that weighs the rows; `class_weight` weighs the classes:
      "balanced" or a number for each by name. Together they are `sample_weight`.

    x is `(n, width)`, float32; the parts of it that would take more than `memory`
    bytes are in temporary files. Raises `DataError` for what makes no sense, saying
    where; `MissingExtraError` without Polars.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"size": [1, 2, 8, 9] * 5, "kind": list("aabb") * 5})
    >>> data = load_table(frame, "kind")
    >>> data
    table: 16 training samples, 4 test samples
      task     2 classes (kind)
      inputs   1 value, float32
      targets  2 classes: a, b
      columns  1 number
    >>> data.columns.features[0].name
    'size'
    """
    writes, order = Writes(encoding, separator, header), checked_order(date_order)
    opened = open_table(table, writes, names_in(target))
    refusals = Refusals()
    chosen = choose(
        opened, target, drop, keep, category, number, text, weight, refusals
    )
    wishes = Wishes(
        chosen.category,
        chosen.number,
        missing_words(missing),
        order,
        chosen.text,
        (*chosen.target, *chosen.weight),
    )
    with refusals.gathering():
        check_file(test)
    raw, kind, values, rows = _read(opened, chosen, wishes, task, memory, refusals)
    if test is None:
        is_test = _divide(rows, values if kind.classes else None, test_size, seed)
    else:
        is_test = np.zeros(len(rows), bool)
    is_training = rows & ~is_test
    kind, t = scaled(kind, values, is_training)
    with refusals.gathering():
        weights = _weights(raw, kind, t, is_training, chosen.weight, class_weight)
    features = features_of(raw, (*chosen.target, *chosen.weight))
    with refusals.gathering():
        fitted = fitted_to(features, is_training, chosen.keep)
    refusals.tell()
    columns = Columns(fitted.features, kind)
    total = Checksum()
    x_train, x_test = encoded(features, columns, is_training, is_test, memory, total)
    total.add(t[rows])
    t_test = t[is_test]
    notes = _notes(raw, fitted, rows)
    if test is not None:
        usual = replace(writes, usual=_writing(raw))
        second = open_table(test, usual, columns.sources)
        total = Checksum()
        x_test, t_test, is_there = rows_of(second, columns, memory, total)
        notes += [f"test     {second.name}{_without(int((~is_there).sum()))}"]
    return Dataset(
        as_text(Path(opened.name).name.split(".")[0]),
        x_train,
        t[is_training],
        x_test,
        t_test,
        classes=kind.classes,
        source=as_text(opened.name) if isinstance(table, str | Path) else "",
        columns=columns,
        sample_weight=weights,
        notes=tuple(notes),
        writing=_writing(raw),
        told=told(raw, fitted, kind, chosen.weight),
        drawn=how_chosen(test_size, seed) if test is None and test_size != 0 else "",
        checksum=str(total),
        places=np.flatnonzero(is_test) if test is None else None,
    )


def rows_of(
    table: Table,
    columns: Columns,
    memory: int = MEMORY,
    checksum: Checksum | None = None,
    forgiving: bool = False,
) -> tuple[Array, Array, Array]:
    """Return inputs and targets of another table, and which of its rows have a target.

    `checksum` takes in the rows that have a target, as where a table is divided.
    With `forgiving` cells that cannot be read are missing, as where one was trained on.
    Raises `DataError` where it does not have what `columns` need, or no rows.
    """
    spool, labels, there = Spool(columns.width, memory), [], []
    total, refusals = checksum or Checksum(), Refusals()
    with refusals.gathering():
        for frame, first in numbered_frames(columns, table):
            with refusals.gathering():
                raw = codes(columns, frame, table.name, first, forgiving)
            with refusals.gathering():
                t, is_there = targets(
                    columns.target, frame, table.name, first, forgiving
                )
            if refusals:
                continue
            there.append(is_there)
            labels.append(t[is_there])
            total.add(raw[is_there])
            spool.append(columns.encode(raw[is_there]))
    refusals.tell()
    if not spool.rows:
        raise DataError(f"{table.name}: has no row with a target")
    x = empty_rows((spool.rows, columns.width), np.float32, memory)
    start = 0
    for block in spool.blocks():
        x[start : start + len(block)] = block
        start += len(block)
    t = np.concatenate(labels)
    total.add(t)
    return x, t, np.concatenate(there)


def divided_rows(
    table: Table,
    columns: Columns,
    test_size: float | Fold = 0.2,
    seed: int = 0,
) -> tuple[Array, Array, Array, int, str]:
    """Return the test rows that `load_table` draws, as columns fitted before take them.

    Inputs and targets, the places of these rows in the table, from 0, the number of all
    rows that have a target, and their checksum.
    """
    total = Checksum()
    x, t, is_there = rows_of(table, columns, checksum=total, forgiving=True)
    labels = t if columns.target.classes else None
    is_test = drawn_rows(len(t), test_size, seed, labels)
    places = np.flatnonzero(is_there)[is_test]
    return x[is_test], t[is_test], places, len(t), str(total)


def _read(
    table: Table,
    chosen: Choice,
    wishes: Wishes,
    task: str | None,
    memory: int,
    refusals: Refusals,
) -> tuple[RawTable, Target, Array, Array]:
    """Return a table, its target, and what `read_targets` finds of that in the rows.

    Where something is refused, all else that can be is looked for, too.
    """
    with refusals.gathering():
        raw = read_raw(table, chosen.read, wishes, memory)
        with refusals.gathering():
            if chosen.target:
                found = read_targets(raw, chosen.target, task)
        if refusals and raw.spool.rows:
            everywhere = np.ones(raw.spool.rows, bool)
            for name in chosen.weight:
                with refusals.gathering():
                    read_weights(raw, name, everywhere)
            features = features_of(raw, (*chosen.target, *chosen.weight))
            statistics_of(features, everywhere)
    refusals.tell()
    return raw, *found


def _writing(raw: RawTable) -> Writing:
    marks = {column.reading.numerals.decimal for column in raw.columns}
    decimal = "." if marks == {"."} else ","
    return Writing(raw.table.separator, raw.table.encoding, decimal, raw.table.header)


def _divide(
    rows: Array, labels: Array | None, test_size: float | Fold, seed: int
) -> Array:
    """Return which of the rows that have a target are for testing `(n,)`."""
    known = np.flatnonzero(rows)
    is_test = np.zeros(len(rows), bool)
    if test_size == 0:
        return is_test
    classes = None if labels is None else labels[known]
    is_test[known[drawn_rows(len(known), test_size, seed, classes)]] = True
    return is_test


def _weights(
    raw: RawTable,
    target: Target,
    t: Array,
    rows: Array,
    weight: Sequence[str],
    class_weight: str | Mapping[Any, float] | None,
) -> Array | None:
    """Return weights of the training rows, with a mean of 1, if any are asked for."""
    if not weight and class_weight is None:
        return None
    found = np.ones(int(rows.sum()))
    for name in weight:
        found *= read_weights(raw, name, rows)[rows]
    if class_weight is not None:
        found *= class_weights(target, t[rows], class_weight)[t[rows]]
    return with_mean_one(found, raw.table.name)


def _notes(raw: RawTable, fitted: Fitted, rows: Array) -> list[str]:
    """Say what became of the columns and rows, and of what was said of them."""
    table = raw.table
    kinds = [feature.kind for feature in fitted.features]
    counts = {"number": kinds.count("number"), "categorie": kinds.count("category")}
    texts = {feature.column for feature in fitted.features if feature.kind == "text"}
    counts["text"] = len(texts)
    words = [_count(n, word) for word, n in counts.items() if n]
    notes = [f"columns  {', '.join(words)}"]
    notes += [f"layout   {note}" for note in (*table.notes, *table.found)]
    notes += [f"options  {line}" for line in (*raw.idle, *fitted.idle)]
    if not table.encoding.startswith("utf-8"):
        notes.append(f"encoding {table.encoding}")
    lost = len(rows) - int(rows.sum())
    return [*notes, f"rows     {_without(lost)[2:]}"] if lost else notes


def _without(lost: int) -> str:
    return f"; left out {_count(lost, 'row')} without a target" if lost else ""


def _count(number: int, noun: str) -> str:
    many = "s" if number != 1 else ""
    return f"{number:,} {noun}{many}".replace("1 categorie", "1 category")
