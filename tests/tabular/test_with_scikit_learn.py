"""`TableModel` where scikit-learn's own estimators work."""

from typing import Any

import numpy as np
import pytest

from kobai.tabular import TableModel

pytest.importorskip("sklearn")
pytest.importorskip("polars")
pd = pytest.importorskip("pandas")

from sklearn.base import clone, is_classifier, is_regressor  # noqa: E402
from sklearn.datasets import load_iris  # noqa: E402
from sklearn.exceptions import NotFittedError  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.validation import check_is_fitted  # noqa: E402


def made(**more: Any) -> TableModel:
    return TableModel(task="classification", epochs=8, hidden=(16,), **more)


def test_cross_validation_of_frames_and_arrays() -> None:
    x, y = load_iris(return_X_y=True, as_frame=True)
    for scoring in (None, "accuracy", "neg_log_loss", "roc_auc_ovr"):
        found = cross_val_score(made(), x, y, cv=2, scoring=scoring)
        assert np.isfinite(found).all()
    found = cross_val_score(made(), x.to_numpy(), y.to_numpy(), cv=2)
    assert found.min() > 0.6


def test_a_whole_table_is_cross_validated_with_its_target() -> None:
    frame = load_iris(as_frame=True).frame.sample(frac=1, random_state=0)
    assert cross_val_score(made(target="target"), frame, cv=2).min() > 0.6


def test_a_search_and_a_pipeline() -> None:
    x, y = load_iris(return_X_y=True)
    found = GridSearchCV(made(), {"hidden": [(4,), (8, 8)]}, cv=2).fit(x, y)
    assert found.best_params_["hidden"] in [(4,), (8, 8)]
    pipe = make_pipeline(StandardScaler(), made()).fit(x, y)
    assert pipe.score(x, y) > 0.6
    assert is_classifier(pipe)
    assert "TableModel" in pipe._repr_html_()


def test_a_clone_has_the_parameters_and_has_learned_nothing() -> None:
    x, y = load_iris(return_X_y=True)
    model = made(drop=["x0"]).fit(x, y)
    check_is_fitted(model)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert repr(copy) == repr(model)
    with pytest.raises(NotFittedError):
        check_is_fitted(copy)
    with pytest.raises(NotFittedError):
        copy.predict(x)


def test_the_kind_is_known_once_it_is_given_or_learned() -> None:
    x, _ = load_iris(return_X_y=True)
    assert not is_classifier(TableModel())
    assert not is_regressor(TableModel())
    assert is_classifier(made())
    assert is_regressor(TableModel(task="regression"))
    assert is_regressor(TableModel(epochs=2, hidden=(4,)).fit(x, x[:, 0] * 1.1))


def test_parameters_that_there_are_not_are_refused() -> None:
    with pytest.raises(ValueError, match='Did you mean "hidden"'):
        TableModel().set_params(hiden=(3,))


def test_a_class_that_was_in_no_training_row_is_wrong() -> None:
    frame = pd.DataFrame({"a": np.arange(40.0), "t": ["x", "y"] * 20})
    model = TableModel("t", epochs=1, hidden=(4,), keep="a").fit(frame)
    assert model.score(frame.assign(t="z")) == 0.0
