"""The definition of a gradient, the short way where a function lets itself be traced.

`kobai.numerical_gradient` and `kobai.check_gradient`.
"""

import math
from collections.abc import Callable
from itertools import combinations
from typing import Any, Literal

import numpy as np

from kobai import autodiff
from kobai.autodiff.checking import GradientReport, compare_gradients
from kobai.autodiff.numerical import Probe, check_step, like_leaf
from kobai.autodiff.reverse import as_float_array
from kobai.autodiff.trees import Tree, leaves, unflatten
from kobai.engines.differences.central import central_differences
from kobai.engines.differences.reads import Reads, UnclearError
from kobai.engines.machine.blas import blas_threads
from kobai.engines.reference import evaluate
from kobai.errors import GradientError, suggest
from kobai.graph import Graph, trace
from kobai.graph.node import in_order
from kobai.keywords import checked_keywords

METHODS = ("auto", "loop", "local")
Method = Literal["auto", "loop", "local"]

# Of fewer numbers the loop is done before a trace is.
WORTH_TRACING = 64


@checked_keywords
def numerical_gradient(
    f: Callable[[Any], Any], x: Tree, h: float = 1e-4, method: Method = "auto"
) -> Tree:
    """Return the gradient of a scalar function at x, from its definition.

        (∇f)ᵢ ≈ (f(x + h eᵢ) - f(x - h eᵢ)) / (2 h)

    eᵢ is the i-th unit vector. `f` and `x` are as for `gradient`, and so is the result.

    `method` is the way there. "loop" calls f twice for every number in x. "local"
    traces f, once, and evaluates it at as many places; but a value that a change does
    not reach is computed once for all, many changes at a time, compiled where that
    pays (the extra `fast`). The two give the same numbers but for the rounding of
    f(x), some 1e-16 |f(x)| / h. "auto" takes "local" where it can, and the loop
    where x has few numbers or where the two could differ: where f or x is not of
    float64 throughout, f depends on values (`if`), reads x under another name (as
    `lambda W: net.loss(x, t)` does), changes what is not its own, prints, counts,
    draws random numbers, or calls what may do so. Where "local" is asked for, the
    error says what stands in the way.

    In the loop an array of floats is changed in place while f runs, and restored bit
    for bit, also where f raises. So f may be a closure that ignores its argument and
    reads the array itself. Integers count as float64. The step divided by is the one
    that was really made; where x or f(x) is float32 it is at least 2⁻⁸, below which
    rounding would hide the difference.

    Raises ValueError where f does not return one number, for h ≤ 0, and for another
    method. Raises GradientError where a closure reads integers, which cannot be changed
    by h, and where method="local" is none for f.

    >>> numerical_gradient(lambda x: np.sum(x ** 2), np.array([3, 4])).round(6)
    array([6., 8.])
    >>> numerical_gradient(lambda x: print("called"), np.ones(9), method="local")
    Traceback (most recent call last):
    ...
    kobai.errors.GradientError: numerical_gradient: method="local": f reads or calls
    print, which may do anything; take method="loop"

    Source: Press et al., "Numerical Recipes", section 5.7.
    """
    slopes = _short_way(f, x, h, method, "numerical_gradient")
    return autodiff.numerical_gradient(f, x, h) if slopes is None else slopes


@checked_keywords
def check_gradient(
    f: Callable[[Any], Any],
    x: Tree,
    grads: Any = None,
    *,
    h: float = 1e-4,
    rtol: float | None = None,
    atol: float | None = None,
    samples: int | None = None,
    seed: int = 0,
    method: Method = "auto",
) -> GradientReport:
    """Compare a gradient with its definition, number by number.

    As `kobai.autodiff.check_gradient`; `method` is the way to the definition, as for
    `numerical_gradient`. With `samples` "auto" is the loop over those.

    >>> report = check_gradient(lambda x: np.sum(x ** 3), np.array([1.0, 2.0]))
    >>> bool(report)
    True
    """

    def slopes_at(x: Tree) -> Tree | None:
        way = "loop" if samples is not None and method == "auto" else method
        return _short_way(f, x, h, way, "check_gradient")

    tolerances = rtol, atol
    return compare_gradients(f, x, grads, h, tolerances, samples, seed, slopes_at)


