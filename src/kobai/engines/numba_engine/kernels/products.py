"""Products of matrices: by BLAS, or by tiles of our own where they are faster."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

import ctypes
from typing import Any

import numpy as np

from kobai.engines.machine.blas import load_scipy_blas
from kobai.engines.numba_engine.abi import PRODUCT, Job
from kobai.engines.numba_engine.kernels import atomics, intrinsics
from kobai.engines.numba_engine.kernels.intrinsics import INNER, apart
from kobai.engines.numba_engine.kernels.two_jobs import DONE, JOB, LEFT, WORTH_SHARING

BLAS, TILES, IN_PLACE = 0, 1, 2


def register_blas() -> None:
    """Make SciPy's BLAS known to LLVM by name, so that compiled code can be stored."""
    from llvmlite import binding

    cython_blas = load_scipy_blas()
    for name in ("sgemm", "dgemm"):
        binding.add_symbol(f"kobai_{name}", _address(cython_blas.__pyx_capi__[name]))


def _address(capsule: Any) -> int:
    api = ctypes.pythonapi
    api.PyCapsule_GetName.restype = ctypes.c_char_p
    api.PyCapsule_GetName.argtypes = [ctypes.py_object]
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    address: int = api.PyCapsule_GetPointer(capsule, api.PyCapsule_GetName(capsule))
    return address


