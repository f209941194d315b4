"""How well a network does on test data, in numbers."""

from typing import TYPE_CHECKING

import numpy as np

from kobai.functions import balanced_accuracy, log_loss, mae, r2, rmse

if TYPE_CHECKING:
    from kobai.data import Columns
    from kobai.networks import Network


def of_classes(y: np.ndarray, t: np.ndarray) -> dict[str, float]:
    """Return what `run.json` keeps of probabilities `(n, k)` for labels `(n,)`."""
    return {
        "balanced_accuracy": balanced_accuracy(y, t),
        "log_loss": log_loss(y, t),
    }


def of_numbers(y: np.ndarray, t: np.ndarray) -> dict[str, float]:
    """Return the same for numbers `(n, k)`, in the unit of the target."""
    return {"rmse": rmse(y, t), "mae": mae(y, t), "r2": r2(y, t)}


def of_table(
    network: "Network", columns: "Columns", x: np.ndarray, t: np.ndarray
) -> dict[str, float]:
    """Return the measures of a network that was trained on a table."""
    y = columns.decode(network.predict(x))
    if columns.target.classes:
        return of_classes(y, t)
    return of_numbers(y, columns.decode(t))
