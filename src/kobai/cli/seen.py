"""What a run folder says of its run, whole, under way, or damaged."""

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from kobai.cli.folder import RunFolder
from kobai.cli.settings import Options
from kobai.errors import ModelFileError
from kobai.lock import holder
from kobai.run_folder import CHECKPOINT, LOCK, MODEL, RUN, RunError

SCORES = {
    "test_accuracy": "accuracy",
    "test_rmse": "RMSE",
    "test_loss": "loss",
}
"""What is measured on the test data, the most telling first, and what it is called."""


@dataclass(frozen=True)
class Seen:
    """A run: its state is done, running, stopped or damaged, and `why` says more."""

    path: Path
    state: str
    why: str = ""
    begun: datetime | None = None
    settings: Options | None = None
    results: Mapping[str, Any] = field(default_factory=dict)

    def number(self, name: str) -> float | None:
        """Return a result, if it is there and a finite number."""
        value = self.results.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return value if math.isfinite(value) else None

    @property
    def score(self) -> tuple[str, float] | None:
        """What the run is judged by, and how well it did."""
        for name, called in SCORES.items():
            value = self.number(name)
            if value is not None:
                return called, value
        return None

    @property
    def epochs(self) -> float | None:
        """How long it has been trained."""
        done = self.number("epochs")
        if done is None and self.state == "done" and self.settings:
            # Older runs do not say; one that is done has done what was asked for.
            return self.settings.epochs
        return done

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        score = self.score
        settings = self.settings.as_json() if self.settings else {}
        return {
            "run": str(self.path),
            "state": self.state,
            "why": self.why or None,
            "begun": self.begun.isoformat() if self.begun else None,
            "epochs": self.epochs,
            "seconds": self.number("seconds"),
            "score": {"name": score[0], "value": score[1]} if score else None,
            "settings": {name: _finite(value) for name, value in settings.items()},
            "results": {name: _finite(value) for name, value in self.results.items()},
        }


def is_run(path: Path) -> bool:
    """Tell whether a folder is that of a run, however damaged."""
    files = (path / name for name in (RUN, CHECKPOINT, MODEL))
    return path.is_dir() and (
        any(map(os.path.lexists, files)) or bool(holder(path / LOCK))
    )


def runs_in(folder: Path) -> Iterator[Path]:
    """Yield the run folders in a folder."""
    yield from (path for path in sorted(folder.iterdir()) if is_run(path))


def look(path: Path) -> Seen:
    """Return what a run folder says; damage is told, never raised."""
    # Before anything is read: what is running now may be done by then.
    who = holder(path / LOCK)
    try:
        content = RunFolder(path).read()
        settings = Options.from_json(content["settings"])
        results = content.get("results") or {}
        state, why = _state(path, who, results)
        if state == "running" or not results:
            results = _so_far(path)
    except (RunError, ModelFileError, TypeError) as error:
        if who and not os.path.lexists(path / RUN):
            return Seen(path, "running", who)
        return Seen(path, "damaged", str(error))
    begun = _time(content.get("begun") or content.get("written"))
    return Seen(path, state, why, begun, settings, results)


def _state(path: Path, who: str | None, results: Mapping[str, Any]) -> tuple[str, str]:
    """Return the state of a run, and why it is not done."""
    if who:
        return "running", who
    if not results:
        is_early = not os.path.lexists(path / CHECKPOINT)
        return "stopped", "killed before its first step" if is_early else "killed"
    # Reads it all, and raises ModelFileError where it is damaged.
    from kobai.formats import load_model
    from kobai.training.callbacks import STOPPED_EARLY

    load_model(path / MODEL)
    why = str(results.get("stopped") or "")
    # Early stopping is how such a run is meant to end.
    is_done = not why or why.startswith(STOPPED_EARLY)
    return ("done", "") if is_done else ("stopped", why)


def _so_far(path: Path) -> Mapping[str, Any]:
    """Return the results of a run that has not ended, from its last epoch."""
    if not os.path.lexists(path / CHECKPOINT):
        return {}
    from kobai.training.checkpoint import check_records, load_checkpoint

    content = load_checkpoint(path / CHECKPOINT)
    try:
        check_records(content["records"], content["step_losses"])
    except (KeyError, TypeError) as error:
        raise RunError(f"{path / CHECKPOINT}: damaged ({error!r})") from None
    last = content["records"][-1]
    renamed = {"epoch": "epochs", "step": "steps"}
    return {renamed.get(name, name): value for name, value in last.items()}


def _time(text: object) -> datetime | None:
    """Return a time in the zone of this computer; older runs may not say it."""
    try:
        return datetime.fromisoformat(str(text)).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
