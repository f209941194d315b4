"""What the estimators have beyond scikit-learn's own, and that they fit into it."""

import copy
import pickle
import signal
import tracemalloc
from datetime import date
from decimal import Decimal
from types import MethodType

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import random as random_sparse
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.metrics import balanced_accuracy_score, log_loss, r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from kobai.engines import kept
from kobai.engines.machine.blas import blas_info
from kobai.errors import DivergenceError
from kobai.estimators import MLPClassifier, MLPRegressor
from kobai.formats import load_model, save_model
from kobai.networks import Dense, Dropout, ReLU, Softmax, Tanh
from kobai.optimizers import OPTIMIZERS, SGD, AdamW, StepDecay
from kobai.training import EarlyStopping

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
]


def iris():
    X, y = load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X), y


def quick(**options):
    options = {"hidden_layer_sizes": (8,), "max_iter": 10, "random_state": 0} | options
    return MLPClassifier(**options)


def assert_equal_networks(one, other, atol=0.0):
    for a, b in zip(one.coefs_, other.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=atol)


# --- weights


def test_class_weights_are_sample_weights():
    X, y = iris()
    X, y = X[20:], y[20:]
    weights = compute_sample_weight("balanced", y)
    expected = quick().fit(X, y, sample_weight=weights)
    assert_equal_networks(quick(class_weight="balanced").fit(X, y), expected)
    given = {0: 3.0, 2: 0.5}
    weights = np.array([3.0, 1.0, 0.5])[y]
    expected = quick().fit(X, y, sample_weight=weights)
    assert_equal_networks(quick(class_weight=given).fit(X, y), expected)


def test_class_weights_and_sample_weights_multiply():
    X, y = iris()
    weights = np.random.default_rng(0).uniform(size=len(y))
    own = quick(class_weight={0: 2.0}).fit(X, y, sample_weight=weights)
    expected = quick().fit(X, y, sample_weight=weights * np.where(y == 0, 2.0, 1.0))
    assert_equal_networks(own, expected)


def test_a_rare_class_is_found_where_classes_are_balanced():
    rng = np.random.default_rng(0)
    y = (rng.uniform(size=3000) < 0.02).astype(int)
    X = rng.normal(size=(3000, 2)) + 1.5 * y[:, np.newaxis]
    plain = quick(max_iter=30).fit(X, y)
    balanced = quick(max_iter=30, class_weight="balanced").fit(X, y)
    scores = [balanced_accuracy_score(y, each.predict(X)) for each in (plain, balanced)]
    # The best that two such clouds allow is about 0.86.
    assert scores[1] > 0.8 > scores[0]


# --- layers, solvers, engines


def test_each_layer_has_its_activation_and_dropout():
    X, y = iris()
    options = {"activation": ("tanh", "relu"), "dropout": (0.0, 0.5)}
    model = quick(hidden_layer_sizes=(8, 4), **options).fit(X, y)
    assert model.network_.layers == (
        *(Dense(8), Tanh(), Dense(4), ReLU(), Dropout(0.5)),
        *(Dense(3), Softmax()),
    )


def test_dropout_changes_training_alone():
    X, y = iris()
    model = quick(dropout=0.5).fit(X, y)
    assert np.array_equal(model.predict_proba(X), model.predict_proba(X))
    assert_equal_networks(quick(dropout=0.5).fit(X, y), model)
    assert not np.allclose(model.coefs_[0], quick().fit(X, y).coefs_[0])


@pytest.mark.parametrize("solver", [*OPTIMIZERS, AdamW(0.05), SGD(0.5)], ids=str)
def test_every_optimizer_is_a_solver(solver):
    X, y = iris()
    model = quick(solver=solver, learning_rate_init=0.05, max_iter=40).fit(X, y)
    assert model.loss_ < 0.7 * model.history_["train_loss"][0]


def test_an_optimizer_brings_its_learning_rate():
    X, y = iris()
    # Epochs of 3 steps; the schedule counts steps.
    solver = SGD(StepDecay(0.1, every=6, factor=0.5))
    model = quick(solver=solver, batch_size=50, max_iter=5).fit(X, y)
    rates = model.history_["learning_rate"][1:]
    np.testing.assert_allclose(rates, [0.1, 0.1, 0.05, 0.05, 0.025])


