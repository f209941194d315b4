"""Start training runs at the same moment, and count what becomes of each.

    python benchmarks/runs_at_once.py --groups 50 --size 2
    python benchmarks/runs_at_once.py --groups 20 --size 8
    python benchmarks/runs_at_once.py --groups 20 --size 2 --same-name

Without a name every run of a group must end well, in a folder of its own. With the same
name for all (`--same-name`) one must, and all others must be told whose the folder is.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FILES = {
    "checkpoint.safetensors",
    "curves.png",
    "history.csv",
    "model.safetensors",
    "run.json",
}
OPTIONS = ("--hidden", "none", "--epochs", "1", "--engine", "eager", "-q")


@dataclass(frozen=True)
class Summary:
    """What became of the runs of one group."""

    well: int
    told: int
    whole: int
    """Folders with all files of a run, and no other."""
    folders: int


def at_once(size: int, folder: Path, name: str | None = None) -> Summary:
    """Start `size` runs in a folder at once, and wait for them all."""
    x = np.arange(40.0).reshape(20, 2) % 7
    np.savez(folder / "rows.npz", x=x, t=np.arange(20) % 2)
    named = ["--run", f"runs/{name}"] if name else []
    command = [sys.executable, "-m", "kobai", "train", "rows.npz", *OPTIONS, *named]
    started = [
        subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
        for _ in range(size)
    ]
    errors = [process.communicate()[1] for process in started]
    codes = [process.returncode for process in started]
    found = list((folder / "runs").iterdir())
    return Summary(
        well=codes.count(0),
        told=sum(
            code == 2 and error.count("\n") == 1 and f"runs/{name}" in error
            for code, error in zip(codes, errors, strict=True)
        ),
        whole=sum({file.name for file in run.iterdir()} == FILES for run in found),
        folders=len(found),
    )


def expected(size: int, name: str | None) -> Summary:
    """Return what a group must come to, for nothing to be lost."""
    return Summary(1, size - 1, 1, 1) if name else Summary(size, 0, size, size)


def main() -> None:
    """Run groups, and print how many lost something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=20)
    parser.add_argument("--size", type=int, default=2)
    parser.add_argument("--same-name", action="store_true")
    chosen = parser.parse_args()
    name = "same" if chosen.same_name else None
    lost = 0
    for _ in range(chosen.groups):
        with tempfile.TemporaryDirectory() as folder:
            summary = at_once(chosen.size, Path(folder), name)
        if summary != expected(chosen.size, name):
            lost += 1
            print(summary)
    print(f"{chosen.groups} groups of {chosen.size}: {lost} lost something")


if __name__ == "__main__":
    main()
