"""The book's networks: one weight matrix, two layers, many layers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kobai.book.functions import softmax_loss
from kobai.errors import suggest
from kobai.networks import ACTIVATIONS, Dense, Layer, Network, Softmax, TwoLayerNet
from kobai.networks.layer import Values
from kobai.networks.network import NOTHING

__all__ = ["MultiLayerNet", "SimpleNet", "TwoLayerNet"]

_INITIAL = {"relu": "he", "he": "he", "sigmoid": "xavier", "xavier": "xavier"}


class SimpleNet:
    """One 2×3 weight matrix W, and softmax with cross-entropy behind it.

    W may be replaced or changed in place: `net.W -= 0.1 * dW`.

    >>> net = SimpleNet()
    >>> net.predict(np.array([0.6, 0.9])).shape
    (3,)
    """

    def __init__(self, *, seed: int | np.random.Generator = 0) -> None:
        self.W = np.random.default_rng(seed).standard_normal((2, 3))

    def predict(self, x: Any) -> Any:
        """Return x W, shape (2,) or (n, 2) to (3,) or (n, 3): scores, not softmax."""
        return x @ self.W

    def loss(self, x: Any, t: Any) -> Any:
        """Return the cross-entropy of softmax(x W) with targets t."""
        return softmax_loss(self.predict(x), t)


class MultiLayerNet(Network):
    """Dense layers with an activation between them, and softmax at the end.

    `activation` is "relu" or "sigmoid" (or another of Kobai's). `weight_init_std` is a
    standard deviation, or "relu" or "he" for He's, "sigmoid" or "xavier" for Xavier's.
    The loss is the cross-entropy plus ½ λ Σ W² over all weights, where λ is
    `weight_decay_lambda`; `evaluate` leaves that part out. Parameters are W1, b1, W2, …

    >>> net = MultiLayerNet(784, [100, 100], 10, weight_decay_lambda=0.1)
    >>> list(net.params)
    ['W1', 'b1', 'W2', 'b2', 'W3', 'b3']
    """

    def __init__(
        self,
        input_size: int,
        hidden_size_list: Sequence[int],
        output_size: int,
        activation: str = "relu",
        weight_init_std: str | float = "relu",
        weight_decay_lambda: float = 0,
        *,
        seed: int | np.random.Generator = 0,
    ) -> None:
        self.weight_decay_lambda = weight_decay_lambda
        kind = _known("activation", activation, ACTIVATIONS)
        init: Any = weight_init_std
        if isinstance(init, str):
            init = _known("weight_init_std", init, _INITIAL)
        layers: list[Layer] = []
        for size in hidden_size_list:
            layers += [Dense(size, init=init), kind()]
        layers += [Dense(output_size, init=init), Softmax()]
        super().__init__(
            input_size, layers, "cross_entropy_error", seed=seed, dtype=np.float64
        )

    def objective(
        self,
        params: Values,
        x: Any,
        t: Any,
        statistics: Values = NOTHING,
        noise: Values = NOTHING,
        training: bool = True,
        weights: Any = None,
    ) -> tuple[Any, dict[str, Any]]:
        """Return the loss with the weight decay, and the new statistics. Pure."""
        loss, moved = super().objective(
            params, x, t, statistics, noise, training, weights
        )
        if not self.weight_decay_lambda:
            return loss, moved
        squares = [np.sum(params[name] ** 2) for name in params if name[0] == "W"]
        return loss + 0.5 * self.weight_decay_lambda * sum(squares), moved


def _known(argument: str, word: str, table: Any) -> Any:
    if str(word).lower() not in table:
        raise ValueError(
            f'MultiLayerNet: unknown {argument} "{word}"; need one of '
            f"{', '.join(table)}.{suggest(str(word), table)}"
        )
    return table[str(word).lower()]