@pytest.mark.parametrize("engine", ["eager", "numba", "jax"])
def test_every_engine_gives_the_same_network(engine):
    if engine in ("numba", "jax"):
        pytest.importorskip(engine, reason="needs its extra")
    X, y = iris()
    options = {"batch_size": 40, "dropout": 0.2, "dtype": np.float64}
    expected = quick(engine="numpy", **options).fit(X, y)
    # 40 steps of float64 sums in another order.
    own = quick(engine=engine, **options).fit(X, y)
    assert_equal_networks(own, expected, atol=1e-10)


def test_single_precision_is_kept_and_asked_for():
    X, y = iris()
    for model, inputs in (
        (quick(), X.astype(np.float32)),
        (quick(dtype="float32"), X),
    ):
        model.fit(inputs, y)
        assert {w.dtype for w in model.coefs_} == {np.dtype(np.float32)}
        # The same ten steps, rounded to 24 bits.
        assert_equal_networks(model, quick().fit(X, y), atol=1e-4)


# --- validation, history, callbacks


def test_validation_data_are_measured_after_every_epoch():
    X, y = iris()
    a, b, c, d = train_test_split(X, y, random_state=0)
    model = quick().fit(a, c, validation_data=(b, d))
    assert_equal_networks(model, quick().fit(a, c))
    history = model.history_
    assert history["epoch"].tolist() == list(range(11))
    expected = log_loss(d, model.predict_proba(b))
    assert history["test_loss"][-1] == pytest.approx(expected)
    assert history["test_accuracy"][-1] == pytest.approx(model.score(b, d))
    assert model.validation_scores_ == history["test_accuracy"][1:].tolist()
    assert model.loss_curve_ == history["train_loss"][1:].tolist()


def test_class_weights_do_not_weigh_the_validation_data():
    X, y = iris()
    a, b, c, d = train_test_split(X, y, random_state=0)
    model = quick(class_weight={0: 5.0}).fit(a, c, validation_data=(b, d))
    assert model.validation_scores_[-1] == pytest.approx(model.score(b, d))
    expected = log_loss(d, model.predict_proba(b))
    assert model.history_["test_loss"][-1] == pytest.approx(expected)


def test_validation_data_of_a_regression_give_r2():
    X, y = load_diabetes(return_X_y=True)
    X, y = StandardScaler().fit_transform(X), np.column_stack([y / 100, y / 50 - 1])
    a, b, c, d = train_test_split(X, y, random_state=0)
    model = MLPRegressor(max_iter=10, random_state=0).fit(a, c, validation_data=(b, d))
    predicted = model.predict(b)
    assert predicted.shape == d.shape
    assert model.history_["test_r2"][-1] == pytest.approx(r2_score(d, predicted))
    squares = 0.5 * np.sum((predicted - d) ** 2, axis=1).mean()
    assert model.history_["test_loss"][-1] == pytest.approx(squares)


def test_a_fraction_is_set_aside():
    X, y = iris()
    model = quick().fit(X, y, validation_data=0.2)
    assert len(model.validation_scores_) == 10
    assert model.t_ == 10 * 120


def test_early_stopping_goes_by_the_validation_data():
    X, y = iris()
    a, b, c, d = train_test_split(X, y, random_state=0)
    options = {"early_stopping": True, "max_iter": 300, "learning_rate_init": 0.02}
    model = quick(**options).fit(a, c, validation_data=(b, d))
    assert model.n_iter_ < 300
    assert model.t_ == model.n_iter_ * len(a)
    assert model.score(b, d) == max(model.validation_scores_)


def test_a_warm_start_goes_on_as_if_never_stopped():
    X, y = iris()
    whole = quick(max_iter=12, batch_size=40, shuffle=False).fit(X, y)
    parts = quick(max_iter=5, batch_size=40, shuffle=False, warm_start=True).fit(X, y)
    parts.set_params(max_iter=7).fit(X, y)
    assert_equal_networks(parts, whole)
    assert parts.loss_curve_ == whole.loss_curve_
    assert parts.history_["epoch"].tolist() == list(range(13))
    assert parts.n_iter_ == 7


def test_callbacks_see_the_epochs_and_stop_the_fit():
    X, y = iris()
    seen = []

    class Watch:
        def on_epoch_end(self, state):
            seen.append((state.epoch, state.history["test_loss"][-1]))
            if state.epoch == 4:
                state.stop("enough")

    model = quick(callbacks=[Watch()]).fit(X, y, validation_data=(X, y))
    assert [epoch for epoch, _ in seen] == [1, 2, 3, 4]
    assert model.n_iter_ == 4
    assert model.history_.stopped == "enough"