def make_by_tiles(tools: Any) -> Any:
    """Return by_tiles(size, board, A, ai, ak, I, K, B, C, spare, m, n, k, ...).

    After these come alpha, beta, tB; the size is that of a number, in bytes. See
    `tiles.make_tile` for the addresses and strides. A large product is two jobs.
    Where it sums up more numbers than it has rows, those are the halves of the sum, the
    second in spare memory: each thread then reads the same rows of B in every step,
    those that it changes when B learns. Else they are C's upper and lower rows; or its
    left and right columns where it is packed, and has more of them.
    """
    import numba

    run, address, add_to = intrinsics.run_tiles(), intrinsics.address(), tools.add_to
    load, store, pause = atomics.load(), atomics.store(), atomics.pause()
    tiles_at, panels_at = intrinsics.tiles_at("tiles"), intrinsics.tiles_at("panels")
    work, is_packed, memory = tools.work, tools.is_packed, tools.memory
    halves_sum = tools.is_halved_sum
    i8, f8, u8 = np.int64, np.float64, np.uint64

    @numba.njit(error_model="numpy", nogil=True, **INNER)
    def by_tiles(
        itemsize: Any, board: Any, a: Any, ai: Any, ak: Any, rows_at: Any,
        inner_at: Any, b: Any, c: Any, spare: Any, m: Any, n: Any, k: Any,
        alpha: Any, beta: Any, tb: Any,
    ) -> Any:  # fmt: skip
        to, size = address(c), u8(itemsize)
        tiles, packed_at = i8(tiles_at(alpha)), address(spare)
        bk, bj = n, u8(1)
        is_large = m * n * k >= u8(WORTH_SHARING)
        has_panels = is_packed(m, n, k)
        is_halved_sum = is_large and tb == 0 and halves_sum(m, n, k, has_panels)
        rows, columns, inner = m, n, k
        if has_panels:
            tiles = i8(panels_at(alpha))
            if tb:
                bk, bj = u8(1), k
        if is_halved_sum:
            inner = k // u8(2)
            packed_at += m * n * size
        elif has_panels and n >= m:
            # Whole panels.
            columns = (n // u8(2) + u8(16)) // u8(32) * u8(32)
        elif is_large:
            # Whole tiles, of 6 rows or 12.
            rows = (m // u8(2) + u8(6)) // u8(12) * u8(12)
        for job in range(2 if is_large else 1):
            at = job * JOB
            board[at + Job.TILES] = tiles
            board[at + Job.A], board[at + Job.B] = i8(a), i8(b)
            board[at + Job.AI], board[at + Job.AK] = i8(ai), i8(ak)
            board[at + Job.BK], board[at + Job.BJ] = i8(bk), i8(bj)
            board[at + Job.ROWS_AT] = i8(rows_at)
            board[at + Job.INNER_AT] = i8(inner_at)
            board[at + Job.C], board[at + Job.CI] = i8(to), i8(n)
            board[at + Job.M], board[at + Job.N] = i8(rows), i8(columns)
            board[at + Job.K], board[at + Job.SPARE] = i8(inner), i8(packed_at)
            board[at + Job.ALPHA] = f8(alpha).view(i8)
            board[at + Job.BETA] = f8(beta).view(i8)
            if is_halved_sum:
                inner_at, b = inner_at + u8(8) * inner, b + inner * n * size
                to, inner, beta = address(spare), k - inner, beta - beta
            elif columns < n:
                b, to = b + columns * bj * size, to + columns * size
                columns = n - columns
            else:
                rows_at, to = rows_at + u8(8) * rows, to + rows * n * size
                rows = m - rows
            packed_at += u8(memory(n, k)) * size
        if not is_large:
            run(board, 0)
            return
        store(board, DONE, 0)
        store(board, LEFT, 1)
        store(board, LEFT + 1, 1)
        work(board, 0)
        while load(board, DONE) < 2:
            pause()
        if is_halved_sum:
            add_to(c, spare, m * n)

    return by_tiles


def make_add_to() -> Any:
    """Return the compiled add_to(c, numbers, count): c += numbers."""
    import numba

    @numba.njit(error_model="numpy", nogil=True, pipeline_class=apart(), **INNER)
    def add_to(c: Any, numbers: Any, count: Any) -> None:
        for j in range(count):
            c[j] += numbers[j]

    return add_to


def make_transpose() -> Any:
    """Return the compiled transpose(to, B, n, k): the (n, k) matrix B as a (k, n)."""
    import numba

    @numba.njit(error_model="numpy", nogil=True, pipeline_class=apart(), **INNER)
    def transpose(to: Any, b: Any, n: Any, k: Any) -> None:
        for p in range(k):
            for j in range(n):
                to[p * n + j] = b[j * k + p]

    return transpose


def product_source(dtype: str) -> str:
    """Return the source of the product of one dtype, to be stored once for all.

    C = alpha op(A) op(B) + beta C, where op transposes if the flag after the matrix is
    set. A has the rows indices[start], indices[start + 1], ... of a larger array, one
    after the other. `way` is BLAS or TILES, or IN_PLACE, which reads those rows where
    they lie and does not use A. Tiles need a `spare` array, see `spare_numbers`, after
    it the numbers 0, 1, 2, ... up to the largest of m and k, and the board where a
    helper finds its work.
    """
    size = np.dtype(dtype).itemsize
    given = PRODUCT.header
    return _SOURCE.format(given=given, size=size, blas=BLAS, in_place=IN_PLACE)


_SOURCE = '''"""Written by Kobai to multiply matrices; it may be deleted."""

import numpy as np

from kobai.engines.numba_engine.kernels.tools import tools

address, by_blas, by_tiles = tools.address, tools.by_blas, tools.by_tiles
is_packed, transpose = tools.is_packed, tools.transpose
u8 = np.uint64


def steps({given}):
    if way == {blas}:
        by_blas(a, ta, b, tb, c, m, n, k, alpha, beta)
        return
    at, rows, count = address(a), address(b), address(counting)
    listed = count
    if way == {in_place}:
        at, listed = address(everything), address(indices) + u8(8) * start
    if tb and not is_packed(m, n, k):
        transpose(spare, b, n, k)
        rows = address(spare)
    ai, ak = (u8(1), m) if ta else (k, u8(1))
    rows_at, inner_at = (count, listed) if ta else (listed, count)
    by_tiles(
        u8({size}), board, a=at, ai=ai, ak=ak, rows_at=rows_at, inner_at=inner_at,
        b=rows, c=c, spare=spare, m=m, n=n, k=k, alpha=alpha, beta=beta, tb=tb,
    )
'''
