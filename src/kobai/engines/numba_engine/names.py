"""Names of the generated code: values, buffers, sizes and numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.engines.numba_engine.abi import STEPS
from kobai.engines.numba_engine.kernels.panels import spare_numbers
from kobai.engines.numba_engine.lower import uniform
from kobai.engines.numpy_engine.names import input_names, unused, value_names
from kobai.errors import NotCompilable
from kobai.graph import Constant, Graph, Node

DTYPES = {
    "float32": "f4",
    "float64": "f8",
    "int64": "i8",
    "int32": "i4",
    "uint8": "u1",
    "bool": "bool_",
}

# What the generated code calls, each from the kernel of this name.
CALLED = {
    **{
        f"{name}_{dtype}": f"{name}_{dtype}"
        for name in ("exp", "log", "tanh", "logaddexp", "normal")
        for dtype in ("float32", "float64")
    },
    "maximum": "maximum",
    "minimum": "minimum",
    "gather": "gather",
    "matmul": "product",
    "compiled": "compiled",
}

# What the whole module knows by these names.
EVERYWHERE = {"np", "tools", "steps", "abs", "range", "u8", *DTYPES.values(), *CALLED}

_RESERVED = {*EVERYWHERE, *STEPS.fields, "s", "i", "j"}

# Numbers that stand in the source; all others are arguments of it.
_LITERAL = (0, 1, -1, 2, 0.5)


@dataclass(frozen=True, eq=False)
class Buffer:
    """Memory that the generated code works in."""

    name: str
    size: int
    dtype: np.dtype[Any]


class Names:
    """Gives every value of the generated code a name, and remembers its arguments.

    They are those of the NumPy engine, so that one can be read beside the other.
    """

    def __init__(self, graph: Graph) -> None:
        self.sizes: dict[int, str] = {}
        self.numbers: dict[tuple[float, str], str] = {}
        self.arrays: dict[Constant, str] = {}
        self.buffers: list[Buffer] = []
        self.ways: dict[int, str] = {}
        self._spares: dict[tuple[int, int, int, np.dtype[Any]], str] = {}
        self._wanted = value_names(graph)
        self._of_node: dict[Node, str] = dict(input_names(graph, _RESERVED).items())
        self._taken = {*_RESERVED, *self._of_node.values()}
        self._parts: dict[tuple[Node, str], str] = {}
        self._entries: dict[Node, str] = {}

    def of(self, node: Node) -> str:
        """Return the name of a node's value: of the whole array, or of the number."""
        if node not in self._of_node:
            self._of_node[node] = unused(self._wanted[node], self._taken)
        return self._of_node[node]

    def argument(self, node: Node) -> str:
        """Return the name of the array in which an input comes."""
        return self.part(node, "at") if node.size == 1 else self.of(node)

    def part(self, node: Node, suffix: str) -> str:
        """Return the name of something that belongs to a node."""
        key = node, suffix
        if key not in self._parts:
            self._parts[key] = unused(f"{self.of(node)}_{suffix}", self._taken)
        return self._parts[key]

    def entry(self, node: Node) -> str:
        """Return the name of the entry of a value at which a loop is."""
        return self._entries.get(node) or self.of(node)

    def keep(self, node: Node, index: str = "") -> str:
        """Return the name of new memory for a whole value; entries get an index."""
        if index:
            self._entries[node] = self.part(node, index)
        return self.buffer(self.of(node), node.size, node.dtype)

    def size(self, size: int) -> str:
        """Return the name of a length. None stands in the source as a number."""
        return self._known(self.sizes, size, f"n{len(self.sizes)}")

    def number(self, node: Node, dtype: np.dtype[Any]) -> str | None:
        """Return how the source has a constant that is one number, else None."""
        value = uniform(node)
        if value is None:
            return None
        kind = short(dtype)
        if str(value) == "-0.0":
            return f"(-{kind}(0))"
        if value in _LITERAL:
            return f"{kind}({value:g})"
        return self._known(self.numbers, (value, kind), f"c{len(self.numbers)}")

    def array(self, constant: Constant) -> str:
        """Return the name of a constant that is an array."""
        return self._known(self.arrays, constant, f"constant_{len(self.arrays)}")

    def way(self, product: int) -> str:
        """Return the name of the way by which a product is computed."""
        return self._known(self.ways, product, f"way_{product}")

    def new(self, wanted: str) -> str:
        """Return a name that nothing else has."""
        return unused(wanted, self._taken)

    def _known(self, names: dict[Any, str], key: Any, wanted: str) -> str:
        if key not in names:
            names[key] = unused(wanted, self._taken)
        return names[key]

    def buffer(self, name: str, size: int, dtype: np.dtype[Any]) -> str:
        """Return the name of new memory."""
        self.buffers.append(Buffer(name, size, dtype))
        return name

    def spare(self, m: int, n: int, k: int, dtype: np.dtype[Any]) -> str:
        """Return the name of memory for a product, which others of its sizes share."""
        key = m, n, k, dtype
        if key not in self._spares:
            size = spare_numbers(m, n, k)
            self._spares[key] = self.buffer(self.new("spare"), size, dtype)
        return self._spares[key]


def short(dtype: np.dtype[Any]) -> str:
    """Return the generated code's name of a dtype."""
    if dtype.name not in DTYPES:
        raise NotCompilable(f"compile: got {dtype}; need one of {', '.join(DTYPES)}")
    return DTYPES[dtype.name]
