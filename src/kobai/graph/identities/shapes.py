"""Identities of constants and shapes."""

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph.identities.matching import enter, if_same_type, number_of
from kobai.graph.node import Constant, Node, Operation, is_a
from kobai.graph.rewriting import Identity, Rewriter

# A constant larger than this is not computed ahead: it would only take memory.
LARGEST_FOLD = 4096

TABLE: list[Identity] = []
identity = enter(TABLE)


@identity("an operation on constants is a constant")
def _fold(node: Operation, builder: Rewriter) -> Node | None:
    if not all(isinstance(n, Constant) for n in node.inputs):
        return None
    if node.size > LARGEST_FOLD:
        return None
    values = [n.value for n in node.inputs if isinstance(n, Constant)]
    try:
        with np.errstate(all="ignore"):
            return builder.constant(node.evaluate(*values))
    except (ArithmeticError, ValueError):
        # Where it cannot be computed, it raises when the function is called.
        return None


@identity("f(c, ..., c) with one number c everywhere needs the number only once")
def _shrink_constant(node: Operation, builder: Rewriter) -> Node | None:
    if not node.primitive.elementwise:
        return None
    inputs = list(node.inputs)
    for i, given in enumerate(inputs):
        number = number_of(given)
        if number is None or given.weak or given.ndim == 0:
            continue
        inputs[i] = builder.constant(np.asarray(number, given.dtype))
    if tuple(inputs) == node.inputs:
        return None
    smaller = builder.operation(node.primitive, *inputs)
    return if_same_type(smaller, node)


@identity("f(broadcast(x), y) = f(x, y), since f broadcasts by itself")
def _drop_broadcast(node: Operation, builder: Rewriter) -> Node | None:
    if not node.primitive.elementwise:
        return None
    inputs = [n.inputs[0] if is_a(n, ops.BROADCAST_TO) else n for n in node.inputs]
    if tuple(inputs) == node.inputs:
        return None
    smaller = builder.operation(node.primitive, *inputs)
    if smaller.dtype != node.dtype:
        return None
    if smaller.shape == node.shape:
        return smaller
    return builder.operation(ops.BROADCAST_TO, smaller, shape=node.shape)


@identity("reshape(reshape(x)) = reshape(x); to its own shape it is x", ops.RESHAPE)
def _reshape(node: Operation, builder: Rewriter) -> Node | None:
    x = node.inputs[0]
    if x.shape == node.shape:
        return x
    if is_a(x, ops.RESHAPE):
        return builder.operation(ops.RESHAPE, x.inputs[0], shape=node.shape)
    return None


@identity("broadcast(x) to its own shape is x", ops.BROADCAST_TO)
def _broadcast(node: Operation, builder: Rewriter) -> Node | None:
    if node.inputs[0].shape == node.shape:
        return node.inputs[0]
    return None


@identity("(xᵀ)ᵀ = x", ops.TRANSPOSE)
def _transpose(node: Operation, builder: Rewriter) -> Node | None:
    axes = node.attributes["axes"]
    x = node.inputs[0]
    if axes == tuple(range(len(axes))):
        return x
    if is_a(x, ops.TRANSPOSE):
        inner = x.attributes["axes"]
        both = tuple(inner[i] for i in axes)
        return builder.operation(ops.TRANSPOSE, x.inputs[0], axes=both)
    return None


@identity("a sum with its axes kept is the sum, reshaped", ops.SUM, ops.MAX, ops.MIN)
def _kept_sum(node: Operation, builder: Rewriter) -> Node | None:
    if node.attributes["keepdims"]:
        return None
    x = node.inputs[0]
    axis = node.attributes["axis"]
    if not axis or node.ndim == 0:
        return None
    kept = builder.operation(node.primitive, x, axis=axis, keepdims=True)
    return builder.operation(ops.RESHAPE, kept, shape=node.shape)


@identity("f(reshape(x), c) = reshape(f(x, c)) for a number c")
def _reshape_outwards(node: Operation, builder: Rewriter) -> Node | None:
    if not node.primitive.elementwise:
        return None
    reshaped = [n for n in node.inputs if is_a(n, ops.RESHAPE)]
    others = [n for n in node.inputs if not is_a(n, ops.RESHAPE)]
    if not reshaped or any(n.size != 1 or n.ndim for n in others):
        return None
    origins = {n.inputs[0].shape for n in reshaped if isinstance(n, Operation)}
    if len(origins) != 1 or any(n.shape != node.shape for n in reshaped):
        return None
    inputs = [
        n.inputs[0] if isinstance(n, Operation) and n in reshaped else n
        for n in node.inputs
    ]
    inner = builder.operation(node.primitive, *inputs)
    return if_same_type(builder.operation(ops.RESHAPE, inner, shape=node.shape), node)
