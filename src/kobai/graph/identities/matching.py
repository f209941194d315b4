"""What the identities have in common: names, and tests of nodes."""

from collections.abc import Callable

import numpy as np

from kobai.autodiff.primitive import Primitive
from kobai.graph.node import Constant, Node
from kobai.graph.rewriting import Identity, Rewrite


def enter(table: list[Identity]) -> Callable[..., Callable[[Rewrite], Rewrite]]:
    """Return a decorator that enters a rewrite into a table.

    It is given the equation, and the primitives whose operations are looked at: all, if
    none is named.
    """

    def identity(states: str, *of: Primitive) -> Callable[[Rewrite], Rewrite]:
        def decorate(rewrite: Rewrite) -> Rewrite:
            name = rewrite.__name__.strip("_")
            table.append(Identity(name, states, rewrite, of))
            return rewrite

        return decorate

    return identity


def number_of(node: Node) -> float | None:
    """Return the number that a constant holds everywhere, or None."""
    if not isinstance(node, Constant):
        return None
    values = np.asarray(node.value)
    if values.dtype.kind == "b" or values.size == 0:
        return None
    if node.weak:
        return node.value if node.value == node.value else None
    first = values.flat[0]
    # 0 and -0 are equal, but not the same.
    is_one = values.dtype.kind in "iu" or same_signs(values)
    return first.item() if is_one and np.all(values == first) else None


def same_signs(values: np.ndarray) -> bool:
    """Whether all numbers have one sign, with 0 and -0 apart."""
    signs = np.signbit(values.real)
    return bool(np.all(signs == signs.flat[0]))


def is_zero_number(node: Node, negative: bool = False) -> bool:
    """Whether a constant is 0 everywhere, and not -0; or -0, and not 0."""
    if not isinstance(node, Constant) or number_of(node) != 0:
        return False
    values = np.asarray(node.value)
    return bool(np.all(np.signbit(values.real) == negative))


def rounds_alike(node: Node, *others: Node) -> bool:
    """Whether all are floats of one type, so that another order only rounds otherwise.

    Whole numbers wrap round, and numbers of several types are converted, at places
    that another order would move. Python's numbers have the type of the others.
    """
    return node.dtype.kind == "f" and all(
        n.weak or n.dtype == node.dtype for n in others
    )


def negates(node: Node, like: Node) -> bool:
    """Whether -x stays the opposite of x where `like` is computed from it.

    A whole number of a smaller type is not: -1 is 255 in uint8.
    """
    return node.dtype.kind == "f" or node.dtype == like.dtype


def if_same_type(node: Node, like: Node) -> Node | None:
    """Return a node if it can stand where `like` stood."""
    fits = node.shape == like.shape and node.dtype == like.dtype
    return node if fits and node.weak == like.weak else None
