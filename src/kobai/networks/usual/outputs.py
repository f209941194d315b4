"""Where a network ends: the loss, the outputs and the last layer for a data set."""

from collections.abc import Sequence
from typing import Any

from kobai.networks.activations import Heads, Identity, Sigmoid, Softmax
from kobai.networks.ensemble import Ensemble
from kobai.networks.layer import Layer
from kobai.networks.losses import LOSSES, usual_losses
from kobai.networks.network import Network
from kobai.networks.usual.defaults import Data


def fitting_losses(data: Data) -> list[str]:
    """Return the names of the losses for what a data set's targets are.

    >>> from kobai.data import load_digits
    >>> "huber" in fitting_losses(load_digits()), fitting_losses(load_digits())[0]
    (False, 'cross_entropy')
    """
    return [
        name
        for name in usual_losses()
        if LOSSES[name].fits_with(output_layer(name, data))
    ]


def made(
    data: Data, layers: Sequence[Layer], loss: str | None, members: int, **options: Any
) -> Network:
    """Return a network of the layers, or an ensemble of such."""
    inputs = data.x_train.shape[1:]
    if members == 1:
        return Network(inputs, layers, loss, **options)
    return Ensemble(inputs, layers, loss, members=members, **options)


def sizes_of_heads(data: Data) -> tuple[int, ...]:
    """Return how many outputs each of several targets has, if some are classes."""
    sizes: tuple[int, ...] = getattr(getattr(data.columns, "target", None), "sizes", ())
    return sizes


def usual_loss(data: Data) -> str | None:
    """Return the loss for a table; for other data what goes with the last layer."""
    if data.columns is None or sizes_of_heads(data):
        return None
    if not data.classes:
        return "mean_squared_error"
    return "binary_cross_entropy" if len(data.classes) == 2 else None


def outputs(data: Data, loss: str | None) -> int:
    """Return how many outputs a network for the data has."""
    if data.columns and len(data.classes) == 2 and loss == "binary_cross_entropy":
        # Whether it is the second class.
        return 1
    sizes = sizes_of_heads(data)
    return sum(sizes) or len(data.classes) or int(data.t_train.shape[-1])


def output_layer(loss: str | None, data: Data) -> Layer:
    """Return the layer that goes with the loss; classes end in probabilities."""
    if sizes := sizes_of_heads(data):
        return Heads(sizes)
    if not data.classes:
        return Identity()
    return Sigmoid() if loss == "binary_cross_entropy" else Softmax()