def test_kobais_early_stopping_is_a_callback():
    X, y = iris()
    stopping = EarlyStopping("test_loss", patience=2)
    options = {"learning_rate_init": 0.1, "max_iter": 200, "callbacks": [stopping]}
    model = quick(**options).fit(X, y, validation_data=(X, y))
    best = model.history_["test_loss"].min()
    assert log_loss(y, model.predict_proba(X)) == pytest.approx(best)


def test_a_callback_may_look_after_every_step():
    steps = []

    class Count:
        def on_step_end(self, state):
            steps.append(state.loss)

    quick(callbacks=[Count()], batch_size=40, max_iter=3).fit(*iris())
    assert len(steps) == 3 * 4
    assert np.all(np.isfinite(steps))


def test_ctrl_c_ends_the_fit_with_what_there_is():
    X, y = iris()

    class Interrupt:
        def on_epoch_end(self, state):
            if state.epoch == 3:
                signal.raise_signal(signal.SIGINT)

    with pytest.warns(UserWarning, match="Training interrupted by user"):
        model = quick(callbacks=[Interrupt()]).fit(X, y)
    assert model.n_iter_ == 3
    assert_equal_networks(model, quick(max_iter=3).fit(X, y))


# --- in the ecosystem


def test_frames_bring_the_names_of_their_columns():
    X, y = iris()
    names = ["a", "b", "c", "d"]
    expected = quick().fit(X, y).predict(X)
    for frame in (pd.DataFrame(X, columns=names), pl.DataFrame(X, schema=names)):
        model = quick().fit(frame, y)
        assert model.feature_names_in_.tolist() == names
        assert np.array_equal(model.predict(frame), expected)
        with pytest.raises(ValueError, match="feature names should match"):
            model.predict(frame[names[::-1]])


def test_classes_may_be_strings_in_a_column_of_a_frame():
    X, y = iris()
    names = np.array(["setosa", "versicolor", "virginica"])
    for column in (pd.Series(names[y]), pl.Series(names[y])):
        model = quick(max_iter=60, learning_rate_init=0.01).fit(X, column)
        assert model.classes_.tolist() == names.tolist()
        assert model.score(X, names[y]) > 0.9


LABELS = np.arange(40) % 2
NAMES = np.array(["n", "y"])[LABELS].tolist()


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (pd.Series(pd.Categorical(NAMES)), ["n", "y"]),
        (pd.Series(pd.Categorical(NAMES, categories=["y", "n"], ordered=True)), "ny"),
        (pd.Series(NAMES, dtype=object), "ny"),
        (pd.Series(pd.array(NAMES, dtype="string")), "ny"),
        (pl.Series(NAMES, dtype=pl.Categorical), "ny"),
        (pl.Series(NAMES, dtype=pl.Enum(["y", "n", "x"])), "ny"),
        (pl.Series(NAMES, dtype=pl.Object), "ny"),
        (pd.Series(pd.Categorical(LABELS)), [0, 1]),
        (pd.Series(LABELS, dtype=object), [0, 1]),
        (pd.Series(LABELS.astype(bool), dtype=object), [False, True]),
        (pd.Series(pd.array(LABELS, dtype="Int64")), [0, 1]),
        (pl.Series(LABELS.tolist(), dtype=pl.Int128), [0, 1]),
        (pl.Series(LABELS.astype(bool)), [False, True]),
    ],
)
def test_classes_may_stand_in_every_type_of_column(y, classes):
    X = iris()[0][:40]
    model = quick().fit(X, y)
    assert model.classes_.tolist() == list(classes)
    assert_equal_networks(model, quick().fit(X, LABELS))
    again = quick().partial_fit(X, y, classes=model.classes_)
    assert again.classes_.tolist() == list(classes)


