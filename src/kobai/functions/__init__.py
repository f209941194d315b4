"""Activations, losses, metrics and initializers, in plain NumPy."""

from kobai.functions.activations import (
    gelu,
    identity,
    leaky_relu,
    log_softmax,
    relu,
    sigmoid,
    softmax,
    softplus,
    step,
    tanh,
)
from kobai.functions.initializers import he, normal, xavier
from kobai.functions.losses import (
    binary_cross_entropy,
    cross_entropy_error,
    huber,
    mean_squared_error,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    sum_squared_error,
)
from kobai.functions.metrics import accuracy

__all__ = [
    "accuracy",
    "binary_cross_entropy",
    "cross_entropy_error",
    "gelu",
    "he",
    "huber",
    "identity",
    "leaky_relu",
    "log_softmax",
    "mean_squared_error",
    "normal",
    "relu",
    "sigmoid",
    "sigmoid_cross_entropy",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "step",
    "sum_squared_error",
    "tanh",
    "xavier",
]
