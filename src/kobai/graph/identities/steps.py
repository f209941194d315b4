"""Identities of what optimizers compute: corrected means, and squares of slopes."""

from kobai.autodiff import operations as ops
from kobai.graph.identities.arithmetic import constant_like
from kobai.graph.identities.matching import (
    ADD,
    DIVIDE,
    MULTIPLY,
    POWER,
    SQRT,
    SQUARE,
    SUBTRACT,
    enter,
    if_same_type,
    is_a,
    number_of,
    rounds_alike,
)
from kobai.graph.node import Node, Operation
from kobai.graph.rewriting import Identity, Rewriter

TABLE: list[Identity] = []
identity = enter(TABLE)


@identity("x / (√(v / d) + ε) = √d · x / (√v + √d · ε) for d = 1 - βᵗ and a number ε")
def _root_of_quotient(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is not DIVIDE or not is_a(node.inputs[1], ADD):
        return None
    x, total = node.inputs
    assert isinstance(total, Operation)
    root, epsilon = total.inputs
    if not (isinstance(root, Operation) and root.primitive is SQRT and root.ndim):
        return None
    quotient = root.inputs[0]
    if not (isinstance(quotient, Operation) and quotient.primitive is DIVIDE):
        return None
    v, d = quotient.inputs
    if d.ndim or epsilon.ndim or not v.ndim or not _is_one_minus_power(d):
        return None
    if not rounds_alike(node, x, root, epsilon, v, d):
        return None
    root_of_d = builder.operation(SQRT, d)
    top = builder.operation(MULTIPLY, root_of_d, x)
    least = builder.operation(MULTIPLY, root_of_d, epsilon)
    bottom = builder.operation(ADD, builder.operation(SQRT, v), least)
    return if_same_type(builder.operation(DIVIDE, top, bottom), node)


def _is_one_minus_power(d: Node) -> bool:
    """Whether d is 1 - βᵗ: of numbers below 0 √v / √d would be nan, √(v / d) not."""
    if isinstance(d, Operation) and d.primitive is ops.ASTYPE:
        d = d.inputs[0]
    if not (isinstance(d, Operation) and d.primitive is SUBTRACT):
        return False
    one, power = d.inputs
    if number_of(one) != 1 or not is_a(power, POWER):
        return False
    base = number_of(power.inputs[0])  # type: ignore[attr-defined]
    return base is not None and 0 < base < 1


@identity("c · x² = (c / d²) · (d · x)² where d · x is needed anyway")
def _square_of_scaled(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is not MULTIPLY or not is_a(node.inputs[1], SQUARE):
        return None
    c, square = node.inputs
    assert isinstance(square, Operation)
    (x,) = square.inputs
    number = number_of(c)
    if number is None or not (is_a(x, ops.MATMUL) or is_a(x, ops.SUM)):
        return None
    for scaled in builder.made(MULTIPLY):
        d = number_of(scaled.inputs[0])
        # (d · x)² must not be larger than x², which is finite.
        if scaled.inputs[1] is not x or d is None or not 1e-3 <= abs(d) < 1:
            continue
        if not rounds_alike(node, x, scaled):
            continue
        constant = constant_like(builder, number / d**2, c, node)
        if constant is not None:
            smaller = builder.operation(SQUARE, scaled)
            return if_same_type(builder.operation(MULTIPLY, constant, smaller), node)
    return None
