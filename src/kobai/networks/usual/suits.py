"""The network that suits a data set, and how to train it, where nothing is said."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from kobai.keywords import checked_keywords
from kobai.networks.activations import activation_of
from kobai.networks.layers import Dense, Flatten
from kobai.networks.network import Network
from kobai.networks.usual.defaults import Data, usual_settings
from kobai.networks.usual.outputs import made, output_layer, outputs, usual_loss
from kobai.networks.usual.tables import tabular
from kobai.optimizers import OPTIMIZERS


@checked_keywords
def suited(
    data: Data,
    *,
    hidden: Sequence[int] | None = None,
    activation: str | None = None,
    loss: str | None = None,
    members: int | None = None,
    seed: int = 0,
    dtype: DTypeLike = np.float32,
) -> tuple[Network, dict[str, Any]]:
    """Return a network that suits a data set, and the settings of its training.

    They are what `kobai train` takes where no option says otherwise, so that
    `kobai.train(network, data, **settings)` is the same run. `hidden` has the units of
    each hidden layer; `activation` and `loss` are names in `ACTIVATIONS` and `LOSSES`;
    `members` is how many networks answer together, as an `Ensemble` if there are
    several; what is None follows from the data.
    Raises ValueError for what no network can be made of.

    >>> from kobai.data import load_digits
    >>> network, settings = suited(load_digits())
    >>> network.loss_name, network.size
    ('cross_entropy', 3760)
    >>> settings["optimizer"].learning_rate, settings["batch_size"]
    (0.3, 20)
    """
    usual = usual_settings(data)
    network = suited_network(
        data,
        hidden=usual["hidden"] if hidden is None else hidden,
        activation=activation or usual["activation"],
        loss=loss,
        members=members,
        seed=seed,
        dtype=dtype,
    )
    optimizer = OPTIMIZERS[usual["optimizer"]](learning_rate=usual["learning_rate"])
    settings = {
        "optimizer": optimizer,
        "batch_size": usual["batch_size"],
        "epochs": usual["epochs"],
        "validation": usual["validation"],
        "patience": usual["patience"],
        "sample_weight": data.sample_weight,
        "seed": seed,
    }
    return network, settings


def suited_network(
    data: Data,
    *,
    hidden: Sequence[int],
    activation: str,
    loss: str | None = None,
    members: int | None = None,
    seed: int = 0,
    dtype: DTypeLike = np.float32,
) -> Network:
    """Return the network whose first and last layers, and loss, fit a data set."""
    if data.columns is not None:
        return tabular(
            data,
            hidden=hidden,
            activation=activation,
            loss=loss,
            members=members,
            seed=seed,
            dtype=dtype,
        )
    inputs = data.x_train.shape[1:]
    layers: list[Any] = [Flatten()] if len(inputs) > 1 else []
    for units in hidden:
        layers += [Dense(units), activation_of(activation)]
    loss = loss or usual_loss(data)
    layers += [Dense(outputs(data, loss)), output_layer(loss, data)]
    return made(data, layers, loss, members or 1, seed=seed, dtype=dtype)
