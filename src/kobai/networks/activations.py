"""The activation functions as layers."""

from dataclasses import dataclass
from typing import ClassVar

from kobai import functions
from kobai.checks import within
from kobai.functions.arrays import Array
from kobai.networks.layer import Layer, Values


@dataclass(frozen=True, repr=False)
class Activation(Layer):
    """A function of `kobai.functions` as a layer: no parameters, the shape kept."""

    rectified: ClassVar[bool] = False
    """Whether it passes about half of its inputs, which He's initial weights expect."""

    def _function(self, x: Array) -> Array:
        raise NotImplementedError

    def forward(self, values: Values, x: Array, training: bool) -> tuple[Array, Values]:
        """Apply the function to every number of x, shape (n, ...)."""
        return self._function(x), {}


@dataclass(frozen=True, repr=False)
class Identity(Activation):
    """Pass the sums on unchanged: the output layer of a regression."""

    def _function(self, x: Array) -> Array:
        return functions.identity(x)


@dataclass(frozen=True, repr=False)
class Sigmoid(Activation):
    """y = 1 / (1 + exp(-x)): see `kobai.functions.sigmoid`."""

    def _function(self, x: Array) -> Array:
        return functions.sigmoid(x)


@dataclass(frozen=True, repr=False)
class Tanh(Activation):
    """y = tanh x: see `kobai.functions.tanh`."""

    def _function(self, x: Array) -> Array:
        return functions.tanh(x)


@dataclass(frozen=True, repr=False)
class ReLU(Activation):
    """y = max(0, x): see `kobai.functions.relu`."""

    rectified = True

    def _function(self, x: Array) -> Array:
        return functions.relu(x)


@dataclass(frozen=True, repr=False)
class LeakyReLU(Activation):
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
class Softplus(Activation):
    """y = ln(1 + exp x): see `kobai.functions.softplus`."""

    rectified = True

    def _function(self, x: Array) -> Array:
        return functions.softplus(x)


@dataclass(frozen=True, repr=False)
class Exponential(Activation):
    """y = exp x, the output layer for counts: see `kobai.functions.exponential`."""

    def _function(self, x: Array) -> Array:
        return functions.exponential(x)


@dataclass(frozen=True, repr=False)
class GELU(Activation):
    """y ≈ x Φ(x): see `kobai.functions.gelu`."""

    rectified = True

    def _function(self, x: Array) -> Array:
        return functions.gelu(x)


@dataclass(frozen=True, repr=False)
class Softmax(Activation):
    """yₖ = exp xₖ / Σⱼ exp xⱼ, probabilities: see `kobai.functions.softmax`."""

    def _function(self, x: Array) -> Array:
        return functions.softmax(x)


ACTIVATIONS: dict[str, type[Activation]] = {
    "identity": Identity,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "softplus": Softplus,
    "exponential": Exponential,
    "gelu": GELU,
    "softmax": Softmax,
}
