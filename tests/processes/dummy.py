"""Counts to a hundred, with a checkpoint at every ten, and has a fault on the way.

    python dummy.py DESCRIPTOR NUMBER FOLDER FAULT

Process 1 has the fault at 35: as often as FOLDER/faults says. Process 0 waits for it at
every step.
"""

import os
import signal
import sys
import time
from pathlib import Path

from kobai.processes.child import AGAIN, Child
from kobai.processes.progress import Phase


def main() -> None:
    descriptor, number, folder, fault = sys.argv[1:]
    child, place = Child(int(descriptor)), Path(folder)
    checkpoint = place / "checkpoint"
    child.tell(Phase.JOINING)
    step = int(checkpoint.read_text()) if checkpoint.exists() else 0
    child.tell(Phase.TOGETHER, step)
    other = place / "other"
    while step < 100:
        time.sleep(0.005)
        step += 1
        child.tell(Phase.TOGETHER, step)
        if number == "1":
            meet_fault(step, place, fault)
            write(other, step)
            continue
        while not other.exists() or int(other.read_text()) < step:
            time.sleep(0.005)
        if step % 10 == 0:
            write(checkpoint, step)
    child.tell(Phase.ALONE)


def write(file: Path, step: int) -> None:
    new = file.with_suffix(".new")
    new.write_text(str(step))
    new.replace(file)


def meet_fault(step: int, place: Path, fault: str) -> None:
    left = int((place / "faults").read_text())
    if step == 35 and left:
        (place / "faults").write_text(str(left - 1))
        FAULTS[fault]()


def wait() -> None:
    time.sleep(60)


def leave(code: int, words: str) -> None:
    print(words, file=sys.stderr)
    sys.exit(code)


FAULTS = {
    "none": lambda: None,
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "aborted": lambda: os.kill(os.getpid(), signal.SIGABRT),
    "stopped": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "waits": wait,
    "full": lambda: leave(AGAIN, "error: No space left on device"),
    "refused": lambda: leave(2, "error: no such file"),
}


if __name__ == "__main__":
    main()
