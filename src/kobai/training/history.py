"""What happened in a training run: a record per epoch, a loss per step."""

import csv
import io
import os
from array import array
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.errors import DataError, MissingExtraError, missing_extra, suggest
from kobai.extras import pip_install
from kobai.files import check_regular, write_atomically
from kobai.training.display.table import names_of, table

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from matplotlib.figure import Figure

Record = dict[str, Any]


class History:
    """The course of a training run, which prints as a table.

    `records` has one dictionary per epoch, the first (epoch 0) from before training:
    epoch, step, train_loss, test_loss, train_accuracy, test_accuracy, learning_rate,
    and the seconds since the start. A run that ends inside an epoch has a last record
    there, its epoch a fraction. `stopped` says why a run ended before its time
    ("interrupted", "early stopping", …), or is None.

    >>> history = History([{"epoch": 0, "train_loss": 2.5}])
    >>> history.append({"epoch": 1, "train_loss": 0.5})
    >>> history["train_loss"]
    array([2.5, 0.5])
    >>> print(history)
     epoch  train loss
         0      2.5000
         1      0.5000
    """

    def __init__(
        self,
        records: Iterable[Mapping[str, Any]] = (),
        step_losses: Iterable[float] = (),
        stopped: str | None = None,
    ) -> None:
        self.records: list[Record] = [dict(record) for record in records]
        self.stopped = stopped
        self._step_losses = array("d", step_losses)

    def __getstate__(self) -> dict[str, Any]:
        # Not every way to store an object knows `array`.
        return vars(self) | {"_step_losses": self.step_losses}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        vars(self).update(state)
        self._step_losses = array("d", state["_step_losses"])

    @property
    def step_losses(self) -> np.ndarray:
        """The loss of every step's batch, before its update, shape `(steps,)`."""
        return np.array(self._step_losses)

    def append(self, record: Mapping[str, Any]) -> None:
        """Add the record of an epoch."""
        self.records.append(dict(record))

    def append_loss(self, loss: float) -> None:
        """Add the loss of a step."""
        self._step_losses.append(loss)

    def append_losses(self, losses: np.ndarray) -> None:
        """Add the losses of several steps."""
        self._step_losses.frombytes(losses.astype(float).tobytes())

    def names(self) -> list[str]:
        """Return the names under which something was recorded, in order."""
        return names_of(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, name: str) -> np.ndarray:
        names = self.names()
        if name not in names:
            raise KeyError(
                f'history["{name}"]: nothing was recorded under that name; there is '
                f"{', '.join(names) or 'nothing yet'}.{suggest(str(name), names)}"
            )
        return np.array([record.get(name, np.nan) for record in self.records])

    def __str__(self) -> str:
        if not self.records:
            return "History: no epochs yet"
        text = table(self.records)
        return f"{text}\n{self.stopped}" if self.stopped else text

    def __repr__(self) -> str:
        return f"<History: {len(self.records)} records, {len(self._step_losses)} steps>"

    def _repr_html_(self) -> str:
        """Return the curves and the table, as a notebook shows them."""
        # Only notebooks need them.
        from kobai.html.notebook import was_shown
        from kobai.training.display.picture import as_html

        if was_shown(self):
            return escape(repr(self))
        return as_html(self)

    def to_polars(self) -> "pl.DataFrame":
        """Return the records as a Polars DataFrame, a row per epoch.

        Raises `MissingExtraError` where Polars is not installed.

        >>> History([{"epoch": 0, "train_loss": 2.5}]).to_polars().columns
        ['epoch', 'train_loss']
        """
        try:
            import polars
        except ImportError as error:
            raise missing_extra("history.to_polars", error, "table") from error
        return polars.DataFrame({name: self[name] for name in self.names()})

    def to_pandas(self) -> "pd.DataFrame":
        """Return the records as a pandas DataFrame, a row per epoch.

        Raises `MissingExtraError` where pandas is not installed.

        >>> History([{"epoch": 0, "train_loss": 2.5}]).to_pandas().shape
        (1, 2)
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError(
                "history.to_pandas: pandas is not installed; " + pip_install("pandas")
            ) from error
        return pandas.DataFrame({name: self[name] for name in self.names()})

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the records to a CSV file, one line per epoch, with all digits."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.names(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.records)
        write_atomically(path, text.getvalue().encode())

    @classmethod
    def read_csv(cls, path: str | os.PathLike[str]) -> "History":
        """Return the records of a CSV file; the loss of every step is not in it.

        Raises `DataError` for a file that is not the history of a run.
        """
        check_regular(path)
        try:
            with open(path, newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file, restkey="?", restval="?"))
            if any("epoch" not in row for row in rows):
                raise ValueError("it has no column epoch")
            return cls({name: _number(row[name]) for name in row} for row in rows)
        except (TypeError, ValueError, csv.Error) as error:
            raise DataError(f"{path}: not the history of a run ({error})") from None

    def plot(self, language: str = "en") -> "Figure":
        """Return a figure of loss and accuracy over the epochs."""
        from kobai.plots import training_curves

        return training_curves(self, language=language)


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text) if text else float("nan")
