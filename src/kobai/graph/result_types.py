"""What shape and dtype an operation gives, without computing it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Primitive
from kobai.functions.arrays import Array
from kobai.graph.python_numbers import OPERATORS, evaluate

Type = tuple[tuple[int, ...], np.dtype[Any]]


class Typed(Protocol):
    """Anything with a shape and a dtype."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""

    @property
    def weak(self) -> bool:
        """Whether it stands for a Python number."""


def result_type(
    primitive: Primitive, inputs: Sequence[Typed], attributes: Mapping[str, Any]
) -> Type:
    """Return the shape and dtype of a primitive's result.

    Where there is no shorter way NumPy is asked, with arrays of ones that take no
    memory. Raises what NumPy raises for operands that do not fit.
    """
    with np.errstate(all="ignore"):
        if primitive.elementwise:
            return _elementwise(primitive, inputs)
        if primitive.type_of is not None:
            return primitive.type_of(*inputs, **attributes)
        if primitive is ops.MATMUL:
            return _matmul(inputs)
        if primitive is ops.EINSUM:
            return _einsum(inputs, **attributes)
        if primitive is ops.SETITEM:
            _check_assigned(inputs, attributes["pattern"])
        if primitive in (ops.SETITEM, *ops.CASTS):
            return inputs[0].shape, np.dtype(attributes.get("dtype", inputs[0].dtype))
        if primitive is ops.SCATTER:
            return tuple(attributes["shape"]), inputs[0].dtype
        if primitive is ops.ADD_AT:
            return inputs[0].shape, inputs[0].dtype
        result = primitive.evaluate(*map(stand_in, inputs), **attributes)
    return np.shape(result), np.asarray(result).dtype


def stays_weak(primitive: Primitive, inputs: Sequence[Typed]) -> bool:
    """Whether an operation makes one of Python's numbers."""
    if primitive is ops.ITEM:
        return True
    return primitive in OPERATORS and all(n.weak for n in inputs)


def stand_in(node: Typed) -> Array:
    """Return a value of a node's type: its own, where that is known."""
    known = getattr(node, "value", None)
    if known is not None:
        return known
    if node.weak:
        return _one(node)
    if node.dtype.kind in "iu":
        # A number that is valid as an index.
        return np.broadcast_to(np.zeros((), node.dtype), node.shape)
    return np.broadcast_to(np.ones((), node.dtype), node.shape)


def _one(node: Typed) -> Array:
    return node.dtype.type(1).item() if node.weak else np.ones((), node.dtype)


def _none(node: Typed) -> Array:
    return np.ones(0, node.dtype)


def _elementwise(primitive: Primitive, inputs: Sequence[Typed]) -> Type:
    shape = _broadcast([node.shape for node in inputs])
    weak = stays_weak(primitive, inputs)
    if not weak and all(map(_counts_by_kind, inputs)):
        kinds = tuple((n.dtype, n.weak) for n in inputs)
        return shape, _dtype_of(primitive, kinds, 0 in shape)
    # Among Python's numbers it can be the values that decide: 2 ** -1 is 0.5.
    # Beside NumPy's, they have to fit: np.uint8(1) * -1 raises.
    # Of no entries NumPy computes none: nothing is a negative power then.
    one = _none if 0 in shape else _one
    ones = [stand_in(n) if weak or n.weak else one(n) for n in inputs]
    return shape, np.asarray(evaluate(primitive, weak, ones, {})).dtype


def _broadcast(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    first = shapes[0]
    if all(shape == first for shape in shapes):
        return first
    return np.broadcast_shapes(*shapes)


def _counts_by_kind(node: Typed) -> bool:
    """Whether a node is of floats, or a Python number that fits beside any of them."""
    if not node.weak:
        return node.dtype.kind == "f"
    return bool(abs(getattr(node, "value", 1)) < 2**31)


@lru_cache(maxsize=1024)
def _dtype_of(
    primitive: Primitive, kinds: tuple[tuple[np.dtype[Any], bool], ...], is_empty: bool
) -> np.dtype[Any]:
    """Return the dtype that an elementwise primitive makes of floats.

    Beside them Python's numbers that fit count by their kind alone.
    """
    one = np.ones(0) if is_empty else np.ones(())
    ones = [d.type(1).item() if weak else one.astype(d) for d, weak in kinds]
    return np.asarray(evaluate(primitive, False, ones, {})).dtype


def _check_assigned(inputs: Sequence[Typed], pattern: tuple[Any, ...]) -> None:
    """Raise what NumPy raises where x[index] = v does not fit."""
    x, v, *arrays = map(stand_in, inputs)
    part = ops.GETITEM.evaluate(x, *arrays, pattern=pattern)
    # A bool takes one entry in brackets.
    if np.ndim(v) and not isinstance(part, np.ndarray) and x.dtype.kind != "b":
        raise ValueError(
            f"x[index] = v: got {np.shape(v)} for one number; need a number"
        )
    # Leading axes of length 1 are dropped.
    extra = max(np.ndim(v) - np.ndim(part), 0)
    if any(n != 1 for n in np.shape(v)[:extra]):
        raise ValueError(
            f"x[index] = v: got {np.shape(v)} for entries of shape {np.shape(part)}"
        )
    np.broadcast_to(np.zeros(np.shape(v)[extra:], bool), np.shape(part))


def _matmul(inputs: Sequence[Typed]) -> Type:
    a, b = inputs
    dtype = np.result_type(a.dtype, b.dtype)
    if (
        not (a.shape and b.shape)
        or a.shape[-1] != b.shape[-2 if len(b.shape) > 1 else 0]
    ):
        raise ValueError(f"matmul: got {a.shape} @ {b.shape}; need (n, k) @ (k, m)")
    rows = a.shape[-2:-1] if len(a.shape) > 1 else ()
    columns = b.shape[-1:] if len(b.shape) > 1 else ()
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return (*batch, *rows, *columns), dtype


def _einsum(inputs: Sequence[Typed], subscripts: str) -> Type:
    terms, output = subscripts.split("->")
    lengths: dict[str, int] = {}
    for term, node in zip(terms.split(","), inputs, strict=True):
        for letter, length in zip(term, node.shape, strict=True):
            if lengths.setdefault(letter, length) != length:
                raise ValueError(
                    f"einsum: got {[n.shape for n in inputs]} for {subscripts!r}; "
                    f"{letter} is both {lengths[letter]} and {length}"
                )
    dtype = np.result_type(*(node.dtype for node in inputs))
    return tuple(lengths[letter] for letter in output), dtype
