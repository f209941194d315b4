"""One training step as a pure function: forwards, backwards, update."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.autodiff import numerical_gradient, value_and_gradient
from kobai.autodiff.trees import tree_map
from kobai.engines import make_stepper
from kobai.engines.blas import blas_threads
from kobai.engines.perturbing import NumericalGradient
from kobai.engines.stepping import Steps, step_source
from kobai.errors import suggest
from kobai.optimizers import Optimizer

if TYPE_CHECKING:
    from kobai.engines.stepping import NumpyStepper
    from kobai.networks import Network

Step = Callable[..., tuple[Any, Any, Any, Any]]
Objective = Callable[[Any], tuple[Any, Any]]


def backprop(objective: Objective, params: Any) -> tuple[tuple[Any, Any], Any]:
    """Return (loss, new statistics) and the gradient, by back-propagation."""
    values, grads = value_and_gradient(objective, params, has_aux=True)
    return values, grads


def numerical(objective: Objective, params: Any) -> tuple[tuple[Any, Any], Any]:
    """Return the same by the definition: a loss or two for every single parameter."""
    grads = numerical_gradient(lambda params: objective(params)[0], params)
    return objective(params), grads


GRADIENTS: dict[str, Callable[..., tuple[tuple[Any, Any], Any]]] = {
    "backprop": backprop,
    "numerical": numerical,
}


def make_step(network: "Network", optimizer: Optimizer, gradient: str) -> Step:
    """Return the training step of a network.

        step(params, state, statistics, x, t, noise, learning_rate)
            -> (params, state, statistics, loss)

    It is pure: everything it needs comes in, everything it changes goes out.
    `gradient` is "backprop", or "numerical" for the definition. Raises `ValueError` for
    another.
    """
    if gradient not in GRADIENTS:
        raise ValueError(
            f'train: unknown gradient "{gradient}"; need one of '
            f"{', '.join(GRADIENTS)}.{suggest(str(gradient), GRADIENTS)}"
        )
    derive = GRADIENTS[gradient]

    def step(
        params: Any,
        state: Any,
        statistics: Any,
        x: Any,
        t: Any,
        noise: Any,
        learning_rate: Any,
    ) -> tuple[Any, Any, Any, Any]:
        def objective(params: Any) -> tuple[Any, Any]:
            return network.objective(params, x, t, statistics, noise, training=True)

        (loss, new_statistics), grads = derive(objective, params)
        params, state = optimizer.update(params, grads, state, learning_rate)
        return params, state, new_statistics, loss

    return step


def example_source(network: "Network", optimizer: Optimizer, batch_size: int) -> str:
    """Return the NumPy code of a training step on batches of a size."""
    rng = np.random.default_rng(0)
    x, t = network.example_batch(batch_size)
    work = (network.params, optimizer.init(network.params), network.statistics)
    rate = network.dtype.type(0.1)
    step = make_step(network, optimizer, "backprop")
    return step_source(step, work, x, t, network.noise(batch_size, rng), rate)


def compiled(
    network: "Network", optimizer: Optimizer, engine: str, gradient: str
) -> "NumpyStepper | NumericalStepper | None":
    """Return what takes many steps with an engine, or None to take them one by one."""
    if gradient == "numerical" and engine != "eager":
        return NumericalStepper(network, optimizer, engine)
    return make_stepper(make_step(network, optimizer, gradient), engine)


class NumericalStepper:
    """Takes steps with gradients by definition, each number changed by itself."""

    def __init__(
        self, network: "Network", optimizer: Optimizer, engine: str = "auto"
    ) -> None:
        self.network = network
        self.optimizer = optimizer
        self.gradient = NumericalGradient(self._loss, engine=engine)

    def begin(self, model: Any) -> Any:
        """Return a copy of (params, state, statistics) to be changed in place."""
        return tree_map(np.array, model)

    def threads(self, work: Any, rows: int) -> AbstractContextManager[None]:
        """Return the context in which steps run: one thread, the products are small."""
        return blas_threads(1)

    def take_steps(self, work: Any, x: Any, t: Any, steps: Steps) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each.

        A step whose loss is not finite is the last one.
        """
        losses: list[float] = []
        for number, rate in enumerate(steps.rates.tolist()):
            batch = x, t
            if steps.rows is not None:
                rows = steps.rows[number]
                batch = x.take(rows, axis=0), t.take(rows, axis=0)
            losses.append(self._take_step(work, *batch, steps.noise(number), rate))
            if not isfinite(losses[-1]):
                break
        return np.array(losses)

    def _take_step(self, work: Any, x: Any, t: Any, noise: Any, rate: float) -> float:
        params, state, statistics = work
        grads = self.gradient(params, x, t, statistics, noise)
        grads = tree_map(lambda g, w: g.astype(w.dtype), grads, params)
        value, moved = self.network.objective(params, x, t, statistics, noise)
        updated = (*self.optimizer.update(params, grads, state, rate), moved)
        tree_map(np.copyto, work, updated)
        return float(value)

    def _loss(self, params: Any, x: Any, t: Any, statistics: Any, noise: Any) -> Any:
        objective = self.network.objective
        return objective(params, x, t, statistics, noise, training=True)[0]
