"""Central differences of a graph, for every number of its inputs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kobai.autodiff import operations as ops
from kobai.engines import has_numba
from kobai.engines.differences.batched import Dense, Entries, Perturbed, apply
from kobai.engines.reference import evaluate
from kobai.functions.arrays import Array
from kobai.graph import Graph, Input, Node, Operation
from kobai.graph.node import in_order

# The numbers that NumPy would compute in about the time that compiling takes.
WORTH_COMPILING = 50_000_000

# How many numbers one value of a group of perturbations may hold, to stay in cache and
# in memory that is used again: for more than 128 KiB malloc asks the system.
GROUP_SIZE = 1 << 14

# A step that is smaller, relative to the number it changes, drowns in its rounding.
SMALLEST_STEP = 2.0**-26

# The new values of all numbers, or what is computed from them, at +h and at -h.
Ends = tuple[np.ndarray, np.ndarray]


def central_differences(
    graph: Graph,
    values: Sequence[Array],
    wanted: Sequence[Input],
    h: float = 1e-4,
    engine: str = "auto",
) -> list[np.ndarray]:
    """Return the gradient of a graph's first output by its definition.

    (f(x + h eᵢ) - f(x - h eᵢ)) / 2h for every number of every wanted input, of which
    each has its value in `values`, an array of float64 for each of the graph's inputs.
    With the engine "numba" what has a compiled form is compiled; with "auto", what
    takes longer than compiling.
    """
    base = evaluate(graph, values)
    order = in_order(graph.outputs[:1])
    sweeps = [
        Sweep(graph.outputs[0], base, reached_from(target, order), target, h)
        for target in wanted
    ]
    compiles = engine == "numba"
    if engine == "auto" and sum(sweep.work for sweep in sweeps) >= WORTH_COMPILING:
        compiles = has_numba()
    return [sweep.slopes(compiles) for sweep in sweeps]


def reached_from(target: Input, order: Sequence[Node]) -> list[Operation]:
    """Return the operations that depend on an input, in order."""
    touched: set[Node] = {target}
    reached = []
    for node in order:
        if isinstance(node, Operation) and not touched.isdisjoint(node.inputs):
            touched.add(node)
            reached.append(node)
    return reached


@dataclass(frozen=True, eq=False)
class Sweep:
    """The changes of all numbers of one input, and the operations that they reach.

    `base` has the value of every node without a change.
    """

    output: Node
    base: Mapping[Node, Array]
    reached: list[Operation]
    target: Input
    h: float

    @property
    def work(self) -> int:
        """About how many numbers have to be computed again."""
        is_weight = _is_weight(self.reached, self.target)
        largest = _largest_dense if is_weight else _largest
        return 2 * self.target.size * largest(self.reached)

    def slopes(self, compiles: bool) -> np.ndarray:
        """Return the central difference of the output for every number."""
        array: np.ndarray = self.base[self.target]
        if self.output is not self.target and not self.reached:
            return np.zeros(array.shape)
        step = np.maximum(self.h, SMALLEST_STEP * np.abs(array)).reshape(-1)
        ends = array.reshape(-1) + step, array.reshape(-1) - step
        outputs = self._compiled(ends) if compiles else None
        if outputs is None:
            outputs = self._in_groups(ends)
        slopes: np.ndarray = (outputs[0] - outputs[1]) / (ends[0] - ends[1])
        return slopes.reshape(array.shape)

    def _compiled(self, ends: Ends) -> Ends | None:
        """Return the outputs at both ends from compiled code, if there can be any."""
        from kobai.engines.differences.compiled import sums_of_changed
        from kobai.engines.numba_engine.limits import NotCompilable

        try:
            sums = sums_of_changed(self.base, self.reached, self.target, ends)
        except NotCompilable:
            return None
        upper, lower = (
            self._outputs({node: Dense(values[side]) for node, values in sums.items()})
            for side in (0, 1)
        )
        return upper, lower

    def _in_groups(self, ends: Ends) -> Ends:
        """Return the outputs at both ends from NumPy, for many changes at a time."""
        array = self.base[self.target]
        is_weight = _is_weight(self.reached, self.target)
        groups = _groups_of_weight if is_weight else _groups_of_any
        outputs = np.empty(array.size), np.empty(array.size)
        for places, perturbed in groups(array, self.reached):
            for end, output in zip(ends, outputs, strict=True):
                output[places] = self._outputs({self.target: perturbed(end[places])})
        return outputs

    def _outputs(self, known: Mapping[Node, Perturbed]) -> np.ndarray:
        """Return the output for each perturbation, from values that are known."""
        changed = dict(known)
        for node in self.reached:
            if node not in changed and not changed.keys().isdisjoint(node.inputs):
                changed[node] = apply(node, self.base, changed)
        result = changed[self.output]
        assert isinstance(result, Dense)
        return result.values


# --- which numbers are changed together

# Places in the flat array, and what the array is when they have new values.
Group = tuple[np.ndarray, Callable[[np.ndarray], Perturbed]]


def _groups_of_weight(array: np.ndarray, reached: list[Operation]) -> Iterator[Group]:
    """Yield the rows of one column after the other."""
    rows, columns = array.shape
    # The second product turns a column into a whole value again.
    size = max(1, GROUP_SIZE // max(_largest_dense(reached), reached[0].shape[0]))
    for column in range(columns):
        for start in range(0, rows, size):
            group = np.arange(start, min(start + size, rows))
            yield group * columns + column, _entries(array, group, column)


def _entries(
    array: np.ndarray, rows: np.ndarray, column: int
) -> Callable[[np.ndarray], Perturbed]:
    return lambda new: Entries(rows, column, new - array[rows, column])


def _groups_of_any(array: np.ndarray, reached: list[Operation]) -> Iterator[Group]:
    """Yield the numbers in order, each with a whole array that has it changed."""
    size = max(1, GROUP_SIZE // max(_largest(reached), array.size))
    for start in range(0, array.size, size):
        places = np.arange(start, min(start + size, array.size))
        yield places, _copies(array, places)


def _copies(array: np.ndarray, places: np.ndarray) -> Callable[[np.ndarray], Perturbed]:
    def perturbed(new: np.ndarray) -> Perturbed:
        many = np.repeat(array.reshape(1, -1), len(places), axis=0)
        many[np.arange(len(places)), places] = new
        return Dense(many.reshape(len(places), *array.shape))

    return perturbed


def _is_weight(reached: list[Operation], target: Input) -> bool:
    """Whether an input is only ever the matrix behind x in one x @ W."""
    users = [n for n in reached if target in n.inputs]
    return (
        target.ndim == 2
        and len(users) == 1
        and users[0].primitive is ops.MATMUL
        and users[0].inputs[0].ndim == 2
        and users[0].inputs[0] is not target
    )


def _largest(reached: list[Operation]) -> int:
    """Return the size of the largest value, at least 1."""
    return max([1, *(n.size for n in reached)])


def _largest_dense(reached: list[Operation]) -> int:
    """Return the size of the largest value behind the first layer's columns."""
    columns: set[Node] = {reached[0]}
    largest = 1
    for node in reached[1:]:
        entrywise = node.primitive.elementwise and node.shape == reached[0].shape
        if entrywise and all(n in columns or n not in reached for n in node.inputs):
            columns.add(node)
        else:
            largest = max(largest, node.size)
    return largest
