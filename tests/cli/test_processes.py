"""Several processes from the command line: what is refused, and how."""

import socket

import pytest

from kobai.processes.places import CLUSTERS, HostError, Places, find_places

JAX = ("--engine", "jax")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--processes", 0], "--processes: got 0; need 1 or more"),
        (["--processes", "x"], '--processes: got "x"; need a whole number'),
        (["--processes", 3], "got --engine auto"),
        (["--processes", 3, "--engine", "numba"], "got --engine numba"),
        (["--hosts", "a,b", "--engine", "numpy"], "--hosts: goes with --engine jax"),
        ([*JAX, "--processes", 2, "--device", "gpu:1"], "got --device gpu:1"),
        ([*JAX, "--hosts", "a"], "got a alone; need the names of all machines"),
        ([*JAX, "--hosts", "a:x,b"], 'got "a:x,b"; need the names of machines'),
        ([*JAX, "--hosts", "a,,b"], 'got "a,,b"; need the names of machines'),
        ([*JAX, "--hosts", "auto"], "--hosts auto: found no cluster"),
        (
            [*JAX, "--hosts", "nowhere.invalid,b"],
            '--hosts: no machine is known as "nowhere.invalid"',
        ),
    ],
)
def test_what_makes_no_sense_is_refused(kobai, here, words, told, monkeypatch):
    for names in CLUSTERS.values():
        monkeypatch.delenv(names[0], raising=False)
    done = kobai("train", *words)
    assert done.code == 2
    assert told in done.err
    assert done.err.count("\n") == 1
    assert not list(here.iterdir())


def test_networks_that_are_judged_are_trained_one_by_one(kobai, here):
    table = here / "t.csv"
    table.write_text("x,y\n1,2\n")
    done = kobai("train", table, "--target", "y", *JAX, "--processes", 2, "--folds", 3)
    assert (done.code, done.out) == (2, "")
    assert "got --processes and --folds" in done.err


def test_this_machine_is_found_among_others():
    # 192.0.2.0/24 is for documentation; nobody has 192.0.2.77.
    with find_places("127.0.0.1:47001,192.0.2.77", 2) as places:
        assert places == Places(0, 2, 4, "127.0.0.1:47001")
        # A second command on this machine takes a place that is left.
        with find_places("127.0.0.1:47001,127.0.0.2", 2) as others:
            assert others == Places(2, 2, 4, "127.0.0.1:47001")


def test_a_place_that_is_taken_is_refused():
    with socket.socket(type=socket.SOCK_DGRAM) as claim:
        claim.bind(("127.0.0.1", 0))
        port = claim.getsockname()[1]
        with (
            pytest.raises(HostError, match=f"port {port} is in use here"),
            find_places(f"127.0.0.1:{port},192.0.2.77", 1),
        ):
            pass


def test_machines_none_of_which_is_this_one_are_refused():
    with (
        pytest.raises(HostError, match=r"none of 192\.0\.2\.77, 192\.0\.2\.78 is this"),
        find_places("192.0.2.77,192.0.2.78", 1),
    ):
        pass


def test_a_cluster_starts_each_process_itself():
    variables = dict.fromkeys(CLUSTERS["SLURM"], "3")
    with find_places("auto", 1, variables) as places:
        assert places == Places(3, 1, None, None)
    with (
        pytest.raises(HostError, match="leave --processes out"),
        find_places("auto", 2, variables),
    ):
        pass
