"""The primitives, a constant for each: `ops.ADD`, `ops.SUM`, `ops.MATMUL`.

Sums, products, shapes and indices are here; the elementwise ones, a line each, in
`rules`. Whatever knows something of primitives is a table that has these for its keys.
Strings stand for them only inside generated or exported text.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kobai import functions
from kobai.autodiff.primitive import (
    EVERY_ARGUMENT,
    Overloaded,
    Primitive,
    unbroadcast,
)
from kobai.autodiff.rules import *  # noqa: F403 -- a name for each ufunc is enough
from kobai.errors import GradientError

# NumPy's own, also while f runs and others stand in for them.
_array, _zeros = np.array, np.zeros

# --- reductions; `axis` is a tuple of axes, counted from 0


def _kept(y: Any, x: Any, axis: tuple[int, ...]) -> Any:
    """Return y with the axes that were reduced kept as axes of length 1."""
    if y.ndim == x.ndim:
        return y
    return y.reshape([1 if i in axis else n for i, n in enumerate(x.shape)])


def _sum_vjp(g: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    if isinstance(g, Overloaded) or not g.flags.c_contiguous:
        return BROADCAST_TO(_kept(g, x, axis), shape=x.shape)
    return _spread(g if g.ndim == 0 else _kept(g, x, axis), x.shape)


def _spread(g: Any, shape: tuple[int, ...]) -> Any:
    """Return a number, or an array of as many axes, broadcast to a shape."""
    strides = (0,) * len(shape)
    if g.ndim:
        lengths = zip(g.shape, g.strides, strict=True)
        strides = tuple(0 if n == 1 else stride for n, stride in lengths)
    # np.broadcast_to takes three times as long.
    return np.ndarray(shape, g.dtype, g, 0, strides)


def _extremum_vjp(g: Any, y: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    # Equal extremes share the derivative, as a central difference would.
    chosen = x == _kept(y, x, axis)
    count = np.add.reduce(chosen, axis, keepdims=True).astype(g.dtype)
    share = _kept(g, x, axis) / count
    return np.where(chosen, share, 0)


def products_before(x: Any, axis: int) -> Any:
    """Return, for each entry along an axis, the product of those before it."""
    length = x.shape[axis]
    ones = np.ones_like(x)
    product = _shifted(x, ones, axis, 1)
    distance = 1
    while distance < length:
        product = product * _shifted(product, ones, axis, distance)
        distance *= 2
    return product


def _shifted(x: Any, filling: Any, axis: int, distance: int) -> Any:
    """Return x moved along an axis, with `filling` where nothing came."""
    start = [slice(None)] * x.ndim
    start[axis] = slice(0, distance)
    rest = [slice(None)] * x.ndim
    rest[axis] = slice(0, max(x.shape[axis] - distance, 0))
    return np.concatenate([filling[tuple(start)], x[tuple(rest)]], axis=axis)


def _prod_vjp(g: Any, y: Any, x: Any, axis: int, keepdims: bool) -> Any:
    # y / x would be 0/0 where an entry is 0.
    before = products_before(x, axis)
    after = np.flip(products_before(np.flip(x, axis), axis), axis)
    return _kept(g, x, (axis,)) * before * after


def _cumsum_vjp(g: Any, y: Any, x: Any, axis: int) -> Any:
    return np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)


SUM = Primitive("sum", np.add.reduce, vjps=(_sum_vjp,))
MAX = Primitive("max", np.maximum.reduce, vjps=(_extremum_vjp,))
MIN = Primitive("min", np.minimum.reduce, vjps=(_extremum_vjp,))
PROD = Primitive("prod", np.prod, vjps=(_prod_vjp,))
# Whole turns that are taken off or added: piecewise constant.
UNWRAP = Primitive("unwrap", np.unwrap)
CUMSUM = Primitive("cumsum", np.cumsum, vjps=(_cumsum_vjp,))

# --- products


def _transposed(x: Any) -> Any:
    return x.mT


def _matmul_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1:
        return unbroadcast(np.expand_dims(g, -1) * b, a)
    if a.ndim == 1:
        return unbroadcast((np.expand_dims(g, -2) @ _transposed(b))[..., 0, :], a)
    return unbroadcast(g @ _transposed(b), a)


def _matmul_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 1:
        if b.ndim == 1:
            return g * a
        return unbroadcast(np.expand_dims(a, -1) * np.expand_dims(g, -2), b)
    if b.ndim == 1:
        return unbroadcast((_transposed(a) @ np.expand_dims(g, -1))[..., 0], b)
    return unbroadcast(_transposed(a) @ g, b)


def _einsum(*operands: Any, subscripts: str) -> Any:
    return np.einsum(subscripts, *operands)


def _einsum_vjp(position: int, g: Any, y: Any, *operands: Any, subscripts: str) -> Any:
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    wanted = terms[position]
    others = [t for i, t in enumerate(terms) if i != position]
    arrays = [x for i, x in enumerate(operands) if i != position]
    shape = np.shape(operands[position])
    unused = iter(sorted(set(map(chr, range(97, 123))) - set(subscripts)))
    axes = ""
    for letter, length in zip(wanted, shape, strict=True):
        if letter in axes:
            # A repeated letter reads a diagonal: only there is a derivative.
            fresh = next(unused)
            others.append(letter + fresh)
            arrays.append(np.eye(length, dtype=y.dtype))
            letter = fresh
        elif letter not in output and not any(letter in t for t in others):
            # A letter of its own was summed over: every entry counts alike.
            others.append(letter)
            arrays.append(np.ones(length, dtype=y.dtype))
        axes += letter
    part = np.einsum(f"{','.join([output, *others])}->{axes}", g, *arrays)
    # einsum stretches axes of length 1, as broadcasting does.
    return unbroadcast(part, operands[position])


MATMUL = Primitive("matmul", np.matmul, vjps=(_matmul_left, _matmul_right))
# einsum("ii->i", x) is a view.
EINSUM = Primitive("einsum", _einsum, variadic=_einsum_vjp, view=True)

# --- shapes


def _transpose_vjp(g: Any, y: Any, x: Any, axes: tuple[int, ...]) -> Any:
    return np.transpose(g, tuple(sorted(range(len(axes)), key=axes.__getitem__)))


def _reshape_write(x: Any, new: Any, shape: tuple[int, ...]) -> Any:
    # Axes of length 1 never ask for a copy; what else does depends on the memory.
    is_same = [n for n in shape if n != 1] == [n for n in x.shape if n != 1]
    if isinstance(x, Overloaded) and not is_same:
        raise GradientError(
            "in-place change of a view: got a reshaped array, whose memory may be that "
            "of another array; write a = a * 2 for a *= 2"
        )
    return np.reshape(new, x.shape)


def _concatenate(*arrays: Any, axis: int) -> Any:
    return np.concatenate(arrays, axis=axis)


def _concatenate_vjp(position: int, g: Any, y: Any, *arrays: Any, axis: int) -> Any:
    start = sum(np.shape(x)[axis] for x in arrays[:position])
    index = [slice(None)] * g.ndim
    index[axis] = slice(start, start + np.shape(arrays[position])[axis])
    return g[tuple(index)]


_REAL = np.dtype(np.float64)


def _astype(x: Any, dtype: Any) -> Any:
    # Python's numbers, of which a graph may have some, are not complex.
    if getattr(x, "dtype", _REAL).kind == "c" and np.dtype(dtype).kind not in "cb":
        raise GradientError(
            "astype: got complex numbers, whose imaginary part would be lost; use "
            "z.real or np.abs(z)"
        )
    # A number stays a number, and an array without axes an array.
    return x.astype(dtype) if isinstance(x, np.generic) else _array(x, dtype)


TRANSPOSE = Primitive(
    "transpose",
    np.transpose,
    vjps=(_transpose_vjp,),
    view=True,
    write=lambda x, new, axes: _transpose_vjp(new, new, x, axes),
)
RESHAPE = Primitive(
    "reshape",
    lambda x, shape: np.reshape(x, shape),
    vjps=(lambda g, y, x, shape: np.reshape(g, np.shape(x)),),
    view=True,
    write=_reshape_write,
)
BROADCAST_TO = Primitive(
    "broadcast_to",
    lambda x, shape: np.broadcast_to(x, shape),
    vjps=(lambda g, y, x, shape: unbroadcast(g, x),),
    view=True,
)
CONCATENATE = Primitive(
    "concatenate", _concatenate, variadic=_concatenate_vjp, unread=EVERY_ARGUMENT
)
# float(x) and x.item(): one of Python's numbers, which leave others' types alone.
ITEM = Primitive("item", lambda x: x.item(), vjps=(lambda g, y, x: np.asarray(g),))
ASTYPE = Primitive("astype", _astype, vjps=(lambda g, y, x, dtype: g,))
# To integers or bools: piecewise constant.
ASTYPE_CONSTANT = Primitive("astype", _astype)
CASTS = (ASTYPE, ASTYPE_CONSTANT)
SIGMOID = Primitive(
    "sigmoid",
    functions.sigmoid,
    vjps=(lambda g, y, x: g * (y * (1 - y)),),
    elementwise=True,
)
WHERE = Primitive(
    "where",
    np.where,
    vjps=(
        None,
        lambda g, y, c, a, b: np.where(c, g, 0),
        lambda g, y, c, a, b: np.where(c, 0, g),
    ),
    elementwise=True,
    unread=(1, 2),
)

# --- indices. The arrays of an index are arguments; `pattern` is the rest of it, with
# ARRAY in their places.


class _ArrayPlace:
    def __repr__(self) -> str:
        return "ARRAY"


ARRAY = _ArrayPlace()


def split_index(index: Any) -> tuple[list[Any], tuple[Any, ...]]:
    """Return the arrays of an index, and its pattern.

    >>> split_index((slice(2), np.array([0, 1])))
    ([array([0, 1])], (slice(None, 2, None), ARRAY))
    """
    parts = index if isinstance(index, tuple) else (index,)
    arrays: list[Any] = []
    pattern: list[Any] = []
    for part in parts:
        if not hasattr(part, "dtype"):
            part = _array_of_index(part)
        # A number is part of the pattern; a 0-d array of bools is a mask.
        if hasattr(part, "dtype") and not issubclass(type(part), np.integer):
            arrays.append(part)
            pattern.append(ARRAY)
        else:
            pattern.append(part)
    return arrays, tuple(pattern)


def _array_of_index(part: Any) -> Any:
    """Return an array of what an index takes for one; anything else as it is."""
    if isinstance(part, bool):
        # A mask without axes. As a number it would be mistaken for 0 or 1.
        return np.asarray(part)
    if isinstance(part, Sequence):
        # An empty list is one of integers.
        return np.asarray(part, None if len(part) else np.intp)
    return part


def join_index(arrays: Sequence[Any], pattern: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the index that `split_index` took apart."""
    if len(arrays) == len(pattern):
        # It is arrays only.
        return tuple(arrays)
    remaining = iter(arrays)
    return tuple(next(remaining) if part is ARRAY else part for part in pattern)


