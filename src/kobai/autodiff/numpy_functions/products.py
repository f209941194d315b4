"""Products of matrices and tensors, written in terms of the primitives."""

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.numpy_functions.table import twin_of
from kobai.autodiff.primitive import Overloaded
from kobai.errors import GradientError


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
    arrays, explicit = _unstretched(arrays, _explicit(subscripts, arrays))
    return ops.EINSUM(*arrays, subscripts=explicit)


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
