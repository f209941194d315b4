"""The book's networks: one weight matrix, two layers, many layers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from kobai.book.functions import softmax_loss
from kobai.engines import Engine
from kobai.errors import suggest
from kobai.functions.arrays import Array
from kobai.keywords import checked_keywords
from kobai.networks import ACTIVATIONS, Dense, Layer, Network, Softmax, two_layer
from kobai.networks.layer import Values
from kobai.networks.network import NOTHING
from kobai.optimizers.base import Params

__all__ = ["MultiLayerNet", "SimpleNet", "TwoLayerNet"]

_INITIAL = {"relu": "he", "he": "he", "sigmoid": "xavier", "xavier": "xavier"}


Seed = int | np.random.Generator | None


@checked_keywords
class SimpleNet:
    """One 2×3 weight matrix W, and softmax with cross-entropy behind it.

    W may be replaced or changed in place: `net.W -= 0.1 * dW`. It begins normal with
    standard deviation 1, other numbers each time unless there is a `seed`.

    >>> net = SimpleNet()
    >>> net.predict(np.array([0.6, 0.9])).shape
    (3,)
    """

    def __init__(self, *, seed: Seed = None) -> None:
        self.W = np.random.default_rng(seed).standard_normal((2, 3))

    def predict(self, x: Array, engine: Engine = "numpy") -> Array:
        """Return x W, shape (2,) or (n, 2) to (3,) or (n, 3): scores, not softmax."""
        return x @ self.W

    def loss(self, x: Array, t: Array) -> Array:
        """Return the cross-entropy of softmax(x W) with targets t."""
        return softmax_loss(self.predict(x), t)


@checked_keywords
class TwoLayerNet(two_layer.TwoLayerNet):
    """`kobai.networks.TwoLayerNet`, with other first weights each time.

    A `seed` gives the same ones again.

    >>> net = TwoLayerNet(784, 50, 10, seed=1)
    >>> np.array_equal(net.params["W1"], TwoLayerNet(784, 50, 10, seed=1).params["W1"])
    True
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        weight_init_std: float = 0.01,
        *,
        seed: Seed = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        sizes = input_size, hidden_size, output_size
        super().__init__(*sizes, weight_init_std, seed=seed, dtype=dtype)


@checked_keywords
class MultiLayerNet(Network):
    """Dense layers with an activation between them, and softmax at the end.

    `activation` is "relu" or "sigmoid" (or another of Kobai's). `weight_init_std` is a
    standard deviation, or "relu" or "he" for He's, "sigmoid" or "xavier" for Xavier's;
    the weights are others each time unless there is a `seed`. The loss is the
    cross-entropy plus ½ λ Σ W² over all weights, where λ is `weight_decay_lambda`;
    `evaluate` leaves that part out. Parameters are W1, b1, W2, …

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
        seed: Seed = None,
    ) -> None:
        self.weight_decay_lambda = weight_decay_lambda
        kind = _known("activation", activation, ACTIVATIONS)
        init: str | float | None = weight_init_std
        if isinstance(init, str):
            init = _known("weight_init_std", init, _INITIAL)
        layers: list[Layer] = []
        for size in hidden_size_list:
            layers += [Dense(size, init=init), kind()]
        layers += [Dense(output_size, init=init), Softmax()]
        super().__init__(
            input_size, layers, "cross_entropy_error", seed=seed, dtype=np.float64
        )

    def predict(self, x: Array, engine: Engine = "numpy") -> Array:
        """Return the scores for a batch x, shape (n, input_size) to (n, output_size).

        They are what softmax makes probabilities of: `softmax(net.predict(x))`. One
        sample, shape (input_size,), gives its scores alone. Saved and loaded, the
        network is a `kobai.Network`, which gives the probabilities.
        """
        return super().predict(x, engine)

    def _outputs_of(self, params: Values, x: Array, statistics: Values) -> Array:
        return self._logits_of(params, x, statistics)

    def objective(
        self,
        params: Values,
        x: Array,
        t: Array,
        statistics: Values = NOTHING,
        noise: Values = NOTHING,
        training: bool = True,
        weights: Array | None = None,
    ) -> tuple[Array, Params]:
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
