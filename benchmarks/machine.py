"""What the numbers were measured on: processor, versions, BLAS, its speed.

python benchmarks/machine.py          # print the facts
python benchmarks/machine.py --gemm numpy    # GFLOP/s of a product of matrices
"""

import argparse
import json
import platform
import re
import subprocess
import sys
import time
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from peers import CORES

PACKAGES = (
    "kobai",
    "numpy",
    "torch",
    "jax",
    "jaxlib",
    "scikit-learn",
    "mlx",
    "tinygrad",
    "autograd",
    "numba",
    "scipy",
    "polars",
    "pandas",
    "lightgbm",
    "catboost",
)
GEMM_SIZE = 2048


def processor() -> str:
    """Return the name of the CPU, as the operating system gives it."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1) if found else platform.machine()


def vector_extension() -> str:
    """Return the widest vector instructions of the CPU, where that can be read."""
    try:
        flags = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return "unknown"
    known = {"avx512f": "AVX-512", "avx2": "AVX2", "asimd": "NEON"}
    return next((name for flag, name in known.items() if flag in flags), "unknown")


def installed() -> dict[str, str]:
    """Return the versions of the contenders' packages."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def blas() -> str:
    """Return what NumPy multiplies matrices with."""
    import numpy  # noqa: F401 (loads the library that is asked about)

    return thread_pools()


def thread_pools() -> str:
    """Return the libraries loaded in this process that have threads of their own."""
    from threadpoolctl import threadpool_info

    pools = []
    for pool in threadpool_info():
        name = f"{pool['internal_api']} {pool['version'] or ''}".strip()
        kernels = f", kernels {pool['architecture']}" if "architecture" in pool else ""
        pools.append(f"{name}{kernels}, {pool['num_threads']} threads")
    return "; ".join(pools)


def gemm_speed(library: str) -> float:
    """Return the GFLOP/s of a float32 product of two large square matrices."""
    if library == "numpy":
        import numpy as np

        A = np.ones((GEMM_SIZE, GEMM_SIZE), np.float32)
        multiply = lambda: A @ A
    else:
        import torch

        torch.set_num_threads(CORES)
        A = torch.ones((GEMM_SIZE, GEMM_SIZE))
        multiply = lambda: A @ A
    multiply()
    times = []
    for _ in range(7):
        started = time.perf_counter()
        multiply()
        times.append(time.perf_counter() - started)
    return 2 * GEMM_SIZE**3 / min(times) / 1e9


@cache
def measured_gemm() -> dict[str, float]:
    """Return the speed with each library, each measured in a process of its own."""
    speeds = {}
    for library in ("numpy", "torch"):
        command = [sys.executable, __file__, "--gemm", library]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0:
            speeds[library] = float(done.stdout)
    return speeds


@cache
def facts() -> dict[str, object]:
    """Return everything that the results depend on besides the code."""
    return {
        "processor": processor(),
        "cores": CORES,
        "vectors": vector_extension(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": installed(),
        "blas": blas(),
        "gemm_gflops": measured_gemm(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gemm", choices=("numpy", "torch"))
    options = parser.parse_args()
    if options.gemm:
        print(gemm_speed(options.gemm))
    else:
        print(json.dumps(facts(), indent=1))


if __name__ == "__main__":
    main()
