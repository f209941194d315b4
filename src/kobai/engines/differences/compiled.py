"""Compiled numerical gradients: the perturbed networks one by one, all in the cache.

The generated function evaluates the loss for each new value of each number of one
parameter. What is fixed is computed before; what a change reaches is computed again in
loops over the rows of the batch, which lie side by side in memory: matrices are kept
transposed, so that short rows, such as those of ten classes, do not matter.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from kobai.engines.differences.placement import Placed, place
from kobai.engines.differences.source import write_sweep
from kobai.engines.machine.processor import read_processor
from kobai.engines.numba_engine import cache
from kobai.functions.arrays import Array
from kobai.graph import Constant, Input, Node, Operation

Changes = tuple[np.ndarray, np.ndarray]

# The changes that `exp_near_zero` is good for.
NEAR = 2.0**-6

# Numbers of at least a byte, beside which another thread may write.
APART = 128

# How many rows of perturbed networks are worth a task for a thread, and how many tasks
# a thread has, as another program may hold one up.
WORTH_A_TASK = 200_000
TASKS = 8


def sums_of_changed(
    base: Mapping[Node, Array], reached: list[Operation], target: Input, ends: Changes
) -> dict[Node, tuple[np.ndarray, np.ndarray]]:
    """Return the sums over the batch for each new value of each number of an input.

    `base` has the value of every node, `reached` are the operations that depend on the
    input, in order; `ends` has the two new values of each of its numbers, flat. The
    result has the sums at both for every sum that the rest is computed from. Raises
    NotCompilable unless the operations before the sums are a first product with the
    input, or an addition to all rows, further products, and operations on the rows.
    """
    placed = place(reached, target)
    new = np.stack(ends)
    if placed.slope is not None:
        new -= base[target].reshape(-1)
    # Column after column of the parameter, each number's two ends side by side.
    by_column = new.reshape(2, placed.inner, placed.columns).T
    changes = by_column.reshape(-1)
    sums = [np.empty(changes.size) for _ in placed.sums]
    if not _run(placed, base, changes, sums, near=True):
        _run(placed, base, changes, sums, near=False)
    found: dict[Node, tuple[np.ndarray, np.ndarray]] = {}
    for node, each in zip(placed.sums, sums, strict=True):
        upper, lower = each.reshape(by_column.shape).T.reshape(2, -1)
        found[node] = upper, lower
    return found


def _run(
    placed: Placed,
    base: Mapping[Node, Array],
    changes: np.ndarray,
    sums: list[np.ndarray],
    near: bool,
) -> bool:
    """Fill in the sums; return whether all changes were near enough.

    Each task has columns of the parameter, and buffers, of its own.
    """
    sweep = write_sweep(placed, near)
    given = [_laid_out(_value(node, base)) for node in sweep.given]
    sizes = [placed.rows, placed.columns, placed.inner, 0, 0, *sweep.sizes]
    parts = []
    for first, stop in _shares(placed.columns, changes.size * placed.rows):
        sizes[3:5] = first, stop
        buffers = [_buffer(base[node], node, placed) for node in sweep.buffers]
        own = np.array(sizes, np.uint64), changes, *given, *buffers, *sums, np.empty(1)
        parts.append(own)
    function = cache.load_sweep(sweep.source, parts[0])
    if len(parts) == 1:
        function(*parts[0])
    else:
        with ThreadPoolExecutor(read_processor().cores) as pool:
            list(pool.map(lambda part: function(*part), parts))
    return all(part[-1][0] <= NEAR**2 for part in parts)


def _shares(columns: int, work: int) -> list[tuple[int, int]]:
    """Return the columns of each task, from the first to before the last."""
    parts = min(columns, 1 + work // WORTH_A_TASK, TASKS * read_processor().cores)
    bounds = [columns * i // parts for i in range(parts + 1)]
    return list(pairwise(bounds))


def _value(node: Node, base: Mapping[Node, Array]) -> Array:
    return node.value if isinstance(node, Constant) else base[node]


def _laid_out(value: Array) -> np.ndarray:
    """Return the columns of a value one after the other, labels counted from 0."""
    array = np.asarray(value)
    return np.array(array.T.reshape(-1), order="C")


def _buffer(value: Array, node: Node, placed: Placed) -> np.ndarray:
    """Return memory that shares no line of the cache with that of another thread."""
    buffer = np.empty(node.size + 2 * APART, node.dtype)[APART:-APART]
    if placed.kinds[node] == "column":
        buffer[:] = _laid_out(value)
    return buffer
