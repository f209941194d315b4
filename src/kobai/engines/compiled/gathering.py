"""Rows of a batch, fetched from wherever they lie in memory."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

from typing import Any

import numpy as np

from kobai.engines.compiled import intrinsics

# How many rows ahead memory is asked for: the time that it takes to answer.
AHEAD = 4


def make_gather() -> Any:
    """Return the compiled gather(out, rows, width, indices, start, count).

    It copies the rows that indices[start : start + count] name to `out`, and asks for
    later ones before it needs them.
    """
    import numba

    copy, prefetch = intrinsics.copy(), intrinsics.prefetch()
    u8, ahead = np.uint64, np.uint64(AHEAD)

    @numba.njit(error_model="numpy", nogil=True)
    def gather(
        out: Any, rows: Any, width: Any, indices: Any, start: Any, count: Any
    ) -> None:
        line = u8(64) // u8(out.itemsize)
        last = u8(indices.size) - u8(1)
        for i in range(count):
            place = start + i
            later = u8(indices[min(place + ahead, last)]) * width
            for j in range(u8(0), width, line):
                prefetch(rows, later + j)
            copy(out, i * width, rows, u8(indices[place]) * width, width)

    return gather
