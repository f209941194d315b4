"""Numerical gradients of a graph: recompute only what a changed number touches.

Every perturbed function is really evaluated at +h and -h, many at once, but a value
that a perturbation does not reach is computed once for all. A weight W[i, j] of a
dense layer changes only column j of x @ W, and what is computed from that entry by
entry; the matrix product behind it adds one outer product to what it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai import autodiff
from kobai.autodiff import operations as ops
from kobai.autodiff.trees import leaves, tree_map, unflatten
from kobai.errors import GradientError
from kobai.graph import Constant, Graph, Input, Node, Operation, trace
from kobai.graph.node import in_order

# How many numbers one value of a group of perturbations may hold, to stay in cache.
GROUP_SIZE = 1 << 15


@dataclass(frozen=True)
class Column:
    """A matrix of which each perturbation changes the same column.

    `values` has shape (perturbations, rows).
    """

    position: int
    values: np.ndarray


@dataclass(frozen=True)
class Dense:
    """A value that is another one for each perturbation, along a first axis."""

    values: np.ndarray


@dataclass(frozen=True)
class Entries:
    """A matrix of parameters with row `rows[p]` of one column changed by `change`."""

    rows: np.ndarray
    column: int
    change: np.ndarray


Perturbed = Column | Dense | Entries


def numerical_gradient(f: Callable[..., Any], x: Any, *others: Any) -> Any:
    """Return the gradient of f(x, *others) by x from its definition, but sooner.

    As `kobai.autodiff.numerical_gradient`, in float64 throughout: the central
    difference of every number in x, with every changed f evaluated. f is traced, so
    that only what a change reaches is computed again, and many changes at once; a
    function that cannot be traced is evaluated as it is. The result has x's structure,
    in float64.

    >>> weights, inputs = np.ones((2, 3)), np.ones((4, 2))
    >>> numerical_gradient(lambda w, a: np.sum(a @ w), weights, inputs).round(6)
    array([[4., 4., 4.],
           [4., 4., 4.]])
    """
    x, *others = tree_map(_in_double, [x, *others])
    try:
        graph = trace(f, x, *others)
    except GradientError:
        return autodiff.numerical_gradient(lambda x: f(x, *others), x)
    values = leaves([x, *others])
    wanted = graph.inputs[: len(leaves(x))]
    return unflatten(x, central_differences(graph, values, wanted))


def _in_double(leaf: Any) -> Any:
    array = np.asarray(leaf)
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def central_differences(
    graph: Graph, values: Sequence[Any], wanted: Sequence[Input], h: float = 1e-4
) -> list[np.ndarray]:
    """Return the gradient of a graph's first output by its definition.

    (f(x + h eᵢ) - f(x - h eᵢ)) / 2h for every number of every wanted input, of which
    each has its value in `values`, an array of float64 for each of the graph's inputs.
    """
    base = _evaluate(graph, values)
    order = [n for n in in_order(graph.outputs[:1]) if isinstance(n, Operation)]
    grads = []
    for target in wanted:
        reached = _reached(order, target)
        largest = max((n.size for n in reached), default=1)
        grads.append(_gradient_of(graph, base, reached, target, h, largest))
    return grads


def _evaluate(graph: Graph, values: Sequence[Any]) -> dict[Node, Any]:
    known: dict[Node, Any] = dict(zip(graph.inputs, values, strict=True))
    for node in in_order(graph.outputs):
        if isinstance(node, Constant):
            known[node] = node.value
        elif isinstance(node, Operation):
            given = [known[n] for n in node.inputs]
            known[node] = node.primitive.evaluate(*given, **node.attributes)
    return known


def _reached(order: list[Operation], target: Input) -> list[Operation]:
    """Return the operations that depend on an input, in order."""
    touched: set[Node] = {target}
    for node in order:
        if any(n in touched for n in node.inputs):
            touched.add(node)
    return [n for n in order if n in touched]


def _gradient_of(
    graph: Graph,
    base: dict[Node, Any],
    reached: list[Operation],
    target: Input,
    h: float,
    largest: int,
) -> np.ndarray:
    array = base[target]
    grad = np.zeros(array.shape)
    if not reached:
        return grad
    if _is_weight(reached, target):
        # The second product turns a column into a whole value again.
        after = _largest_dense(reached)
        group = max(1, GROUP_SIZE // max(after, reached[0].shape[0]))
        for column in range(array.shape[1]):
            for start in range(0, array.shape[0], group):
                rows = np.arange(start, min(start + group, array.shape[0]))
                sides = [
                    _loss(graph, base, reached, target, Entries(rows, column, change))
                    for change in _steps(array[rows, column], h)
                ]
                grad[rows, column] = _slope(array[rows, column], sides, h)
        return grad
    flat = array.reshape(-1)
    group = max(1, GROUP_SIZE // largest)
    for start in range(0, flat.size, group):
        places = np.arange(start, min(start + group, flat.size))
        sides = []
        for change in _steps(flat[places], h):
            many = np.repeat(flat[np.newaxis], len(places), axis=0)
            many[np.arange(len(places)), places] += change
            dense = Dense(many.reshape(len(places), *array.shape))
            sides.append(_loss(graph, base, reached, target, dense))
        grad.reshape(-1)[places] = _slope(flat[places], sides, h)
    return grad


def _steps(x: np.ndarray, h: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the changes really made at both sides, rounded as x + h is."""
    return (x + h) - x, (x - h) - x


