"""The planned NumPy engine: straight-line code with buffers that are used again."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from kobai.engines.fusions import FUSIONS, NUMPY_FUSIONS
from kobai.engines.numpy_engine.plan import make_plan
from kobai.engines.numpy_engine.source import Writer
from kobai.graph import Graph, Input
from kobai.graph.identities.table import IDENTITIES
from kobai.graph.rewriting import rewrite


def simplify(graph: Graph) -> Graph:
    """Return the graph as engines run it: made smaller, then fused."""
    return rewrite(rewrite(graph, IDENTITIES), FUSIONS)


@dataclass(frozen=True)
class Program:
    """A graph as Python code, and the constants that it refers to."""

    name: str
    source: str
    code: CodeType
    constants: Mapping[str, Any]

    def load(self) -> Callable[..., list[Any]]:
        """Return the function, with buffers of its own: for one thread at a time."""
        namespace: dict[str, Any] = dict(self.constants)
        exec(self.code, namespace)
        run: Callable[..., list[Any]] = namespace[self.name]
        run.source = self.source  # type: ignore[attr-defined]
        return run


def write_program(graph: Graph, *, valid_indices: Collection[Input] = ()) -> Program:
    """Return the program that computes a graph with NumPy; see `compile_numpy`."""
    small = rewrite(simplify(graph), NUMPY_FUSIONS)
    writer = Writer(make_plan(small), valid_indices=valid_indices)
    source = writer.source()
    code = compile(source, f"<{graph.name}>", "exec")
    return Program(graph.name, source, code, writer.scope.constants)


def compile_numpy(
    graph: Graph, *, valid_indices: Collection[Input] = ()
) -> Callable[..., list[Any]]:
    """Return a callable that computes a graph with NumPy, in buffers of its own.

    It takes an array for each of the graph's inputs, writes the updates into them, and
    returns the outputs, which stay valid until it is called again. Its attribute
    `source` is the code that it runs. `valid_indices` names inputs of which it is
    promised that they are at least 0 and within the bounds of the arrays that they
    index; then nothing checks them.

    >>> import numpy as np
    >>> from kobai.graph import trace
    >>> def step(w, g):
    ...     w -= 0.5 * g
    >>> w, g = np.ones(2), np.array([2.0, 4.0])
    >>> compile_numpy(trace(step, w, g))(w, g)
    []
    >>> w
    array([ 0., -1.])
    """
    return write_program(graph, valid_indices=valid_indices).load()
