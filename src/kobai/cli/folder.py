"""A run on disk: a folder of plain files, made when it is clear that they will come."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli.settings import Options
from kobai.errors import KobaiError
from kobai.files import write_atomically
from kobai.version import __version__

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kobai.data import Dataset

MODEL = "model.safetensors"
HISTORY = "history.csv"
CURVES = "curves.png"
RUN = "run.json"
CHECKPOINT = "checkpoint.safetensors"
PICTURES = (".png", ".svg", ".pdf")
DESCRIBED = {
    MODEL: "the trained network",
    CURVES: "the curves, as a picture",
    HISTORY: "the same as numbers",
    RUN: "settings and results",
}


class RunError(KobaiError, ValueError):
    """A run folder cannot be used; the message says why."""


@dataclass(frozen=True)
class RunFolder:
    """The folder of one training run."""

    path: Path

    @property
    def checkpoint(self) -> Path:
        """Where the run under way is kept."""
        return self.path / CHECKPOINT

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
            content = json.loads(file.read_text(encoding="utf-8"))
            if not isinstance(content["settings"], dict):
                raise TypeError("settings")
            if not isinstance(content.get("results", {}), dict):
                raise TypeError("results")
        except FileNotFoundError:
            raise RunError(f"{self.path}: not a run folder: it has no {RUN}") from None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise RunError(f"{file}: damaged ({error!r}); train anew") from None
        return dict(content)

    def identity(self) -> tuple[str, list[str]]:
        """Return the checksum of the data, and marks of rows that were trained on.

        Both are empty where an older Kobai wrote the run.
        """
        known = self.read().get("data")
        found = known if isinstance(known, dict) else {}
        return str(found.get("checksum", "")), str(found.get("trained_on", "")).split()

    def settings(self) -> Options:
        """Return the settings that `run.json` holds."""
        try:
            return Options.from_json(self.read()["settings"])
        except TypeError as error:
            raise RunError(
                f"{self.path / RUN}: damaged ({error}); train anew"
            ) from None

    def write(
        self,
        settings: Mapping[str, Any],
        results: Mapping[str, Any],
        data: "Dataset | None" = None,
    ) -> None:
        """Write `run.json`: settings, results, and versions of what computed them.

        Of the data it says how the test rows were drawn, by what it is known again,
        and by what some of the rows are that were trained on.
        """
        import numpy as np

        content = {
            "settings": dict(settings),
            "results": dict(results),
            **({"data": _identity(data)} if data is not None else {}),
            "versions": {
                "kobai": __version__,
                "numpy": np.__version__,
                "python": platform.python_version(),
                "machine": f"{platform.system()} {platform.machine()}",
            },
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        write_atomically(self.path / RUN, text.encode())

    def create(self) -> None:
        """Make the folder, and those above it."""
        self.path.mkdir(parents=True, exist_ok=True)

    def discard(self) -> None:
        """Remove the folder of a run that never began; one that can resume stays."""
        if self.checkpoint.exists():
            return
        for file in [*self.path.glob(".*.tmp"), self.path / RUN]:
            file.unlink(missing_ok=True)
        try:
            self.path.rmdir()
        except OSError:
            return


def _identity(data: "Dataset") -> dict[str, Any]:
    from kobai.data.checksum import checksum_of, sampled_marks

    return {
        "training_rows": len(data.x_train),
        "test_rows": len(data.x_test),
        "drawn": data.drawn,
        "checksum": checksum_of(data),
        "trained_on": " ".join(sampled_marks(data.x_train, data.t_train)),
    }


def fresh_folder(wanted: str | None, data: str) -> RunFolder:
    """Return a run folder that does not exist yet but can be made.

    Without a name it is the next number of `runs/<data>-<number>`. Raises `RunError`
    where the folder exists, or cannot be made.
    """
    path = Path(wanted).expanduser() if wanted else _next_number(_stem(data))
    if path.exists() and not _is_empty_folder(path):
        raise RunError(
            f"--run {path}: exists already. Choose another name, or go on with that "
            f"run: --resume --run {path}"
        )
    check_place(path)
    return RunFolder(path)


def _stem(data: str) -> str:
    """Return a file's name without its endings, both of data.csv.gz."""
    stem = Path(data).stem
    return stem.removesuffix(".csv").removesuffix(".tsv")


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _next_number(name: str) -> Path:
    numbers = [
        int(path.name.removeprefix(f"{name}-"))
        for path in Path("runs").glob(f"{name}-*")
        if path.name.removeprefix(f"{name}-").isdecimal()
    ]
    return Path("runs") / f"{name}-{max(numbers, default=0) + 1}"


def check_place(path: Path) -> None:
    """Refuse a place where nothing can be written, before the work is done."""
    parent = path.absolute().parent
    while not parent.exists() and parent != parent.parent:
        parent = parent.parent
    if not parent.is_dir():
        raise RunError(f"{path}: cannot be written: {parent} is a file, not a folder")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise RunError(
            f"{path}: cannot be written: the folder {parent} is read-only for you. "
            "Choose another place."
        )


def check_picture(path: Path) -> None:
    """Refuse a picture that cannot be written, before it is drawn."""
    if path.is_dir():
        raise RunError(f"{path}: is a folder; name a file, such as {path}/picture.png")
    if path.suffix.lower() not in PICTURES:
        raise RunError(
            f"{path}: the name of a picture ends in {', '.join(PICTURES)}; "
            f"write {path.with_suffix('.png')}"
        )
    check_place(path)


def write_figure(path: Path, figure: "Figure") -> None:
    """Write a figure in the format that the ending of its name says."""
    picture = BytesIO()
    figure.savefig(picture, format=path.suffix.removeprefix(".").lower())
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, picture.getvalue())
