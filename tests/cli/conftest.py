"""The command line run in this process, as `main` runs it, in an empty folder."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

# Arguments to a code, and what was printed.
Kobai = Callable[..., Any]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that commands run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def kobai(here: Path, run_command: Kobai) -> Kobai:
    """Run a command there, and return its exit code and what it printed."""
    return run_command


def start(*arguments: object, **options: object) -> "subprocess.Popen[str]":
    """Start the command as a process of its own."""
    command = [sys.executable, "-m", "kobai", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, **(pipes | options))  # type: ignore[call-overload]


@pytest.fixture
def blobs(here: Path) -> Path:
    """An .npz of three classes that are easy to tell apart."""
    rng = np.random.default_rng(0)
    t = np.arange(120) % 3
    x = rng.normal(size=(120, 4)) + 3 * np.eye(3, 4)[t]
    np.savez(here / "blobs.npz", x=x, t=t)
    return here / "blobs.npz"


@pytest.fixture(name="start")
def _start() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start commands as processes of their own, none of which outlives the test."""
    started = []

    def begin(*arguments: object, **options: object) -> "subprocess.Popen[str]":
        started.append(start(*arguments, **options))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()
