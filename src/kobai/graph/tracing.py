"""`trace`: run a function on arrays without values, to learn what it computes."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.aliasing import source_of
from kobai.autodiff.overloaded import ArrayLike
from kobai.autodiff.primitive import Primitive, Trace
from kobai.autodiff.tensor import next_level
from kobai.autodiff.trees import leaf_names, leaves, tree_map, unflatten
from kobai.errors import GradientError
from kobai.graph.graph import Graph
from kobai.graph.node import Builder, Node


class TraceError(GradientError):
    """A function depends on the values of its arguments in a way no graph has."""


def trace(f: Callable[..., Any], *examples: Any) -> Graph:
    """Return the graph of what f computes for arguments like the examples.

    The examples are arrays or numbers, or any nesting of dicts, lists and tuples of
    them; only their shapes and dtypes count. Where f changes an argument in place
    (`params["W"] -= lr * grads["W"]`), the graph has an update of that input. Raises
    TraceError, with the remedy, where f depends on values (`if` on one, `float()`).

    >>> print(trace(lambda x: np.sum(x * x), np.ones(3)))
    f(x: float64[3])
      v1: float64[3] = multiply(x, x)
      v2: float64[] = sum(v1, axis=(0,), keepdims=False)
      return v2
    """
    builder = Builder()
    recording = Recording(builder)
    names = [_leaf_names(f, i, example) for i, example in enumerate(examples)]
    flat = [name for group in names for name in group]
    values = [leaf for example in examples for leaf in leaves(example)]
    nodes = [builder.input(n, v) for n, v in zip(flat, values, strict=True)]
    tracers = [Tracer(recording, node) for node in nodes]
    result = f(*unflatten(list(examples), tracers))
    updates = {
        node: tracer.node
        for node, tracer in zip(nodes, tracers, strict=True)
        if tracer.node is not node
    }
    out = None if result is None else tree_map(recording.node_of, result)
    return Graph(
        inputs=tuple(nodes),
        outputs=() if out is None else tuple(leaves(out)),
        updates=updates,
        arguments=unflatten(list(examples), nodes),
        result=out,
        name=f.__name__ if f.__name__.isidentifier() else "f",
    )


class Recording(Trace):
    """Turns operations on tracers into nodes of a graph."""

    __slots__ = ("builder",)

    def __init__(self, builder: Builder) -> None:
        self.level = next_level()
        self.builder = builder

    def node_of(self, x: Any) -> Node:
        """Return the node of a tracer, or the constant of anything else."""
        if isinstance(x, Tracer):
            if x.trace is not self:
                raise TraceError(
                    "trace: got a value of another trace; return it from the function "
                    "that is traced there"
                )
            return x.node
        if isinstance(x, ArrayLike):
            raise TraceError("trace: got a value under differentiation outside f")
        return self.builder.constant(x)

    def apply(
        self,
        primitive: Primitive,
        arguments: Sequence[Any],
        attributes: dict[str, Any],
    ) -> Any:
        """Write an operation down as a node."""
        nodes = [self.node_of(a) for a in arguments]
        if primitive in (ops.GETITEM, ops.SETITEM):
            mask = [n for n in nodes[1:] if n.dtype.kind == "b" and n.ndim]
            if mask:
                return self._masked(primitive, nodes)
        if primitive.elementwise is False and any(n.weak for n in nodes[:1]):
            # A Python number as an array.
            nodes[0] = self.builder.operation(
                ops.ASTYPE, nodes[0], dtype=nodes[0].dtype
            )
        node = self.builder.operation(primitive, *nodes, **attributes)
        if node.dtype.kind == "c":
            raise TraceError(
                f"trace: {primitive.name} gives complex numbers, of which there are no "
                "graphs; leave the function as it is, or compute with real numbers"
            )
        return Tracer(self, node, *source_of(primitive, arguments, attributes))

    def _masked(self, primitive: Primitive, nodes: list[Node]) -> Any:
        x, *rest = nodes
        if primitive is ops.GETITEM or rest[0].ndim or rest[1].shape != x.shape:
            raise TraceError(
                "index by a mask: got a mask whose true entries are not known while "
                "tracing; use np.where(mask, a, b), or np.sum(np.where(mask, x, 0))"
            )
        node = self.builder.operation(ops.WHERE, rest[1], rest[0], x)
        return Tracer(self, node)


class Tracer(ArrayLike):
    """An array of which only the shape and the dtype are known."""

    __slots__ = ()

    trace: Recording
    node: Node

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        shape: tuple[int, ...] = self._node.shape
        return shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        dtype: np.dtype[Any] = self._node.dtype
        return dtype

    def constant(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Call a function that sees values but has no derivative."""
        if function in (np.shape, np.ndim, np.size):
            return {np.shape: self.shape, np.ndim: self.ndim, np.size: self.size}[
                function
            ]
        if function in (np.zeros_like, np.ones_like):
            full = np.zeros if function is np.zeros_like else np.ones
            dtype = kwargs.get("dtype") or self.dtype
            return full(self.shape, dtype)
        if function in (np.argmax, np.argmin):
            return self._argument_of_extremum(function, *args[1:], **kwargs)
        raise TraceError(
            f"np.{function.__name__}: needs the values of its argument, which are not "
            "known while tracing; compute it outside of the compiled function"
        )

    def _argument_of_extremum(self, function: Any, axis: int | None = None) -> Any:
        x: Any = np.ravel(self) if axis is None else self
        axis = 0 if axis is None else axis % self.ndim
        return ARG_EXTREMA[function](x, axis=axis)

    def __bool__(self) -> bool:
        return self._refuse("`if`, `while`, `and` or `or`", "np.where(condition, a, b)")

    def _refuse_conversion(self) -> NoReturn:
        self._refuse(
            "float(), int(), math functions or a plain array", "NumPy's functions"
        )

    __float__ = __int__ = __index__ = __complex__ = _refuse_conversion

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        self._refuse_conversion()

    @property
    def value(self) -> Any:
        """There is none while tracing."""
        return self._refuse("x.value", "the array itself")

    def _refuse(self, use: str, remedy: str) -> NoReturn:
        raise TraceError(
            f"trace: got {use} on a value that is not known while tracing; use {remedy}"
        )

    def __repr__(self) -> str:
        return f"Tracer({self.dtype.name}{list(self.shape)})"


ARG_EXTREMA = {
    np.argmax: Primitive("argmax", np.argmax),
    np.argmin: Primitive("argmin", np.argmin),
}


def _leaf_names(f: Callable[..., Any], position: int, example: Any) -> list[str]:
    try:
        parameters = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        parameters = []
    argument = parameters[position] if position < len(parameters) else f"x{position}"
    if isinstance(example, dict | list | tuple):
        return [f"{argument}.{name}" for name in leaf_names(example)]
    return [argument]
