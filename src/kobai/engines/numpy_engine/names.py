"""Names for the values of a graph, such as one would choose by hand."""

import re
from collections.abc import Collection
from keyword import kwlist

from kobai.autodiff import operations as ops
from kobai.graph import Graph, Input, Node, Operation
from kobai.graph.node import is_a

_NAMES = {
    ops.MAX: "largest",
    ops.MIN: "smallest",
    ops.SUM: "total",
    ops.GREATER: "mask",
    ops.LESS: "mask",
    ops.EQUAL: "mask",
    ops.WHERE: "chosen",
    ops.EXP: "e",
    ops.LOG: "logs",
    ops.GETITEM: "picked",
    ops.SCATTER: "placed",
    ops.SETITEM: "changed",
    ops.ADD_AT: "changed",
    ops.POSITIVE: "kept",
    ops.SQUARE: "squares",
    ops.SQRT: "root",
    ops.MULTIPLY: "product",
    ops.DIVIDE: "quotient",
    ops.SUBTRACT: "difference",
    ops.ADD: "terms",
    ops.NEGATIVE: "minus",
    ops.CONCATENATE: "joined",
    ops.ASTYPE: "converted",
    ops.ASTYPE_CONSTANT: "converted",
    ops.EINSUM: "product",
    ops.MATMUL: "product",
    ops.MAXIMUM: "h",
    ops.MINIMUM: "bounded",
    ops.FMAX: "h",
    ops.TANH: "h",
    ops.POWER: "power_of",
}


def input_names(graph: Graph, reserved: Collection[str] = ()) -> dict[Input, str]:
    """Return an identifier for each input: its last name where that says enough.

    `params.W1` is W1, and `state.velocity.W1` then is velocity_W1. `reserved` are names
    that mean something else where these stand.
    """
    names: dict[Input, str] = {}
    taken = {"np", graph.name, *kwlist, *reserved}
    for given in graph.inputs:
        parts = [re.sub(r"\W+", "_", part).strip("_") for part in given.name.split(".")]
        start = len(parts) - 1
        name = parts[-1]
        while (name in taken or not name.isidentifier()) and start > 0:
            start -= 1
            name = "_".join(parts[start:])
        names[given] = unused(name if name.isidentifier() else f"x_{name}", taken)
    return names


def unused(name: str, taken: set[str]) -> str:
    """Return a name that is not taken yet, and take it."""
    free = name
    count = 1
    while free in taken:
        count += 1
        free = f"{name}_{count}"
    taken.add(free)
    return free


def value_names(graph: Graph) -> dict[Node, str]:
    """Return a name for each operation; several may have the same."""
    names: dict[Node, str] = {}
    inputs = input_names(graph)
    for node in graph.operations:
        names[node] = stem_of(node)
        layer = _layer_of(node, inputs)
        if layer:
            names[node] = f"z{layer}"
    for target, new in graph.updates.items():
        _name_gradient(inputs[target], target, new, names)
    return names


def stem_of(node: Operation) -> str:
    """Return what a value is called, be it by what computes it."""
    return _NAMES.get(node.primitive, node.primitive.name)


def _layer_of(node: Operation, inputs: dict[Input, str]) -> str:
    """Return the number of the layer whose sums x @ W an operation computes."""
    if node.primitive is not ops.MATMUL:
        return ""
    weights = node.inputs[1]
    if not isinstance(weights, Input):
        return ""
    numbered = re.fullmatch(r"[A-Za-z]+(\d+)", inputs[weights])
    return numbered.group(1) if numbered else ""


def _name_gradient(
    name: str, target: Input, node: Node, names: dict[Node, str]
) -> None:
    """Name what the update of a parameter is made of: dW1, db1 and dz1."""
    gradient = _first_product(node, target)
    if gradient is None:
        return
    if names[gradient].startswith("d"):
        return
    names[gradient] = f"d{name}"
    number = re.search(r"\d+$", name)
    source: Node = gradient.inputs[-1]
    while is_a(source, *_SCALING):
        given = [n for n in source.inputs if n.shape == source.shape]
        if len(given) != 1 or source.size == given[0].size == 1:
            break
        names[source] = "scaled"
        source = given[0]
    if isinstance(source, Operation) and number and source.ndim == 2:
        for node in _in_place_of(source):
            names[node] = f"dz{number.group()}"


def _in_place_of(node: Operation) -> list[Operation]:
    """Return a value and what it is computed from entry by entry, to the first product.

    Back-propagation through an activation changes dh, entry by entry, into dz.
    """
    chain = [node]
    while node.primitive.elementwise:
        given = [n for n in node.inputs if isinstance(n, Operation)]
        same = [n for n in given if n.shape == node.shape]
        products = [n for n in same if n.primitive is ops.MATMUL]
        scaled = [n for n in same if n.primitive in _SCALING]
        if len(products or scaled) != 1:
            break
        (node,) = products or scaled
        chain.append(node)
    return chain


_SCALING = (ops.MULTIPLY, ops.NEGATIVE)


def _first_product(node: Node, target: Input) -> Operation | None:
    """Return the product or sum nearest to an update: the gradient that it uses."""
    stack = [node]
    seen = set(stack)
    while stack:
        here = stack.pop(0)
        if not isinstance(here, Operation):
            continue
        if here.primitive in (ops.MATMUL, ops.SUM):
            return here if here.size == target.size else None
        if here.primitive.elementwise or here.primitive is ops.RESHAPE:
            fresh = [n for n in here.inputs if n.size == target.size and n not in seen]
            stack.extend(fresh)
            seen.update(fresh)
    return None
