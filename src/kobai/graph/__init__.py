"""A traced function as a small graph."""

from typing import TYPE_CHECKING, Any

from kobai.graph.errors import TraceError
from kobai.graph.graph import Graph, verify
from kobai.graph.node import Builder, Constant, Input, Node, Operation
from kobai.graph.tracing import trace

if TYPE_CHECKING:
    from kobai.graph.drawing import draw

__all__ = [
    "Builder",
    "Constant",
    "Graph",
    "Input",
    "Node",
    "Operation",
    "TraceError",
    "draw",
    "trace",
    "verify",
]


def __getattr__(name: str) -> Any:
    # What draws takes a while to import, which a trace does not need.
    if name != "draw":
        raise AttributeError(f"module 'kobai.graph' has no attribute {name!r}")
    from kobai.graph.drawing import draw

    return draw
