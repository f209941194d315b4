"""Values that many perturbations change, and operations on all of them at once.

A change of one number often reaches only a column of a matrix. What is changed is kept
as small as it is for as long as it is, and becomes a whole value for each perturbation
where an operation mixes the columns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.functions.arrays import Array
from kobai.graph import Node, Operation


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


def apply(
    node: Operation, base: Mapping[Node, Array], changed: Mapping[Node, Perturbed]
) -> Perturbed:
    """Return an operation's result for each perturbation of its operands.

    `base` has the value of every node without a perturbation, `changed` those that the
    perturbations reach.
    """
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
    node: Operation, base: Mapping[Node, Array], given: list[Perturbed | None]
) -> Perturbed | None:
    left, right = node.inputs
    if isinstance(given[1], Entries) and given[0] is None:
        entries = given[1]
        added = base[left].T[entries.rows] * entries.change[:, np.newaxis]
        return Column(entries.column, base[node][:, entries.column] + added)
    if isinstance(given[0], Column) and given[1] is None and node.ndim == 2:
        column = given[0]
        moved = column.values - base[left][:, column.position]
        added = _across(base[right][column.position]) * moved
        added += base[node].T[:, np.newaxis]
        return Dense(_columns_last(added))
    return None


def _across(column: np.ndarray) -> np.ndarray:
    return column[:, np.newaxis, np.newaxis]


def _columns_last(values: np.ndarray) -> np.ndarray:
    """Return values of shape (columns, perturbations, rows) as Dense has them.

    A sum over short rows is fast where a column, not a row, lies in one piece; NumPy
    keeps that order through elementwise operations.
    """
    return np.moveaxis(values, 0, -1)


def _elementwise_column(
    node: Operation, base: Mapping[Node, Array], given: list[Perturbed | None]
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


def _column_of(value: Array, position: int) -> Array:
    """Return what a value that broadcasts to a matrix has in one of its columns."""
    if np.ndim(value) == 0:
        return value
    column = value[..., position if value.shape[-1] > 1 else 0]
    return column if np.ndim(column) == 0 else column.reshape(-1)


def _dense(
    node: Operation, base: Mapping[Node, Array], given: list[Perturbed | None]
) -> Perturbed:
    operands: list[Array] = []
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

Batched = Callable[[Operation, list[Array], list[bool]], np.ndarray | None]


def _batched_elementwise(
    node: Operation, operands: list[Array], which: list[bool]
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
    node: Operation, operands: list[Array], which: list[bool]
) -> np.ndarray:
    axis = tuple(a + 1 for a in node.attributes["axis"])
    keepdims = node.attributes["keepdims"]
    result: np.ndarray = node.primitive.evaluate(
        operands[0], axis=axis, keepdims=keepdims
    )
    return result


def _batched_reshape(
    node: Operation, operands: list[Array], which: list[bool]
) -> np.ndarray:
    result: np.ndarray = operands[0].reshape(len(operands[0]), *node.shape)
    return result


def _batched_matmul(
    node: Operation, operands: list[Array], which: list[bool]
) -> np.ndarray | None:
    if any(n.ndim != 2 for n in node.inputs):
        return None
    if which[1]:
        product: np.ndarray = np.matmul(*operands)
        return product
    many, right = operands
    count, rows, inner = many.shape
    flat = np.moveaxis(many, -1, 0).reshape(inner, count * rows)
    return _columns_last((right.T @ flat).reshape(-1, count, rows))


def _batched_getitem(
    node: Operation, operands: list[Array], which: list[bool]
) -> np.ndarray | None:
    pattern = node.attributes["pattern"]
    x, *arrays = operands
    if any(which[1:]) or any(p is not ops.ARRAY for p in pattern):
        return None
    result: np.ndarray = x[(slice(None), *arrays)]
    return result


BATCHED: dict[Primitive, Batched] = {
    ops.SUM: _batched_reduction,
    ops.MAX: _batched_reduction,
    ops.MIN: _batched_reduction,
    ops.RESHAPE: _batched_reshape,
    ops.MATMUL: _batched_matmul,
    ops.GETITEM: _batched_getitem,
}


def _one_by_one(
    node: Operation, operands: list[Array], which: list[bool]
) -> np.ndarray:
    count = next(len(o) for o, many in zip(operands, which, strict=True) if many)
    results = []
    for i in range(count):
        given = [o[i] if many else o for o, many in zip(operands, which, strict=True)]
        results.append(node.primitive.evaluate(*given, **node.attributes))
    return np.stack(results)
