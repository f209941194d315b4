"""The folder of a run as commands use it, and what they write beside it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kobai import run_folder
from kobai.cli.settings import Options
from kobai.files import write_atomically
from kobai.run_folder import RUN, RunError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURES = (".png", ".svg", ".pdf")
LESSONS = Path("learn")
"""Where a learner's files are, unless another folder is named."""


class RunFolder(run_folder.RunFolder):
    """A run folder, whose settings are the options of the command."""

    def settings(self) -> Options:
        """Return the settings that `run.json` holds."""
        try:
            return Options.from_json(self.read()["settings"])
        except TypeError as error:
            raise RunError(
                f"{self.path / RUN}: damaged ({error}); train anew"
            ) from None


def check_place(path: Path) -> None:
    """Refuse a place where nothing can be written, before the work is done."""
    parent = path.absolute().parent
    while not os.path.lexists(parent) and parent != parent.parent:
        parent = parent.parent
    if not parent.exists():
        raise RunError(f"{path}: cannot be written: {parent} is a link to nothing")
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


def write_figure(path: Path, figure: "Figure", *, through_links: bool = True) -> None:
    """Write a figure in the format that the ending of its name says."""
    from kobai.plots.picture import encoded

    write_picture(path, encoded(figure, path.name), through_links=through_links)


def write_picture(path: Path, picture: bytes, *, through_links: bool = True) -> None:
    """Write a picture, in a folder that need not be there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, picture, through_links=through_links)
