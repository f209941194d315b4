"""Arrays that are written over the memory which they are read from.

Mostly NumPy reads all of such an array first. Where it does not, it reads again what
it has just written, and what comes out hangs on the order in memory: that is refused.

| Written by                                | NumPy reads first    |
|-------------------------------------------|----------------------|
| x[...] = v, np.copyto along several axes  | everything           |
| the same along one axis                   | not if strides differ |
| x[mask] = v, x.flat, np.place             | nothing              |
| np.fill_diagonal                          | nothing              |
| out= of np.concatenate, np.stack, np.ptp  | nothing              |
| x[places] = v, np.put, np.putmask         | everything           |
| np.put_along_axis                         | everything           |
| a += b, ufunc.at, out= of all others      | everything           |
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from kobai.errors import GradientError


def refuse_overlap(name: str, target: Any, *sources: Any) -> None:
    """Raise where numbers are read from the memory that they are written into."""
    for source in _arrays(sources):
        if _may_overlap(target, source):
            there, here = target.places(), source.places()
            if there is None or here is None or np.isin(here, there).any():
                _refuse(name)


def refuse_uneven(name: str, target: Any, source: Any) -> None:
    """Raise where numbers are moved along one axis, between places of other strides.

    NumPy goes through them backwards where that keeps what is still to be read; with
    other strides, either way may lose some.
    """
    if target.ndim != 1 or not _may_overlap(target, source):
        return
    there, here = target.places(), source.places()
    if there is None or here is None:
        _refuse(name)
    if there.size != here.size or abs(there[1] - there[0]) == abs(here[1] - here[0]):
        return
    _, i, j = np.intersect1d(there, here, return_indices=True)
    if np.any(i != j):
        _refuse(name)


def refuse_rewriting(array: Any, index: Any, arrays: Any, value: Any) -> None:
    """Raise where x[index] = v does either; `arrays` are those in the index."""
    if not arrays:
        refuse_uneven("x[index] = v", array[index], value)
    elif any(a.dtype.kind == "b" for a in arrays):
        refuse_overlap("x[mask] = v", array, value)


def _arrays(sources: Any) -> Iterator[Any]:
    for x in sources:
        if issubclass(type(x), (list, tuple)):
            yield from _arrays(x)
        else:
            yield x


def _may_overlap(target: Any, source: Any) -> bool:
    # One number is what it is, also when it has been written over itself.
    first = getattr(source, "first", None)
    is_same = first is not None and first is getattr(target, "first", None)
    return is_same and source.size > 1


def _refuse(name: str) -> None:
    raise GradientError(
        f"{name}: got a view of the memory that it writes into, where NumPy reads what "
        "it has already written; take a copy, as np.copy(v)"
    )
