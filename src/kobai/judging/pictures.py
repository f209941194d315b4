"""Pictures of how good a network is."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kobai.data import Dataset
    from kobai.networks import Network


def predicted_drawing(
    network: "Network", data: "Dataset", language: str
) -> "Callable[[], Figure] | None":
    """Return what draws the predictions for test data; None for classes.

    Of a table it is in the unit of each target that is a number.
    """
    import numpy as np

    from kobai.functions import r2, rmse
    from kobai.networks.losses import losses_of_numbers
    from kobai.plots import errors_note, predicted_and_true

    t = data.t_test
    parts = data.columns.parts if data.columns else ()
    numbers = [part for part in parts if not part.classes]
    is_regression = network.loss_name in losses_of_numbers() and t.dtype.kind == "f"
    if data.classes or not (is_regression or numbers) or not t.size:
        return None
    y = network.predict(data.x_test)
    names: tuple[str, ...] = ()
    if numbers:
        found = [p.columns.decode(y[:, p.outputs]) for p in numbers]
        true = [p.columns.decode(p.of(t)) for p in numbers]
        y, t = (np.concatenate(each, axis=1) for each in (found, true))
        names = tuple(part.name for part in numbers)
    elif data.columns:
        y, t = data.columns.decode(y), data.columns.decode(t)
        names = data.columns.target.names
    y, t = (np.asarray(a, float).reshape(len(a), -1) for a in (y, t))
    with np.errstate(all="ignore"):
        pairs = zip(y.T, t.T, strict=True)
        notes = [errors_note(r2(*pair), rmse(*pair)) for pair in pairs]
    return partial(predicted_and_true, y, t, names, language, notes=notes)
