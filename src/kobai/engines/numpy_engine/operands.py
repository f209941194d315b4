"""Operands in the shapes that cost NumPy the least: without broadcasting."""

from typing import TYPE_CHECKING

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph import Constant, Operation

if TYPE_CHECKING:
    from kobai.engines.numpy_engine.source import Writer

BOUNDING = (ops.MAXIMUM, ops.MINIMUM, ops.FMAX, ops.FMIN)
# So many entries of a bound stay in the processor's cache.
LARGEST_BOUND = 1 << 16


def with_full_bound(w: "Writer", node: Operation, a: list[str]) -> list[str]:
    """Return the operands of a maximum or minimum; a number as an array of them.

    NumPy takes a third of the time if it need not repeat the number.
    """
    if node.primitive not in BOUNDING or node.size > LARGEST_BOUND:
        return a
    found = list(a)
    for position, given in enumerate(node.inputs):
        other = node.inputs[1 - position]
        if not isinstance(given, Constant) or given.size != 1:
            continue
        is_number = bool(np.asarray(given.value) == given.value)  # not nan
        if is_number and (other.shape, other.dtype) == (node.shape, node.dtype):
            found[position] = w.full(node.shape, given.value, node.dtype)
    return found


def as_vectors(w: "Writer", node: Operation, names: list[str]) -> list[str]:
    """Return operands and result as vectors, if they differ in axes of length 1 only.

    NumPy takes a third of the time for a short row if it need not broadcast.
    """
    nodes = [*node.inputs, node]
    shapes = {n.shape for n in nodes if n.ndim}
    if len(shapes) == 1 or any(n.size not in (1, node.size) for n in nodes):
        return names
    found = []
    for each, name in zip(nodes, names, strict=True):
        is_number = each.size < node.size
        if each.ndim == 0 or (each.ndim == 1 and not is_number):
            found.append(name)
        elif w.is_buffer(name):
            found.append(as_number(w, name) if is_number else as_row(w, name))
        else:
            return names
    return found


def as_row(w: "Writer", buffer: str) -> str:
    """Return the name of a buffer as a vector."""
    return w.alias(buffer, "row", ".reshape(-1)")


def as_number(w: "Writer", buffer: str) -> str:
    """Return the name of a buffer of one entry as an array without axes."""
    return w.alias(buffer, "number", ".reshape(())")
