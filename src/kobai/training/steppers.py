"""Many training steps in a row, run by an engine that changes parameters in place.

A training step is a pure function,

    step(params, state, statistics, x, t, noise, learning_rate)
        -> (params, state, statistics, loss)

or one that takes weights of the samples between t and noise. A `Stepper` traces it
once for each shape of a batch, turns what goes out into updates of what came in, and
lets an engine compile that.
"""

from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from kobai.autodiff.trees import leaves, tree_map
from kobai.engines.machine.blas import blas_threads, wanted_threads
from kobai.engines.numpy_engine.kept import kept_program
from kobai.engines.numpy_engine.program import Program, compile_numpy, write_program
from kobai.graph import Graph, trace

Step = Callable[..., tuple[Any, Any, Any, Any]]
# x and t, and the weights of the samples if there are any.
Data = tuple[np.ndarray, ...]


def step_graph(step: Step, work: Any, *batch: Any) -> Graph:
    """Return the graph of a step that updates its first three arguments in place."""
    graph = trace(step, *work, *batch)
    *changed, loss = graph.outputs
    pairs = zip(graph.inputs, changed, strict=False)
    updates = {old: new for old, new in pairs if new is not old}
    return replace(graph, outputs=(loss,), updates=updates, result=[loss])


@dataclass(frozen=True)
class Steps:
    """What several steps of equal batches take, one after the other.

    `rows` has the row numbers of each batch, shape (steps, batch), or is None where
    every step takes all rows of the data. `noises` has a dict for each step, or is
    empty. `rates` are the learning rates, shape (steps,).
    """

    rows: np.ndarray | None
    noises: Sequence[Any]
    rates: np.ndarray

    def batch_size(self, x: Any) -> int:
        """Return how many rows of x a step takes."""
        return len(x) if self.rows is None else self.rows.shape[1]

    def noise(self, number: int) -> Any:
        """Return the noise of one of the steps."""
        return self.noises[number] if self.noises else {}


def dtype_of(work: Any) -> np.dtype[Any]:
    """Return the type of the numbers that are trained."""
    dtype: np.dtype[Any] = next(iter(work[0].values())).dtype
    return dtype


class NumpyStepper:
    """Takes steps with the planned NumPy engine.

    `structure` is all that the step depends on besides its arguments: with it, what is
    compiled is kept in this process for the next stepper of the same.
    """

    def __init__(self, step: Step, structure: Hashable = None) -> None:
        self.step = step
        self.structure = structure
        # For each batch size: the compiled step, and buffers for the rows of a batch.
        self._versions: dict[int, Callable[..., list[Any]]] = {}
        self._batches: dict[int, tuple[np.ndarray, ...]] = {}

    def begin(self, model: Any) -> Any:
        """Return a copy of (params, state, statistics) to be changed in place."""
        return tree_map(np.array, model)

    def threads(self, work: Any, rows: int) -> AbstractContextManager[None]:
        """Return the context in which steps on `rows` samples run fastest.

        Small products are faster on one thread of BLAS. Each weight is used by about
        two products, of the forward and of the backward pass.
        """
        weights = sum(w.size for w in work[0].values() if w.ndim == 2)
        return blas_threads(wanted_threads(2 * rows * weights))

    def take_steps(self, work: Any, data: Data, steps: Steps) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each.

        `data` is (x, t), or (x, t, weights). A step whose loss is not finite is the
        last one.
        """
        batch = self._gathered(data, steps)
        run = self._compiled(work, batch, steps)
        arrays = leaves(work)
        rates = steps.rates.astype(dtype_of(work))
        losses = np.empty(len(rates))
        for number in range(len(losses)):
            if steps.rows is not None:
                rows = steps.rows[number]
                # They are valid, so there is nothing to clip; NumPy's other modes
                # would copy once more.
                for all_rows, chosen in zip(data, batch, strict=True):
                    all_rows.take(rows, axis=0, out=chosen, mode="clip")
            noise = leaves(steps.noise(number)) if steps.noises else ()
            (loss,) = run(*arrays, *batch, *noise, rates[number, ...])
            losses[number] = loss
            if not isfinite(loss):
                return losses[: number + 1]
        return losses

    def _gathered(self, data: Data, steps: Steps) -> Data:
        """Return the data itself, or buffers for the rows of a batch."""
        if steps.rows is None:
            return data
        size = steps.batch_size(data[0])
        if size not in self._batches:
            self._batches[size] = tuple(
                np.empty((size, *each.shape[1:]), each.dtype) for each in data
            )
        return self._batches[size]

    def _compiled(
        self, work: Any, batch: Data, steps: Steps
    ) -> Callable[..., list[Any]]:
        size = len(batch[0])
        run = self._versions.get(size)
        if run is None:
            run = self._versions[size] = self._program(work, batch, steps).load()
        return run

    def _program(self, work: Any, batch: Data, steps: Steps) -> Program:
        def write() -> Program:
            rate = np.zeros((), dtype_of(work))
            graph = step_graph(self.step, work, *batch, steps.noise(0), rate)
            # x and t come after what is trained; t was checked.
            t = graph.inputs[len(leaves(work)) + 1]
            return write_program(graph, valid_indices=[t])

        if self.structure is None:
            return write()
        arrays = leaves([work, batch, steps.noise(0)])
        shapes = tuple((array.shape, array.dtype.str) for array in arrays)
        return kept_program((self.structure, shapes), write)


def step_source(step: Step, work: Any, *batch: Any) -> str:
    """Return the NumPy code of a training step, as the engine "numpy" runs it.

    `work` is (params, state, statistics), `batch` is (x, t, noise, learning_rate).
    """
    source: str = compile_numpy(step_graph(step, work, *batch)).source  # type: ignore[attr-defined]
    return source
