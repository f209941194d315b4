"""New rows of a table in the form that fitted columns take."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.cells import (
    check_cells,
    has_decimal_commas,
    raw_numbers,
    shortened,
    too_large,
    too_large_number,
    words,
)
from kobai.data.tables.columns import OTHER, Columns, Target
from kobai.data.tables.frames import Table
from kobai.errors import DataError, suggest

if TYPE_CHECKING:
    import polars as pl

MOST_NAMES = 12


def codes(
    columns: Columns,
    frame: "pl.DataFrame",
    where: str = "table",
    first: int = 1,
    commas: Collection[str] = (),
) -> Array:
    """Return the raw rows `(n, p)` of a frame, as `Columns` says.

    `first` is the number of the first row, for messages; `commas` are the columns of
    whose numbers commas are the decimal sign. Raises `DataError` where a column is
    missing, holds words instead of numbers, or is infinite.
    """
    lacking(where, columns.names, frame.columns)
    raw = np.empty((len(frame), len(columns.features)))
    for index, feature in enumerate(columns.features):
        cells, place = frame[feature.name], f'{where}: column "{feature.name}"'
        check_cells(cells, place)
        if feature.kind == "category":
            raw[:, index] = _indices(words(cells), feature.categories)
        else:
            has_commas = feature.name in commas
            raw[:, index] = raw_numbers(cells, place, first, has_commas=has_commas)
            _check_finite(raw[:, index], place, first)
    return raw


def named_columns(text: Any, table: Table, what: str) -> tuple[str, ...]:
    """Return the columns that are named: one or several, or text parted by commas.

    The names of a frame's columns may be numbers. Raises `DataError` for a name that no
    column has, with the near one.
    """
    is_several = isinstance(text, Iterable) and not isinstance(text, str)
    names = [str(name) for name in (text if is_several else [text])]
    if isinstance(text, str) and text not in table.names:
        names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise DataError(
            f"{what}: names no column; {table.name} has {_list(table.names)}"
        )
    for name in names:
        if name not in table.names:
            raise DataError(_unknown(name, table, what))
        if names.count(name) > 1:
            raise DataError(f'{what}: got "{name}" twice; name each column once')
    return tuple(names)


def targets(
    target: Target,
    frame: "pl.DataFrame",
    where: str,
    first: int = 1,
    has_commas: bool = False,
) -> tuple[Array, Array]:
    """Return targets for the network, and which rows have one.

    Labels `(n,)`, int64, or standardised numbers `(n, k)`, float32. Raises `DataError`
    for a class that the training data did not have.
    """
    lacking(where, target.names, frame.columns, "to compare the predictions with")
    for name in target.names:
        check_cells(frame[name], f'{where}: column "{name}"')
    if target.classes:
        labels = _labels(target, words(frame[target.names[0]]), where)
        return labels, labels >= 0
    values = np.column_stack(
        [
            raw_numbers(
                frame[name], f'{where}: column "{name}"', first, has_commas=has_commas
            )
            for name in target.names
        ]
    )
    is_there = ~np.isnan(values).any(axis=1)
    scaled = (values - target.means) / target.stds
    return scaled.astype(np.float32), is_there


def class_name(value: float) -> str:
    """Return a number as the name of a class.

    >>> class_name(3.0), class_name(0.5)
    ('3', '0.5')
    """
    return str(int(value)) if value == int(value) else repr(float(value))


def coded_blocks(
    columns: Columns, table: Table, decimal: str = "."
) -> "Iterator[tuple[pl.DataFrame, Array, int]]":
    """Yield a table's frames, with their raw rows and the number of the first.

    `decimal` is the decimal sign of the table that was trained on. Where it is no
    comma, a column has decimal commas from the first on that can be nothing else.
    """
    import polars as pl

    numeric = {f.name: pl.Float64 for f in columns.features if f.kind == "number"}
    commas = set(numeric) if decimal == "," else set()
    first = 1
    for frame in table.frames(lambda: numeric):
        commas |= {name for name in numeric if _shows_commas(frame, name)}
        yield frame, codes(columns, frame, table.name, first, commas), first
        first += len(frame)


def _shows_commas(frame: "pl.DataFrame", name: str) -> bool:
    import polars as pl

    is_text = name in frame.columns and frame[name].dtype == pl.String
    return is_text and has_decimal_commas(words(frame[name]))


def _indices(text: "pl.Series", categories: Sequence[str]) -> Array:
    """Return the index of each word, `OTHER` for an unknown or missing one."""
    import polars as pl

    known = spelled(categories)
    found: Array = text.replace_strict(
        list(known), list(known.values()), default=OTHER, return_dtype=pl.Float64
    ).to_numpy()
    return found


def spelled(names: Sequence[str]) -> dict[str, int]:
    """Return the index of each name, also of what it is in another table or library.

    A column of 3 that lacks a number is one of 3.0, and yes is true, True or TRUE. A
    name that is spelled so itself comes first.

    >>> spelled(["3", "4.0", "true", "True"])
    {'3': 0, '4.0': 1, 'true': 2, 'True': 3, '3.0': 0, '4': 1, 'TRUE': 2}
    """
    found = {name: index for index, name in enumerate(names)}
    for index, name in enumerate(names):
        for other in _spellings(name):
            found.setdefault(other, index)
    return found


def _spellings(name: str) -> tuple[str, ...]:
    if name.lower() in ("true", "false"):
        return name.lower(), name.capitalize(), name.upper()
    if name.removesuffix(".0").removeprefix("-").isdigit():
        return name.removesuffix(".0"), f"{name.removesuffix('.0')}.0"
    return ()


def _labels(target: Target, text: "pl.Series", where: str) -> Array:
    import polars as pl

    known = spelled(target.classes)
    labels: dict[str, int] = {}
    for word in text.unique(maintain_order=True).drop_nulls():
        # 1.0 in one file is the class 1 of another.
        name = word if word in known else _as_number(word)
        if name not in known:
            raise DataError(
                f'{where}: "{shortened(word)}" in column "{target.names[0]}" is none '
                f"of the classes that the network knows: {_list(target.classes)}"
                f"{'.' * bool(suggest(word, known))}{suggest(word, known)}"
            )
        labels[word] = known[name]
    found = text.replace_strict(
        list(labels), list(labels.values()), default=-1, return_dtype=pl.Int64
    )
    return found.to_numpy()


def _as_number(word: str) -> str:
    try:
        return class_name(float(word))
    except (ValueError, OverflowError):
        return word


def _check_finite(values: Array, place: str, first: int) -> None:
    is_wrong = too_large(values)
    if is_wrong.any():
        row = int(is_wrong.argmax())
        raise too_large_number(place, row + first, values[row])


def lacking(
    where: str,
    needed: Sequence[str],
    names: Sequence[str],
    why: str = "which the network needs",
) -> None:
    """Raise `DataError` where columns that are needed are not there."""
    missing = [name for name in needed if name not in names]
    if missing:
        several = "s" if len(missing) > 1 else ""
        # A column that is needed itself is not the missing one under another name.
        others = [name for name in names if name not in needed]
        raise DataError(
            f"{where}: lacks the column{several} {_list(missing)}, {why}."
            f"{suggest(missing[0], others)} It has {_list(names)}"
        )


def _unknown(name: str, table: Table, what: str) -> str:
    hint = suggest(name, table.names)
    numbers = sum(
        cell.replace(".", "", 1).lstrip("-").isdigit() for cell in table.names
    )
    if 2 * numbers >= len(table.names):
        hint += " The first line looks like data: write the columns' names above it."
    if len(table.names) == 1:
        hint += " Its cells must be parted by , ; | or tabs."
    text = f'{what}: {table.name} has no column "{name}".{hint}'
    return f"{text} It has {_list(table.names)}"


def _list(names: Sequence[str]) -> str:
    quoted = [f'"{shortened(name)}"' for name in names[:MOST_NAMES]]
    more = f" and {len(names) - MOST_NAMES} more" * (len(names) > MOST_NAMES)
    return ", ".join(quoted) + more
