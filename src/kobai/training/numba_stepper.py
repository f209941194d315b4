"""Many training steps in a row inside compiled code."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from kobai.autodiff.trees import leaves
from kobai.engines.numba_engine import Epoch, NotCompilable, compile_epoch
from kobai.training.steppers import (
    Data,
    NumpyStepper,
    Step,
    Steps,
    dtype_of,
    step_graph,
)


class NumbaStepper(NumpyStepper):
    """Takes steps with the Numba engine; with NumPy where it has no compiled form."""

    def __init__(self, step: Step, structure: Hashable = None) -> None:
        super().__init__(step, structure)
        self._epochs: dict[int, Epoch | None] = {}

    def take_steps(self, work: Any, data: Data, steps: Steps) -> np.ndarray:
        """Change `work` by several steps on the data; return the loss of each."""
        epoch = self._epoch(work, data, steps)
        if epoch is None:
            return super().take_steps(work, data, steps)
        count = len(steps.rates)
        rows = steps.rows
        if rows is None:
            size = len(data[0])
            rows = np.broadcast_to(np.arange(size), (count, size))
        masks = zip(*map(leaves, steps.noises), strict=True)
        rates = steps.rates.astype(dtype_of(work))
        each = [*map(np.stack, masks), rates]
        losses = np.empty(count)
        done = epoch(leaves(work), data, rows, each, losses)
        return losses[:done]

    def _epoch(self, work: Any, data: Data, steps: Steps) -> Epoch | None:
        size = steps.batch_size(data[0])
        if size not in self._epochs:
            batch = [np.zeros((size, *each.shape[1:]), each.dtype) for each in data]
            rate = np.zeros((), dtype_of(work))
            graph = step_graph(self.step, work, *batch, steps.noise(0), rate)
            names = [n.name for n in graph.inputs]
            start = len(leaves(work))
            end = start + len(data)
            rows, each = names[start:end], names[end:]
            try:
                self._epochs[size] = compile_epoch(graph, rows, each)
            except NotCompilable:
                self._epochs[size] = None
        return self._epochs[size]
