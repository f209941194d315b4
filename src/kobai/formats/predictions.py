"""What a model says about the rows of a table, as a table."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data.refusals import Refusals
from kobai.data.tables.cells import no_rows
from kobai.data.tables.columns import OTHER, Columns
from kobai.data.tables.frames import Dtypes, Table, Writes, open_table
from kobai.data.tables.new_rows import coded_blocks, lacking, named_columns
from kobai.errors import DataError
from kobai.files import naming
from kobai.formats.calibration import Calibration
from kobai.formats.rows import outputs_of
from kobai.formats.shift import Shift
from kobai.functions import decided

if TYPE_CHECKING:
    import polars as pl

    from kobai.formats.model import Model

Frames = Callable[[Dtypes], "Iterator[pl.DataFrame]"]
CLASS = "class"
WRITABLE = (".csv", ".tsv", ".parquet")


@dataclass(frozen=True)
class Predictions:
    """The predictions for a table, to come block by block, and how its columns fit.

    `ids` are columns of the table that stand beside the predictions. `strange` counts,
    of the rows so far, the cells of each column that are missing or an unknown word
    where no training row had such a one; `shift` tells which columns lie elsewhere.
    """

    model: "Model"
    columns: Columns
    table: Table
    shift: Shift
    ids: tuple[str, ...] = ()
    strange: Counter[str] = field(default_factory=Counter)

    @property
    def extra(self) -> tuple[str, ...]:
        """The columns that the model does not use, the targets and `ids` aside."""
        used = {*self.columns.sources, *self.columns.target.names, *self.ids}
        return tuple(name for name in self.table.names if name not in used)

    def frames(self) -> "Iterator[pl.DataFrame]":
        """Yield a frame of predictions for each block of rows, in their order."""
        for frame, raw, _ in coded_blocks(self.columns, self.table):
            if len(raw):
                self.strange.update(strange_cells(self.columns, raw))
                self.shift.add(raw)
                outputs = outputs_of(self.model.network, self.columns, raw)
                found = as_frame(self.columns, outputs, self.model.calibration)
                yield frame.select(self.ids).hstack(found) if self.ids else found

    def unlike(self) -> dict[str, list[str]]:
        """Return which columns have what they did not have in training, in words.

        It is of the rows that have been predicted so far.
        """
        shifted = [
            f"{each.name} (mean {each.mean:.4g}, in training {each.trained:.4g})"
            for each in self.shift.shifted()
        ]
        unknown = [f"{n} ({share:.0%})" for n, share in self.shift.unknown().items()]
        lines = {
            "Missing, or a new word, as in no training row": [
                f"{name} ({n:,})" for name, n in self.strange.most_common() if n
            ],
            "Many missing or rare words": unknown,
            "Elsewhere than in training": shifted,
        }
        return {what: names for what, names in lines.items() if names}


def strange_cells(columns: Columns, raw: np.ndarray) -> dict[str, int]:
    """Count the cells of raw `(n, p)` that are as no cell of the training rows was.

    >>> from kobai.data.tables.columns import Feature, Target
    >>> features = Feature("size"), Feature("age", has_missing=True)
    >>> columns = Columns(features, Target(("kind",), ("cat", "dog")))
    >>> strange_cells(columns, np.array([[np.nan, np.nan], [1, 2]]))
    {'size': 1, 'age': 0}
    """
    found: dict[str, int] = {}
    for index, feature in enumerate(columns.features):
        cells = raw[:, index]
        is_number = feature.kind == "number"
        is_strange = np.isnan(cells) if is_number else cells == OTHER
        # A text that is missing is as one of which nothing is known.
        is_text = feature.kind == "text"
        was_there = feature.has_missing or feature.has_other or is_text
        count = 0 if was_there else int(is_strange.sum())
        found[feature.column] = max(count, found.get(feature.column, 0))
    return found


def predictions(
    model: "Model", table: Any, encoding: str | None = None, ids: Any = ()
) -> Predictions:
    """Open a table for predictions; nothing of it but its columns is read yet.

    `ids` names columns to stand beside them, as `named_columns` takes it. Raises
    DataError where a column is missing, or one of `ids` is called as a prediction is;
    ValueError for a model that was not trained on a table.
    """
    if model.columns is None:
        raise ValueError(
            f"{model.name or 'this model'} was not trained on a table; use predict()"
        )
    opened = open_table(table, writes_of(model, encoding), model.columns.sources)
    refusals = Refusals()
    with refusals.gathering():
        lacking(opened.name, model.columns.sources, opened.names)
    with refusals.gathering():
        chosen = named_columns(ids, opened, "id") if ids else ()
    refusals.tell()
    width = len(model.columns.target.outputs)
    names = as_frame(model.columns, np.empty((0, width)), model.calibration).columns
    for name in chosen:
        if name in names:
            raise DataError(
                f'id: "{name}" is the name of a column of the predictions, too; rename '
                "it in the table"
            )
    opened = replace(opened, frames=_as_written(opened, chosen))
    return Predictions(model, model.columns, opened, Shift(model.columns), chosen)


def _as_written(table: Table, ids: Collection[str]) -> Frames:
    """Return how to read a table whose identifiers stay the text that they are."""

    def frames(dtypes: Dtypes) -> "Iterator[pl.DataFrame]":
        def others() -> dict[str, Any]:
            return {k: v for k, v in dtypes().items() if k not in ids}

        return table.frames(others)

    return frames


def writes_of(model: "Model", encoding: str | None) -> Writes:
    """Return how a new table is written: as the first, unless it looks otherwise."""
    return Writes(encoding, usual=model.writing)


def predict_table(model: "Model", table: Any) -> "pl.DataFrame":
    """Return the predictions for all rows of a table, as `Model.predict_table` has it.

    >>> import polars as pl
    >>> from kobai.data import load_table
    >>> from kobai.formats import Model
    >>> from kobai.networks import Dense, Network, Sigmoid
    >>> frame = pl.DataFrame({"size": [1, 2, 8, 9] * 5, "kind": list("aabb") * 5})
    >>> data = load_table(frame, "kind")
    >>> network = Network(1, [Dense(1), Sigmoid()])
    >>> model = Model(network, data.classes, columns=data.columns)
    >>> predict_table(model, frame).columns
    ['class', 'a', 'b']
    """
    import polars as pl

    found = predictions(model, table)
    frames = list(found.frames())
    if not frames:
        raise no_rows(found.table.name)
    return pl.concat(frames)


def as_frame(
    columns: Columns, outputs: np.ndarray, calibration: Calibration | None = None
) -> "pl.DataFrame":
    """Return outputs `(n, k)` under the names of the classes or of the targets.

    Of several targets of which some are classes each has a column of its name, and
    after them each class its probability, as "NAME=CLASS".
    """
    import polars as pl

    target = columns.target
    if columns.parts:
        return pl.DataFrame(_of_each(columns, outputs, calibration))
    if not target.classes:
        return pl.DataFrame(_with_ends(target.names, outputs, calibration))
    outputs = of_both_classes(columns, outputs)
    named = decided(outputs, calibration.threshold if calibration else None)
    # A class of this name needs the column for its probability.
    head = CLASS if CLASS not in target.classes else f"predicted {CLASS}"
    names = pl.Series(head, target.classes, dtype=pl.String)
    best = names.gather(named.argmax(axis=1))
    shares = {name: outputs[:, i] for i, name in enumerate(target.classes)}
    return pl.DataFrame({head: best, **shares})


def _of_each(
    columns: Columns, outputs: np.ndarray, calibration: Calibration | None
) -> "dict[str, np.ndarray | pl.Series]":
    """Return what is predicted of each target by its name, then the probabilities."""
    import polars as pl

    numbers = [part for part in columns.parts if not part.classes]
    taken = [part.name for part in columns.parts if part.classes]
    own = outputs[:, [part.outputs.start for part in numbers]]
    found: dict[str, Any] = dict.fromkeys(columns.target.names)
    found |= _with_ends([part.name for part in numbers], own, calibration, taken)
    for part in columns.parts:
        shares = outputs[:, part.outputs]
        for index, name in enumerate(part.classes):
            column = f"{part.name}={name}"
            while column in found:
                column += "_"
            found[column] = shares[:, index]
        if part.classes:
            names = pl.Series(part.name, part.classes, dtype=pl.String)
            found[part.name] = names.gather(shares.argmax(axis=1))
    return found


def of_both_classes(columns: Columns, outputs: np.ndarray) -> np.ndarray:
    """Return outputs with a probability for each class: a single one says p of two."""
    if columns.target.classes and outputs.shape[1] == 1:
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs


def _with_ends(
    names: Sequence[str],
    outputs: np.ndarray,
    calibration: Calibration | None,
    taken: Collection[str] = (),
) -> dict[str, np.ndarray]:
    """Return numbers by the names of the targets, each with the ends of its interval.

    No end has the name of a target, nor one of those `taken`.
    """
    found = {name: outputs[:, i] for i, name in enumerate(names)}
    reaches = calibration.reaches if calibration else ()
    for (name, values), reach in zip(list(found.items()), reaches, strict=False):
        for end, sign in (("low", -1), ("high", 1)):
            column = f"{name}_{end}"
            while column in found or column in taken:
                column += "_"
            found[column] = values + sign * reach
    return found


def write_predictions(found: Predictions, path: Path) -> int:
    """Write all predictions to a CSV, TSV or Parquet file, and return their number.

    The file appears whole or not at all; rows are in the table's order. Raises
    DataError for another ending, OSError where it cannot be written.
    """
    check_ending(path)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        rows = _write(found, temporary, path.suffix.lower())
        temporary.replace(path)
    except OSError as error:
        raise naming(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)
    return rows


def check_ending(path: Path) -> None:
    """Refuse a file to write whose name does not say its form."""
    if path.suffix.lower() not in WRITABLE:
        raise DataError(
            f"{path}: predictions are written to {', '.join(WRITABLE)}; name such a "
            "file"
        )
    if path.is_dir():
        raise DataError(f"{path}: is a folder; name a file in it")


def as_text(found: Predictions, separator: str) -> Iterator[tuple[bytes, int]]:
    """Yield all predictions as text in UTF-8, block by block, and how many each has.

    The first begins with the names of the columns. Raises DataError for a table
    without rows.
    """
    rows = 0
    for frame in found.frames():
        text = BytesIO()
        frame.write_csv(text, separator=separator, include_header=not rows)
        rows += len(frame)
        yield text.getvalue(), len(frame)
    if not rows:
        raise no_rows(found.table.name)


def _write(found: Predictions, path: Path, ending: str) -> int:
    if ending == ".parquet":
        return _write_parquet(found, path)
    rows = 0
    with path.open("wb") as file:
        for text, count in as_text(found, "\t" if ending == ".tsv" else ","):
            file.write(text)
            rows += count
    return rows


def _write_parquet(found: Predictions, path: Path) -> int:
    import polars as pl

    frames = list(found.frames())
    if not frames:
        raise no_rows(found.table.name)
    # Polars' own error of a full disk would not be an OSError.
    content = BytesIO()
    pl.concat(frames).write_parquet(content)
    path.write_bytes(content.getbuffer())
    return sum(map(len, frames))
