"""Where each value of a graph lives: which share a buffer, and which are views.

A plan is made once per graph. It puts the operations in order, gives every result a
buffer, and gives a buffer on as soon as nothing needs what is in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import numpy as np

from kobai.autodiff import operations as ops
from kobai.engines.numpy_engine.names import value_names
from kobai.graph import Builder, Constant, Graph, Input, Node, Operation

_VIEWS = (ops.RESHAPE, ops.TRANSPOSE, ops.BROADCAST_TO)


@dataclass(frozen=True, eq=False)
class Buffer:
    """Memory of a shape and dtype that is allocated once."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


@dataclass
class Plan:
    """The operations in order, and where each of them leaves its result.

    `places` has a buffer, or the input that the result overwrites, for every operation
    that is not a view. `copies` are updates that must wait until all else is done.
    """

    graph: Graph
    order: list[Operation]
    places: dict[Node, Buffer | Input] = field(default_factory=dict)
    buffers: list[Buffer] = field(default_factory=list)
    copies: list[tuple[Input, Node]] = field(default_factory=list)


def is_view(node: Node) -> TypeGuard[Operation]:
    """Whether a node is another way to look at its operand's memory."""
    if not isinstance(node, Operation):
        return False
    if node.primitive in _VIEWS:
        return True
    if node.primitive is not ops.GETITEM:
        return False
    return ops.ARRAY not in node.attributes["pattern"]


def source_of(node: Node) -> Node:
    """Return the node whose memory a view looks at."""
    while is_view(node):
        node = node.inputs[0]
    return node


def make_plan(graph: Graph) -> Plan:
    """Return a plan that computes a graph with few buffers."""
    graph = _with_safe_ends(graph)
    plan = Plan(graph, graph.operations)
    names = value_names(graph)
    last_use = _last_uses(graph, plan.order)
    updated = {node: target for target, node in graph.updates.items()}
    order_of = {node: position for position, node in enumerate(plan.order)}
    free: list[Buffer] = []
    for position, node in enumerate(plan.order):
        if is_view(node):
            continue
        dying = {n for n in _sources(node) if last_use[n] == position}
        # A single number is a variable, and needs no buffer.
        if node.shape != ():
            target = updated.get(node)
            if target is not None and _may_overwrite(target, node, position, last_use):
                plan.places[node] = target
            elif early := _early_place(graph, node, order_of, last_use):
                plan.places[node] = early
            else:
                plan.places[node] = _choose(plan, node, dying, free, names[node])
        for dead in dying:
            place = plan.places.get(dead)
            if isinstance(place, Buffer) and place is not plan.places.get(node):
                free.append(place)
    plan.copies = [
        (target, node)
        for target, node in graph.updates.items()
        if plan.places.get(node) is not target
    ]
    return plan


def _with_safe_ends(graph: Graph) -> Graph:
    """Return a graph that keeps what its results still need of updated inputs.

    An output or update that looks at an input's memory would see the new value.
    """
    builder = Builder()

    def safe(node: Node) -> Node:
        if source_of(node) not in graph.updates:
            return node
        if node.dtype.kind == "b":
            return builder.operation(ops.ASTYPE_CONSTANT, node, dtype=node.dtype)
        return builder.operation(ops.POSITIVE, node)

    outputs = tuple(map(safe, graph.outputs))
    updates = {target: safe(node) for target, node in graph.updates.items()}
    if outputs == graph.outputs and updates == graph.updates:
        return graph
    return Graph(graph.inputs, outputs, updates, graph.arguments, outputs, graph.name)


def _sources(node: Operation) -> list[Node]:
    """Return the nodes whose memory an operation reads, each once."""
    return list(dict.fromkeys(source_of(n) for n in node.inputs))


def _last_uses(graph: Graph, order: list[Operation]) -> Mapping[Node, int]:
    """Return, for each node that owns memory, where it is read last."""
    last: dict[Node, int] = {}
    for position, node in enumerate(order):
        if not is_view(node):
            last.update((n, position) for n in _sources(node))
    last.update((source_of(end), len(order)) for end in graph.ends)
    return last


def _may_overwrite(
    target: Input, node: Operation, position: int, last_use: Mapping[Node, int]
) -> bool:
    """Whether an updated input can take its new value as soon as it is computed."""
    if last_use.get(target, -1) > position or not _alike(target, node):
        return False
    is_read = target in _sources(node)
    return not is_read or target in replaceable(node)


def _early_place(
    graph: Graph,
    node: Operation,
    order_of: Mapping[Operation, int],
    last_use: Mapping[Node, int],
) -> Input | None:
    """Return an input that a first part of its new value may overwrite already.

    As in velocity *= 0.9, then velocity -= gradient.
    """
    position = order_of[node]
    for target in replaceable(node):
        new = graph.updates.get(target) if isinstance(target, Input) else None
        if not isinstance(new, Operation) or last_use[target] != position:
            continue
        is_next = new in order_of and order_of[new] == last_use[node]
        alone = sum(n is new for n in graph.ends) == 1
        if is_next and alone and node in replaceable(new) and _alike(target, new):
            assert isinstance(target, Input)
            return target
    return None


def replaceable(node: Operation) -> list[Node]:
    """Return the operands in whose place an operation may leave its result.

    Entry by entry, a result may replace what it is computed from, unless another
    operand reads the same memory in another order.
    """
    if node.primitive is ops.WHERE:
        # The mask is needed until the end; entries are written where it is true.
        candidates = node.inputs[1:] if is_masked(node) else node.inputs[2:]
    elif node.primitive.elementwise:
        candidates = node.inputs
    elif node.primitive in (ops.ADD_AT, ops.SETITEM):
        candidates = node.inputs[:1]
    else:
        return []
    found = []
    for operand in dict.fromkeys(candidates):
        same = [n for n in node.inputs if source_of(n) is source_of(operand)]
        is_alone = len(same) == 1 or (
            node.primitive not in (ops.WHERE, ops.ADD_AT, ops.SETITEM)
            and all(n is operand for n in same)
        )
        if is_alone and _alike(operand, node):
            found.append(operand)
    return found


def is_masked(node: Operation) -> bool:
    """Whether an operation is where(mask, x, 0) for numbers x of the mask's shape."""
    if node.primitive is not ops.WHERE or node.dtype.kind != "f":
        return False
    mask, x, zero = node.inputs
    return (
        isinstance(zero, Constant)
        and zero.size == 1
        and not np.any(np.asarray(zero.value))
        and not np.signbit(np.asarray(zero.value)).any()
        and mask.dtype.kind == "b"
        and mask.shape == x.shape == node.shape
        and x.dtype == node.dtype
    )


def _choose(
    plan: Plan, node: Operation, dying: set[Node], free: list[Buffer], name: str
) -> Buffer:
    for operand in replaceable(node):
        place = plan.places.get(operand)
        if operand in dying and isinstance(place, Buffer):
            return place
    for buffer in free:
        if _alike(buffer, node):
            free.remove(buffer)
            return buffer
    taken = {b.name for b in plan.buffers}
    unique = name
    count = 1
    while unique in taken:
        count += 1
        unique = f"{name}_{count}"
    buffer = Buffer(unique, node.shape, node.dtype)
    plan.buffers.append(buffer)
    return buffer


def _alike(a: Node | Buffer, b: Node) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype


def constants_of(plan: Plan) -> list[Constant]:
    """Return the constants that the operations and the results read, each once."""
    found = [n for node in plan.order for n in node.inputs]
    found += plan.graph.ends
    return list(dict.fromkeys(n for n in found if isinstance(n, Constant)))
