"""How good a model of a table is, on rows that it has not learned from."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.data import Columns, Dataset
from kobai.errors import visible
from kobai.functions import confusion, decided
from kobai.html import table
from kobai.judging import Baselines, Judgement, judge
from kobai.judging.details import each_class, each_target
from kobai.judging.holding import tested
from kobai.judging.wording import (
    advice,
    aligned,
    confidence,
    in_units,
    in_words,
    scores_as_rows,
)
from kobai.tabular.plan import as_keyword

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kobai.formats import Model


CLASS_HEAD = "class", "precision", "recall", "F₁", "rows"


@dataclass(frozen=True, repr=False)
class Evaluation:
    """Scores of a model beside those of a linear model and of a constant.

    `judgement` has all three, with the interval in which each score is with 95 %
    confidence; `classes` has precision, recall and F₁ of each class, `confusion` counts
    `(k, k)` the rows of each class by what they were taken for, `targets` has the
    errors of each number, and where there are several targets classes and confusion of
    each that has classes. `threshold` and `interval` say what these do on the rows, if
    the model has them. `trained_on` is the share of the rows trained on that are among
    these. It prints, and shows in a notebook, as tables.
    """

    data: Dataset
    outputs: np.ndarray
    judgement: Judgement
    model: "Model"
    rows: str
    trained_on: float = 0.0

    @property
    def scores(self) -> dict[str, float]:
        """The scores of the network by their names."""
        return {name: score.value for name, score in self.judgement.network.items()}

    @property
    def linear(self) -> dict[str, float]:
        """The scores of a linear model that learned from the same rows."""
        return {name: score.value for name, score in self.judgement.linear.items()}

    @property
    def constant(self) -> dict[str, float]:
        """The scores of always saying the most frequent class, or the mean."""
        return {name: score.value for name, score in self.judgement.baseline.items()}

    def __getitem__(self, name: str) -> float:
        return self.scores[name]

    @property
    def warning(self) -> str:
        """Why the network is not worth having, with advice; nothing where it is."""
        found = self.judgement
        if not found.warning:
            return ""
        advised = advice(found, lambda name, value="": as_keyword(name, value))
        return f"The network is {found.warning}. {advised}"

    @property
    def classes(self) -> list[dict[str, Any]]:
        """Name, precision, recall, F₁ and number of rows of each class."""
        if not self.data.classes:
            return []
        return each_class(self._named, self.data.t_test, self.data.classes)

    @property
    def confusion(self) -> np.ndarray:
        """How many rows of class i were taken for class j `(k, k)`."""
        if not self.data.classes:
            return np.zeros((0, 0), int)
        return confusion(self._named, self.data.t_test)

    @property
    def targets(self) -> list[dict[str, Any]]:
        """Name, RMSE, MAE and R² of each target that is a number.

        Of several targets those that have classes have "classes" and "confusion".
        """
        columns = self.data.columns
        if columns is None or columns.target.classes:
            return []
        return each_target(columns, self.outputs, self.data.t_test)

    @property
    def calibration(self) -> Mapping[str, Any]:
        """What the model's threshold or interval does on these rows."""
        known = self.model.calibration
        return tested(known, self.model.network, self.data) if known else {}

    def plot(self, language: str = "en", target: str | None = None) -> "Figure":
        """Return the confusion matrix, or what is predicted over what is true.

        Of several targets of which some are classes it is that of `target`, or of the
        first; numbers are drawn together. Raises ValueError for another name.
        """
        from kobai.judging.pictures import predicted_drawing
        from kobai.plots import confusion_matrix

        parts = {p.name: p for p in self._columns.parts}
        if target is not None and target not in (parts or self._columns.target.names):
            known = ", ".join(self._columns.target.names)
            raise ValueError(
                f'plot: there is no target "{target}"; need one of {known}'
            )
        part = parts.get(target or next(iter(parts), ""))
        if part and part.classes:
            labels = part.of(self.data.t_test)
            counts = confusion(self.outputs[:, part.outputs], labels)
            names = tuple(map(visible, part.classes))
            return confusion_matrix(counts, names, language)
        if self.data.classes:
            names = tuple(map(visible, self.data.classes))
            return confusion_matrix(self.confusion, names, language)
        draw = predicted_drawing(self.model.network, self.data, language)
        assert draw is not None
        return draw()

    @property
    def _columns(self) -> Columns:
        assert self.data.columns is not None
        return self.data.columns

    @property
    def _named(self) -> np.ndarray:
        known = self.model.calibration
        return decided(self.outputs, known.threshold if known else None)

    def _details(self) -> tuple[list[str], list[list[str]]]:
        """Return a table of the classes, or of several targets."""
        if self.data.classes:
            return list(CLASS_HEAD), list(map(_class_cells, self.classes))
        if self._columns.parts:
            every = [(t["name"], e) for t in self.targets for e in t.get("classes", ())]
            return ["target", *CLASS_HEAD], [[n, *_class_cells(e)] for n, e in every]
        each = self.targets if len(self.targets) > 1 else []
        return ["target", "R²", "RMSE", "MAE"], [
            [e["name"], f"{e['r2']:.3f}", in_units(e["rmse"]), in_units(e["mae"])]
            for e in each
        ]

    def _notes(self) -> list[str]:
        seen = ""
        if self.trained_on:
            seen = (
                f"Note: of the rows that were trained on {self.trained_on:.0%} are "
                "among these: on those a network does better than on new ones."
            )
        found = [seen, *in_words(self.calibration), self.warning]
        return [confidence(self.judgement), *filter(None, found)]

    def __str__(self) -> str:
        left = 2 if self._columns.parts else 1
        parts = [self.rows, "", aligned(*scores_as_rows(self.judgement), left=left)]
        head, rows = self._details()
        if rows:
            parts += ["", aligned(head, rows, left=left)]
        notes = list(filter(None, self._notes()))
        return visible("\n".join([*parts, *[""] * bool(notes), *notes]))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        head, rows = scores_as_rows(self.judgement)
        left = [0, 1] if self._columns.parts else [0]
        shown = [list(map(visible, row)) for row in rows]
        parts = [table(head, shown, title=visible(self.rows), left=left, bold=[0])]
        head, rows = self._details()
        if rows:
            shown = [list(map(visible, row)) for row in rows]
            parts.append(table(head, shown, left=left))
        notes = filter(None, self._notes())
        return "".join([*parts, *(f"<div>{escape(visible(n))}</div>" for n in notes)])


def _class_cells(found: Mapping[str, Any]) -> list[str]:
    shares = (f"{found[key]:.3f}" for key in ("precision", "recall", "f1"))
    return [found["name"], *shares, f"{found['samples']:,}"]


def evaluated(
    model: "Model",
    data: Dataset,
    baselines: Baselines,
    *,
    rows: str,
    weighted: bool,
    trained_on: float = 0.0,
) -> Evaluation:
    """Return how good a model is on the test rows of `data`."""
    known = model.calibration
    threshold = known.threshold if known else None
    found = judge(
        model.network, data, baselines, weighted=weighted, threshold=threshold
    )
    outputs = np.asarray(model.network.predict(data.x_test))
    return Evaluation(data, outputs, found, model, rows, trained_on)
