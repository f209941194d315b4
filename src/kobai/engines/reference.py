"""The reference interpreter: what a graph means."""

from collections.abc import Callable, Sequence
from typing import Any

from kobai.functions.arrays import Array
from kobai.graph import Constant, Graph, Node, Operation
from kobai.graph.node import in_order


def interpret(graph: Graph) -> Callable[..., tuple[list[Any], list[Any]]]:
    """Return a callable that computes a graph, one operation after the other.

    It takes a value for each of the graph's inputs, changes none of them, and returns
    the outputs and the new values of the updated inputs, in order. It is the
    definition: every other engine is tested against it.
    """

    def run(*values: Array) -> tuple[list[Any], list[Any]]:
        known = evaluate(graph, values)
        outputs = [known[n] for n in graph.outputs]
        return outputs, [known[n] for n in graph.updates.values()]

    return run


def evaluate(graph: Graph, values: Sequence[Any]) -> dict[Node, Any]:
    """Return the value of every node, from one for each of the graph's inputs."""
    known: dict[Node, Any] = dict(zip(graph.inputs, values, strict=True))
    for node in in_order(graph.ends):
        if isinstance(node, Constant):
            known[node] = node.value
        elif isinstance(node, Operation):
            known[node] = node.evaluate(*(known[n] for n in node.inputs))
    return known
