"""A network and its training in the words of the page's settings."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from kobai.networks import ACTIVATIONS, Dense, Dropout, Flatten, Network
from kobai.networks.layer import Layer
from kobai.networks.piecewise import PiecewiseLinear
from kobai.optimizers import OPTIMIZERS, Optimizer
from kobai.page.built import LabError

NAMES: Mapping[type[Layer], str] = {kind: name for name, kind in ACTIVATIONS.items()}
INSTEAD = "The lab has layers Dense with an activation and Dropout"


def network_settings(network: Network) -> dict[str, Any]:
    """Return what the page is told of a network.

    Raises `LabError` for one that the page has no layers for.

    >>> from kobai.networks import ReLU, Softmax
    >>> network = Network(2, [Dense(8), ReLU(), Dropout(0.1), Dense(3), Softmax()])
    >>> settings = network_settings(network)
    >>> settings["hidden"], settings["output"]
    ([{'units': 8, 'activation': 'relu', 'dropout': 0.1}], 'softmax')
    """
    *hidden, last = list(_dense_layers(network.layers))
    return {
        "hidden": hidden,
        "output": last["activation"],
        "loss": network.loss_name,
        "precision": network.dtype.name,
        **({"seed": network.seed} if isinstance(network.seed, int) else {}),
    }


def _dense_layers(layers: tuple[Layer, ...]) -> Iterator[dict[str, Any]]:
    """Yield each layer of weights with what follows it."""
    found: dict[str, Any] | None = None
    for layer in layers:
        if isinstance(layer, Dense | PiecewiseLinear):
            if found:
                yield found
            found = {"units": layer.units, "activation": "identity", "dropout": 0.0}
            _check(layer, not isinstance(layer, Dense) or layer.bias, "without a bias")
        elif isinstance(layer, Dropout) and found:
            found["dropout"] = layer.rate
        elif type(layer) in NAMES and found:
            _check(layer, found["activation"] == "identity", "behind an activation")
            _check(layer, layer == type(layer)(), "of a shape of its own")
            found["activation"] = NAMES[type(layer)]
        else:
            _check(layer, isinstance(layer, Flatten), "there")
    if found:
        yield found


def _check(layer: Layer, is_known: bool, how: str) -> None:
    if not is_known:
        raise LabError(f"lab: the network has {layer} {how}. {INSTEAD}")


def training_settings(optimizer: Optimizer) -> dict[str, Any]:
    """Return what the page is told of an optimizer.

    >>> training_settings(OPTIMIZERS["momentum"](0.1))["options"]
    {'momentum': 0.9}
    """
    names = {kind: name for name, kind in OPTIMIZERS.items()}
    rate = optimizer.learning_rate
    limits = optimizer.clip_norm, optimizer.clip_value
    if type(optimizer) not in names or callable(rate) or limits != (None, None):
        raise LabError(
            f"lab: got the optimizer {optimizer}; the lab has "
            f"{', '.join(names.values())}, with one learning rate and without clipping"
        )
    shared = {field.name for field in fields(Optimizer)}
    return {
        "optimizer": names[type(optimizer)],
        "learningRate": rate,
        "weightDecay": optimizer.weight_decay,
        "options": {
            field.name: getattr(optimizer, field.name)
            for field in fields(optimizer)
            if field.name not in shared
        },
    }
