"""Many training steps in a row, run by an engine that changes parameters in place.

A training step is a pure function,

    step(params, state, statistics, x, t, noise, learning_rate)
        -> (params, state, statistics, loss)

A `Stepper` traces it once for each shape of a batch, turns what goes out into updates
of what came in, and lets an engine compile that.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kobai.autodiff.trees import leaves, tree_map
from kobai.engines.blas import blas_threads, wanted_threads
from kobai.engines.planned import compile_numpy
from kobai.graph import Graph, trace

Step = Callable[..., tuple[Any, Any, Any, Any]]


def step_graph(step: Step, work: Any, *batch: Any) -> Graph:
    """Return the graph of a step that updates its first three arguments in place."""
    graph = trace(step, *work, *batch)
    *changed, loss = graph.outputs
    pairs = zip(graph.inputs, changed, strict=False)
    updates = {old: new for old, new in pairs if new is not old}
    return replace(graph, outputs=(loss,), updates=updates, result=[loss])


@dataclass(frozen=True)
class Steps:
    """What several steps take: rows of the data, noise and learning rates.

    `rows` has an array of row numbers for each step, or None for all rows of the data.
    """

    rows: Sequence[Any]
    noises: Sequence[Any]
    rates: Sequence[float]

    def one(self, number: int) -> tuple[Any, Any, float]:
        """Return what one of the steps takes."""
        return self.rows[number], self.noises[number], self.rates[number]

    def part(self, first: int, stop: int) -> "Steps":
        """Return the steps from one to before another."""
        some = slice(first, stop)
        return Steps(self.rows[some], self.noises[some], self.rates[some])


def dtype_of(work: Any) -> np.dtype[Any]:
    """Return the type of the numbers that are trained."""
    dtype: np.dtype[Any] = next(iter(work[0].values())).dtype
    return dtype


class NumpyStepper:
    """Takes steps with the planned NumPy engine."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self._compiled: dict[Any, Callable[..., list[Any]]] = {}
        self._gathered: dict[Any, tuple[np.ndarray, np.ndarray]] = {}

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

    def take_steps(self, work: Any, x: Any, t: Any, steps: Steps) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each.

        A step whose loss is not finite is the last one.
        """
        losses = np.empty(len(steps.rates))
        for number in range(len(losses)):
            losses[number] = self._take_step(work, x, t, *steps.one(number))
            if not np.isfinite(losses[number]):
                return losses[: number + 1]
        return losses

    def _take_step(
        self, work: Any, x: Any, t: Any, rows: Any, noise: Any, rate: float
    ) -> float:
        batch = (*self._gather(x, t, rows), noise, np.array(rate, dtype_of(work)))
        key = (len(batch[0]), tuple(noise))
        run = self._compiled.get(key)
        if run is None:
            graph = step_graph(self.step, work, *batch)
            run = self._compiled[key] = compile_numpy(graph, valid_indices=True)
        return float(run(*leaves(work), *batch[:2], *leaves(noise), batch[3])[0])

    def _gather(self, x: Any, t: Any, rows: Any) -> tuple[Any, Any]:
        if rows is None:
            return x, t
        buffers = self._gathered.get(len(rows))
        if buffers is None:
            buffers = (
                np.empty((len(rows), *x.shape[1:]), x.dtype),
                np.empty((len(rows), *t.shape[1:]), t.dtype),
            )
            self._gathered[len(rows)] = buffers
        for data, buffer in zip((x, t), buffers, strict=True):
            # The rows come from a permutation, so there is nothing to clip; NumPy's
            # other modes would copy once more.
            data.take(rows, axis=0, out=buffer, mode="clip")
        return buffers


def step_source(step: Step, work: Any, *batch: Any) -> str:
    """Return the NumPy code of a training step, as the engine "numpy" runs it.

    `work` is (params, state, statistics), `batch` is (x, t, noise, learning_rate).
    """
    source: str = compile_numpy(step_graph(step, work, *batch)).source  # type: ignore[attr-defined]
    return source