def _slope(x: np.ndarray, sides: list[np.ndarray], h: float) -> np.ndarray:
    slope: np.ndarray = (sides[0] - sides[1]) / ((x + h) - (x - h))
    return slope


def _is_weight(reached: list[Operation], target: Input) -> bool:
    """Whether an input is only ever the matrix behind x in x @ W."""
    users = [n for n in reached if target in n.inputs]
    return (
        target.ndim == 2
        and all(
            n.primitive is ops.MATMUL
            and n.inputs[1] is target
            and n.inputs[0].ndim == 2
            and n.inputs[0] is not target
            for n in users
        )
        and len(users) == 1
    )


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


def _loss(
    graph: Graph,
    base: dict[Node, Any],
    reached: list[Operation],
    target: Input,
    change: Perturbed,
) -> np.ndarray:
    """Return the first output for each perturbation of a group."""
    changed: dict[Node, Perturbed] = {target: change}
    for node in reached:
        changed[node] = _apply(node, base, changed)
    result = changed[graph.outputs[0]]
    assert isinstance(result, Dense)
    return result.values


def _apply(
    node: Operation, base: dict[Node, Any], changed: dict[Node, Perturbed]
) -> Perturbed:
    given = [changed.get(n) for n in node.inputs]
    if node.primitive is ops.MATMUL:
        product = _matmul(node, base, given)
        if product is not None:
            return product
    if node.primitive.elementwise:
        column = _elementwise_column(node, base, given)
        if column is not None:
            return column
    return _dense(node, base, given)


def _matmul(
    node: Operation, base: dict[Node, Any], given: list[Perturbed | None]
) -> Perturbed | None:
    left, right = node.inputs
    if isinstance(given[1], Entries) and given[0] is None:
        entries = given[1]
        added = base[left].T[entries.rows] * entries.change[:, np.newaxis]
        return Column(entries.column, base[node][:, entries.column] + added)
    if isinstance(given[0], Column) and given[1] is None and node.ndim == 2:
        column = given[0]
        moved = column.values - base[left][:, column.position]
        added = moved[:, :, np.newaxis] * base[right][column.position]
        added += base[node]
        return Dense(added)
    return None


def _elementwise_column(
    node: Operation, base: dict[Node, Any], given: list[Perturbed | None]
) -> Perturbed | None:
    columns = [g for g in given if isinstance(g, Column)]
    if not columns or any(isinstance(g, Dense | Entries) for g in given):
        return None
    if node.ndim != 2 or len({c.position for c in columns}) > 1:
        return None
    position = columns[0].position
    operands = []
    for source, perturbed in zip(node.inputs, given, strict=True):
        if isinstance(perturbed, Column):
            if source.shape != node.shape:
                return None
            operands.append(perturbed.values)
        else:
            operands.append(_column_of(base[source], position))
    return Column(position, node.primitive.evaluate(*operands, **node.attributes))


