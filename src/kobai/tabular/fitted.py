"""From a table and the parameters of a model to all that it has learned."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kobai.data import Dataset
from kobai.formats import Model
from kobai.judging import Baselines, wanted_threshold
from kobai.judging.holding import Held, calibrated, hold_out
from kobai.networks import Network
from kobai.networks.usual import suited_network, with_usual
from kobai.optimizers import Optimizer
from kobai.optimizers.base import optimizer_named
from kobai.tabular.table import Table
from kobai.training import History, LossWatch, train

CHOSEN = (
    *("hidden", "activation", "loss", "optimizer", "learning_rate", "batch_size"),
    *("epochs", "validation", "patience", "members"),
)
"""Parameters that are as they suit the data, where they are None."""
OF_TRAINING = ("batch_size", "epochs", "validation", "patience")


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


@dataclass(frozen=True)
class Fitting:
    """A model of a table between its parameters and what it has learned.

    `chosen` are parameters with what suits the table where nothing was said; `network`
    is yet to be trained, on `held.learned`, with the `options` of `kobai.train`.
    """

    params: Mapping[str, Any]
    table: Table
    chosen: Mapping[str, Any]
    held: Held
    network: Network

    @staticmethod
    def of(params: Mapping[str, Any], table: Table) -> "Fitting":
        """Hold out the rows that are needed, and make the network."""
        data, chosen = table.data, _chosen(params, table.data)
        held = hold_out(
            data,
            threshold=_wanted(params["threshold"]),
            interval=params["interval"],
            seed=params["seed"],
            last=table.is_last,
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
        return Fitting(params, table, chosen, held, network)

    @property
    def options(self) -> dict[str, Any]:
        """How the network is trained."""
        return {
            "sample_weight": self.held.learned.sample_weight,
            "optimizer": _optimizer(self.params, self.chosen),
            **{name: self.chosen[name] for name in OF_TRAINING},
            **{name: self.params[name] for name in ("seed", "engine")},
        }

    def end(self, history: History, note: Callable[[str], None]) -> Fitted:
        """Return all that was learned; `note` is told what could not be found."""
        data = self.table.data
        threshold = _wanted(self.params["threshold"])
        found = calibrated(self.network, data, self.held, note, threshold=threshold)
        return Fitted(
            replace(Model.of(self.network, data), calibration=found),
            history,
            replace(data, x_train=data.x_train[:0], t_train=data.t_train[:0]),
            self.table.baselines,
            self.table.background,
            self.table.identity,
            self.table.values,
            self.chosen,
        )


def learn(params: Mapping[str, Any], table: Table) -> Fitted:
    """Train the network that suits a table, and judge what is simpler."""
    fitting = Fitting.of(params, table)
    history = train(
        fitting.network,
        fitting.held.learned,
        **fitting.options,
        callbacks=[LossWatch(), *params["callbacks"]],
        progress=params["progress"],
    )
    if history.stopped and "diverged" in history.stopped:
        warnings.warn(f"TableModel: {history.stopped}", stacklevel=3)
    return fitting.end(
        history, lambda text: warnings.warn(f"TableModel: {text}", stacklevel=6)
    )


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
    return optimizer_named(chosen["optimizer"])(**options)
