"""Names of the generated code: values, buffers, sizes and numbers."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.engines.numba_engine.errors import NotCompilable
from kobai.engines.numba_engine.lower import uniform
from kobai.graph import Constant, Input, Node

DTYPES = {
    "float32": "f4",
    "float64": "f8",
    "int64": "i8",
    "int32": "i4",
    "uint8": "u1",
    "bool": "b1",
}

# Numbers that stand in the source; all others are arguments of it.
_LITERAL = (0, 1, -1, 2, 0.5)


@dataclass(frozen=True, eq=False)
class Buffer:
    """Memory that the generated code works in."""

    name: str
    size: int
    dtype: np.dtype[Any]


class Names:
    """Gives every value of the generated code a name, and remembers its arguments."""

    def __init__(self) -> None:
        self.sizes: dict[int, str] = {}
        self.numbers: dict[tuple[float, str], str] = {}
        self.arrays: dict[Constant, str] = {}
        self.buffers: list[Buffer] = []
        self._of_node: dict[Node, str] = {}
        self._taken: set[str] = set()

    def of(self, node: Node) -> str:
        """Return the name of a node's value."""
        if node not in self._of_node:
            if isinstance(node, Input):
                stem = "_".join(re.findall(r"\w+", node.name))
                self._of_node[node] = self.free(stem, always_counted=False)
            else:
                self._of_node[node] = self.free(node.primitive.name)  # type: ignore[attr-defined]
        return self._of_node[node]

    def free(self, stem: str, always_counted: bool = True) -> str:
        """Return a name that nothing else has."""
        name, count = (f"{stem}_1", 1) if always_counted else (stem, 1)
        while name in self._taken:
            count += 1
            name = f"{stem}_{count}"
        self._taken.add(name)
        return name

    def size(self, size: int) -> str:
        """Return the name of a length. None stands in the source as a number."""
        return self.sizes.setdefault(size, f"n{len(self.sizes)}")

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
        return self.numbers.setdefault((value, kind), f"c{len(self.numbers)}")

    def array(self, constant: Constant) -> str:
        """Return the name of a constant that is an array."""
        return self.arrays.setdefault(constant, f"constant_{len(self.arrays)}")

    def buffer(self, name: str, size: int, dtype: np.dtype[Any]) -> str:
        """Return the name of new memory."""
        self.buffers.append(Buffer(name, size, dtype))
        return name


def short(dtype: np.dtype[Any]) -> str:
    """Return the generated code's name of a dtype."""
    if dtype.name not in DTYPES:
        raise NotCompilable(f"compile: got {dtype}; need one of {', '.join(DTYPES)}")
    return DTYPES[dtype.name]
