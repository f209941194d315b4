"""Products of matrices: by BLAS, or by tiles of our own where they are faster."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-decorators, allow-untyped-calls

import ctypes
from functools import lru_cache
from typing import Any

import numpy as np

from kobai.engines.blas import load_scipy_blas
from kobai.engines.compiled import intrinsics, tiles

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


def make_product() -> Any:
    """Return the compiled product(A, tA, B, tB, C, m, n, k, alpha, beta, way, ...).

    C = alpha op(A) op(B) + beta C, where op transposes if the flag after the matrix is
    set. `way` is BLAS or TILES; tiles need a `spare` array of B's size where B is
    transposed, and after it the numbers 0, 1, 2, ... up to the largest of m and k.
    """
    import numba

    register_blas()
    by_blas, address = intrinsics.product(), intrinsics.address()
    by_tiles = intrinsics.tiled_product()
    u8 = np.uint64

    @numba.njit(error_model="numpy", nogil=True)
    def product(
        a: Any, ta: Any, b: Any, tb: Any, c: Any,
        m: Any, n: Any, k: Any, alpha: Any, beta: Any, way: Any, spare: Any,
        counting: Any,
    ) -> Any:  # fmt: skip
        if way == 0:
            by_blas(a, ta, b, tb, c, m, n, k, alpha, beta)
            return
        rows = address(b)
        if tb:
            for p in range(k):
                for j in range(n):
                    spare[p * n + j] = b[j * k + p]
            rows = address(spare)
        ai, ak = (u8(1), m) if ta else (k, u8(1))
        at, to, count = address(a), address(c), address(counting)
        by_tiles(at, ai, ak, count, count, rows, to, m, n, k, alpha, beta)

    return product


def make_product_of_rows() -> Any:
    """Return product_of_rows(A, all A, list, start, tA, B, ...), else like `product`.

    A has the rows list[start], list[start + 1], ... of a larger array, one after the
    other. Where `way` is IN_PLACE, they are read where they lie, and A is not used.
    """
    import numba

    from kobai.engines.compiled.toolbox import tools

    address, product = intrinsics.address(), tools.product
    by_tiles = intrinsics.tiled_product()
    u8 = np.uint64

    @numba.njit(error_model="numpy", nogil=True)
    def product_of_rows(
        a: Any, everything: Any, indices: Any, start: Any, ta: Any, b: Any, tb: Any,
        c: Any, m: Any, n: Any, k: Any, alpha: Any, beta: Any, way: Any, spare: Any,
        counting: Any,
    ) -> Any:  # fmt: skip
        if way != 2:
            product(a, ta, b, tb, c, m, n, k, alpha, beta, way, spare, counting)
            return
        listed, count = address(indices) + u8(8) * start, address(counting)
        at, by, to = address(everything), address(b), address(c)
        if ta:
            by_tiles(at, u8(1), m, count, listed, by, to, m, n, k, alpha, beta)
        else:
            by_tiles(at, k, u8(1), listed, count, by, to, m, n, k, alpha, beta)

    return product_of_rows


@lru_cache
def register_tiles(dtype: str) -> None:
    """Make the tiled product of a dtype known to LLVM by name.

    It is compiled once and called like BLAS, and so not compiled into every step.
    """
    from llvmlite import binding

    from kobai.engines.compiled import storing

    avx512 = bool(binding.get_host_cpu_features().get("avx512f"))
    source = tiles.small_product_source(avx512, np.dtype(dtype).itemsize)
    binding.add_symbol(f"kobai_tiles_{dtype}", storing.load_callback(source, dtype))
