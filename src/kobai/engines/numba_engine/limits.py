"""Where compiled code would compute something else than NumPy, and is not made.

Numba widens whole numbers to 64 bits, where NumPy's wrap round in their own type, and
takes bools for whole numbers.
"""

from kobai.engines.numba_engine.errors import NotCompilable
from kobai.engines.numba_engine.expressions import COMPARISONS, LOGICAL
from kobai.graph import Operation

_MOVED = frozenset(["where", "broadcast_to", "transpose", "getitem"])
_OF_WHOLE_NUMBERS = _MOVED | {
    "add",
    "subtract",
    "multiply",
    "negative",
    "positive",
    "square",
    "absolute",
    "maximum",
    "minimum",
    "astype",
    "sum",
}


def need_same_meaning(node: Operation) -> None:
    """Raise NotCompilable for an operation that would not be NumPy's."""
    name, kind = node.primitive.name, node.dtype.name
    given = {n.dtype.name for n in node.inputs}
    if any(n.size == 0 for n in (node, *node.inputs)):
        raise NotCompilable(f"compile: {name} of an array of size 0")
    if node.weak:
        raise NotCompilable(f"compile: {name} of Python's numbers")
    if kind in ("float32", "float64"):
        return
    if kind == "int64" and name in _OF_WHOLE_NUMBERS:
        return
    if kind == "bool":
        if name in _MOVED or name in COMPARISONS:
            return
        if (name in LOGICAL or name == "astype") and given == {"bool"}:
            return
    raise NotCompilable(f"compile: {name} of numbers of type {kind}")
