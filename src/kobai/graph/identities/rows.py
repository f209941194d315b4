"""Identities of values per row, and of one entry of each row: what labels pick."""

from math import prod
from typing import TypeGuard

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph.identities.bounds import is_above_zero, is_within_one
from kobai.graph.identities.cancelling import picks_rows
from kobai.graph.identities.matching import enter, if_same_type
from kobai.graph.node import Builder, Node, Operation, is_a
from kobai.graph.rewriting import Identity, Rewriter

TABLE: list[Identity] = []
identity = enter(TABLE)


@identity("Σ broadcast(x) = count · x", ops.SUM)
def _sum_of_broadcast(node: Operation, builder: Rewriter) -> Node | None:
    if not is_a(node.inputs[0], ops.BROADCAST_TO):
        return None
    wide = node.inputs[0]
    x = wide.inputs[0]
    if x.size != 1 or x.dtype.kind != "f":
        return None
    count = prod(wide.shape[i] for i in node.attributes["axis"])
    if not 0 < count <= np.finfo(x.dtype).max:
        return None
    total = builder.operation(ops.MULTIPLY, x, builder.constant(float(count)))
    flat = builder.operation(ops.RESHAPE, total, shape=())
    return builder.operation(ops.BROADCAST_TO, flat, shape=node.shape)


def _pick(builder: Builder, x: Node, scattered: Operation) -> Node:
    """Return x's entry of each row where `scattered` has one."""
    if x.ndim == 0:
        return x
    full = builder.operation(ops.BROADCAST_TO, x, shape=scattered.shape)
    arrays = scattered.inputs[1:]
    pattern = scattered.attributes["pattern"]
    return builder.operation(ops.GETITEM, full, *arrays, pattern=pattern)


@identity("f(x, y)[i, tᵢ] = f(x[i, tᵢ], y[i, tᵢ])", ops.GETITEM)
def _pick_inwards(node: Operation, builder: Rewriter) -> Node | None:
    if not picks_rows(node):
        return None
    x = node.inputs[0]
    if not isinstance(x, Operation) or not x.primitive.elementwise:
        return None
    if x.primitive is ops.WHERE or any(is_a(n, ops.MATMUL) for n in x.inputs):
        # The whole of a layer's sums is needed anyway.
        return None
    arrays = node.inputs[1:]
    pattern = node.attributes["pattern"]
    picked = []
    for given in x.inputs:
        if given.size == 1 and given.ndim == 0:
            picked.append(given)
            continue
        full = builder.operation(ops.BROADCAST_TO, given, shape=x.shape)
        picked.append(builder.operation(ops.GETITEM, full, *arrays, pattern=pattern))
    return builder.operation(x.primitive, *picked)


@identity(
    "broadcast(x)[i, tᵢ] = xᵢ where x has one entry per row, or one in all", ops.GETITEM
)
def _pick_of_broadcast(node: Operation, builder: Rewriter) -> Node | None:
    if not picks_rows(node):
        return None
    wide = node.inputs[0]
    if not is_a(wide, ops.BROADCAST_TO):
        return None
    x = wide.inputs[0]
    if x.shape == wide.shape:
        return builder.operation(
            ops.GETITEM, x, *node.inputs[1:], pattern=node.attributes["pattern"]
        )
    if x.shape == (wide.shape[0], 1):
        return builder.operation(ops.RESHAPE, x, shape=node.shape)
    if x.size == 1:
        flat = builder.operation(ops.RESHAPE, x, shape=())
        return builder.operation(ops.BROADCAST_TO, flat, shape=node.shape)
    return None


def _keeps_zeros(node: Operation, other: Node) -> bool:
    """Whether 0 · y or 0 / y is 0 for certain, and not nan; a number y is trusted."""
    if other.ndim == 0:
        return True
    keeps = is_above_zero if node.primitive is ops.DIVIDE else is_within_one
    return keeps(other)


@identity(
    "scatter(v) · y = scatter(v · y[i, tᵢ]), and so with / and -",
    ops.MULTIPLY,
    ops.DIVIDE,
    ops.NEGATIVE,
)
def _scatter_outwards(node: Operation, builder: Rewriter) -> Node | None:
    for position, given in enumerate(node.inputs):
        if position == 1 and node.primitive is ops.DIVIDE:
            return None
        if not is_a(given, ops.SCATTER) or given.shape != node.shape:
            continue
        if not picks_rows(given):
            continue
        values = list(node.inputs)
        values[position] = given.inputs[0]
        if len(values) == 2:
            other = values[1 - position]
            if not _keeps_zeros(node, other):
                continue
            values[1 - position] = _pick(builder, other, given)
        inner = builder.operation(node.primitive, *values)
        return builder.operation(
            ops.SCATTER, inner, *given.inputs[1:], **given.attributes
        )
    return None


@identity(
    "(a + scatter(v)) · y = a · y + scatter(v · y[i, tᵢ])",
    ops.MULTIPLY,
    ops.DIVIDE,
    ops.NEGATIVE,
)
def _scatter_apart(node: Operation, builder: Rewriter) -> Node | None:
    total = node.inputs[0]
    rest = node.inputs[1:]
    if node.primitive is ops.MULTIPLY and not _is_sum_with_scatter(total):
        total, rest = node.inputs[1], node.inputs[:1]
    if not _is_sum_with_scatter(total) or total.shape != node.shape:
        return None
    if builder.uses(total) > 1 or not all(_keeps_zeros(node, n) for n in rest):
        return None
    parts = [builder.operation(node.primitive, n, *rest) for n in total.inputs]
    return if_same_type(builder.operation(total.primitive, *parts), node)


def _is_sum_with_scatter(node: Node) -> TypeGuard[Operation]:
    if not is_a(node, ops.ADD, ops.SUBTRACT):
        return False
    scattered = [n for n in node.inputs if is_a(n, ops.SCATTER)]
    return len(scattered) == 1 and scattered[0].shape == node.shape


@identity("the row sums of scatter(v) are v, its sum is that of v", ops.SUM)
def _sum_of_scatter(node: Operation, builder: Rewriter) -> Node | None:
    if not is_a(node.inputs[0], ops.SCATTER):
        return None
    scattered = node.inputs[0]
    if not picks_rows(scattered):
        return None
    axis = node.attributes["axis"]
    v = scattered.inputs[0]
    if axis == (1,):
        return builder.operation(ops.RESHAPE, v, shape=node.shape)
    if axis == (0, 1):
        total = builder.operation(ops.SUM, v, axis=(0,), keepdims=False)
        return builder.operation(ops.RESHAPE, total, shape=node.shape)
    return None
