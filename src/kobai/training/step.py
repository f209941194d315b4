"""One training step: as a pure function, as a graph, as code to be read."""

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kobai.autodiff import numerical_gradient, value_and_gradient
from kobai.autodiff.trees import leaves
from kobai.engines import WRITTEN
from kobai.engines.numpy_engine.program import write_program
from kobai.errors import suggest
from kobai.functions.arrays import Array
from kobai.graph import Graph, trace
from kobai.networks.ensemble import Ensemble
from kobai.networks.layer import Values
from kobai.networks.sourcing import source_of
from kobai.optimizers import Optimizer
from kobai.optimizers.base import Params, Rate, State

if TYPE_CHECKING:
    from kobai.networks import Network

# "x" and "t", and "weights" where the samples have some: of a batch, or of all data.
Batch = dict[str, Array]
# (params, state, statistics): what a step changes.
Work = tuple[Params, State, Params]
Step = Callable[..., tuple[Params, State, Params, Array]]
# params -> (loss, new statistics)
Objective = Callable[[Params], tuple[Array, Params]]
# ((loss, new statistics), gradient)
Derived = tuple[tuple[Array, Params], Params]


class Trainable(Protocol):
    """What has a loss to make smaller: a network, or one with a penalty added."""

    @property
    def structure(self) -> Hashable:
        """What `objective` depends on besides its arguments; None if unknown."""

    @property
    def objective(self) -> Callable[..., tuple[Array, Params]]:
        """The pure function of a network of that name."""


def backprop(objective: Objective, params: Params) -> Derived:
    """Return (loss, new statistics) and the gradient, by back-propagation."""
    values, grads = value_and_gradient(objective, params, has_aux=True)
    return values, grads


def numerical(objective: Objective, params: Params) -> Derived:
    """Return the same by the definition: a loss or two for every single parameter."""
    grads = numerical_gradient(lambda params: objective(params)[0], params)
    return objective(params), grads


GRADIENTS: dict[str, Callable[..., Derived]] = {
    "backprop": backprop,
    "numerical": numerical,
}


def make_step(problem: Trainable, optimizer: Optimizer, gradient: str) -> Step:
    """Return the training step of a network.

        step(params, state, statistics, batch, noise, learning_rate)
            -> (params, state, statistics, loss)

    It is pure: everything it needs comes in, everything it changes goes out. `batch` is
    a dict of arrays, "x" and "t", and "weights" where the samples have some. `gradient`
    is "backprop", or "numerical" for the definition. Raises `ValueError` for another.
    """
    if gradient not in GRADIENTS:
        raise ValueError(
            f'train: unknown gradient "{gradient}"; need one of '
            f"{', '.join(GRADIENTS)}.{suggest(str(gradient), GRADIENTS)}"
        )
    derive = GRADIENTS[gradient]

    def step(
        params: Params,
        state: State,
        statistics: Values,
        batch: Batch,
        noise: Values,
        learning_rate: Rate,
    ) -> tuple[Params, State, Params, Array]:
        def objective(params: Params) -> tuple[Array, Params]:
            return problem.objective(
                params, **batch, statistics=statistics, noise=noise
            )

        (loss, new_statistics), grads = derive(objective, params)
        params, state = optimizer.update(params, grads, state, learning_rate)
        return params, state, new_statistics, loss

    return step


SELDOM = 100
"""After so many steps it is looked for numbers that are too small for their digits."""


def without_subnormal(work: Work, step: int) -> None:
    """Set to 0, after every `SELDOM` steps, what is smaller than any normal number.

    The mean of a gradient that has become 0, m ← β m, ends there after some hundred
    steps and stays, as β m is rounded to m; and many a processor takes a hundred times
    as long for such a number, so that a step may last twice as long as all others.
    """
    if step % SELDOM:
        return
    for array in leaves(work):
        if array.dtype.kind == "f":
            array[np.abs(array) < np.finfo(array.dtype).smallest_normal] = 0


def structure_of(problem: Trainable, optimizer: Optimizer) -> Hashable:
    """Return what a step depends on besides its arguments; None if that is not known.

    What others have written may depend on anything.
    """
    if problem.structure is None or not type(optimizer).__module__.startswith("kobai."):
        return None
    # The learning rate is an argument.
    return problem.structure, replace(optimizer, learning_rate=1.0)


def step_graph(
    step: Step, work: Work, batch: Batch, noise: Values, learning_rate: Rate
) -> Graph:
    """Return the graph of a step that updates its first three arguments in place."""
    graph = trace(step, *work, batch, noise, learning_rate)
    *changed, loss = graph.outputs
    pairs = zip(graph.inputs, changed, strict=False)
    updates = {old: new for old, new in pairs if new is not old}
    return replace(graph, outputs=(loss,), updates=updates, result=[loss])


def fed(graph: Graph, work: Work, batch: Batch) -> tuple[list[str], list[str]]:
    """Return the inputs of a step that are a batch's, and those new in every step."""
    names = [n.name for n in graph.inputs]
    start = len(leaves(work))
    end = start + len(batch)
    return names[start:end], names[end:]


def step_source(
    network: "Network", optimizer: Optimizer, batch_size: int, engine: str = "numpy"
) -> str:
    """Return the code of a training step on batches of a size, as an engine runs it.

    That of "numba" runs many steps; for a step that has no compiled form it is NumPy's,
    which runs then. Raises ValueError for an engine without code, with the near one.
    """
    if engine not in WRITTEN:
        raise ValueError(
            f'engine: got "{engine}"; need one of: {", ".join(WRITTEN)}.'
            f"{suggest(engine, WRITTEN)}"
        )
    if isinstance(network, Ensemble):
        network = network.kind
    work = (network.params, optimizer.init(network.params), network.statistics)
    step = make_step(network, optimizer, "backprop")

    def write(batch: Batch, noise: Values, rate: Array) -> str:
        graph = step_graph(step, work, batch, noise, rate)
        if engine == "numba":
            from kobai.engines.numba_engine import NotCompilable, write_epoch

            with suppress(NotCompilable):
                return write_epoch(graph, *fed(graph, work, batch)).source
        return write_program(graph).source

    return source_of(network, batch_size, write)
