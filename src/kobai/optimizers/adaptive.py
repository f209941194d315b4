"""Optimizers that give every entry of a parameter a learning rate of its own."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from kobai.checks import positive, within
from kobai.functions.arrays import Array
from kobai.optimizers.base import Optimizer, Rate, Schedule, as_scalar


@dataclass(frozen=True)
class AdaGrad(Optimizer, name="adagrad"):
    """Divide by the length of all gradients so far: rare features learn faster.

        h ← h + g²
        w ← w − η g / (√h + ε)

    >>> import numpy as np
    >>> ada, params = AdaGrad(0.5), {"w": np.array([1.0])}
    >>> ada.update(params, {"w": np.array([4.0])}, ada.init(params))[0]
    {'w': array([0.5...])}

    Duchi, Hazan & Singer (2011), "Adaptive Subgradient Methods", figure 1 with diagonal
    matrices.
    """

    slots: ClassVar[tuple[str, ...]] = ("squares",)

    epsilon: float = 1e-7

    def __post_init__(self) -> None:
        super().__post_init__()
        positive(type(self).__name__, "epsilon", self.epsilon)

    def rule(
        self, w: Array, g: Array, rate: Rate, step: Array, *memory: Array
    ) -> tuple[Array, ...]:
        """Return w − η g / (√h + ε) and h, where h = h + g²."""
        (h,) = memory
        h = h + g * g
        return w - rate * g / (np.sqrt(h) + self.epsilon), h


@dataclass(frozen=True)
class RMSProp(Optimizer, name="rmsprop"):
    """Divide by the recent size of the gradient, a running root mean square.

        h ← ρ h + (1 − ρ) g²
        w ← w − η g / (√h + ε)

    >>> import numpy as np
    >>> rms, params = RMSProp(0.1), {"w": np.array([1.0])}
    >>> new, state = rms.update(params, {"w": np.array([2.0])}, rms.init(params))
    >>> round(float(new["w"][0]), 6), round(float(state["squares"]["w"][0]), 6)
    (0.683772, 0.4)

    Tieleman & Hinton (2012), "Lecture 6.5: rmsprop", Neural Networks for Machine
    Learning.
    """

    slots: ClassVar[tuple[str, ...]] = ("squares",)

    learning_rate: float | Schedule = 0.001
    decay: float = 0.9
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        within(type(self).__name__, "decay", self.decay)
        positive(type(self).__name__, "epsilon", self.epsilon)

    def rule(
        self, w: Array, g: Array, rate: Rate, step: Array, *memory: Array
    ) -> tuple[Array, ...]:
        """Return w − η g / (√h + ε) and h, where h = ρ h + (1 − ρ) g²."""
        (h,) = memory
        h = self.decay * h + (1 - self.decay) * (g * g)
        return w - rate * g / (np.sqrt(h) + self.epsilon), h


@dataclass(frozen=True)
class Adam(Optimizer, name="adam"):
    """Momentum and RMSProp together, both corrected for having started at zero.

        m ← β₁ m + (1 − β₁) g          m̂ = m / (1 − β₁ᵗ)
        v ← β₂ v + (1 − β₂) g²         v̂ = v / (1 − β₂ᵗ)
        w ← w − η m̂ / (√v̂ + ε)

    t = 1, 2, … counts the steps.

    >>> import numpy as np
    >>> adam, params = Adam(0.1), {"w": np.array([1.0])}
    >>> new, _ = adam.update(params, {"w": np.array([1234.5])}, adam.init(params))
    >>> round(float(new["w"][0]), 6)
    0.9

    Kingma & Ba (2015), "Adam: A Method for Stochastic Optimization", algorithm 1.
    """

    slots: ClassVar[tuple[str, ...]] = ("mean", "squares")

    learning_rate: float | Schedule = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        within(type(self).__name__, "beta1", self.beta1)
        within(type(self).__name__, "beta2", self.beta2)
        positive(type(self).__name__, "epsilon", self.epsilon)

    def rule(
        self, w: Array, g: Array, rate: Rate, step: Array, *memory: Array
    ) -> tuple[Array, ...]:
        """Return w − η m̂ / (√v̂ + ε), m and v."""
        m, v = memory
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * (g * g)
        m_hat = m / as_scalar(1 - self.beta1**step, w.dtype)
        v_hat = v / as_scalar(1 - self.beta2**step, w.dtype)
        return w - rate * m_hat / (np.sqrt(v_hat) + self.epsilon), m, v


@dataclass(frozen=True)
class AdamW(Adam, name="adamw"):
    """Adam whose weight decay shrinks the weights directly, not through the gradient.

        w ← w − η (m̂ / (√v̂ + ε) + λ w)

    λ is `weight_decay`, 0.01 where not given; m̂ and v̂ are Adam's, of the bare
    gradient. The whole step is multiplied by the learning rate η, as is usual in
    libraries; the paper multiplies λ w by the schedule's factor alone.

    >>> import numpy as np
    >>> adamw, params = AdamW(0.1, weight_decay=0.5), {"w": np.array([1.0])}
    >>> new, _ = adamw.update(params, {"w": np.array([0.0])}, adamw.init(params))
    >>> new
    {'w': array([0.95])}

    Loshchilov & Hutter (2019), "Decoupled Weight Decay Regularization", algorithm 2.
    """

    weight_decay: float = field(default=0.01, kw_only=True)

    def rule(
        self, w: Array, g: Array, rate: Rate, step: Array, *memory: Array
    ) -> tuple[Array, ...]:
        """Return Adam's step from the shrunken weight w − η λ w."""
        return super().rule(w - rate * self.weight_decay * w, g, rate, step, *memory)

    def _decayed(self, w: Array, g: Array) -> Array:
        """Return the bare gradient: the decay is in the rule."""
        return g
