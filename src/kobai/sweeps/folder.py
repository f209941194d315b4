"""A search on disk: a folder for each trial, and one file that says what was asked.

Only the parent writes these files; a trial without an outcome in its folder is missing.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kobai.errors import DataError, KobaiError
from kobai.files import check_regular, remove_leftovers, write_atomically
from kobai.run_folder import HISTORY, SWEEP
from kobai.sweeps.jobs import Outcome
from kobai.sweeps.space import Config, plain
from kobai.training import History

TRIAL = "trial.json"
DIGITS = 3


class SweepError(KobaiError, ValueError):
    """A search, or its folder, cannot be used; the message says why."""


@dataclass
class Trial:
    """A configuration, and what came of it, by length and repeat."""

    number: int
    config: Config
    outcomes: dict[tuple[int | None, int], Outcome] = field(default_factory=dict)

    @property
    def last(self) -> Outcome | None:
        """What came of it when it was trained longest, with its own seed."""
        own = [each for each in self.outcomes.values() if not each.repeat]
        return max(own, key=lambda each: each.length or 0, default=None)

    @property
    def seconds(self) -> float:
        """How long it took in all."""
        return sum(each.seconds for each in self.outcomes.values())

    def repeats(self, length: int | None) -> list[Outcome]:
        """Return what came of all its seeds, its own first."""
        found = [each for key, each in self.outcomes.items() if key[0] == length]
        return sorted(found, key=lambda each: each.repeat)


@dataclass(frozen=True)
class SweepFolder:
    """The folder of a search.

    One that is not kept goes with the search: nobody reads there what came of a trial.
    """

    path: Path
    is_kept: bool = True

    def place(self, number: int) -> Path:
        """Return the folder of a trial, numbered from 1."""
        return self.path / f"{number:0{DIGITS}d}"

    def write(self, asked: Mapping[str, Any]) -> None:
        """Write down what was asked for."""
        write_json(self.path / SWEEP, asked)

    def read(self) -> dict[str, Any]:
        """Return what was asked for; raise `SweepError` where it is not to be read."""
        file = self.path / SWEEP
        if not self.path.is_dir():
            raise SweepError(f"{self.path}: there is no such folder of a sweep")
        if not file.exists():
            raise SweepError(f"{self.path}: is no folder of a sweep: it has no {SWEEP}")
        found = read_json(file)
        if found is None:
            raise SweepError(
                f"{file}: damaged. The trials beside it are run folders, to be "
                "evaluated one by one; sweep anew in another folder"
            )
        return found

    def trials(self) -> Iterator[Trial]:
        """Yield the trials of which something is known, in their order."""
        for place in sorted(self.path.glob("[0-9]" * DIGITS + "*"), key=_number_of):
            trial = _read_trial(place)
            if trial is not None:
                yield trial

    def keep(self, trial: Trial) -> None:
        """Write down what is known of a trial, for who goes on with the search."""
        if not self.is_kept:
            return
        place = self.place(trial.number)
        place.mkdir(exist_ok=True)
        outcomes = [each.as_json() for each in trial.outcomes.values()]
        write_json(place / TRIAL, {"config": plain(trial.config), "outcomes": outcomes})

    def history(self, number: int) -> History | None:
        """Return the course of a trial's training, if it is there to be read."""
        try:
            return History.read_csv(self.place(number) / HISTORY)
        except (DataError, OSError):
            return None


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON with a checksum of what it says."""
    sealed = {**content, "checksum": _checksum(content)}
    text = json.dumps(sealed, indent=1, ensure_ascii=False) + "\n"
    raw = text.encode("utf-8", "backslashreplace")
    write_atomically(path, raw, through_links=False)


def read_json(path: Path) -> dict[str, Any] | None:
    """Return what JSON with a checksum says; None where it is missing or damaged."""
    try:
        check_regular(path)
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found if found.pop("checksum") == _checksum(found) else None
    except (OSError, ValueError, KeyError, AttributeError, RecursionError):
        return None


def _checksum(content: Mapping[str, Any]) -> str:
    # As it will be read: what is a tuple now is a list then.
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _read_trial(place: Path) -> Trial | None:
    number = _number_of(place)
    remove_leftovers(place / TRIAL)
    found = read_json(place / TRIAL)
    if number == 0 or found is None:
        return None
    outcomes = [Outcome(**each) for each in found["outcomes"]]
    return Trial(number, found["config"], {each.key: each for each in outcomes})


def _number_of(place: Path) -> int:
    return int(place.name) if place.name.isdecimal() else 0
