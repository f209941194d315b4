"""Identities of sums, products and quotients, entry by entry."""

from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph.matching import (
    ADD,
    DIVIDE,
    EQUAL,
    MULTIPLY,
    NEGATIVE,
    POSITIVE,
    SQRT,
    SQUARE,
    SUBTRACT,
    enter,
    if_same_type,
    is_a,
    number_of,
)
from kobai.graph.node import Builder, Constant, Node, Operation
from kobai.graph.rewriting import Identity, Rewriter

TABLE: list[Identity] = []
identity = enter(TABLE)


@identity("x + 0 = x - 0 = x · 1 = x / 1 = +x = x")
def _neutral(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is POSITIVE:
        return node.inputs[0]
    neutral = {ADD: 0, SUBTRACT: 0, MULTIPLY: 1, DIVIDE: 1}.get(node.primitive)
    if neutral is None:
        return None
    a, b = node.inputs
    if number_of(b) == neutral and if_same_type(a, node):
        return a
    commutes = node.primitive in (ADD, MULTIPLY)
    if commutes and number_of(a) == neutral and if_same_type(b, node):
        return b
    return None


@identity("0 / count = 0, where the count is that of the largest entries of a row")
def _zero_over_count(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is not DIVIDE or number_of(node.inputs[0]) != 0:
        return None
    count = node.inputs[1]
    # Not 0 / x = 0 for any x: that would hide a 0 / 0.
    if not (isinstance(count, Operation) and count.primitive is ops.ASTYPE):
        return None
    total = count.inputs[0]
    if not (isinstance(total, Operation) and total.primitive is ops.SUM):
        return None
    if not is_a(total.inputs[0], EQUAL):
        return None
    zero = builder.constant(node.dtype.type(0))
    return builder.operation(ops.BROADCAST_TO, zero, shape=node.shape)


@identity("where(c, x, x) = x")
def _where_same(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is not ops.WHERE:
        return None
    _, a, b = node.inputs
    equal = a is b or (number_of(a) is not None and number_of(a) == number_of(b))
    if not equal:
        return None
    typed = np.dtype(node.dtype)
    if number_of(a) is not None:
        full = builder.constant(typed.type(number_of(a)))
        return builder.operation(ops.BROADCAST_TO, full, shape=node.shape)
    return if_same_type(a, node)


@identity("a + (-b) = a - b, a - (-b) = a + b, -(-a) = a, -(a - b) = b - a")
def _signs(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is NEGATIVE:
        (x,) = node.inputs
        if isinstance(x, Operation) and x.primitive is NEGATIVE:
            return x.inputs[0]
        if isinstance(x, Operation) and x.primitive is SUBTRACT:
            return builder.operation(SUBTRACT, x.inputs[1], x.inputs[0])
        return None
    if node.primitive not in (ADD, SUBTRACT):
        return None
    a, b = node.inputs
    if isinstance(b, Operation) and b.primitive is NEGATIVE:
        opposite = SUBTRACT if node.primitive is ADD else ADD
        return if_same_type(builder.operation(opposite, a, b.inputs[0]), node)
    if node.primitive is ADD and isinstance(a, Operation) and a.primitive is NEGATIVE:
        return if_same_type(builder.operation(SUBTRACT, b, a.inputs[0]), node)
    return None


@identity("(-a) · b = -(a · b), (-a) / b = a / (-b) = -(a / b)")
def _signs_outwards(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive not in (MULTIPLY, DIVIDE):
        return None
    a, b = node.inputs
    for i, given in enumerate((a, b)):
        if isinstance(given, Operation) and given.primitive is NEGATIVE:
            inputs = [a, b]
            inputs[i] = given.inputs[0]
            inner = builder.operation(node.primitive, *inputs)
            return builder.operation(NEGATIVE, inner)
    return None


@identity("-(c · x) = (-c) · x and c · (d · x) = (c d) · x for numbers c, d")
def _numbers_together(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is NEGATIVE:
        number, x, inner = -1.0, node.inputs[0], node.inputs[0]
    elif node.primitive is MULTIPLY:
        number, x = _number_and_rest(node)
        inner = x
    else:
        return None
    if number is None or not isinstance(inner, Operation):
        return None
    if inner.primitive not in (MULTIPLY, DIVIDE):
        return None
    if inner.primitive is DIVIDE:
        top = number_of(inner.inputs[0])
        if top is None:
            return None
        constant = _constant_like(builder, number * top, inner.inputs[0], node)
        if constant is None:
            return None
        return if_same_type(builder.operation(DIVIDE, constant, inner.inputs[1]), node)
    other, rest = _number_and_rest(inner)
    if other is None:
        return None
    given = inner.inputs[0] if rest is inner.inputs[1] else inner.inputs[1]
    constant = _constant_like(builder, number * other, given, node)
    if constant is None:
        return None
    return if_same_type(builder.operation(MULTIPLY, constant, rest), node)


def _number_and_rest(node: Operation) -> tuple[Any, Node]:
    a, b = node.inputs
    if number_of(a) is not None and b.shape == node.shape:
        return number_of(a), b
    if number_of(b) is not None and a.shape == node.shape:
        return number_of(b), a
    return None, node


def _constant_like(
    builder: Builder, number: float, like: Node, node: Node
) -> Constant | None:
    """Return a product of constants, unless it is out of range and its factors not."""
    if node.dtype.kind != "f":
        return None
    with np.errstate(all="ignore"):
        held = np.asarray(number, node.dtype)
    if not np.isfinite(held) or abs(held) < np.finfo(node.dtype).tiny:
        return None
    return builder.constant(float(number) if like.weak else held.astype(like.dtype))


@identity("c · (x / d) = (c / d) · x and c · (d · x) = (c d) · x for numbers c, d")
def _scalars_together(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is not MULTIPLY:
        return None
    for c, inner in (node.inputs, node.inputs[::-1]):
        if c.ndim or not inner.ndim or not isinstance(inner, Operation):
            continue
        if inner.primitive not in (MULTIPLY, DIVIDE) or builder.uses(inner) > 1:
            continue
        x, d = inner.inputs
        if inner.primitive is MULTIPLY and not x.ndim:
            x, d = d, x
        if d.ndim or not x.ndim:
            continue
        if isinstance(c, Constant) and isinstance(d, Constant):
            # Joined above, where the product is in range.
            continue
        number = builder.operation(inner.primitive, c, d)
        return if_same_type(builder.operation(MULTIPLY, number, x), node)
    return None


@identity("x / (√(v / d) + ε) = √d · x / (√v + √d · ε) for numbers d and ε")
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
    if d.ndim or epsilon.ndim or not v.ndim:
        return None
    root_of_d = builder.operation(SQRT, d)
    top = builder.operation(MULTIPLY, root_of_d, x)
    least = builder.operation(MULTIPLY, root_of_d, epsilon)
    bottom = builder.operation(ADD, builder.operation(SQRT, v), least)
    return if_same_type(builder.operation(DIVIDE, top, bottom), node)


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
        constant = _constant_like(builder, number / d**2, c, node)
        if constant is not None:
            smaller = builder.operation(SQUARE, scaled)
            return if_same_type(builder.operation(MULTIPLY, constant, smaller), node)
    return None


@identity("x · x = x²")
def _square(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is MULTIPLY and node.inputs[0] is node.inputs[1]:
        return builder.operation(SQUARE, node.inputs[0])
    return None
