"""Kill sweeps at random moments, resume them, compare with one that was left alone.

    python benchmarks/sweep_kills.py --kills 50
    python benchmarks/sweep_kills.py --kills 50 --dask

A sweep with two workers is started as a process of its own, and after a random time the
parent is killed, or a worker, or both at once (SIGKILL). Where the parent is gone the
sweep is resumed. In the end all trials must be those of the sweep that was left alone,
with the same scores and the same best one, and what was done before the kill must not
have been done again. With `--dask` the workers are those of a cluster on this machine,
and the scheduler may be killed too.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

VICTIMS = ("parent", "worker", "both")
SWEEP = (
    "--lr",
    "1e-3..1",
    "--hidden",
    "8",
    "--hidden",
    "16,8",
    "--batch-size",
    "8..64",
)
LENGTH = ("--trials", "12", "--epochs", "9", "--validation", "0.25")
NAME = Path("runs", "s")
LONGEST = 300


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "kobai", "sweep", *words]


def start(folder: Path, crew: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    """Start a sweep, or resume it where there is one."""
    begun = (folder / NAME / "sweep.json").exists()
    words = ("--resume", str(NAME)) if begun else ("data.npz", *SWEEP, *LENGTH)
    run = () if begun else ("--run", str(NAME))
    return subprocess.Popen(
        command(*words, *run, *crew),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def outcomes(folder: Path) -> dict[tuple[str, int, int], tuple[float, ...]]:
    """Return score, loss and seconds of all that was done, by trial and length."""
    found = {}
    for file in sorted((folder / NAME).glob("*/trial.json")):
        for each in json.loads(file.read_text("utf-8"))["outcomes"]:
            key = (file.parent.name, each["length"], each["repeat"])
            found[key] = (each["score"], each["loss"], each["seconds"])
    return found


def best(folder: Path) -> str:
    """Return the trial whose network met the test data."""
    tested = [
        file.parent.name
        for file in (folder / NAME).glob("*/run.json")
        if "test_accuracy" in json.loads(file.read_text("utf-8"))["results"]
    ]
    (name,) = tested
    return name


def workers_of(parent: int) -> list[int]:
    """Return the processes of a sweep that train."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            stat = (path / "stat").read_text().rsplit(")", 1)[1].split()
            words = (path / "cmdline").read_bytes()
            if int(stat[1]) == parent and b"popen_loky" in words:
                found.append(int(path.name))
    return found


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def disturbed(folder: Path, victim: str, wait: float, rng: random.Random) -> bool:
    """Run a sweep that is killed once; return whether it was in time to hit it."""
    process = start(folder, ("--jobs", "2"))
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(wait)
        return False
    children = workers_of(process.pid)
    if victim != "parent" and children:
        kill(rng.choice(children))
    if victim != "worker":
        kill(process.pid)
        process.communicate()
        before = outcomes(folder)
        process = start(folder, ("--jobs", "2"))
    else:
        before = outcomes(folder)
    _, error = process.communicate(timeout=LONGEST)
    if process.returncode:
        raise SystemExit(f"the sweep ended with {process.returncode}: {error.decode()}")
    after = outcomes(folder)
    again = [key for key, value in before.items() if after[key] != value]
    if again:
        raise SystemExit(f"done again after a kill of the {victim}: {again}")
    return True


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, dict[str, "subprocess.Popen[bytes]"]]]:
    """Run a scheduler and two workers on this machine; give its address and them."""
    from distributed import Client

    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    there = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", *there]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", *there]
    any_port = ["--host", "127.0.0.1", "--port", "0"]
    alone = ["--nthreads", "1", "--no-nanny"]
    found = {"scheduler": subprocess.Popen([*scheduler, *any_port], **quiet)}
    try:
        for name in ("worker 1", "worker 2"):
            found[name] = subprocess.Popen([*worker, *alone], **quiet)
        with Client(scheduler_file=str(file), timeout=LONGEST) as client:
            client.wait_for_workers(2, timeout=LONGEST)
        yield json.loads(file.read_text("utf-8"))["address"], found
    finally:
        for each in found.values():
            each.kill()
            each.wait()


def disturbed_cluster(folder: Path, victim: str, wait: float) -> bool:
    """Run a sweep on a cluster of which one process is killed."""
    with cluster(folder) as (address, processes):
        process = start(folder, ("--dask", address))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(wait)
            return False
        processes[victim].kill()
        _, error = process.communicate(timeout=LONGEST)
    before = outcomes(folder)
    if victim == "scheduler" and process.returncode:
        if process.returncode != 2 or b"--resume" not in error:
            raise SystemExit(f"left with {process.returncode}: {error.decode()}")
        with cluster(folder) as (address, _):
            process = start(folder, ("--dask", address))
            _, error = process.communicate(timeout=LONGEST)
    if process.returncode:
        raise SystemExit(f"the sweep ended with {process.returncode}: {error.decode()}")
    after = outcomes(folder)
    return all(after[key] == value for key, value in before.items())


def write_data(folder: Path) -> None:
    rng = np.random.default_rng(0)
    t = np.arange(600) % 3
    x = rng.normal(size=(600, 6)) + 1.5 * np.eye(3, 6)[t]
    np.savez(folder / "data.npz", x=x, t=t)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dask", action="store_true")
    chosen = parser.parse_args()
    rng = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="kobai-kills-") as name:
        alone = Path(name, "alone")
        alone.mkdir()
        write_data(alone)
        began = time.monotonic()
        start(alone, ("--jobs", "2")).communicate(timeout=LONGEST)
        seconds = time.monotonic() - began
        expected = {key: value[:2] for key, value in outcomes(alone).items()}
        print(f"left alone: {len(expected)} trainings in {seconds:.1f} s", flush=True)
        hits = 0
        for number in range(10 * chosen.kills):
            folder = Path(name, str(number))
            folder.mkdir()
            write_data(folder)
            wait = rng.uniform(0.5, seconds)
            if chosen.dask:
                victim = rng.choice(("worker 1", "worker 2", "scheduler"))
                hit = disturbed_cluster(folder, victim, wait)
            else:
                victim = rng.choice(VICTIMS)
                hit = disturbed(folder, victim, wait, rng)
            found = {key: value[:2] for key, value in outcomes(folder).items()}
            if found != expected or best(folder) != best(alone):
                raise SystemExit(
                    f"another result after a kill of the {victim}: {folder}"
                )
            hits += hit
            print(f"{hits} of {chosen.kills}: {victim} after {wait:.1f} s", flush=True)
            if hits == chosen.kills:
                break
    print(f"{hits} kills: the same trials, scores and best; nothing was done twice")


if __name__ == "__main__":
    main()
