"""How far a process has come: numbers in an open file, written by it, read by another.

Neither waits for the other: whoever reads may be stopped, and whoever writes be dead.
"""

import contextlib
import os
import struct
import tempfile
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

_FORM = struct.Struct("<qqq")


class Phase(IntEnum):
    """What a process is at."""

    STARTING = 0
    """It loads what it needs."""
    JOINING = 1
    """It waits for the others."""
    TOGETHER = 2
    """It trains: none goes on without the others."""
    ALONE = 3
    """The training is over; the first one writes down what came out."""


@dataclass(frozen=True)
class Progress:
    """How far a process has come; `beats` grows as long as it lives."""

    phase: Phase = Phase.STARTING
    steps: int = 0
    beats: int = 0


def new_file() -> BinaryIO:
    """Return a file without a name for the progress of one process.

    It has its full size already, so that a full disk cannot keep progress from it.
    """
    # It is closed by whoever watches the process.
    file = tempfile.TemporaryFile(prefix="kobai-", buffering=0)  # noqa: SIM115
    write(file.fileno(), Progress())
    return file


def write(descriptor: int, progress: Progress) -> None:
    """Write how far this process has come."""
    packed = _FORM.pack(progress.phase, progress.steps, progress.beats)
    # Training is what counts; a reader that learns nothing will say so.
    with contextlib.suppress(OSError):
        os.pwrite(descriptor, packed, 0)


def read(descriptor: int) -> Progress:
    """Return how far the process has come that writes to this file."""
    phase, steps, beats = _FORM.unpack(os.pread(descriptor, _FORM.size, 0))
    return Progress(Phase(phase), steps, beats)
