"""A trained network named on the command line, by its run folder or its file."""

from pathlib import Path
from typing import TYPE_CHECKING

from kobai.cli.folder import RunFolder
from kobai.cli.screen import command
from kobai.cli.settings import Options
from kobai.errors import ModelFileError
from kobai.run_folder import MODEL, RunError, check_no_sweep

if TYPE_CHECKING:
    from kobai.formats import Model

MOST_RUNS = 8
"""Of more runs the newest are named where one was not found."""


def find_model(run: str) -> "Model":
    """Return the model of a run folder, or of a model file."""
    from kobai.formats import load_model

    path = Path(run).expanduser()
    if not path.exists():
        raise RunError(f"{run}: there is no such run. {known_runs(path)}")
    if path.is_dir():
        path = path / MODEL
    if not path.exists():
        check_no_sweep(path.parent)
        raise RunError(
            f"{run}: has no {MODEL}; the training has not ended, or this is no run "
            "folder"
        )
    try:
        return load_model(path)
    except ModelFileError:
        if path.suffix == Path(MODEL).suffix:
            raise
        raise RunError(
            f"{run}: is no trained network; RUN is a run folder, such as "
            f"runs/digits-1, or a model file ({Path(MODEL).suffix})"
        ) from None


def known_runs(path: Path) -> str:
    """Return a sentence that names the run meant by a path, or all that there are."""
    from kobai.errors import meant

    # By their names alone: in one folder, all paths begin alike.
    runs = {file.parent.name: file.parent for file in Path("runs").glob(f"*/{MODEL}")}
    if not runs:
        return f"Train a network first: {command('train')}"
    if near := meant(path.name, sorted(runs)):
        return f'Did you mean "{runs[near]}"?'
    newest = sorted(runs.values(), key=lambda run: run.stat().st_mtime)[-MOST_RUNS:]
    left = len(runs) - len(newest)
    more = f" and {left:,} older ones: {command('runs')}" if left else ""
    return f"There are {', '.join(map(str, sorted(newest)))}{more or '.'}"


def settings_of(run: str) -> Options:
    """Return the settings of a run, which say what data it was trained on."""
    folder = RunFolder(Path(run).expanduser())
    if not folder.path.is_dir():
        raise RunError(f"{run}: a model file alone does not say its data; name them")
    return folder.settings()