def _getitem(x: Any, *arrays: Any, pattern: tuple[Any, ...]) -> Any:
    return x[join_index(arrays, pattern)]


def _scatter(g: Any, *arrays: Any, pattern: tuple[Any, ...], shape: Any) -> Any:
    """Return zeros of a shape, with g added at an index: the opposite of reading it."""
    out = _zeros(shape, np.asarray(g).dtype)
    index = join_index(arrays, pattern)
    if any(a.dtype.kind in "iu" for a in arrays):
        # An entry that is read twice counts twice.
        np.add.at(out, index, g)
    else:
        out[index] = g
    return out


def _add_at(x: Any, v: Any, *arrays: Any, pattern: tuple[Any, ...]) -> Any:
    out = _array(x)
    np.add.at(out, join_index(arrays, pattern), v)
    return out


def _add_at_value_vjp(
    g: Any, y: Any, x: Any, v: Any, *arrays: Any, pattern: tuple[Any, ...]
) -> Any:
    return unbroadcast(GETITEM(g, *arrays, pattern=pattern), v)


def _setitem(x: Any, v: Any, *arrays: Any, pattern: tuple[Any, ...]) -> Any:
    out = _array(x)
    out[join_index(arrays, pattern)] = v
    return out


def _is_mask_of(x: Any, array: Any) -> bool:
    return bool(array.dtype.kind == "b" and array.shape == x.shape)


