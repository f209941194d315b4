"""The lines of NumPy for sums, and for the largest and the smallest of several."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from kobai.engines.numpy_engine.operands import Operands, as_number, as_row
from kobai.graph import Operation

if TYPE_CHECKING:
    from kobai.engines.numpy_engine.source import Writer

Reduction = Callable[["Writer", Operation, Operands, str], list[str]]


def emit_sum(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
    """Return the lines of a sum."""
    (x,) = node.inputs
    axis, keepdims = node.attributes["axis"], node.attributes["keepdims"]
    is_matrix = x.ndim == 2 and x.dtype.kind == "f" and x.dtype == node.dtype
    # BLAS adds faster than a reduction, with a vector of ones.
    if is_matrix and axis == (0,) and w.is_own(node):
        shape = (1, x.shape[0]) if keepdims else (x.shape[0],)
        ones = w.scope.constant(np.ones(shape, x.dtype), "ones")
        return [f"{ones}.dot({a[0]}, out={out})"]
    if is_matrix and axis == (1,) and w.is_own(node):
        shape = (x.shape[1], 1) if keepdims else (x.shape[1],)
        ones = w.scope.constant(np.ones(shape, x.dtype), "ones")
        return [f"{a[0]}.dot({ones}, out={out})"]
    return reduction("add")(w, node, a, out)


def reduction(function: str) -> Reduction:
    """Return what writes the reduction by a function, as NumPy has it."""

    def write(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
        axis, keepdims = node.attributes["axis"], node.attributes["keepdims"]
        axis = axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis
        options = f"axis={axis}, keepdims={keepdims}, out={out}"
        return [f"np.{function}.reduce({a[0]}, {options})"]

    return write


# Along short rows a reduction is slow; along a transposed copy's columns it is not.
_MANY_ROWS, _SHORT_ROW = 32, 32
# So many columns are compared faster two by two.
_FEW_COLUMNS = 3


def extremum(function: str) -> Reduction:
    """Return what writes the maximum or minimum along an axis."""
    plain = reduction(function)

    def write(w: "Writer", node: Operation, a: Operands, out: str) -> list[str]:
        (x,) = node.inputs
        if node.attributes["axis"] != (1,) or x.ndim != 2 or not w.is_own(node):
            return plain(w, node, a, out)
        is_buffer = a[0] in w.scope
        if is_buffer and x.shape[0] == 1:
            return _of_one_row(w, function, a[0], out)
        is_few = is_buffer and 2 <= x.shape[1] <= _FEW_COLUMNS
        if not is_few and (x.shape[0] < _MANY_ROWS or x.shape[1] > _SHORT_ROW):
            return plain(w, node, a, out)
        row = as_row(w, out) if node.ndim == 2 else out
        if is_few:
            return _of_few_columns(w, function, a[0], x.shape[1], row)
        columns = w.scope.allocate("columns", x.shape[::-1], x.dtype)
        return [
            f"np.copyto({columns}, {a[0]}.T)",
            f"np.{function}.reduce({columns}, axis=0, out={row})",
        ]

    return write


def _of_one_row(w: "Writer", function: str, x: str, out: str) -> list[str]:
    # A reduction takes several times as long to begin.
    row = as_row(w, x)
    return [f"{as_number(w, out)}[...] = {row}[{row}.arg{function[:3]}()]"]


def _of_few_columns(
    w: "Writer", function: str, x: str, count: int, out: str
) -> list[str]:
    first, *rest = (w.scope.alias(x, f"column_{i}", f"[:, {i}]") for i in range(count))
    lines = []
    for column in rest:
        lines.append(f"np.{function}({first}, {column}, out={out})")
        first = out
    return lines
