"""`draw`: a graph as boxes and arrows, and the door to their picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph.node import Constant, Input, Node, Operation, in_order
from kobai.plots import fonts
from kobai.plots.graphs import Box, draw_boxes
from kobai.plots.layers import Edge, Key

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIGNS = {
    ops.ADD: "+",
    ops.SUBTRACT: "−",
    ops.MULTIPLY: "×",
    ops.DIVIDE: "÷",
    ops.NEGATIVE: "−x",
    ops.MATMUL: "@",
    ops.SQUARE: "x²",
    ops.SQRT: "√",
    ops.GREATER: ">",
    ops.LESS: "<",
    ops.EQUAL: "=",
    ops.MAXIMUM: "max",
    ops.MINIMUM: "min",
    ops.BROADCAST_TO: "broadcast",
    ops.GETITEM: "x[i]",
    ops.SETITEM: "x[i] = v",
    ops.SCATTER: "scatter",
    ops.ADD_AT: "x[i] += v",
    ops.TRANSPOSE: "transpose",
}


@runtime_checkable
class Drawable(Protocol):
    """What a picture shows of a graph."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The arguments."""

    @property
    def outputs(self) -> tuple[Node, ...]:
        """The results."""

    @property
    def updates(self) -> Mapping[Input, Node]:
        """The new value of each input that changes."""

    @property
    def ends(self) -> tuple[Node, ...]:
        """The nodes for whose sake the others are computed."""


def draw(
    graph: Drawable, path: str | Path | None = None, language: str = "en"
) -> "Figure":
    """Draw a graph: its inputs, operations and results, with the shape of every value.

    Blue boxes are inputs, yellow ones operations, grey ones constants; green marks
    what the function returns, red the inputs that it changes. Values flow downwards.
    With `path` the figure is written there as well, in the format that its ending
    names: .svg, .png or .pdf.

    Raises:
        TypeError: what is to be drawn is no `Graph`.
        ValueError: the path ends in something else.

    >>> from kobai.graph import trace
    >>> figure = draw(trace(lambda x: x * x, np.ones(3)))
    >>> [text.get_text() for text in figure.axes[0].texts][:2]
    ['x', '(3,)']
    """
    if not isinstance(graph, Drawable):
        raise TypeError(
            f"draw: got {type(graph).__name__}; need a Graph, such as trace(f, x)"
        )
    boxes, edges = _boxes(graph, _names(graph))
    return draw_boxes(boxes, edges, path, language)


def _names(graph: Drawable) -> dict[Input, str]:
    """Return the last part of each input's name, or its number where no font has it."""
    names = [node.name.split(".")[-1] for node in graph.inputs]
    families = fonts.choose("en")[1]
    words = fonts.readable(names, families, prefix="x")
    return dict(zip(graph.inputs, words, strict=True))


def _boxes(
    graph: Drawable, names: dict[Input, str]
) -> tuple[dict[Key, Box], list[Edge]]:
    """Return the boxes by node, and the arrows between them.

    A number has a box beside each of its users, so that no long arrows lead to it.
    """
    boxes: dict[Key, Box] = {}
    edges: list[Edge] = []
    for node in in_order((*graph.inputs, *graph.ends)):
        if isinstance(node, Input):
            boxes[node] = Box("input", names[node], _shape(node))
        elif isinstance(node, Operation):
            boxes[node] = Box("operation", _label(node), _shape(node))
            for position, given in enumerate(node.inputs):
                start: Key = given
                if isinstance(given, Constant):
                    start = (node, position)
                    boxes[start] = Box("constant", _value(given))
                edges.append((start, node))
    for position, node in enumerate(graph.outputs):
        boxes["output", position] = Box("output", "result")
        edges.append((node, ("output", position)))
    for target, node in graph.updates.items():
        boxes["update", target] = Box("update", f"new {names[target]}")
        edges.append((node, ("update", target)))
    shown = {box for edge in edges for box in edge}
    boxes = {key: box for key, box in boxes.items() if key in shown}
    return boxes, list(dict.fromkeys(edges))


def _label(node: Operation) -> str:
    name = node.primitive.name
    axis = node.attributes.get("axis")
    if axis is None:
        return _SIGNS.get(node.primitive, name)
    if isinstance(axis, tuple) and len(axis) == node.inputs[0].ndim:
        return name
    numbers = axis if isinstance(axis, tuple) else (axis,)
    return f"{name}, axis {', '.join(map(str, numbers))}"


def _shape(node: Node) -> str:
    return "" if node.shape == () else str(node.shape).replace(" ", "")


def _value(node: Constant) -> str:
    values = np.asarray(node.value)
    if values.size and np.all(values == values.flat[0]):
        return f"{values.flat[0].item():.4g}"
    if values.ndim == 1 and np.array_equal(values, np.arange(len(values))):
        return f"0 … {len(values) - 1}"
    return f"array {_shape(node)}"
