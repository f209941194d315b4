"""A sweep from the command line: the search, however it ends."""

from dataclasses import dataclass

from kobai.cli.asked import Asked
from kobai.cli.leaving import CtrlCError, describe
from kobai.cli.screen import command, short
from kobai.cli.sweep_ending import end
from kobai.cli.sweep_watch import watching
from kobai.run_folder import SWEEP
from kobai.sweeps.folder import SweepError, SweepFolder
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
        with crew(asked.trials, self.folder, self.workers, self.address) as workers:
            if not (self.folder.path / SWEEP).exists():
                self.folder.write(asked.as_json())
            try:
                with watching(search, asked.trials, self.quiet) as watch:
                    best = search.go(workers, watch)
            except KeyboardInterrupt:
                raise CtrlCError(self._interrupted(search)) from None
            except (SweepError, OSError) as error:
                raise SweepError(f"{told(error)} {self._go_on(search)}") from None
        end(asked, search, best, self.language, self.quiet)

    def _interrupted(self, search: Search) -> str:
        return f"interrupted. {self._go_on(search)}"

    def _go_on(self, search: Search) -> str:
        done = sum(trial.last is not None for trial in search.trials.values())
        if search.is_hopeless:
            return f"What came of each is in {short(self.folder.path)}; sweep anew"
        again = command("sweep", "--resume", short(self.folder.path))
        return f"{done} of {self.asked.plan.trials} trials are kept; to go on: {again}"


def told(error: Exception) -> str:
    """Return what went wrong as a sentence, to which another one may be added."""
    what = describe(error)
    return what if what.endswith((".", "?", "!")) else f"{what}."