@pytest.mark.parametrize(
    "y",
    [
        pd.Series(LABELS / 2, dtype=object),
        pd.Series(pd.array(LABELS / 2, dtype="Float64")),
        pd.Series(pd.Categorical(LABELS / 2)),
        pl.Series([Decimal(str(n / 2)) for n in LABELS]),
        pl.Series((LABELS / 2).tolist(), dtype=pl.Object),
    ],
)
def test_numbers_to_predict_may_stand_in_every_type_of_column(y):
    X = iris()[0][:40]
    options = {"max_iter": 5, "random_state": 0}
    expected = MLPRegressor(**options).fit(X, LABELS / 2)
    assert_equal_networks(MLPRegressor(**options).fit(X, y), expected)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (pd.Series(["a", None, "b", "b"]), "sample 1 .*has no target"),
        (pl.Series(["a", None, "b", "b"]), "Input y contains NaN: sample 1 .*has no"),
        (pd.Series(pd.Categorical(["a", "b", None, "b"])), "sample 2 .*has no target"),
        (pl.Series(["a", "b", None, "b"], dtype=pl.Categorical), "sample 2 .*has no"),
        (pd.Series([0, 1, pd.NA, 1], dtype=object), "sample 2 .*has no target"),
        (
            pd.Series([0, "1", 0, 1], dtype=object),
            'words and others, such as "1" and 0',
        ),
    ],
)
def test_targets_that_make_no_sense_in_a_column_are_refused(y, message):
    with pytest.raises(ValueError, match=f"MLPClassifier: .*{message}"):
        quick().fit(np.eye(4), y)


@pytest.mark.parametrize("kind", [pd.Series, pl.Series])
def test_words_are_no_targets_of_a_regression(kind):
    with pytest.raises(ValueError, match='y holds words, such as "n"; need numbers'):
        MLPRegressor().fit(iris()[0][:40], kind(NAMES))


def frame_of(lib, cells):
    return lib.DataFrame({"a": np.arange(40.0), "b": cells})


@pytest.mark.parametrize(
    "cells",
    [
        pd.array(LABELS, dtype="Int64"),
        pd.array(LABELS.astype(bool), dtype="boolean"),
        pd.Series(LABELS, dtype=object),
        pd.Categorical(LABELS),
        pl.Series(LABELS.tolist(), dtype=pl.Int128),
        pl.Series([Decimal(int(n)) for n in LABELS]),
        pl.Series(LABELS.astype(bool)),
    ],
)
def test_inputs_may_stand_in_every_type_of_column(cells):
    lib = pl if isinstance(cells, pl.Series) else pd
    X = frame_of(lib, cells)
    expected = quick().fit(np.column_stack([np.arange(40.0), LABELS]), NAMES)
    model = quick().fit(X, NAMES)
    assert model.feature_names_in_.tolist() == ["a", "b"]
    assert_equal_networks(model, expected)
    assert model.predict(X).tolist() == expected.predict(X.to_numpy()).tolist()


DAYS = [date(2026, 1, 1)] * 40


@pytest.mark.parametrize("lib", [pd, pl])
@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (NAMES, 'got "n", need numbers'),
        ([None, *NAMES[1:]], 'got "y", need numbers'),
        ([[1, 2]] * 40, r'got "\[1,? 2\]", need numbers'),
        (pd.to_datetime(DAYS), 'got dates or times, such as "2026-01-01'),
        (DAYS, "got .*2026-01-01"),
    ],
)
def test_a_column_of_inputs_without_numbers_is_named(lib, cells, message):
    wrong, right = frame_of(lib, cells), frame_of(lib, LABELS)
    with pytest.raises(ValueError, match=f'MLPClassifier: column "b" of X: {message}'):
        quick().fit(wrong, NAMES)
    model = quick().fit(right, NAMES)
    with pytest.raises(ValueError, match=f'column "b" of X: {message}'):
        model.predict(wrong)


@pytest.mark.parametrize("kind", [pd.Categorical, pl.Categorical, pl.Enum(["n", "y"])])
def test_categories_of_words_need_an_encoder(kind):
    if kind is pd.Categorical:
        X = frame_of(pd, pd.Categorical(NAMES))
    else:
        X = frame_of(pl, pl.Series(NAMES, dtype=kind))
    with pytest.raises(ValueError, match=r'column "b" of X: .*OneHotEncoder'):
        quick().fit(X, NAMES)
    encoder = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["b"]), remainder="drop"
    )
    network = quick(max_iter=100, learning_rate_init=0.1)
    assert make_pipeline(encoder, network).fit(X, NAMES).score(X, NAMES) == 1


def test_a_missing_number_of_a_frame_is_scikit_learns_error():
    for X in (frame_of(pd, [None, *LABELS[1:]]), frame_of(pl, [None, *LABELS[1:]])):
        with pytest.raises(ValueError, match=r"^Input X contains NaN"):
            quick().fit(X, NAMES)


