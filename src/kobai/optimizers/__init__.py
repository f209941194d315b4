"""Walking downhill: gradient descent, its better-informed variants, and schedules.

`gradient_descent` is the idea in its plainest form. An optimizer holds settings
only: `init` makes its state, `update` returns new parameters and a new state, and
neither touches what it was given.
"""

from kobai.keywords import checked_keywords
from kobai.optimizers.base import OPTIMIZERS, Optimizer
from kobai.optimizers.descent import Descent, gradient_descent
from kobai.optimizers.schedules import (
    CosineDecay,
    ExponentialDecay,
    StepDecay,
    WarmUp,
)
from kobai.optimizers.sgd import SGD, Momentum, Nesterov

# isort: split
# Lists of optimizers begin with the plainest, so what adapts is defined after them.
from kobai.optimizers.adaptive import AdaGrad, Adam, AdamW, RMSProp

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

for _kind in (*OPTIMIZERS.values(), CosineDecay, ExponentialDecay, StepDecay, WarmUp):
    checked_keywords(_kind)
