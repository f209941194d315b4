"""Identities of what layers are made of: sigmoids and products of matrices."""

from collections.abc import Iterator

from kobai.autodiff import operations as ops
from kobai.functions.activations import largest_exponent
from kobai.graph.identities.matching import (
    enter,
    if_same_type,
    negates,
    number_of,
    rounds_alike,
)
from kobai.graph.node import Input, Node, Operation, is_a
from kobai.graph.rewriting import Identity, Rewriter

# So many entries take about as long as one more call of NumPy.
CALL = 2048

TABLE: list[Identity] = []
identity = enter(TABLE)


@identity(
    "sigmoid(x) = 1 / (1 + exp(min(-x, c))), with c where exp is largest", ops.SIGMOID
)
def _sigmoid(node: Operation, builder: Rewriter) -> Node | None:
    (x,) = node.inputs
    one = builder.constant(1)
    bound = builder.constant(largest_exponent(x.dtype))
    minus = builder.operation(ops.NEGATIVE, x)
    e = builder.operation(ops.EXP, builder.operation(ops.MINIMUM, minus, bound))
    return builder.operation(ops.DIVIDE, one, builder.operation(ops.ADD, one, e))


@identity(
    "min(x, c) hands its derivative on below c, where exp(x) is largest anyway",
    ops.WHERE,
)
def _saturation(node: Operation, builder: Rewriter) -> Node | None:
    """The bound that keeps exp finite: beyond it the derivative is below 1e-38."""
    condition, _, inner = node.inputs
    if not (is_a(condition, ops.EQUAL) and is_a(inner, ops.WHERE)):
        return None
    x, c = condition.inputs
    below, g, zero = inner.inputs
    bound = number_of(c)
    if bound is None or bound < 88 or number_of(zero) != 0:
        return None
    if not (is_a(below, ops.LESS) and below.inputs == (x, c)):
        return None
    if not _divides_by_one_plus_exp(g, x, c):
        return None
    return if_same_type(g, node)


def _divides_by_one_plus_exp(g: Node, x: Node, c: Node) -> bool:
    """Whether g has the factor y (1 - y) of a sigmoid, of which y = 1/(1 + exp(x))."""
    stack = [g]
    while stack:
        node = stack.pop()
        if not isinstance(node, Operation):
            continue
        if node.primitive is ops.MINIMUM and node.inputs == (x, c):
            return True
        if node.primitive.elementwise:
            stack.extend(node.inputs)
    return False


@identity("with y = 1/(1 + e): a · y / (1 + e) · e = a · y · (1 - y)", ops.MULTIPLY)
def _sigmoid_slope(node: Operation, builder: Rewriter) -> Node | None:
    for e, quotient in (node.inputs, node.inputs[::-1]):
        if not is_a(quotient, ops.DIVIDE):
            continue
        top, d = quotient.inputs
        y = _reciprocal(d, e, top)
        if y is None or not isinstance(top, Operation):
            continue
        a = top.inputs[0] if top.inputs[1] is y else top.inputs[1]
        one = builder.constant(1)
        slope = builder.operation(
            ops.MULTIPLY, y, builder.operation(ops.SUBTRACT, one, y)
        )
        return if_same_type(builder.operation(ops.MULTIPLY, a, slope), node)
    return None


def _reciprocal(d: Node, e: Node, product: Node) -> Node | None:
    """Return y = 1/d from a product with it, if d is 1 + e."""
    if not (is_a(d, ops.ADD) and e in d.inputs):
        return None
    one = d.inputs[0] if d.inputs[1] is e else d.inputs[1]
    if number_of(one) != 1 or not is_a(product, ops.MULTIPLY):
        return None
    for factor in product.inputs:
        if is_a(factor, ops.DIVIDE):
            top, bottom = factor.inputs
            if bottom is d and number_of(top) == 1:
                return factor
    return None


@identity(
    "c · (A B) = A (c · B) = (c · A) B: the number goes to the smallest matrix",
    ops.MULTIPLY,
)
def _number_into_product(node: Operation, builder: Rewriter) -> Node | None:
    for c, product in (node.inputs, node.inputs[::-1]):
        if c.ndim or not is_a(product, ops.MATMUL):
            continue
        a, b = product.inputs
        if builder.uses(product) > 1 or min(a.size, b.size) >= product.size + CALL:
            # Computed twice, the product would cost more than it saves.
            return None
        if not rounds_alike(node, c, a, b):
            return None
        is_second = b.size <= a.size + CALL
        if _is_given(a) != _is_given(b):
            # The multiple of what is computed may do for other products as well.
            is_second = _is_given(a)
        if is_second:
            b = builder.operation(ops.MULTIPLY, c, b)
        else:
            a = builder.operation(ops.MULTIPLY, c, a)
        return if_same_type(builder.operation(ops.MATMUL, a, b), node)
    return None


