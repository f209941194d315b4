"""BLAS or tiles, for each shape of product: whichever is measured to be faster."""

import json
from contextlib import suppress
from time import perf_counter
from typing import Any

import numpy as np

from kobai.engines.compiled import storing
from kobai.engines.compiled.lowering import Op
from kobai.engines.compiled.products import BLAS, TILES

# Beyond this, 2 m n k, packing pays and BLAS is not beaten; measuring would take long.
LARGEST_TILED = 1e8

_SOURCE = '''"""Written by Kobai to measure products of matrices; it may be deleted."""

from kobai.engines.compiled.toolbox import tools

product = tools.product


def steps(times, a, ta, b, tb, c, m, n, k, alpha, beta, way, spare):
    for _ in range(times):
        product(a, ta, b, tb, c, m, n, k, alpha, beta, way, spare)
'''

_CHOSEN: dict[Any, int] = {}


def choose_way(op: Op) -> int:
    """Return how to compute a product; it is measured once per shape and process."""
    (rows, columns), inner = op.loop, op.inner
    left, right = (int(read.transposed) for read in op.reads)
    flags = left, right
    key = (rows, columns, inner, flags, op.node.dtype.name, op.beta is not None)
    if key not in _CHOSEN:
        is_large = 2.0 * rows * columns * inner > LARGEST_TILED
        _CHOSEN[key] = BLAS if is_large else _remembered(key)
    return _CHOSEN[key]


def _remembered(key: Any) -> int:
    """Return the choice of an earlier process, or measure and write it down.

    The two ways round differently, so a run that is resumed must choose the same.
    """
    path = storing.cache_folder() / f"products-{storing.versions_key()}.json"
    try:
        known = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    name = repr(key)
    if known.get(name) not in (BLAS, TILES):
        known[name] = _measure(*key)
        # Where nothing can be kept, every process measures for itself.
        with suppress(OSError):
            storing.replace_text(path, json.dumps(known))
    way: int = known[name]
    return way


def _measure(
    m: int, n: int, k: int, flags: tuple[int, int], dtype: str, adds: bool
) -> int:
    number = np.dtype(dtype).type
    a, b, c, spare = (np.ones(s, dtype) for s in (m * k, k * n, m * n, k * n))
    function = storing.load_measurement(_SOURCE, np.dtype(dtype))
    sizes = [np.uint64(s) for s in (m, n, k)]
    # Long enough for the clock, short enough to fit between two interruptions.
    times = max(1, int(5e-5 / (1e-6 + 2.0 * m * n * k / 5e10)))
    seconds = {BLAS: np.inf, TILES: np.inf}
    for _ in range(8):
        for way in (BLAS, TILES):
            start = perf_counter()
            function(
                times, a, flags[0], b, flags[1], c, *sizes, number(0.5),
                number(adds), way, spare,
            )  # fmt: skip
            seconds[way] = min(seconds[way], perf_counter() - start)
    return min(seconds, key=seconds.__getitem__)
