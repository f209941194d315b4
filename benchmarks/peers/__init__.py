"""The contenders: each trains the same network on the same batches.

A contender is a class with

    prepare(problem)       take the problem; nothing here is timed
    reset()                go back to the initial parameters
    run(epochs)            train; wait for the result; return nothing
    params()               [W1, b1, W2, b2, ...] as NumPy arrays
    loss()                 mean loss of the steps of the last epoch
    start_predicting(x)    take the rows to predict
    predict()              probabilities, ready to be read by NumPy

Each lives in a process of its own, whose environment says how many threads it uses.
"""

import os
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
CORES = CORES or os.cpu_count() or 1

ONE_BLAS_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
ONE_XLA_THREAD = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"} | ONE_BLAS_THREAD


@dataclass(frozen=True)
class Entry:
    """How a contender is made, in which environment."""

    label: str
    module: str
    name: str
    options: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    ours: bool = False
    exact: bool = True
    """Whether it takes the given batches, and so must end with the same parameters."""

    def make(self) -> Any:
        """Import its library and return the contender."""
        return getattr(import_module(f"peers.{self.module}"), self.name)(**self.options)


def _kobai(engine: str) -> Entry:
    return Entry(
        f"Kobai, {engine}", "kobai_engines", "Kobai", {"engine": engine}, ours=True
    )


def _called(engine: str) -> Entry:
    label = f"kobai.train, {engine}"
    return Entry(label, "kobai_engines", "Called", {"engine": engine}, ours=True)


def _torch(label: str, threads: int, name: str = "Eager") -> Entry:
    return Entry(f"PyTorch {label}", "pytorch", name, {"threads": threads})


CONTENDERS: dict[str, Entry] = {
    "kobai-eager": _kobai("eager"),
    "kobai-numpy": _kobai("numpy"),
    "kobai-numba": _kobai("numba"),
    "kobai-train-numpy": _called("numpy"),
    "kobai-train-numba": _called("numba"),
    "by-hand": Entry("NumPy by hand", "by_hand", "ByHand"),
    "by-hand-1": Entry(
        "NumPy by hand, 1 thread", "by_hand", "ByHand", environment=ONE_BLAS_THREAD
    ),
    "torch-1": _torch("eager, 1 thread", 1),
    "torch-all": _torch("eager, all threads", CORES),
    "torch-compile": _torch("compile", CORES, "Compiled"),
    "jax-step": Entry("JAX jit, step by step", "with_jax", "Steps"),
    "jax-scan": Entry("JAX scan", "with_jax", "Scan"),
    "jax-scan-1": Entry(
        "JAX scan, 1 thread", "with_jax", "Scan", environment=ONE_XLA_THREAD
    ),
    "jax-evaluated": Entry("JAX scan, evaluated", "with_jax", "Evaluated"),
    "mlx": Entry("MLX compile, CPU", "with_mlx", "Mlx"),
    "tinygrad": Entry("tinygrad, captured", "with_tinygrad", "Tinygrad"),
    "sklearn": Entry("scikit-learn", "scikit_learn", "ScikitLearn", exact=False),
    "autograd": Entry("HIPS autograd", "hips_autograd", "Autograd"),
}