def test_names_of_inputs_that_are_no_text():
    numbers = np.column_stack([np.arange(40.0), LABELS])
    model = quick().fit(pd.DataFrame(numbers), NAMES)
    assert not hasattr(model, "feature_names_in_")
    assert (
        model.predict(pd.DataFrame(numbers)).tolist() == model.predict(numbers).tolist()
    )
    with pytest.raises(TypeError, match="Feature names are only supported if all"):
        quick().fit(pd.DataFrame(numbers, columns=["a", 1]), NAMES)
    with pytest.raises(ValueError, match='two columns of X are called "a"'):
        quick().fit(pd.DataFrame(numbers, columns=["a", "a"]), NAMES)
    with pytest.raises(ValueError, match=r"X: got a lazy frame; .*frame\.collect"):
        quick().fit(pl.DataFrame(numbers).lazy(), NAMES)


def test_a_pipeline_with_set_output():
    X, y = load_iris(return_X_y=True, as_frame=True)
    pipeline = make_pipeline(StandardScaler(), quick()).set_output(transform="pandas")
    pipeline.fit(X, y, mlpclassifier__validation_data=0.2)
    assert pipeline[-1].feature_names_in_.tolist() == X.columns.tolist()
    assert pipeline.predict(X).shape == (150,)


def threads_of_blas(model, X, y):
    return max((library.threads or 1 for library in blas_info()), default=1)


def test_a_grid_search_in_processes_of_one_blas_thread(monkeypatch):
    # Where the user has said how many threads, that holds in the processes too.
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    X, y = iris()
    grid = {"alpha": [1e-4, 1e-1], "hidden_layer_sizes": [(4,), (8,)]}
    search = GridSearchCV(quick(), grid, n_jobs=-1, cv=3).fit(X, y)
    expected = GridSearchCV(quick(), grid, cv=3).fit(X, y)
    for name in ("mean_test_score", "std_test_score"):
        np.testing.assert_array_equal(
            search.cv_results_[name], expected.cv_results_[name]
        )
    counted = GridSearchCV(quick(), {}, scoring=threads_of_blas, n_jobs=-1, cv=3)
    assert counted.fit(X, y).cv_results_["mean_test_score"] == [1]


def test_threads_may_fit_at_once():
    X, y = iris()
    expected = cross_val_score(quick(batch_size=30), X, y, cv=4)
    with joblib.parallel_backend("threading"):
        found = cross_val_score(quick(batch_size=30), X, y, cv=4, n_jobs=4)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("fitted", [False, True])
def test_it_is_cloned_and_pickled(fitted, tmp_path):
    X, y = iris()
    options = {"activation": ["relu"], "solver": SGD(0.1), "warm_start": True}
    model = quick(callbacks=[EarlyStopping("train_loss")], **options)
    if not fitted:
        copies = [clone(model), pickle.loads(pickle.dumps(model))]
        assert_equal_networks(copies[0].fit(X, y), copies[1].fit(X, y))
        return
    model.fit(X, y)
    joblib.dump(model, tmp_path / "model.joblib")
    loaded = joblib.load(tmp_path / "model.joblib")
    assert np.array_equal(loaded.predict_proba(X), model.predict_proba(X))
    # A loaded one goes on as the other would.
    assert_equal_networks(loaded.fit(X, y), model.fit(X, y))


def parts_of(thing):
    """Return what an object is stored as, in the way that skops goes about it."""
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, list | tuple):
        return list(thing)
    if isinstance(thing, MethodType):
        return [thing.__self__]
    if not type(thing).__module__.startswith("kobai"):
        # What skops knows: `array` of Python's own library, for one, it does not.
        is_known = isinstance(thing, np.ndarray | np.generic | np.dtype)
        assert is_known or callable(thing) or type(thing).__module__ == "builtins"
        return []
    if type(thing).__reduce__ is not object.__reduce__:
        return list(thing.__reduce__()[1:])
    state = thing.__getstate__()
    return [] if state is None else [state]


@pytest.mark.parametrize(
    "model",
    [
        quick(),
        quick(solver="lbfgs"),
        quick(early_stopping=True, dropout=0.2, solver=AdamW(0.01)),
        MLPRegressor(max_iter=3, loss="huber"),
    ],
    ids=str,
)
def test_nothing_in_a_fitted_estimator_leads_back_to_itself(model):
    X, y = iris()
    model.fit(X, y)
    for _ in range(3):
        model.predict(X)
    model.network_.numerical_gradient(X[:2], np.eye(3)[:2, : model.n_outputs_])

    def descend(thing, above):
        assert id(thing) not in map(id, above), type(thing)
        for part in parts_of(thing):
            # A number or a name may stand in many places.
            if not isinstance(part, str | int | float | bool | None):
                descend(part, [*above, thing])

    descend(model, [])


