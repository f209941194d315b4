"""`compile`: a user's own NumPy function, traced once and run by an engine."""

from collections.abc import Callable
from functools import update_wrapper
from inspect import signature
from itertools import combinations
from threading import Lock
from typing import Any

import numpy as np

from kobai.autodiff.arrays.buffers import has_values
from kobai.autodiff.primitive import after_end
from kobai.autodiff.trees import Tree, tree_map, unflatten
from kobai.engines import Engine, Jax, jax_options
from kobai.engines.versions import Version
from kobai.errors import suggest
from kobai.functions.arrays import Array
from kobai.graph import Graph, TraceError, trace
from kobai.keywords import checked_keywords

ENGINES = ("auto", "numpy", "numba", "jax")


class Compiled:
    """A function that is compiled for each combination of shapes it is called with."""

    def __init__(self, f: Callable[..., Any], engine: Engine = "auto") -> None:
        if not callable(f):
            raise TypeError(f"compile: got {f!r}; need a function")
        _check_engine(engine)
        self.f = f
        self.engine = engine
        # The buffers of a compiled version belong to one caller at a time.
        self._lock = Lock()
        self._versions: dict[Any, Version] = {}
        update_wrapper(self, f)

    def __call__(self, *arguments: Tree, **named: Tree) -> Tree:
        """Return what f returns for these arguments."""
        if named:
            bound = signature(self.f).bind(*arguments, **named)
            if bound.kwargs:
                names = ", ".join(bound.kwargs)
                raise TypeError(f"compile: got {names} by name; f takes it so only")
            arguments = bound.args
        given = Given(arguments)
        if given.has_values:
            given = Given(tree_map(after_end, arguments))
            if given.has_values:
                # Of what is computed here, a differentiation has to see every step.
                return self.f(*given.arguments)
        with self._lock:
            return self._run(given)

    def _run(self, given: "Given") -> Tree:
        version = self._version(given)
        graph, values = version.graph, given.leaves
        if graph.updates:
            _refuse_shared(values)
        outputs = version(*values)
        if graph.result is None:
            return None
        return unflatten(graph.result, list(map(_own, outputs, graph.numbers)))

    def graph(self, *arguments: Tree) -> Graph:
        """Return the graph that is computed for arguments like these."""
        return self._version(Given(tree_map(after_end, arguments))).graph

    def source(self, *arguments: Tree) -> str:
        """Return the code that is run for arguments like these."""
        version = self._version(Given(tree_map(after_end, arguments)))
        text: str = version.run.source  # type: ignore[attr-defined]
        return text

    def _version(self, given: "Given") -> Version:
        key = tuple(given.signature)
        version = self._versions.get(key)
        if version is None:
            graph = trace(self.f, *given.arguments)
            version = self._versions[key] = Version(graph, self.engine)
        return version


class Given:
    """The arguments of a call, looked at once: most calls are short.

    `signature` is what a trace depends on: structure, shapes, dtypes, order in memory.
    `has_values` tells whether there is a value under differentiation among them.
    """

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        self.arguments = arguments
        self.leaves: list[Any] = []
        self.signature: list[Any] = []
        self.has_values = False
        for each in arguments:
            self._read(each)

    def _read(self, tree: Tree) -> None:
        if type(tree) is np.ndarray:
            self.leaves.append(tree)
            self.signature.append(_form(tree))
        elif isinstance(tree, dict):
            self.signature.append(("dict", *tree))
            for each in tree.values():
                self._read(each)
        elif isinstance(tree, list | tuple):
            self.signature.append((type(tree).__name__, len(tree)))
            for each in tree:
                self._read(each)
        else:
            self.leaves.append(tree)
            self.signature.append(self._form_of_another(tree))

    def _form_of_another(self, leaf: Any) -> object:
        if has_values(leaf):
            self.has_values = True
            return None
        if isinstance(leaf, np.ndarray):
            return _form(leaf)
        # An array without axes can change, a number of NumPy's cannot.
        return ("number", leaf.dtype) if isinstance(leaf, np.generic) else type(leaf)


