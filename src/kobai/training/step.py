"""One training step as a pure function: forwards, backwards, update."""

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from kobai.autodiff import numerical_gradient, value_and_gradient
from kobai.autodiff.trees import tree_map
from kobai.engines import make_stepper
from kobai.engines.differences.gradient import NumericalGradient
from kobai.engines.machine.blas import blas_threads
from kobai.errors import suggest
from kobai.optimizers import Optimizer
from kobai.training.steppers import Data, Steps, step_source

if TYPE_CHECKING:
    from kobai.networks import Network
    from kobai.training.steppers import NumpyStepper

Step = Callable[..., tuple[Any, Any, Any, Any]]
Objective = Callable[[Any], tuple[Any, Any]]


class Trainable(Protocol):
    """What has a loss to make smaller: a network, or one with a penalty added."""

    @property
    def structure(self) -> Hashable:
        """What `objective` depends on besides its arguments; None if unknown."""

    @property
    def objective(self) -> Callable[..., tuple[Any, Any]]:
        """The pure function of a network of that name."""


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


def make_step(
    network: Trainable, optimizer: Optimizer, gradient: str, weighted: bool = False
) -> Step:
    """Return the training step of a network.

        step(params, state, statistics, x, t, noise, learning_rate)
            -> (params, state, statistics, loss)

    It is pure: everything it needs comes in, everything it changes goes out.
    `gradient` is "backprop", or "numerical" for the definition. A `weighted` step takes
    the weights of the samples after t. Raises `ValueError` for another gradient.
    """
    if gradient not in GRADIENTS:
        raise ValueError(
            f'train: unknown gradient "{gradient}"; need one of '
            f"{', '.join(GRADIENTS)}.{suggest(str(gradient), GRADIENTS)}"
        )
    derive = GRADIENTS[gradient]

    def weighted_step(
        params: Any,
        state: Any,
        statistics: Any,
        x: Any,
        t: Any,
        weights: Any,
        noise: Any,
        learning_rate: Any,
    ) -> tuple[Any, Any, Any, Any]:
        def objective(params: Any) -> tuple[Any, Any]:
            return network.objective(params, x, t, statistics, noise, True, weights)

        (loss, new_statistics), grads = derive(objective, params)
        params, state = optimizer.update(params, grads, state, learning_rate)
        return params, state, new_statistics, loss

    def step(
        params: Any,
        state: Any,
        statistics: Any,
        x: Any,
        t: Any,
        noise: Any,
        learning_rate: Any,
    ) -> tuple[Any, Any, Any, Any]:
        return weighted_step(
            params, state, statistics, x, t, None, noise, learning_rate
        )

    return weighted_step if weighted else step


def example_source(network: "Network", optimizer: Optimizer, batch_size: int) -> str:
    """Return the NumPy code of a training step on batches of a size."""
    rng = np.random.default_rng(0)
    x, t = network.example_batch(batch_size)
    work = (network.params, optimizer.init(network.params), network.statistics)
    rate = network.dtype.type(0.1)
    step = make_step(network, optimizer, "backprop")
    return step_source(step, work, x, t, network.noise(batch_size, rng), rate)


def compiled(
    network: Trainable,
    optimizer: Optimizer,
    engine: str,
    gradient: str = "backprop",
    weighted: bool = False,
) -> "NumpyStepper | NumericalStepper | None":
    """Return what takes many steps with an engine, or None to take them one by one."""
    if gradient == "numerical" and engine != "eager":
        return NumericalStepper(network, optimizer, engine)
    step = make_step(network, optimizer, gradient, weighted)
    return make_stepper(step, engine, _structure(network, optimizer, weighted))


def _structure(network: Trainable, optimizer: Optimizer, weighted: bool) -> Hashable:
    """Return what a step depends on besides its arguments; None if that is not known.

    What others have written may depend on anything.
    """
    if network.structure is None or not type(optimizer).__module__.startswith("kobai."):
        return None
    # The learning rate is an argument.
    return network.structure, replace(optimizer, learning_rate=1.0), weighted


class PlainStepper:
    """Takes steps one by one, as they are written."""

    def __init__(self, step: Step) -> None:
        self._step = step

    def begin(self, model: Any) -> Any:
        """Return a copy of (params, state, statistics) to be changed in place."""
        return tree_map(np.array, model)

    def threads(self, work: Any, rows: int) -> AbstractContextManager[None]:
        """Return the context in which steps run: on one thread."""
        return blas_threads(1)

    def take_steps(self, work: Any, data: Data, steps: Steps) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each.

        A step whose loss is not finite is the last one.
        """
        losses: list[float] = []
        for number, rate in enumerate(steps.rates.tolist()):
            batch = data
            if steps.rows is not None:
                rows = steps.rows[number]
                batch = tuple(each.take(rows, axis=0) for each in data)
            *updated, loss = self._step(*work, *batch, steps.noise(number), rate)
            tree_map(np.copyto, list(work), updated)
            losses.append(float(loss))
            if not isfinite(losses[-1]):
                break
        return np.array(losses)


class NumericalStepper(PlainStepper):
    """Takes steps with gradients by definition, each number changed by itself."""

    def __init__(
        self, network: Trainable, optimizer: Optimizer, engine: str = "auto"
    ) -> None:
        super().__init__(self._numerical_step)
        self.network = network
        self.optimizer = optimizer
        self.gradient = NumericalGradient(self._loss, engine=engine)

    def _numerical_step(
        self, params: Any, state: Any, statistics: Any, *rest: Any
    ) -> tuple[Any, Any, Any, Any]:
        *batch, noise, rate = rest
        given = tuple(batch), statistics, noise
        grads = self.gradient(params, *given)
        grads = tree_map(lambda g, w: g.astype(w.dtype), grads, params)
        loss, moved = self._objective(params, *given)
        return *self.optimizer.update(params, grads, state, rate), moved, loss

    def _loss(self, params: Any, batch: Any, statistics: Any, noise: Any) -> Any:
        return self._objective(params, batch, statistics, noise)[0]

    def _objective(self, params: Any, batch: Any, statistics: Any, noise: Any) -> Any:
        x, t, *weights = batch
        return self.network.objective(params, x, t, statistics, noise, True, *weights)
