"""Rewriting: replace nodes by cheaper ones of equal value, until nothing changes."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kobai.autodiff.primitive import Primitive
from kobai.autodiff.trees import tree_map
from kobai.graph.graph import Graph
from kobai.graph.identities.cancelling import Known
from kobai.graph.node import Builder, Constant, Node, Operation, in_order


class Rewriter(Builder):
    """Makes the nodes of a graph that is rewritten, and knows who reads them.

    `looked_around` tells whether it was asked for more than what a node is made of.
    """

    def __init__(self, constants: dict[Any, Constant]) -> None:
        super().__init__(constants)
        self.looked_around = False
        self._algebra = Known()
        self._readers: Counter[Node] = Counter()

    @property
    def algebra(self) -> Known:
        """What is known of values per row."""
        self.looked_around = True
        return self._algebra

    def stands_for(self, new: Node, readers: int) -> None:
        """Note that a node takes the place of one that has so many readers."""
        self._readers[new] += readers

    def uses(self, node: Node) -> int:
        """Return how many operations and results read a node; 0 for a fresh one."""
        self.looked_around = True
        return self._readers[node]

    def has(self, primitive: Primitive, *inputs: Node, **attributes: Any) -> bool:
        """Whether an operation was made before."""
        self.looked_around = True
        return super().has(primitive, *inputs, **attributes)

    def made(self, primitive: Primitive) -> list[Operation]:
        """Return the operations of a primitive that were made so far."""
        self.looked_around = True
        return super().made(primitive)


# Given an operation, the node to put in its place, or None to leave it.
Rewrite = Callable[[Operation, Rewriter], Node | None]


@dataclass(frozen=True)
class Identity:
    """A rewrite with a name, and the identity that makes it right.

    It is given operations of the primitives in `of` alone, or all where there are none.
    """

    name: str
    states: str
    rewrite: Rewrite
    of: tuple[Primitive, ...] = ()


class _Identities:
    """Identities by the primitives of which they have something to say.

    `settled` are the nodes of which none has, whatever else is in the graph.
    """

    def __init__(self, identities: Sequence[Identity]) -> None:
        self._all = identities
        self._known: dict[Primitive, list[tuple[int, Identity]]] = {}
        self.settled: set[Node] = set()

    def of(self, primitive: Primitive) -> list[tuple[int, Identity]]:
        """Return those of a primitive in order, each with its place among all."""
        found = self._known.get(primitive)
        if found is None:
            found = self._known[primitive] = [
                (place, each)
                for place, each in enumerate(self._all)
                if not each.of or primitive in each.of
            ]
        return found


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
    known = _Identities(identities)
    constants: dict[Any, Constant] = {}
    for _ in range(passes):
        graph, is_changed = _one_pass(graph, known, Rewriter(constants))
        if watch is not None:
            watch(graph)
        if not is_changed:
            break
    return graph


def _one_pass(
    graph: Graph, identities: _Identities, builder: Rewriter
) -> tuple[Graph, bool]:
    """Return the graph with every node rewritten, and whether any was."""
    order = in_order(graph.ends)
    readers = _readers(graph, order)
    new: dict[Node, Node] = {node: node for node in graph.inputs}
    is_changed = False
    for node in order:
        if isinstance(node, Constant):
            new[node] = builder.kept(node)
        elif isinstance(node, Operation):
            made = builder.again(node, tuple([new[n] for n in node.inputs]))
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


def _readers(graph: Graph, order: list[Node]) -> Counter[Node]:
    """Return how many operations and results read each node."""
    readers = Counter(graph.ends)
    for node in order:
        if isinstance(node, Operation):
            readers.update(set(node.inputs))
    return readers


def _apply(node: Node, identities: _Identities, builder: Rewriter) -> Node:
    """Rewrite one node until no identity has anything to say of it."""
    seen = {node}
    last, is_changed = -1, False
    builder.looked_around = False
    while isinstance(node, Operation) and node not in identities.settled:
        for place, identity in identities.of(node.primitive):
            better = identity.rewrite(node, builder) if place > last else None
            if better is not None and better is not node:
                break
        else:
            if is_changed:
                # Once more from the first, until a whole round changes nothing.
                last, is_changed = -1, False
                builder.looked_around = False
                continue
            if not builder.looked_around:
                identities.settled.add(node)
            return node
        same = (better.shape, better.dtype) == (node.shape, node.dtype)
        assert same, f"{identity.name}: {node} became {better}"
        assert better.weak == node.weak, f"{identity.name}: is a number or not"
        assert better not in seen, f"{identity.name}: turns in a circle"
        node, last, is_changed = better, place, True
        seen.add(node)
    return node
