"""The graph's building stones: inputs, constants and operations, all frozen.

Nodes are compared by identity. A `Builder` makes them, and gives back the node that
it has where an equal one is asked for again, so that equal computations are one node.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Any, TypeGuard

import numpy as np

from kobai.autodiff.primitive import Primitive
from kobai.errors import GradientError
from kobai.functions.arrays import Array
from kobai.graph.python_numbers import evaluate
from kobai.graph.result_types import result_type, stays_weak


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """A value of the graph: its shape and the type of its numbers.

    A `weak` value stands for a Python number, which leaves the other operand's type
    as it is.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    weak: bool

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return prod(self.shape)


@dataclass(frozen=True, eq=False, slots=True)
class Input(Node):
    """An argument of the graph."""

    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Constant(Node):
    """A value that is known while tracing."""

    value: Array


@dataclass(frozen=True, eq=False, slots=True)
class Operation(Node):
    """A primitive, the nodes that it is computed from, and its attributes."""

    primitive: Primitive
    inputs: tuple[Node, ...]
    attributes: Mapping[str, Any]

    def evaluate(self, *values: Array) -> Array:
        """Compute the operation on plain values: what it means."""
        return evaluate(self.primitive, self.weak, values, self.attributes)


def is_a(node: Node, *primitives: Primitive) -> TypeGuard[Operation]:
    """Whether a node is an operation of a primitive, or of one of several."""
    return isinstance(node, Operation) and node.primitive in primitives


class Builder:
    """Makes nodes, each only once; `constants` are those that others made before."""

    def __init__(self, constants: dict[Any, Constant] | None = None) -> None:
        self._constants = {} if constants is None else constants
        self._known: dict[Any, Operation] = {}

    def input(self, name: str, example: Array) -> Input:
        """Return a new argument with the shape and dtype of an example."""
        weak = is_python_number(example)
        array = _plain(example)
        return Input(array.shape, array.dtype, weak, name)

    def constant(self, value: Array) -> Constant:
        """Return the constant of an array or a number."""
        weak = is_python_number(value)
        array = _plain(value)
        key = _content(array, value)
        node = self._constants.get(key)
        if node is None:
            held = value if weak else array.copy()
            node = Constant(array.shape, array.dtype, weak, held)
            self._constants[key] = node
        return node

    def kept(self, constant: Constant) -> Constant:
        """Return the constant itself, or the equal one that was there before."""
        value = constant.value
        return self._constants.setdefault(_content(_plain(value), value), constant)

    def operation(
        self, primitive: Primitive, *inputs: Node, **attributes: Any
    ) -> Operation:
        """Return the node of a primitive applied to nodes."""
        key = (primitive, inputs, frozen(attributes) if attributes else ())
        node = self._known.get(key)
        if node is None:
            shape, dtype = result_type(primitive, inputs, attributes)
            weak = stays_weak(primitive, inputs)
            node = Operation(
                shape, dtype, weak, primitive, inputs, MappingProxyType(attributes)
            )
            self._known[key] = node
        return node

    def again(self, node: Operation, inputs: tuple[Node, ...]) -> Operation:
        """Return the operation of a node on inputs that stand for its own."""
        attributes = node.attributes
        key = (node.primitive, inputs, frozen(attributes) if attributes else ())
        made = self._known.get(key)
        if made is not None:
            return made
        if inputs == node.inputs:
            made = node
        elif all(map(_types_alike, inputs, node.inputs)):
            made = Operation(
                node.shape, node.dtype, node.weak, node.primitive, inputs, attributes
            )
        else:
            return self.operation(node.primitive, *inputs, **attributes)
        self._known[key] = made
        return made

    def has(self, primitive: Primitive, *inputs: Node, **attributes: Any) -> bool:
        """Whether an operation was made before."""
        key = (primitive, inputs, frozen(attributes) if attributes else ())
        return key in self._known

    def made(self, primitive: Primitive) -> list[Operation]:
        """Return the operations of a primitive that were made so far."""
        return [n for n in self._known.values() if n.primitive is primitive]


def _content(array: np.ndarray, value: Array) -> tuple[Any, ...]:
    """Return what equal constants have in common."""
    weak = is_python_number(value)
    # A whole number may have more digits than an array's entry.
    content = repr(value) if weak else array.tobytes()
    return weak, array.shape, array.dtype.str, content


def _types_alike(new: Node, old: Node) -> bool:
    """Whether what is computed from one is of the type of that from the other.

    The value of a constant, or of Python's numbers, may decide on it.
    """
    if new is old:
        return True
    if isinstance(new, Constant) or isinstance(old, Constant) or new.weak or old.weak:
        return False
    return new.shape == old.shape and new.dtype == old.dtype


def is_python_number(value: object) -> bool:
    """Whether a value is one of Python's numbers, and not one of NumPy's."""
    is_number = isinstance(value, int | float | complex)
    return is_number and not isinstance(value, np.generic)


def _plain(value: Array) -> np.ndarray:
    """Return a value as an array; what is no array of numbers is refused."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return np.asarray(0)
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        raise GradientError(
            f"trace: got a value of type {type(value).__name__} ({array.dtype}); need "
            "numbers or arrays of numbers"
        )
    return array


def frozen(value: object) -> Hashable:
    """Return a value of attributes in a form that can be compared and hashed.

    >>> frozen({"axis": [0, slice(1, 2)]})
    (('axis', (0, ('slice', 1, 2, None))),)
    """
    if isinstance(value, Mapping):
        return tuple((k, frozen(v)) for k, v in sorted(value.items()))
    if isinstance(value, list | tuple):
        return tuple(frozen(v) for v in value)
    if isinstance(value, slice):
        return ("slice", value.start, value.stop, value.step)
    # True equals 1, but does not mean the same.
    return ("bool", value) if isinstance(value, bool) else value


def in_order(outputs: Iterable[Node]) -> list[Node]:
    """Return all nodes that the outputs need, each after those it is computed from."""
    order: list[Node] = []
    seen: set[Node] = set()
    stack = [(node, False) for node in reversed(list(outputs))]
    while stack:
        node, is_ready = stack.pop()
        if is_ready:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            if isinstance(node, Operation):
                stack.extend((n, False) for n in reversed(node.inputs))
    return order
