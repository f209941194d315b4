"""Identities of sums, products and quotients, entry by entry."""

from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph.identities.cancelling import is_zero
from kobai.graph.identities.matching import (
    enter,
    if_same_type,
    is_zero_number,
    negates,
    number_of,
    rounds_alike,
)
from kobai.graph.node import Builder, Constant, Node, Operation, is_a
from kobai.graph.rewriting import Identity, Rewriter

# A product with it overflows only in the last thousandth of the range of exponents.
MODERATE = 1000

TABLE: list[Identity] = []
identity = enter(TABLE)


@identity(
    "x + (-0) = x - 0 = x · 1 = x / 1 = +x = x, and x + 0 = x for whole x",
    ops.POSITIVE,
    ops.ADD,
    ops.SUBTRACT,
    ops.MULTIPLY,
    ops.DIVIDE,
)
def _neutral(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is ops.POSITIVE:
        return if_same_type(node.inputs[0], node)
    a, b = node.inputs
    if _is_neutral(node, b) and if_same_type(a, node):
        return a
    commutes = node.primitive in (ops.ADD, ops.MULTIPLY)
    if commutes and _is_neutral(node, a) and if_same_type(b, node):
        return b
    return None


def _is_neutral(node: Operation, given: Node) -> bool:
    if node.primitive in (ops.MULTIPLY, ops.DIVIDE):
        return bool(number_of(given) == 1)
    if node.dtype.kind != "f":
        return bool(number_of(given) == 0)
    # -0 + 0 is 0, which -0 is not.
    return is_zero_number(given, negative=node.primitive is ops.ADD)


@identity(
    "where(x = max, 0 / count, 0) = 0, where the count is that of the largest",
    ops.WHERE,
)
def _zero_over_count(node: Operation, builder: Rewriter) -> Node | None:
    """The derivative of softmax through its largest entry: its terms cancel."""
    if node.dtype.kind != "f":
        return None
    chosen, share, rest = node.inputs
    if not (is_a(chosen, ops.EQUAL) and is_a(share, ops.DIVIDE)):
        return None
    if number_of(rest) != 0:
        return None
    top, count = share.inputs
    # Not 0 / x = 0 for any x: that would hide a 0 / 0.
    if not (_counts(count, chosen) and _shifts_exponent(chosen, builder)):
        return None
    if number_of(top) != 0 and not is_zero(top, builder.algebra):
        return None
    # Added to another derivative, -0 changes nothing: not even the sign of a 0.
    zero = builder.constant(node.dtype.type(-0.0))
    return builder.operation(ops.BROADCAST_TO, zero, shape=node.shape)


def _shifts_exponent(chosen: Operation, builder: Rewriter) -> bool:
    """Whether exp(x - max x) is there, which shows where x is not finite."""
    x = chosen.inputs[0]
    shifted = (e.inputs[0] for e in builder.made(ops.EXP))
    return any(is_a(s, ops.SUBTRACT) and s.inputs[0] is x for s in shifted)


def _counts(count: Node, chosen: Node) -> bool:
    """Whether a node counts along an axis where a mask is true."""
    if not is_a(count, ops.ASTYPE):
        return False
    total = count.inputs[0]
    return is_a(total, ops.SUM) and total.inputs[0] is chosen


@identity("where(c, x, x) = x", ops.WHERE)
def _where_same(node: Operation, builder: Rewriter) -> Node | None:
    _, a, b = node.inputs
    if a is not b and not _same_number(a, b):
        return None
    typed = np.dtype(node.dtype)
    if number_of(a) is not None:
        full = builder.constant(typed.type(number_of(a)))
        return builder.operation(ops.BROADCAST_TO, full, shape=node.shape)
    return if_same_type(a, node)


def _same_number(a: Node, b: Node) -> bool:
    x, y = number_of(a), number_of(b)
    if x is None or y is None or x != y:
        return False
    return x != 0 or is_zero_number(a) == is_zero_number(b)


@identity(
    "a + (-b) = a - b, a - (-b) = a + b, -(-a) = a, -(a - b) = b - a",
    ops.NEGATIVE,
    ops.ADD,
    ops.SUBTRACT,
)
def _signs(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is ops.NEGATIVE:
        (x,) = node.inputs
        if is_a(x, ops.NEGATIVE):
            return x.inputs[0]
        if is_a(x, ops.SUBTRACT):
            turned = builder.operation(ops.SUBTRACT, x.inputs[1], x.inputs[0])
            return if_same_type(turned, node)
        return None
    a, b = node.inputs
    if is_a(b, ops.NEGATIVE) and negates(b, node):
        opposite = ops.SUBTRACT if node.primitive is ops.ADD else ops.ADD
        return if_same_type(builder.operation(opposite, a, b.inputs[0]), node)
    if node.primitive is ops.ADD and is_a(a, ops.NEGATIVE) and negates(a, node):
        return if_same_type(builder.operation(ops.SUBTRACT, b, a.inputs[0]), node)
    return None


@identity(
    "(-a) · b = -(a · b), (-a) / b = a / (-b) = -(a / b)", ops.MULTIPLY, ops.DIVIDE
)
def _signs_outwards(node: Operation, builder: Rewriter) -> Node | None:
    a, b = node.inputs
    for i, given in enumerate((a, b)):
        if not is_a(given, ops.NEGATIVE):
            continue
        if negates(given, node):
            inputs = [a, b]
            inputs[i] = given.inputs[0]
            inner = builder.operation(node.primitive, *inputs)
            return if_same_type(builder.operation(ops.NEGATIVE, inner), node)
    return None


@identity(
    "-(c · x) = (-c) · x and c · (d · x) = (c d) · x for numbers c, d",
    ops.NEGATIVE,
    ops.MULTIPLY,
)
def _numbers_together(node: Operation, builder: Rewriter) -> Node | None:
    if node.primitive is ops.NEGATIVE:
        number, x, inner = -1.0, node.inputs[0], node.inputs[0]
    else:
        number, x = _number_and_rest(node)
        inner = x
    if number is None:
        return None
    if not is_a(inner, ops.MULTIPLY, ops.DIVIDE) or not rounds_alike(node, inner):
        return None
    if inner.primitive is ops.DIVIDE:
        top = number_of(inner.inputs[0])
        if top is None or _hides_overflow(number, top):
            return None
        constant = constant_like(builder, number * top, inner.inputs[0], node)
        if constant is None:
            return None
        return if_same_type(
            builder.operation(ops.DIVIDE, constant, inner.inputs[1]), node
        )
    other, rest = _number_and_rest(inner)
    if other is None or _hides_overflow(number, other):
        return None
    given = inner.inputs[0] if rest is inner.inputs[1] else inner.inputs[1]
    constant = constant_like(builder, number * other, given, node)
    if constant is None:
        return None
    return if_same_type(builder.operation(ops.MULTIPLY, constant, rest), node)


def _hides_overflow(number: float, other: float) -> bool:
    """Whether number · (other · x) is inf for many an x of which the product is not."""
    return abs(number) < 1 and abs(other) > MODERATE


def _number_and_rest(node: Operation) -> tuple[Any, Node]:
    a, b = node.inputs
    if number_of(a) is not None and b.shape == node.shape:
        return number_of(a), b
    if number_of(b) is not None and a.shape == node.shape:
        return number_of(b), a
    return None, node


def constant_like(
    builder: Builder, number: float, like: Node, node: Node
) -> Constant | None:
    """Return a product of constants, unless it is out of range and its factors not.

    It has the result's type: a factor may be a whole number, or less precise.
    """
    with np.errstate(all="ignore"):
        held = np.asarray(number, node.dtype)
    if not np.isfinite(held) or abs(held) < np.finfo(node.dtype).tiny:
        return None
    return builder.constant(float(number) if like.weak else held)


@identity(
    "c · (x / d) = (c / d) · x and c · (d · x) = (c d) · x for numbers c, d",
    ops.MULTIPLY,
)
def _scalars_together(node: Operation, builder: Rewriter) -> Node | None:
    for c, inner in (node.inputs, node.inputs[::-1]):
        if c.ndim or not inner.ndim or not isinstance(inner, Operation):
            continue
        if inner.primitive not in (ops.MULTIPLY, ops.DIVIDE) or builder.uses(inner) > 1:
            continue
        x, d = inner.inputs
        if inner.primitive is ops.MULTIPLY and not x.ndim:
            x, d = d, x
        if d.ndim or not x.ndim or not rounds_alike(node, c, inner, x, d):
            continue
        if isinstance(c, Constant) and isinstance(d, Constant):
            # Joined above, where the product is in range.
            continue
        if c.weak and d.weak:
            # Python's operators would compute them, with errors of their own.
            continue
        number = builder.operation(inner.primitive, c, d)
        return if_same_type(builder.operation(ops.MULTIPLY, number, x), node)
    return None


@identity("x · x = x²", ops.MULTIPLY)
def _square(node: Operation, builder: Rewriter) -> Node | None:
    is_square = node.inputs[0] is node.inputs[1]
    # NumPy squares bools as numbers, but multiplies them as bools.
    if is_square and node.dtype.kind != "b":
        return builder.operation(ops.SQUARE, node.inputs[0])
    return None
