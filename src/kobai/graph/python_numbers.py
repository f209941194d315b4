"""What Python's operators make of Python's numbers.

They follow other rules than NumPy's functions: whole numbers have no bounds, True +
True is 2, and 1 / 0 raises. NumPy's functions, given Python's numbers, return NumPy's.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.functions.arrays import Array

OPERATORS: dict[Primitive, tuple[str, Callable[..., Any]]] = {
    ops.ITEM: ("{}.item()", ops.ITEM.evaluate),
    ops.ADD: ("{} + {}", operator.add),
    ops.SUBTRACT: ("{} - {}", operator.sub),
    ops.MULTIPLY: ("{} * {}", operator.mul),
    ops.DIVIDE: ("{} / {}", operator.truediv),
    ops.FLOOR_DIVIDE: ("{} // {}", operator.floordiv),
    ops.REMAINDER: ("{} % {}", operator.mod),
    ops.POWER: ("{} ** {}", operator.pow),
    ops.SQUARE: ("{} ** 2", lambda x: x**2),
    ops.NEGATIVE: ("-{}", operator.neg),
    ops.POSITIVE: ("+{}", operator.pos),
    ops.ABSOLUTE: ("abs({})", abs),
    ops.EQUAL: ("{} == {}", operator.eq),
    ops.NOT_EQUAL: ("{} != {}", operator.ne),
    ops.LESS: ("{} < {}", operator.lt),
    ops.LESS_EQUAL: ("{} <= {}", operator.le),
    ops.GREATER: ("{} > {}", operator.gt),
    ops.GREATER_EQUAL: ("{} >= {}", operator.ge),
    ops.BITWISE_AND: ("{} & {}", operator.and_),
    ops.BITWISE_OR: ("{} | {}", operator.or_),
    ops.BITWISE_XOR: ("{} ^ {}", operator.xor),
    ops.INVERT: ("~{}", operator.invert),
}
"""For each primitive that has an operator: how it is written, and the operator."""


def evaluate(
    primitive: Primitive,
    weak: bool,
    values: Sequence[Any],
    attributes: Mapping[str, Any],
) -> Array:
    """Compute a primitive: with Python's operator where all are Python's numbers."""
    if weak:
        return OPERATORS[primitive][1](*values)
    return primitive.evaluate(*values, **attributes)
