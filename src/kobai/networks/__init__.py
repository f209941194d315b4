"""Layers, and the networks made of them."""

from kobai.keywords import checked_keywords
from kobai.networks.activations import (
    ACTIVATIONS,
    GELU,
    Activation,
    Exponential,
    Heads,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from kobai.networks.ensemble import Ensemble
from kobai.networks.layer import LAYERS, Layer
from kobai.networks.layers import BatchNorm, Dense, Dropout, Flatten
from kobai.networks.losses import LOSSES, Loss
from kobai.networks.network import Network
from kobai.networks.piecewise import PiecewiseLinear
from kobai.networks.two_layer import TwoLayerNet
from kobai.networks.usual import suited, tabular

__all__ = [
    "ACTIVATIONS",
    "GELU",
    "LAYERS",
    "LOSSES",
    "Activation",
    "BatchNorm",
    "Dense",
    "Dropout",
    "Ensemble",
    "Exponential",
    "Flatten",
    "Heads",
    "Identity",
    "Layer",
    "LeakyReLU",
    "Loss",
    "Network",
    "PiecewiseLinear",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "TwoLayerNet",
    "suited",
    "tabular",
]

for _kind in (*LAYERS.values(), Network, Ensemble, TwoLayerNet):
    checked_keywords(_kind)
