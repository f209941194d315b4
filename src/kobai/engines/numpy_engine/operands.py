"""Operands in the shapes that cost NumPy the least: without broadcasting."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph import Constant, Node, Operation

if TYPE_CHECKING:
    from kobai.engines.numpy_engine.source import Writer


class Operands:
    """How lines refer to the operands of an operation; to look at one is to use it."""

    def __init__(self, ask: Callable[[int], str], count: int) -> None:
        self._ask = ask
        self._count = count

    def __getitem__(self, position: int) -> str:
        return self._ask(position)

    def __iter__(self) -> Iterator[str]:
        return map(self._ask, range(self._count))


BOUNDING = (ops.MAXIMUM, ops.MINIMUM, ops.FMAX, ops.FMIN)
# So many entries of a bound stay in the processor's cache.
LARGEST_BOUND = 1 << 16
# Of a larger one a row does, if it has so many entries.
LONG_ROW = 128


def full_bound(w: "Writer", node: Operation, position: int) -> str:
    """Return the number that bounds a maximum or minimum as an array of it, or "".

    Where that would be large it is one row. NumPy takes a third of the time if it need
    not repeat the number.
    """
    if node.primitive not in BOUNDING:
        return ""
    is_large = node.size > LARGEST_BOUND
    shape = node.shape[-1:] if is_large else node.shape
    if is_large and shape[0] < LONG_ROW:
        return ""
    given, other = node.inputs[position], node.inputs[1 - position]
    if not isinstance(given, Constant) or given.ndim:
        return ""
    is_number = bool(np.asarray(given.value) == given.value)  # not nan
    if not is_number or (other.shape, other.dtype) != (node.shape, node.dtype):
        return ""
    return w.scope.full(shape, given.value, node.dtype)


def as_vectors(w: "Writer", node: Operation, names: list[str]) -> list[str]:
    """Return operands and result as vectors, if they differ in axes of length 1 only.

    NumPy takes a third of the time for a short row if it need not broadcast.
    """
    nodes = [*node.inputs, node]
    shapes = {n.shape for n in nodes if n.ndim}
    if len(shapes) == 1 or any(n.size not in (1, node.size) for n in nodes):
        return names
    pairs = list(zip(nodes, names, strict=True))
    others = [(n, name) for n, name in pairs if not _is_vector(n, node.size)]
    if not all(name in w.scope for _, name in others):
        return names
    return [
        name
        if _is_vector(n, node.size)
        else (as_number if n.size < node.size else as_row)(w, name)
        for n, name in pairs
    ]


def _is_vector(node: Node, size: int) -> bool:
    return node.ndim == 0 or (node.ndim == 1 and node.size == size)


def as_row(w: "Writer", buffer: str) -> str:
    """Return the name of a buffer as a vector."""
    return w.scope.alias(buffer, "row", ".reshape(-1)")


def as_number(w: "Writer", buffer: str) -> str:
    """Return the name of a buffer of one entry as an array without axes."""
    return w.scope.alias(buffer, "number", ".reshape(())")
