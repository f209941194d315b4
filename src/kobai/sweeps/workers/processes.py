"""Who does the jobs on this machine: this process, or workers that live for them all.

A worker uses one thread, of BLAS and of all else: there are as many workers as cores.
"""

import os
import shutil
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kobai.engines.machine.blas import blas_threads
from kobai.errors import KobaiError, missing_extra
from kobai.files import not_forced
from kobai.sweeps.fitting import refusal_of
from kobai.sweeps.folder import SweepError, SweepFolder
from kobai.sweeps.jobs import Job, Outcome, Work, failed
from kobai.sweeps.memory import Place, SweepMemory
from kobai.sweeps.workers.payload import read_work, write_work
from kobai.training.interrupt import DeferredInterrupt

ONE_THREAD = {
    f"{name}_NUM_THREADS": "1"
    for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "BLIS", "VECLIB_MAXIMUM")
}
MOST_DEATHS = 3
"""So often workers may be killed, with nothing done in between."""
AHEAD = 2
"""So many jobs for each worker are asked for at a time."""
LEAVE = 1.0
"""So many seconds a pool has to take on what it was asked for last, and to close."""
GLANCE = 0.2
"""So often, in seconds, a worker looks for its parent, and the parent for Ctrl-C."""


def do(work: Work, job: Job, place: Place) -> Outcome:
    """Do a job in a process that is used for nothing else meanwhile.

    What cannot be trained is an outcome too: others may be. What the system refuses, a
    full disk say, is none: it is raised, so that the job is still to be done.
    """
    if isinstance(place, Path):
        place.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    try:
        with blas_threads(1), not_forced():
            outcome = work(job, place)
    except (KobaiError, ValueError, ArithmeticError, MemoryError) as error:
        if refusal := refusal_of(error):
            raise refusal from None
        # Numbers that overflow and memory that is short are of one trial's settings.
        of_size = isinstance(error, ArithmeticError | MemoryError)
        outcome = failed(job, error, is_mistake=not of_size)
    except SystemExit as error:
        outcome = failed(job, ValueError(f"it left by exit({error.code!r})"))
    return replace(outcome, seconds=time.perf_counter() - began)


def until_done(
    jobs: Sequence[Job],
    until_killed: Callable[[Sequence[Job]], Iterator[tuple[Job, Outcome]]],
    told: Callable[[int, Job], str],
) -> Iterator[tuple[Job, Outcome]]:
    """Yield the outcomes of jobs; those are asked for again whose workers were killed.

    `until_killed` yields outcomes as they come, and ends early where workers are
    killed. Raises SweepError, as `told` of the deaths and the next job, after
    `MOST_DEATHS` with nothing done in between.
    """
    left, deaths = list(jobs), 0
    while left:
        for job, outcome in until_killed(left):
            left.remove(job)
            deaths = 0
            yield job, outcome
        deaths += bool(left)
        if deaths >= MOST_DEATHS:
            raise SweepError(told(deaths, left[0]))


class Here:
    """This process does the jobs, one after the other."""

    def __init__(self, work: Work, folder: SweepFolder | SweepMemory) -> None:
        self.work = work
        self.folder = folder

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield the outcomes of jobs as they come."""
        for job in jobs:
            yield job, do(self.work, job, self.folder.place(job.trial))

    def close(self) -> None:
        """Do nothing: there is nobody to send home."""


class Processes:
    """Several processes do the jobs; one that is killed is replaced."""

    def __init__(self, work: Work, folder: SweepFolder, count: int) -> None:
        self.folder = folder
        self.count = count
        self.scratch = tempfile.TemporaryDirectory(prefix="kobai-sweep-")
        self.file = Path(self.scratch.name, "work")
        try:
            write_work(work, self.file)
        except BaseException:
            self.scratch.cleanup()
            raise
        self.pool: Any = None
        self.asked: dict[Any, Job] = {}

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Yield the outcomes of jobs as they come."""
        return until_done(jobs, self._until_killed, _killed_over)

    def _until_killed(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        from concurrent.futures import FIRST_COMPLETED, wait
        from concurrent.futures.process import BrokenProcessPool

        pool, waiting = self._pool(), deque(jobs)
        asked = self.asked = {}
        try:
            # An exception amid waiting would keep the locks of the pool for ever.
            with DeferredInterrupt() as interrupt:
                while waiting or asked:
                    # No more than the pool takes on at once; see `_dismiss`.
                    while waiting and len(asked) < AHEAD * self.count:
                        job = waiting.popleft()
                        place = self.folder.place(job.trial)
                        asked[pool.submit(_do_there, job, place)] = job
                    done, _ = wait(asked, GLANCE, FIRST_COMPLETED)
                    for future in done:
                        yield asked.pop(future), future.result()
                    if interrupt.requested:
                        raise KeyboardInterrupt
        except BrokenProcessPool:
            self._dismiss()

    def _pool(self) -> Any:
        if self.pool is None:
            try:
                from joblib.externals.loky import ProcessPoolExecutor
            except ImportError as error:
                raise missing_extra("several workers", error, "sweep") from error
            self.pool = ProcessPoolExecutor(
                self.count,
                initializer=_begin,
                initargs=(str(self.file), os.getpid()),
                env=ONE_THREAD,
            )
        return self.pool

    def _dismiss(self) -> None:
        if self.pool is not None:
            # What it has not taken on when it is shut down it would look for in vain.
            end = time.monotonic() + LEAVE
            while any(map(_is_untaken, self.asked)) and time.monotonic() < end:
                time.sleep(0.005)
            # Who leaves before its locks are given back is told that they leaked.
            closing = {"wait": True, "kill_workers": True}
            thread = threading.Thread(
                target=self.pool.shutdown, kwargs=closing, daemon=True
            )
            thread.start()
            thread.join(LEAVE)
            self.pool = None

    def close(self) -> None:
        """End the workers, whatever they are doing."""
        self._dismiss()
        self.scratch.cleanup()


def _killed_over(deaths: int, job: Job) -> str:
    return (
        f"the workers were killed {deaths} times over trial {job.trial}, most often "
        "because memory is short. Take fewer jobs, or smaller networks"
    )


def _is_untaken(future: Any) -> bool:
    return not (future.running() or future.done())


_WORK: list[Work] = []


def _begin(file: str, parent: int) -> None:
    """Get a worker ready: with the work, deaf to Ctrl-C, and not to outlive others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, args=(parent, file), daemon=True).start()
    try:
        _WORK[:] = [read_work(Path(file))]
    except FileNotFoundError:
        # The search was over before this process began.
        os._exit(0)


def _follow(parent: int, file: str) -> None:
    """End this process once its parent has: nobody would hear of what it does.

    Nobody else is left to remove the file with the work.
    """
    while os.getppid() == parent or os.name == "nt":
        time.sleep(GLANCE)
    shutil.rmtree(Path(file).parent, ignore_errors=True)
    os._exit(1)


def _do_there(job: Job, place: Path) -> Outcome:
    return do(_WORK[0], job, place)
