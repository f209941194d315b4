"""A graph: what a traced function computes, and which of its inputs it changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai import html
from kobai.autodiff import operations as ops
from kobai.autodiff.trees import Tree
from kobai.graph.node import Constant, Input, Node, Operation, in_order
from kobai.graph.result_types import result_type

MOST_DRAWN = 80
"""A notebook shows a graph of more operations as text alone."""


@dataclass(frozen=True, eq=False)
class Graph:
    """A function as a graph of nodes.

    `inputs` are its arguments in order and `outputs` the leaves of its result;
    `updates` has the new value of each input that the function changes in place.
    `arguments` and `result` are trees with a node for each leaf; `numbers` tells of
    each leaf of the result that was traced whether it is a number, not an array.
    """

    inputs: tuple[Input, ...]
    outputs: tuple[Node, ...]
    updates: Mapping[Input, Node]
    arguments: Tree
    result: Tree
    name: str = "f"
    numbers: tuple[bool, ...] = ()

    @property
    def ends(self) -> tuple[Node, ...]:
        """The nodes for whose sake the others are computed."""
        return (*self.outputs, *self.updates.values())

    @property
    def operations(self) -> list[Operation]:
        """The operations, each after those that it needs."""
        return [n for n in in_order(self.ends) if isinstance(n, Operation)]

    def __len__(self) -> int:
        return len(self.operations)

    def __str__(self) -> str:
        names = node_names(self)
        given = ", ".join(f"{n.name}: {_type(n)}" for n in self.inputs)
        lines = [f"{self.name}({given})"]
        for node in self.operations:
            lines.append(f"  {names[node]}: {_type(node)} = {_call(node, names)}")
        for target, new in self.updates.items():
            lines.append(f"  {target.name} <- {names[new]}")
        results = ", ".join(names[n] for n in self.outputs)
        lines.append(f"  return {results or 'nothing'}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the picture, unless it has too many boxes, above the text."""
        text = html.lines(str(self))
        if not 0 < len(self) <= MOST_DRAWN:
            return text
        from kobai.graph.drawing import draw
        from kobai.plots.inline import inline_svg

        picture = inline_svg(draw(self))
        return f"<div>{picture}{html.section(f'{len(self)} operations', text)}</div>"


def node_names(graph: Graph) -> dict[Node, str]:
    """Return a short name for every node, as the printed graph calls them."""
    names: dict[Node, str] = {}
    count = 0
    for node in (*graph.inputs, *in_order(graph.ends)):
        if node in names:
            continue
        if isinstance(node, Input):
            names[node] = node.name
        elif isinstance(node, Constant):
            names[node] = _literal(node)
        else:
            count += 1
            names[node] = f"v{count}"
    return names


def verify(graph: Graph) -> None:
    """Raise AssertionError unless shapes, dtypes, order and inputs are consistent."""
    known: set[Node] = set(graph.inputs)
    assert len(known) == len(graph.inputs), "an input stands twice"
    for node in in_order(graph.ends):
        if isinstance(node, Input):
            assert node in known, f"{node.name} is not an input of the graph"
        elif isinstance(node, Operation):
            for needed in node.inputs:
                is_there = isinstance(needed, Constant) or needed in known
                assert is_there, f"{node.primitive.name} comes before what it needs"
            shape, dtype = result_type(node.primitive, node.inputs, node.attributes)
            found = (node.shape, node.dtype)
            assert found == (shape, dtype), (
                f"{node.primitive.name}: is {found}, computes {(shape, dtype)}"
            )
        known.add(node)
    for target, node in graph.updates.items():
        assert target in graph.inputs, "an update of what is not an input"
        assert target.shape == node.shape, f"update of {target.name} changes its shape"


def _type(node: Node) -> str:
    if node.weak:
        return "number"
    return f"{node.dtype.name}[{', '.join(map(str, node.shape))}]"


def _literal(node: Constant) -> str:
    values = np.asarray(node.value)
    if node.size == 1:
        return f"{values.item():.6g}"
    if node.size and np.all(values == values.flat[0]):
        return f"<{_type(node)} of {values.flat[0].item():.6g}>"
    if node.ndim == 1 and np.array_equal(values, np.arange(node.size)):
        return f"<0 ... {node.size - 1}>"
    return f"<{_type(node)}>"


def _call(node: Operation, names: dict[Node, str]) -> str:
    given = [names[n] for n in node.inputs]
    rest = dict(node.attributes)
    pattern = rest.pop("pattern", None)
    if pattern is not None:
        count = len(given) - sum(part is ops.ARRAY for part in pattern)
        index = _index(pattern, given[count:])
        given = given[:count]
        if node.primitive is ops.GETITEM:
            return f"{given[0]}[{index}]"
        given.append(f"[{index}]")
    given += [f"{k}={v!r}" for k, v in rest.items()]
    return f"{node.primitive.name}({', '.join(given)})"


def _index(pattern: tuple[Any, ...], arrays: list[str]) -> str:
    """Return an index as it stands between brackets."""
    remaining = iter(arrays)
    return ", ".join(
        next(remaining) if part is ops.ARRAY else index_part(part) for part in pattern
    )


def index_part(part: object) -> str:
    """Return a slice, number or ellipsis as it stands in an index.

    >>> index_part(slice(1, None, 2))
    '1::2'
    """
    if isinstance(part, slice):
        bounds = ":".join("" if b is None else str(b) for b in (part.start, part.stop))
        return bounds if part.step is None else f"{bounds}:{part.step}"
    if part is Ellipsis:
        return "..."
    return str(part)
