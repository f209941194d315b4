"""Compiled numerical gradients: the perturbed networks one by one, all in the cache.

The generated function evaluates the loss for each new value of each number of one
parameter. What is fixed is computed before; what a change reaches is computed again in
loops over the rows of the batch, which lie side by side in memory: matrices are kept
transposed, so that short rows, such as those of ten classes, do not matter.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kobai.engines.compiled import storing
from kobai.engines.compiled.placing import Placed, place
from kobai.engines.compiled.sweeping import write_sweep
from kobai.graph import Input, Node, Operation

Changes = tuple[np.ndarray, np.ndarray]


def sums_of_changed(
    base: Mapping[Node, Any], reached: list[Operation], target: Input, ends: Changes
) -> dict[Node, tuple[np.ndarray, np.ndarray]]:
    """Return the sums over the batch for each new value of each number of an input.

    `base` has the value of every node, `reached` are the operations that depend on the
    input, in order; `ends` has the two new values of each of its numbers, flat. The
    result has the sums at both for every sum that the rest is computed from. Raises
    NotCompilable unless the operations before the sums are a first product with the
    input, or an addition to all rows, further products, and operations on the rows.
    """
    placed = place(reached, target)
    sweep = write_sweep(placed)
    new = np.concatenate(ends)
    changes = new - np.tile(base[target].reshape(-1), 2) if placed.inner else new
    arrays = [_laid_out(base[node]) for node in sweep.given]
    buffers = [_buffer(base[node], node, placed) for node in sweep.buffers]
    sums = [np.empty(new.size) for _ in placed.sums]
    sizes = np.array([placed.rows, placed.columns, placed.inner or 1, *sweep.sizes])
    given = [sizes.astype(np.uint64), changes, *arrays, *buffers, *sums]
    function = storing.load_sweep(sweep.source, given)
    function(*given)
    halves = (np.split(each, 2) for each in sums)
    return {
        node: (upper, lower)
        for node, (upper, lower) in zip(placed.sums, halves, strict=True)
    }


def _laid_out(value: Any) -> np.ndarray:
    """Return the columns of a value one after the other, labels counted from 0."""
    array = np.asarray(value)
    return np.array(array.T.reshape(-1), order="C")


def _buffer(value: Any, node: Node, placed: Placed) -> np.ndarray:
    is_column = placed.kinds[node] == "column"
    return _laid_out(value) if is_column else np.empty(node.size, node.dtype)
