"""What a sweep shows while it runs: a table that grows, or a line for each trial."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kobai.cli.screen import columns, console, counted, plain, say
from kobai.cli.trial import Trials
from kobai.sweeps.folder import Trial
from kobai.sweeps.halving import Rung
from kobai.sweeps.jobs import Outcome
from kobai.sweeps.search import Search, ranked

SHOWN = 10
PAUSE = 0.2
"""The table is drawn anew so often, in seconds, at most."""


class Lines:
    """Prints a line for each outcome; with `quiet` none."""

    def __init__(self, search: Search, metric: str, unit: str, quiet: bool) -> None:
        self.search = search
        self.metric = metric
        self.unit = unit
        self.quiet = quiet

    def begin(self, what: str, jobs: int, rung: Rung | None) -> None:
        """Say what is next."""
        if jobs and not self.quiet:
            say(self.title(jobs, rung))

    def title(self, jobs: int, rung: Rung | None) -> str:
        """Return what the jobs under way are."""
        if rung is None:
            return f"The best with other seeds: {counted(jobs, 'training')}"
        length = "" if rung.length is None else f", up to {rung.length} {self.unit}"
        return f"{counted(jobs, 'trial')}{length}"

    def tell(self, trial: Trial, outcome: Outcome) -> None:
        """Print what came of a job."""
        if self.quiet:
            return
        seed = f", seed +{outcome.repeat}" * bool(outcome.repeat)
        score = scored(outcome, self.metric)
        say(plain(f"  {trial.number:03d}{seed}  {score}  {told(trial.config)}"))


class Table(Lines):
    """Shows the best trials in a table that is drawn anew as they come."""

    def __init__(self, search: Search, metric: str, unit: str) -> None:
        super().__init__(search, metric, unit, quiet=False)
        self.live: Any = None
        self.heading = ""
        self.jobs = self.done = 0
        self._drawn = 0.0

    def begin(self, what: str, jobs: int, rung: Rung | None) -> None:
        """Say what is next."""
        if jobs:
            self.heading = self.title(jobs, rung)
            self.jobs, self.done = jobs, 0
            self._draw()

    def tell(self, trial: Trial, outcome: Outcome) -> None:
        """Take up what came of a job."""
        self.done += 1
        if self.done == self.jobs or time.monotonic() - self._drawn > PAUSE:
            self._draw()

    def _draw(self) -> None:
        from rich.console import Group
        from rich.text import Text

        self._drawn = time.monotonic()
        head = Text(f"{self.heading}: {self.done} done")
        table = table_of(self.search, self.metric, SHOWN)
        self.live.update(Group(head, table), refresh=True)


@contextmanager
def watching(search: Search, trials: Trials, quiet: bool) -> Iterator[Lines]:
    """Return who is told how a search goes: a table in a terminal, else lines."""
    unit = "steps" if trials.is_by_steps else "epochs"
    if quiet or not console().is_terminal:
        yield Lines(search, trials.metric, unit, quiet)
        return
    from rich.live import Live

    watch = Table(search, trials.metric, unit)
    with Live(console=console(), auto_refresh=False, transient=True) as watch.live:
        yield watch


def table_of(search: Search, metric: str, most: int) -> Any:
    """Return the best trials as a table."""
    names = list(search.plan.space)
    heads = ["trial", f"validation {metric}", "epochs", *map(_option, names), ""]
    table = columns(*heads, left=(0, *range(3, len(heads))))
    for trial in ranked(search.trials.values())[:most]:
        last = trial.last
        if last is None:
            continue
        score = scored(last, metric, of=trial.repeats(last.length))
        settings = (str(trial.config[name]) for name in names)
        epochs = last.shown.get("epochs", "")
        cells = [f"{trial.number:03d}", score, _short(epochs), *settings]
        table.add_row(*map(plain, (*cells, last.error or "")))
    return table


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _option(name: str) -> str:
    return name.replace("_", "-")


def scored(outcome: Outcome, metric: str, of: list[Outcome] | None = None) -> str:
    """Return the score of an outcome, with the ends of a range over seeds."""
    if outcome.error:
        return f"failed: {outcome.error}"[:60]
    if outcome.score is None:
        return "diverged"
    values = [
        each.shown[f"validation_{metric}"] for each in of or [outcome] if each.shown
    ]
    ends = f" ({min(values):.4f} to {max(values):.4f})" if len(values) > 1 else ""
    return f"{sum(values) / len(values):.4f}{ends}"


def told(config: dict[str, Any]) -> str:
    """Return a configuration in words."""
    return ", ".join(f"{_option(name)} {value}" for name, value in config.items())
