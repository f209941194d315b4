"""NumPy's functions written in terms of the primitives.

Each function here has the name and the parameters of its NumPy twin, which is how it
is called when an array under differentiation is handed to that twin.
"""

import string
from collections.abc import Callable, Sequence
from math import prod as product_of
from typing import Any

import numpy as np

from kobai import functions
from kobai.autodiff import operations as ops
from kobai.autodiff.primitive import Overloaded
from kobai.errors import GradientError

# NumPy's function -> its twin below.
FUNCTIONS: dict[Any, Callable[..., Any]] = {}

# Functions of shapes or of order only: they see plain values, their derivative is 0.
CONSTANT_FUNCTIONS: set[Any] = {
    np.all,
    np.any,
    np.argmax,
    np.argmin,
    np.argsort,
    np.argwhere,
    np.array_equal,
    np.allclose,
    np.isclose,
    np.count_nonzero,
    np.flatnonzero,
    np.nonzero,
    np.searchsorted,
    np.digitize,
    np.result_type,
    np.can_cast,
    np.iscomplexobj,
    np.isrealobj,
    np.zeros_like,
    np.ones_like,
    np.empty_like,
    np.around,
    np.round,
    np.shape,
    np.ndim,
    np.size,
    np.array_repr,
    np.array_str,
    np.array2string,
}