def _form(array: np.ndarray) -> tuple[Any, ...]:
    is_usual = array.ndim < 2 or array.flags.c_contiguous
    return array.shape, array.dtype, None if is_usual else array.strides


@checked_keywords
def compile(f: Callable[..., Any], engine: Engine = "auto") -> Compiled:
    """Return a function that computes what f computes, without its overhead.

    f is plain NumPy code of arrays or numbers, or any nesting of dicts, lists and
    tuples of them. It is traced at the first call, and again for every new combination
    of shapes and dtypes, and of orders in memory that are not the usual one; after that
    only NumPy operations into buffers that are used again are left. What f changes in
    place is changed in the arguments. Gradients are compiled like any other function:
    `compile(gradient(loss))`.

    What f reads besides its arguments (a global array, an attribute, a random number)
    is read once, while tracing, and stays as it was then: pass as an argument what
    changes. Arguments are arrays and numbers; an axis or a mode is not. Called inside
    of a function that is itself differentiated or compiled, it is f and no more.

    `engine` is "numpy", or "numba" for compiled loops (the extra `fast`),
    which take seconds to make; NumPy stays where they cannot be made, or cannot take an
    argument as it lies, or where `np.errstate` is to raise. Loops raise no warning of
    what is not finite. "auto" is "numpy" until a version has been called so often that
    loops would have won back those seconds, by the number and size of its operations,
    and "numba" from then on, where that is installed. The two agree but for the
    rounding: where every bit counts, name one of them.

    "jax" (the extra `jax`) computes on the device that JAX takes by itself: on a GPU,
    where it finds one; `kobai.engines.Jax(device="cpu")` says which. Arguments are
    copied there, and results back, at every call, so that only large computations gain.
    Where NumPy would raise, NumPy does: it computes the function once more.

    Raises TraceError, with the remedy, where f depends on the values of its arguments
    (`if` on one, `float()`, an index by a mask), which are not known while tracing, and
    where f changes arguments in place of which two share memory; ValueError for an
    unknown engine, and for a device that is not there; NotLowered for "jax" and a
    function that JAX has nothing for; MissingExtraError for an engine without its
    extra.

    >>> @compile
    ... def hypotenuse(a, b):
    ...     return np.sqrt(a * a + b * b)
    >>> hypotenuse(np.array([3.0, 5.0]), np.array([4.0, 12.0]))
    array([ 5., 13.])
    """
    return Compiled(f, engine)


def _check_engine(engine: Engine) -> None:
    if not isinstance(engine, Jax) and engine not in ENGINES:
        raise ValueError(
            f"compile: engine: got {engine!r}; need one of: {', '.join(ENGINES)}."
            f"{suggest(str(engine), ENGINES)}"
        )
    if engine == "numba":
        from kobai.engines.numba_engine.kernels.tools import need_extra

        need_extra()
    if options := jax_options(engine):
        from kobai.engines.jax_engine import find_device

        find_device(options.device)


def _own(value: Array, is_number: bool) -> Array:
    """Return an output for the caller to keep: engines use their buffers again.

    Of one number engines make NumPy's number or an array without axes, as they like.
    """
    if is_number:
        return value[()] if isinstance(value, np.ndarray) else value
    return np.array(value)


def _refuse_shared(values: list[Any]) -> None:
    """Refuse arguments of which one would change with another."""
    arrays = [v for v in values if isinstance(v, np.ndarray)]
    if len(set(map(id, arrays))) == len(arrays) and all(a.base is None for a in arrays):
        return
    for first, second in combinations(arrays, 2):
        if np.may_share_memory(first, second) and np.shares_memory(first, second):
            raise TraceError(
                "compile: got two arguments that share memory, and f changes arguments "
                "in place; pass a copy of one of them (x.copy())"
            )
