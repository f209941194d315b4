"""Training steps as NumPy code that people can read."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.autodiff import value_and_gradient
from kobai.engines.numpy_engine.program import write_program
from kobai.functions.arrays import Array
from kobai.graph import trace
from kobai.networks.layer import Values
from kobai.optimizers.base import Params

if TYPE_CHECKING:
    from kobai.networks.network import Network


def source_of(
    network: "Network",
    batch_size: int,
    write: Callable[[dict[str, Array], Values, Array], str],
) -> str:
    """Return the code of a step of a network on batches of a size.

    `write` writes it for a batch, noise and a learning rate.
    """
    x, t = network.example_batch(batch_size)
    noise = network.noise(batch_size, np.random.default_rng(0))
    return write({"x": x, "t": t}, noise, network.dtype.type(0.1))


def gradient_descent_source(network: "Network", batch_size: int) -> str:
    """Return the NumPy code of one step of gradient descent on batches of a size."""

    def gradient_descent_step(
        params: Params, batch: dict[str, Array], noise: Values, learning_rate: Array
    ) -> Array:
        def loss(params: Values) -> Array:
            statistics = network.statistics
            return network.objective(
                params, **batch, statistics=statistics, noise=noise
            )[0]

        value, grads = value_and_gradient(loss, params)
        for name in params:
            params[name] -= learning_rate * grads[name]
        return value

    def write(*rest: Any) -> str:
        graph = trace(gradient_descent_step, network.params, *rest)
        return write_program(graph).source

    return source_of(network, batch_size, write)
