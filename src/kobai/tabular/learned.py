"""What a model of a table does, once it has learned."""

import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kobai.data import Columns, Dataset
from kobai.data.checksum import share_of
from kobai.data.more_rows import rows_to_test
from kobai.data.tables.frames import open_table
from kobai.errors import DataError, visible
from kobai.formats import Model
from kobai.formats.predictions import Predictions, predictions, writes_of
from kobai.html import lines
from kobai.networks import Network
from kobai.tabular import saved
from kobai.tabular.differences import Differences
from kobai.tabular.evaluation import Evaluation, evaluated
from kobai.tabular.explanation import (
    Explanation,
    RowExplanation,
    explained,
    row_explained,
)
from kobai.tabular.fitted import Fitted
from kobai.tabular.given import (
    Given,
    Names,
    given,
    several,
    with_columns,
)
from kobai.tabular.parameters import Parameters, not_fitted, tags
from kobai.tabular.plan import Plan
from kobai.tabular.scoring import score_of_rows
from kobai.training import History


class Learned(Parameters):
    """What needs nothing but what has been learned: prediction, judgement, files."""

    encoding: str | None
    class_weight: Any
    task: str | None
    fitted_: Fitted
    _is_of_arrays: bool

    @property
    def _known(self) -> Fitted:
        try:
            found: Fitted = vars(self)["fitted_"]
        except KeyError:
            raise not_fitted(
                f"This {type(self).__name__} instance is not fitted yet: call fit(...) "
                "first, or load a model: TableModel.load(path)"
            ) from None
        return found

    @property
    def plan(self) -> Plan:
        """What each column was taken for, why, and what would change it."""
        return Plan(self._known.data.told, "\n".join(self._known.data.notes))

    @property
    def model_(self) -> Model:
        """The network with all that has to be known to use it on raw rows."""
        return self._known.model

    @property
    def _columns(self) -> Columns:
        found = self.model_.columns
        assert found is not None
        return found

    @property
    def network_(self) -> Network:
        """The network itself."""
        return self._known.model.network

    @property
    def history_(self) -> History:
        """The course of the training."""
        return self._known.history

    @property
    def classes_(self) -> Any:
        """The classes `(k,)`, in the order of `predict_proba`; a regressor has none.

        Of several targets a dict of them by the names of those that have classes.
        """
        values = self._known.values
        if not any(map(len, values)):
            raise AttributeError(f"{type(self).__name__}: a regression has no classes")
        found = [each[np.argsort(each, kind="stable")] for each in values]
        if not self._columns.parts:
            return found[0]
        pairs = zip(self._columns.target.names, found, strict=True)
        return {name: each for name, each in pairs if len(each)}

    # --- predicting

    def predict(
        self,
        X: Any,
        *,
        probabilities: bool = False,
        interval: bool = False,
        ids: Names = (),
    ) -> Any:
        """Return what is predicted for each row, as a column of X's own library.

        A pandas frame gives a Series with its index, an array an array `(n,)`, a file a
        column of Polars; several targets give a frame. So do the options:
        `probabilities` gives a column "class" and one for each class (of several
        targets one such as "colour=red" for each class of each), `interval` the ends,
        such as "price_low" and "price_high", of a model of numbers, and `ids`
        names columns of X to keep beside them. Raises `DataError` where X lacks a
        column, and for cells that cannot be read, with their row.
        """
        table, kept = self._rows(X), several(ids)
        target = self._columns.target
        known = self.model_.calibration
        if interval and not (known and known.reaches):
            raise ValueError(
                "TableModel: interval=True needs a model of numbers that was fitted "
                "with one, such as TableModel(target, interval=0.9)"
            )
        has_classes = target.classes or target.heads
        if probabilities and (not has_classes or table.origin == "numpy"):
            raise ValueError(
                "TableModel: probabilities=True needs classes, and a frame or a file; "
                "of an array predict_proba(X) returns them"
            )
        frame = self._frame(table, kept)
        found = frame.drop(kept)
        if target.heads:
            found = self._of_each(found, probabilities, interval)
        elif target.classes:
            best = self._valued(found.to_series(0), target.classes, 0)
            if not (probabilities or kept):
                return table.answer(target.names[0], best)
            heads = found.columns if probabilities else found.columns[:1]
            found = found.select(heads).with_columns(_column(heads[0], best))
        elif not interval:
            found = found.select(target.names)
        if found.width == 1 and not kept:
            return table.answer(target.names[0], found.to_series().to_numpy())
        return table.answers(frame.select(kept).hstack(found) if kept else found)

    def _of_each(self, frame: Any, probabilities: bool, interval: bool) -> Any:
        """Return what is predicted of several targets, with what options ask for."""
        target, known = self._columns.target, self.model_.calibration
        count = len(target.names)
        first = count + 2 * len(known.reaches if known else ())
        chosen = [
            *frame.columns[:count],
            *frame.columns[count:first] * interval,
            *frame.columns[first:] * probabilities,
        ]
        columns = [
            _column(part.name, self._valued(frame[part.name], part.classes, part.place))
            for part in self._columns.parts
            if part.classes
        ]
        return frame.select(chosen).with_columns(columns)

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class `(n, k)`, in the order of `classes_`.

        Of several targets a dict of such arrays by the names of those that have
        classes. Raises AttributeError for a regression.
        """
        self._check_classes()
        frame = self._frame(self._rows(X))
        classes = [each for each in self._columns.target.heads if each]
        # Probabilities are the last columns, in the order of targets and classes.
        count = sum(map(len, classes)) or len(self.model_.classes)
        shares = np.asarray(frame[:, frame.width - count :].to_numpy(), float)
        values = [each for each in self._known.values if len(each)]
        ends = np.cumsum([len(each) for each in values])[:-1]
        found = []
        for own, part in zip(values, np.split(shares, ends, axis=1), strict=True):
            part = part[:, np.argsort(own, kind="stable")]
            # In float32 they sum to 1 within 1e-7, which scikit-learn complains of.
            found.append(part / part.sum(axis=1, keepdims=True))
        return dict(zip(self.classes_, found, strict=True)) if classes else found[0]

    def _check_classes(self) -> None:
        if not any(map(len, self._known.values)):
            raise AttributeError(
                f"{type(self).__name__}: a regression has no probabilities; predict(X, "
                "interval=True) says how far off it may be"
            )

    def _valued(self, names: Any, classes: Sequence[str], place: int) -> np.ndarray:
        """Return the values that classes have in a target, for their names."""
        known = {name: i for i, name in enumerate(classes)}
        places = np.array([known[name] for name in names.to_list()], np.int64)
        found: np.ndarray = self._known.values[place][places]
        return found

    def _rows(self, X: Any) -> Given:
        """Return new rows under the names of those that were learned from."""
        names = list(getattr(self, "feature_names_in_", ()))
        self._known  # noqa: B018 (raises)
        if self._is_of_arrays:
            table = given(X, names)
            if table.origin != "numpy" and not set(names) & set(table.columns):
                raise DataError(
                    "TableModel: was fitted on an array, whose columns have no names; "
                    "give new rows as an array too: X.to_numpy()"
                )
            return table
        table = given(X)
        if table.origin == "numpy":
            needed = ", ".join(self._columns.sources)
            raise DataError(
                "TableModel: got an array, whose columns have no names, and the model "
                f"needs {needed}. Give a frame, such as pandas.DataFrame(X, "
                "columns=model.feature_names_in_)"
            )
        return table

    def _frame(self, table: Given, ids: Sequence[str] = ()) -> Any:
        import polars as pl

        found = self._predictions(table, ids)
        frames = list(found.frames())
        if not frames:
            raise DataError("TableModel: got a table without rows (0 sample(s))")
        return pl.concat(frames)

    def _predictions(self, table: Given, ids: Sequence[str] = ()) -> Predictions:
        return predictions(self.model_, table.table, self.encoding, ids)

    def differences(self, X: Any) -> Differences:
        """Return in what rows are unlike those that the model has learned from."""
        found = self._predictions(self._rows(X))
        for _ in found.frames():
            pass
        return Differences(
            {name: n for name, n in found.strange.items() if n},
            found.shift.unknown(),
            tuple(found.shift.shifted()),
            found.unlike(),
        )

    # --- judging

    def score(
        self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the accuracy, or R² of numbers, on X and y, or a table that has both.

        Of several targets it is the mean of theirs. A class that was in no training
        row counts as wrong.
        """
        table = self._tested(X, y)
        if table.is_file:
            found = self.evaluate(X)
            names = "score", "accuracy", "r2"
            return found[next(name for name in names if name in found.scores)]
        frame = self._frame(table)
        return score_of_rows(self._columns.target, frame, table.table, sample_weight)

    def _tested(self, X: Any, y: Any) -> Given:
        names = list(self._columns.target.names)
        table = self._rows(X)
        return table if y is None else with_columns(table, y, names)

    def evaluate(self, X: Any = None, y: Any = None) -> Evaluation:
        """Return how good the model is on rows, beside a linear model and a constant.

        Without X on the test rows that `fit` has kept back. Raises `DataError` where
        there are none, and for a class that the model does not know.
        """
        data, _, rows, seen = self._judged(X, y)
        return evaluated(
            self.model_,
            data,
            self._known.baselines,
            rows=rows,
            weighted=self.class_weight is not None,
            trained_on=seen,
        )

    def explain(self, X: Any = None, y: Any = None, **options: Any) -> Explanation:
        """Return which columns mattered on rows, and those predicted worst.

        Rows are as in `evaluate`, and counted from 0. Options are those of
        `kobai.explanations.permutation_importance`: repeats, rows, seed, columns.
        """
        data, numbers, _, _ = self._judged(X, y)
        return explained(self.model_, data, numbers, **options)

    def _judged(self, X: Any, y: Any) -> tuple[Dataset, np.ndarray | None, str, float]:
        """Return test data, the places of its rows, what they are, and how known."""
        fitted = self._known
        if X is None:
            data = fitted.data
            if not len(data.x_test):
                raise DataError(
                    "TableModel: has learned from all rows, and kept none back; give "
                    "rows to test on, or fit with test_size=0.2"
                )
            how = f", {data.drawn}" if data.drawn else ""
            rows = f"{len(data.x_test):,} test rows, not learned from{how}"
            return data, data.places, rows, 0.0
        columns = self._columns
        table = self._tested(X, y)
        writes = writes_of(self.model_, self.encoding)
        opened = open_table(table.table, writes, columns.sources)
        data, is_there = rows_to_test(opened, columns)
        marks = str(fitted.identity.get("trained_on", "")).split()
        seen = share_of(marks, data.x_test, data.t_test) if marks else 0.0
        rows = f"{len(data.x_test):,} rows"
        return data, np.flatnonzero(is_there), rows, seen

    def explain_row(self, X: Any, row: int = 0, **options: Any) -> RowExplanation:
        """Return what each column adds to the prediction of one row, counted from 0.

        Options are those of `kobai.explanations.contributions`: walks, seed, columns.
        Raises IndexError for a row that there is not.
        """
        found = self._predictions(self._rows(X))
        known = self._known.background
        return row_explained(self.model_, found, row, known, **options)

    # --- keeping

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the model into a folder, as `kobai train` does; return the path.

        `kobai evaluate`, `predict` and `export` take it, and so does `load`. Raises
        `RunError` for a folder that holds something else.
        """
        return saved.write(Path(path), self._known, self.get_params())

    def export(self, path: str | os.PathLike[str], format: str | None = None) -> Path:
        """Write the model for use without Kobai, as the path's ending says.

        See `kobai.export`: ONNX, NumPy, JavaScript, C, JSON, PyTorch.
        """
        from kobai.formats import export

        return export(self.model_, path, format)

    # --- scikit-learn, and notebooks

    @property
    def _estimator_type(self) -> str | None:
        if "fitted_" in vars(self):
            if self._columns.parts:
                return None
            return "classifier" if self.model_.classes else "regressor"
        kinds = {"classification": "classifier", "regression": "regressor"}
        return kinds.get(self.task or "")

    def __sklearn_is_fitted__(self) -> bool:
        return "fitted_" in vars(self)

    def __sklearn_tags__(self) -> Any:
        return tags(self._estimator_type)

    def _repr_html_(self) -> str:
        text = lines(repr(self))
        if "fitted_" not in vars(self):
            return text
        rows = self._known.identity
        learned = rows.get("training_rows", "?")
        told = (
            f"{self._columns.target.task}: learned from {learned} rows, "
            f"{rows.get('test_rows', 0)} kept back to test on"
        )
        shown = f"<div>{escape(visible(told))}</div>"
        return text + shown + self.plan._repr_html_()


def _column(name: str, values: np.ndarray) -> Any:
    import polars as pl

    return pl.Series(name, values)
