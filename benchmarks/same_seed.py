"""Train with the same seed again and again, and compare every bit.

    python benchmarks/same_seed.py --processes 50 --runs 20
    python benchmarks/same_seed.py --processes 50 --runs 20 --busy 4

Every process trains each network several times, with memory taken and given back in
between, so that the arrays come to lie elsewhere; the parameters, losses, records and
predictions of all runs must be the same, with each engine. Then every process gives the
compiled steps their arrays on purpose at other places: side by side in any order, and
against pages that may not be touched, with what is in the buffers before left to
chance. `--busy` keeps so many other processes at work meanwhile.
"""

import argparse
import ctypes
import hashlib
import json
import mmap
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.autodiff.trees import leaves
from kobai.data import load_digits
from kobai.engines.numba_engine import Epoch
from kobai.engines.numba_engine.kernels.products import BLAS, TILES
from kobai.networks import (
    ACTIVATIONS,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    Network,
    Sigmoid,
    Softmax,
    Tanh,
)
from kobai.optimizers import OPTIMIZERS
from kobai.training import train
from kobai.training.feed import Burst
from kobai.training.step import make_step
from kobai.training.steppers import NumbaStepper

DTYPES = "float32", "float64"
ENGINES = "numba", "numpy"
LINE = 64


@dataclass(frozen=True)
class Case:
    """A network with its data, and how it is trained."""

    build: Callable[[], Network]
    x: np.ndarray
    t: np.ndarray
    optimizer: str
    steps: int
    batch: int
    gradient: str = "backprop"


def cases() -> dict[str, Case]:
    """Return every layer and every optimizer, with both kinds of numbers."""
    found: dict[str, Case] = {}
    for dtype in DTYPES:
        digits = load_digits()
        x, t = digits.x_train.astype(dtype), digits.t_train
        small, labels = x[:45], t[:45]
        found[f"64-50-10 {dtype}"] = Case(_two_layers(50, dtype), x, t, "sgd", 144, 20)
        every = small.reshape(-1, 8, 8)
        found[f"every layer {dtype}"] = Case(
            _every_layer(dtype), every, labels, "momentum", 20, 15
        )
        for name in OPTIMIZERS:
            build = _two_layers(7, dtype)
            found[f"{name} {dtype}"] = Case(build, small, labels, name, 30, 13)
    few, some = x[:20, 20:28], t[:20] % 3
    found["numerical"] = Case(
        lambda: Network(8, [Dense(4), Tanh(), Dense(3), Softmax()], dtype="float64"),
        few, some, "sgd", 5, 20, "numerical",
    )  # fmt: skip
    return found


def _two_layers(hidden: int, dtype: str) -> Callable[[], Network]:
    layers = Dense(hidden), Sigmoid(), Dense(10), Softmax()
    return lambda: Network(64, layers, dtype=dtype, seed=0)


def _every_layer(dtype: str) -> Callable[[], Network]:
    # Exponential before those that keep what it gives within bounds.
    kinds = sorted(ACTIVATIONS.values(), key=lambda kind: kind.hidden)
    middle = [layer for kind in kinds for layer in (Dense(9), kind())]
    layers = Flatten(), BatchNorm(), *middle, Dropout(0.3), Dense(10), Softmax()
    return lambda: Network((8, 8), layers, dtype=dtype, seed=0)


# --- whole runs


def result(case: Case, chance: np.random.Generator, engine: str = "numba") -> str:
    """Train once, with all that is allocated at other places; return a fingerprint."""
    litter = [np.empty(size, np.uint8) for size in chance.integers(1, 5000, 60)]
    del litter[:: int(chance.integers(1, 4))]
    x, t = placed([case.x, case.t], chance)
    network = case.build()
    history = train(
        network,
        ((x, t), (x[:10], t[:10])),
        optimizer=OPTIMIZERS[case.optimizer](0.01),
        batch_size=case.batch,
        steps=case.steps,
        seed=0,
        engine=engine,
        gradient=case.gradient,
        progress=False,
    )
    records = [history[name] for name in history.names() if name != "seconds"]
    learnt = [*network.params.values(), *network.statistics.values()]
    (moved,) = placed([case.x[:33]], chance)
    said = network.predict(moved)
    return fingerprint([*learnt, history.step_losses, *records, said])


def fingerprint(arrays: list[Any]) -> str:
    """Return a short name for all bits of some arrays."""
    bits = b"".join(np.asarray(array).tobytes() for array in arrays)
    return hashlib.sha256(bits).hexdigest()[:12]


# --- arrays at places of our choice


def placed(arrays: list[np.ndarray], chance: np.random.Generator) -> list[np.ndarray]:
    """Return copies side by side in any order, at most a cache line apart."""
    room = sum(array.nbytes + 2 * LINE for array in arrays) + mmap.PAGESIZE
    memory = np.full(room, 0xFF, np.uint8)
    at = int(chance.integers(LINE))
    found: list[Any] = [None] * len(arrays)
    for number in chance.permutation(len(arrays)):
        array = arrays[number]
        at += -(memory.ctypes.data + at) % array.itemsize
        part = memory[at : at + array.nbytes]
        found[number] = part.view(array.dtype).reshape(array.shape)
        found[number][...] = array
        at += array.nbytes + int(chance.integers(-LINE, LINE).clip(0))
    return found


