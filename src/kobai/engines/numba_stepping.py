"""Many training steps in a row inside compiled code."""

from itertools import groupby
from typing import Any

import numpy as np

from kobai.autodiff.trees import leaves
from kobai.engines.compiled import Epoch, NotCompilable, compile_epoch
from kobai.engines.stepping import NumpyStepper, Step, Steps, dtype_of, step_graph


class NumbaStepper(NumpyStepper):
    """Takes steps with the Numba engine; with NumPy where it has no compiled form."""

    def __init__(self, step: Step) -> None:
        super().__init__(step)
        self._epochs: dict[Any, Epoch | None] = {}

    def take_steps(self, work: Any, x: Any, t: Any, steps: Steps) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each."""
        losses = np.empty(len(steps.rates))
        done = 0
        for size, group in groupby(steps.rows, lambda rows: _count(rows, x)):
            stop = done + len(list(group))
            part = steps.part(done, stop)
            epoch = self._epoch(work, x, t, size, part.noises[0])
            if epoch is None:
                taken = super().take_steps(work, x, t, part)
            else:
                taken = _run(epoch, work, x, t, part)
            losses[done : done + len(taken)] = taken
            done += len(taken)
            if done < stop or not np.isfinite(losses[done - 1]):
                break
        return losses[:done]

    def _epoch(self, work: Any, x: Any, t: Any, size: int, noise: Any) -> Epoch | None:
        key = (size, tuple(noise))
        if key not in self._epochs:
            batch = [np.zeros((size, *data.shape[1:]), data.dtype) for data in (x, t)]
            rate = np.zeros((), dtype_of(work))
            graph = step_graph(self.step, work, *batch, noise, rate)
            names = [n.name for n in graph.inputs]
            start = len(leaves(work))
            rows, each = names[start : start + 2], names[start + 2 :]
            try:
                self._epochs[key] = compile_epoch(graph, rows, each)
            except NotCompilable:
                self._epochs[key] = None
        return self._epochs[key]


def _run(epoch: Epoch, work: Any, x: Any, t: Any, steps: Steps) -> np.ndarray:
    whole = np.arange(len(x)) if steps.rows[0] is None else None
    indices = np.array([whole if rows is None else rows for rows in steps.rows])
    noises = [np.stack(masks) for masks in zip(*map(leaves, steps.noises), strict=True)]
    rates = np.array(steps.rates, dtype_of(work))
    losses = np.empty(len(rates))
    done = epoch(leaves(work), [x, t], indices, [*noises, rates], losses)
    return losses[:done]


def _count(rows: Any, x: Any) -> int:
    return len(x) if rows is None else len(rows)
