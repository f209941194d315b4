"""Frames of other libraries, and Python's own objects, as Polars columns."""

import datetime
import decimal
import numbers
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.errors import DataError, missing_extra

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


def word_of(value: object) -> str:
    """Return how a table writes one value of Python.

    Raises TypeError for what is neither word, number, yes or no, nor date.

    >>> values = "a", 3, np.float32(0.5), True, decimal.Decimal("2")
    >>> [word_of(value) for value in values]
    ['a', '3', '0.5', 'true', '2.0']
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real | decimal.Decimal):
        return repr(float(value))
    if isinstance(value, datetime.date | datetime.time):
        return str(value)
    raise TypeError(f"got {type(value).__name__}")


def words_of(name: str, values: Iterable[Any]) -> "pl.Series":
    """Return Python's objects as text, or as they are where one has no word.

    >>> words_of("x", ["a", 1, None, 2.5]).to_list()
    ['a', '1', None, '2.5']
    """
    import polars as pl

    values = [None if is_missing(value) else value for value in values]
    try:
        words = [None if value is None else word_of(value) for value in values]
    except (TypeError, OverflowError):
        return pl.Series(name, values, dtype=pl.Object)
    return pl.Series(name, words, dtype=pl.String)


def is_missing(value: object) -> bool:
    """Tell whether a value of Python, NumPy or pandas stands for none."""
    if isinstance(value, float | np.floating | np.datetime64 | decimal.Decimal):
        return bool(value != value)
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def from_polars(frame: "pl.DataFrame | pl.LazyFrame") -> "pl.DataFrame":
    """Return a Polars frame whose columns of objects are words where they can be.

    Raises `DataError` for a lazy frame that cannot be collected.
    """
    import polars as pl

    if isinstance(frame, pl.LazyFrame):
        try:
            frame = frame.collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            problem = str(error).splitlines()[0]
            raise DataError(f"the lazy frame cannot be collected: {problem}") from None
    objects = [each for each in frame if each.dtype == pl.Object]
    return frame.with_columns(words_of(each.name, each) for each in objects)


def from_pandas(table: "pd.DataFrame", names: Iterable[str]) -> "pl.DataFrame":
    """Return a pandas frame as a Polars one with these names of columns."""
    import polars as pl

    columns = enumerate(names)
    return pl.DataFrame([_series(name, table.iloc[:, i]) for i, name in columns])


def pandas_names(table: "pd.DataFrame") -> list[str]:
    """Return the names of a pandas frame's columns as text; "" for one that has none.

    Raises `DataError` for names of several levels.
    """
    if table.columns.nlevels > 1:
        raise DataError(
            f"the frame: its columns have names of several levels, such as "
            f"{table.columns[0]}; join them: frame.columns = "
            '["_".join(map(str, name)) for name in frame.columns]'
        )
    return ["" if is_missing(name) else str(name) for name in table.columns]


def _series(name: str, column: "pd.Series") -> "pl.Series":
    import polars as pl

    kind = column.dtype
    if hasattr(column, "cat"):
        return _categories(name, column)
    if kind == np.dtype(object) or kind.name.startswith(
        ("period", "interval", "complex")
    ):
        return words_of(name, column)
    if hasattr(column, "sparse"):
        column = column.sparse.to_dense()
    elif kind == np.longdouble:
        column = column.astype(np.float64)
    try:
        found: Any = pl.from_pandas(column)
    except ImportError as error:
        raise missing_extra("pandas frames", error, "table") from error
    except (TypeError, ValueError, NotImplementedError, pl.exceptions.PolarsError):
        # A type of others' making, which Arrow does not know.
        return words_of(name, column)
    renamed: pl.Series = found.alias(name)
    return renamed


def _categories(name: str, column: "pd.Series") -> "pl.Series":
    """Return a pandas column of categories as one of Polars, whatever they are."""
    import polars as pl

    # Of intervals, which `pandas.cut` makes, and the like what they print as.
    words = words_of(name, column.cat.categories)
    if words.dtype == pl.Object:
        words = pl.Series(name, list(map(str, words)), dtype=pl.String)
    codes = pl.Series(column.cat.codes.to_numpy().astype(np.int64))
    return words.gather(codes.set(codes < 0, None)).cast(pl.Categorical)
