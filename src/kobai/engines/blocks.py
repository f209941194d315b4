"""A function of rows, block by block, on as many cores as pay: evaluation, prediction.

Every block is computed by one thread, in the same way whichever it is, and blocks have
their order: what comes out does not depend on how many threads there are.
"""

from _thread import LockType, allocate_lock, start_new_thread
from collections import deque
from collections.abc import Callable, Hashable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from functools import cache, partial
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.autodiff.trees import Tree, leaves, unflatten
from kobai.engines import Engine, Jax, jax_options
from kobai.engines.kept import kept
from kobai.engines.machine.blas import blas_limit, blas_threads
from kobai.engines.machine.processor import threads_here
from kobai.engines.numpy_engine.program import Program, write_program
from kobai.errors import GradientError
from kobai.functions.arrays import Array
from kobai.graph import trace

if TYPE_CHECKING:
    from kobai.engines.numba_engine import Generated

# So many rows at a time stay in the processor's cache between operations.
BLOCK = 1024

# Multiply-adds from which on a second thread pays: they last several times as long as a
# core needs to wake up. A thread takes as many blocks at a time as have those of a
# turn, since every turn has its calls from Python.
WORTH_A_THREAD = 15_000_000
WORTH_A_TURN = 10_000_000

# f(lasting, rows) -> some numbers; pure.
Measure = Callable[..., Sequence[Array]]


