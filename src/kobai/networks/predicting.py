"""Predictions for plain arrays, by the planned NumPy engine where that pays, or JAX."""

from collections.abc import Callable
from operator import attrgetter
from threading import Lock
from typing import Any

import numpy as np

from kobai.engines import Engine, jax_options
from kobai.engines.numpy_engine.program import compile_numpy
from kobai.functions.arrays import Array
from kobai.graph import trace
from kobai.networks.layer import Values

# So many rows at a time stay in the processor's cache between operations.
BLOCK = 1024
# And so many are worth the way to a device.
DEVICE_BLOCK = 8192

# (params, x, statistics) -> outputs
Forward = Callable[[Values, Array, Values], Array]

_dtype_of = attrgetter("dtype")


class Predictor:
    """The forward pass of a network, compiled for numbers of rows that come again."""

    def __init__(
        self, forward: Forward, check: Callable[[Array, str], None] | None = None
    ) -> None:
        self._forward = forward
        self._check = check
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
        size = DEVICE_BLOCK if jax_options(engine) else BLOCK
        if len(x) <= size:
            return self._outputs(params, x, statistics, engine)
        starts = range(0, len(x), size)
        blocks = (x[start : start + size] for start in starts)
        try:
            parts = [
                self._outputs(params, block, statistics, engine) for block in blocks
            ]
        except ValueError:
            if self._check is not None:
                # It says which row of all is wrong, not which of a block.
                self._check(x, "inputs")
            raise
        return np.concatenate(parts)

    def _outputs(
        self, params: Values, x: np.ndarray, statistics: Values, engine: Engine
    ) -> Array:
        # Block by block, since what is checked is then in the cache.
        if self._check is not None:
            self._check(x, "inputs")
        arrays = [*params.values(), x, *statistics.values()]
        key = (engine, len(x), *map(_dtype_of, arrays))
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
            run = self._compiled(params, x, statistics, engine)
        outputs = run(*arrays)[0].copy()
        idle.append(run)
        return outputs

    def _compiled(
        self, params: Values, x: np.ndarray, statistics: Values, engine: Engine
    ) -> Callable[..., list[Any]]:
        with self._lock:
            graph = trace(self._forward, dict(params), x, dict(statistics))
            if options := jax_options(engine):
                from kobai.engines.jax_engine import compile_jax

                return compile_jax(graph, options)
            return compile_numpy(graph)
