"""A table as frames of some rows each: from a file, or a Polars or pandas frame."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.data.damage import readable
from kobai.data.delimited import TextTable, checked_names, open_text_table
from kobai.data.endings import ENDINGS, PACKED, ending_of, is_table
from kobai.errors import DataError, missing_extra

if TYPE_CHECKING:
    import polars as pl

PARQUET_ROWS = 1 << 17

Dtypes = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class Table:
    """A table that can be read more than once: its name, its columns, its frames."""

    name: str
    names: tuple[str, ...]
    frames: "Callable[[Dtypes], Iterator[pl.DataFrame]]"
    encoding: str = "utf-8"
    separator: str = ","


def open_table(table: Any, encoding: str | None = None) -> Table:
    """Return a table to read: of a CSV, TSV or Parquet file, or of a frame.

    Raises `DataError` for what is none, `MissingExtraError` without Polars.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise missing_extra("tables", error, "table") from error
    if isinstance(table, str | os.PathLike):
        return _open_file(Path(table).expanduser(), encoding)
    if isinstance(table, pl.LazyFrame):
        table = table.collect()
    if not isinstance(table, pl.DataFrame):
        table = _from_others(table)
    names = checked_names(table.columns, "the frame")
    frame = table.rename(dict(zip(table.columns, names, strict=True)))
    return Table("table", names, lambda dtypes: iter([frame]))


def _open_file(path: Path, encoding: str | None) -> Table:
    if path.is_dir():
        raise DataError(f"{path}: is a folder; name a table in it, such as data.csv")
    if not path.exists():
        raise DataError(f"{path}: there is no such file")
    if not is_table(path):
        raise DataError(
            f"{path}: not known as a table by its name; need one that ends in "
            f"{', '.join(ENDINGS)} (text also compressed: {', '.join(PACKED)})"
        )
    if ending_of(path) == ".parquet":
        return _open_parquet(path)
    text: TextTable = open_text_table(path, encoding)
    return Table(str(path), text.names, text.blocks, text.encoding, text.separator)


def _open_parquet(path: Path) -> Table:
    # Polars reads Parquet itself, but some damaged files end the whole process there.
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise missing_extra("Parquet files", error, "table") from error
    import polars as pl

    problem = "no readable Parquet file"
    with readable(path, problem), ParquetFile(path) as file:
        names = checked_names(file.schema_arrow.names, path)

    def frames(dtypes: Dtypes) -> "Iterator[pl.DataFrame]":
        with readable(path, problem), ParquetFile(path) as file:
            for batch in file.iter_batches(PARQUET_ROWS):
                # What is said to be text may be none.
                batch.validate(full=True)
                frame = pl.from_arrow(batch.rename_columns(names))
                assert isinstance(frame, pl.DataFrame)
                yield frame

    return Table(str(path), names, frames)


def _from_others(table: Any) -> "pl.DataFrame":
    import polars as pl

    try:
        if type(table).__module__.startswith("pandas"):
            table = table.rename(columns=str)
            frame: pl.DataFrame = pl.from_pandas(table)
            return frame
        if hasattr(table, "__dataframe__") or hasattr(table, "__arrow_c_stream__"):
            return pl.DataFrame(table)
    except ImportError as error:
        raise missing_extra("pandas frames", error, "table") from error
    raise TypeError(
        f"load_table: got {type(table).__name__}; need the path of a CSV, TSV or "
        "Parquet file, or a Polars or pandas frame"
    )
