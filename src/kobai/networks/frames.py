"""The numbers of frames and their columns, of whatever library they are."""

from collections.abc import Iterable
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np


def as_numbers(x: Any, what: str) -> Any:
    """Return a frame (n, d) or a column (n,) as an array of its numbers.

    A number that is missing is NaN. Anything else is returned as it is. Raises
    ValueError, naming the column, where a frame holds words, dates, or what is neither.

    >>> import polars as pl
    >>> as_numbers(pl.DataFrame({"size": [1, 2], "new": [True, False]}), "inputs")
    array([[1, 1],
           [2, 0]])
    """
    if isinstance(x, np.ndarray):
        return x
    refuse_lazy(x, what)
    if is_frame(x):
        columns = [
            column_numbers(each, f'{what}: column "{name}"') for name, each in parts(x)
        ]
        return np.stack(columns, axis=1) if columns else np.empty((len(x), 0))
    is_column = hasattr(x, "__array__") and (
        hasattr(x, "to_frame") or hasattr(x, "cast")
    )
    return column_numbers(x, what) if is_column else x


def is_frame(x: object) -> bool:
    """Tell whether x is a frame, as of pandas, Polars or PyArrow: named columns."""
    return hasattr(x, "columns") and hasattr(x, "__array__")


def parts(frame: Any) -> Iterable[tuple[Any, Any]]:
    """Return the columns of a frame with their names, which need not be different."""
    if hasattr(frame, "get_columns"):
        return [(column.name, column) for column in frame.get_columns()]
    if hasattr(frame, "items"):
        return list(frame.items())
    return list(zip(frame.column_names, frame.columns, strict=True))


def column_numbers(column: Any, where: str) -> np.ndarray:
    """Return the numbers of one column; those that are missing as NaN.

    Raises ValueError for what is not numbers.
    """
    values = cells_of(column)
    if values.dtype.kind in "biuf":
        return values
    if values.dtype.kind in "mM":
        raise ValueError(
            f'{where}: got dates or times, such as "{values[0]}"; need numbers: make '
            "columns of them such as year, month or weekday, or leave them out"
        )
    found = [np.nan if is_missing(value) else value for value in values.tolist()]
    for value in found:
        if not isinstance(value, Real | Decimal):
            raise ValueError(
                f'{where}: got {_kind(value)}, such as "{value}"; need numbers. '
                "np.unique(words, return_inverse=True)[1] numbers classes; one column "
                "of 0 and 1 for each word is what kobai.data.load_table makes"
            )
    whole = all(isinstance(value, int) for value in found)
    return np.array(found) if whole else np.array(found, np.float64)


def cells_of(column: Any) -> np.ndarray:
    """Return the cells of a column as NumPy has them, else as Python's objects."""
    try:
        return np.asarray(column)
    except Exception:
        # Each library has its own errors, as for whole numbers of 128 bits.
        return np.array(list(column), dtype=object)


def is_missing(value: object) -> bool:
    """Tell whether a cell is None, NaN, or what pandas has for them."""
    if isinstance(value, float | Decimal):
        return bool(value != value)
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def _kind(value: object) -> str:
    return "words" if isinstance(value, str) else f"values of {type(value).__name__}"


def refuse_lazy(x: object, what: str) -> None:
    """Raise ValueError for a lazy frame, which has no rows yet."""
    if hasattr(x, "collect_schema") and hasattr(x, "collect"):
        raise ValueError(f"{what}: got a lazy frame; need its rows: frame.collect()")
