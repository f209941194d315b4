"""Walking downhill: gradient descent, its better-informed variants, and schedules.

`gradient_descent` is the idea in its plainest form. An optimizer holds settings
only: `init` makes its state, `update` returns new parameters and a new state, and
neither touches what it was given.
"""

from kobai.optimizers.adaptive import AdaGrad, Adam, AdamW, RMSProp
from kobai.optimizers.base import Optimizer
from kobai.optimizers.descent import Descent, gradient_descent
from kobai.optimizers.schedules import (
    CosineDecay,
    ExponentialDecay,
    StepDecay,
    WarmUp,
)
from kobai.optimizers.sgd import SGD, Momentum, Nesterov

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
}

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "CosineDecay",
    "Descent",
    "ExponentialDecay",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "StepDecay",
    "WarmUp",
    "gradient_descent",
]
