"""BLAS or tiles, for each shape of product: whichever is measured to be faster.

The two round differently, so a run must not change from one to the other. What was
measured is kept on the disk for all runs of this machine, and in the checkpoint of a
run for wherever it goes on.
"""

import json
from collections.abc import MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from kobai.engines.machine.folder import remove
from kobai.engines.numba_engine import cache
from kobai.engines.numba_engine.abi import GATHER, PRODUCT, REPEATED
from kobai.engines.numba_engine.helper import has_second_core
from kobai.engines.numba_engine.kernels.panels import spare_numbers
from kobai.engines.numba_engine.kernels.products import BLAS, IN_PLACE, TILES
from kobai.engines.numba_engine.kernels.symbols import register
from kobai.engines.numba_engine.kernels.two_jobs import BOARD, WORTH_SHARING
from kobai.engines.numba_engine.lower import Op
from kobai.engines.numba_engine.module import Generated

# A product with a longer side is computed as one is that has this one: it is as fast.
LONGEST_MEASURED = 1024

# BLAS has to be so much faster. Its threads wait for each other, and where another
# program has one's core, for that; tiles go on with one thread. What two threads share
# loses more: those of BLAS stay awake and keep a core from what follows, an evaluation
# for one, and between products they come late.
FAVOUR, FAVOUR_SHARED = 0.95, 0.8

# What a product by tiles takes of its time if a helper takes the half of it. That is
# not measured: the choice holds for good, and the second core may be busy just now.
HELPED = 0.6

# Seconds by BLAS, and by tiles.
Seconds = tuple[float, float]

_SOURCE = f'''"""Written by Kobai to measure products of matrices; it may be deleted."""

import numpy as np

from kobai.engines.numba_engine.kernels.tools import tools

gather, product = tools.gather, tools.product
u8 = np.uint64


def steps({REPEATED.header}):
    for turn in range(u8(times)):
        start = turn % u8(4) * count
        # Two products share the rows, so every other one has to fetch them.
        if count and way == {BLAS} and turn % u8(2) == u8(0):
            width = u8(a.size) // count * u8(a.itemsize)
            rows, out, last = everything, a, u8(indices.size) - u8(1)
            gather(({GATHER.header}))
        product(({PRODUCT.header}))
'''

_KNOWN: dict[str, Seconds] = {}


def choose_ways(
    generated: Generated, choices: MutableMapping[str, int], is_helped: bool
) -> list[int]:
    """Return how to compute each product, and last whether rows are fetched.

    `is_helped` tells that a second thread helps with products by tiles. The products
    that it shares are all computed in one way: threads of BLAS beside a helper would
    take each other's core. Rows are fetched unless all products that read them do so
    faster where they lie. What `choices` has is chosen again, whatever would be
    measured now, unless it is no way for that product; all that is chosen is written
    there, and nothing else decides.
    """
    products = generated.products
    listed = _chosen(products, generated.of_rows, is_helped, choices)
    if {listed[n] for n in generated.of_rows} == {IN_PLACE}:
        return [*listed, 0]
    return [*_chosen(products, frozenset(), is_helped, choices), 1]


def _chosen(
    products: Sequence[Op],
    listed: frozenset[int],
    is_helped: bool,
    choices: MutableMapping[str, int],
) -> list[int]:
    """Return a way for each product, if those `listed` read rows where they lie."""
    keys = [_key(op, is_helped, n in listed) for n, op in enumerate(products)]
    return _decided(keys, choices)


def _decided(keys: Sequence[Any], choices: MutableMapping[str, int]) -> list[int]:
    together = [key for key in keys if _is_shared(key)]
    for group in (together, *([key] for key in keys if key not in together)):
        if all(choices.get(repr(key)) in _ways(key) for key in group):
            continue
        seconds = [_seconds(key) for key in group]
        blas, tiles = map(sum, zip(*seconds, strict=True))
        favour = FAVOUR_SHARED if group is together else FAVOUR
        for key in group:
            choices[repr(key)] = _ways(key)[not blas < favour * tiles]
    return [choices[repr(key)] for key in keys]


