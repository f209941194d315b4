"""Tables as they are given, of whatever library, and answers in the same."""

import os
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.tables.foreign import is_missing, word_of
from kobai.data.tables.frames import polars_frame
from kobai.data.tables.new_rows import spelled
from kobai.errors import DataError, missing_extra
from kobai.formats.rows import named, records_of

if TYPE_CHECKING:
    import polars as pl

Names = str | Sequence[str]
TARGET, WEIGHT = "y", "weight"


@dataclass(frozen=True)
class Given:
    """A table that was given: a path, or a frame of Polars with what it was before.

    `origin` is "pandas", "polars", "pyarrow", "numpy", or "" for a file and for
    Python's own lists; `index` is that of a pandas frame.
    """

    table: Any
    origin: str = ""
    index: Any = None

    @property
    def is_file(self) -> bool:
        """Whether it is the path of a file."""
        return isinstance(self.table, str | os.PathLike)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, of a file none."""
        return () if self.is_file else tuple(self.table.columns)

    def answer(self, name: str, values: np.ndarray) -> Any:
        """Return values `(n,)` as a column of the same library."""
        if self.origin == "pandas":
            return sys.modules["pandas"].Series(values, index=self.index, name=name)
        if self.origin == "pyarrow":
            return sys.modules["pyarrow"].array(values)
        if self.origin == "numpy":
            return values
        import polars as pl

        return pl.Series(name, values)

    def answers(self, frame: "pl.DataFrame") -> Any:
        """Return a frame as one of the same library; as an array `(n, k)` of NumPy."""
        if self.origin == "pandas":
            columns = {each.name: each.to_numpy() for each in frame}
            return sys.modules["pandas"].DataFrame(columns, index=self.index)
        if self.origin == "pyarrow":
            return frame.to_arrow()
        return frame.to_numpy() if self.origin == "numpy" else frame


def given(X: Any, names: Sequence[str] = ()) -> Given:
    """Return a table as it was given; `names` are those of an array's columns.

    A file's path, a frame of pandas, Polars or PyArrow, a dict of columns, a record or
    a list of them, or an array `(n, d)`, whose columns are called x0, x1, … where there
    are no names. Raises `DataError` for anything else.
    """
    if isinstance(X, str | os.PathLike):
        return Given(X)
    _require_polars()
    if hasattr(X, "toarray"):
        raise DataError(
            "TableModel: got a sparse matrix; need rows as they are: X.toarray()"
        )
    if (records := records_of(X)) is not None:
        return Given(polars_frame(_of_records(records)))
    if hasattr(X, "columns") or hasattr(X, "collect_schema"):
        return Given(polars_frame(X), _origin(X), getattr(X, "index", None))
    if (frame := named(X)) is not None:
        return Given(polars_frame(frame))
    return Given(_of_array(np.asarray(X), names), "numpy")


def _require_polars() -> None:
    try:
        import polars  # noqa: F401
    except ImportError as error:
        raise missing_extra("tables", error, "table") from error


def _origin(frame: Any) -> str:
    return type(frame).__module__.split(".")[0]


def _of_records(records: Sequence[Mapping[str, Any]]) -> "pl.DataFrame":
    import polars as pl

    names = list(dict.fromkeys(name for record in records for name in record))
    cells = {name: [record.get(name) for record in records] for name in names}
    columns = [pl.Series(name, each, strict=False) for name, each in cells.items()]
    return pl.DataFrame(columns)


def _of_array(X: np.ndarray, names: Sequence[str]) -> "pl.DataFrame":
    import polars as pl

    if X.ndim != 2:
        raise DataError(
            f"TableModel: Expected 2D array, got an array of shape {X.shape}. Reshape "
            "your data: (n, d), a row for each case; X.reshape(1, -1) is one row"
        )
    if not X.size:
        raise DataError(
            f"TableModel: got an array of shape {X.shape}: 0 sample(s) or 0 feature(s)"
        )
    names = names or [f"x{i}" for i in range(X.shape[1])]
    if len(names) != X.shape[1]:
        raise DataError(
            f"TableModel: X has {X.shape[1]} features, but TableModel is expecting "
            f"{len(names)} features as input: {', '.join(names)}"
        )
    columns = zip(names, X.T, strict=True)
    return polars_frame(pl.DataFrame([_series(name, each) for name, each in columns]))


def _series(name: str, cells: np.ndarray) -> "pl.Series":
    import polars as pl

    if cells.dtype.kind == "O":
        return pl.Series(name, cells.tolist(), dtype=pl.Object)
    return pl.Series(name, np.ascontiguousarray(cells))


def with_columns(found: Given, y: Any, names: Sequence[str], what: str = "y") -> Given:
    """Return a table with y as further columns, of these names.

    Raises `DataError` where a column is called so, or y has other rows.
    """
    frame = found.table
    if found.is_file:
        raise DataError(
            f"TableModel: got a file and {what}; name the column of the file instead, "
            "such as TableModel(target=...)"
        )
    columns = _columns_of(y, names)
    for name, column in zip(names, columns, strict=True):
        if name in frame.columns:
            raise DataError(
                f'TableModel: X has a column "{name}", as {what} is called; leave it '
                f'out of X, or give no {what}: fit(X) with TableModel(target="{name}")'
            )
        if len(column) != len(frame):
            raise DataError(
                f"TableModel: X has {len(frame):,} rows and {what} {len(column):,}; "
                f"need one of {what} for each row"
            )
    return Given(frame.with_columns(columns), found.origin, found.index)


def _columns_of(y: Any, names: Sequence[str]) -> "list[pl.Series]":
    """Return y, (n,) or (n, k), of any library as columns of Polars."""
    if hasattr(y, "to_frame"):
        y = y.to_frame()
    if not hasattr(y, "columns"):
        array = np.asarray(y)
        y = _of_array(array.reshape(len(array), -1) if array.ndim else array, names)
    columns = list(polars_frame(y))
    if len(columns) != len(names):
        raise DataError(
            f"TableModel: y has {len(columns)} columns for {len(names)} targets: "
            f"{', '.join(names)}"
        )
    return [each.alias(name) for name, each in zip(names, columns, strict=True)]


def names_of_targets(y: Any, taken: Collection[str]) -> list[str]:
    """Return names for y where nobody has named the target; no column has them.

    >>> names_of_targets(np.zeros((3, 2)), []), names_of_targets([1, 2], ["y"])
    (['y0', 'y1'], ['y_'])
    """
    if hasattr(y, "columns") and hasattr(y, "shape"):
        return [str(name) for name in getattr(y, "column_names", y.columns)]
    name = getattr(y, "name", None)
    if isinstance(name, str) and name.strip():
        return [name]
    shape = np.shape(y)
    if len(shape) > 1 and shape[1] > 1:
        return [_free(f"{TARGET}{i}", taken) for i in range(shape[1])]
    return [_free(TARGET, taken)]


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name


def free_weight(taken: Collection[str]) -> str:
    """Return a name for a column of weights that no other column has."""
    return _free(WEIGHT, taken)


def class_values(classes: Sequence[str], cells: Any) -> np.ndarray:
    """Return for each class the value that stands for it in cells, `(k,)`.

    >>> class_values(("0", "1"), [1, 0, None]), class_values(("false", "true"), [True])
    (array([0, 1]), array(['false', 'true'], dtype='<U5'))
    """
    known = spelled(classes)
    found: dict[int | None, Any] = {}
    for cell in dict.fromkeys(cells):
        if not is_missing(cell):
            index = known.get(word_of(cell).strip())
            found.setdefault(index, cell)
    if not all(index in found for index in range(len(classes))):
        return np.array(classes)
    return np.array([found[index] for index in range(len(classes))])


def several(names: Names) -> list[str]:
    """Return one name, or several, as a list."""
    return [names] if isinstance(names, str) else list(names)
