"""A network's description as JSON: there and back, and what is refused."""

import json

import numpy as np
import pytest

from kobai.networks import (
    LAYERS,
    BatchNorm,
    Dense,
    Dropout,
    Ensemble,
    Flatten,
    Heads,
    LeakyReLU,
    Network,
    PiecewiseLinear,
    Sigmoid,
    Softmax,
    TwoLayerNet,
)

NETWORKS = [
    Network(4, [Dense(3), Softmax()]),
    Network((2, 3), [Flatten(), Dense(2, init=0.5, bias=False), LeakyReLU(0.2)]),
    Network(4, [Dense(3, init="he"), BatchNorm(0.5, 1e-3), Dropout(0.25), Dense(1)]),
    Network(4, [Dense(2), Sigmoid()], "mean_squared_error", dtype=np.float64),
    TwoLayerNet(4, 3, 2),
    Ensemble(4, [Dense(3), BatchNorm(), Softmax()], members=3),
]


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_there_and_back_through_json(network):
    text = json.dumps(network.architecture())
    again = Network.from_architecture(json.loads(text), seed=0)
    assert again.layers == network.layers
    assert again.inputs == network.inputs
    assert again.loss_name == network.loss_name
    assert again.dtype == network.dtype
    # All were drawn from seed 0, so the same first parameters come out as well.
    for name in network.params:
        np.testing.assert_array_equal(again.params[name], network.params[name])


# What cannot be made of nothing.
GIVEN = {
    Dense: lambda: Dense(2),
    Heads: lambda: Heads((2, 1)),
    PiecewiseLinear: lambda: PiecewiseLinear(2, [[0, 1, 1, 3]]),
}


@pytest.mark.parametrize("kind", LAYERS.values())
def test_every_kind_of_layer_comes_back(kind):
    layer = GIVEN.get(kind, kind)()
    network = Network(3, [layer, Dense(2)])
    assert Network.from_architecture(network.architecture()).layers[0] == layer


def changed(**parts):
    return NETWORKS[0].architecture() | parts


def layer(**parts):
    return changed(layers=[parts])


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ([], "need an object, got list"),
        ({}, "need a version, got None"),
        (changed(version=True), "need a version, got True"),
        (changed(version=0), "need a version, got 0"),
        (changed(version=7), "version 7 is newer than this Kobai reads"),
        (changed(inputs=4), '"inputs" must be a list, got int'),
        (changed(inputs=["4"]), "inputs must be a whole number, got '4'"),
        (changed(inputs=[-4]), "inputs must be 1 or more, got -4"),
        (changed(inputs=[]), "a size or a shape"),
        (changed(layers=None), '"layers" must be a list, got nothing'),
        (changed(layers=[]), "got no layers"),
        (changed(layers=["Dense"]), 'a layer needs a "kind", got str'),
        (layer(kind=["Dense"]), 'a layer needs a "kind"'),
        (layer(kind="Dence", units=3), 'unknown layer "Dence". Did you mean "Dense"'),
        (layer(kind="Layer"), 'unknown layer "Layer"'),
        (layer(kind="Dense"), "Dense: .*units"),
        (layer(kind="Dense", units="3"), "units must be a whole number, got '3'"),
        (layer(kind="Dense", units=3, unit=3), 'Dense has no "unit"'),
        (layer(kind="Dense", units=3, init={}), "init must be a number"),
        (layer(kind="Dropout", rate=2), "rate must be in"),
        (changed(loss="cross"), 'unknown loss "cross"'),
        (changed(loss="binary_cross_entropy"), "needs the last layer Sigmoid"),
        (changed(dtype="int8"), "float32 or float64"),
        (changed(dtype="nonsense"), "unknown dtype"),
    ],
)
def test_what_is_no_architecture_is_refused_in_one_line(described, message):
    with pytest.raises(ValueError, match=message) as caught:
        Network.from_architecture(described)
    assert "\n" not in str(caught.value)
