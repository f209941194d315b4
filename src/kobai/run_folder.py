"""A run on disk: a folder of plain files."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kobai.errors import KobaiError
from kobai.files import check_regular, remove_leftovers, write_atomically
from kobai.version import __version__

MODEL = "model.safetensors"
HISTORY = "history.csv"
CURVES = "curves.png"
RUN = "run.json"
CHECKPOINT = "checkpoint.safetensors"
LOCK = ".lock"
SWEEP = "sweep.json"
START = "start.safetensors"
BACKGROUND = "background.safetensors"
LINEAR = "linear.safetensors"
PREDICTED = "predicted-and-true.png"
DESCRIBED = {
    MODEL: "the trained network",
    START: "the network that it went on from",
    LINEAR: "a linear model, to compare it with",
    CURVES: "the curves, as a picture",
    PREDICTED: "what it predicts, over what is true",
    HISTORY: "the same as numbers",
    RUN: "settings and results",
    BACKGROUND: "training rows that predictions are compared with",
}
OWN = (MODEL, HISTORY, CURVES, RUN, CHECKPOINT, START, LINEAR, BACKGROUND)
"""What a run writes."""
UNSEALED = {"settings", "results", "data", "versions", "written"}
"""What a `run.json` has that was written before there were checksums."""


class RunError(KobaiError, ValueError):
    """A run folder cannot be used; the message says why."""


def check_no_sweep(path: Path) -> None:
    """Refuse the folder of a sweep where that of a run is needed."""
    if (path / SWEEP).is_file():
        raise RunError(
            f"{path}: is the folder of a sweep, whose trials are the runs: name one of "
            f"them, such as {path / '001'}. kobai sweep --resume goes on with the sweep"
        )


@dataclass(frozen=True)
class RunFolder:
    """The folder of one training run."""

    path: Path

    @property
    def checkpoint(self) -> Path:
        """Where the run under way is kept."""
        return self.path / CHECKPOINT

    @property
    def start(self) -> Path:
        """Where the network is that a warm start went on from."""
        return self.path / START

    @property
    def model(self) -> Path:
        """Where the trained network is."""
        return self.path / MODEL

    def read(self) -> dict[str, Any]:
        """Return what `run.json` says."""
        file = self.path / RUN
        if not self.path.is_dir():
            raise RunError(f"{self.path}: there is no such run folder")
        try:
            check_regular(file)
            return _checked(json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            check_no_sweep(self.path)
            raise RunError(f"{self.path}: not a run folder: it has no {RUN}") from None
        except OSError as error:
            raise RunError(f"{file}: cannot be read ({error.strerror})") from None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise RunError(f"{file}: damaged ({error!r}); train anew") from None

    def identity(self) -> tuple[str, list[str]]:
        """Return the checksum of the data, and marks of rows that were trained on.

        Both are empty where an older Kobai wrote the run.
        """
        known = self.read().get("data")
        found = known if isinstance(known, dict) else {}
        return str(found.get("checksum", "")), str(found.get("trained_on", "")).split()

    def class_counts(self) -> tuple[int, ...]:
        """Return how many rows of each class were trained on, as far as is known."""
        known = self.read().get("data")
        found = known.get("class_counts", []) if isinstance(known, dict) else []
        is_right = isinstance(found, list) and all(type(n) is int for n in found)
        return tuple(found) if is_right else ()

    def write(
        self,
        settings: Mapping[str, Any],
        results: Mapping[str, Any],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Write `run.json`: settings, results, and versions of what computed them.

        `data` says what they were, as `kobai.data.identity.identity_of` has it.
        """
        import numpy as np

        now = datetime.now(UTC).isoformat(timespec="seconds")
        content = {
            "settings": dict(settings),
            "results": dict(results),
            **({"data": dict(data)} if data is not None else {}),
            "versions": {
                "kobai": __version__,
                "numpy": np.__version__,
                "python": platform.python_version(),
                "machine": f"{platform.system()} {platform.machine()}",
            },
            "begun": self._begun() or now,
            "written": now,
        }
        content["checksum"] = _checksum(content)
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        # Of a file's name that is no text, JSON can hold the halves of characters.
        raw = text.encode("utf-8", "backslashreplace")
        write_atomically(self.path / RUN, raw, through_links=False)

    def _begun(self) -> object:
        """Return when the run began, if it has."""
        try:
            return self.read().get("begun")
        except RunError:
            return None

    def check_files(self) -> None:
        """Refuse a folder in which a link or a pipe stands where a file is written."""
        for name in OWN:
            path = self.path / name
            if path.is_symlink():
                raise RunError(
                    f"{path}: is a link to {os.readlink(path)}; a run writes into its "
                    "own folder alone: remove the link, or put a copy in its place"
                )
            if path.exists() and not path.is_file():
                raise RunError(f"{path}: is no file; put the file back in its place")

    def remove_leftovers(self) -> None:
        """Remove what killed processes left half written."""
        for name in OWN:
            remove_leftovers(self.path / name)

    def remove_beginnings(self) -> None:
        """Remove what a run wrote that never began; one that can resume stays."""
        if not self.checkpoint.exists():
            self.remove_leftovers()
            for name in (RUN, START):
                (self.path / name).unlink(missing_ok=True)


def _checked(content: Any) -> dict[str, Any]:
    """Return what a `run.json` holds, if it is whole; an older one has no checksum."""
    if not isinstance(content["settings"], dict):
        raise TypeError("settings")
    if not isinstance(content.get("results", {}), dict):
        raise TypeError("results")
    found = dict(content)
    # A damaged file must not pass for an old one because the name itself is damaged.
    is_old = found.keys() <= UNSEALED
    if found.pop("checksum", None) != _checksum(found) and not is_old:
        raise ValueError("its checksum is wrong")
    return found


def _checksum(content: Mapping[str, Any]) -> str:
    """Return a checksum of what JSON says, in whatever order and layout."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
