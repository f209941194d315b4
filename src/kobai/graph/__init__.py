"""A traced function as a small graph."""

from kobai.graph.drawing import draw
from kobai.graph.errors import TraceError
from kobai.graph.graph import Graph, verify
from kobai.graph.node import Builder, Constant, Input, Node, Operation
from kobai.graph.tracing import trace

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
