"""A training step as an engine runs it, to be read."""

from typing import TYPE_CHECKING

import numpy as np

from kobai.engines.numpy_engine.program import compile_numpy
from kobai.optimizers import Optimizer
from kobai.training.step import make_step
from kobai.training.steppers import step_graph

if TYPE_CHECKING:
    from kobai.networks import Network


def step_source(network: "Network", optimizer: Optimizer, batch_size: int) -> str:
    """Return the NumPy code of a training step on batches of a size."""
    rng = np.random.default_rng(0)
    x, t = network.example_batch(batch_size)
    work = (network.params, optimizer.init(network.params), network.statistics)
    noise, rate = network.noise(batch_size, rng), network.dtype.type(0.1)
    step = make_step(network, optimizer, "backprop")
    graph = step_graph(step, work, {"x": x, "t": t}, noise, rate)
    source: str = compile_numpy(graph).source  # type: ignore[attr-defined]
    return source
