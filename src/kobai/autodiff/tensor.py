"""Reverse mode: arrays that remember how they were computed.

A `Tape` writes down every operation as a `Node`, in the order in which they happen.
Back-propagation reads the tape backwards: each node hands the derivative of the loss
with respect to its value on to the nodes it was computed from.
"""

import math
import operator
import sys
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np

from kobai.autodiff import corners
from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.aliasing import source_of
from kobai.autodiff.arrays.buffers import Buffer, as_doubtful
from kobai.autodiff.arrays.keeping import kept, operand
from kobai.autodiff.arrays.layout import here, is_doubtful, is_known, lies_one_way
from kobai.autodiff.arrays.methods import fixed
from kobai.autodiff.arrays.overloaded import ArrayLike
from kobai.autodiff.primitive import (
    Overloaded,
    Primitive,
    Trace,
    after_end,
    unbroadcast,
)
from kobai.autodiff.scipy_functions import teach
from kobai.errors import GradientError

# A differentiation that starts later lies inside those that have started before.
_LEVELS = count(1)


def next_level() -> int:
    """Return a level above those of all traces begun so far."""
    if "scipy.special" in sys.modules:
        teach()
    return next(_LEVELS)


class Node:
    """One operation of a tape: its result, and what it was computed from."""

    __slots__ = (
        "attributes",
        "gradient",
        "is_flat",
        "is_laid_out",
        "parents",
        "primitive",
        "unused",
        "value",
        "values",
    )

    def __init__(
        self,
        value: Any,
        primitive: Primitive | None = None,
        values: list[Any] | None = None,
        parents: list[tuple[int, "Node"]] | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        self.value = value
        self.primitive = primitive
        self.values = values or []
        # The arguments that depend on x, with their positions.
        self.parents = parents or []
        self.attributes = attributes or {}
        self.gradient: Any = None
        # Which entries nothing uses, once all uses are known; see `corners`.
        self.unused: corners.Mask | None = None
        self.is_flat: bool | None = None
        # Whether the value is known to lie in memory as NumPy's; see `layout`.
        self.is_laid_out: bool | None = None


class Tape(Trace):
    """The operations of one differentiation, in the order they happened."""

    __slots__ = ("is_nested", "nodes", "used")

    def __init__(self) -> None:
        self.level = next_level()
        # Whether values may belong to another trace, which is then to be asked.
        self.is_nested = False
        self.nodes: list[Node] = []
        # Whether f looked at its argument at all.
        self.used = False

    def watch(self, value: Any) -> "Tensor":
        """Return an array whose uses are written down."""
        # Another differentiation's array may be given another node in place.
        if isinstance(value, Overloaded):
            self.is_nested, value = True, value.kept()
        return Tensor(self, Node(value))

    def end(self) -> None:
        """Take the arrays that f has kept for what they are outside, from now on."""
        self.__class__ = _Ended
        self.level = 0

    def apply(
        self,
        primitive: Primitive,
        arguments: Sequence[Any],
        attributes: dict[str, Any],
    ) -> Any:
        """Compute a primitive and write it down."""
        self.used = True
        values = list(arguments)
        parents = []
        for position, argument in enumerate(arguments):
            if isinstance(argument, Tensor) and argument.owner is self:
                parent = argument.node
                values[position] = parent.value
                parents.append((position, parent))
                continue
            if isinstance(argument, Overloaded):
                if argument.owner.has_ended:
                    # What an inner f has kept may be an array of this very tape.
                    return self.apply(
                        primitive, list(map(after_end, arguments)), attributes
                    )
                self.is_nested = True
            if position not in primitive.unread:
                # The rules will read it as it is now.
                values[position] = kept(argument)
            else:
                values[position] = operand(argument)
        keeps_axes = primitive.view or primitive in ops.CASTS
        if keeps_axes and _is_number(values[0]) and not arguments[0].is_number:
            # NumPy returned a number, but the array that took it is an array still.
            values[0] = ops.BROADCAST_TO(values[0], shape=())
        compute = primitive if self.is_nested else primitive.evaluate
        value = compute(*values, **attributes)
        if type(value) is Buffer:
            # Of an operand that is one; whether it lies in doubt, the operand tells.
            value = np.ndarray.view(value, np.ndarray)
        if primitive.is_constant:
            return _flat(value, primitive, values, parents)
        node = Node(value, primitive, values, parents, attributes)
        self.nodes.append(node)
        if primitive.view and (
            _share_memory(value, values[0]) or _may_be_view(primitive, parents)
        ):
            return Tensor(self, node, *source_of(primitive, arguments, attributes))
        return Tensor(self, node)

    def outside(self, x: Any) -> Any:
        """Return the value of one of its arrays when this has ended."""
        return x.node.value

    def backward(self, result: Node, seed: Any) -> None:
        """Leave in every node the derivative of the result with respect to it."""
        result.gradient = seed
        nodes = self.nodes
        outside, here.in_rules = here.in_rules, True
        try:
            while nodes:
                # What is done with is let go, so that its memory serves the next.
                node = nodes.pop()
                if node.gradient is not None:
                    _hand_on(node, node.gradient)
        finally:
            here.in_rules = outside


class _Ended(Tape):
    """A differentiation that is over."""

    __slots__ = ()

    has_ended = True

    def apply(
        self,
        primitive: Primitive,
        arguments: Sequence[Any],
        attributes: dict[str, Any],
    ) -> Any:
        """Compute a primitive of what the arrays are outside."""
        return primitive(*map(after_end, arguments), **attributes)


def _flat(
    value: Any,
    primitive: Primitive,
    values: list[Any],
    parents: list[tuple[int, Node]],
) -> Any:
    """Return a value that has the derivative 0, as it has for real numbers."""
    if value.dtype.kind == "c":
        raise GradientError(
            f"{primitive.name}: has no derivative rule for complex numbers; compute "
            "with the real and the imaginary part, z.real and z.imag"
        )
    if lies_one_way(value.shape) or isinstance(value, Overloaded):
        return value
    lie = all(is_known(parent) for _, parent in parents)
    return value if lie and not any(map(is_doubtful, values)) else as_doubtful(value)


def _hand_on(node: Node, g: Any) -> None:
    """Add to the gradients of the arguments what they owe to this node."""
    primitive, y, values = node.primitive, node.value, node.values
    assert primitive is not None
    if primitive.elementwise and len(values) > 1:
        values = _promoted(values, y.dtype)
    if primitive in corners.STEEP:
        g, y, values = corners.rounded(node, g, values)
    may_mask = node.unused is not None or primitive in corners.MASKING
    for position, parent in node.parents:
        rule = primitive.rule(position)
        if rule is None:
            continue
        if node.unused is None:
            part = rule(g, y, *values, **node.attributes)
        else:
            part = corners.without_masked(rule, node, g, y, values)
        value = parent.value
        if primitive.elementwise and part.shape != value.shape:
            part = unbroadcast(part, value)
        if part.dtype != value.dtype:
            # To a real value only the real part of the derivative belongs.
            part = part if value.dtype.kind == "c" else np.real(part)
            part = part.astype(value.dtype)
        # x itself hands nothing on: what of it is masked, nobody asks.
        asked = may_mask and parent.primitive is not None
        unused = corners.masked_by(node, position) if asked else None
        if parent.gradient is None:
            parent.gradient, parent.unused = part, unused
        else:
            parent.gradient = parent.gradient + part
            parent.unused = corners.both(parent.unused, unused)


def _promoted(values: list[Any], dtype: Any) -> list[Any]:
    """Return operands with the precision of the result, in which NumPy computed."""
    # Most have it, and Python's numbers have none.
    return [
        x if getattr(x, "dtype", dtype) is dtype else _widened(x, dtype) for x in values
    ]


def _widened(x: Any, dtype: Any) -> Any:
    is_narrower = x.dtype != dtype and x.dtype.kind in "iuf" and dtype.kind == "f"
    return x.astype(dtype) if is_narrower else x


class Tensor(ArrayLike):
    """An array under differentiation. Plain NumPy code takes it for an array."""

    __slots__ = ()

    owner: Tape
    node: Node

    @property
    def value(self) -> Any:
        """The plain array: what is computed from it has no derivative."""
        # A copy, for the rules read the original.
        return _array(self.node.value).copy()

    @property
    def is_number(self) -> bool:
        """Whether NumPy would have a number here, which cannot change."""
        # Once an array has been changed, its node may hold the number that NumPy
        # returned, but it is an array still; so is a view of an array that changed.
        if self._version or self._seen:
            return False
        return _is_number(self._node.value)

    @fixed
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        shape: tuple[int, ...] = self._node.value.shape
        return shape

    @fixed
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        dtype: np.dtype[Any] = self._node.value.dtype
        return dtype

    def layout(self) -> Any:
        """Return a plain array that lies in memory as NumPy's; None if not known."""
        value = self.node.value
        if isinstance(value, ArrayLike):
            return value.layout()
        return value if is_known(self.node) else None

    def constant(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Call a function that sees values but has no derivative."""
        self.owner.used = True
        kwargs = {k: _plain(v) for k, v in kwargs.items()}
        return function(*(_plain(a) for a in args), **kwargs)

    def __bool__(self) -> bool:
        self.owner.used = True
        return bool(self.node.value)

    def __repr__(self) -> str:
        if self.owner.has_ended:
            return repr(after_end(self))
        return f"Tensor({self._node.value!r})"

    def __str__(self) -> str:
        return str(self._node.value) if self.owner.has_ended else repr(self)

    # --- what needs plain numbers gets them when the differentiation is over

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self.owner.has_ended:
            return np.array(after_end(self), dtype, copy=copy)
        return super().__array__(dtype, copy)

    def __getattr__(self, name: str) -> Any:
        # NumPy asks for some with two underscores to make an array, and has __array__.
        if self.owner.has_ended and not name.startswith("__"):
            return getattr(after_end(self), name)
        return super().__getattr__(name)


def _of_the_plain(name: str, plain: Callable[..., Any]) -> None:
    live = getattr(ArrayLike, name)

    def method(self: Any, *args: Any) -> Any:
        if self.owner.has_ended:
            return plain(after_end(self), *args)
        return live(self, *args)

    setattr(Tensor, name, method)


_PLAIN_OF = (float, int, complex, operator.index, hash, round)
for _plain_of in (*_PLAIN_OF, math.trunc, math.floor, math.ceil):
    _of_the_plain(f"__{_plain_of.__name__}__", _plain_of)
for _name in ("__reduce_ex__", "item", "tolist", "view"):
    _of_the_plain(_name, lambda x, *args, _name=_name: getattr(x, _name)(*args))


def _share_memory(a: Any, b: Any) -> bool:
    a, b = _array(a), _array(b)
    if isinstance(a, Overloaded) or isinstance(b, Overloaded):
        # Without values, as while tracing, a possible view is taken for one.
        return not _is_number(a)
    # Of no entries, a view is still one.
    return a.size == 0 or bool(np.may_share_memory(a, b))


def _may_be_view(primitive: Primitive, parents: list[tuple[int, Node]]) -> bool:
    """Whether NumPy's result may be a view where ours is a copy, for it lies so."""
    return primitive is ops.RESHAPE and not is_known(parents[0][1])


def _is_number(value: Any) -> bool:
    value = _array(value)
    if isinstance(value, ArrayLike):
        return bool(value.is_number)
    return isinstance(value, np.generic)


def _array(value: Any) -> Any:
    """Return the plain array inside a value of nested differentiations."""
    while isinstance(value, Tensor):
        value = value.node.value
    return value


def _plain(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.node.value
    if isinstance(x, list | tuple):
        return type(x)(_plain(item) for item in x)
    return x
