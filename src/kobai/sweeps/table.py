"""All trials of a search as a table: a row for each, the best first."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kobai.files import write_atomically
from kobai.sweeps.folder import Trial
from kobai.sweeps.search import ranked
from kobai.sweeps.space import plain

TABLE = "sweep.csv"


def rows(trials: Iterable[Trial]) -> list[dict[str, Any]]:
    """Return what is known of each trial, the best first."""
    return [_row(trial) for trial in ranked(trials)]


def _row(trial: Trial) -> dict[str, Any]:
    last = trial.last
    row = {"trial": trial.number, **plain(trial.config)}
    if last is None:
        return row
    row |= {"score": last.score, **last.shown, "seconds": round(trial.seconds, 3)}
    others = trial.repeats(last.length)
    if len(others) > 1:
        scores = [each.score for each in others if each.score is not None]
        row |= {"seeds": len(others)}
        row |= {"score_low": min(scores), "score_high": max(scores)} if scores else {}
    return row | {"stopped": last.error or last.stopped}


def write_table(path: Path, trials: Iterable[Trial]) -> None:
    """Write the table as CSV, with all digits."""
    found = rows(trials)
    names = list(dict.fromkeys(name for row in found for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    write_atomically(path, text.getvalue().encode("utf-8", "backslashreplace"))
