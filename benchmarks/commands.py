"""Whole programs: from the start of the process to its end."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers import CORES
from rounds import Team, WorkerError
from workloads import TRAININGS

SCRIPTS = Path(__file__).parent / "scripts"
STEPS = 10_000
QUICK_STEPS = 2_000
FIRST_CALLS = (
    "kobai-numpy",
    "kobai-numba",
    "torch-1",
    "jax-scan",
)

Command = Callable[[Path], list[str]]


def _kobai(engine: str, mnist: Path, steps: int) -> Command:
    return lambda run: [
        *(sys.executable, "-m", "kobai", "train", "mnist"),
        *("--data-dir", str(mnist), "--run", str(run), "--quiet"),
        *("--hidden", "50", "--activation", "sigmoid", "--optimizer", "sgd"),
        *("--lr", "0.1", "--batch-size", "100", "--batches", "random"),
        *("--steps", str(steps), "--engine", engine),
    ]


def _script(name: str, mnist: Path, steps: int, threads: int) -> Command:
    common = ["--steps", str(steps), "--threads", str(threads)]
    return lambda run: [sys.executable, str(SCRIPTS / name), str(mnist), *common]


def _commands(mnist: Path, steps: int) -> dict[str, Command]:
    return {
        "kobai-auto": _kobai("auto", mnist, steps),
        "kobai-numpy": _kobai("numpy", mnist, steps),
        "kobai-numba": _kobai("numba", mnist, steps),
        "torch-1": _script("mnist_pytorch.py", mnist, steps, 1),
        "torch-all": _script("mnist_pytorch.py", mnist, steps, CORES),
        "jax-scan": _script("mnist_jax.py", mnist, steps, CORES),
    }


def _seconds(command: list[str], log: Path) -> float:
    with log.open("a") as file:
        started = time.perf_counter()
        done = subprocess.run(command, stdout=file, stderr=file, timeout=300)
        seconds = time.perf_counter() - started
    if done.returncode:
        raise WorkerError(f"it ended with {done.returncode}")
    return seconds


def measure_command(folder: Path, effort: Any) -> dict[str, Any]:
    """Time the training of MNIST as a command, and PyTorch's and JAX's as scripts.

    Importing, loading the four files, the steps, train and test accuracy after every
    epoch. Kobai draws its curves and writes its model besides.
    """
    if not effort.mnist.exists():
        raise FileNotFoundError(f"MNIST is not at {effort.mnist}; give --data-dir")
    steps = QUICK_STEPS if effort.quick else STEPS
    commands = _commands(effort.mnist, steps)
    samples: dict[str, list[float]] = {n: [] for n in commands if _wanted(n, effort)}
    failed: dict[str, str] = {}
    chance = random.Random(0)
    # The first round only fills the caches of files and of compiled code.
    for number in range(1 + (2 if effort.quick else 7)):
        for name in chance.sample(list(samples), len(samples)):
            run = folder / f"{name}-{number}"
            try:
                seconds = _seconds(commands[name](run), folder / f"{name}.log")
            except (WorkerError, subprocess.TimeoutExpired) as error:
                failed[name] = str(error)
                del samples[name]
                continue
            if number:
                samples[name].append(seconds)
    return {
        "title": f"The whole command: MNIST, {steps:,} steps",
        "note": "From the start of the process to its end: importing, loading the four "
        "files, 784-50-10 with batch 100, training and test data evaluated after every "
        "epoch. Kobai saves the network and draws its curves besides.",
        "unit": "command",
        "samples": samples,
        "failed": failed,
        "accuracies": {n: _accuracy(folder, n, number) for n in samples},
    }


def _wanted(name: str, effort: Any) -> bool:
    if name == "kobai-auto":
        return not effort.only or any(n.startswith("kobai") for n in effort.only)
    return bool(effort.names((name,)))


def _accuracy(folder: Path, name: str, number: int) -> str:
    """Return the test accuracy at the end, so that a reader sees that all learned."""
    history = folder / f"{name}-{number}" / "history.csv"
    if history.exists():
        lines = history.read_text().splitlines()
        column = lines[0].split(",").index("test_accuracy")
        return f"{float(lines[-1].split(',')[column]):.4f}"
    return (folder / f"{name}.log").read_text().split()[-1]


def measure_first_calls(folder: Path, effort: Any) -> dict[str, Any]:
    """Time a new process up to its first 60 steps, its caches empty and then full.

    The libraries' caches of compiled code are put into a folder of their own.
    """
    problem = TRAININGS["mnist-mlp"].problem()
    problem.save(folder / "problem.npz")
    cold: dict[str, list[float]] = {}
    warm: dict[str, list[float]] = {}
    failed: dict[str, str] = {}
    for number in range(1 if effort.quick else 5):
        for name in effort.names(FIRST_CALLS):
            if name in failed:
                continue
            caches = folder / f"caches-{name}-{number}"
            try:
                for times in (cold, warm):
                    seconds = _first_call(name, folder, _cache_environment(caches))
                    times.setdefault(name, []).append(seconds)
            except WorkerError as error:
                failed[name] = str(error)
            shutil.rmtree(caches, ignore_errors=True)
    return {
        "title": "The first 60 steps of a new process, 784-50-10",
        "note": "With what was compiled before on disk, and with nothing there.",
        "unit": "process",
        "samples": warm,
        "samples_with_empty_cache": cold,
        "failed": failed,
    }


def _cache_environment(folder: Path) -> dict[str, str]:
    names = ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "TORCHINDUCTOR_CACHE_DIR")
    return {name: str(folder) for name in names if name not in os.environ}


def _first_call(name: str, folder: Path, environment: dict[str, str]) -> float:
    started = time.perf_counter()
    with Team([name], folder, environment) as team:
        path = str(folder / "problem.npz")
        team.ask(name, "prepare", problem=path, folder=str(folder), epochs=1)
        seconds = time.perf_counter() - started
        if team.failed:
            raise WorkerError(team.failed[name])
    return seconds