def twin_of(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the decorated function as the twin of NumPy's functions."""

    def enter(twin: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            FUNCTIONS[function] = twin
        return twin

    return enter


def normalized_axis(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return axes as a sorted tuple counted from 0; None stands for all of them."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    for a in axes:
        if not -ndim <= a < ndim:
            raise np.exceptions.AxisError(a, ndim)
    return tuple(sorted(a % ndim for a in axes))


def one_axis(axis: int, ndim: int) -> int:
    """Return an axis counted from 0."""
    return normalized_axis(axis, ndim)[0]


# --- reductions


@twin_of(np.sum)
def _sum(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return ops.SUM(a, axis=normalized_axis(axis, a.ndim), keepdims=bool(keepdims))


@twin_of(np.max, np.amax)
def _max(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return ops.MAX(a, axis=normalized_axis(axis, a.ndim), keepdims=bool(keepdims))


@twin_of(np.min, np.amin)
def _min(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return ops.MIN(a, axis=normalized_axis(axis, a.ndim), keepdims=bool(keepdims))


@twin_of(np.prod)
def _prod(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    axes = normalized_axis(axis, a.ndim)
    shape = a.shape
    for one in reversed(axes):
        a = ops.PROD(a, axis=one, keepdims=False)
    if keepdims:
        kept = tuple(1 if i in axes else n for i, n in enumerate(shape))
        return np.reshape(a, kept)
    return a


@twin_of(np.mean)
def _mean(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    axes = normalized_axis(axis, a.ndim)
    total = ops.SUM(a, axis=axes, keepdims=bool(keepdims))
    return total / product_of(a.shape[i] for i in axes)


@twin_of(np.average)
def _average(a: Any, axis: Any = None, weights: Any = None) -> Any:
    if weights is None:
        return np.mean(a, axis=axis)
    if np.shape(weights) != np.shape(a):
        raise GradientError(
            f"np.average: got values {np.shape(a)} and weights {np.shape(weights)}; "
            "need equal shapes to differentiate"
        )
    return np.sum(a * weights, axis=axis) / np.sum(weights, axis=axis)


@twin_of(np.var)
def _var(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    axes = normalized_axis(axis, a.ndim)
    deviation = a - np.mean(a, axis=axes, keepdims=True)
    total = np.sum(deviation * deviation, axis=axes, keepdims=keepdims)
    return total / (product_of(a.shape[i] for i in axes) - ddof)


@twin_of(np.std)
def _std(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    return np.sqrt(_var(a, axis, ddof=ddof, keepdims=keepdims))


@twin_of(np.cumsum)
def _cumsum(a: Any, axis: int | None = None) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    return ops.CUMSUM(a, axis=one_axis(axis, a.ndim))


@twin_of(np.linalg.norm)
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord is not None and not (ord == 2 and x.ndim == 1):
        raise GradientError(
            f"np.linalg.norm: got ord={ord!r}; only the Euclidean norm, ord=None, is "
            "differentiated; write the others with np.abs and np.sum"
        )
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


# --- products


@twin_of(np.dot)
def _dot(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(b) > 2:
        return np.tensordot(a, b, axes=((-1,), (-2,)))
    return np.matmul(a, b)


@twin_of(np.tensordot)
def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    if isinstance(axes, int):
        axes = (range(np.ndim(a) - axes, np.ndim(a)), range(axes))
    of_a, of_b = (
        [i % np.ndim(x) for i in ([ax] if isinstance(ax, int) else ax)]
        for x, ax in zip((a, b), axes, strict=True)
    )
    letters = iter(string.ascii_lowercase)
    term_a = [next(letters) for _ in range(np.ndim(a))]
    term_b = [next(letters) for _ in range(np.ndim(b))]
    for i, j in zip(of_a, of_b, strict=True):
        term_b[j] = term_a[i]
    output = [c for i, c in enumerate(term_a) if i not in of_a]
    output += [c for j, c in enumerate(term_b) if j not in of_b]
    subscripts = f"{''.join(term_a)},{''.join(term_b)}->{''.join(output)}"
    return ops.EINSUM(a, b, subscripts=subscripts)


@twin_of(np.inner)
def _inner(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    return np.tensordot(a, b, axes=((-1,), (-1,)))


@twin_of(np.outer)
def _outer(a: Any, b: Any) -> Any:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@twin_of(np.trace)
def _trace(a: Any) -> Any:
    return np.einsum("ii->", a)


@twin_of(np.einsum)
def _einsum(subscripts: str, *operands: Any, optimize: Any = False) -> Any:
    if not isinstance(subscripts, str):
        raise GradientError(
            "np.einsum: got lists of axes; need subscripts in a string, such as "
            '"ij,jk->ik"'
        )
    arrays = [x if isinstance(x, Overloaded) else np.asarray(x) for x in operands]
    return ops.EINSUM(*arrays, subscripts=_explicit(subscripts, arrays))


def _explicit(subscripts: str, operands: Sequence[Any]) -> str:
    """Return einsum's subscripts with letters for `...`, and with the output."""
    text = subscripts.replace(" ", "")
    inputs, arrow, output = text.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(operands):
        raise ValueError(
            f"einsum: got {len(operands)} operands for subscripts {subscripts!r}; "
            f"need {len(terms)}"
        )
    free = [c for c in string.ascii_uppercase if c not in text]
    longest = 0
    for position, (term, operand) in enumerate(zip(terms, operands, strict=True)):
        if "..." in term:
            count = operand.ndim - len(term.replace("...", ""))
            longest = max(longest, count)
            terms[position] = term.replace("...", "".join(free[:count][::-1]))
    batch = "".join(free[:longest][::-1])
    if arrow:
        output = output.replace("...", batch)
    else:
        letters = "".join(t.replace("...", "") for t in inputs.split(","))
        output = batch + "".join(c for c in sorted(letters) if letters.count(c) == 1)
    return f"{','.join(terms)}->{output}"


# --- shapes


@twin_of(np.transpose)
def _transpose(a: Any, axes: Any = None) -> Any:
    if axes is None:
        return ops.TRANSPOSE(a, axes=tuple(range(a.ndim))[::-1])
    if len(axes) != a.ndim:
        raise ValueError(f"transpose: got axes {tuple(axes)} for an array {a.shape}")
    return ops.TRANSPOSE(a, axes=tuple(one_axis(i, a.ndim) for i in axes))


@twin_of(np.swapaxes)
def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    axes = list(range(a.ndim))
    one, two = one_axis(axis1, a.ndim), one_axis(axis2, a.ndim)
    axes[one], axes[two] = two, one
    return ops.TRANSPOSE(a, axes=tuple(axes))


@twin_of(np.moveaxis)
def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    # The order is NumPy's own, read off an array of the same rank.
    marks = np.moveaxis(
        np.broadcast_to(0, tuple(range(1, a.ndim + 1))), source, destination
    )
    return ops.TRANSPOSE(a, axes=tuple(n - 1 for n in marks.shape))


@twin_of(np.reshape)
def _reshape(a: Any, shape: Any, order: str = "C") -> Any:
    if order != "C":
        raise GradientError(
            f'np.reshape: got order="{order}"; only order="C" is differentiated; '
            "transpose before and after instead"
        )
    shape = shape if isinstance(shape, tuple | list) else (shape,)
    sizes = [int(n) for n in shape]
    if -1 in sizes:
        rest = product_of(n for n in sizes if n != -1)
        sizes[sizes.index(-1)] = a.size // rest if rest else 0
    if product_of(sizes) != a.size:
        raise ValueError(f"reshape: got {a.shape}; cannot become {tuple(shape)}")
    return ops.RESHAPE(a, shape=tuple(sizes))


@twin_of(np.ravel)
def _ravel(a: Any) -> Any:
    return ops.RESHAPE(a, shape=(a.size,))


@twin_of(np.squeeze)
def _squeeze(a: Any, axis: Any = None) -> Any:
    ones = tuple(i for i, n in enumerate(a.shape) if n == 1)
    axes = ones if axis is None else normalized_axis(axis, a.ndim)
    if not set(axes) <= set(ones):
        raise ValueError(f"squeeze: got {a.shape}; axis {axis} is not of length 1")
    kept = tuple(n for i, n in enumerate(a.shape) if i not in axes)
    return ops.RESHAPE(a, shape=kept)


@twin_of(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    count = len(axis) if isinstance(axis, tuple | list) else 1
    axes = normalized_axis(axis, a.ndim + count)
    lengths = iter(a.shape)
    full = range(a.ndim + count)
    return ops.RESHAPE(a, shape=tuple(1 if i in axes else next(lengths) for i in full))


@twin_of(np.atleast_1d)
def _atleast_1d(a: Any) -> Any:
    return a if a.ndim else np.reshape(a, (1,))


@twin_of(np.atleast_2d)
def _atleast_2d(a: Any) -> Any:
    return a if a.ndim > 1 else np.reshape(a, (1, -1))


@twin_of(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any) -> Any:
    shape = shape if isinstance(shape, tuple | list) else (shape,)
    return ops.BROADCAST_TO(array, shape=tuple(shape))


@twin_of(np.full_like)
def _full_like(a: Any, fill_value: Any) -> Any:
    return np.zeros_like(a) + fill_value


@twin_of(functions.sigmoid)
def _sigmoid(x: Any) -> Any:
    return ops.SIGMOID(x)


@twin_of(np.copy)
def _copy(a: Any) -> Any:
    return ops.ASTYPE(a, dtype=a.dtype)


# --- joining and taking apart


def _arrays(arrays: Any) -> list[Any]:
    return [x if isinstance(x, Overloaded) else np.asarray(x) for x in arrays]


@twin_of(np.concatenate)
def _concatenate(arrays: Any, axis: int | None = 0) -> Any:
    parts = _arrays(arrays)
    if axis is None:
        parts, axis = [np.ravel(x) for x in parts], 0
    return ops.CONCATENATE(*parts, axis=one_axis(axis, parts[0].ndim))


@twin_of(np.stack)
def _stack(arrays: Any, axis: int = 0) -> Any:
    return np.concatenate([np.expand_dims(x, axis) for x in _arrays(arrays)], axis)


@twin_of(np.vstack)
def _vstack(tup: Any) -> Any:
    return np.concatenate([np.atleast_2d(x) for x in _arrays(tup)], 0)


@twin_of(np.hstack)
def _hstack(tup: Any) -> Any:
    parts = [np.atleast_1d(x) for x in _arrays(tup)]
    return np.concatenate(parts, 0 if parts[0].ndim == 1 else 1)


@twin_of(np.column_stack)
def _column_stack(tup: Any) -> Any:
    columns = [np.reshape(x, (-1, 1)) if x.ndim < 2 else x for x in _arrays(tup)]
    return np.concatenate(columns, 1)


@twin_of(np.array_split)
def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    # The places are NumPy's own, read off an array of positions.
    positions = np.arange(ary.shape[axis])
    index = [slice(None)] * ary.ndim
    pieces = []
    for part in np.array_split(positions, indices_or_sections):
        start = int(part[0]) if part.size else 0
        index[axis] = slice(start, start + part.size)
        pieces.append(ary[tuple(index)])
    return pieces


@twin_of(np.split)
def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    # Raises ValueError where the parts would not be equal.
    np.split(np.arange(ary.shape[axis]), indices_or_sections)
    pieces: list[Any] = _array_split(ary, indices_or_sections, axis)
    return pieces


@twin_of(np.pad)
def _pad(
    array: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0
) -> Any:
    if mode != "constant" or np.ndim(constant_values):
        raise GradientError(
            f'np.pad: got mode="{mode}"; only mode="constant" with one value is '
            "differentiated; use np.concatenate for the others"
        )
    widths = np.broadcast_to(pad_width, (array.ndim, 2)).tolist()
    for axis, (before, after) in enumerate(widths):
        shape = list(array.shape)
        parts = [array]
        for place, length in ((0, before), (2, after)):
            shape[axis] = length
            filling = np.full(shape, constant_values, array.dtype)
            parts.insert(place, filling)
        array = np.concatenate(parts, axis)
    return array


@twin_of(np.tile)
def _tile(A: Any, reps: Any) -> Any:
    reps = reps if isinstance(reps, tuple | list) else (reps,)
    A = np.reshape(A, (1,) * (len(reps) - A.ndim) + A.shape)
    reps = (1,) * (A.ndim - len(reps)) + tuple(reps)
    for axis, count in enumerate(reps):
        A = np.concatenate([A] * count, axis)
    return A


@twin_of(np.flip)
def _flip(m: Any, axis: Any = None) -> Any:
    axes = normalized_axis(axis, m.ndim)
    reverse, whole = slice(None, None, -1), slice(None)
    return m[tuple(reverse if i in axes else whole for i in range(m.ndim))]


@twin_of(np.roll)
def _roll(a: Any, shift: int, axis: int | None = None) -> Any:
    if axis is None:
        return np.reshape(np.roll(np.ravel(a), shift, 0), a.shape)
    return np.take(a, np.roll(np.arange(a.shape[axis]), shift), axis)


@twin_of(np.diff)
def _diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    for _ in range(n):
        length = a.shape[axis]
        a = np.take(a, np.arange(1, length), axis) - np.take(
            a, np.arange(length - 1), axis
        )
    return a


@twin_of(np.take)
def _take(a: Any, indices: Any, axis: int | None = None) -> Any:
    indices = indices if hasattr(indices, "dtype") else np.asarray(indices)
    if axis is None:
        return np.ravel(a)[indices]
    return a[(slice(None),) * one_axis(axis, a.ndim) + (indices,)]


@twin_of(np.repeat)
def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    length = a.size if axis is None else a.shape[axis]
    return np.take(a, np.repeat(np.arange(length), repeats), axis)


@twin_of(np.take_along_axis)
def _take_along_axis(arr: Any, indices: Any, axis: int = -1) -> Any:
    axis = one_axis(axis, arr.ndim)
    index = list(np.ogrid[tuple(slice(n) for n in arr.shape)])
    index[axis] = indices
    return arr[tuple(index)]


@twin_of(np.sort)
def _sort(a: Any, axis: int | None = -1) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    return np.take_along_axis(a, np.argsort(a, axis=axis), axis)


@twin_of(np.diagonal)
def _diagonal(a: Any) -> Any:
    return np.einsum("ii->i", a)


@twin_of(np.where)
def _where(condition: Any, *branches: Any) -> Any:
    if not branches:
        raise GradientError(
            "np.where: got a condition alone, whose result has no fixed shape; use "
            "np.nonzero(x.value)"
        )
    return ops.WHERE(condition, *branches)


@twin_of(np.clip)
def _clip(a: Any, a_min: Any = None, a_max: Any = None, **bounds: Any) -> Any:
    low = bounds.pop("min", a_min)
    high = bounds.pop("max", a_max)
    if bounds:
        raise TypeError(f"unexpected argument {next(iter(bounds))!r}")
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)
