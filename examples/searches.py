"""Kobai's estimators in the searches of scikit-learn, in Optuna and on a Dask cluster.

    python examples/searches.py

An estimator is copied, pickled and fitted as any of scikit-learn's. In a search each
worker needs one thread alone, which joblib and Dask see to; more threads than cores
would stand in one another's way. What is compiled lies on the disk for all workers.
"""

import warnings

from sklearn.datasets import load_breast_cancer
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingRandomSearchCV,
    cross_val_score,
    train_test_split,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kobai.estimators import MLPClassifier

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
SPACE = {
    "mlpclassifier__hidden_layer_sizes": [(10,), (30,)],
    "mlpclassifier__learning_rate_init": [0.001, 0.01],
}


def pipeline():
    """Return a network behind a scaler; a few epochs are enough to compare."""
    network = MLPClassifier(max_iter=20, random_state=0)
    return make_pipeline(StandardScaler(), network)


def grid(n_jobs=2):
    """Try all combinations, in several processes."""
    return GridSearchCV(pipeline(), SPACE, cv=3, n_jobs=n_jobs).fit(X_train, y_train)


def halving(n_jobs=2):
    """Give all settings a few rows, and the best of them more."""
    search = HalvingRandomSearchCV(
        pipeline(), SPACE, cv=3, n_jobs=n_jobs, random_state=0, min_resources=100
    )
    return search.fit(X_train, y_train)


def optuna_study(trials=5):
    """Let Optuna propose settings."""
    import optuna

    def objective(trial):
        rate = trial.suggest_float("rate", 1e-4, 0.1, log=True)
        model = pipeline().set_params(mlpclassifier__learning_rate_init=rate)
        return cross_val_score(model, X_train, y_train, cv=3).mean()

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=0)
    )
    study.optimize(objective, n_trials=trials)
    return study


def on_dask(client):
    """Try all combinations on a cluster; the data is sent to its workers once."""
    from joblib import parallel_config

    with parallel_config(backend="dask", client=client, scatter=[X_train, y_train]):
        return grid(n_jobs=-1)


def main():
    # Twenty epochs end before the loss has settled, which scikit-learn would tell.
    warnings.simplefilter("ignore")
    for name, search in (("grid", grid()), ("halving", halving())):
        score = search.score(X_test, y_test)
        print(f"{name:8} {score:.3f} on test data, with {search.best_params_}")
    print(f"optuna   {optuna_study().best_params}")
    from distributed import Client, LocalCluster

    options = {"threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(2, **options) as cluster, Client(cluster) as client:
        search = on_dask(client)
        print(f"dask     {search.score(X_test, y_test):.3f} on test data")


if __name__ == "__main__":
    main()