def _column_of(value: Any, position: int) -> Any:
    """Return what a value that broadcasts to a matrix has in one of its columns."""
    if np.ndim(value) == 0:
        return value
    column = value[..., position if value.shape[-1] > 1 else 0]
    return column if np.ndim(column) == 0 else column.reshape(-1)


def _dense(
    node: Operation, base: dict[Node, Any], given: list[Perturbed | None]
) -> Perturbed:
    operands: list[Any] = []
    for source, perturbed in zip(node.inputs, given, strict=True):
        value = base[source]
        operands.append(value if perturbed is None else _spread(perturbed, value))
    which = [g is not None for g in given]
    rule = BATCHED.get(node.primitive)
    if node.primitive.elementwise:
        rule = _batched_elementwise
    result = None if rule is None else rule(node, operands, which)
    if result is None:
        result = _one_by_one(node, operands, which)
    return Dense(result)


def _spread(perturbed: Perturbed, value: np.ndarray) -> np.ndarray:
    """Return a perturbed value in full, for each perturbation."""
    if isinstance(perturbed, Dense):
        return perturbed.values
    count = len(perturbed.values if isinstance(perturbed, Column) else perturbed.rows)
    full = np.repeat(value[np.newaxis], count, axis=0)
    if isinstance(perturbed, Column):
        full[:, :, perturbed.position] = perturbed.values
    else:
        full[np.arange(count), perturbed.rows, perturbed.column] += perturbed.change
    return full


# --- operations on many values at once, along a first axis

Batched = Callable[[Operation, list[Any], list[bool]], np.ndarray | None]


def _batched_elementwise(
    node: Operation, operands: list[Any], which: list[bool]
) -> np.ndarray:
    aligned = []
    for operand, is_many in zip(operands, which, strict=True):
        if is_many:
            missing = node.ndim + 1 - operand.ndim
            shape = (operand.shape[0], *(1,) * missing, *operand.shape[1:])
            operand = operand.reshape(shape)
        aligned.append(operand)
    result: np.ndarray = node.primitive.evaluate(*aligned, **node.attributes)
    return result


def _batched_reduction(
    node: Operation, operands: list[Any], which: list[bool]
) -> np.ndarray:
    axis = tuple(a + 1 for a in node.attributes["axis"])
    keepdims = node.attributes["keepdims"]
    result: np.ndarray = node.primitive.evaluate(
        operands[0], axis=axis, keepdims=keepdims
    )
    return result


def _batched_reshape(
    node: Operation, operands: list[Any], which: list[bool]
) -> np.ndarray:
    result: np.ndarray = operands[0].reshape(len(operands[0]), *node.shape)
    return result


def _batched_matmul(
    node: Operation, operands: list[Any], which: list[bool]
) -> np.ndarray | None:
    if any(n.ndim != 2 for n in node.inputs):
        return None
    product: np.ndarray = np.matmul(*operands)
    return product


def _batched_getitem(
    node: Operation, operands: list[Any], which: list[bool]
) -> np.ndarray | None:
    pattern = node.attributes["pattern"]
    x, *arrays = operands
    if any(which[1:]) or any(p is not ops.ARRAY for p in pattern):
        return None
    result: np.ndarray = x[(slice(None), *arrays)]
    return result


BATCHED: dict[Any, Batched] = {
    ops.SUM: _batched_reduction,
    ops.MAX: _batched_reduction,
    ops.MIN: _batched_reduction,
    ops.RESHAPE: _batched_reshape,
    ops.MATMUL: _batched_matmul,
    ops.GETITEM: _batched_getitem,
}


def _one_by_one(node: Operation, operands: list[Any], which: list[bool]) -> np.ndarray:
    count = next(len(o) for o, many in zip(operands, which, strict=True) if many)
    results = []
    for i in range(count):
        given = [o[i] if many else o for o, many in zip(operands, which, strict=True)]
        results.append(node.primitive.evaluate(*given, **node.attributes))
    return np.stack(results)
