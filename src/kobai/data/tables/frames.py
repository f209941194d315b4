"""A table as frames of some rows each: from a file, or a Polars or pandas frame."""

import collections
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.data.damage import check_regular, check_unpacked, readable
from kobai.data.tables.foreign import from_pandas, from_polars, pandas_names
from kobai.data.tables.text.delimited import open_text_table
from kobai.data.tables.text.endings import ending_of
from kobai.data.tables.text.writing import Writing
from kobai.errors import DataError, missing_extra

if TYPE_CHECKING:
    import polars as pl

LONGEST_NAME = 1000
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
    header: bool = True
    notes: Sequence[str] = ()
    found: Sequence[str] = ()
    """What was found while reading, once it is read."""


@dataclass(frozen=True)
class Writes:
    """What a user says of how a text file is written; None is found out.

    `usual` is how the table was written that the columns were fitted to.
    """

    encoding: str | None = None
    separator: str | None = None
    header: bool | None = None
    usual: Writing | None = None


def open_table(
    table: Any, writes: Writes = Writes(), wanted: Collection[str] = ()
) -> Table:
    """Return a table to read: of a CSV, TSV or Parquet file, or of a frame.

    `wanted` are names of columns by which the header of a text file is known. Raises
    `DataError` for what is none, `MissingExtraError` without Polars.
    """
    try:
        import polars  # noqa: F401
    except ImportError as error:
        raise missing_extra("tables", error, "table") from error
    if isinstance(table, str | os.PathLike):
        return _open_file(Path(table).expanduser(), writes, wanted)
    frame = polars_frame(table)
    return Table("table", tuple(frame.columns), lambda dtypes: iter([frame]))


def check_file(table: Any) -> None:
    """Refuse a path at which there is no file; what is no path is not looked at."""
    if not isinstance(table, str | os.PathLike):
        return
    path = Path(table).expanduser()
    if path.is_dir():
        raise DataError(f"{path}: is a folder; name a table in it, such as data.csv")
    check_regular(path)
    if not path.exists():
        raise DataError(f"{path}: there is no such file")


def _open_file(path: Path, writes: Writes, wanted: Collection[str]) -> Table:
    check_file(path)
    if ending_of(path) == ".parquet":
        return _open_parquet(path)
    text = open_text_table(
        path, writes.encoding, writes.separator, writes.header, wanted, writes.usual
    )
    layout = text.layout
    check_lengths(text.names, path)
    return Table(
        str(path),
        text.names,
        text.blocks,
        text.encoding,
        layout.separator,
        bool(layout.header),
        layout.notes,
        text.notes,
    )


def _open_parquet(path: Path) -> Table:
    # Polars reads Parquet itself, but some damaged files end the whole process there.
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise missing_extra("Parquet files", error, "table") from error
    import polars as pl

    problem = "no readable Parquet file"
    with readable(path, problem), ParquetFile(path) as file:
        _check_said(path, file.metadata)
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


def _check_said(path: Path, said: Any) -> None:
    """Refuse a Parquet file that says it is far larger than it is."""
    numbers = 8 * said.num_rows * said.num_columns
    groups = (said.row_group(i).total_byte_size for i in range(said.num_row_groups))
    remedy = "To have it read: load_table(polars.read_parquet(path), …)"
    check_unpacked(path, max(numbers, sum(groups)), path.stat().st_size, remedy)


def polars_frame(table: Any) -> "pl.DataFrame":
    """Return a frame of any library as a Polars one, its names checked.

    Raises `DataError` for names that do not tell columns apart, TypeError for what is
    no frame.
    """
    import polars as pl

    # Whoever has a frame of pandas has imported it.
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(table, pandas.DataFrame):
        return from_pandas(table, checked_names(pandas_names(table), "the frame"))
    if isinstance(table, pl.DataFrame | pl.LazyFrame):
        frame = from_polars(table)
    else:
        frame = from_polars(_from_others(table))
    names = checked_names(frame.columns, "the frame")
    return frame.rename(dict(zip(frame.columns, names, strict=True)))


def check_lengths(names: Sequence[str], table: object) -> None:
    """Refuse names that are none: a whole file, where a quotation mark is open."""
    for number, name in enumerate(names, start=1):
        if len(name) > LONGEST_NAME:
            raise DataError(
                f"{table}: the name of column {number} has {len(name):,} characters; "
                f"need names of at most {LONGEST_NAME:,}. Perhaps a quotation mark is "
                "not closed, or the first line is one of data"
            )


def checked_names(names: Sequence[str], table: object) -> tuple[str, ...]:
    """Return the columns' names, those without one numbered; no two may be alike."""
    found = [name.strip() or f"column {i}" for i, name in enumerate(names, start=1)]
    check_lengths(found, table)
    twice = sorted(
        name for name, count in collections.Counter(found).items() if count > 1
    )
    if twice:
        raise DataError(
            f'{table}: two columns are called "{twice[0]}"; give each a name of its own'
        )
    return tuple(found)


def _from_others(table: Any) -> "pl.DataFrame":
    import polars as pl

    is_column = hasattr(table, "to_frame")
    shares = hasattr(table, "__dataframe__") or hasattr(table, "__arrow_c_stream__")
    if is_column or not shares:
        raise TypeError(
            f"load_table: got {type(table).__name__}; need the path of a CSV, TSV or "
            "Parquet file, or a Polars or pandas frame"
            + ", such as column.to_frame()"
            * is_column
        )
    checked_names(getattr(table, "column_names", ()), "the frame")
    return pl.DataFrame(table)
