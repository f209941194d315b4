"""What the folder of a run on a table keeps beside its model."""

from pathlib import Path
from typing import TYPE_CHECKING

from kobai.errors import ModelFileError
from kobai.files import check_regular, safetensors_bytes, write_atomically
from kobai.judging import Baselines
from kobai.run_folder import BACKGROUND, LINEAR, RunError, RunFolder

if TYPE_CHECKING:
    import numpy as np

    from kobai.formats import Model

ROWS = "rows"


def write_background(folder: Path, rows: "np.ndarray") -> None:
    """Keep training rows in a run folder, as the network takes them.

    Not in the model, which people give to others.
    """
    content = safetensors_bytes({ROWS: rows}, {})
    write_atomically(folder / BACKGROUND, content, through_links=False)


def read_background(folder: Path, model: "Model") -> "np.ndarray | None":
    """Return the training rows that a run kept, or None for a model file alone."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = folder / BACKGROUND
    if not path.exists():
        return None
    try:
        check_regular(path)
        rows = load(path.read_bytes())[ROWS]
    except (OSError, SafetensorError, KeyError) as error:
        raise RunError(f"{path}: cannot be read ({error}); remove it") from None
    if rows.shape[1:] != model.network.inputs or not len(rows):
        raise RunError(f"{path}: is not of this model; remove it")
    return rows


def baselines_of(folder: RunFolder, model: "Model") -> Baselines | None:
    """Return what a run has kept to compare its network with; None without a table."""
    from kobai.formats import load_model

    if model.columns is None:
        return None
    try:
        counts = folder.class_counts()
        linear = load_model(folder.path / LINEAR).network
    except (RunError, ModelFileError, OSError):
        # A model file alone, or a run of an older Kobai.
        return Baselines(model.columns)
    return Baselines(model.columns, linear, counts)