def _is_given(node: Node) -> bool:
    if is_a(node, ops.TRANSPOSE):
        node = node.inputs[0]
    return isinstance(node, Input)


def _multiples(node: Operation, builder: Rewriter) -> Iterator[tuple[Node, Operation]]:
    """Yield a number and an operation of which a node is the only use, as multiple."""
    for c, inner in (node.inputs, node.inputs[::-1]):
        if not isinstance(inner, Operation) or builder.uses(inner) > 1:
            continue
        if not c.ndim and inner.shape == node.shape:
            yield c, inner


@identity(
    "c · (A B · x) = (c · A B) · x, c · where(m, A B, 0) = where(m, c · A B, 0)",
    ops.MULTIPLY,
)
def _number_to_product(node: Operation, builder: Rewriter) -> Node | None:
    for c, inner in _multiples(node, builder):
        is_masked = inner.primitive is ops.WHERE and number_of(inner.inputs[2]) == 0
        if not (inner.primitive is ops.MULTIPLY or is_masked):
            continue
        if not rounds_alike(node, c, inner):
            continue
        for position, factor in enumerate(inner.inputs):
            is_product = is_a(factor, ops.MATMUL) and builder.uses(factor) == 1
            is_product = is_product and rounds_alike(node, factor)
            if is_product and factor.shape == inner.shape:
                inputs = list(inner.inputs)
                inputs[position] = builder.operation(ops.MULTIPLY, c, factor)
                return if_same_type(builder.operation(inner.primitive, *inputs), node)
    return None


@identity(
    "c · (x · r) = x · (c · r) and c · (d / r) = (c · d) / r for r per row",
    ops.MULTIPLY,
)
def _number_to_rows(node: Operation, builder: Rewriter) -> Node | None:
    for c, inner in _multiples(node, builder):
        x, r = inner.inputs if len(inner.inputs) == 2 else (c, c)
        if not rounds_alike(node, c, inner, x, r):
            continue
        if inner.primitive is ops.MULTIPLY and x.size < r.size:
            x, r = r, x
        is_per_row = r.ndim == 2 and r.size == r.shape[0]
        if inner.primitive is ops.MULTIPLY and is_per_row and r.size < node.size:
            scaled = builder.operation(ops.MULTIPLY, c, r)
            return if_same_type(builder.operation(ops.MULTIPLY, x, scaled), node)
        are_python_numbers = c.weak and x.weak
        if (
            inner.primitive is ops.DIVIDE
            and is_per_row
            and not (x.ndim or are_python_numbers)
        ):
            number = builder.operation(ops.MULTIPLY, c, x)
            return if_same_type(builder.operation(ops.DIVIDE, number, r), node)
    return None


@identity("c · Σ x = Σ c · x where c · x is needed anyway", ops.MULTIPLY)
def _number_into_sum(node: Operation, builder: Rewriter) -> Node | None:
    for c, total in (node.inputs, node.inputs[::-1]):
        if c.ndim or not is_a(total, ops.SUM):
            continue
        (x,) = total.inputs
        if not builder.has(ops.MULTIPLY, c, x) or builder.uses(total) > 1:
            continue
        if not rounds_alike(node, c, x, total):
            continue
        scaled = builder.operation(ops.MULTIPLY, c, x)
        return if_same_type(
            builder.operation(ops.SUM, scaled, **total.attributes), node
        )
    return None


@identity("c · xᵀ = (c · x)ᵀ and -(xᵀ) = (-x)ᵀ", ops.MULTIPLY, ops.NEGATIVE)
def _transpose_outwards(node: Operation, builder: Rewriter) -> Node | None:
    for position, x in enumerate(node.inputs):
        others = [n for i, n in enumerate(node.inputs) if i != position]
        if is_a(x, ops.TRANSPOSE) and all(n.ndim == 0 for n in others):
            inputs = list(node.inputs)
            inputs[position] = x.inputs[0]
            inner = builder.operation(node.primitive, *inputs)
            outer = builder.operation(ops.TRANSPOSE, inner, **x.attributes)
            return if_same_type(outer, node)
    return None


@identity(
    "A (-B) = (-A) B = -(A B): a sign goes where it costs least", ops.ADD, ops.SUBTRACT
)
def _sign_of_product(node: Operation, builder: Rewriter) -> Node | None:
    # x - A (-B) and x + A (-B) need no sign at all.
    a, b = node.inputs
    if not is_a(b, ops.MATMUL):
        return None
    left, right = b.inputs
    for position, given in enumerate((left, right)):
        if not is_a(given, ops.NEGATIVE):
            continue
        if negates(given, b) and negates(b, node):
            inputs = [left, right]
            inputs[position] = given.inputs[0]
            product = builder.operation(ops.MATMUL, *inputs)
            opposite = ops.SUBTRACT if node.primitive is ops.ADD else ops.ADD
            return if_same_type(builder.operation(opposite, a, product), node)
    return None
