"""Where a derivative is infinite and still nothing flows: corners and masked branches.

The chain rule multiplies slopes, and 0 · inf is NaN. Two kinds of places have such a
product although the answer is known.

A *masked entry* is one that np.where did not take, or that was raised to the power 0,
which gives 1 whatever it is. Nothing that was computed on the way to it counts, so its
derivative is 0, even where that is the slope of log at 0.

A *corner* is a root of a sum of squares at 0, such as a norm. The root is infinitely
steep there, while the squares are flat; the function rises like |x| to every side, and
0 is the subgradient in the middle, as for |x| itself. What is under the root is told by
how it was computed, not by its value: the root of x alone stays infinitely steep.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Overloaded, Vjp, unbroadcast
from kobai.errors import GradientError

# Called to learn which entries of a value are masked; most are never asked for.
Mask = Callable[[], Any]

STEEP = frozenset({ops.SQRT, ops.POWER})
"""Primitives that are infinitely steep at 0, where squares are flat."""

MASKING = frozenset({ops.WHERE, ops.SETITEM, ops.GETITEM, ops.POWER})
"""Primitives that may use only some entries of an argument."""

# Whatever the argument is, their rules give 0 for g = 0.
_TAME = frozenset({ops.ADD, ops.SUBTRACT, ops.NEGATIVE, ops.POSITIVE, ops.WHERE})
# Their rules move entries to other places, or add them up.
_MOVING = frozenset(
    {ops.SUM, ops.RESHAPE, ops.TRANSPOSE, ops.BROADCAST_TO, ops.CONCATENATE}
    | {ops.ASTYPE, ops.GETITEM}
)
# So do those that put entries in their places among others.
_PUTTING = frozenset({ops.SETITEM, ops.SCATTER, ops.ADD_AT})
# Sums and selections of values that are flat at 0 are so too, and so are their roots.
_KEEPING = _MOVING | {ops.MAX, ops.CUMSUM, ops.SQRT}

_REAL = np.dtype(np.float64)

# How far back two values are compared, to see whether they are the same.
_FAR = 20


# --- masked entries


def masked_by(node: Any, position: int) -> Mask | None:
    """Return which entries of an argument an operation does not use; None for none."""
    primitive, above = node.primitive, node.unused
    if primitive is ops.WHERE:
        return _by_where(node, position)
    if position == 0 and primitive in (ops.SETITEM, ops.GETITEM):
        return _by_index(node)
    if position == 0 and primitive is ops.POWER and not _has_no_zero(node.values[1]):
        return _by_exponent(node)
    if above is None:
        return None
    if primitive.elementwise:
        like = node.values[position]
        is_same = np.shape(like) == node.value.shape
        return above if is_same else _narrowed(above(), node, like)
    is_moved = primitive in _MOVING or primitive in _PUTTING
    return _moved(node, position, above()) if is_moved else None


def both(one: Mask | None, other: Mask | None) -> Mask | None:
    """Return the entries that neither of two uses of a value uses."""
    if one is None or other is None:
        return None
    return _known(np.logical_and(one(), other()))


def without_masked(rule: Vjp, node: Any, g: Any, y: Any, values: Any) -> Any:
    """Return what a rule gives, with 0 in the places that are masked."""
    if not node.primitive.elementwise or node.primitive in _TAME:
        return rule(g, y, *values, **node.attributes)
    with np.errstate(all="ignore"):
        part = rule(g, y, *values, **node.attributes)
    return part if _is_scaling(node) else np.where(node.unused(), 0, part)


def _known(mask: Any) -> Mask:
    return lambda: mask


def _used(unused: Any, value: Any) -> Any:
    return np.where(unused, 0.0, np.ones(value.shape))


def _by_where(node: Any, position: int) -> Mask | None:
    condition, like = node.values[0], node.values[position]
    passed_over = np.equal if position == 1 else np.not_equal
    if np.shape(like) == np.shape(condition) and node.unused is None:
        return lambda: passed_over(condition, 0)
    unused = passed_over(condition, 0)
    if node.unused is not None:
        unused = np.logical_or(unused, node.unused())
    return _narrowed(unused, node, like)


def _by_exponent(node: Any) -> Mask:
    base, exponent = node.values[:2]
    unused = np.equal(exponent, 0)
    if node.unused is not None:
        unused = np.logical_or(unused, node.unused())
    return _narrowed(unused, node, base)


def _by_index(node: Any) -> Mask | None:
    """Return what an index by a mask leaves out, or an assignment writes over."""
    is_assignment = node.primitive is ops.SETITEM
    index = node.values[2:] if is_assignment else node.values[1:]
    if not any(a.dtype.kind == "b" for a in index):
        return None if node.unused is None else _moved(node, 0, node.unused())
    unused = False if node.unused is None else node.unused()
    return _moved(node, 0, unused)


def _narrowed(unused: Any, node: Any, like: Any) -> Mask:
    """Return the mask of a value that was broadcast: each copy must be masked."""
    return _known(unbroadcast(_used(unused, node.value), like) == 0)


def _moved(node: Any, position: int, unused: Any) -> Mask:
    rule = node.primitive.rule(position)
    used = _used(unused, node.value)
    return _known(rule(used, node.value, *node.values, **node.attributes) == 0)


def _is_scaling(node: Any) -> bool:
    """Whether a value is multiplied by a finite number: then 0 stays 0."""
    first_alone = [position for position, _ in node.parents] == [0]
    if node.primitive not in (ops.MULTIPLY, ops.DIVIDE) or not first_alone:
        return False
    factor = node.values[1]
    return not isinstance(factor, Overloaded) and bool(np.all(np.isfinite(factor)))


# --- corners


def rounded(node: Any, g: Any, values: Any) -> tuple[Any, Any, list[Any]]:
    """Return g, y and the arguments of a root, changed so that a corner gives 0."""
    y = node.value
    position, base = node.parents[0]
    if position or _has_no_zero(values[0]) or not _is_flat(base):
        return g, y, values
    corner = values[0] == 0
    if node.primitive is ops.POWER:
        # 0 to a power below 0 is inf, and no corner.
        corner = np.logical_and(corner, values[1] > 0)
    one = np.where(corner, 1, values[0])
    return np.where(corner, 0, g), np.where(corner, 1, y), [one, *values[1:]]


def _has_no_zero(x: Any) -> bool:
    return not isinstance(x, Overloaded) and np.count_nonzero(x) == np.size(x)


def _is_flat(node: Any) -> bool:
    """Whether a value may be 0, is never below, and is flat wherever it is 0."""
    pending = [node]
    while pending:
        here = pending[-1]
        needed = _flat_if(here) if here.is_flat is None else []
        unknown = [n for n in needed or () if n.is_flat is None]
        if unknown:
            pending.extend(unknown)
            continue
        if here.is_flat is None:
            # Each value is asked once, however many roots are taken above it.
            here.is_flat = needed is not None and all(n.is_flat for n in needed)
        pending.pop()
    return bool(node.is_flat)


def _flat_if(node: Any) -> list[Any] | None:
    """Return the nodes that must be flat for a node to be; None where it is not."""
    primitive, parents = node.primitive, [parent for _, parent in node.parents]
    if primitive is None or node.value.dtype.kind != "f":
        return None
    if primitive in (ops.SQUARE, ops.ABSOLUTE) or _is_product_with_itself(node):
        return []
    if primitive is ops.POWER:
        return _flat_power_if(node, parents)
    places = [position for position, _ in node.parents]
    constants = [v for i, v in enumerate(node.values) if i not in places]
    if primitive is ops.ADD:
        # With a number above 0 added, there is no 0.
        return parents if all(map(_is_zero, constants)) else None
    if primitive is ops.DIVIDE:
        return parents if places == [0] and _not_negative(*constants) else None
    if primitive is ops.MULTIPLY:
        return parents if all(map(_not_negative, constants)) else None
    if primitive is ops.WHERE:
        return parents if all(map(_not_negative, constants[1:])) else None
    return parents if primitive in _KEEPING else None


def _is_product_with_itself(node: Any) -> bool:
    parents = [parent for _, parent in node.parents]
    if len(parents) != 2 or not _are_equal(*parents):
        return False
    if node.primitive is ops.EINSUM:
        one, other = node.attributes["subscripts"].split("->")[0].split(",")
        return bool(one == other)
    is_dot = node.primitive is ops.MATMUL and parents[0].value.ndim == 1
    return node.primitive is ops.MULTIPLY or is_dot


def _are_equal(one: Any, other: Any) -> bool:
    """Whether two values were computed in the same way, as x[0] and x[0] are."""
    pending = [(one, other)]
    for _ in range(_FAR):
        if not pending:
            return True
        a, b = pending.pop()
        if a is b:
            continue
        if a.primitive is None or a.primitive is not b.primitive:
            return False
        if a.attributes != b.attributes or len(a.parents) != len(b.parents):
            return False
        pairs = list(zip(a.parents, b.parents, strict=True))
        places = [i for (i, _), (j, _) in pairs if i == j]
        rest = [i for i in range(len(a.values)) if i not in places]
        if len(places) != len(pairs) or any(
            a.values[i] is not b.values[i] for i in rest
        ):
            return False
        pending.extend((above, below) for (_, above), (_, below) in pairs)
    return False


def _flat_power_if(node: Any, parents: list[Any]) -> list[Any] | None:
    exponent = node.values[1]
    if len(parents) > 1 or isinstance(exponent, Overloaded) or np.ndim(exponent):
        return None
    if exponent >= 2 and exponent % 2 == 0:
        return []
    return parents if exponent > 0 else None


def _not_negative(value: Any) -> bool:
    return _holds(value, np.greater_equal) or _is_count(value)


def _is_count(value: Any) -> bool:
    """Whether an array without values counts what holds: it is never below 0."""
    node = getattr(value, "node", None)
    while getattr(node, "primitive", None) in (ops.SUM, ops.ASTYPE, ops.BROADCAST_TO):
        (node,) = node.inputs  # type: ignore[union-attr]
    return getattr(node, "dtype", _REAL).kind in "bu"


def _is_zero(value: Any) -> bool:
    return _holds(value, np.equal)


def _holds(value: Any, comparison: Any) -> bool:
    """Whether all numbers of a constant compare so with 0; no where not known."""
    try:
        plain = getattr(value, "value", value)
        return bool(np.all(comparison(np.asarray(plain), 0)))
    except GradientError:
        return False
