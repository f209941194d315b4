"""A traced function as a small graph."""

from kobai.graph.graph import Graph, verify
from kobai.graph.node import Builder, Constant, Input, Node, Operation
from kobai.graph.tracing import TraceError, trace

__all__ = [
    "Builder",
    "Constant",
    "Graph",
    "Input",
    "Node",
    "Operation",
    "TraceError",
    "trace",
    "verify",
]
