"""Which of a network's inputs belong to which column of the table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array, Dataset
from kobai.data.tables.columns import Columns, Feature
from kobai.errors import DataError, suggest

if TYPE_CHECKING:
    from kobai.formats import Model


def column_of(feature: Feature) -> str:
    """Return the column of the table that a feature is read from.

    >>> column_of(Feature("age"))
    'age'
    """
    return getattr(feature, "source", "") or feature.name


def inputs_of_features(columns: Columns) -> list[Array]:
    """Return for each feature which inputs `(…,)` it makes, as `encode` lays them out.

    >>> from kobai.data.tables.columns import Target
    >>> fur = Feature("fur", "category", categories=("long",), has_other=True)
    >>> age = Feature("age", has_missing=True)
    >>> inputs = inputs_of_features(Columns((fur, age), Target(("y",))))
    >>> [each.tolist() for each in inputs]
    [[2, 3], [0, 1]]
    """
    numbered = list(enumerate(columns.features))
    owners = [i for i, f in numbered if f.kind == "number"]
    owners += [i for i, f in numbered if f.kind == "number" and f.has_missing]
    owners += [i for i, f in numbered if f.kind == "category" for _ in f.codes]
    owners += columns.texts
    order = np.argsort(owners, kind="stable")
    counts = np.bincount(owners, minlength=len(numbered))
    return np.split(order, np.cumsum(counts)[:-1])


def inputs_of_columns(columns: Columns) -> dict[str, Array]:
    """Return for each column of the table all its inputs: it may have many features."""
    found: dict[str, list[Array]] = {}
    inputs = inputs_of_features(columns)
    for feature, mine in zip(columns.features, inputs, strict=True):
        found.setdefault(column_of(feature), []).append(mine)
    return {name: np.concatenate(parts) for name, parts in found.items()}


def places_of(wanted: Sequence[str], names: Sequence[str], what: str) -> list[int]:
    """Return the places of the columns asked for, each once, in the order of `names`.

    Raises ValueError, which begins with `what`, for one that is not there, or for none.
    """
    wanted = [wanted] if isinstance(wanted, str) else wanted
    for name in wanted:
        if name not in names:
            raise ValueError(
                f'{what}: the model uses no column "{name}".{suggest(name, names)}'
            )
    if not len(wanted):
        raise ValueError(f"{what}: got no columns; need one at least")
    asked = set(wanted)
    return [place for place, name in enumerate(names) if name in asked]


def without_texts(model: "Model", names: Sequence[str]) -> list[str]:
    """Return the columns that have curves: free text has no values in an order."""
    fitted = columns_of(model)
    texts = {column_of(fitted.features[i]) for i in fitted.texts}
    return [name for name in names if name not in texts]


def columns_of(model: "Model") -> Columns:
    """Return the columns that a model was trained on, or raise ValueError."""
    if model.columns is None:
        raise ValueError(
            f"{model.name or 'this model'} was not trained on a table; what its "
            "columns do can only be told of one that was: load_table(…)"
        )
    return model.columns


def rows_with_targets(model: "Model", data: Any) -> tuple[Array, Array]:
    """Return inputs `(n, width)` and targets: a data set's test rows, or a table's.

    Raises DataError where the data set is of other columns or has no test rows, and
    where the table lacks what the model needs.
    """
    columns = columns_of(model)
    if isinstance(data, Dataset):
        if data.columns != columns:
            raise DataError(
                f"{data.name}: its columns are not those that the model was fitted to; "
                "give the data set that it was trained on, or a table"
            )
        if not len(data.x_test):
            raise DataError(f"{data.name}: has no test rows; give a table of new rows")
        return data.x_test, data.t_test
    from kobai.data.tables.frames import open_table
    from kobai.data.tables.load import rows_of
    from kobai.formats.predictions import writes_of

    opened = open_table(data, writes_of(model, None), columns.sources)
    x, t, _ = rows_of(opened, columns)
    return x, t


def drawn(rows: int, most: int, rng: np.random.Generator) -> Array:
    """Return which of many rows to take, in their order: all of them if they are few.

    >>> drawn(3, 5, np.random.default_rng(0))
    array([0, 1, 2])
    """
    if rows <= most:
        return np.arange(rows)
    return np.sort(rng.choice(rows, most, replace=False))
