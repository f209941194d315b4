"""Runs of several processes: the same in every bit, whatever happens to a process."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from benchmarks import process_faults
from benchmarks.process_faults import Training, difference
from kobai.processes.places import find_places

pytest.importorskip("jax")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="faults are told by /proc"),
]

# As the command, but sooner at the end of its patience. Its processes write whenever
# that takes a twentieth of the time, so that a fast machine has not trained to the end
# before the third checkpoint.
MEMBER = """
from kobai.training import settings
settings.CHECKPOINT_SECONDS = 0
from kobai.cli.member import main
main()
"""
SCRIPT = f"""
import json, sys
from kobai.cli import main, together
from kobai.processes.supervisor import Limits
limits = Limits(heartbeat=6, restarts=1)
together.train_together.__kwdefaults__["limits"] = limits
words = [sys.executable, "-P", "-c", {MEMBER!r}]
together._command = lambda facts: [*words, json.dumps(facts)]
sys.argv[0] = "kobai/__main__.py"
main()
"""
KOBAI = [sys.executable, "-c", SCRIPT, "train"]
SUMS = 1e-5
"""Sums over parts of a batch differ from those over all of it in the last bits of
float32, 1e-7, which a few hundred steps make larger."""


STARTED = []


@pytest.fixture(autouse=True)
def _none_stays(monkeypatch):
    monkeypatch.setattr(process_faults, "KOBAI", KOBAI)
    monkeypatch.setattr(process_faults, "EPOCHS", 6)
    yield
    for training in STARTED:
        if training.process.poll() is None:
            training.process.kill()
            training.process.communicate()
    STARTED.clear()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a table of points, of which 61 are no multiple of anything."""
    folder = tmp_path_factory.mktemp("runs")
    rng = np.random.default_rng(0)
    t = np.arange(61) % 2
    np.savez(folder / "clouds.npz", x=rng.normal(size=(61, 2)) + 2 * t[:, None], t=t)
    return folder


def start(place, name, *words):
    command = [*KOBAI, "clouds.npz", "--run", name, "--epochs", 100, "--quiet"]
    command += ["--engine", "jax", "--batch-size", 20, "--optimizer", "adam", *words]
    STARTED.append(Training(place / name, list(map(str, command))))
    return STARTED[-1]


def ended(place, name, *words):
    """Train to the end."""
    assert start(place, name, *words).end() == (0, "")
    return place / name


@pytest.fixture(scope="module")
def whole(place):
    """A run of two processes that nothing happened to."""
    return ended(place, "whole", "--processes", 2)


@pytest.mark.parametrize("processes", [2, 4])
def test_processes_end_where_one_does(place, whole, processes):
    one = place / "one"
    if not one.exists():
        ended(place, "one")
    several = whole if processes == 2 else ended(place, "four", "--processes", 4)
    assert 0 < difference(one, several) < SUMS


def test_processes_that_die_are_no_difference(place, whole):
    training = start(place, "killed", "--processes", 2)
    training.wait_for(3)
    os.kill(training.pid(1), signal.SIGKILL)
    training.wait_for(3)
    os.kill(training.pid(0), signal.SIGKILL)
    code, said = training.end()
    assert code == 0
    assert "note: process 1 was ended by SIGKILL, after step" in said
    assert "note: process 0 was ended by SIGKILL, after step" in said
    assert difference(whole, place / "killed") == 0


def test_a_process_that_is_stopped_is_no_difference(place, whole):
    training = start(place, "stopped", "--processes", 2)
    training.wait_for(3)
    os.kill(training.pid(1), signal.SIGSTOP)
    code, said = training.end()
    assert code == 0
    assert said.startswith("note: process 1 gave no sign of life for 6 s, after step")
    assert difference(whole, place / "stopped") == 0


def test_a_full_disk_is_reported_and_the_run_goes_on_later(place, whole, monkeypatch):
    monkeypatch.setattr(process_faults, "start", lambda folder, _: training)
    training = start(place, "full", "--processes", 2)
    _, said = process_faults.returning(place / "full", 2)
    *notes, error = said.splitlines()
    assert "File too large" in notes[0]
    assert notes[0].endswith("(1 of 1)")
    assert "; 1 more attempt came no further. The run is kept" in error
    assert error.endswith("train --resume full")
    assert difference(whole, place / "full") == 0


def test_ctrl_c_ends_all_processes_after_the_same_step(place, whole):
    training = start(place, "pressed", "--processes", 2)
    training.wait_for(3)
    children = [training.pid(0), training.pid(1)]
    training.process.send_signal(signal.SIGINT)
    code, said = training.end()
    assert code == 130
    assert said.startswith("interrupted after step")
    assert said.count("interrupted") == 1
    # As the command was called, not as its processes were.
    assert " -m kobai train --resume" in said
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)
    subprocess.run(
        [*KOBAI, "--resume", "--run", "pressed", "--quiet"], cwd=place, check=True
    )
    assert difference(whole, place / "pressed") == 0


def test_two_machines_end_where_two_processes_do(place, whole):
    """Two addresses of this machine stand for two; a process dies on the second."""
    with find_places(None, 2) as places:
        hosts = f"{places.address_of_attempt()},127.0.0.2"
    first = start(place, "hosts", "--hosts", hosts)
    # Both addresses are this machine's: the sooner one takes the first.
    while not (place / "hosts").exists():
        assert first.process.poll() is None, first.end()
        time.sleep(0.05)
    second = start(place, "other", "--hosts", hosts)
    first.wait_for(3)
    os.kill(second.pid(1), signal.SIGKILL)
    assert (first.end()[0], second.end()[0]) == (0, 0)
    assert difference(whole, place / "hosts") == 0
    # It is the first that writes.
    assert not (place / "other").exists()


def test_a_cluster_is_found_by_its_variables(place, whole, monkeypatch):
    """What SLURM tells its tasks; the machine's name has to be one that it knows."""
    job = {
        "SLURM_JOB_ID": str(os.getpid()),
        "SLURM_STEP_NODELIST": "localhost",
        "SLURM_NTASKS": "2",
    }
    tasks = []
    # The first listens at a port that follows from the number of the job.
    for number in map(str, range(2)):
        own = {"SLURM_PROCID": number, "SLURM_LOCALID": number}
        for name, value in (job | own).items():
            monkeypatch.setenv(name, value)
        tasks.append(start(place, f"task{number}", "--hosts", "auto"))
    assert [each.end() for each in tasks] == [(0, ""), (0, "")]
    assert difference(whole, place / "task0") == 0
    assert not (place / "task1").exists()