def _key(op: Op, is_helped: bool, is_listed: bool) -> Any:
    (rows, columns), inner = op.loop, op.inner
    left, right = (int(read.transposed) for read in op.reads)
    flags = left, right
    adds = op.beta is not None
    dtype = op.node.dtype.name
    return (rows, columns, inner, flags, dtype, adds, is_helped, is_listed)


def _is_shared(key: Any) -> bool:
    """Whether two threads compute such a product by tiles."""
    rows, columns, inner, *_, is_helped, _ = key
    return bool(is_helped and rows * columns * inner >= WORTH_SHARING)


def _ways(key: Any) -> tuple[int, int]:
    is_listed = key[-1]
    return BLAS, IN_PLACE if is_listed else TILES


def _seconds(key: Any) -> Seconds:
    name = repr(key)
    if name not in _KNOWN:
        sides = (min(side, LONGEST_MEASURED) for side in key[:3])
        _KNOWN[name] = _remembered((*sides, *key[3:]))
    return _KNOWN[name]


def _remembered(key: Any) -> Seconds:
    """Return what an earlier process has measured, or measure and write it down.

    The two ways round differently, so all runs must choose the same: of several
    processes that measure at once the first to write decides for all. Where nothing can
    be kept, it is BLAS, as measuring would tell each process something else.
    """
    path = choices_path()
    if path is None:
        return _BLAS_ALONE
    name = repr(key)
    if name not in _noted(path):
        line = json.dumps([name, _measure(*key)])
        with suppress(OSError):
            if not path.is_file():
                remove(path)
            # On a line of its own, even if the last one was cut short.
            with path.open("a", encoding="utf-8") as file:
                file.write(f"\n{line}\n")
    return _noted(path).get(name, _BLAS_ALONE)


_BLAS_ALONE = 0.0, 1.0


def choices_path() -> Path | None:
    """Return the file in the user's cache that has what was measured, or None."""
    folder = cache.usable_folder()
    return folder and folder / f"products-{cache.versions_key()}.jsonl"


def _noted(path: Path) -> dict[str, Seconds]:
    """Return the seconds in a file, of several for one product the first."""
    try:
        # What was here instead of a file will be replaced; a pipe would never end.
        lines = path.read_bytes().splitlines() if path.is_file() else []
    except OSError:
        return {}
    known: dict[str, Seconds] = {}
    for line in reversed(lines):
        # What a full disk has cut short, or is no text, counts as not there.
        with suppress(ValueError, TypeError, RecursionError):
            name, (blas, tiles) = json.loads(line)
            is_time = type(blas) is type(tiles) is float and min(blas, tiles) >= 0
            if type(name) is str and is_time:
                known[name] = blas, tiles
    return known


def _measure(
    m: int,
    n: int,
    k: int,
    flags: tuple[int, int],
    dtype: str,
    adds: bool,
    is_helped: bool,
    is_listed: bool,
) -> Seconds:
    a, b, c = (np.ones(s, dtype) for s in (m * k, k * n, m * n))
    spare = np.ones(spare_numbers(m, n, k), dtype)
    count = (k if flags[0] else m) if is_listed else 0
    rows = np.ones(4 * m * k if is_listed else 1, dtype)
    indices = np.random.default_rng(0).permutation(4 * count)
    counting, board = np.arange(max(m, k)), np.zeros(BOARD, np.int64)
    register([dtype])
    function = cache.load_measurement(_SOURCE, dtype)
    # Long enough for the clock, short enough to fit between two interruptions.
    times = max(2, int(5e-5 / (1e-6 + 2.0 * m * n * k / 5e10)))
    tiled = IN_PLACE if is_listed else TILES
    is_shared = is_helped and m * n * k >= WORTH_SHARING and has_second_core()
    seconds = {BLAS: np.inf, tiled: np.inf}
    for _ in range(8):
        for way in seconds:
            given = REPEATED.in_order(
                times=times, count=count, a=a, everything=rows,
                indices=indices, ta=flags[0], b=b, tb=flags[1], c=c, m=m, n=n, k=k,
                alpha=0.5, beta=float(adds), way=way, spare=spare,
                counting=counting, board=board,
            )  # fmt: skip
            start = perf_counter()
            function(*given)
            seconds[way] = min(seconds[way], perf_counter() - start)
    return seconds[BLAS], seconds[tiled] * (HELPED if is_shared else 1)
