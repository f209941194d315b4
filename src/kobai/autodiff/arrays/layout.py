"""In which order the numbers of an array lie in memory, where NumPy looks at that.

np.zeros_like(x) lies as x does, and so decides whether its ravel() is a view, through
which it can be written, or a copy. NumPy says how a result lies; where we compute one
in another way than NumPy, it may lie otherwise, and what hangs on it is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Overloaded, Primitive
from kobai.errors import GradientError

# NumPy's own, also while f runs and others stand in for them.
_empty_like = np.empty_like

# NumPy's functions of these names compute their results with nothing else.
_AS_IN_NUMPY = {ops.TRANSPOSE, ops.RESHAPE, ops.BROADCAST_TO, ops.MATMUL, ops.SETITEM}
_AS_IN_NUMPY |= {ops.SUM, ops.MAX, ops.MIN, ops.CONCATENATE}
# Whoever looks further back would look at a long computation again and again.
_FARTHEST = 1000


def lies_one_way(shape: Iterable[int]) -> bool:
    """Whether an array can lie in one order only: it has one axis to go along.

    >>> lies_one_way((1, 3)), lies_one_way((2, 3))
    (True, False)
    """
    return sum(n > 1 for n in shape) < 2


def lies_as_in_numpy(
    primitive: Primitive,
    result: Any,
    operands: Sequence[Any],
    attributes: Mapping[str, Any],
) -> bool:
    """Whether NumPy's result lies as that of a primitive does.

    What changes an array in place leaves it lying as it does, which a new result need
    not: all operands of its shape have to lie alike.
    """
    if primitive is ops.TRANSPOSE:
        return True
    if primitive in ops.CASTS:
        # np.copy(x) and x.copy() are one primitive, but lie alike in rows only.
        return bool(result.flags.c_contiguous)
    if primitive is ops.GETITEM:
        # x[...] is how `in_doubt` marks a value.
        return len(operands) == 1 and attributes["pattern"] != (...,)
    if not (primitive.elementwise or primitive in _AS_IN_NUMPY):
        return False
    order = _order(result)
    return all(_order(x) == order for x in operands if np.shape(x) == result.shape)


def in_doubt(x: Any) -> Any:
    """Return a value of which it is not known how it lies, for it was asked for."""
    is_value = isinstance(x, Overloaded)
    return x[...] if is_value and not lies_one_way(np.shape(x)) else x


def _order(array: Any) -> tuple[int, ...]:
    strides: tuple[int, ...] = _empty_like(array, bool, subok=False).strides
    return strides


def is_known(node: Any) -> bool:
    """Whether the value of a tape's node lies as NumPy's does."""
    todo, seen = [node], set()
    while todo:
        node = todo.pop()
        if node.primitive is None or node in seen or lies_one_way(node.value.shape):
            continue
        seen.add(node)
        if any(isinstance(x, Overloaded) or _is_doubtful(x) for x in node.values):
            return False
        parts = node.primitive, node.value, node.values, node.attributes
        if not lies_as_in_numpy(*parts):
            return False
        if len(seen) > _FARTHEST:
            return False
        todo += [parent for _, parent in node.parents]
    return True


def _is_doubtful(x: Any) -> bool:
    # Of a buffer that lies in doubt a tape keeps a plain view of a copy.
    return any(
        getattr(array, "lies_in_doubt", False)
        for array in (x, getattr(x, "base", None))
    )


# Methods whose result is a view or a copy, or in this or that order, as an array lies.
BY_ORDER = ["reshape", "ravel", "flatten"]


def check_order(array: Any, name: str, args: Any, kwargs: Any) -> None:
    """Raise where a buffer lies in doubt, and what a method gives depends on it."""
    if not array.lies_in_doubt or array.size < 2 or name not in BY_ORDER:
        return
    order = kwargs.get("order", args[0] if args and name != "reshape" else "C")
    if order in ("C", "F") and name != "ravel":
        found = getattr(np.ndarray.view(array, np.ndarray), name)(*args, **kwargs)
        if name == "flatten" or _longer(found.shape) == _longer(array.shape):
            return
    refuse_doubt(f"ndarray.{name}")


def _longer(shape: Iterable[int]) -> list[int]:
    """Return the lengths of axes that can be in another order: 1 cannot."""
    return [n for n in shape if n != 1]


def refuse_doubt(name: str) -> None:
    """Raise for what is a view or a copy as an array lies in memory."""
    raise GradientError(
        f"{name}: got an array made like a value whose order in memory is not known "
        "under differentiation, and that decides whether this is a view or a copy; "
        'use np.zeros(x.shape), or order="C"'
    )
