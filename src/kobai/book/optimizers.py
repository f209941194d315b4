"""The book's optimizers: `update(params, grads)` changes the arrays in place."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from kobai import optimizers

Arrays = Mapping[str, np.ndarray]


class BookOptimizer:
    """One of Kobai's pure optimizers, with a memory and the book's `update`.

    `lr` may be changed between updates.
    """

    kind: ClassVar[type[optimizers.Optimizer]]

    def __init__(self, lr: float, **settings: Any) -> None:
        self.lr = lr
        self.rule = self.kind(lr, **settings)
        self.state: dict[str, Any] | None = None

    def update(self, params: Arrays, grads: Arrays) -> None:
        """Move every array of `params` in place by one step along `grads`.

        Raises TypeError, before anything moves, where an array is of integers.
        """
        _refuse_integers(params)
        if self.state is None:
            self.state = self.rule.init(params)
        moved, self.state = self.rule.update(params, grads, self.state, self.lr)
        for name, array in params.items():
            array[...] = moved[name]


def _refuse_integers(params: Arrays) -> None:
    # In place, 0.9 would be written back as 0.
    for name, array in params.items():
        dtype = np.asarray(array).dtype
        if dtype.kind in "biu":
            raise TypeError(
                f"update: got {name} of {dtype}, which cannot hold a step's fractions; "
                f"need floats, such as {name}.astype(float)"
            )


class SGD(BookOptimizer):
    """W ← W - lr ∂L/∂W: see `kobai.optimizers.SGD`.

    >>> params = {"W": np.array([3.0, 4.0])}
    >>> SGD(lr=0.1).update(params, {"W": np.array([1.0, 1.0])})
    >>> params
    {'W': array([2.9, 3.9])}
    """

    kind = optimizers.SGD

    def __init__(self, lr: float = 0.01) -> None:
        super().__init__(lr)


class Momentum(BookOptimizer):
    """v ← momentum v - lr ∂L/∂W, W ← W + v: see `kobai.optimizers.Momentum`."""

    kind = optimizers.Momentum

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        super().__init__(lr, momentum=momentum)


class Nesterov(BookOptimizer):
    """Momentum that looks ahead: see `kobai.optimizers.Nesterov`."""

    kind = optimizers.Nesterov

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        super().__init__(lr, momentum=momentum)


class AdaGrad(BookOptimizer):
    """Steps that shrink as gradients add up: see `kobai.optimizers.AdaGrad`."""

    kind = optimizers.AdaGrad

    def __init__(self, lr: float = 0.01) -> None:
        super().__init__(lr)


class RMSprop(BookOptimizer):
    """AdaGrad that forgets: see `kobai.optimizers.RMSProp`."""

    kind = optimizers.RMSProp

    def __init__(self, lr: float = 0.01, decay_rate: float = 0.99) -> None:
        super().__init__(lr, decay=decay_rate, epsilon=1e-7)


RMSProp = RMSprop


class Adam(BookOptimizer):
    """Momentum and RMSprop together: see `kobai.optimizers.Adam`."""

    kind = optimizers.Adam

    def __init__(
        self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999
    ) -> None:
        super().__init__(lr, beta1=beta1, beta2=beta2)


OPTIMIZERS: dict[str, type[BookOptimizer]] = {
    kind.__name__.lower(): kind
    for kind in (SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam)
}
