"""A Dask cluster does the jobs of a search, and loses workers."""

import os
import signal
import socket
import sys

import pytest

from kobai.sweeps import sweep
from kobai.sweeps.folder import SweepError

distributed = pytest.importorskip("distributed")
from kobai.sweeps.workers import cluster as workers  # noqa: E402 (needs distributed)

SPACE = {"x": "0.0..10.0"}


def square(x):
    return (x - 3) ** 2


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    place = str(tmp_path_factory.mktemp("dask"))
    options = {"threads_per_worker": 1, "dashboard_address": ":0"}
    with distributed.LocalCluster(1, local_directory=place, **options) as found:
        yield found.scheduler_address


def test_a_server_that_says_nothing_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(SweepError, match="does not speak as a scheduler does"):
            sweep(square, SPACE, trials=2, dask=f"tcp://127.0.0.1:{port}")


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signals")
def test_a_search_goes_on_when_no_worker_is_left_that_had_the_work(address, tmp_path):
    mark = tmp_path / "died"

    def deadly(x):
        if x > 6 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return square(x)

    found = sweep(deadly, SPACE, trials=6, dask=address)
    assert mark.exists()
    assert found.best_config == sweep(square, SPACE, trials=6).best_config


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signals")
def test_a_trial_that_kills_every_worker_ends_the_search(address):
    def deadly(x):
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(SweepError, match="workers were killed 3 times"):
        sweep(deadly, SPACE, trials=2, dask=address)


def test_a_cluster_that_is_gone_before_its_client_knows_was_lost(address, monkeypatch):
    async def closed(*given, **options):
        raise distributed.comm.CommClosedError("in <TCP (closed)>: connection reset")

    monkeypatch.setattr(distributed.Client, "_gather", closed)
    with pytest.raises(SweepError, match=r"was lost \(in <TCP .*reset\)"):
        sweep(square, SPACE, trials=2, dask=address)


def test_a_worker_with_another_kobai_is_named(address, monkeypatch):
    monkeypatch.setattr(workers, "__version__", "9.9")
    with pytest.raises(SweepError, match=r"worker tcp\S+ has Kobai \S+; need Kobai 9"):
        sweep(square, SPACE, trials=2, dask=address)


def test_a_trial_lies_in_the_folder_of_its_worker(address):
    def here(x):
        from pathlib import Path

        from distributed import get_worker

        return len(list(Path(get_worker().local_directory).glob("kobai-sweep-*")))

    assert sweep(here, SPACE, trials=2, dask=address).best_score == 1


def test_what_cannot_be_sent_is_named(address, capfd):
    import threading

    lock = threading.Lock()

    def locked(x):
        with lock:
            return x

    with pytest.raises(SweepError, match=r"holds on to: cannot pickle '_thread.lock'"):
        sweep(locked, SPACE, trials=2, dask=address)
    assert "Traceback" not in capfd.readouterr().err
