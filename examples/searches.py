"""Kobai's estimators in the searches of scikit-learn, on this machine and with Dask.

    python examples/searches.py

An estimator is copied, pickled and fitted as any of scikit-learn's. Each worker needs
one thread alone, which joblib and Dask see to; what is compiled lies on the disk.
"""

import warnings

from sklearn import model_selection as selection
from sklearn.datasets import load_breast_cancer
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kobai.estimators import MLPClassifier

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = selection.train_test_split(
    X, y, random_state=0, stratify=y
)
# A few epochs are enough to compare.
MODEL = make_pipeline(StandardScaler(), MLPClassifier(max_iter=20, random_state=0))
SPACE = {
    "mlpclassifier__hidden_layer_sizes": [(10,), (30,)],
    "mlpclassifier__learning_rate_init": [0.001, 0.01],
}


def grid(n_jobs=2):
    search = selection.GridSearchCV(MODEL, SPACE, cv=3, n_jobs=n_jobs)
    return search.fit(X_train, y_train)


def halving(n_jobs=2):  # a few rows for all settings, and more for the best of them
    options = {"n_jobs": n_jobs, "random_state": 0, "min_resources": 100}
    search = selection.HalvingRandomSearchCV(MODEL, SPACE, cv=3, **options)
    return search.fit(X_train, y_train)


def on_dask(client):  # the data is sent to its workers once
    from joblib import parallel_config

    with parallel_config(backend="dask", client=client, scatter=[X_train, y_train]):
        return grid(n_jobs=-1)


if __name__ == "__main__":
    from distributed import Client, LocalCluster

    # Twenty epochs end before the loss has settled, which scikit-learn would tell.
    warnings.simplefilter("ignore")
    options = {"threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(2, **options) as cluster, Client(cluster) as client:
        for search in (grid(), halving(), on_dask(client)):
            print(f"{search.score(X_test, y_test):.3f}, with {search.best_params_}")
