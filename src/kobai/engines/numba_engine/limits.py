"""Where compiled code would compute something else than NumPy, and is not made.

Numba widens whole numbers to 64 bits, where NumPy's wrap round in their own type, and
takes bools for whole numbers.
"""

from kobai.autodiff import operations as ops
from kobai.engines.numba_engine.expressions import COMPARISONS, LOGICAL
from kobai.errors import NotCompilable
from kobai.graph import Node, Operation

_MOVED = frozenset([ops.WHERE, ops.BROADCAST_TO, ops.TRANSPOSE, ops.GETITEM])
_OF_WHOLE_NUMBERS = _MOVED | {
    ops.ADD,
    ops.SUBTRACT,
    ops.MULTIPLY,
    ops.NEGATIVE,
    ops.POSITIVE,
    ops.SQUARE,
    ops.ABSOLUTE,
    ops.MAXIMUM,
    ops.MINIMUM,
    ops.SUM,
    *ops.CASTS,
}
_OF_BOOLS = LOGICAL | {*ops.CASTS}


def need_native(node: Node) -> None:
    """Raise NotCompilable for numbers whose bytes lie in another machine's order."""
    if not node.dtype.isnative:
        raise NotCompilable(f"compile: got numbers of type {node.dtype.str}")


def need_same_meaning(node: Operation) -> None:
    """Raise NotCompilable for an operation that would not be NumPy's."""
    primitive, name, kind = node.primitive, node.primitive.name, node.dtype.name
    given = {n.dtype.name for n in node.inputs}
    if any(n.size == 0 for n in (node, *node.inputs)):
        raise NotCompilable(f"compile: {name} of an array of size 0")
    if node.weak:
        raise NotCompilable(f"compile: {name} of Python's numbers")
    if kind in ("float32", "float64"):
        return
    if kind == "int64" and primitive in _OF_WHOLE_NUMBERS:
        return
    if kind == "bool":
        if primitive in _MOVED or primitive in COMPARISONS:
            return
        if primitive in _OF_BOOLS and given == {"bool"}:
            return
    raise NotCompilable(f"compile: {name} of numbers of type {kind}")
