"""What is certain of a value whatever the inputs are: the parts of a softmax.

exp(x - max x) is between 0 and 1, its sum is at least 1, and so their quotient is
between 0 and 1. Where one entry of each row is picked, the zeros elsewhere stay zeros
under products with such values; 0 · inf and 0 / 0 would be nan.
"""

from kobai.autodiff import operations as ops
from kobai.graph.identities.matching import number_of
from kobai.graph.node import Node, Operation, is_a

_SAME_ENTRIES = (ops.RESHAPE, ops.BROADCAST_TO, ops.GETITEM, ops.NEGATIVE)


def is_within_one(node: Node) -> bool:
    """Whether all entries are between -1 and 1 for certain."""
    node = _origin(node)
    if not isinstance(node, Operation):
        number = number_of(node)
        return number is not None and abs(number) <= 1
    if node.primitive is ops.MULTIPLY:
        return all(map(is_within_one, node.inputs))
    if node.primitive is ops.DIVIDE:
        top, bottom = node.inputs
        return is_within_one(top) and _is_total(bottom)
    return _is_exponential(node)


def is_above_zero(node: Node) -> bool:
    """Whether all entries are above 0, and finite, for certain."""
    if _is_total(node):
        return True
    node = _origin(node)
    if not is_a(node, ops.ADD):
        return False
    a, b = node.inputs
    return any(
        (number_of(least) or 0) > 0 and _is_share(_origin(share))
        for least, share in ((a, b), (b, a))
    )


def _origin(node: Node) -> Node:
    while is_a(node, *_SAME_ENTRIES):
        node = node.inputs[0]
    return node


def _is_share(node: Node) -> bool:
    """Whether a node is exp(x - max x), or that by its sum."""
    if is_a(node, ops.DIVIDE):
        top, bottom = node.inputs
        return _is_exponential(_origin(top)) and _is_total(bottom)
    return _is_exponential(node)


def _is_total(node: Node) -> bool:
    """Whether a node is Σ exp(x - max x), which is at least 1."""
    while is_a(node, *_SAME_ENTRIES[:2]):
        node = node.inputs[0]
    if not is_a(node, ops.SUM):
        return False
    (e,) = node.inputs
    return _is_exponential(e) and e.size > 0


def _is_exponential(node: Node) -> bool:
    """Whether a node is exp(x - max x), the largest entry being that of each row."""
    if not is_a(node, ops.EXP) or not is_a(node.inputs[0], ops.SUBTRACT):
        return False
    x, largest = node.inputs[0].inputs
    if is_a(largest, ops.BROADCAST_TO):
        largest = largest.inputs[0]
    kept = largest.shape
    if is_a(largest, ops.RESHAPE):
        largest = largest.inputs[0]
    if not is_a(largest, ops.MAX) or largest.inputs[0] is not x:
        return False
    axis = largest.attributes["axis"]
    return kept in ((), tuple(1 if i in axis else n for i, n in enumerate(x.shape)))
