"""In which order the numbers of an array lie in memory, where NumPy looks at that.

np.zeros_like(x) lies as x does, and so decides whether its ravel() is a view, through
which it can be written, or a copy. NumPy says how a result lies; where we compute one
in another way than NumPy, it may lie otherwise, and what hangs on it is refused.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Overloaded, Primitive
from kobai.errors import GradientError


class _Here(threading.local):
    """Whether this thread is in a rule, which writes through no view."""

    in_rules = False


here = _Here()

# NumPy's own, also while f runs and others stand in for them.
_empty_like = np.empty_like

# NumPy's functions of these names compute their results with nothing else.
_AS_IN_NUMPY = {ops.TRANSPOSE, ops.RESHAPE, ops.BROADCAST_TO, ops.MATMUL, ops.SETITEM}
_AS_IN_NUMPY |= {ops.SUM, ops.MAX, ops.MIN, ops.CONCATENATE}


def lies_one_way(shape: Sequence[int]) -> bool:
    """Whether an array can lie in one order only: it has one axis to go along.

    >>> lies_one_way((1, 3)), lies_one_way((2, 3))
    (True, False)
    """
    if len(shape) < 3:
        # Which most are, and asked about often.
        return len(shape) < 2 or min(shape) < 2
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
        # Casts of broadcast arrays and ufuncs with dtype= lie alike in rows only.
        return 0 not in operands[0].strides or bool(result.flags.c_contiguous)
    if primitive is ops.GETITEM:
        # x[...] is how `in_doubt` marks a value.
        return len(operands) == 1 and attributes["pattern"] != (...,)
    if not (primitive.elementwise or primitive in _AS_IN_NUMPY):
        return False
    order, shape = _order(result), result.shape
    for x in operands:
        if getattr(x, "shape", ()) == shape and _order(x) != order:
            return False
    return True


def in_doubt(x: Any) -> Any:
    """Return a value of which it is not known how it lies, for it was asked for."""
    is_value = isinstance(x, Overloaded)
    return x[...] if is_value and not lies_one_way(np.shape(x)) else x


def _order(array: Any) -> Any:
    """Return in which order the numbers of an array lie, gaps or not."""
    flags = array.flags
    if not (flags.c_contiguous or flags.f_contiguous):
        array = _empty_like(array, bool, subok=False)
        flags = array.flags
    # Most lie so, and a flag is read faster than strides.
    if flags.c_contiguous:
        return "C"
    return "F" if flags.f_contiguous else array.strides


def is_known(node: Any) -> bool:
    """Whether the value of a tape's node lies as NumPy's does."""
    todo, passed = [node], []
    while todo:
        each = todo.pop()
        if each.is_laid_out is None:
            asked = _decisive(each)
            each.is_laid_out = asked is not None
            passed.append(each)
            todo += asked or ()
        if not each.is_laid_out:
            for other in passed:
                # What was passed on the way need not come from this one.
                other.is_laid_out = None
            each.is_laid_out = node.is_laid_out = False
            return False
    return True


def _decisive(node: Any) -> list[Any] | None:
    """Return the nodes that decide how the value of one lies; None where none do."""
    if node.primitive is None or lies_one_way(node.value.shape):
        return []
    for x in node.values:
        if isinstance(x, Overloaded) or is_doubtful(x):
            return None
    parts = node.primitive, node.value, node.values, node.attributes
    return [p for _, p in node.parents] if lies_as_in_numpy(*parts) else None


def is_doubtful(x: Any) -> bool:
    """Whether x is a buffer that lies in doubt, or a copy of one that a tape keeps."""
    holder = x.base if type(x) is np.ndarray else x
    return bool(getattr(holder, "lies_in_doubt", False))


# --- what np.copy, np.asarray and their kin are asked for by order=


def copy_in_order(x: Any, order: Any) -> Any:
    """Return a copy of a value that lies in memory as that of np.copy(x, order)."""
    lies = None if lies_one_way(x.shape) or order in (None, "K") else x.layout()
    if order == "A" and lies is not None and _has_known_gaps(x):
        order = "F" if lies.flags.fnc else "C"
    if order not in ("C", "F") or lies_one_way(x.shape):
        copy = ops.ASTYPE(x, dtype=x.dtype)
        return in_doubt(copy) if order == "A" else copy
    if lies is not None and _order(lies) == order:
        return ops.ASTYPE(x, dtype=x.dtype)
    if order == "F":
        axes = tuple(range(x.ndim))[::-1]
        rows = copy_in_order(ops.TRANSPOSE(x, axes=axes), "C")
        return ops.TRANSPOSE(rows, axes=axes).kept()
    # In one row there is one order only.
    row = ops.ASTYPE(ops.RESHAPE(x, shape=(x.size,)), dtype=x.dtype)
    return ops.RESHAPE(row, shape=x.shape).kept()


def in_order(x: Any, order: Any) -> Any:
    """Return a value itself where it lies as order= says, else such a copy."""
    if order in (None, "K") or x.size < 2:
        return x
    lies = x.layout()
    if lies is not None:
        if _has_known_gaps(x):
            fits = (
                lies.flags.forc if order == "A" else lies.flags[f"{order}_CONTIGUOUS"]
            )
            return x if fits else copy_in_order(x, order)
        if order != "A" and not lies_one_way(x.shape) and _order(lies) != order:
            return copy_in_order(x, order)
    # In NumPy it may be either, and a change of one of the two would show which.
    view = x[...]
    view.refuse_writing()
    return view


def _has_known_gaps(x: Any) -> bool:
    """Whether a value has gaps in memory where NumPy's has: a view may lose some."""
    return x.first is x and not x.has_changed


# Methods whose result is a view or a copy, or in this or that order, as an array lies.
BY_ORDER = ["reshape", "ravel", "flatten", "tobytes"]


def check_order(array: Any, name: str, args: Any, kwargs: Any) -> None:
    """Raise where a buffer lies in doubt, and what a method gives depends on it."""
    if not array.lies_in_doubt or array.size < 2 or name not in BY_ORDER:
        return
    order = kwargs.get("order", args[0] if args and name != "reshape" else "C")
    if order in ("C", "F") and name != "ravel":
        if name != "reshape":
            return
        found = np.ndarray.view(array, np.ndarray).reshape(*args, **kwargs)
        if _longer(found.shape) == _longer(array.shape):
            return
    refuse_doubt(f"ndarray.{name}")


class DoubtfulFlags:
    """The flags of a buffer that lies in doubt: what says how it lies is refused."""

    def __init__(self, flags: Any) -> None:
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in ("writeable", "aligned", "owndata", "writebackifcopy"):
            refuse_doubt("ndarray.flags")
        return getattr(self._flags, name)

    def __getitem__(self, name: str) -> Any:
        if name not in ("WRITEABLE", "W", "ALIGNED", "A", "OWNDATA", "O"):
            refuse_doubt("ndarray.flags")
        return self._flags[name]


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
