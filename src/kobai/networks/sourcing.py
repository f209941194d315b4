"""A network's training step as NumPy code that people can read."""

from typing import TYPE_CHECKING

import numpy as np

from kobai.autodiff import value_and_gradient
from kobai.engines.numpy_engine.program import compile_numpy
from kobai.functions.arrays import Array
from kobai.graph import trace
from kobai.networks.layer import Values
from kobai.optimizers.base import Params

if TYPE_CHECKING:
    from kobai.networks.network import Network


def gradient_descent_source(network: "Network", batch_size: int) -> str:
    """Return the NumPy code of one step of gradient descent on batches of a size."""

    def gradient_descent_step(
        params: Params, x: Array, t: Array, noise: Values, learning_rate: Array
    ) -> Array:
        def loss(params: Values) -> Array:
            return network.objective(params, x, t, network.statistics, noise)[0]

        value, grads = value_and_gradient(loss, params)
        for name in params:
            params[name] -= learning_rate * grads[name]
        return value

    x, t = network.example_batch(batch_size)
    noise = network.noise(batch_size, np.random.default_rng(0))
    rate = network.dtype.type(0.1)
    graph = trace(gradient_descent_step, network.params, x, t, noise, rate)
    source: str = compile_numpy(graph).source  # type: ignore[attr-defined]
    return source
