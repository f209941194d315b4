"""A table that has been read, and all that models of it have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from kobai.data import Dataset, load_table
from kobai.data.identity import identity_of
from kobai.data.splits import Last
from kobai.errors import DataError
from kobai.explanations.shapley import background_rows
from kobai.judging import Baselines
from kobai.tabular.given import (
    Given,
    Names,
    class_values,
    free_weight,
    given,
    names_of_targets,
    several,
    with_columns,
)
from kobai.tabular.plan import as_keywords

READING = (
    *("task", "drop", "keep", "category", "number", "text", "missing", "date_order"),
    *("class_weight", "encoding", "separator", "header", "seed"),
)
"""Parameters that `load_table` takes."""
OF_TABLE = ("target", "weight", "test_size", *READING)
"""Parameters that a table depends on."""
USUAL_TEST = 0.2


@dataclass(frozen=True)
class Table:
    """The rows of a table, for training and for testing.

    `names` are the columns that are learned from; `values`, `(k,)` for each target of
    classes, say which value of it each class is. `is_last`: the test rows are the last.
    """

    data: Dataset
    names: tuple[str, ...]
    values: tuple[np.ndarray, ...]
    is_of_arrays: bool
    is_last: bool

    @cached_property
    def baselines(self) -> Baselines:
        """What is simpler than a network."""
        return Baselines.of(self.data)

    @cached_property
    def background(self) -> np.ndarray | None:
        """The rows `(m, width)` that a prediction is compared with."""
        return background_rows(self.data)

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """By what the rows are known again."""
        return identity_of(self.data)


def read_table(
    params: Mapping[str, Any],
    X: Any,
    y: Any = None,
    sample_weight: Any = None,
    test: Any = None,
) -> Table:
    """Read what `TableModel.fit` takes, by the parameters of a model."""
    table, target = _with_targets(params["target"], given(X), y)
    size = params["test_size"]
    weight = [] if params["weight"] is None else several(params["weight"])
    if sample_weight is not None:
        name = free_weight(table.columns)
        table = with_columns(table, sample_weight, [name], "sample_weight")
        weight = [name, *weight]
    if size is None:
        size = USUAL_TEST if y is None and test is None else 0
    second = None if test is None else given(test).table
    data = _loaded(params, table.table, target, weight or None, second, size)
    return Table(
        data,
        tuple(n for n in table.columns if n not in (*target, *weight)),
        _values(table, target, data),
        table.origin == "numpy",
        isinstance(size, Last),
    )


def _loaded(
    params: Mapping[str, Any],
    table: Any,
    target: Sequence[str],
    weight: Any,
    test: Any,
    test_size: Any,
) -> Dataset:
    reading = {name: params[name] for name in READING}
    try:
        return load_table(
            table, target, weight=weight, test=test, test_size=test_size, **reading
        )
    except DataError as error:
        raise DataError(as_keywords(str(error))) from None


def _values(
    table: Given, target: Sequence[str], data: Dataset
) -> tuple[np.ndarray, ...]:
    assert data.columns is not None
    found = data.columns.target.heads or (data.classes,)
    if table.is_file:
        return tuple(map(np.array, found))
    pairs = zip(target, found, strict=False)
    cells = ((c, table.table[name] if c else ()) for name, c in pairs)
    return tuple(class_values(classes, own) for classes, own in cells)


def _with_targets(
    wanted: Names | None, table: Given, y: Any
) -> tuple[Given, list[str]]:
    """Return a table that holds the target, and the names of its columns."""
    if y is None and wanted is None:
        raise DataError(
            "TableModel: requires y to be passed, but the target y is "
            "None. Name the column to learn: TableModel(target=...), or give y"
        )
    if y is None and table.origin == "numpy":
        raise DataError(
            "TableModel: got an array without y; its columns have no "
            "names. Give y too, or a frame that has the target's column"
        )
    if y is None:
        assert wanted is not None
        return table, _split(wanted, table.columns)
    names = names_of_targets(y, table.columns)
    if wanted is not None:
        names = _split(wanted, ())
    return with_columns(table, y, names), names


def _split(target: Names, columns: Sequence[str]) -> list[str]:
    """Return the names of the targets, which text may part by commas."""
    if isinstance(target, str) and target not in columns and "," in target:
        return [name.strip() for name in target.split(",")]
    return [str(name) for name in several(target)]
