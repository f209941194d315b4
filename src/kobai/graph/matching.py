"""What the identities have in common: names, and tests of nodes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.autodiff.primitive import Primitive
from kobai.autodiff.rules import ELEMENTWISE
from kobai.graph.node import Constant, Node, Operation
from kobai.graph.rewriting import Identity, Rewrite

ADD = ELEMENTWISE[np.add]
SUBTRACT = ELEMENTWISE[np.subtract]
MULTIPLY = ELEMENTWISE[np.multiply]
DIVIDE = ELEMENTWISE[np.divide]
NEGATIVE = ELEMENTWISE[np.negative]
POSITIVE = ELEMENTWISE[np.positive]
SQUARE = ELEMENTWISE[np.square]
SQRT = ELEMENTWISE[np.sqrt]
EQUAL = ELEMENTWISE[np.equal]
EXP = ELEMENTWISE[np.exp]
LESS = ELEMENTWISE[np.less]
MINIMUM = ELEMENTWISE[np.minimum]


def enter(table: list[Identity]) -> Callable[[str], Callable[[Rewrite], Rewrite]]:
    """Return a decorator, given an equation, that enters its rewrite into a table."""

    def identity(states: str) -> Callable[[Rewrite], Rewrite]:
        def decorate(rewrite: Rewrite) -> Rewrite:
            table.append(Identity(rewrite.__name__.strip("_"), states, rewrite))
            return rewrite

        return decorate

    return identity


def is_a(node: Node, primitive: Primitive) -> bool:
    """Whether a node is an operation of a primitive."""
    return isinstance(node, Operation) and node.primitive is primitive


def number_of(node: Node) -> Any:
    """Return the number that a constant holds everywhere, or None."""
    if not isinstance(node, Constant):
        return None
    values = np.asarray(node.value)
    if values.dtype.kind == "b" or values.size == 0:
        return None
    first = values.flat[0]
    return first.item() if np.all(values == first) else None


def if_same_type(node: Node, like: Node) -> Node | None:
    """Return a node if it can stand where `like` stood."""
    fits = node.shape == like.shape and node.dtype == like.dtype
    return node if fits and node.weak == like.weak else None
