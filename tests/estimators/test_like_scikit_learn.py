"""The same parameters and random state give scikit-learn's network, number by number.

scikit-learn's own MLP is the judge: in float64 both take the same steps, so that after
a few epochs only rounding differs.
"""

import numpy as np
import pytest
from scipy.sparse import csc_matrix, csr_matrix
from sklearn import neural_network as peer
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_iris,
    load_linnerud,
    make_multilabel_classification,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from kobai import estimators as ours

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    # Some settings diverge in scikit-learn too, or overflow on the way.
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    # linnerud has 20 samples, fewer than most batches.
    pytest.mark.filterwarnings("ignore:.*is going to be clipped"),
]


def scaled(load, rows=150):
    X, y = load(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))[:rows]
    y = y[order]
    if y.dtype.kind == "f":
        y = StandardScaler().fit_transform(y.reshape(len(y), -1)).squeeze()
    return StandardScaler().fit_transform(X[order]), y


def labels():
    return make_multilabel_classification(120, 8, n_classes=4, random_state=0)


def counts(outputs=1):
    """Counts whose logarithm is linear in the inputs but for the noise of counting."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 5))
    y = rng.poisson(np.exp(X @ rng.normal(0, 0.5, (5, outputs)) + 0.5)).astype(float)
    return X, y[:, 0] if outputs == 1 else y


DATA = {
    "iris": ("MLPClassifier", lambda: scaled(load_iris)),
    "cancer": ("MLPClassifier", lambda: scaled(load_breast_cancer)),
    "labels": ("MLPClassifier", labels),
    "diabetes": ("MLPRegressor", lambda: scaled(load_diabetes)),
    "linnerud": ("MLPRegressor", lambda: scaled(load_linnerud)),
    "counts": ("MLPRegressor", counts),
    "two counts": ("MLPRegressor", lambda: counts(2)),
}
WITHOUT_COUNTS = [name for name in DATA if "count" not in name]


def both(name, **options):
    kind, load = DATA[name]
    options = {"random_state": 3, "max_iter": 12} | options
    return [getattr(each, kind)(**options) for each in (peer, ours)], load()


def assert_same(theirs, own, rtol=1e-7):
    """Compare what scikit-learn publishes of a fit."""
    for a, b in zip(theirs.coefs_, own.coefs_, strict=True):
        np.testing.assert_allclose(b, a, rtol=rtol, atol=rtol)
    for a, b in zip(theirs.intercepts_, own.intercepts_, strict=True):
        np.testing.assert_allclose(b, a, rtol=rtol, atol=rtol)
    for name in ("n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_"):
        assert getattr(own, name) == getattr(theirs, name), name


def assert_same_curve(theirs, own):
    # scikit-learn's loss of several outputs is their mean, though its gradient is that
    # of the sum; the penalty is the same in both.
    if theirs.n_outputs_ == 1 or theirs.out_activation_ != "identity":
        np.testing.assert_allclose(own.loss_curve_, theirs.loss_curve_, rtol=1e-7)
        assert own.loss_ == pytest.approx(theirs.loss_)
        assert own.best_loss_ == pytest.approx(theirs.best_loss_)


@pytest.mark.parametrize("name", WITHOUT_COUNTS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": 32, "hidden_layer_sizes": (12, 7), "activation": "tanh"},
        {"batch_size": 40, "activation": "logistic", "hidden_layer_sizes": 9},
        {"activation": "identity", "shuffle": False, "batch_size": 30},
        {"hidden_layer_sizes": (), "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-6},
        {"solver": "sgd", "batch_size": 32, "alpha": 0.5},
        {"solver": "sgd", "nesterovs_momentum": False, "momentum": 0.5},
        {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
        {"solver": "sgd", "momentum": 0, "learning_rate_init": 0.05},
    ],
    ids=str,
)
def test_a_fit_is_scikit_learns(name, options):
    (theirs, own), (X, y) = both(name, **options)
    theirs.fit(X, y)
    own.fit(X, y)
    assert_same(theirs, own)
    assert_same_curve(theirs, own)
    np.testing.assert_allclose(own.predict(X), theirs.predict(X), atol=1e-6)
    assert own.score(X, y) == pytest.approx(theirs.score(X, y))


@pytest.mark.parametrize("name", ["counts", "two counts"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 150},
        {"batch_size": 150, "solver": "sgd", "activation": "tanh", "alpha": 0.3},
        {"batch_size": 120, "early_stopping": True, "validation_fraction": 0.2},
        {"solver": "lbfgs", "hidden_layer_sizes": (6,)},
    ],
    ids=str,
)
def test_a_fit_to_counts_is_scikit_learns(name, weighted, options):
    (theirs, own), (X, y) = both(name, loss="poisson", **options)
    # Weights of mini-batches are scaled by the whole in Kobai, hence whole batches.
    w = np.random.default_rng(0).exponential(3.0, len(X)) if weighted else None
    theirs.fit(X, y, sample_weight=w)
    own.fit(X, y, sample_weight=w)
    assert own.out_activation_ == "exp"
    # The line search amplifies rounding.
    rtol = 1e-4 if options.get("solver") == "lbfgs" else 1e-7
    assert_same(theirs, own, rtol)
    assert own.loss_ == pytest.approx(theirs.loss_, rel=rtol)
    np.testing.assert_allclose(own.predict(X), theirs.predict(X), rtol=rtol)
    assert own.score(X, y) == pytest.approx(theirs.score(X, y), rel=rtol)


def test_mini_batches_of_counts_are_scikit_learns():
    (theirs, own), (X, y) = both("counts", loss="poisson", batch_size=32)
    for _ in range(2):
        theirs.partial_fit(X, y)
        own.partial_fit(X, y)
    assert_same(theirs, own)
    theirs.fit(X, y)
    own.fit(X, y)
    assert_same(theirs, own)
    np.testing.assert_allclose(own.loss_curve_, theirs.loss_curve_, rtol=1e-7)


DIVERGING = {"solver": "sgd", "activation": "identity", "learning_rate_init": 1.0}
HUGE = np.finfo(float).max * np.random.default_rng(0).uniform(size=(10, 2))
LARGEST = 1e200 * np.random.default_rng(0).normal(size=10)


@pytest.mark.parametrize("engine", ["auto", "eager"])
@pytest.mark.parametrize("batch_size", ["auto", 13])
def test_early_stopping_keeps_the_best_of_a_fit_that_diverges(batch_size, engine):
    options = DIVERGING | {"early_stopping": True, "max_iter": 25}
    (theirs, own), _ = both("iris", batch_size=batch_size, **options)
    X, y = load_iris(return_X_y=True)
    theirs = peer.MLPRegressor(**theirs.get_params() | {"loss": "squared_error"})
    own = ours.MLPRegressor(**theirs.get_params(), engine=engine)
    theirs.fit(X, y)
    own.fit(X, y)
    assert np.isnan(own.validation_scores_[-1])
    assert_same(theirs, own)
    np.testing.assert_allclose(own.validation_scores_, theirs.validation_scores_)
    finite = np.isfinite(theirs.loss_curve_)
    np.testing.assert_array_equal(np.isfinite(own.loss_curve_), finite)
    assert not finite.all()
    # A later fit goes on from the best parameters, and its memory is finite.
    own.set_params(warm_start=True, learning_rate_init=1e-30).fit(X, y)
    for a, b in zip(theirs.coefs_, own.coefs_, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-7)


def train_for_long(model, method, X, y):
    # One epoch may not be enough.
    for _ in range(20 if method == "partial_fit" else 1):
        getattr(model, method)(X, y)


@pytest.mark.parametrize(
    ("X", "y", "options"),
    [
        (HUGE, np.arange(10.0), {}),
        (HUGE, np.arange(10.0), {"solver": "sgd"}),
        (HUGE / 1e150, LARGEST, {"solver": "sgd", "momentum": 0, "max_iter": 20}),
        (*load_iris(return_X_y=True), DIVERGING),
        (*load_iris(return_X_y=True), DIVERGING | {"batch_size": 13}),
    ],
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_what_is_not_finite_is_refused_where_scikit_learn_refuses(
    X, y, options, method
):
    text = "Solver produced non-finite parameter weights. The input data may contain"
    for kind in (peer.MLPRegressor, ours.MLPRegressor):
        model = kind(random_state=0, **options)
        with pytest.raises(ValueError, match=text):
            train_for_long(model, method, X, y)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_loss_that_overflows_beside_finite_parameters_is_no_end(method):
    X = load_iris().data[:10]
    theirs, own = (
        kind(random_state=0, max_iter=30)
        for kind in (peer.MLPRegressor, ours.MLPRegressor)
    )
    getattr(theirs, method)(X, LARGEST)
    getattr(own, method)(X, LARGEST)
    # Squares of 1e200 overflow, and Adam's steps do not.
    assert own.loss_ == theirs.loss_ == np.inf
    assert_same(theirs, own)


@pytest.mark.parametrize(
    "options",
    [{}, {"early_stopping": True}, {"solver": "sgd"}, {"solver": "lbfgs"}],
    ids=str,
)
@pytest.mark.parametrize("label", ["a", 3, True, 2.0])
def test_one_class_alone_is_fitted_as_scikit_learn_does(options, label):
    (theirs, own), (X, _) = both("iris", max_iter=15, **options)
    y = np.full(len(X), label)
    theirs.fit(X, y)
    own.fit(X, y)
    assert_same(theirs, own, rtol=1e-4 if options.get("solver") == "lbfgs" else 1e-7)
    assert own.classes_.tolist() == [label]
    for size in (1, 1e6, -1e6):
        assert own.predict(size * X).tolist() == [label] * len(X)
    expected = theirs.predict_proba(X)
    np.testing.assert_allclose(own.predict_proba(X), expected, atol=1e-6)
    assert own.score(X, y) == 1


def test_one_class_alone_comes_in_parts_too():
    (theirs, own), (X, _) = both("iris")
    for model in (theirs, own):
        for _ in range(3):
            model.partial_fit(X, ["a"] * len(X), classes=["a"])
    assert_same(theirs, own)


@pytest.mark.parametrize("name", ["iris", "cancer", "diabetes"])
def test_it_stops_when_scikit_learn_stops(name):
    options = {"max_iter": 400, "tol": 1e-2, "n_iter_no_change": 4, "batch_size": 30}
    (theirs, own), (X, y) = both(name, **options)
    theirs.fit(X, y)
    own.fit(X, y)
    assert theirs.n_iter_ < 400
    assert own.n_iter_ == theirs.n_iter_
    # Rounding grows over hundreds of steps.
    assert_same(theirs, own, rtol=1e-5)


def test_the_adaptive_learning_rate_falls_when_scikit_learns_does():
    options = {
        "solver": "sgd",
        "learning_rate": "adaptive",
        "learning_rate_init": 0.1,
        "tol": 1e-2,
        "n_iter_no_change": 2,
        "max_iter": 60,
    }
    (theirs, own), (X, y) = both("iris", **options)
    theirs.fit(X, y)
    own.fit(X, y)
    assert own.history_["learning_rate"][-1] < 0.1
    assert_same(theirs, own)


@pytest.mark.parametrize("name", ["iris", "cancer", "labels", "diabetes"])
def test_early_stopping_keeps_what_scikit_learn_keeps(name):
    options = {"early_stopping": True, "max_iter": 60, "n_iter_no_change": 5}
    options |= {"validation_fraction": 0.2, "batch_size": 20}
    (theirs, own), (X, y) = both(name, **options)
    theirs.fit(X, y)
    own.fit(X, y)
    assert_same(theirs, own, rtol=1e-6)
    np.testing.assert_allclose(own.validation_scores_, theirs.validation_scores_)
    assert own.best_validation_score_ == pytest.approx(theirs.best_validation_score_)
    assert own.best_loss_ is None


@pytest.mark.parametrize("name", ["iris", "cancer", "labels", "diabetes"])
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_sample_weights_of_a_full_batch_are_scikit_learns(name, solver):
    (theirs, own), (X, y) = both(name, solver=solver, batch_size=150, alpha=0.1)
    X, y = X[:120], y[:120]
    theirs.set_params(batch_size=120)
    own.set_params(batch_size=120)
    weights = np.random.default_rng(0).exponential(3.0, len(X))
    theirs.fit(X, y, sample_weight=weights)
    own.fit(X, y, sample_weight=weights)
    assert_same(theirs, own)
    assert_same_curve(theirs, own)


@pytest.mark.parametrize("name", ["iris", "cancer", "labels", "diabetes"])
@pytest.mark.parametrize("weighted", [False, True])
def test_lbfgs_is_scikit_learns(name, weighted):
    (theirs, own), (X, y) = both(name, solver="lbfgs", hidden_layer_sizes=(6,))
    w = np.random.default_rng(0).exponential(3.0, len(X)) if weighted else None
    theirs.fit(X, y, sample_weight=w)
    own.fit(X, y, sample_weight=w)
    # The line search amplifies rounding.
    assert_same(theirs, own, rtol=1e-4)
    assert own.loss_ == pytest.approx(theirs.loss_, rel=1e-5)


@pytest.mark.parametrize("name", ["iris", "labels", "diabetes"])
def test_partial_fit_is_scikit_learns(name):
    (theirs, own), (X, y) = both(name, batch_size=16)
    given = {} if name == "diabetes" else {"classes": np.arange(3 + (name == "labels"))}
    for _ in range(6):
        for start in range(0, 100, 50):
            part = slice(start, start + 50)
            theirs.partial_fit(X[part], y[part], **given)
            own.partial_fit(X[part], y[part], **given)
            given = {}
    assert_same(theirs, own)
    assert_same_curve(theirs, own)


@pytest.mark.parametrize("kind", [csr_matrix, csc_matrix])
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_sparse_inputs_give_what_dense_ones_do(kind, solver):
    (theirs, own), (X, y) = both("iris", solver=solver, batch_size=40)
    X = np.where(X > 0, X, 0)
    theirs.fit(X, y)
    own.fit(kind(X), y)
    assert_same(theirs, own, rtol=1e-5 if solver == "lbfgs" else 1e-7)
    np.testing.assert_allclose(
        own.predict_proba(kind(X)), theirs.predict_proba(X), atol=1e-5
    )


def test_probabilities_and_their_logarithms_are_scikit_learns():
    for name in ("iris", "cancer", "labels"):
        (theirs, own), (X, y) = both(name)
        theirs.fit(X, y)
        own.fit(X, y)
        expected = theirs.predict_proba(X)
        np.testing.assert_allclose(own.predict_proba(X), expected, atol=1e-8)
        np.testing.assert_allclose(
            own.predict_log_proba(X), np.log(expected), atol=1e-6
        )


def test_it_warns_where_it_has_not_converged():
    X, y = scaled(load_iris)
    steps, newton = "Maximum iterations .3. reached", "lbfgs failed to converge"
    for solver, text in {"adam": steps, "lbfgs": newton}.items():
        with pytest.warns(ConvergenceWarning, match=text) as warned:
            ours.MLPClassifier(solver=solver, max_iter=3).fit(X, y)
        # It points to the line that called fit.
        assert warned[0].filename == __file__


def test_verbose_prints_scikit_learns_lines(capsys):
    texts = []
    for model in both("iris", verbose=True, max_iter=3)[0]:
        model.fit(*scaled(load_iris))
        texts.append(capsys.readouterr().out)
    assert texts[1] == texts[0]


def test_parameters_are_scikit_learns_with_the_same_defaults():
    for kind in ("MLPClassifier", "MLPRegressor"):
        theirs = getattr(peer, kind)().get_params()
        own = getattr(ours, kind)().get_params()
        for name, default in theirs.items():
            assert own[name] == default, name
