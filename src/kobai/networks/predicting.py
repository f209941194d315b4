"""Predictions for plain arrays, by the planned NumPy engine where that pays."""

from collections.abc import Callable, Hashable
from operator import attrgetter
from threading import Lock
from typing import Any

import numpy as np

from kobai.engines.numpy_engine.kept import kept_program
from kobai.engines.numpy_engine.program import Program, write_program
from kobai.functions.arrays import Array
from kobai.graph import trace
from kobai.networks.layer import Values

# So many rows at a time stay in the processor's cache between operations.
BLOCK = 1024

# (params, x, statistics) -> outputs
Forward = Callable[[Values, Array, Values], Array]

_dtype_of = attrgetter("dtype")


class Predictor:
    """The forward pass of a network, compiled for numbers of rows that come again.

    `structure` returns all that it depends on besides its arguments, or None: with it,
    what is compiled is kept in this process for the next network of the same.
    """

    def __init__(
        self,
        forward: Forward,
        structure: Callable[[], Hashable],
        check: Callable[[Array, str], None] | None = None,
    ) -> None:
        self._forward = forward
        self._structure = structure
        self._check = check
        # The compiled versions that nobody uses now: the buffers of each belong to one
        # thread at a time.
        self._idle: dict[Any, list[Callable[..., list[Any]]]] = {}
        self._lock = Lock()

    def __call__(self, params: Values, x: np.ndarray, statistics: Values) -> Array:
        """Return the outputs for a batch x, which has the network's dtype.

        Raises ValueError where `check` finds fault with x.
        """
        if len(x) <= BLOCK:
            return self._outputs(params, x, statistics)
        starts = range(0, len(x), BLOCK)
        blocks = (x[start : start + BLOCK] for start in starts)
        try:
            parts = [self._outputs(params, block, statistics) for block in blocks]
        except ValueError:
            if self._check is not None:
                # It says which row of all is wrong, not which of a block.
                self._check(x, "inputs")
            raise
        return np.concatenate(parts)

    def _outputs(self, params: Values, x: np.ndarray, statistics: Values) -> Array:
        # Block by block, since what is checked is then in the cache.
        if self._check is not None:
            self._check(x, "inputs")
        arrays = [*params.values(), x, *statistics.values()]
        key = (len(x), *map(_dtype_of, arrays))
        idle = self._idle.get(key)
        if idle is None:
            # The first time costs less than compiling, and may be the last.
            self._idle[key] = []
            return self._forward(params, x, statistics)
        try:
            run = idle.pop()
        except IndexError:
            run = self._compiled(params, x, statistics)
        outputs = run(*arrays)[0].copy()
        idle.append(run)
        return outputs

    def _compiled(
        self, params: Values, x: np.ndarray, statistics: Values
    ) -> Callable[..., list[Any]]:
        def write() -> Program:
            graph = trace(self._forward, dict(params), x, dict(statistics))
            return write_program(graph)

        structure = self._structure()
        arrays = [*params.values(), x, *statistics.values()]
        shapes = tuple((each.shape, each.dtype.str) for each in arrays)
        with self._lock:
            if structure is None:
                return write().load()
            key = (self._forward.__name__, structure, tuple(params), shapes)
            return kept_program(key, write).load()