def guarded(array: np.ndarray, at_end: bool) -> np.ndarray:
    """Return a copy that begins or ends at a page which nobody may read or write."""
    page = mmap.PAGESIZE
    length = -(-max(array.nbytes, 1) // page) * page
    memory = np.frombuffer(mmap.mmap(-1, length + 2 * page), np.uint8)
    libc = ctypes.CDLL(None, use_errno=True)
    for start in (0, page + length):
        address = ctypes.c_void_p(memory.ctypes.data + start)
        if libc.mprotect(address, ctypes.c_size_t(page), 0):
            raise OSError(ctypes.get_errno(), "mprotect")
    first = page + (length - array.nbytes if at_end else 0)
    part = memory[first : first + array.nbytes]
    copy: np.ndarray = part.view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def after_a_guard(arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Return copies that each begin where a page begins."""
    return [guarded(array, at_end=False) for array in arrays]


def before_a_guard(arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Return copies that each end where a page ends."""
    return [guarded(array, at_end=True) for array in arrays]


class Places:
    """A compiled step, which gets its arrays and buffers wherever one likes."""

    def __init__(self, case: Case, steps: int = 5) -> None:
        network, optimizer = case.build(), OPTIMIZERS[case.optimizer](0.01)
        rng = np.random.default_rng(0)
        stepper = NumbaStepper(make_step(network, optimizer, "backprop"))
        state = optimizer.init(network.params)
        work = stepper.begin((network.params, state, network.statistics))
        rows = rng.integers(0, len(case.x), (steps, case.batch))
        noises = [network.noise(case.batch, rng) for _ in range(steps)]
        noises = noises if noises[0] else []
        rates = np.full(steps, 0.01, network.dtype)
        data = {"x": case.x.astype(network.dtype), "t": case.t}
        epoch = stepper._epoch(work, data, Burst(rows, noises, rates))
        if epoch is None:
            raise SystemExit("the step has no compiled form")
        self.epoch: Epoch = epoch
        masks = [np.stack(m) for m in zip(*map(leaves, noises), strict=True)]
        self.own = epoch._core.own
        parts = [
            leaves(work),
            [*data.values()],
            [rows],
            [*masks, rates],
            [np.zeros(steps)],
        ]
        self.parts = [[np.array(a) for a in part] for part in parts]

    def ways(self) -> Iterator[str]:
        """Yield the ways to compute products, and take them meanwhile."""
        chosen = self.own["ways"]
        for name, way in (("as chosen", None), ("BLAS", BLAS), ("tiles", TILES)):
            before = chosen.copy()
            if way is not None:
                chosen[:-1], chosen[-1] = way, 1
            yield name
            chosen[:] = before

    def result(
        self, put: Callable[[list[np.ndarray]], list[np.ndarray]], junk: int = 0
    ) -> str:
        """Take the steps with all arrays where `put` puts them."""
        buffers = [np.zeros_like(b) for b in self.own["buffers"]]
        for buffer in buffers:
            buffer.view(np.uint8)[...] = junk
        parts = [*self.parts, self.own["constants"], buffers]
        flat = iter(put([array for part in parts for array in part]))
        moved = [[next(flat) for _ in part] for part in parts]
        arrays, data, (rows,), each, (losses,), constants, buffers = moved
        own = {**self.own, "constants": constants, "buffers": buffers}
        self.epoch._core.own = own
        self.epoch(arrays, data, rows, each, losses)
        return fingerprint([*arrays, losses])


def results_at_places(case: Case, times: int, seed: int) -> dict[str, Counter[str]]:
    """Return the different results for each way to compute the products."""
    chance, places = np.random.default_rng(seed), Places(case)
    found: dict[str, Counter[str]] = {}
    for way in places.ways():
        seen = found[way] = Counter()
        for _ in range(times):
            # All bits set are NaN, all but some of them a large number.
            junk = int(chance.choice([0, 0x5A, 0xFF]))
            seen[places.result(lambda given: placed(given, chance), junk)] += 1
        if sys.platform == "linux":
            for put in (before_a_guard, after_a_guard):
                seen[places.result(put)] += 1
    return found


# --- processes


def work(seed: int, runs: int, places: int, only: str) -> None:
    """Do one process's part, and print what came out."""
    chance = np.random.default_rng(seed)
    found: dict[str, Counter[str]] = {}
    for name, case in cases().items():
        if only not in name:
            continue
        for engine in ENGINES:
            seen = Counter(result(case, chance, engine) for _ in range(runs))
            found[f"{name}, {engine}"] = seen
        if places and case.gradient == "backprop":
            at = results_at_places(case, places, seed)
            found |= {f"{name}, {way}, placed": seen for way, seen in at.items()}
    print(json.dumps(found))


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep some processes at work on nothing."""
    command = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(command) for _ in range(processes)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def same_seed(
    processes: int, runs: int, places: int, only: str = ""
) -> dict[str, Counter[str]]:
    """Return how often each result came out, for everything that was computed."""
    found: dict[str, Counter[str]] = {}
    for seed in range(processes):
        command = [sys.executable, __file__, "--work", str(seed)]
        command += ["--runs", str(runs), "--places", str(places), "--only", only]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit(f"a process failed with {done.returncode}")
        for name, seen in json.loads(done.stdout).items():
            found.setdefault(name, Counter()).update(seen)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=10)
    parser.add_argument("--runs", type=int, default=5, help="of each, in each process")
    parser.add_argument("--places", type=int, default=20, help="in each process")
    parser.add_argument("--busy", type=int, default=0, help="processes meanwhile")
    parser.add_argument("--only", default="", help="what has this in its name")
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work is not None:
        work(options.work, options.runs, options.places, options.only)
        return
    began = time.perf_counter()
    with busy(options.busy):
        given = options.processes, options.runs, options.places, options.only
        found = same_seed(*given)
    for name, seen in found.items():
        times, results = sum(seen.values()), ", ".join(seen)
        print(f"{name:35} {times:6} times, {len(seen)} results: {results}")
    print(f"{time.perf_counter() - began:.0f} s")
    sys.exit(any(len(seen) > 1 for seen in found.values()))


if __name__ == "__main__":
    main()
