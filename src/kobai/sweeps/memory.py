"""A search that has no folder, in this process alone: it is kept in memory."""

from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kobai.sweeps.folder import Trial
from kobai.training import History
from kobai.training.checkpoint import InMemory


@dataclass
class TrialMemory:
    """What a trial has in place of a folder: its training, to go on with, and curves.

    Nobody goes on with a repeat.
    """

    checkpoint: InMemory = field(default_factory=InMemory)
    history: History | None = None


Place = Path | TrialMemory
"""Where the files of a trial are, or what stands for them."""


@dataclass
class SweepMemory:
    """What a search keeps in place of a folder, as long as it may be asked for.

    `going_on` says how many trials go on from each length. The network of one that is
    behind so many is forgotten at once.
    """

    going_on: Mapping[int | None, int]
    places: dict[int, TrialMemory] = field(default_factory=dict)
    leaders: dict[int | None, list[tuple[tuple[float, ...], int]]] = field(
        default_factory=dict
    )

    def place(self, number: int) -> TrialMemory:
        """Return the memory of a trial."""
        return self.places.setdefault(number, TrialMemory())

    def trials(self) -> Iterator[Trial]:
        """Yield no trials: nothing is known from before."""
        return iter(())

    def keep(self, trial: Trial) -> None:
        """Rank a trial among those of its length, and forget who is behind too many."""
        last = trial.last
        assert last is not None
        leaders = self.leaders.setdefault(last.length, [])
        found = (last.order, trial.number)
        if found not in leaders:
            insort(leaders, found)
        count = self.going_on[last.length]
        for _, number in leaders[count:]:
            self.place(number).checkpoint = InMemory()
        del leaders[count:]

    def history(self, number: int) -> History | None:
        """Return the course of a trial's training, if it had one."""
        return self.place(number).history
