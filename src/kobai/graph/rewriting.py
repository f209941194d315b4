"""Rewriting: replace nodes by cheaper ones of equal value, until nothing changes."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kobai.autodiff.trees import tree_map
from kobai.graph.graph import Graph
from kobai.graph.identities.cancelling import Known
from kobai.graph.node import Builder, Constant, Node, Operation, in_order


class Rewriter(Builder):
    """Makes the nodes of a graph that is rewritten, and knows who reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.algebra = Known()
        self._readers: Counter[Node] = Counter()

    def stands_for(self, new: Node, readers: int) -> None:
        """Note that a node takes the place of one that has so many readers."""
        self._readers[new] += readers

    def uses(self, node: Node) -> int:
        """Return how many operations and results read a node; 0 for a fresh one."""
        return self._readers[node]


# Given an operation, the node to put in its place, or None to leave it.
Rewrite = Callable[[Operation, Rewriter], Node | None]


@dataclass(frozen=True)
class Identity:
    """A rewrite with a name, and the identity that makes it right."""

    name: str
    states: str
    rewrite: Rewrite


def rewrite(
    graph: Graph,
    identities: Sequence[Identity],
    watch: Callable[[Graph], None] | None = None,
    passes: int = 20,
) -> Graph:
    """Return a graph that computes the same, by applying identities to every node.

    Operations are visited in order, so that a node is rewritten after what it needs.
    `watch` is called with the graph after every pass, for checks.
    """
    for _ in range(passes):
        graph, is_changed = _one_pass(graph, identities)
        if watch is not None:
            watch(graph)
        if not is_changed:
            break
    return graph


def _one_pass(graph: Graph, identities: Sequence[Identity]) -> tuple[Graph, bool]:
    """Return the graph with every node rewritten, and whether any was."""
    builder = Rewriter()
    readers = _readers(graph)
    new: dict[Node, Node] = {node: node for node in graph.inputs}
    is_changed = False
    for node in in_order(graph.ends):
        if isinstance(node, Constant):
            new[node] = builder.constant(node.value)
        elif isinstance(node, Operation):
            inputs = [new[n] for n in node.inputs]
            made = builder.operation(node.primitive, *inputs, **node.attributes)
            new[node] = _apply(made, identities, builder)
            is_changed = is_changed or new[node] is not made
        builder.stands_for(new[node], readers[node])
    rewritten = Graph(
        inputs=graph.inputs,
        outputs=tuple(new[n] for n in graph.outputs),
        updates={target: new[n] for target, n in graph.updates.items()},
        arguments=graph.arguments,
        result=tree_map(new.get, graph.result),
        name=graph.name,
    )
    return rewritten, is_changed


def _readers(graph: Graph) -> Counter[Node]:
    """Return how many operations and results read each node."""
    readers = Counter(graph.ends)
    for node in graph.operations:
        readers.update(set(node.inputs))
    return readers


def _apply(node: Node, identities: Sequence[Identity], builder: Rewriter) -> Node:
    """Rewrite one node until no identity has anything to say of it."""
    changed = True
    seen = {node}
    while changed:
        changed = False
        for identity in identities:
            if not isinstance(node, Operation):
                return node
            better = identity.rewrite(node, builder)
            if better is not None and better is not node:
                same = (better.shape, better.dtype) == (node.shape, node.dtype)
                assert same, f"{identity.name}: {node} became {better}"
                assert better.weak == node.weak, f"{identity.name}: is a number or not"
                assert better not in seen, f"{identity.name}: turns in a circle"
                node = better
                seen.add(node)
                changed = True
    return node
