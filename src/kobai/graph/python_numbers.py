"""What Python's operators make of Python's numbers.

They follow other rules than NumPy's functions: whole numbers have no bounds, True +
True is 2, and 1 / 0 raises. NumPy's functions, given Python's numbers, return NumPy's.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.autodiff.rules import ELEMENTWISE

_OF_FUNCTIONS: dict[Any, tuple[str, Callable[..., Any]]] = {
    np.add: ("{} + {}", operator.add),
    np.subtract: ("{} - {}", operator.sub),
    np.multiply: ("{} * {}", operator.mul),
    np.divide: ("{} / {}", operator.truediv),
    np.floor_divide: ("{} // {}", operator.floordiv),
    np.remainder: ("{} % {}", operator.mod),
    np.power: ("{} ** {}", operator.pow),
    np.square: ("{} ** 2", lambda x: x**2),
    np.negative: ("-{}", operator.neg),
    np.positive: ("+{}", operator.pos),
    np.absolute: ("abs({})", abs),
    np.equal: ("{} == {}", operator.eq),
    np.not_equal: ("{} != {}", operator.ne),
    np.less: ("{} < {}", operator.lt),
    np.less_equal: ("{} <= {}", operator.le),
    np.greater: ("{} > {}", operator.gt),
    np.greater_equal: ("{} >= {}", operator.ge),
    np.bitwise_and: ("{} & {}", operator.and_),
    np.bitwise_or: ("{} | {}", operator.or_),
    np.bitwise_xor: ("{} ^ {}", operator.xor),
    np.invert: ("~{}", operator.invert),
}

OPERATORS: dict[Primitive, tuple[str, Callable[..., Any]]] = {
    ops.ITEM: ("{}.item()", ops.ITEM.evaluate),
    **{ELEMENTWISE[function]: entry for function, entry in _OF_FUNCTIONS.items()},
}
"""For each primitive that has an operator: how it is written, and the operator."""


def evaluate(
    primitive: Primitive, weak: bool, values: Sequence[Any], attributes: Any
) -> Any:
    """Compute a primitive: with Python's operator where all are Python's numbers."""
    if weak:
        return OPERATORS[primitive][1](*values)
    return primitive.evaluate(*values, **attributes)
