"""What a primitive is: an operation that is differentiated as one piece.

A primitive takes arrays as positional arguments and fixed attributes (an axis, a
shape) as keywords. NumPy functions are written in terms of primitives, and every
rule of differentiation belongs to one.
"""

import sys
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

# vjp(g, y, *arguments, **attributes): g is the derivative of the loss with respect to
# the result y; the value is that with respect to one of the arguments. It is written
# in plain NumPy, so that it can itself be differentiated and traced.
Vjp = Callable[..., Any]

# For `unread`: of none is more than the shape needed, however many there are.
EVERY_ARGUMENT = range(sys.maxsize)


@dataclass(frozen=True, eq=False, slots=True)
class Primitive:
    """An operation on arrays, with all that is known of it.

    `evaluate` computes it on plain arrays. `vjps` has a rule per argument; None stands
    for a piecewise constant operation, such as a comparison, whose derivative is 0.
    `variadic` is the rule of an operation with any number of arguments, which takes
    the argument's position first. The arguments of an `elementwise` operation
    broadcast. The result of a `view` shares memory with its only argument in NumPy;
    `write(x, new)` is x after its view has changed to `new`, where that is known.
    `unread` are the positions of the arguments of which the rules need no more than
    the shape: they may change before the rules are used. `is_constant` says that the
    derivative is 0 wherever it exists.
    `type_of` gives the shape and dtype of the result from arguments that have no
    more, for operations that cannot be asked with arrays of ones.
    """

    name: str
    evaluate: Callable[..., Any]
    vjps: tuple[Vjp | None, ...] | None = None
    variadic: Vjp | None = None
    elementwise: bool = False
    view: bool = False
    write: Callable[..., Any] | None = None
    unread: Container[int] = ()
    type_of: Callable[..., tuple[tuple[int, ...], Any]] | None = None
    is_constant: bool = field(init=False)

    def __post_init__(self) -> None:
        """Note once what every use asks."""
        is_constant = self.vjps is None and self.variadic is None
        object.__setattr__(self, "is_constant", is_constant)
        if is_constant:
            object.__setattr__(self, "unread", EVERY_ARGUMENT)

    def rule(self, position: int) -> Vjp | None:
        """Return the rule of the argument at a position; None if it has none."""
        if self.variadic is not None:
            return partial(self.variadic, position)
        rules = self.vjps or ()
        return rules[position] if position < len(rules) else None

    def __call__(self, *arguments: Any, **attributes: Any) -> Any:
        """Compute the operation; differentiate or trace it where an argument asks."""
        innermost = None
        for argument in arguments:
            if isinstance(argument, Overloaded) and (
                innermost is None or argument.owner.level > innermost.level
            ):
                innermost = argument.owner
        if innermost is None:
            return self.evaluate(*arguments, **attributes)
        return innermost.apply(self, arguments, attributes)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"


class Trace:
    """What records the operations on the arrays of one differentiation or tracing.

    Of several that are nested, the one with the highest level is the innermost.
    """

    __slots__ = ("level",)

    level: float
    # Whether it is over: what f has kept of its arrays is then what it is outside.
    has_ended = False

    def apply(
        self,
        primitive: Primitive,
        arguments: Sequence[Any],
        attributes: dict[str, Any],
    ) -> Any:
        """Compute a primitive with arguments of which some belong to this trace."""
        raise NotImplementedError

    def outside(self, x: Any) -> Any:
        """Return the value of one of its arrays when this has ended, if it has one."""
        return x


class Overloaded:
    """An array-like that belongs to a trace; NumPy hands its functions over to it."""

    __slots__ = ("owner",)

    owner: Trace

    def kept(self) -> Any:
        """Return an array of the same values that changes of this one do not reach."""
        raise NotImplementedError


def after_end(x: Any) -> Any:
    """Return x; of a trace that has ended, what it is outside of that.

    f may keep an array, as `net.W = W` or a list of losses does, and others read it
    when the differentiation is over.
    """
    while isinstance(x, Overloaded) and x.owner.has_ended:
        x = x.owner.outside(x)
    return x


def unbroadcast(g: Any, like: Any) -> Any:
    """Sum g over the axes along which `like` was broadcast, to like's shape.

    Every copy of a broadcast number adds to the loss, so its derivative is the sum.

    >>> unbroadcast(np.ones((3, 2)), np.zeros((1, 2)))
    array([[3., 3.]])
    """
    shape = np.shape(like)
    if g.shape == shape:
        return g
    extra = g.ndim - len(shape)
    stretched = [extra + i for i, n in enumerate(shape) if n == 1]
    # np.sum does the same, and takes twice as long.
    summed = np.add.reduce(g, (*range(extra), *stretched))
    return np.reshape(summed, shape) if stretched else summed
