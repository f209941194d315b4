"""The training rows of a run that the predictions of a table are compared with."""

from pathlib import Path
from typing import TYPE_CHECKING

from kobai.cli.folder import BACKGROUND, RunError
from kobai.files import check_regular, safetensors_bytes, write_atomically

if TYPE_CHECKING:
    import numpy as np

    from kobai.data import Dataset
    from kobai.formats import Model

ROWS = "rows"


def write_background(folder: Path, data: "Dataset") -> None:
    """Keep some training rows in a run folder, as the network takes them.

    Not in the model, which people give to others.
    """
    from kobai.explanations.shapley import background_rows

    content = safetensors_bytes({ROWS: background_rows(data)}, {})
    write_atomically(folder / BACKGROUND, content, through_links=False)


def read_background(run: str, model: "Model") -> "np.ndarray | None":
    """Return the training rows that a run kept, or None for a model file alone."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = Path(run).expanduser() / BACKGROUND
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
