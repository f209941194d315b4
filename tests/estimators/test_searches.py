"""Estimators in the searches of others: the same results wherever they are fitted."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

SCRIPT = Path(__file__).parents[2] / "examples" / "searches.py"
pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    # Of the libraries: sockets and files that a cluster leaves to the garbage.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def searches():
    spec = importlib.util.spec_from_file_location("searches", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def alone(searches):
    """The grid, searched by one process."""
    return searches.grid(n_jobs=1)


def scores(search):
    return search.cv_results_["mean_test_score"]


def test_a_grid_is_the_same_in_several_processes(searches, alone):
    np.testing.assert_array_equal(scores(searches.grid(n_jobs=2)), scores(alone))
    assert alone.score(searches.X_test, searches.y_test) > 0.9


def test_halving_gives_rows_as_the_resource(searches):
    search = searches.halving(n_jobs=1)
    resources = search.cv_results_["n_resources"]
    assert resources[0] == 100
    assert resources[-1] > 100
    assert search.score(searches.X_test, searches.y_test) > 0.9


def threads():
    """Return how many threads each BLAS of a worker has, as far as it tells."""
    from kobai.engines.machine.blas import blas_info

    return {each.threads for each in blas_info()}


def test_a_cluster_finds_what_one_process_does(searches, alone):
    distributed = pytest.importorskip("distributed")
    options = {"threads_per_worker": 1, "dashboard_address": ":0"}
    with (
        distributed.LocalCluster(2, **options) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = searches.on_dask(client)
        limits = client.run(threads)
    np.testing.assert_array_equal(scores(found), scores(alone))
    assert len(limits) == 2
    assert all(found <= {1, None} for found in limits.values())
