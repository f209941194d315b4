"""What a model of a table makes of it: by columns, and by rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data import Dataset
from kobai.data.tables.new_rows import coded_blocks
from kobai.errors import visible
from kobai.explanations import (
    Contributions,
    Dependence,
    Importance,
    WorstRow,
    contributions,
    partial_dependence,
    permutation_importance,
    worst_of,
)
from kobai.explanations.wording import (
    TakenApart,
    importance_as_rows,
    screened_in_words,
    taken_apart,
    told_outputs,
    worst_as_rows,
)
from kobai.formats.predictions import Predictions
from kobai.html import table
from kobai.judging.wording import aligned

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kobai.formats import Model

MOST_CURVES = 6
MATTERED = "Which columns mattered: how much worse with each shuffled"
WORST = "Predicted worst"


@dataclass(frozen=True, repr=False)
class Explanation:
    """Which columns mattered, and the rows that are predicted worst.

    `importance` says by how much worse the model does with each column shuffled; its
    `columns` are the most needed first. `worst` are the rows with the largest errors.
    It prints, and shows in a notebook, as tables.
    """

    model: "Model"
    data: Dataset
    importance: Importance
    worst: list[WorstRow]

    def dependence(self, column: str, **options: Any) -> list[Dependence]:
        """Return how predictions change with a column, all others as they are.

        Options are those of `kobai.explanations.partial_dependence`, which see. Raises
        ValueError for a column that the model does not use.
        """
        return partial_dependence(self.model, self.data, column, **options)

    def plot(self, language: str = "en") -> "Figure":
        """Return a bar for each column: how much it mattered."""
        from kobai.explanations.pictures import importance_figure

        return importance_figure(self.importance, language)

    def plot_dependence(
        self, columns: str | Iterable[str] | None = None, language: str = "en"
    ) -> "Figure":
        """Return how predictions change with columns, those that mattered most."""
        from kobai.explanations.pictures import dependence_figure

        if columns is None:
            from kobai.explanations.inputs import without_texts

            known = without_texts(self.model, self.importance.columns)
            columns = known[:MOST_CURVES]
        wanted = [columns] if isinstance(columns, str) else columns
        return dependence_figure(self.model, self.data, wanted, language)

    def __str__(self) -> str:
        head, rows = worst_as_rows(self.worst)
        line = screened_in_words(self.importance, "explain")
        mattered = aligned(*importance_as_rows(self.importance))
        parts = [MATTERED, mattered, *[line] * bool(line), "", WORST]
        return visible("\n".join([*parts, aligned(head, rows)]))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        head, rows = importance_as_rows(self.importance)
        shown = [list(map(visible, row)) for row in rows]
        first = table(head, shown, title=MATTERED, left=[0])
        first += _line_as_html(screened_in_words(self.importance, "explain"))
        head, rows = worst_as_rows(self.worst)
        shown = [list(map(visible, row)) for row in rows]
        return first + table(head, shown, title=WORST)


def _line_as_html(line: str) -> str:
    return f"<div>{escape(visible(line))}</div>" if line else ""


def explained(
    model: "Model", data: Dataset, numbers: np.ndarray | None = None, **options: Any
) -> Explanation:
    """Return what a model makes of the test rows of `data`, whose numbers are given."""
    assert data.columns is not None
    importance = permutation_importance(model, data, **options)
    outputs = np.asarray(model.network.predict(data.x_test))
    worst = worst_of(data.columns, outputs, data.t_test, numbers)
    return Explanation(model, data, importance, worst)


@dataclass(frozen=True, repr=False)
class RowExplanation:
    """The prediction of one row, taken apart into what each column adds to it.

    It is that of the likeliest class, or the number, of each target. `made` are the
    numbers: `made.base` plus the sum of `made.values` is the prediction. `cells` are
    what stands in the row, `outputs` which numbers are told of, and whether they are
    probabilities; `others` is with how many training rows it is compared. It prints,
    and shows in a notebook, as a table.
    """

    made: Contributions
    cells: Mapping[str, Any]
    outputs: list[tuple[int, bool]]
    others: int | None

    @property
    def adds(self) -> dict[str, float]:
        """What each column adds to the first number, or to the likeliest class."""
        output, _ = self.outputs[0]
        values = self.made.values[:, output].tolist()
        return dict(zip(self.made.columns, values, strict=True))

    def _parts(self) -> list[TakenApart]:
        made, cells = self.made, self.cells
        return [
            taken_apart(made, cells, output, is_class, self.others)
            for output, is_class in self.outputs
        ]

    def __str__(self) -> str:
        parts = []
        for each in self._parts():
            lines = [f"{each.what}, {each.where}", each.because]
            parts += [*filter(None, lines), aligned(each.head, each.rows, left=2)]
        parts += filter(None, [screened_in_words(self.made, "explain_row")])
        return visible("\n".join(parts))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        parts = []
        for each in self._parts():
            title = visible(f"{each.what}, {each.where}")
            shown = [list(map(visible, row)) for row in each.rows]
            parts.append(table(each.head, shown, title=title, left=[0, 1]))
            parts.append(_line_as_html(each.because))
        parts.append(_line_as_html(screened_in_words(self.made, "explain_row")))
        return "".join(parts)


def row_explained(
    model: "Model",
    found: Predictions,
    row: int,
    background: np.ndarray | None,
    **options: Any,
) -> RowExplanation:
    """Return one row of a table, counted from 0, taken apart."""
    rows = 0
    for frame, raw, first in coded_blocks(found.columns, found.table):
        rows += len(frame)
        if 0 <= row < rows:
            place = row - first + 1
            one = raw[place : place + 1]
            made = contributions(model, one, background, **options)
            others = None if background is None else len(background)
            outputs = told_outputs(found.columns, made.prediction)
            return RowExplanation(made, frame.row(place, named=True), outputs, others)
    raise IndexError(
        f"TableModel: got row {row}; the table has {rows:,} rows, counted from 0"
    )
