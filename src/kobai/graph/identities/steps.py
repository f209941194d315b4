"""Identities of what optimizers compute: corrected means, and squares of slopes."""

from kobai.autodiff import operations as ops
from kobai.graph.identities.arithmetic import constant_like
from kobai.graph.identities.matching import enter, if_same_type, number_of, rounds_alike
from kobai.graph.node import Node, Operation, is_a
from kobai.graph.rewriting import Identity, Rewriter

TABLE: list[Identity] = []
identity = enter(TABLE)


@identity(
    "x / (√(v / d) + ε) = √d · x / (√v + √d · ε) for d = 1 - βᵗ and a number ε",
    ops.DIVIDE,
)
def _root_of_quotient(node: Operation, builder: Rewriter) -> Node | None:
    x, total = node.inputs
    if not is_a(total, ops.ADD):
        return None
    root, epsilon = total.inputs
    if not (is_a(root, ops.SQRT) and root.ndim):
        return None
    quotient = root.inputs[0]
    if not is_a(quotient, ops.DIVIDE):
        return None
    v, d = quotient.inputs
    if d.ndim or epsilon.ndim or not v.ndim or not _is_one_minus_power(d):
        return None
    if not rounds_alike(node, x, root, epsilon, v, d):
        return None
    root_of_d = builder.operation(ops.SQRT, d)
    top = builder.operation(ops.MULTIPLY, root_of_d, x)
    least = builder.operation(ops.MULTIPLY, root_of_d, epsilon)
    bottom = builder.operation(ops.ADD, builder.operation(ops.SQRT, v), least)
    return if_same_type(builder.operation(ops.DIVIDE, top, bottom), node)


def _is_one_minus_power(d: Node) -> bool:
    """Whether d is 1 - βᵗ: of numbers below 0 √v / √d would be nan, √(v / d) not."""
    if is_a(d, ops.ASTYPE):
        d = d.inputs[0]
    if not is_a(d, ops.SUBTRACT):
        return False
    one, power = d.inputs
    if number_of(one) != 1 or not is_a(power, ops.POWER):
        return False
    base = number_of(power.inputs[0])
    return base is not None and 0 < base < 1


@identity("c · x² = (c / d²) · (d · x)² where d · x is needed anyway", ops.MULTIPLY)
def _square_of_scaled(node: Operation, builder: Rewriter) -> Node | None:
    c, square = node.inputs
    if not is_a(square, ops.SQUARE):
        return None
    (x,) = square.inputs
    number = number_of(c)
    if number is None or not is_a(x, ops.MATMUL, ops.SUM):
        return None
    for scaled in builder.made(ops.MULTIPLY):
        d = number_of(scaled.inputs[0])
        # (d · x)² must not be larger than x², which is finite.
        if scaled.inputs[1] is not x or d is None or not 1e-3 <= abs(d) < 1:
            continue
        if not rounds_alike(node, x, scaled):
            continue
        constant = constant_like(builder, number / d**2, c, node)
        if constant is not None:
            smaller = builder.operation(ops.SQUARE, scaled)
            return if_same_type(
                builder.operation(ops.MULTIPLY, constant, smaller), node
            )
    return None
