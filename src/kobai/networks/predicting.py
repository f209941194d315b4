"""Predictions for plain arrays, by the planned NumPy engine where that pays, or JAX."""

from collections.abc import Callable, Hashable
from operator import attrgetter
from threading import Lock
from typing import Any

import numpy as np

from kobai.engines import Engine, jax_options
from kobai.engines.blocks import block_of, share, workers_for
from kobai.engines.kept import kept
from kobai.engines.machine.blas import blas_threads, wanted_threads
from kobai.engines.numpy_engine.program import Program, write_program
from kobai.functions.arrays import Array
from kobai.graph import trace
from kobai.networks.layer import Values

# Products of fewer rows are done before a number of threads would be set.
FEW = 16
# So many rows are worth the way to a device.
DEVICE_BLOCK = 8192

# (params, x, statistics) -> outputs
Forward = Callable[[Values, Array, Values], Array]

_dtype_of = attrgetter("dtype")


def _key(engine: Engine, arrays: list[Any], rows: int) -> Any:
    """Return what a compiled version is kept by."""
    return (engine, rows, *map(_dtype_of, arrays))


class Predictor:
    """The forward pass of a network, compiled for numbers of rows that come again.

    `structure` is all that it depends on besides its arguments: with it what is
    compiled is kept for the next of the same. `check` says what is wrong with a batch.
    """

    def __init__(
        self,
        forward: Forward,
        check: Callable[[Array, str], None],
        structure: Callable[[], Hashable] = lambda: None,
    ) -> None:
        self._forward = forward
        self._check = check
        self._structure = structure
        # The compiled versions that nobody uses now: the buffers of each belong to one
        # thread at a time.
        self._idle: dict[Any, list[Callable[..., list[Any]]]] = {}
        self._lock = Lock()

    def __call__(
        self,
        params: Values,
        x: np.ndarray,
        statistics: Values,
        engine: Engine = "numpy",
    ) -> Array:
        """Return the outputs for a batch x, which has the network's dtype.

        Raises ValueError where `check` finds fault with x.
        """
        if len(x) < FEW:
            return self._outputs(params, x, statistics, engine)
        work = len(x) * sum(array.size for array in params.values())
        on_device = jax_options(engine) is not None
        size = DEVICE_BLOCK if on_device else block_of(len(x))
        if len(x) <= size:
            with blas_threads(wanted_threads(work)):
                return self._outputs(params, x, statistics, engine)
        starts = range(0, len(x), size)
        parts: list[Any] = [None] * len(starts)

        def predict(number: int) -> None:
            block = x[starts[number] : starts[number] + size]
            parts[number] = self._outputs(params, block, statistics, engine)

        workers = 1 if on_device else workers_for(work)
        key = _key(engine, [*params.values(), x[:size], *statistics.values()], size)
        left = range(len(starts))
        try:
            with blas_threads(1):
                # The first of a size runs as it is written, the next are compiled.
                if key not in self._idle:
                    predict(0)
                    left = left[1:]
                share(lambda place: predict(left[place]), len(left), workers)
        except ValueError:
            # It says which row of all is wrong, not which of a block.
            self._check(x, "inputs")
            raise
        return np.concatenate(parts)

    def _outputs(
        self, params: Values, x: np.ndarray, statistics: Values, engine: Engine
    ) -> Array:
        # Block by block, since what is checked is then in the cache.
        self._check(x, "inputs")
        arrays = [*params.values(), x, *statistics.values()]
        key = _key(engine, arrays, len(x))
        idle = self._idle.get(key)
        if idle is None and jax_options(engine):
            idle = self._idle[key] = []
        if idle is None:
            # The first time costs less than compiling, and may be the last.
            self._idle[key] = []
            return self._forward(params, x, statistics)
        try:
            run = idle.pop()
        except IndexError:
            run = self._compiled(key, params, x, statistics, engine)
        outputs = run(*arrays)[0].copy()
        idle.append(run)
        return outputs

    def _compiled(
        self,
        key: Any,
        params: Values,
        x: np.ndarray,
        statistics: Values,
        engine: Engine,
    ) -> Callable[..., list[Any]]:
        def write() -> Program:
            return write_program(
                trace(self._forward, dict(params), x, dict(statistics))
            )

        with self._lock:
            if options := jax_options(engine):
                from kobai.engines.jax_engine import compile_jax

                given = dict(params), x, dict(statistics)
                return compile_jax(trace(self._forward, *given), options)
            return kept(self._structure(), ("predict", key), write).load()
