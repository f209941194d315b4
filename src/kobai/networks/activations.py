"""The activation functions as layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from kobai import functions
from kobai.checks import enter, whole, within
from kobai.errors import suggest
from kobai.functions.arrays import Array
from kobai.networks.layer import Layer, Shape, Values

ACTIVATIONS: dict[str, type["Activation"]] = {}
"""The activations by name, in the order in which they are defined."""


def hidden_activations() -> list[str]:
    """Return the names of the activations that stand between layers."""
    return [name for name, kind in ACTIVATIONS.items() if kind.hidden]


def activation_of(name: str) -> "Activation":
    """Return the layer that a name stands for; ValueError where it stands for none.

    >>> activation_of("relu")
    ReLU()
    """
    if name not in ACTIVATIONS:
        known = hidden_activations()
        raise ValueError(
            f'activation: got "{name}"; need one of {", ".join(known)}.'
            f"{suggest(str(name), known)}"
        )
    return ACTIVATIONS[name]()


@dataclass(frozen=True, repr=False)
class Activation(Layer):
    """A function as a layer: no parameters, the shape kept.

    With `class Swish(Activation, name="swish")` it enters `ACTIVATIONS`: the command,
    the estimators and the book know it by that name, and files by that of the class.
    """

    rectified: ClassVar[bool] = False
    """Whether it passes about half of its inputs, which He's initial weights expect."""
    hidden: ClassVar[bool] = True
    """Whether it also stands between layers, and not at the end alone."""

    def __init_subclass__(cls, name: str = "", known: bool = False) -> None:
        super().__init_subclass__(known=known or bool(name))
        if name:
            enter(ACTIVATIONS, name, cls)

    def _function(self, x: Array) -> Array:
        raise NotImplementedError

    def forward(self, values: Values, x: Array, training: bool) -> tuple[Array, Values]:
        """Apply the function to every number of x, shape (n, ...)."""
        return self._function(x), {}


@dataclass(frozen=True, repr=False)
class Identity(Activation, name="identity"):
    """Pass the sums on unchanged: the output layer of a regression."""

    def _function(self, x: Array) -> Array:
        return functions.identity(x)


@dataclass(frozen=True, repr=False)
class Sigmoid(Activation, name="sigmoid"):
    """y = 1 / (1 + exp(-x)): see `kobai.functions.sigmoid`."""

    def _function(self, x: Array) -> Array:
        return functions.sigmoid(x)


@dataclass(frozen=True, repr=False)
class Tanh(Activation, name="tanh"):
    """y = tanh x: see `kobai.functions.tanh`."""

    def _function(self, x: Array) -> Array:
        return functions.tanh(x)


@dataclass(frozen=True, repr=False)
class ReLU(Activation, name="relu"):
    """y = max(0, x): see `kobai.functions.relu`."""

    rectified = True

    def _function(self, x: Array) -> Array:
        return functions.relu(x)


@dataclass(frozen=True, repr=False)
class LeakyReLU(Activation, name="leaky_relu"):
    """y = x where x > 0, else slope · x: see `kobai.functions.leaky_relu`.

    >>> LeakyReLU(slope=0.2)
    LeakyReLU(slope=0.2)
    """

    slope: float = 0.01
    rectified = True

    def __post_init__(self) -> None:
        within("LeakyReLU", "slope", self.slope, 0, 1)

    def _function(self, x: Array) -> Array:
        return functions.leaky_relu(x, self.slope)


@dataclass(frozen=True, repr=False)
class Softplus(Activation, name="softplus"):
    """y = ln(1 + exp x): see `kobai.functions.softplus`."""

    rectified = True

    def _function(self, x: Array) -> Array:
        return functions.softplus(x)


@dataclass(frozen=True, repr=False)
class Exponential(Activation, name="exponential"):
    """y = exp x, the output layer for counts: see `kobai.functions.exponential`."""

    hidden = False

    def _function(self, x: Array) -> Array:
        return functions.exponential(x)


@dataclass(frozen=True, repr=False)
class GELU(Activation, name="gelu"):
    """y ≈ x Φ(x): see `kobai.functions.gelu`."""

    rectified = True

    def _function(self, x: Array) -> Array:
        return functions.gelu(x)


@dataclass(frozen=True, repr=False)
class Softmax(Activation, name="softmax"):
    """yₖ = exp xₖ / Σⱼ exp xⱼ, probabilities: see `kobai.functions.softmax`."""

    hidden = False

    def _function(self, x: Array) -> Array:
        return functions.softmax(x)


@dataclass(frozen=True, repr=False)
class Heads(Activation, known=True):
    """The output layer of several targets, some of which are classes.

    `sizes` has how many outputs each target has, one after the other: of k > 1 they are
    the probabilities of its classes, by a softmax of their own; one is a number. The
    loss behind it is `kobai.functions.heads_loss`, and targets are (n, targets): labels
    and numbers. Raises ValueError unless there are classes.

    >>> x = np.array([[0.0, 0.0, 3.0]])
    >>> Heads((2, 1)).forward({}, x, False)[0]
    array([[0.5, 0.5, 3. ]])
    """

    sizes: Sequence[int]
    hidden = False

    def __post_init__(self) -> None:
        for size in self.sizes:
            whole("Heads", "sizes", size)
        if max(self.sizes, default=0) < 2:
            raise ValueError(
                f"Heads: got sizes {self.sizes!r}; need two outputs or more for each "
                "column of classes, and one for each of numbers (Identity() is for "
                "numbers alone)"
            )
        # Files have lists, and what is compiled is kept by what does not change.
        object.__setattr__(self, "sizes", tuple(map(int, self.sizes)))

    def __repr__(self) -> str:
        return f"Heads({self.sizes})"

    def output_shape(self, shape: Shape) -> Shape:
        """Return shape; ValueError unless it has an output for all of the sizes."""
        if shape != (sum(self.sizes),):
            raise ValueError(
                f"Heads: got samples of shape {shape} for sizes {self.sizes}; need "
                f"({sum(self.sizes)},): put Dense({sum(self.sizes)}) before it"
            )
        return shape

    @property
    def parts(self) -> list[slice]:
        """Which outputs each target has."""
        ends = [sum(self.sizes[: i + 1]) for i in range(len(self.sizes))]
        return [slice(b - a, b) for a, b in zip(self.sizes, ends, strict=True)]

    def _function(self, x: Array) -> Array:
        pairs = zip(self.sizes, self.parts, strict=True)
        each = [functions.softmax(x[:, p]) if k > 1 else x[:, p] for k, p in pairs]
        return np.concatenate(each, axis=1)
