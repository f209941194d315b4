"""A process that was started, as its supervisor sees it."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from kobai.processes.progress import Phase, Progress, new_file, read

LONGEST = 400
"""Characters of a process's last words."""


@dataclass(frozen=True)
class Start:
    """How a process is started."""

    name: str
    """As which it is spoken of."""
    command: Callable[[int], Sequence[str]]
    """What to run, from the descriptor of the file to tell progress to."""
    environment: Mapping[str, str]
    inherits: Sequence[int] = ()
    """Further open files that it has. Its standard output and error go to a log."""


class Process:
    """Within `with`, a process; it does not outlive that."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.name = start.name
        self.code: int | None = None
        self.seen = Progress()
        self.has_stepped = False
        self.longest = 0.0
        """The longest pause between two steps, in seconds."""
        self._lived = self._moved = self._ended = time.monotonic()

    def __enter__(self) -> Self:
        self._file, self._log = new_file(), tempfile.TemporaryFile()
        self._popen = subprocess.Popen(
            self.start.command(self._file.fileno()),
            env=dict(self.start.environment),
            # It ends when this process does, which tells the child to end too.
            stdin=subprocess.PIPE,
            # JAX ends with a page of addresses, which help no user.
            stdout=self._log,
            stderr=self._log,
            pass_fds=[self._file.fileno(), *self.start.inherits],
            # Ctrl-C in the terminal is for the supervisor alone, which passes it on.
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._popen.kill()
        self._popen.wait()
        if self._popen.stdin:
            self._popen.stdin.close()
        self._log.close()
        self._file.close()

    def look(self) -> None:
        """Read how far the process is, and when that has last changed."""
        found, before, now = read(self._file.fileno()), self.seen, time.monotonic()
        if found.beats != before.beats:
            self._lived = now
        if (found.phase, found.steps) != (before.phase, before.steps):
            if self.has_stepped:
                self.longest = max(self.longest, now - self._moved)
            is_step = found.phase == before.phase == Phase.TOGETHER
            self.has_stepped = self.has_stepped or is_step
            self._moved = now
        self.seen = found
        if self.code is None:
            self.code, self._ended = self._popen.poll(), now

    @property
    def silence(self) -> float:
        """For how many seconds a living process has given no sign of life."""
        return time.monotonic() - self._lived if self.code is None else 0.0

    @property
    def since_end(self) -> float:
        """For how many seconds an ended process has been gone."""
        return time.monotonic() - self._ended

    @property
    def stood(self) -> float:
        """For how many seconds it has not got on."""
        return time.monotonic() - self._moved

    def interrupt(self) -> None:
        """Do as Ctrl-C does."""
        self._popen.send_signal(signal.SIGINT)

    def last_words(self) -> str:
        """Return the last error that it has written to its standard error."""
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").splitlines()
        told = [line.strip() for line in lines if "rror: " in line]
        return told[-1].removeprefix("error: ")[:LONGEST] if told else ""
