"""Identities that only engines use: operations that do the work of several."""

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph.node import Builder, Constant, Node, Operation, is_a
from kobai.graph.rewriting import Identity
from kobai.graph.tracing import ARG_EXTREMA


def _add_scatter(node: Operation, builder: Builder) -> Node | None:
    for dense, scattered in (node.inputs, node.inputs[::-1]):
        if not isinstance(scattered, Operation) or scattered.shape != node.shape:
            continue
        if scattered.primitive is not ops.SCATTER or dense.shape != node.shape:
            continue
        if isinstance(dense, Constant) or dense.dtype != node.dtype:
            continue
        pattern = scattered.attributes["pattern"]
        v, *arrays = scattered.inputs
        return builder.operation(ops.ADD_AT, dense, v, *arrays, pattern=pattern)
    return None


def _subtract_scatter(node: Operation, builder: Builder) -> Node | None:
    dense, scattered = node.inputs
    if is_a(scattered, ops.SCATTER):
        v, *arrays = scattered.inputs
        minus = builder.operation(ops.NEGATIVE, v)
        opposite = builder.operation(
            ops.SCATTER, minus, *arrays, **scattered.attributes
        )
        return builder.operation(ops.ADD, dense, opposite)
    return None


def _rectify(node: Operation, builder: Builder) -> Node | None:
    # Of single numbers the sign of a 0 would be seen, and nothing is saved.
    if not node.ndim:
        return None
    condition, x, zero = node.inputs
    if not (isinstance(condition, Operation) and isinstance(zero, Constant)):
        return None
    if condition.primitive is not ops.GREATER:
        return None
    left, right = condition.inputs
    if left is not x or not isinstance(right, Constant):
        return None
    if np.any(np.asarray(zero.value)) or np.any(np.asarray(right.value)):
        return None
    # Not np.maximum: nan > 0 is false, so that nan becomes 0.
    better = builder.operation(ops.FMAX, x, right)
    return better if better.dtype == node.dtype else None


FUSIONS = [
    Identity(
        "subtract_scatter",
        "a - scatter(v) = a + scatter(-v)",
        _subtract_scatter,
        (ops.SUBTRACT,),
    ),
    Identity(
        "add_scatter",
        "a + scatter(v) is a, changed in one place",
        _add_scatter,
        (ops.ADD,),
    ),
    Identity("rectify", "where(x > 0, x, 0) = max(x, 0)", _rectify, (ops.WHERE,)),
]


def _flat_sum(node: Operation, builder: Builder) -> Node | None:
    if not isinstance(node.inputs[0], Operation):
        return None
    inner = node.inputs[0]
    if inner.ndim != 2 or inner.shape[0] != 1 or node.shape != inner.shape[1:]:
        return None
    if inner.primitive is ops.SUM and inner.attributes["axis"] == (0,):
        return builder.operation(ops.SUM, *inner.inputs, axis=(0,), keepdims=False)
    if not inner.primitive.elementwise:
        return None
    if any(n.shape not in ((), inner.shape) for n in inner.inputs):
        return None
    inputs = [
        builder.operation(ops.RESHAPE, n, shape=node.shape) if n.ndim else n
        for n in inner.inputs
    ]
    return builder.operation(inner.primitive, *inputs)


def _mask_of_rectified(node: Operation, builder: Builder) -> Node | None:
    x, zero = node.inputs
    is_zero = isinstance(zero, Constant) and not np.any(np.asarray(zero.value))
    if not is_zero or not builder.has(ops.FMAX, x, zero):
        return None
    return builder.operation(ops.GREATER, builder.operation(ops.FMAX, x, zero), zero)


# What saves NumPy a call or a buffer.
NUMPY_FUSIONS = [
    Identity(
        "flat_sum", "a column sum in one row is a column sum", _flat_sum, (ops.RESHAPE,)
    ),
    Identity(
        "mask_of_rectified",
        "x > 0 where max(x, 0) > 0",
        _mask_of_rectified,
        (ops.GREATER,),
    ),
]


def _first_of_largest(node: Operation, builder: Builder) -> Node | None:
    x = node.inputs[0]
    along = {"axis": -1, "keepdims": False}, {"axis": 1, "keepdims": False}
    if x.ndim != 2 or x.dtype.kind != "f" or dict(node.attributes) not in along:
        return None
    width = x.shape[1]
    largest = builder.operation(ops.MAX, x, axis=(1,), keepdims=True)
    places = builder.constant(np.arange(width, dtype=x.dtype)[np.newaxis])
    beyond = builder.constant(x.dtype.type(width))
    is_largest = builder.operation(ops.EQUAL, x, largest)
    place = builder.operation(ops.WHERE, is_largest, places, beyond)
    first = builder.operation(ops.MIN, place, axis=(1,), keepdims=True)
    flat = builder.operation(ops.RESHAPE, first, shape=node.shape)
    return builder.operation(ops.ASTYPE_CONSTANT, flat, dtype=node.dtype)


# For code that has no np.argmax. Of nan it would be the number of columns.
BLOCK_FUSIONS = [
    Identity(
        "first_of_largest",
        "argmax(x) is the least place where x is max(x)",
        _first_of_largest,
        (ARG_EXTREMA[np.argmax],),
    ),
]
