"""What a search in Python has found."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from kobai.errors import suggest
from kobai.sweeps.folder import Trial
from kobai.sweeps.jobs import Job
from kobai.sweeps.memory import Place, TrialMemory
from kobai.sweeps.search import Search, ranked
from kobai.sweeps.space import Config
from kobai.sweeps.table import rows, write_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kobai.networks import Network
    from kobai.sweeps.objectives import Function, Networks
    from kobai.sweeps.tables import Tables
    from kobai.tabular import TableModel

SHOWN = 10


@dataclass(repr=False, eq=False)
class Sweep:
    """A search that is done: it prints as a table of the best trials.

    `best` is the best trial, `best.config` its settings; `trials` are all of them, the
    best first. `measure` is the name of what they were judged by.
    """

    search: Search
    best: Trial
    measure: str
    work: "Function | Networks | Tables" = field(repr=False)

    @property
    def trials(self) -> list[Trial]:
        """All trials, the best first."""
        return ranked(self.search.trials.values())

    @property
    def best_config(self) -> Config:
        """The settings of the best trial."""
        return self.best.config

    @property
    def best_score(self) -> float:
        """What the best trial was judged by, such as its validation accuracy."""
        last = self.best.last
        assert last is not None
        return float(last.shown[self.measure])

    def network(self) -> "Network":
        """Return the trained network of the best trial.

        Raises TypeError where no networks were searched.
        """
        from kobai.sweeps.objectives import Function

        if isinstance(self.work, Function):
            raise TypeError("network: the search was of a function, not of networks")
        with self._best_job() as (job, place):
            return self.work.trained(job, place)[0]

    def model(self) -> "TableModel":
        """Return the best model of a table, fitted: it predicts, and knows test rows.

        Its `evaluate()` is the first to touch these. Raises TypeError where no
        `TableModel` was searched.
        """
        from kobai.sweeps.tables import Tables

        if not isinstance(self.work, Tables):
            raise TypeError(
                "model: the search was of no TableModel; network() returns a network"
            )
        with self._best_job() as (job, place):
            return self.work.fitted(job, place)

    @contextmanager
    def _best_job(self) -> Iterator[tuple[Job, Place]]:
        """Yield what trains the best, and where: elsewhere once its folder is gone."""
        last, place = self.best.last, self.search.folder.place(self.best.number)
        assert last is not None
        job = Job(self.best.number, self.best.config, last.length)
        if isinstance(place, TrialMemory) or place.is_dir():
            yield job, place
            return
        with TemporaryDirectory(prefix="kobai-sweep-") as folder:
            yield job, Path(folder)

    def rows(self) -> list[dict[str, Any]]:
        """Return what is known of each trial, the best first, as a table has it."""
        return rows(self.search.trials.values())

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Write `rows` to a CSV file."""
        write_table(Path(path), self.search.trials.values())

    def plot(self, figure: str = "settings", language: str = "en") -> "Figure":
        """Return a figure: "settings", "rungs", "best" or "twenty".

        They are the score against each setting, which trials went on, and the curves
        of the best five and the best twenty. Raises ValueError for one that there is
        not: rungs need halving, and curves networks.
        """
        from kobai.sweeps.drawing import drawings

        known = drawings(self.search, self.best, self.measure, language)
        if figure not in known:
            raise ValueError(
                f'plot: got "{figure}"; of this search there is {", ".join(known)}.'
                f"{suggest(figure, known)}"
            )
        return known[figure]()

    def __str__(self) -> str:
        names = ["trial", self.measure, *self.search.plan.space, "epochs"]
        found = [_cells(row, names) for row in self.rows()[:SHOWN]]
        heads = [name.replace("_", " ") for name in names]
        if not any(cells[-1] for cells in found):
            heads.pop()
        table = [heads, *found]
        widths = [max(len(row[i]) for row in table) for i in range(len(heads))]
        lines = (
            "  ".join(
                f"{cell:>{width}}" for cell, width in zip(row, widths, strict=False)
            )
            for row in table
        )
        more = len(self.search.trials) - len(found)
        return "\n".join(lines) + f"\n… and {more} more" * (more > 0)

    def __repr__(self) -> str:
        return f"<Sweep: {len(self.search.trials)} trials, best {self.best_config}>"

    def _repr_html_(self) -> str:
        """Return the table, as a notebook shows it."""
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def _cells(row: dict[str, Any], names: list[str]) -> list[str]:
    values = (row.get(name) for name in names)
    return [_short(value) for value in values]


def _short(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
