"""From a table and the parameters of a model to all that it has learned."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kobai.data import Dataset, load_table
from kobai.data.identity import identity_of
from kobai.data.splits import Last
from kobai.errors import DataError
from kobai.explanations.shapley import background_rows
from kobai.formats import Model
from kobai.judging import Baselines, wanted_threshold
from kobai.judging.holding import calibrated, hold_out
from kobai.networks import Network
from kobai.networks.usual import suited_network, with_usual
from kobai.optimizers import OPTIMIZERS, Optimizer
from kobai.tabular.plan import as_keywords
from kobai.training import History, LossWatch, train

READING = (
    *("task", "drop", "keep", "category", "number", "text", "missing", "date_order"),
    *("class_weight", "encoding", "separator", "header", "seed"),
)
"""Parameters that `load_table` takes."""
CHOSEN = (
    *("hidden", "activation", "loss", "optimizer", "learning_rate", "batch_size"),
    *("epochs", "validation", "patience", "members"),
)
"""Parameters that are as they suit the data, where they are None."""
USUAL_TEST = 0.2


@dataclass(frozen=True)
class Fitted:
    """What a model of a table has learned, and what it is judged and explained by.

    `data` has the test rows alone; `background` `(m, width)` are training rows that a
    prediction is compared with; `identity` says of which rows it learned, and `values`,
    `(k,)` for each target of classes, which value of it each class is. `settings` are
    what was chosen for the training.
    """

    model: Model
    history: History
    data: Dataset
    baselines: Baselines
    background: np.ndarray | None
    identity: Mapping[str, Any]
    values: tuple[np.ndarray, ...]
    settings: Mapping[str, Any]


def learn(
    params: Mapping[str, Any],
    table: Any,
    target: Any,
    weight: Any,
    test: Any,
    test_size: Any,
    values: Callable[[Dataset], tuple[np.ndarray, ...]],
) -> Fitted:
    """Read a table, train the network that suits it, and judge what is simpler."""
    data = _read(params, table, target, weight, test, test_size)
    threshold = _wanted(params["threshold"])
    chosen = _chosen(params, data)
    held = hold_out(
        data,
        threshold=threshold,
        interval=params["interval"],
        seed=params["seed"],
        last=isinstance(test_size, Last),
        validation=chosen["validation"],
    )
    network = suited_network(
        data,
        hidden=chosen["hidden"],
        activation=chosen["activation"],
        loss=chosen.get("loss"),
        members=chosen["members"],
        seed=params["seed"],
        dtype=params["dtype"],
    )
    history = _trained(network, held.learned, params, chosen)
    found = calibrated(
        network,
        data,
        held,
        lambda text: warnings.warn(f"TableModel: {text}", stacklevel=5),
        threshold=threshold,
    )
    return Fitted(
        replace(Model.of(network, data), calibration=found),
        history,
        replace(data, x_train=data.x_train[:0], t_train=data.t_train[:0]),
        Baselines.of(data),
        background_rows(data),
        identity_of(data),
        values(data),
        chosen,
    )


def _read(
    params: Mapping[str, Any],
    table: Any,
    target: Any,
    weight: Any,
    test: Any,
    test_size: Any,
) -> Dataset:
    reading = {name: params[name] for name in READING}
    try:
        return load_table(
            table, target, weight=weight, test=test, test_size=test_size, **reading
        )
    except DataError as error:
        raise DataError(as_keywords(str(error))) from None


def _wanted(threshold: str | float | None) -> str | None:
    """Return a goal of a threshold, or refuse one that is none."""
    if threshold is None:
        return None
    wanted_threshold(str(threshold))
    return str(threshold)


def _chosen(params: Mapping[str, Any], data: Dataset) -> dict[str, Any]:
    """Return what suits the data where nothing was chosen; an optimizer is made."""
    wanted = {name: params[name] for name in CHOSEN}
    if isinstance(wanted["optimizer"], Optimizer):
        wanted |= {"optimizer": None, "learning_rate": None}
    hidden = wanted["hidden"]
    if isinstance(hidden, int | np.integer):
        wanted["hidden"] = (int(hidden),)
    return with_usual(wanted, data)


def _optimizer(params: Mapping[str, Any], chosen: Mapping[str, Any]) -> Optimizer:
    """Return the optimizer that was given, or that of the name and the rate."""
    given = params["optimizer"]
    if isinstance(given, Optimizer):
        return given
    options: dict[str, Any] = {"weight_decay": params["weight_decay"]}
    if "learning_rate" in chosen:
        options["learning_rate"] = chosen["learning_rate"]
    return OPTIMIZERS[chosen["optimizer"]](**options)


def _trained(
    network: Network,
    data: Dataset,
    params: Mapping[str, Any],
    chosen: Mapping[str, Any],
) -> History:
    history = train(
        network,
        data,
        sample_weight=data.sample_weight,
        optimizer=_optimizer(params, chosen),
        batch_size=chosen["batch_size"],
        epochs=chosen["epochs"],
        validation=chosen["validation"],
        patience=chosen["patience"],
        seed=params["seed"],
        engine=params["engine"],
        callbacks=[LossWatch(), *params["callbacks"]],
        progress=params["progress"],
    )
    if history.stopped and "diverged" in history.stopped:
        warnings.warn(f"TableModel: {history.stopped}", stacklevel=5)
    return history
