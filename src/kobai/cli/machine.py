"""What `kobai doctor` finds out: packages, the speed of products, what would help."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from kobai.engines.machine.blas import (
    AVX512_KERNELS,
    CORETYPE,
    BlasLibrary,
    blas_threads,
    is_taken_for_older,
    uses_slow_kernels,
)
from kobai.engines.machine.processor import Processor
from kobai.extras import install_extra, pip_install

# Rows of a batch, inputs, units: a small layer, a large one, and as fast as it gets.
SHAPES = ((100, 784, 50), (512, 784, 1024), (2048, 2048, 2048))
SECONDS = 0.2
TOO_LONG = 0.8

PACKAGES = {"numpy": "NumPy", "scipy": "SciPy", "numba": "Numba"}
EXTRAS = {"fast": ("numba", "scipy")}
LIMITS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")


def version_of(package: str) -> str:
    """Return the version of an installed package, or "" without it.

    >>> version_of("no-such-package")
    ''
    """
    # It is slow to load, and every command loads this module.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return ""


@dataclass(frozen=True)
class Speed:
    """GFLOP/s of a product (m, k) @ (k, n) in float32, by the number of threads."""

    shape: tuple[int, int, int]
    gflops: dict[int | None, float]

    @property
    def best(self) -> tuple[int | None, float]:
        """The number of threads that was fastest, and its GFLOP/s."""
        return max(self.gflops.items(), key=lambda item: item[1])


def measure_products(
    threads: int | None, shapes: tuple[tuple[int, int, int], ...] = SHAPES
) -> list[Speed]:
    """Return the speeds of products of growing size, with one thread and with all.

    `threads` is what BLAS has, None where that cannot be known or changed. Products
    that would take long are left out.
    """
    found: list[Speed] = []
    counts: list[int | None] = [*sorted({1, threads})] if threads else [None]
    for shape in shapes:
        work = _operations(shape) / 1e9
        counts = [
            count
            for count in counts
            if not found or work < TOO_LONG * found[-1].gflops[count]
        ]
        gflops = {count: work / _best_time(shape, count) for count in counts}
        if gflops:
            found.append(Speed(shape, gflops))
    return found


def _operations(shape: tuple[int, int, int]) -> float:
    """Return what a product takes: a multiply-add counts as two operations."""
    m, k, n = shape
    return 2.0 * m * k * n


def _best_time(shape: tuple[int, int, int], threads: int | None) -> float:
    """Return the shortest of many times: other programs can only lengthen one."""
    import numpy as np

    m, k, n = shape
    rng = np.random.default_rng(0)
    x = rng.random((m, k), dtype=np.float32)
    W = rng.random((k, n), dtype=np.float32)
    out = np.empty((m, n), np.float32)
    best = float("inf")
    with blas_threads(threads):
        stop = perf_counter() + SECONDS
        while best == float("inf") or perf_counter() < stop:
            started = perf_counter()
            np.matmul(x, W, out=out)
            best = min(best, perf_counter() - started)
    return best


def load_average() -> float:
    """Return how many programs want a core at a time, or 0 where that is not known."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return 0.0


def advice(
    processor: Processor,
    libraries: list[BlasLibrary],
    speeds: list[Speed],
    load: float = 0.0,
    environment: Mapping[str, str] = os.environ,
) -> list[str]:
    """Return what would make this machine faster, in sentences."""
    return [
        *_about_packages(),
        *_about_kernels(processor, libraries, environment),
        *_about_threads(processor, libraries, environment),
        *_about_load(processor, load),
        *_about_slow_threads(speeds),
    ]


def _about_packages() -> list[str]:
    return [
        f"{install_extra(extra)} brings {_and(missing)}, for the compiled engine, the "
        "fastest there is."
        for extra, packages in EXTRAS.items()
        if (missing := [PACKAGES[each] for each in packages if not version_of(each)])
    ]


def _about_kernels(
    processor: Processor, libraries: list[BlasLibrary], environment: Mapping[str, str]
) -> list[str]:
    chosen = environment.get(CORETYPE)
    slow = uses_slow_kernels(processor, libraries)
    if slow and chosen and chosen != AVX512_KERNELS:
        return [
            f"{CORETYPE}={chosen} is set, so that OpenBLAS leaves this processor's "
            f"AVX-512 unused. {CORETYPE}={AVX512_KERNELS} may be up to twice as fast."
        ]
    if slow or is_taken_for_older(processor):
        return [
            f"{CORETYPE}={AVX512_KERNELS}, set before Python starts, may make matrix "
            "products in your own scripts and notebooks up to twice as fast: without "
            "it, many versions of OpenBLAS take this processor for an older one that "
            "has no AVX-512. The command kobai does so by itself."
        ]
    if any(library.name == "reference BLAS" for library in libraries):
        return [
            f"{pip_install('numpy', '--force-reinstall')} brings a NumPy with "
            "OpenBLAS: this one uses the reference BLAS, which is many times slower."
        ]
    return []


def _about_threads(
    processor: Processor, libraries: list[BlasLibrary], environment: Mapping[str, str]
) -> list[str]:
    counts = [each.threads for each in libraries if each.threads is not None]
    if not counts or min(counts) >= processor.cores:
        return []
    limits = [f"{name}={environment[name]}" for name in LIMITS if name in environment]
    why = f": {_and(limits)}" if limits else ""
    return [
        f"BLAS may use {min(counts)} of {processor.cores} cores{why}. Large networks "
        "would train faster with all of them."
    ]


def _about_load(processor: Processor, load: float) -> list[str]:
    if load < 0.5 * processor.cores:
        return []
    return [
        f"Other programs keep the cores busy (load {load:.1f} on {processor.cores}): "
        "on a quiet machine these figures are higher."
    ]


def _about_slow_threads(speeds: list[Speed]) -> list[str]:
    """Say so when threads do harm: those of BLAS wait for each other in a loop."""
    if not speeds or len(speeds[0].gflops) == 1 or speeds[-1].best[0] != 1:
        return []
    return [
        "OPENBLAS_NUM_THREADS=1, set before Python starts, helps for now: even the "
        "largest product was faster with one thread than with all, as it is where "
        "other programs take the cores away from BLAS's threads."
    ]


def _and(names: list[str]) -> str:
    return " and ".join(names)
