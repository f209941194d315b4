"""Rows of a batch, fetched from wherever they lie in memory."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

from typing import Any

import numpy as np

from kobai.engines.numba_engine.abi import GATHER
from kobai.engines.numba_engine.kernels import intrinsics
from kobai.engines.numba_engine.kernels.intrinsics import INNER

# How many rows ahead memory is asked for: the time that it takes to answer.
AHEAD = 4


def make_copy_rows() -> Any:
    """Return the compiled copy_rows(out, rows, width, indices, start, count, last).

    It copies the rows that indices[start : start + count] name to `out`, and asks for
    later ones, up to indices[last], before it needs them. A row is `width` bytes.
    """
    import numba

    copy, prefetch = intrinsics.copy(), intrinsics.prefetch()
    u8, ahead = np.uint64, np.uint64(AHEAD)

    @numba.njit(error_model="numpy", nogil=True, **INNER)
    def copy_rows(
        out: Any, rows: Any, width: Any, indices: Any, start: Any, count: Any, last: Any
    ) -> None:
        for i in range(count):
            place = start + i
            later = place + ahead if place + ahead < last else last
            later = u8(indices[later]) * width
            for j in range(u8(0), width, u8(64)):
                prefetch(rows, later + j)
            copy(out, i * width, rows, u8(indices[place]) * width, width)

    return copy_rows


SOURCE = f'''"""Written by Kobai to fetch rows; it may be deleted."""

from kobai.engines.numba_engine.kernels.tools import tools

copy_rows = tools.copy_rows


def steps({GATHER.header}):
    copy_rows({GATHER.header})
'''