@pytest.mark.parametrize("solver", ["adam", "lbfgs", SGD(0.1)], ids=str)
def test_skops_stores_it(solver):
    skops = pytest.importorskip("skops.io", reason="skops is not installed")
    X, y = iris()
    model = quick(solver=solver, warm_start=True).fit(X, y)
    stored = skops.dumps(model)
    trusted = skops.get_untrusted_types(data=stored)
    assert all(name.startswith(("kobai.", "numpy.dtype")) for name in trusted)
    loaded = skops.loads(stored, trusted=trusted)
    assert np.array_equal(loaded.predict_proba(X), model.predict_proba(X))
    assert loaded.history_.records == model.history_.records
    assert_equal_networks(loaded.fit(X, y), model.fit(X, y))


def test_a_copy_predicts_with_its_own_parameters():
    X, y = iris()
    model = quick().fit(X, y)
    for copied in (copy.copy(model.network_), copy.deepcopy(model.network_)):
        copied.params = {k: np.zeros_like(w) for k, w in copied.params.items()}
        for _ in range(3):
            np.testing.assert_allclose(copied.predict(X), 1 / 3, rtol=1e-15)
        slopes = copied.gradient(X, y)
        for name, slope in copied.numerical_gradient(X, y).items():
            np.testing.assert_allclose(slope, slopes[name], atol=1e-8)
    assert model.score(X, y) == copy.deepcopy(model).score(X, y)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_parameters_may_be_replaced(solver):
    X, y = iris()
    options = {"solver": solver, "warm_start": True}
    model = quick(**options, max_iter=1).fit(X, y)
    other = quick(learning_rate_init=0.05, max_iter=100, random_state=1).fit(X, y)
    model.coefs_ = [np.array(w) for w in other.coefs_]
    for number, b in enumerate(other.intercepts_):
        model.intercepts_[number] = b.tolist()
    assert np.array_equal(model.predict_proba(X), other.predict_proba(X))
    # It goes on from there; alone it would be at 1.
    assert model.fit(X, y).loss_ < 0.1
    model.coefs_[1] = np.zeros((8, 2))
    with pytest.raises(ValueError, match=r"got shape \(8, 2\) for W2; need \(8, 3\)"):
        model.predict(X)


def test_a_callback_may_predict():
    X, y = iris()

    class Watch:
        def on_epoch_end(self, state):
            scores.append(model.score(X, y))

    scores = []
    model = quick(callbacks=[Watch()])
    model.fit(X, y, validation_data=(X, y))
    assert scores == model.validation_scores_
    assert_equal_networks(model, quick().fit(X, y))


def test_the_network_is_kobais(tmp_path):
    X, y = iris()
    model = quick(dtype=np.float32).fit(X, y)
    path = tmp_path / "model.safetensors"
    save_model(path, model.network_, classes=("a", "b", "c"))
    np.testing.assert_allclose(
        load_model(path).predict(X.astype(np.float32)),
        model.predict_proba(X),
        atol=1e-6,
    )


