"""`trace`: run a function on arrays without values, to learn what it computes."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.aliasing import source_of
from kobai.autodiff.arrays.bare_numbers import BareNumber
from kobai.autodiff.arrays.buffers import result_of
from kobai.autodiff.arrays.creation import making_arrays
from kobai.autodiff.arrays.keeping import refuse_other_arrays
from kobai.autodiff.arrays.layout import lies_as_in_numpy, lies_one_way
from kobai.autodiff.arrays.memory import NOT_PLAIN, was_read_past_us
from kobai.autodiff.arrays.methods import fixed
from kobai.autodiff.arrays.overloaded import ArrayLike, refusal_behind
from kobai.autodiff.primitive import Primitive, Trace, after_end
from kobai.autodiff.python_numbers import FOLLOW_TYPES
from kobai.autodiff.tensor import next_level
from kobai.autodiff.trees import Tree, leaf_names, leaves, tree_map, unflatten
from kobai.functions.arrays import Array
from kobai.graph.errors import TraceError
from kobai.graph.graph import Graph
from kobai.graph.indexing import is_mask, refuse_mask, with_places
from kobai.graph.node import Builder, Constant, Node, Operation, is_python_number
from kobai.graph.result_types import stand_in, stays_weak


def trace(f: Callable[..., Any], *examples: Tree) -> Graph:
    """Return the graph of what f computes for arguments like the examples.

    The examples are arrays or numbers, or any nesting of dicts, lists and tuples of
    them; their shapes and dtypes count, and the order in memory where f makes an array
    like one of them (`np.zeros_like(x)`). Where f changes an argument in place
    (`params["W"] -= lr * grads["W"]`), the graph has an update of that input. Raises
    TraceError, with the remedy, where f depends on values (`if` on one, `float()`).

    >>> print(trace(lambda x: np.sum(x * x), np.ones(3)))
    f(x: float64[3])
      v1: float64[3] = multiply(x, x)
      v2: float64[] = sum(v1, axis=(0,), keepdims=False)
      return v2
    """
    recording = Recording(Builder())
    try:
        return _traced(recording, f, examples)
    finally:
        recording.end()


def _traced(
    recording: "Recording", f: Callable[..., Any], examples: Sequence[Tree]
) -> Graph:
    builder = recording.builder
    names = [_leaf_names(f, i, example) for i, example in enumerate(examples)]
    flat = [name for group in names for name in group]
    values = [leaf for example in examples for leaf in leaves(example)]
    for value in values:
        refuse_other_arrays(value)
    nodes = [builder.input(n, v) for n, v in zip(flat, values, strict=True)]
    # An array without axes can change; a number cannot.
    tracers = [
        Tracer(recording, node, is_number=not isinstance(value, np.ndarray))
        for node, value in zip(nodes, values, strict=True)
    ]
    recording.layouts.update(zip(nodes, values, strict=True))
    try:
        with making_arrays(recording):
            result = f(*unflatten(list(examples), tracers))
            result = None if result is None else tree_map(result_of, result)
    except (ValueError, TypeError) as error:
        refusal = refusal_behind(error)
        if refusal is not None:
            raise refusal from error
        raise
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
        # A tracer tells isinstance what NumPy would have.
        numbers=tuple(not isinstance(leaf, np.ndarray) for leaf in leaves(result)),
    )


_OF_ANOTHER = (
    "trace: got a value of another trace; return it from the function that is traced "
    "there"
)


class Recording(Trace):
    """Turns operations on tracers into nodes of a graph."""

    __slots__ = ("builder", "layouts")

    def __init__(self, builder: Builder) -> None:
        self.level = next_level()
        self.builder = builder
        # Of nodes that were asked about; see `layout_of`.
        self.layouts: dict[Node, Any] = {}

    def node_of(self, x: object) -> Node:
        """Return the node of a tracer, or the constant of anything else."""
        if isinstance(x, Tracer):
            if x.owner is not self:
                raise TraceError(_OF_ANOTHER)
            return x.node
        if isinstance(x, ArrayLike):
            raise TraceError("trace: got a value under differentiation outside f")
        if was_read_past_us(x):
            raise TraceError(NOT_PLAIN)
        refuse_other_arrays(x)
        return self.builder.constant(result_of(x))

    def end(self) -> None:
        """Refuse the arrays that f has kept, from now on: they have no values."""
        self.__class__ = _Ended
        self.level = 0

    def apply(
        self,
        primitive: Primitive,
        arguments: Sequence[Any],
        attributes: dict[str, Any],
    ) -> "Tracer":
        """Write an operation down as a node."""
        arguments = list(map(after_end, arguments))
        nodes = [self.node_of(a) for a in arguments]
        if primitive in (ops.GETITEM, ops.SETITEM, ops.SCATTER):
            if primitive is ops.SETITEM and any(map(is_mask, nodes[2:])):
                return Tracer(self, self._masked(nodes, attributes["pattern"]))
            nodes, attributes = with_places(self.builder, nodes, attributes)
        if not primitive.elementwise and any(n.weak for n in nodes[:1]):
            nodes[0] = self._as_array(nodes[0])
        _refuse_unknown_type(primitive, nodes)
        node = self.builder.operation(primitive, *nodes, **attributes)
        if node.dtype.kind == "c":
            raise TraceError(
                f"trace: {primitive.name} gives complex numbers, of which there are no "
                "graphs; leave the function as it is, or compute with real numbers"
            )
        if node.weak or (
            node.shape == () and _makes_number(primitive, arguments, attributes)
        ):
            return Tracer(self, node, is_number=True)
        return Tracer(self, node, *source_of(primitive, arguments, attributes))

    def _as_array(self, node: Node) -> Node:
        """Return one of Python's numbers as NumPy takes it."""
        return self.builder.operation(ops.ASTYPE, node, dtype=node.dtype)

    def layout_of(self, node: Node) -> Any:
        """Return an array that lies in memory as a node's; None where unknown."""
        known, todo = self.layouts, [node]
        while todo:
            node = todo[-1]
            inputs = () if lies_one_way(node.shape) else getattr(node, "inputs", ())
            missing = [n for n in inputs if n not in known]
            if not missing and todo.pop() not in known:
                known[node] = _layout(node, [known[n] for n in inputs])
            todo += missing
        return known[node]

    def as_numpy(self, x: object) -> Array:
        """Return what NumPy's functions make of a Python number: an array."""
        if isinstance(x, Tracer) and x.owner is self and x.node.weak:
            return Tracer(self, self._as_array(x.node))
        return x

    def _masked(self, nodes: list[Node], pattern: tuple[Any, ...]) -> Node:
        """Return x after x[mask] = v, where v is the same wherever the mask is true."""
        x, v, *masks = nodes
        mask = masks[-1]
        inner = x.shape[mask.ndim :]
        fits = pattern == (ops.ARRAY,) and mask.shape == x.shape[: mask.ndim]
        if not fits or np.broadcast_shapes(v.shape, inner) != inner:
            refuse_mask()
        make = self.builder.operation
        full = make(ops.RESHAPE, mask, shape=mask.shape + (1,) * len(inner))
        value = make(ops.ASTYPE, v, dtype=x.dtype)
        return make(ops.WHERE, full, value, x)


