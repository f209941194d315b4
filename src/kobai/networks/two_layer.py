"""The two-layer network of the book."""

import numpy as np
from numpy.typing import DTypeLike

from kobai.networks.activations import Sigmoid, Softmax
from kobai.networks.layers import Dense
from kobai.networks.network import Network


class TwoLayerNet(Network):
    """Sigmoid, then softmax: the network that readers of the book build first.

    y = softmax(sigmoid(x W1 + b1) W2 + b2), for x of shape (n, input_size), and
    E = -(1/N) Σₙₖ tₙₖ ln(yₙₖ + 1e-7) for labels or one-hot targets t. Weights start
    normal with standard deviation `weight_init_std`, biases at 0. It is a `Network`:
    `train` takes it, and `params` W1 b1 W2 b2 may be changed in place.

    It computes in float64, as the book does: numbers of 8 bytes, of which a processor
    multiplies half as many at once. A step of training, 784-50-10 with batches of 100,
    takes about twice as long as with `dtype=np.float32`.

    >>> net = TwoLayerNet(input_size=784, hidden_size=50, output_size=10)
    >>> {name: array.shape for name, array in net.params.items()}
    {'W1': (784, 50), 'b1': (50,), 'W2': (50, 10), 'b2': (10,)}
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        weight_init_std: float = 0.01,
        *,
        seed: int | np.random.Generator | None = 0,
        dtype: DTypeLike = np.float64,
    ) -> None:
        layers = [
            Dense(hidden_size, init=weight_init_std),
            Sigmoid(),
            Dense(output_size, init=weight_init_std),
            Softmax(),
        ]
        super().__init__(
            input_size, layers, "cross_entropy_error", seed=seed, dtype=dtype
        )
