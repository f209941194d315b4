"""What is to be learnt from a table: the kind of task, labels, weights of rows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from kobai.data.dataset import Array
from kobai.data.refusals import Refusals
from kobai.data.tables.cells import no_rows, too_large_numbers
from kobai.data.tables.columns import Target
from kobai.data.tables.foreign import word_of
from kobai.data.tables.new_rows import class_name, spelled
from kobai.data.tables.raw import RawColumn, RawTable
from kobai.data.tables.reading.tidy import TICKS
from kobai.errors import DataError, suggest

TASKS = ("classification", "regression")
Task = Literal["classification", "regression"]
MOST_CLASSES = 1000
FEW_CLASSES = 10
ROWS_PER_CLASS = 5


def read_targets(
    raw: RawTable, names: Sequence[str], task: str | None
) -> tuple[Target, Array, Array]:
    """Return the target, its values in all rows, and which rows have one.

    The values are labels `(n,)`, int64, or numbers `(n, k)`, float64, in their own
    units; of several targets of which some are classes they are both, `(n, k)`. The
    task is found from each target: words are classes; so are two different numbers,
    and codes: whole numbers from 0 or 1 without a gap, at most 10 of them with five
    rows each. Everything else is a regression, such as marks, counts and ages. Raises
    `DataError` where there is nothing to learn.
    """
    refusals = Refusals()
    if task is not None and task not in TASKS:
        refusals.add(
            f'task: got "{task}"; need {" or ".join(TASKS)}.{suggest(task, TASKS)}'
        )
    for column in raw.columns:
        if column.source in names and column.reading.date:
            refusals.add(
                f"{column.place}: the target holds dates or times; a network learns a "
                "number or a class: make one of them, such as days since the first, or "
                "minutes"
            )
    known = {column.name for column in raw.columns}
    found = [raw.column(name) for name in names if name in known]
    for column, values in found:
        with refusals.gathering():
            _check_there(column, values)
    refusals.tell()
    kinds = [task or _task(column, values) for column, values in found]
    if len(found) == 1 and kinds[0] == "classification":
        return _classes(*found[0])
    if "classification" in kinds:
        return _heads(raw.table.name, found, kinds)
    _check_numbers(raw.table.name, [column for column, _ in found])
    values = np.column_stack([values for _, values in found])
    is_there = np.asarray(~np.isnan(values).any(axis=1))
    readings = tuple(column.reading for column, _ in found)
    return Target(tuple(names), readings=readings), values, is_there


def scaled(target: Target, values: Array, is_training: Array) -> tuple[Target, Array]:
    """Return the target with its scale, and values in that of the training rows."""
    if target.classes:
        return target, values
    known = values[is_training]
    means, stds = known.mean(axis=0), known.std(axis=0)
    stds[stds == 0] = 1.0
    for column, classes in enumerate(target.heads):
        if classes:
            means[column], stds[column] = 0.0, 1.0
    fitted = replace(target, means=tuple(means.tolist()), stds=tuple(stds.tolist()))
    return fitted, ((values - means) / stds).astype(np.float32)


def read_weights(raw: RawTable, name: str, rows: Array) -> Array:
    """Return a weight for every row, or say which of `rows` has none."""
    column, weights = raw.column(name)
    is_word = column.kind == "category"
    wrong = rows & (is_word | ~((weights >= 0) & np.isfinite(weights)))

    def tell(row: int) -> str:
        is_empty = np.isnan(weights[row])
        what = "empty" if is_empty else "a word" if is_word else str(weights[row])
        return f"row {row + 1:,} is {what}"

    refusals = Refusals()
    needed = "a weight is a number of 0 or more in every row"
    refusals.cells(column.place, wrong, tell, needed)
    refusals.tell()
    return weights


def with_mean_one(weights: Array, table: str) -> Array:
    """Return weights with a mean of 1, which leave the learning rate its meaning."""
    if not weights.sum():
        raise DataError(f"{table}: the weight of every training row is 0")
    found: Array = (weights / weights.mean()).astype(np.float32)
    return found


def class_weights(
    target: Target, labels: Array, wanted: str | Mapping[Any, float]
) -> Array:
    """Return the weight of each class: as wanted, or "balanced".

    Balanced is n / (k · rows of the class), so that all classes weigh the same.
    """
    if target.heads:
        raise DataError(
            f"class weights are for one column of classes; this is {target.task}. Name "
            "a column that weighs the rows instead: --weight"
        )
    if not target.classes:
        raise DataError("class weights need classes; this is a regression")
    if wanted == "balanced":
        counts = np.bincount(labels, minlength=len(target.classes))
        return len(labels) / (len(counts) * np.maximum(counts, 1))
    if not isinstance(wanted, Mapping):
        raise DataError(
            f'class weight: got "{wanted}"; need balanced, or a weight for classes '
            "such as yes=10,no=1"
        )
    weights, refusals = np.ones(len(target.classes)), Refusals()
    known = spelled(target.classes)
    for key, weight in wanted.items():
        name = key if isinstance(key, str) else _word(key)
        if name not in known:
            refusals.add(
                f'class weight: there is no class "{name}".'
                f"{suggest(name, target.classes)}",
                f"Known are {', '.join(target.classes)}",
            )
        elif not (weight >= 0 and np.isfinite(weight)):
            refusals.add(f'class weight: "{name}" has {weight}; need 0 or more')
        else:
            weights[known[name]] = weight
    refusals.tell()
    return weights


def _word(key: object) -> str:
    try:
        return word_of(key)
    except TypeError:
        return str(key)


def _heads(
    table: str, found: Sequence[tuple[RawColumn, Array]], kinds: Sequence[str]
) -> tuple[Target, Array, Array]:
    """Return several targets of which some are classes: labels and numbers `(n, k)`."""
    is_there = np.all([~np.isnan(values) for _, values in found], axis=0)
    if not is_there.any():
        names = ", ".join(f'"{column.name}"' for column, _ in found)
        raise DataError(
            f"{table}: no row has all of the targets {names}; a network learns several "
            "from rows that have each of them"
        )
    heads, columns, refusals = [], [], Refusals()
    for (column, values), kind in zip(found, kinds, strict=True):
        with refusals.gathering():
            own = np.where(is_there, values, np.nan)
            _check_there(column, own)
            one = Target((column.name,))
            if kind == "classification":
                one, own, _ = _classes(column, own)
            heads.append(one.classes)
            columns.append(own)
    refusals.tell()
    target = Target(
        tuple(column.name for column, _ in found),
        readings=tuple(column.reading for column, _ in found),
        heads=tuple(heads),
    )
    return target, np.column_stack(columns).astype(float), is_there


def _check_numbers(table: str, columns: Sequence[RawColumn]) -> None:
    words = [column.name for column in columns if column.kind == "category"]
    if words:
        listed = ", ".join(f'"{name}"' for name in words)
        is_, numbers = ("are", "numbers") if words[1:] else ("is", "number")
        remedy = "classes --task classification (or task=)"
        if len(columns) > 1:
            remedy = "of several targets each is what it looks like without --task"
        raise DataError(
            f"{table}: the target{'s' * bool(words[1:])} {listed} {is_} no {numbers}; "
            f"a regression needs numbers, and {remedy}"
        )


def _check_there(column: RawColumn, values: Array) -> None:
    known = values[~np.isnan(values)]
    if not len(values):
        raise no_rows(column.table)
    if not len(known):
        raise DataError(f"{column.place}: the target is empty in every row")
    refusals = Refusals()
    too_large_numbers(refusals, column.place, values, 1)
    refusals.tell()
    if known.min() == known.max():
        only = (
            class_name(known[0])
            if column.kind == "number"
            else next(iter(column.words))
        )
        raise DataError(
            f'{column.place}: the target is "{only}" in every row; one class alone '
            "teaches nothing"
        )


def _task(column: RawColumn, values: Array) -> Task:
    if column.kind == "category":
        return "classification"
    known = values[~np.isnan(values)]
    different = np.unique(known)
    are_few = len(different) <= min(FEW_CLASSES, len(known) // ROWS_PER_CLASS)
    first = different[0]
    are_codes = first in (0, 1) and np.array_equal(
        different, np.arange(first, first + len(different))
    )
    if len(different) == 2 or (are_few and are_codes):
        return "classification"
    return "regression"


def _classes(column: RawColumn, values: Array) -> tuple[Target, Array, Array]:
    is_there = ~np.isnan(values)
    known = values[is_there]
    if column.kind == "category":
        codes = known.astype(np.int64)
        different = np.flatnonzero(np.bincount(codes))
        names = [list(column.words)[code] for code in different]
        # Not in the order of their first rows.
        sequence = sorted(range(len(names)), key=lambda i: _by_size(names[i]))
        order = np.empty(len(column.words), np.int64)
        order[different[sequence]] = np.arange(len(names))
        found, names = order[codes], [names[i] for i in sequence]
    else:
        different, found = np.unique(known, return_inverse=True)
        names = [class_name(value) for value in different[: MOST_CLASSES + 1]]
    if len(names) > MOST_CLASSES:
        raise DataError(
            f"{column.place}: the target has more than {MOST_CLASSES:,} classes; "
            "perhaps it is a number (--task regression), or another column is meant"
        )
    labels = np.full(len(values), -1)
    labels[is_there] = found
    # Classes that are numbers are written in the table as its numbers are.
    readings = (column.reading,) if column.kind == "number" else ()
    target = Target((column.name,), tuple(names), readings=readings)
    return target, labels, is_there


def _by_size(name: str) -> tuple[bool, float, str]:
    """Return what puts numbers in order, 10 after 9, and words after them.

    A tick is after what it is none.
    """
    try:
        value = float(name)
    except ValueError:
        value = math.nan
    is_word = not math.isfinite(value)
    if is_word:
        value = float(TICKS.get(name) == "true")
    return is_word, value, name