def test_sparse_inputs_stay_small_in_memory():
    rng = np.random.default_rng(0)
    X = random_sparse(1000, 40_000, density=1e-3, format="csr", random_state=0)
    y = rng.integers(2, size=1000)
    model = quick(hidden_layer_sizes=(2,), max_iter=1, batch_size=50)
    tracemalloc.start()
    model.fit(X, y)
    fitting = tracemalloc.get_traced_memory()[1]
    model.predict(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All of it would be 320 MB; a batch is 16 MB, a block to predict 34 MB.
    assert fitting < 120e6
    assert peak < 120e6


# --- compiled once


def test_equal_fits_share_what_is_compiled(monkeypatch):
    X, y = iris()
    written = []
    write = kept.kept

    def count(structure, key, program):
        return write(structure, key, lambda: written.append(key) or program())

    monkeypatch.setattr("kobai.training.steppers.kept", count)
    options = {"hidden_layer_sizes": (11,), "batch_size": 60}
    quick(**options).fit(X, y)
    # A whole batch and the shorter last one.
    assert len(written) == 2
    quick(**options, alpha=0.3, learning_rate_init=0.02, random_state=5).fit(X, y)
    assert len(written) == 2
    quick(**options, beta_1=0.5).fit(X, y)
    assert len(written) == 4


def test_an_optimizer_of_ones_own_is_not_mistaken_for_another():
    class Growing(SGD):
        factor = 1.0

        def rule(self, w, g, rate, step, *memory):
            return (w - self.factor * rate * g,)

    X, y = iris()
    slow, fast = Growing(0.01), Growing(0.01)
    object.__setattr__(fast, "factor", 10.0)
    one = quick(solver=slow).fit(X, y)
    assert_equal_networks(one, quick(solver=SGD(0.01)).fit(X, y), atol=1e-12)
    other = quick(solver=fast).fit(X, y)
    assert_equal_networks(other, quick(solver=SGD(0.1)).fit(X, y), atol=1e-12)


# --- wrong use


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": -1}, "MLPClassifier: alpha must be a number of 0 or more, got -1"),
        ({"alpha": "0.1"}, "alpha must be a number"),
        ({"max_iter": 0}, "max_iter must be a whole number of 1 or more"),
        ({"max_iter": 2.5}, "max_iter must be a whole number"),
        ({"learning_rate_init": 0}, "learning_rate_init must be a number above 0"),
        ({"momentum": 1.5}, "momentum must be a number of 0 or more and below 1"),
        ({"tol": np.nan}, "tol must be"),
        ({"batch_size": "all"}, 'batch_size must be "auto" or a whole number'),
        ({"shuffle": "yes"}, "shuffle must be True or False"),
        ({"n_iter_no_change": 0}, "n_iter_no_change must be"),
        ({"learning_rate": "adaptiv"}, "got 'adaptiv'. Did you mean \"adaptive\"?$"),
        ({"hidden_layer_sizes": (8, 0)}, r"hidden_layer_sizes must be > 0"),
        ({"activation": "rectifier"}, "Classifier: activation: got 'rectifier'; need"),
        ({"activation": ("relu", "tanh")}, "got 2 values.*each of the 1 hidden"),
        ({"dropout": 1.0}, r"Dropout: rate must be in \[0, 1\)"),
        ({"solver": "adma"}, 'Did you mean "adam"?'),
        ({"solver": "lbfgs", "dropout": 0.5}, "dropout needs a solver that takes"),
        ({"engine": "nunpy"}, 'Did you mean "numpy"?'),
        ({"dtype": "float16"}, "float32 or float64"),
        ({"class_weight": "balancd"}, "got 'balancd'. Did you mean \"balanced\"?$"),
        ({"class_weight": {1: -2.0}}, "of 0 or more for each class, got -2.0 for 1"),
        ({"class_weight": [{0: np.nan}]}, "for each class, got nan for 0"),
    ],
    ids=str,
)
def test_parameters_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        quick(**options).fit(*iris())


def test_an_unknown_loss_is_refused_with_the_near_one():
    with pytest.raises(ValueError, match=r'got \'poison\'. Did you mean "poisson"\?'):
        MLPRegressor(loss="poison").fit(*iris())


@pytest.mark.parametrize("negative", [-1, -0.5])
def test_poisson_needs_targets_of_0_or_more(negative):
    X, y = iris()
    y = y.astype(float)
    message = f"needs targets of 0 or more, such as counts, got {float(negative)} for"
    wrong = np.where(np.arange(150) == 7, negative, y)
    model = MLPRegressor(loss="poisson", max_iter=3)
    for targets in (wrong, np.column_stack([y, wrong])):
        with pytest.raises(ValueError, match=f"{message} sample 7"):
            model.fit(X, targets)
    with pytest.raises(ValueError, match=f"{message} sample 7"):
        model.fit(X, y, validation_data=(X, wrong))
    assert (model.fit(X, y).predict(X) > 0).all()


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.ones((4, 2)), [0.5, 1.5, 2.5, 3.5], "continuous"),
        (np.ones((4, 2)), [[1, 2], [2, 3], [0, 1], [1, 1]], "several columns"),
        (np.full((4, 2), np.nan), [0, 1, 0, 1], "Input X contains NaN"),
        (np.full((4, 2), np.inf), [0, 1, 0, 1], "Input X contains infinity"),
        (np.ones((3, 2)), [0, 1, 0, 1], "inconsistent numbers of samples"),
    ],
)
def test_data_that_make_no_sense_are_refused(X, y, message):
    with pytest.raises(ValueError, match=message):
        quick().fit(X, y)