class _Ended(Recording):
    """A trace that is over."""

    __slots__ = ()

    has_ended = True

    def outside(self, x: object) -> NoReturn:
        """Refuse an array, which has no values anywhere."""
        raise TraceError(_OF_ANOTHER)

    def apply(
        self,
        primitive: Primitive,
        arguments: Sequence[Any],
        attributes: dict[str, Any],
    ) -> NoReturn:
        """Refuse what is computed of its arrays."""
        raise TraceError(_OF_ANOTHER)


class Tracer(ArrayLike):
    """An array of which only the shape and the dtype are known.

    `is_number` tells whether NumPy would have a number here, or one of Python's, and
    not an array without axes, which can change.
    """

    __slots__ = ("_is_number",)

    owner: Recording
    node: Node

    def __new__(cls, trace: Recording, node: Node, *rest: Any, **how: Any) -> Any:
        """Make one of Python's numbers where the node is one."""
        return super().__new__(PythonTracer if node.weak else cls)

    def __init__(
        self,
        trace: Recording,
        node: Node,
        viewed: Array = None,
        write: Callable[..., Array] | None = None,
        is_number: bool = False,
    ) -> None:
        super().__init__(trace, node, viewed, write)
        self._is_number = is_number

    @property
    def is_number(self) -> bool:
        """Whether it is a number, which cannot change."""
        return self._is_number

    def kept(self) -> "Tracer":
        """Return an array of the same values that changes of this one do not reach."""
        return Tracer(self.owner, self.node, is_number=self._is_number)

    def meet_list(self) -> None:
        """Raise for a whole number, which repeats a list instead of its entries."""
        if self.is_number and (self.is_python_number or self.dtype.kind in "iub"):
            self._refuse("a list beside a number", "np.array of the list")

    @property
    def is_python_number(self) -> bool:
        """Whether it stands for one of Python's numbers."""
        is_weak: bool = self._node.weak
        return is_weak

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """What isinstance is told: the type that NumPy would have here."""
        if self._node.weak:
            return {"b": bool, "i": int}.get(self.dtype.kind, float)
        return self.dtype.type if self.is_number else np.ndarray

    @fixed
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        shape: tuple[int, ...] = self._node.shape
        return shape

    @fixed
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        dtype: np.dtype[Any] = self._node.dtype
        return dtype

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Array, **kwargs: Any
    ) -> Array:
        if all(is_python_number(x) or _is_weak(x) for x in inputs):
            inputs = tuple(map(self.owner.as_numpy, inputs))
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def __array_function__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Array:
        if function not in FOLLOW_TYPES:
            args = tuple(map(self.owner.as_numpy, args))
        return super().__array_function__(function, types, args, kwargs)

    def layout(self) -> Array:
        """Return a plain array that lies in memory as NumPy's; None if not known."""
        return self.owner.layout_of(self.node)

    def model(self) -> Array:
        """Return a plain array of this type, which lies as this one where known."""
        layout = None if lies_one_way(self.shape) else self.layout()
        return stand_in(self.node) if layout is None else layout

    def as_python_number(self) -> "Tracer":
        """Return a number as one of Python's."""
        return self if self.is_python_number else ops.ITEM(self)

    def constant(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Array:
        """Call a function that sees values but has no derivative."""
        if function in _OF_TYPES:
            model = Tracer.model if function in _LIKE else (lambda x: stand_in(x.node))
            given = [model(x) if isinstance(x, Tracer) else x for x in args]
            return function(*given, **kwargs)
        if function in (np.argmax, np.argmin):
            return self._argument_of_extremum(function, *args[1:], **kwargs)
        raise TraceError(
            f"np.{function.__name__}: needs the values of its argument, which are not "
            "known while tracing; compute it outside of the compiled function"
        )

    def _argument_of_extremum(
        self,
        function: Callable[..., Any],
        axis: int | None = None,
        out: object = None,
        *,
        keepdims: object = False,
    ) -> Array:
        if out is not None:
            self._refuse(f"out= of np.{function.__name__}", "its result")
        keepdims = keepdims is True
        return ARG_EXTREMA[function](self, axis=axis, keepdims=keepdims)

    def __bool__(self) -> bool:
        return self._refuse("`if`, `while`, `and` or `or`", "np.where(condition, a, b)")

    def _refuse_conversion(self) -> NoReturn:
        self._refuse(
            "float(), int(), math functions or a plain array", "NumPy's functions"
        )

    __float__ = __int__ = __index__ = __complex__ = _refuse_conversion
    __trunc__ = __floor__ = __ceil__ = _refuse_conversion

    def __array__(self, dtype: object = None, copy: object = None) -> NoReturn:
        self._refuse_conversion()

    @property
    def value(self) -> NoReturn:
        """There is none while tracing."""
        self._refuse("x.value", "the array itself")

    def _refuse(self, use: str, remedy: str) -> NoReturn:
        raise TraceError(
            f"trace: got {use} on a value that is not known while tracing; use {remedy}"
        )

    def __repr__(self) -> str:
        return f"Tracer({self.dtype.name}{list(self.shape)})"


def _layout(node: Node, inputs: Sequence[Any]) -> Any:
    """Return an array that lies as a node's, given such arrays of its inputs."""
    if lies_one_way(node.shape):
        return stand_in(node) if node.weak else np.ones(node.shape, node.dtype)
    # Equal constants are one node, in whichever order they lie.
    if not isinstance(node, Operation) or any(x is None for x in inputs):
        return None
    try:
        with np.errstate(all="ignore"):
            result = node.evaluate(*inputs)
    except (ArithmeticError, IndexError, ValueError):
        # Of these numbers it cannot be computed.
        return None
    parts = node.primitive, result, inputs, node.attributes
    return result if lies_as_in_numpy(*parts) else None


class PythonTracer(BareNumber, Tracer):
    """One of Python's numbers of which only the type is known."""

    __slots__ = ()


def _is_weak(x: object) -> bool:
    return isinstance(x, Tracer) and x.is_python_number


def _makes_number(
    primitive: Primitive, arguments: Sequence[Any], attributes: dict[str, Any]
) -> bool:
    """Whether NumPy gives a number where it could also give an array without axes."""
    if primitive in _MAKE_NUMBERS:
        return True
    values = []
    for x in arguments:
        value = stand_in(x.node) if isinstance(x, Tracer) else x
        is_number = isinstance(x, Tracer) and x.is_number
        values.append(np.asarray(value)[()] if is_number else value)
    with np.errstate(all="ignore"):
        return not isinstance(primitive.evaluate(*values, **attributes), np.ndarray)


def _refuse_unknown_type(primitive: Primitive, nodes: Sequence[Node]) -> None:
    if primitive is not ops.POWER or not stays_weak(primitive, nodes):
        return
    base, exponent = nodes
    if exponent.dtype.kind == base.dtype.kind == "i" and not isinstance(
        exponent, Constant
    ):
        raise TraceError(
            "trace: got a power of two whole numbers of Python's, which is whole or "
            "not as the exponent is positive or not; use np.power or a float"
        )


# NumPy need not be asked with arrays that are as large as the operands.
_MAKE_NUMBERS = (ops.SUM, ops.MAX, ops.MIN, ops.PROD, ops.MATMUL)

# What these return depends on shapes and dtypes alone.
_LIKE = {np.zeros_like, np.ones_like, np.empty_like}
_OF_TYPES = {np.shape, np.ndim, np.size, *_LIKE}
_OF_TYPES |= {np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj}

ARG_EXTREMA = {
    np.argmax: Primitive("argmax", np.argmax),
    np.argmin: Primitive("argmin", np.argmin),
}


def _leaf_names(f: Callable[..., Any], position: int, example: Tree) -> list[str]:
    try:
        parameters = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        parameters = []
    argument = parameters[position] if position < len(parameters) else f"x{position}"
    if isinstance(example, dict | list | tuple):
        return [f"{argument}.{name}" for name in leaf_names(example)]
    return [argument]