def _setitem_value_vjp(
    g: Any, y: Any, x: Any, v: Any, *arrays: Any, pattern: tuple[Any, ...]
) -> Any:
    if not np.ndim(v) and pattern == (ARRAY,) and _is_mask_of(y, *arrays):
        # Which entries a mask names is not known while tracing.
        return np.sum(np.where(arrays[0], g, 0))
    if any(np.asarray(a).dtype.kind in "iu" for a in arrays):
        places = np.arange(y.size).reshape(y.shape)[join_index(arrays, pattern)]
        if np.unique(places).size < places.size:
            raise GradientError(
                "assignment x[index] = v: got an index that names an entry twice, so "
                "that one value overwrites another; need each entry once"
            )
    part = GETITEM(g, *arrays, pattern=pattern)
    # x[index] = v drops leading axes of length 1 from v.
    dropped = max(np.ndim(v) - part.ndim, 0)
    return unbroadcast(np.reshape(part, (1,) * dropped + part.shape), v)


GETITEM: Primitive = Primitive(
    "getitem",
    _getitem,
    vjps=(
        lambda g, y, x, *arrays, pattern: SCATTER(
            g, *arrays, pattern=pattern, shape=np.shape(x)
        ),
    ),
    view=True,
    write=lambda x, new, pattern: SETITEM(x, new, pattern=pattern),
    unread=(0,),
)
SCATTER: Primitive = Primitive(
    "scatter",
    _scatter,
    vjps=(
        lambda g, y, x, *arrays, pattern, shape: GETITEM(g, *arrays, pattern=pattern),
    ),
)
# x with v added at an index: x + scatter(v), without the zeros of scatter.
ADD_AT = Primitive(
    "add_at",
    _add_at,
    vjps=(lambda g, y, x, v, *arrays, pattern: g, _add_at_value_vjp),
    unread=(0, 1),
)
SETITEM: Primitive = Primitive(
    "setitem",
    _setitem,
    vjps=(
        lambda g, y, x, v, *arrays, pattern: SETITEM(g, 0, *arrays, pattern=pattern),
        _setitem_value_vjp,
    ),
    unread=(0, 1),
)
