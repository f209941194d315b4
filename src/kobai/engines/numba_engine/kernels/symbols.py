"""What compiled steps call by a name: gathers and products, compiled once for all."""

# mypy: disable-error-code="import-not-found,import-untyped"
# mypy: allow-untyped-calls

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from kobai.engines.numba_engine import cache
from kobai.engines.numba_engine.abi import GATHER, PRODUCT
from kobai.engines.numba_engine.kernels import panels, products, rows, tiles, tools

# A job on the board; see `tiles`.
JOB_KINDS = ["uint64*"]


def register(dtypes: Iterable[str]) -> None:
    """Make known to LLVM what steps with products of these dtypes call."""
    with cache.LOCK:
        register_gather()
        for dtype in dtypes:
            register_product(dtype)


@lru_cache
def register_gather() -> None:
    """Make gather(out, rows, width, ...) known to LLVM by name; see `copy_rows`."""
    from llvmlite import binding

    kinds = GATHER.kinds(is_c=True)
    binding.add_symbol("kobai_gather", cache.load_callback(rows.SOURCE, kinds))


@lru_cache
def register_product(dtype: str) -> None:
    """Make the product of a dtype known to LLVM by name.

    It is compiled once and called like BLAS, and so not compiled into every step.
    """
    from llvmlite import binding

    products.register_blas()
    machine = tools.has_avx512(), np.dtype(dtype).itemsize
    for kind, source in (
        ("tiles", tiles.small_product_source(*machine)),
        ("panels", panels.panels_source(*machine)),
    ):
        address = cache.load_callback(source, JOB_KINDS)
        binding.add_symbol(f"kobai_{kind}_{dtype}", address)
    kinds = PRODUCT.kinds(dtype, is_c=True)
    product = cache.load_callback(products.product_source(dtype), kinds)
    binding.add_symbol(f"kobai_product_{dtype}", product)
