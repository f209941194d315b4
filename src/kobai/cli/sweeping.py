"""A sweep from the command line: the search, however it ends."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kobai.cli.asked import Asked
from kobai.cli.leaving import CtrlCError, describe
from kobai.cli.screen import short, to_resume
from kobai.cli.sweep_ending import report, write_ending
from kobai.cli.sweep_watch import watching
from kobai.run_folder import SWEEP
from kobai.sweeps.folder import SweepError, SweepFolder, Trial
from kobai.sweeps.search import Search
from kobai.sweeps.workers.crew import crew


@dataclass
class Sweeping:
    """A sweep under way."""

    asked: Asked
    folder: SweepFolder
    workers: int
    address: str | None
    language: str
    quiet: bool

    def go(self) -> None:
        """Search, and say what was found."""
        asked = self.asked
        search = Search(asked.plan, self.folder)
        try:
            with ended_as_by_ctrl_c():
                best = self._searched(search)
                results = write_ending(asked, search, self.folder, best, self.language)
        except KeyboardInterrupt:
            if not self._is_begun:
                raise
            raise CtrlCError(f"interrupted. {self._go_on(search)}") from None
        except (SweepError, OSError) as error:
            if not self._is_begun:
                raise
            raise SweepError(f"{told(error)} {self._go_on(search)}") from None
        if not self.quiet:
            report(asked, search, self.folder, best, results)

    def _searched(self, search: Search) -> Trial:
        trials = self.asked.trials
        with crew(trials, self.folder, self.workers, self.address) as workers:
            if not self._is_begun:
                self.folder.write(self.asked.as_json())
            with watching(search, trials, self.quiet) as watch:
                return search.go(workers, watch)

    @property
    def _is_begun(self) -> bool:
        return (self.folder.path / SWEEP).exists()

    def _go_on(self, search: Search) -> str:
        done = sum(trial.last is not None for trial in search.trials.values())
        again = to_resume("sweep", self.folder.path)
        if search.mistake:
            return f"Sweep anew; or, if no setting is wrong, mend it and go on: {again}"
        if search.is_hopeless:
            return f"What came of each is in {short(self.folder.path)}; sweep anew"
        return f"{done} of {self.asked.plan.trials} trials are kept; to go on: {again}"


def told(error: Exception) -> str:
    """Return what went wrong as a sentence, to which another one may be added."""
    what = describe(error)
    return what if what.endswith((".", "?", "!")) else f"{what}."


@contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """Within `with`, take SIGTERM, by which batch systems end a job, for Ctrl-C.

    Where Ctrl-C is ignored, as in a shell's background job, SIGTERM ends the process.
    """
    is_ignored = signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None)
    if is_ignored or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(
        signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT)
    )
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)