@cache
def block_of(rows: int) -> int:
    """Return how many rows to take at a time: where that is near, all blocks alike.

    >>> block_of(500), block_of(6000), block_of(1437)
    (500, 1000, 1024)
    """
    if rows <= BLOCK:
        return rows
    sizes = range(BLOCK, BLOCK // 2, -1)
    return next((size for size in sizes if rows % size == 0), BLOCK)


def workers_for(multiply_adds: float) -> int:
    """Return how many threads are worth so much work.

    >>> workers_for(1000)
    1
    """
    return cores() if multiply_adds >= WORTH_A_THREAD else 1


def _turn(count: int, workers: int, multiply_adds: float) -> int:
    """Return how many of so many blocks a thread takes at a time.

    >>> _turn(8, 1, 1e6), _turn(8, 2, 20e6), _turn(8, 2, 240e6)
    (8, 4, 1)
    """
    if workers == 1:
        return count
    few = int(count * WORTH_A_TURN / multiply_adds)
    return max(1, min(few, ceil(count / workers)))


def share(run: Callable[[int], None], count: int, workers: int) -> None:
    """Call run(0) to run(count - 1), on several threads at once.

    The first error ends it, and is raised.
    """
    left, failed = deque(range(count)), deque[BaseException]()

    def work() -> None:
        # A thread begins with NumPy's own settings: what overflows shows in the result.
        with np.errstate(all="ignore"):
            while not failed:
                try:
                    number = left.popleft()
                except IndexError:
                    # Looking first would not help: another thread may take the last.
                    return
                try:
                    run(number)
                except BaseException as error:
                    failed.append(error)

    def assist(done: LockType) -> None:
        try:
            work()
        finally:
            done.release()

    helpers = []
    try:
        for _ in range(min(count, workers) - 1):
            done = allocate_lock()
            done.acquire()
            # Where no thread can be had, there is one fewer.
            with suppress(RuntimeError):
                # A `Thread` would be waited for until it runs, which takes a while.
                start_new_thread(assist, (done,))
                helpers.append(done)
        work()
        for done in helpers:
            done.acquire()
    finally:
        # Ctrl-C may come between two calls, too: then the others end as well.
        left.clear()
    if failed:
        raise failed[0]


def cores() -> int:
    """Return how many threads may work at once: those of BLAS, by whatever limit."""
    here = threads_here()
    return min(here, blas_limit() or here)


# Of arrays that last, and rows of data: from block to block, the numbers of each.
Loop = Callable[[list[Any], list[Any], int, int], np.ndarray]


class Blocks:
    """A pure function that gives some numbers for rows of data, compiled for blocks.

        f(lasting, rows) -> numbers

    `structure` is all that f depends on besides its arguments: with it what is compiled
    is kept for the next of the same. What cannot be traced runs as it is written.
    `choices` are those of a `Stepper`.
    """

    def __init__(
        self,
        f: Measure,
        structure: Hashable = None,
        engine: Engine = "numpy",
        choices: MutableMapping[str, int] | None = None,
    ) -> None:
        self.f = f
        self.structure = structure
        self.engine = engine
        self.choices = {} if choices is None else choices
        # Those that nobody uses now: the buffers of each belong to one thread.
        self._idle: dict[Any, list[Loop]] = {}
        self._lock = Lock()

    def __call__(
        self, lasting: Tree, rows: Mapping[str, np.ndarray], multiply_adds: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return f's numbers for each block, (blocks, numbers), and their sizes.

        `rows` has arrays with the rows along axis 0; all of it is about so many
        `multiply_adds`.
        """
        workers = workers_for(multiply_adds)
        spans = []
        for part, size in _parts(rows):
            count = len(next(iter(part.values()))) // size
            step = _turn(count, workers, multiply_adds)
            spans += [
                (part, size, first, min(first + step, count))
                for first in range(0, count, step)
            ]
        found: list[np.ndarray] = [np.empty(0)] * len(spans)
        given = leaves(lasting)

        def run(number: int) -> None:
            part, size, first, stop = spans[number]
            key = _key(lasting, part, size)
            idle = self._idle.setdefault(key, [])
            try:
                loop = idle.pop()
            except IndexError:
                loop = self._made(key, lasting, part, size)
            found[number] = loop(given, list(part.values()), first, stop)
            idle.append(loop)

        is_shared = workers > 1 and len(spans) > 1
        with blas_threads(1 if is_shared or workers == 1 else None):
            share(run, len(spans), workers)
        sizes = [size for _, size, first, stop in spans for _ in range(first, stop)]
        return np.concatenate(found), np.array(sizes)

    def _made(
        self, key: Any, lasting: Tree, rows: Mapping[str, np.ndarray], size: int
    ) -> Loop:
        """Return what computes blocks of a size, compiled now or before."""
        block = {
            name: np.zeros((size, *each.shape[1:]), each.dtype)
            for name, each in rows.items()
        }
        options = jax_options(self.engine)
        kind = options or ("numba" if self.engine == "numba" else "numpy")
        write = partial(_write_jax, options) if options else _WRITE[str(kind)]
        with self._lock:
            full = "blocks", kind, key
            written = kept(self.structure, full, lambda: write(self.f, lasting, block))
            if written is None:
                return _as_written(self.f, lasting, list(rows), size)
            if isinstance(written, Program):
                return _one_by_one(written.load(), size)
            if callable(written):
                return _one_by_one(written, size)
            return _by_numba(written, size, self.choices)


def _parts(
    rows: Mapping[str, np.ndarray],
) -> list[tuple[Mapping[str, np.ndarray], int]]:
    """Return the rows that fill blocks of one size, and what is left, with its size."""
    count = len(next(iter(rows.values())))
    size = block_of(count)
    rest = count % size
    if not rest:
        return [(rows, size)]
    whole = {name: each[: count - rest] for name, each in rows.items()}
    tail = {name: each[count - rest :] for name, each in rows.items()}
    return [(whole, size), (tail, rest)]


def _key(lasting: Tree, rows: Mapping[str, np.ndarray], size: int) -> Any:
    kinds = [(a.shape, a.dtype.str) for a in leaves(lasting)]
    kinds += [(a.shape[1:], a.dtype.str) for a in rows.values()]
    return tuple(rows), size, tuple(kinds)


def _write_numpy(f: Measure, *examples: Tree) -> Program | None:
    """Return the program for a block like the example, or None for what has none."""
    try:
        graph = trace(f, *examples)
    except GradientError:
        return None
    labels = [n for n in graph.inputs if n.name == "rows.t"]
    return write_program(graph, valid_indices=labels)


def _write_numba(f: Measure, *examples: Tree) -> "Generated | Program | None":
    from kobai.engines.numba_engine import NotCompilable, write_blocks

    lasting, block = examples
    try:
        graph = trace(f, lasting, block)
        return write_blocks(graph, len(block))
    except (GradientError, NotCompilable):
        return _write_numpy(f, *examples)


def _write_jax(options: Jax, f: Measure, *examples: Tree) -> Callable[..., Any] | None:
    from kobai.engines.jax_engine import NotLowered, compile_jax

    try:
        return compile_jax(trace(f, *examples), options)
    except (GradientError, NotLowered):
        return None


_WRITE: dict[str, Callable[..., Any]] = {"numpy": _write_numpy, "numba": _write_numba}


def _as_written(f: Measure, like: Tree, names: list[str], size: int) -> Loop:
    def loop(given: list[Any], rows: list[Any], first: int, stop: int) -> np.ndarray:
        lasting = unflatten(like, given)
        found = []
        for n in range(first, stop):
            parts = (each[n * size : (n + 1) * size] for each in rows)
            found.append(f(lasting, dict(zip(names, parts, strict=True))))
        return np.array(found, float)

    return loop


def _one_by_one(run: Callable[..., Sequence[Any]], size: int) -> Loop:
    def loop(given: list[Any], rows: list[Any], first: int, stop: int) -> np.ndarray:
        found = []
        for n in range(first, stop):
            parts = [each[n * size : (n + 1) * size] for each in rows]
            found.append([float(number) for number in run(*given, *parts)])
        return np.array(found)

    return loop


def _by_numba(
    generated: "Generated", size: int, choices: MutableMapping[str, int]
) -> Loop:
    from kobai.engines.numba_engine import Core, flattened

    core = Core(generated, choices)
    nothing = np.empty(0, np.int64)

    def loop(given: list[Any], rows: list[Any], first: int, stop: int) -> np.ndarray:
        count = stop - first
        found = np.empty((count, len(generated.outputs)))
        parts = [each[first * size : stop * size] for each in rows]
        core.run(
            first=0,
            stop=count,
            indices=nothing,
            losses=found.reshape(-1),
            inputs=core.flat(given),
            rows=list(map(flattened, parts)),
            each=[],
        )
        return found

    return loop
