"""Stochastic gradient descent, without and with momentum."""

from dataclasses import dataclass
from typing import ClassVar

from kobai.checks import within
from kobai.functions.arrays import Array
from kobai.optimizers.base import Optimizer, Rate


@dataclass(frozen=True)
class SGD(Optimizer, name="sgd"):
    """Step against the gradient.

        w ← w − η g

    η is the learning rate, g the gradient of the loss over a mini-batch.

    >>> import numpy as np
    >>> params = {"w": np.array([1.0])}
    >>> SGD(0.5).update(params, {"w": np.array([1.0])}, SGD(0.5).init(params))[0]
    {'w': array([0.5])}

    Robbins & Monro (1951), "A Stochastic Approximation Method".
    """

    def rule(
        self, w: Array, g: Array, rate: Rate, step: Array, *memory: Array
    ) -> tuple[Array, ...]:
        """Return w − η g."""
        return (w - rate * g,)


@dataclass(frozen=True)
class Momentum(Optimizer, name="momentum"):
    """Roll downhill like a ball with friction: steps in one direction add up.

        v ← μ v − η g
        w ← w + v

    >>> import numpy as np
    >>> ball, params = Momentum(0.5), {"w": np.array([1.0])}
    >>> state = ball.init(params)
    >>> for _ in range(2):
    ...     params, state = ball.update(params, {"w": np.array([1.0])}, state)
    >>> params, state["velocity"]
    ({'w': array([-0.45])}, {'w': array([-0.95])})

    Polyak (1964), "Some methods of speeding up the convergence of iteration methods";
    in this form Sutskever et al. (2013), equations 1 and 2.
    """

    slots: ClassVar[tuple[str, ...]] = ("velocity",)

    momentum: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        within(type(self).__name__, "momentum", self.momentum)

    def rule(
        self, w: Array, g: Array, rate: Rate, step: Array, *memory: Array
    ) -> tuple[Array, ...]:
        """Return w + v and v, where v = μ v − η g."""
        (v,) = memory
        v = self.momentum * v - rate * g
        return w + v, v


@dataclass(frozen=True)
class Nesterov(Momentum, name="nesterov"):
    """Momentum that takes the gradient where the ball is about to be.

        v ← μ v − η ∇f(θ + μ v)
        θ ← θ + v

    The parameters w kept here are that point ahead, w = θ + μ v, so that the gradient
    is taken at the parameters as everywhere else:

        v ← μ v − η g
        w ← w + μ v − η g

    >>> import numpy as np
    >>> ball, params = Nesterov(0.5), {"w": np.array([1.0])}
    >>> ball.update(params, {"w": np.array([1.0])}, ball.init(params))[0]
    {'w': array([0.05])}

    Nesterov (1983), "A method of solving a convex programming problem with convergence
    rate O(1/k²)"; Sutskever et al. (2013), equations 3 and 4.
    """

    def rule(
        self, w: Array, g: Array, rate: Rate, step: Array, *memory: Array
    ) -> tuple[Array, ...]:
        """Return w + μ v − η g and v, where v = μ v − η g."""
        (v,) = memory
        v = self.momentum * v - rate * g
        return w + self.momentum * v - rate * g, v
