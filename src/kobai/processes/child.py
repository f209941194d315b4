"""A process under supervision: it tells how far it is, and ends with its supervisor."""

import os
import select
import sys
import threading
from dataclasses import replace
from typing import NoReturn

from kobai.processes.progress import Phase, Progress, write

BEAT = 0.5
# Exit codes: what could be otherwise another time (sysexits.h, EX_TEMPFAIL), and a
# child whose supervisor is gone.
AGAIN = 75
ORPHAN = 76


class Child:
    """Tells the supervisor how far this process is, to an open file.

    From then on a thread shows that the process lives, and ends it at once when its
    standard input does: the supervisor holds the other end, and so is gone.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._progress = Progress()
        self._writing = threading.Lock()
        self._write(beats=1)
        threading.Thread(target=self._live, daemon=True).start()

    def tell(self, phase: Phase, steps: int | None = None) -> None:
        """Tell what this process is at, and how many steps are done."""
        steps = self._progress.steps if steps is None else steps
        self._write(phase=phase, steps=steps)

    def _live(self) -> None:
        while True:
            readable, _, _ = select.select([0], [], [], BEAT)
            if readable and not os.read(0, 4096):
                os._exit(ORPHAN)
            self._write(beats=self._progress.beats + 1)

    def _write(self, **changed: int) -> None:
        with self._writing:
            self._progress = replace(self._progress, **changed)  # type: ignore[arg-type]
            write(self._descriptor, self._progress)


def leave_lost(error: BaseException) -> NoReturn:
    """End this process because of something that another attempt may not meet.

    At once: whoever has lost the others waits for them in vain while Python tidies up.
    """
    os.write(2, f"error: {error}\n".encode(errors="replace"))
    sys.stdout.flush()
    os._exit(AGAIN)
