"""Give runs of several processes every fault there is, compare them bit for bit.

    python benchmarks/process_faults.py
    python benchmarks/process_faults.py --processes 2 --faults "disk full" returning

A run is started as `kobai train --processes N`. In the middle one of its processes is
killed or stopped, or the disk is full for it. The run must end by itself: with the
parameters, losses and records of the run that nothing happened to, and so many seconds
later at most. A fault that comes back must be reported, and once it is gone the
run must go on to the same end. Runs of one process differ in rounding, and no more.
"""

import argparse
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

SOON = 20.0
"""Seconds that a fault may cost, or until one that comes back is reported."""
SMALL = 1024
"""Bytes of the largest file on a disk that is full."""
RUN = (
    *("--engine", "jax", "--hidden", "16", "--batch-size", "50"),
    *("--optimizer", "momentum", "--quiet"),
)
EPOCHS = 16
# Checkpoints are written by the clock, so a fast machine writes few.
WRITES = 3
KOBAI = [sys.executable, "-m", "kobai", "train"]


@dataclass
class Training:
    """A run under way, and its processes."""

    folder: Path
    command: list[str]
    process: "subprocess.Popen[str]" = field(init=False)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            self.command, cwd=self.folder.parent, stderr=subprocess.PIPE, text=True
        )

    def pid(self, rank: int) -> int:
        """Return the number that the system has for one of the processes."""
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for child in map(int, task.read_text().split()):
            facts = Path(f"/proc/{child}/cmdline").read_text().split("\0")
            if json.loads(facts[-2])["seat"]["rank"] == rank:
                return child
        raise LookupError(f"there is no process {rank}")

    def wait_for(self, writes: int) -> None:
        """Wait until the checkpoint has been written so many times."""
        checkpoint, seen = self.folder / "checkpoint.safetensors", set()
        while len(seen) < writes:
            if self.process.poll() is not None:
                raise SystemExit(f"the run has ended: {self.process.communicate()[1]}")
            with contextlib.suppress(FileNotFoundError):
                seen.add(checkpoint.stat().st_mtime_ns)
            time.sleep(0.001)

    def end(self) -> tuple[int, str]:
        """Wait for the end; return the exit code, and what was said."""
        _, said = self.process.communicate(timeout=300)
        return self.process.returncode, said.strip()


def kill(training: Training, rank: int) -> None:
    os.kill(training.pid(rank), signal.SIGKILL)


def stop(training: Training, rank: int) -> None:
    os.kill(training.pid(rank), signal.SIGSTOP)


def fill(training: Training, rank: int) -> None:
    resource.prlimit(training.pid(0), resource.RLIMIT_FSIZE, (SMALL, SMALL))


FAULTS: dict[str, tuple[Callable[[Training, int], None], int]] = {
    "worker killed": (kill, 1),
    "coordinator killed": (kill, 0),
    "worker stopped": (stop, 1),
    "coordinator stopped": (stop, 0),
    "disk full": (fill, 0),
}


def start(folder: Path, processes: int, *more: str) -> Training:
    """Start a run in a folder."""
    words = ["--run", folder.name, *RUN, "--epochs", str(EPOCHS)]
    if processes > 1:
        words += ["--processes", str(processes)]
    return Training(folder, [*KOBAI, "digits", *words, *more])


def undisturbed(folder: Path, processes: int) -> float:
    """Train to the end, and return for how many seconds."""
    began = time.perf_counter()
    code, said = start(folder, processes).end()
    if code:
        raise SystemExit(f"the run itself failed with {code}: {said}")
    return time.perf_counter() - began


def disturbed(folder: Path, processes: int, fault: str) -> tuple[float, str]:
    """Train with a fault in the middle; return for how long, and what was said."""
    began = time.perf_counter()
    training = start(folder, processes)
    act, rank = FAULTS[fault]
    training.wait_for(WRITES)
    act(training, rank)
    code, said = training.end()
    return (
        time.perf_counter() - began,
        said if code == 0 else f"exit code {code}: {said}",
    )


def returning(folder: Path, processes: int) -> tuple[float, str]:
    """Fill the disk until the run gives up; return the same of that, then go on."""
    training = start(folder, processes)
    training.wait_for(WRITES)
    began = time.perf_counter()
    # What is started from now on has it too.
    limits = SMALL, SMALL
    resource.prlimit(training.process.pid, resource.RLIMIT_FSIZE, limits)
    resource.prlimit(training.pid(0), resource.RLIMIT_FSIZE, limits)
    code, said = training.end()
    seconds = time.perf_counter() - began
    if code != 2:
        return seconds, f"exit code {code}, not 2: {said}"
    command = [*KOBAI, "--resume", "--run", folder.name, "--quiet"]
    subprocess.run(command, cwd=folder.parent, check=True)
    return seconds, said


def arrays_of(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Yield all arrays of a run's checkpoint, and its records but for the seconds."""
    from kobai.training.checkpoint import load_checkpoint

    content = load_checkpoint(folder / "checkpoint.safetensors")
    yield "step_losses", content["step_losses"]
    for kind in ("params", "state", "statistics"):
        for name, array in content["model"][kind].items():
            found = array.items() if isinstance(array, dict) else [("", array)]
            yield from ((f"{kind}/{name}/{key}", value) for key, value in found)
    for number, record in enumerate(content["records"]):
        numbers = [value for name, value in record.items() if name != "seconds"]
        yield f"record {number}", np.array(numbers, float)


def difference(one: Path, other: Path) -> float:
    """Return the largest difference between two runs; 0 if all bits are the same."""
    a, b = dict(arrays_of(one)), dict(arrays_of(other))
    if a.keys() != b.keys() or any(a[k].shape != b[k].shape for k in a):
        return float("inf")
    if all(a[k].tobytes() == b[k].tobytes() for k in a):
        return 0.0
    parts = [float(np.max(np.abs(a[k] - b[k]))) for k in a if k.startswith("params")]
    return max(*parts, np.finfo(float).tiny)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--faults", nargs="+", choices=[*FAULTS, "returning"])
    options = parser.parse_args()
    faults, bad = options.faults or [*FAULTS, "returning"], 0
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        print(f"1 process: {undisturbed(place / 'one', 1):.1f} s")
        for count in options.processes:
            whole, again = place / f"whole{count}", place / f"again{count}"
            usual = undisturbed(whole, count)
            print(f"{count} processes: {usual:.1f} s, ", end="")
            undisturbed(again, count)
            is_same = difference(whole, again) == 0
            bad += not is_same
            print(
                f"the second time {'the same' if is_same else 'OTHER'} bits; from one "
            )
            print(f"  process {difference(place / 'one', whole):.1e} away")
            for fault in faults:
                folder = place / f"{fault}{count}".replace(" ", "-")
                if fault == "returning":
                    seconds, said = returning(folder, count)
                    what = "until it was reported"
                else:
                    seconds, said = disturbed(folder, count, fault)
                    seconds, what = seconds - usual, "more"
                is_same = difference(whole, folder) == 0
                bad += not (is_same and seconds < SOON)
                print(
                    f"  {fault}: {seconds:.1f} s {what}, "
                    f"{'the same' if is_same else 'OTHER'} bits\n    {said}",
                    flush=True,
                )
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
