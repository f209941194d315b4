"""A graph as a callable that begins with NumPy, and turns to compiled loops in time."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.engines import COMPILING, Engine, has_numba, jax_options
from kobai.engines.numpy_engine.program import compile_numpy, simplify
from kobai.graph import Graph

Run = Callable[..., list[Any]]

# What compiled loops save of a call, in microseconds, and what they cost. They save
# each array between two operations: a call of NumPy, and the way through memory. They
# take longer to be called, and NumPy's own loops over these functions are faster.
# Measured; only the order of magnitude matters.
SAVED_PER_ARRAY = 0.4
SAVED_PER_NUMBER = 1e-4
LOST_PER_CALL = 5.0
LOST_PER_FUNCTION = 1e-3
FUNCTIONS = frozenset(
    [
        *(ops.EXP, ops.EXP2, ops.EXPM1, ops.LOG, ops.LOG2, ops.LOG10, ops.LOG1P),
        *(ops.SIN, ops.COS, ops.TAN, ops.SINH, ops.COSH, ops.TANH),
        *(ops.LOGADDEXP, ops.POWER),
    ]
)


class Version:
    """A function for one combination of shapes; `run` is what computes it now."""

    def __init__(self, graph: Graph, engine: Engine) -> None:
        self.graph = graph
        self._calls = 0
        self._enough: int | None = None
        if options := jax_options(engine):
            from kobai.engines.jax_engine import compile_jax

            self.run: Run = compile_jax(graph, options)
            return
        self.run = compile_numpy(graph)
        if engine == "numba":
            self.run = with_numba(graph, self.run)
        elif engine == "auto" and has_numba():
            self._enough = enough_calls(graph)

    def __call__(self, *arrays: Any) -> list[Any]:
        """Compute the graph; see `compile_numpy`."""
        self._calls += 1
        if self._calls == self._enough:
            self.run = with_numba(self.graph, self.run)
        return self.run(*arrays)


def enough_calls(graph: Graph) -> int | None:
    """Return how many calls of compiled loops win back the time for compiling them.

    It is None where that is never. It depends on what is in the graph alone.
    """
    small = simplify(graph)
    saved = -LOST_PER_CALL
    for node in small.operations:
        if node in small.ends:
            continue
        saved += SAVED_PER_ARRAY + SAVED_PER_NUMBER * node.size
        if node.primitive in FUNCTIONS:
            saved -= LOST_PER_FUNCTION * node.size
    return int(COMPILING / saved) + 1 if saved > 0 else None


def with_numba(graph: Graph, run: Run) -> Run:
    """Return compiled loops, with `run` for what they cannot take; or `run` alone.

    They take neither arrays to be changed that lie in pieces or beside each other nor
    labels that count from the end, and raise no FloatingPointError.
    """
    from kobai.engines.numba_engine import NotCompilable, compile_numba

    try:
        loops = compile_numba(graph)
    except NotCompilable:
        return run

    def either(*arrays: Any) -> list[Any]:
        if "raise" not in np.geterr().values():
            try:
                return loops(*arrays)
            except (IndexError, TypeError, ValueError):
                # They refuse before they change anything.
                pass
        return run(*arrays)

    either.source = loops.source  # type: ignore[attr-defined]
    return either
