"""Operations that exported files have a name for, found in the graph."""

import numpy as np

from kobai import functions
from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.engines.fusions import FUSIONS
from kobai.functions.arrays import Array
from kobai.graph import Constant, Graph, Node, Operation
from kobai.graph.identities.matching import enter, number_of
from kobai.graph.identities.table import all_but
from kobai.graph.node import is_a
from kobai.graph.rewriting import Identity, Rewriter, rewrite


def _dense(x: Array, weights: Array, bias: Array) -> Array:
    return x @ weights + bias


DENSE = Primitive("dense", _dense)
SOFTMAX = Primitive("softmax", functions.softmax)
SOFTPLUS = Primitive("softplus", functions.softplus, elementwise=True)

TABLE: list[Identity] = []
identity = enter(TABLE)


def is_entrywise(node: Operation) -> bool:
    """Whether every entry is computed from the entries of its operands there."""
    return node.primitive.elementwise or node.primitive is ops.ASTYPE


def simplify(graph: Graph) -> Graph:
    """Return a graph that computes the same with few operations, easy to read.

    Like the engines', but a sigmoid stays one, and softmax becomes one.
    """
    small = rewrite(rewrite(graph, all_but("sigmoid")), FUSIONS)
    return rewrite(small, TABLE)


@identity("an operation on constants is a constant, however large")
def _fold(node: Operation, builder: Rewriter) -> Node | None:
    constants = [n for n in node.inputs if isinstance(n, Constant)]
    if len(constants) < len(node.inputs) or node.weak:
        return None
    values = [n.value for n in constants]
    value = node.primitive.evaluate(*values, **node.attributes)
    return builder.constant(np.asarray(value, node.dtype))


@identity("x W + b is one operation")
def _dense_layer(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is not ops.ADD:
        return None
    for product, bias in (node.inputs, node.inputs[::-1]):
        if not is_a(product, ops.MATMUL) or not isinstance(bias, Constant):
            continue
        x, weights = product.inputs
        if not isinstance(weights, Constant) or bias.ndim > 1:
            continue
        full = np.broadcast_to(np.asarray(bias.value, node.dtype), node.shape[1:])
        return builder.operation(DENSE, x, weights, builder.constant(full))
    return None


@identity("exp(x - max x) / Σ exp(x - max x) = softmax(x)")
def _softmax(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is not ops.DIVIDE:
        return None
    e, total = node.inputs
    if not is_a(e, ops.EXP):
        return None
    (shifted,) = e.inputs
    if not is_a(shifted, ops.SUBTRACT):
        return None
    x, largest = shifted.inputs
    if not (_is_of_rows(total, ops.SUM, e) and _is_of_rows(largest, ops.MAX, x)):
        return None
    return builder.operation(SOFTMAX, x)


def _is_of_rows(node: Node, reduction: Primitive, x: Node) -> bool:
    """Whether a node is a reduction of x along its last axis, which is kept."""
    if not is_a(node, reduction):
        return False
    along = {"axis": (x.ndim - 1,), "keepdims": True}
    return node.inputs == (x,) and dict(node.attributes) == along


@identity("ln(exp 0 + exp x) = softplus(x)")
def _softplus(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is not ops.LOGADDEXP:
        return None
    zero, x = node.inputs
    return builder.operation(SOFTPLUS, x) if number_of(zero) == 0 else None


@identity("x² = x · x")
def _product(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is not ops.SQUARE:
        return None
    return builder.operation(ops.MULTIPLY, *node.inputs, *node.inputs)


@identity("max(x, y), for numbers and for NaN, by which a file says that x has no unit")
def _maximum(node: Operation, builder: Rewriter) -> Node | None:
    # Of a number and NaN fmax, which engines run, would give the number.
    if node.primitive is not ops.FMAX:
        return None
    return builder.operation(ops.MAXIMUM, *node.inputs)
