"""Numerical gradients of a graph: recompute only what a changed number touches.

Every perturbed function is really evaluated at +h and -h, many at once, but a value
that a perturbation does not reach is computed once for all. A weight W[i, j] of a
dense layer changes only column j of x @ W, and what is computed from that entry by
entry; the matrix product behind it adds one outer product to what it was.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from kobai import autodiff
from kobai.autodiff.trees import Tree, leaf_names, leaves, tree_map, unflatten
from kobai.engines import choose_engine
from kobai.engines.differences.central import central_differences
from kobai.engines.machine.blas import blas_threads
from kobai.errors import GradientError
from kobai.functions.arrays import Array
from kobai.graph import Graph, trace
from kobai.graph.identities.table import IDENTITIES
from kobai.graph.node import in_order
from kobai.graph.rewriting import rewrite


class NumericalGradient:
    """The numerical gradient of a function that is traced once for all calls.

    Called with x and whatever else f takes it returns the gradient of f(x, *others) by
    x, of x's structure, in float64 throughout: the central difference of every number
    in x, with every changed f evaluated. f does nothing but compute, and does not
    change between the calls; one that cannot be traced is evaluated as it is.

    With `engine` "numba" the perturbed networks are evaluated by compiled code where f
    is made of dense layers; "numpy" compiles nothing, "auto" what takes longer than
    compiling, and "eager" is the loop itself. Raises ValueError where f does not return
    one number, for h ≤ 0, and for another engine; MissingExtraError for "numba" without
    its extra.

    >>> weights, inputs = np.ones((2, 3)), np.ones((4, 2))
    >>> NumericalGradient(lambda w, a: np.sum(a @ w))(weights, inputs).round(6)
    array([[4., 4., 4.],
           [4., 4., 4.]])
    """

    def __init__(
        self, f: Callable[..., Any], h: float = 1e-4, engine: str = "auto"
    ) -> None:
        if engine != "auto":
            _check(engine)
        self.f = f
        self.h = h
        self.engine = engine
        self._graphs: dict[Any, Graph | None] = {}

    def __call__(self, x: Tree, *others: Tree) -> Tree:
        """Return the gradient of f(x, *others) by x."""
        arrays = tree_map(_as_floats, x)
        others = tuple(tree_map(_in_double, list(others)))
        graph = self._graph(arrays, others)
        if graph is None:
            # The loop also knows what to say of what it cannot do.
            loop = autodiff.numerical_gradient
            return loop(lambda x: self.f(x, *others), _like(x, arrays), self.h)
        values = leaves([arrays, *others])
        wanted = graph.inputs[: len(leaves(x))]
        with blas_threads(1), np.errstate(all="ignore"):
            grads = central_differences(graph, values, wanted, self.h, self.engine)
        return _like(x, unflatten(x, grads))

    def _graph(self, x: Tree, others: tuple[Any, ...]) -> Graph | None:
        """Return the graph for arguments of these shapes; None for the loop."""
        if self.engine == "eager" or not self.h > 0:
            return None
        given = [x, *others]
        kinds = tuple((a.shape, a.dtype.str) for a in leaves(given))
        key = (tuple(leaf_names(given)), kinds)
        if key not in self._graphs:
            self._graphs[key] = _traced(self.f, x, others)
        return self._graphs[key]


def _check(engine: str) -> None:
    if choose_engine(engine) == "numba":
        from kobai.engines.numba_engine.kernels.tools import need_extra

        need_extra()


def _as_floats(leaf: Array) -> np.ndarray:
    return np.asarray(leaf, np.float64)


def _in_double(leaf: Array) -> Array:
    array = np.asarray(leaf)
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _like(x: Tree, arrays: Tree) -> Tree:
    """Return arrays in x's structure, as numbers where x has numbers."""
    return tree_map(
        lambda leaf, a: a if isinstance(leaf, np.ndarray) else float(a), x, arrays
    )


def _traced(f: Callable[..., Any], x: Tree, others: tuple[Any, ...]) -> Graph | None:
    """Return f's graph, if it has one and is a function of x that gives one number."""
    try:
        graph = trace(f, x, *others)
    except GradientError:
        return None
    wanted = set(graph.inputs[: len(leaves(x))])
    is_number = [n.shape for n in graph.outputs] == [()]
    if graph.updates or not is_number or wanted.isdisjoint(in_order(graph.outputs)):
        return None
    return rewrite(graph, IDENTITIES)
