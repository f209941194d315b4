"""The book's optimizers: `update(params, grads)` moves the parameters themselves."""

from collections.abc import Mapping, MutableMapping
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from kobai import optimizers
from kobai.keywords import checked_keywords

Params = MutableMapping[str, Any]
Memory = dict[str, Any] | None
"""What is remembered of each parameter; None before the first update."""


class BookOptimizer:
    """One of Kobai's pure optimizers, with a memory and the book's `update`.

    The settings, such as `lr`, may be changed between updates. `iter` counts these.
    """

    memories: ClassVar[Mapping[str, str]] = {}
    """The book's names for what is remembered, and Kobai's."""

    def __init__(self, lr: float) -> None:
        self.lr = lr
        self.iter = 0
        for name in self.memories:
            setattr(self, name, None)
        # A setting that makes no sense is refused here, not at the first update.
        self.rule()

    def rule(self) -> optimizers.Optimizer:
        """Return Kobai's optimizer with the settings of now."""
        raise NotImplementedError

    def update(self, params: Params, grads: Mapping[str, Any]) -> None:
        """Move all parameters by one step along `grads`.

        An array is changed in place; a number, which cannot be, gives way to a new one
        in `params`. Raises TypeError, before anything moves, for an array of integers,
        which in place would hold 0 for 0.9, and for what is neither array nor number.
        """
        arrays = {name: _floats(name, value) for name, value in params.items()}
        rule = self.rule()
        moved, state = rule.update(arrays, grads, self._state(rule, arrays))
        for name, value in params.items():
            if isinstance(value, np.ndarray):
                value[...] = moved[name]
            else:
                params[name] = np.asarray(moved[name])[()]
        self.iter = int(state["step"])
        for name, slot in self.memories.items():
            setattr(self, name, state[slot])

    def _state(
        self, rule: optimizers.Optimizer, arrays: Mapping[str, np.ndarray]
    ) -> dict[str, Any]:
        """Return the memory as Kobai's optimizer has it."""
        state = {slot: getattr(self, name) for name, slot in self.memories.items()}
        if None in state.values():
            state = rule.init(arrays)
        return state | {"step": np.array(self.iter)}


def _floats(name: str, value: Any) -> np.ndarray:
    """Return a parameter as an array of floats, or raise TypeError."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if is_number and not isinstance(value, np.floating):
        return np.array(float(value))
    if not is_number and not isinstance(value, np.ndarray):
        raise TypeError(
            f"update: got {name} of type {type(value).__name__}; need an array of "
            "floats, or a number"
        )
    array = np.asarray(value)
    if array.dtype.kind != "f":
        raise TypeError(
            f"update: got {name} of {array.dtype}, which cannot hold a step's "
            f"fractions; need floats, such as {name}.astype(float)"
        )
    return array


@checked_keywords
class SGD(BookOptimizer):
    """W ← W - lr ∂L/∂W: see `kobai.optimizers.SGD`.

    >>> params = {"W": np.array([3.0, 4.0]), "x": -7.0}
    >>> SGD(lr=0.1).update(params, {"W": np.array([1.0, 1.0]), "x": -0.7})
    >>> params["W"], float(params["x"])
    (array([2.9, 3.9]), -6.93)
    """

    def __init__(self, lr: float = 0.01) -> None:
        super().__init__(lr)

    def rule(self) -> optimizers.Optimizer:
        """Return `kobai.optimizers.SGD`."""
        return optimizers.SGD(self.lr)


@checked_keywords
class Momentum(BookOptimizer):
    """v ← momentum v - lr ∂L/∂W, W ← W + v: see `kobai.optimizers.Momentum`."""

    memories = {"v": "velocity"}
    v: Memory

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        self.momentum = momentum
        super().__init__(lr)

    def rule(self) -> optimizers.Optimizer:
        """Return `kobai.optimizers.Momentum`."""
        return optimizers.Momentum(self.lr, self.momentum)


@checked_keywords
class Nesterov(Momentum):
    """Momentum that looks ahead: see `kobai.optimizers.Nesterov`."""

    def rule(self) -> optimizers.Optimizer:
        """Return `kobai.optimizers.Nesterov`."""
        return optimizers.Nesterov(self.lr, self.momentum)


@checked_keywords
class AdaGrad(BookOptimizer):
    """h ← h + (∂L/∂W)², W ← W - lr ∂L/∂W / √h: see `kobai.optimizers.AdaGrad`."""

    memories = {"h": "squares"}
    h: Memory

    def __init__(self, lr: float = 0.01) -> None:
        super().__init__(lr)

    def rule(self) -> optimizers.Optimizer:
        """Return `kobai.optimizers.AdaGrad`."""
        return optimizers.AdaGrad(self.lr)


@checked_keywords
class RMSprop(BookOptimizer):
    """AdaGrad that forgets: see `kobai.optimizers.RMSProp`."""

    memories = {"h": "squares"}
    h: Memory

    def __init__(self, lr: float = 0.01, decay_rate: float = 0.99) -> None:
        self.decay_rate = decay_rate
        super().__init__(lr)

    def rule(self) -> optimizers.Optimizer:
        """Return `kobai.optimizers.RMSProp` with the book's ε."""
        return optimizers.RMSProp(self.lr, decay=self.decay_rate, epsilon=1e-7)


RMSProp = RMSprop


@checked_keywords
class Adam(BookOptimizer):
    """Momentum m and RMSprop v together: see `kobai.optimizers.Adam`."""

    memories = {"m": "mean", "v": "squares"}
    m: Memory
    v: Memory

    def __init__(
        self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999
    ) -> None:
        self.beta1 = beta1
        self.beta2 = beta2
        super().__init__(lr)

    def rule(self) -> optimizers.Optimizer:
        """Return `kobai.optimizers.Adam`."""
        return optimizers.Adam(self.lr, self.beta1, self.beta2)


OPTIMIZERS: dict[str, type[BookOptimizer]] = {
    kind.__name__.lower(): kind
    for kind in (SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam)
}
