"""Starts processes that work together, watches them, starts all again after a fault.

It knows nothing of what they do: a process lives while its beats grow, and gets on
while its steps do. The way is that of torchrun's elastic agent: end all, start all.
"""

import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from kobai.processes.child import AGAIN
from kobai.processes.interrupts import Interrupts
from kobai.processes.progress import Phase
from kobai.processes.started import Process, Start

INTERRUPTED = 130
# What a process has said itself: all is well, a check failed, the user can help.
ENDINGS = (0, 1, 2, INTERRUPTED)
# How those end that have lost another.
LATE = (-signal.SIGABRT, 128 + signal.SIGABRT, AGAIN)
LOOK = 0.05
# Seconds in which the first process says itself what others refuse too.
SAME = 2.0


@dataclass(frozen=True)
class Limits:
    """How long, in seconds, and how often something may go wrong."""

    starting: float = 60.0
    """Without the first sign of life: Python has much to load."""
    joining: int = 120
    """For the processes to come together; JAX ends those that are there then."""
    heartbeat: float = 8.0
    """Without a sign of life; a stopped process gives none."""
    first_step: float = 600.0
    """Without the first step of a training, which is compiled."""
    pause: float = 60.0
    """Without a step later on,"""
    longer: float = 20.0
    """or so many times as long as the longest pause between two steps before."""
    restarts: int = 3
    """In a row, none of which came any further than those before."""


@dataclass(frozen=True)
class Outcome:
    """How it all ended: with which exit code, and what there is to say about it."""

    code: int
    message: str = ""
    is_alone: bool = False
    """Whether the processes here waited for others that did not come."""


def supervise(
    starter: Callable[[int], Sequence[Start]],
    say: Callable[[str], None],
    limits: Limits = Limits(),
) -> Outcome:
    """Run processes to their common end, and start all again when one has a fault.

    `starter` says for an attempt, from 0, how to start them. A fault is what another
    attempt may not meet: an end by a signal, silence, standing still, the exit code
    `AGAIN`; `say` is told of each. Once so many attempts in a row have come no further
    the outcome says so, with code 2. Else the exit code of the first process is that
    of all. Ctrl-C is passed on; the second ends all at once. None outlives the call.
    """
    return _Supervisor(starter, say, limits).run()


class _FaultError(Exception):
    """A process ended, or stood still, in a way that another attempt may not meet."""


class _AloneError(_FaultError):
    """A process has waited for others that did not come."""


class _Supervisor:
    def __init__(
        self,
        starter: Callable[[int], Sequence[Start]],
        say: Callable[[str], None],
        limits: Limits,
    ) -> None:
        self.starter = starter
        self.say = say
        self.limits = limits
        self.processes: list[Process] = []
        self.interrupts = Interrupts()

    def run(self) -> Outcome:
        """Attempt it until it ends, or comes no further."""
        attempt, in_vain, furthest = 0, 0, -1
        with self.interrupts:
            while True:
                try:
                    return self._attempt(attempt)
                except _FaultError as fault:
                    problem = str(fault)
                    if isinstance(fault, _AloneError) and attempt == 0:
                        return Outcome(2, problem, is_alone=True)
                reached = max(each.seen.steps for each in self.processes)
                in_vain = 1 if reached > furthest else in_vain + 1
                furthest = max(furthest, reached)
                where = f"after step {reached:,}" if reached else "before it trained"
                problem = f"{problem}, {where}"
                if in_vain > self.limits.restarts:
                    return Outcome(2, f"{problem}; {self._attempts()} came no further")
                if not self.interrupts.count:
                    self.say(
                        f"{problem}. All start again from the last checkpoint "
                        f"({in_vain} of {self.limits.restarts})"
                    )
                    self._wait(in_vain - 1)
                if self.interrupts.count:
                    return Outcome(INTERRUPTED, f"interrupted; {problem}")
                attempt += 1

    def _attempts(self) -> str:
        more = self.limits.restarts
        return f"{more} more attempt{'s' * (more != 1)}"

    def _wait(self, seconds: float) -> None:
        """Give what is short, such as room on a disk, a moment to come back."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.interrupts.count:
            time.sleep(LOOK)

    def _attempt(self, number: int) -> Outcome:
        """Start all, and return how they ended; whatever happens, none stays."""
        with ExitStack() as ends:
            self.processes = []
            for start in self.starter(number):
                self.processes.append(ends.enter_context(Process(start)))
            while (outcome := self._look()) is None:
                time.sleep(LOOK)
            return outcome

    def _look(self) -> Outcome | None:
        """Return the outcome if there is one; raise `_FaultError` for a fault."""
        for process in self.processes:
            process.look()
        self._find_dead()
        first, *others = self.processes
        if first.code is not None:
            # The others have done their part, and wait for nothing but their end.
            return Outcome(first.code)
        for process in others:
            if process.code in (1, 2) and process.since_end > SAME:
                words = process.last_words() or f"it ended with code {process.code}"
                return Outcome(process.code, f"{process.name}: {words}")
        if self.interrupts.new():
            if self.interrupts.count > 1 or not self._are_all_past(Phase.JOINING):
                return Outcome(INTERRUPTED, "interrupted")
            for process in self.processes:
                process.interrupt()
        self._find_silent()
        self._find_standstill()
        return None

    def _are_all_past(self, phase: Phase) -> bool:
        return all(process.seen.phase > phase for process in self.processes)

    def _find_dead(self) -> None:
        """Raise for processes that a fault has ended; name the one that began it."""
        dead = [p for p in self.processes if p.code not in (None, *ENDINGS)]
        if not dead:
            return
        process = min(dead, key=lambda process: process.code in LATE)
        silent = [p for p in self.processes if p.silence > self.limits.heartbeat / 3]
        if process.code in LATE and silent:
            raise _FaultError(f"{silent[0].name} gave no sign of life")
        if process.code in LATE and process.seen.phase == Phase.JOINING:
            raise _AloneError(f"{process.name} waited for others that did not come")
        raise _FaultError(f"{process.name}{_ending(process)}")

    def _find_silent(self) -> None:
        limits = self.limits
        for process in self.processes:
            allowed = limits.heartbeat if process.seen.beats else limits.starting
            if process.silence > allowed:
                raise _FaultError(
                    f"{process.name} gave no sign of life for {allowed:g} s"
                )

    def _find_standstill(self) -> None:
        """Raise where all live and wait: for one that waits for something else."""
        if any(process.seen.phase != Phase.TOGETHER for process in self.processes):
            return
        limits = self.limits
        allowed = limits.first_step
        if any(process.has_stepped for process in self.processes):
            longest = max(process.longest for process in self.processes)
            allowed = max(limits.pause, limits.longer * longest)
        stood = min(process.stood for process in self.processes)
        if stood > allowed:
            raise _FaultError(f"all live, and none has taken a step for {stood:.0f} s")


def _ending(process: Process) -> str:
    code = process.code or 0
    words = process.last_words()
    if code == AGAIN and words:
        return f": {words}"
    because = f" ({words})" if words else ""
    if code >= 0:
        return f" ended with code {code}{because}"
    return f" was ended by {signal.Signals(-code).name}{because}"
