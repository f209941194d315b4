"""Products of matrices and tensors, written in terms of the primitives."""

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.layout import in_doubt
from kobai.autodiff.numpy_functions.table import (
    as_array,
    as_arrays,
    as_no_number,
    as_number,
    one_axis,
    twin_of,
)


@twin_of(np.dot)
def _dot(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return in_doubt(a * b)
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
        if np.shape(a)[i] != np.shape(b)[j]:
            raise ValueError(
                f"tensordot: got {np.shape(a)} and {np.shape(b)}; axis {i} and axis "
                f"{j} need one length"
            )
        term_b[j] = term_a[i]
    output = [c for i, c in enumerate(term_a) if i not in of_a]
    output += [c for j, c in enumerate(term_b) if j not in of_b]
    subscripts = f"{''.join(term_a)},{''.join(term_b)}->{''.join(output)}"
    product = ops.EINSUM(a, b, subscripts=subscripts)
    # An array even where einsum gives a number.
    return as_no_number(product)


@twin_of(np.inner)
def _inner(a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    return as_number(np.tensordot(a, b, axes=((-1,), (-1,))))


@twin_of(np.outer)
def _outer(a: Any, b: Any) -> Any:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@twin_of(np.einsum)
def _einsum(*operands: Any, optimize: Any = False, dtype: Any = None) -> Any:
    subscripts, *operands = operands  # type: ignore[assignment]
    if not isinstance(subscripts, str):
        subscripts, operands = _from_lists((subscripts, *operands))
    given = [as_array(x, dtype) for x in operands]
    given, explicit = _unstretched(given, _explicit(subscripts, given))
    return ops.EINSUM(*given, subscripts=explicit)


def _from_lists(given: Sequence[Any]) -> tuple[str, Any]:
    """Return einsum's subscripts and operands from operands and lists of axes."""
    operands, lists = given[0 : len(given) // 2 * 2 : 2], list(given[1::2])
    # Letters in the order of the numbers, which is that of the result's axes.
    terms = [
        "".join("..." if i is Ellipsis else string.ascii_letters[i] for i in axes)
        for axes in lists
    ]
    subscripts = ",".join(terms)
    if len(given) % 2:
        subscripts += "->" + "".join(
            "..." if i is Ellipsis else string.ascii_letters[i] for i in given[-1]
        )
    return subscripts, operands


def _unstretched(arrays: list[Any], subscripts: str) -> tuple[list[Any], str]:
    """Take away axes of length 1 that einsum would stretch, as broadcasting does.

    Such an operand does not depend on the letter, so it can do without.
    """
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    longer = {
        letter
        for term, x in zip(terms, arrays, strict=True)
        for letter, length in zip(term, x.shape, strict=False)
        if length != 1
    }
    for i, term in enumerate(terms):
        kept = [
            letter not in longer or length != 1 or term.count(letter) > 1
            for letter, length in zip(term, arrays[i].shape, strict=False)
        ]
        if len(kept) == len(term) and not all(kept):
            terms[i] = "".join(c for c, keep in zip(term, kept, strict=True) if keep)
            axes = tuple(axis for axis, keep in enumerate(kept) if not keep)
            arrays[i] = np.squeeze(arrays[i], axes)
    return arrays, f"{','.join(terms)}->{output}"


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


# --- products of vectors


@twin_of(np.vdot)
def _vdot(a: Any, b: Any) -> Any:
    return np.dot(np.conjugate(np.ravel(a)), np.ravel(b))


@twin_of(np.vecdot)
def _vecdot(a: Any, b: Any, axis: int = -1, keepdims: bool = False) -> Any:
    # The axis is one of each array, before they broadcast.
    a, b = (np.moveaxis(x, axis, -1) for x in as_arrays((a, b)))
    products = np.sum(np.conjugate(a) * b, axis=-1)
    return np.expand_dims(products, axis) if keepdims else products


@twin_of(np.matvec)
def _matvec(a: Any, b: Any) -> Any:
    return np.matmul(a, np.expand_dims(b, -1))[..., 0]


@twin_of(np.vecmat)
def _vecmat(a: Any, b: Any) -> Any:
    return np.matmul(np.expand_dims(np.conjugate(a), -2), b)[..., 0, :]


@twin_of(np.kron)
def _kron(a: Any, b: Any) -> Any:
    a, b = as_arrays((a, b))
    ndim = max(a.ndim, b.ndim)
    a = np.reshape(a, (1,) * (ndim - a.ndim) + a.shape)
    b = np.reshape(b, (1,) * (ndim - b.ndim) + b.shape)
    outer = np.expand_dims(a, tuple(range(1, 2 * ndim, 2))) * np.expand_dims(
        b, tuple(range(0, 2 * ndim, 2))
    )
    return np.reshape(
        outer, tuple(m * n for m, n in zip(a.shape, b.shape, strict=True))
    )


@twin_of(np.cross)
def _cross(
    a: Any,
    b: Any,
    axisa: int = -1,
    axisb: int = -1,
    axisc: int = -1,
    axis: int | None = None,
) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = (
        np.moveaxis(x, i, -1)
        for x, i in zip(as_arrays((a, b)), (axisa, axisb), strict=True)
    )
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError(
            f"cross: got vectors of {a.shape[-1]} and {b.shape[-1]}; need 3"
        )
    following, before = [1, 2, 0], [2, 0, 1]
    c = a[..., following] * b[..., before] - a[..., before] * b[..., following]
    return np.moveaxis(c, -1, one_axis(axisc, c.ndim))


# --- products of deviations


@twin_of(np.cov)
def _cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    if dtype is None:
        dtype = np.result_type(m, np.float64 if y is None else y, np.float64)
    x = _variables(as_array(m, dtype), rowvar)
    if y is not None:
        x = np.concatenate([x, _variables(as_array(y, dtype), rowvar)])
    weights = np.ones(x.shape[1], x.dtype)
    for given in (fweights, aweights):
        weights = weights if given is None else weights * given
    total = np.sum(weights)
    less: Any = (0 if bias else 1) if ddof is None else ddof
    if aweights is not None:
        less = less * np.sum(weights * aweights) / total
    deviation = x - np.average(x, axis=1, weights=weights)[:, None]
    return np.squeeze(deviation @ (deviation * weights).T / (total - less))


def _variables(x: Any, rowvar: bool) -> Any:
    """Return variables in rows and observations in columns."""
    x = np.atleast_2d(x)
    return x if rowvar or x.shape[0] == 1 else x.T


@twin_of(np.corrcoef)
def _corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    c = np.cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviation = np.sqrt(np.diagonal(c))
    return np.clip(c / deviation[:, None] / deviation, -1, 1)