def test_weights_that_make_no_sense_are_refused():
    X, y = iris()
    with pytest.raises(ValueError, match="all weights are zero"):
        quick().fit(X, y, sample_weight=np.zeros(150))
    with pytest.raises(ValueError, match="all weights are zero"):
        quick(class_weight={0: 0, 1: 0, 2: 0}).fit(X, y)
    with pytest.raises(ValueError, match=r"got -1\.0 for sample 0"):
        quick().fit(X, y, sample_weight=-np.ones(150))


def test_validation_data_that_make_no_sense_are_refused():
    X, y = iris()
    with pytest.raises(ValueError, match=r"validation_data must be \(X, y\) or a frac"):
        quick().fit(X, y, validation_data=1.5)
    with pytest.raises(ValueError, match=r"below 1, got 3 things$"):
        quick().fit(X, y, validation_data=(X, y, y))
    with pytest.raises(ValueError, match="is expecting 4 features"):
        quick().fit(X, y, validation_data=(X[:, :2], y))
    with pytest.raises(ValueError, match="classes not in"):
        quick().fit(X, y, validation_data=(X, y + 5))


def test_partial_fit_says_what_it_needs():
    X, y = iris()
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        quick().partial_fit(X, y)
    with pytest.raises(ValueError, match='class_weight="balanced" needs all samples'):
        quick(class_weight="balanced").partial_fit(X, y, classes=[0, 1, 2])
    model = quick().partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match="not the same as on last call"):
        model.partial_fit(X, y, classes=[0, 1])
    assert not hasattr(quick(solver="lbfgs"), "partial_fit")


def test_a_fit_that_diverges_says_what_to_try():
    X, y = load_breast_cancer(return_X_y=True)
    options = {"activation": "identity", "learning_rate_init": 10.0}
    model = MLPRegressor(solver="sgd", **options)
    with pytest.raises(DivergenceError, match="training diverged: the loss is") as hit:
        model.fit(X, y.astype(float))
    assert isinstance(hit.value, ValueError)
    assert hit.value.learning_rate == 10
    # As from another process.
    other = pickle.loads(pickle.dumps(hit.value))
    assert (str(other), other.step) == (str(hit.value), hit.value.step)
    assert other.history.records == hit.value.history.records
    assert np.isfinite(model.coefs_[0]).all()


def test_a_new_fit_forgets_the_old_one():
    X, y = iris()
    model = quick().fit(X.astype(np.float32), y)
    model.fit(X[:, :2], np.where(y == 2, "c", "d"))
    assert model.coefs_[0].dtype == np.float64
    assert model.classes_.tolist() == ["c", "d"]
    assert len(model.loss_curve_) == model.max_iter
    assert_equal_networks(model, quick().fit(X[:, :2], y != 2))


def test_a_warm_start_refuses_another_network():
    X, y = iris()
    model = quick(warm_start=True).fit(X, y)
    with pytest.raises(
        ValueError, match="warm_start goes on with the layers there are"
    ):
        model.set_params(hidden_layer_sizes=(9,)).fit(X, y)
    regressor = MLPRegressor(warm_start=True, max_iter=2).fit(X, X[:, :2])
    with pytest.raises(ValueError, match="y has 3 outputs, and had 2 in the first fit"):
        regressor.fit(X, X[:, :3])


def test_several_labels_keep_their_shape():
    X, y = iris()
    labels = np.column_stack([y > 0, y > 1]).astype(int)
    model = quick(max_iter=100, learning_rate_init=0.02).fit(X, labels)
    assert model.predict(X).shape == model.predict_proba(X).shape == (150, 2)
    assert model.score(X, labels) > 0.9
    with pytest.raises(ValueError, match="y must be as in the first fit"):
        model.partial_fit(X, y)


@pytest.mark.parametrize("size", [7, 60])
def test_partial_fits_take_the_same_steps_compiled_or_not(size):
    X, y = iris()
    models = [quick(engine=engine, batch_size=20) for engine in ("eager", "auto")]
    for start in list(range(0, 150 - size, size)) * 4:
        part = slice(start, start + size)
        for model in models:
            # Chunks smaller than a batch are a batch each.
            model.set_params(batch_size=min(20, size))
            model.partial_fit(X[part], y[part], classes=[0, 1, 2])
    assert_equal_networks(*models, atol=1e-10)
    assert models[1].t_ == len(models[1].loss_curve_) * size
