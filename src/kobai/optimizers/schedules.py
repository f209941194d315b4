"""Learning rates that change with the step: callables from a step to a rate.

Steps count from 0. The formulas are plain NumPy without a branch, so that a step
number which is an array, or is being traced, works as well as an int.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.checks import non_negative, positive, whole
from kobai.optimizers.base import Rate


@dataclass(frozen=True)
class StepDecay:
    """Multiply the learning rate by a factor every so many steps.

        η = η₀ factor^⌊step / every⌋

    >>> [StepDecay(1.0, every=10, factor=0.5)(step) for step in (0, 9, 10, 20)]
    [1.0, 1.0, 0.5, 0.25]
    """

    rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        positive("StepDecay", "rate", self.rate)
        whole("StepDecay", "every", self.every, least=1)
        positive("StepDecay", "factor", self.factor)

    def __call__(self, step: Rate) -> Rate:
        """Return the learning rate of a step."""
        return self.rate * self.factor ** (step // self.every)


@dataclass(frozen=True)
class ExponentialDecay:
    """Multiply the learning rate by `factor` over every `steps` steps, smoothly.

        η = η₀ factor^(step / steps)

    >>> [ExponentialDecay(1.0, steps=10, factor=0.25)(step) for step in (0, 5, 10)]
    [1.0, 0.5, 0.25]
    """

    rate: float
    steps: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        positive("ExponentialDecay", "rate", self.rate)
        whole("ExponentialDecay", "steps", self.steps, least=1)
        positive("ExponentialDecay", "factor", self.factor)

    def __call__(self, step: Rate) -> Rate:
        """Return the learning rate of a step."""
        return self.rate * self.factor ** (step / self.steps)


@dataclass(frozen=True)
class CosineDecay:
    """Fall from `rate` to `floor` along half a cosine wave, then stay there.

        η = floor + ½ (η₀ − floor) (1 + cos(π min(step, steps) / steps))

    >>> [round(float(CosineDecay(1.0, steps=10)(step)), 3) for step in (0, 5, 10, 99)]
    [1.0, 0.5, 0.0, 0.0]

    Loshchilov & Hutter (2017), "SGDR: Stochastic Gradient Descent with Warm Restarts",
    equation 5, without the restarts.
    """

    rate: float
    steps: int
    floor: float = 0.0

    def __post_init__(self) -> None:
        positive("CosineDecay", "rate", self.rate)
        whole("CosineDecay", "steps", self.steps, least=1)
        non_negative("CosineDecay", "floor", self.floor)

    def __call__(self, step: Rate) -> Rate:
        """Return the learning rate of a step."""
        turn = np.pi * (np.minimum(step, self.steps) / self.steps)
        return self.floor + 0.5 * (self.rate - self.floor) * (1.0 + np.cos(turn))


@dataclass(frozen=True)
class WarmUp:
    """Begin another schedule, or a fixed rate, with a straight rise from near zero.

        η = schedule(step) min(1, (step + 1) / steps)

    >>> [float(WarmUp(1.0, steps=4)(step)) for step in (0, 1, 3, 100)]
    [0.25, 0.5, 1.0, 1.0]

    Goyal et al. (2017), "Accurate, Large Minibatch SGD", section 2.2.
    """

    schedule: float | Callable[[Any], Any]
    steps: int

    def __post_init__(self) -> None:
        if not callable(self.schedule):
            positive("WarmUp", "schedule", self.schedule)
        whole("WarmUp", "steps", self.steps, least=1)

    def __call__(self, step: Rate) -> Rate:
        """Return the learning rate of a step."""
        rate = self.schedule(step) if callable(self.schedule) else self.schedule
        return rate * np.minimum(1.0, (step + 1) / self.steps)