def _short_way(
    f: Callable[[Any], Any], x: Tree, h: float, method: str, caller: str
) -> Tree | None:
    """Return the gradient by local differences; None where the loop is to be taken."""
    check_step(h)
    if method not in METHODS:
        raise ValueError(
            f"{caller}: got method={method!r}; need one of: {', '.join(METHODS)}."
            f"{suggest(str(method), METHODS)}"
        )
    size = sum(np.size(leaf) for leaf in leaves(x))
    if method == "loop" or (method == "auto" and size < WORTH_TRACING):
        return None
    try:
        return _local(f, x, h)
    except UnclearError as reason:
        if method == "auto":
            return None
        raise GradientError(
            f'{caller}: method="local": {reason}; take method="loop"'
        ) from reason


def _local(f: Callable[[Any], Any], x: Tree, h: float) -> Tree:
    arrays = [as_float_array(leaf) for leaf in leaves(x)]
    if any(array.dtype != np.float64 for array in arrays):
        raise UnclearError("x is not of float64, where the loop takes larger steps")
    reads = Reads.of(f)
    _refuse_other_names(arrays, reads)
    with reads.unchanged():
        graph = _traced(f, unflatten(x, arrays))
        value = _called(f, x)
    _refuse_other_meanings(graph)
    with blas_threads(1), np.errstate(all="ignore"):
        base = evaluate(graph, arrays)[graph.outputs[0]]
        if not math.isclose(base, value, rel_tol=1e-12):
            raise UnclearError("its trace computes another number than f")
        slopes = central_differences(graph, arrays, graph.inputs, h)
    if not all(np.all(np.isfinite(slope)) for slope in slopes):
        raise UnclearError("some number near x is not finite")
    return unflatten(x, map(like_leaf, slopes, leaves(x)))


def _refuse_other_names(arrays: list[np.ndarray], reads: Reads) -> None:
    """Refuse what would change with x: the loop changes it in place."""
    pairs = [(a, b) for a in arrays for b in reads.arrays]
    # One array that comes twice is two arguments.
    pairs += [(a, b) for a, b in combinations(arrays, 2) if a is not b]
    if any(np.may_share_memory(a, b) for a, b in pairs):
        raise UnclearError("f may read x under another name")
    # What cannot be written to is copied.
    for array in filter(lambda array: array.flags.writeable, arrays):
        low, high = np.lib.array_utils.byte_bounds(array)
        if high - low < array.nbytes:
            raise UnclearError("numbers of x share memory")


def _called(f: Callable[[Any], Any], x: Tree) -> float:
    """Return f(x), as the loop computes it."""
    probe = Probe(f, x)
    try:
        value = probe.value()
    finally:
        probe.restore()
    if probe.rounding > np.finfo(np.float64).eps:
        raise UnclearError("f(x) is not of float64, where the loop takes larger steps")
    return value


def _traced(f: Callable[[Any], Any], x: Tree) -> Graph:
    def unchanging(x: Tree) -> Any:
        given = list(map(id, leaves(x)))
        result = f(x)
        if list(map(id, leaves(x))) != given:
            raise UnclearError("f changes what holds the arrays of its argument")
        return result

    try:
        with np.errstate(all="ignore"):
            return trace(unchanging, x)
    except UnclearError:
        raise
    except Exception as error:
        raise UnclearError(f"f cannot be traced ({error})") from error


def _refuse_other_meanings(graph: Graph) -> None:
    """Refuse a graph that does not mean what the loop computes."""
    nodes = in_order(graph.outputs)
    if graph.updates:
        raise UnclearError("f changes its argument")
    if set(graph.inputs).isdisjoint(nodes):
        raise UnclearError("f does not depend on its argument")
    if any(n.dtype.kind == "f" and n.dtype != np.float64 for n in nodes):
        raise UnclearError("f is not of float64 throughout")
