"""A graph as a function of NumPy's arrays, computed by JAX on a device."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

import numpy as np

from kobai.engines.jax_engine.device import computing, find_device
from kobai.engines.jax_engine.lower import Lowered
from kobai.engines.jax_engine.placement import OneDevice, Placement
from kobai.engines.numpy_engine.program import compile_numpy
from kobai.engines.options import Jax
from kobai.graph import Constant, Graph, Node


class Compiled:
    """Computes a graph, and writes the updates into its arguments.

    What NumPy would raise, NumPy raises: where an index is out of range, a matrix has
    no inverse, or `np.errstate` is to raise, NumPy computes the graph once more.
    """

    def __init__(self, graph: Graph, options: Jax, placement: Placement) -> None:
        import jax

        self.graph = graph
        self.options = options
        self.placement = placement
        self.lowered = Lowered(graph)
        self._run = jax.jit(self.lowered)

    def __call__(self, *values: Any) -> list[Any]:
        """Return the outputs as NumPy's arrays; those of Python's numbers as such."""
        if "raise" in np.geterr().values():
            return self._by_numpy(*values)
        known = self.lowered.python_numbers(values)
        with self._computing():
            outputs, updates, is_well = self._run(*self._given(values, known))
        if not is_well:
            return self._by_numpy(*values)
        fetch = self.placement.fetched
        of_inputs = dict(zip(self.graph.inputs, values, strict=True))
        for old, new in zip(self.graph.updates, updates, strict=True):
            np.copyto(of_inputs[old], fetch(new))
        nodes = self.lowered.graph.outputs
        return [
            _number(node, known) if node.weak else fetch(each)
            for node, each in zip(nodes, outputs, strict=True)
        ]

    @property
    def source(self) -> str:
        """The program as JAX writes it: its operations, a line each."""
        import jax

        inputs = [n for n in self.graph.inputs if not n.weak]
        arrays, numbers = (
            [np.zeros(n.shape, _native(n)) for n in part]
            for part in (inputs, self.lowered.numbers)
        )
        with self._computing():
            return str(jax.make_jaxpr(self.lowered)(arrays, numbers))

    @cached_property
    def _by_numpy(self) -> Callable[..., list[Any]]:
        return compile_numpy(self.graph)

    def _computing(self) -> AbstractContextManager[None]:
        return computing(self.options.precision, self.placement.device)

    def _given(self, values: Any, known: dict[Node, Any]) -> tuple[list[Any], ...]:
        pairs = zip(self.graph.inputs, values, strict=True)
        arrays = [(n, value) for n, value in pairs if not n.weak]
        numbers = [(n, known[n]) for n in self.lowered.numbers]
        return tuple(
            [self.placement.lent(np.asarray(value, _native(n))) for n, value in part]
            for part in (arrays, numbers)
        )


def compile_jax(graph: Graph, options: Jax | None = None) -> Compiled:
    """Return a callable that computes a graph with JAX, as `compile_numpy` does.

    Its attribute `source` is JAX's own text of the program. Raises NotLowered for an
    operation that JAX has nothing for, DeviceError for a device that is not there, and
    MissingExtraError without JAX.

    >>> from kobai.graph import trace
    >>> def step(w, g):
    ...     w -= 0.5 * g
    >>> w, g = np.ones(2), np.array([2.0, 4.0])
    >>> compile_jax(trace(step, w, g))(w, g)
    []
    >>> w
    array([ 0., -1.])
    """
    options = options or Jax()
    return Compiled(graph, options, OneDevice(find_device(options.device)))


def _number(node: Node, known: dict[Node, Any]) -> Any:
    return node.value if isinstance(node, Constant) else known[node]


def _native(node: Node) -> np.dtype[Any]:
    """Return the dtype of a node in this machine's order of bytes."""
    return node.dtype.newbyteorder("=")
