"""The layers with numbers of their own, and Flatten."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from kobai.checks import whole, within
from kobai.errors import suggest
from kobai.functions import he, normal, xavier
from kobai.functions.arrays import Array
from kobai.networks.layer import (
    Drawing,
    Layer,
    Shape,
    Values,
)


@dataclass(frozen=True, repr=False)
class Dense(Layer, known=True):
    """Weigh every input for every unit, and add a bias.

        Y = X W + b

    Shapes (n, d_in), (d_in, units) and (units,) to (n, units). `init` is "he",
    "xavier", or the standard deviation of normal weights; None takes "he" where the
    next activation is of ReLU's kind and "xavier" elsewhere. Biases start at 0.

    >>> Dense(50, init=0.01).param_shapes((784,))
    {'W': (784, 50), 'b': (50,)}
    """

    units: int
    init: str | float | None = None
    bias: bool = True

    def __post_init__(self) -> None:
        whole("Dense", "units", self.units)
        if not isinstance(self.bias, bool):
            raise TypeError(f"Dense: bias must be True or False, got {self.bias!r}")
        if isinstance(self.init, str):
            if self.init not in ("he", "xavier"):
                hint = suggest(self.init, ("he", "xavier"))
                raise ValueError(
                    f'Dense: unknown init "{self.init}"; need "he", "xavier" or a '
                    f"standard deviation.{hint}"
                )
        elif self.init is not None:
            within("Dense", "init", self.init, 0, math.inf)

    def __repr__(self) -> str:
        return super().__repr__().replace("units=", "", 1)

    def output_shape(self, shape: Shape) -> Shape:
        """Return (units,); ValueError unless a sample is a vector."""
        if len(shape) != 1:
            raise ValueError(
                f"Dense: got samples of shape {shape}; need vectors: put Flatten() "
                "before it"
            )
        return (self.units,)

    def param_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return W's shape, and b's."""
        weights: dict[str, Shape] = {"W": (shape[0], self.units)}
        return weights | {"b": (self.units,)} if self.bias else weights

    def first_params(self, shape: Shape, drawing: Drawing) -> dict[str, np.ndarray]:
        """Draw W as `init` says; b is 0."""
        rng, dtype = drawing.rng, drawing.dtype
        init = self.init
        if init is None:
            init = "he" if drawing.rectified else "xavier"
        size = (shape[0], self.units)
        if isinstance(init, str):
            weights = (he if init == "he" else xavier)(rng, size, dtype)
        else:
            weights = normal(rng, size, float(init), dtype)
        if not self.bias:
            return {"W": weights}
        return {"W": weights, "b": np.zeros(self.units, dtype)}

    def forward(self, values: Values, x: Array, training: bool) -> tuple[Array, Values]:
        """Return x W + b, shapes (n, d_in) to (n, units)."""
        product = x @ values["W"]
        return product + values["b"] if self.bias else product, {}


@dataclass(frozen=True, repr=False)
class Dropout(Layer, known=True):
    """Silence each number with probability `rate` while training.

        y = x · mask

    The mask is 0 with probability rate, else 1/(1 - rate), so that the mean of y is x
    and nothing has to be scaled once training is over ("inverted" dropout; the paper
    scales the weights afterwards instead). The shape is kept.

    >>> Dropout(0.5)
    Dropout(rate=0.5)

    Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from
    overfitting", 2014, section 10.
    """

    rate: float = 0.5

    def __post_init__(self) -> None:
        within("Dropout", "rate", self.rate, 0, 1)

    def __repr__(self) -> str:
        return f"Dropout(rate={self.rate})"

    def noise_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the mask's shape for one sample."""
        return {"mask": shape}

    def draw_noise(
        self, n: int, shape: Shape, drawing: Drawing
    ) -> dict[str, np.ndarray]:
        """Draw the scaled mask of what is kept, shape (n, ...)."""
        kept = drawing.rng.random((n, *shape), dtype=np.float32) >= self.rate
        return {"mask": (kept / (1 - self.rate)).astype(drawing.dtype)}

    def forward(self, values: Values, x: Array, training: bool) -> tuple[Array, Values]:
        """Return x times the mask while training, else x."""
        if not training:
            return x, {}
        if "mask" not in values:
            raise ValueError(
                "Dropout: got no mask to train with; pass noise=network.noise(n, rng)"
            )
        mask = values["mask"]
        if mask.shape != x.shape:
            raise ValueError(
                f"Dropout: got a mask of shape {mask.shape} for inputs of shape "
                f"{x.shape}; need noise drawn for this batch size"
            )
        return x * mask, {}


@dataclass(frozen=True, repr=False)
class BatchNorm(Layer, known=True):
    """Give every unit mean 0 and variance 1 over the batch, then scale and shift.

        y = γ (x - μ) / √(σ² + ε) + β

    Each number of a sample is taken by itself; the shape is kept. While training μ and
    σ² are the batch's (σ² divided by n); afterwards they are running means,

        r ← momentum · r + (1 - momentum) · batch

    of μ and of the unbiased variance σ² n/(n - 1), as the paper's algorithm 2 has it.
    γ starts at 1, β at 0.

    >>> BatchNorm().param_shapes((50,))
    {'gamma': (50,), 'beta': (50,)}

    Source: Ioffe & Szegedy, "Batch normalization: accelerating deep network training
    by reducing internal covariate shift", 2015, algorithms 1 and 2.
    """

    momentum: float = 0.9
    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        within("BatchNorm", "momentum", self.momentum, 0, 1)
        within("BatchNorm", "epsilon", self.epsilon, 0, math.inf)

    def param_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the shapes of γ and β."""
        return {"gamma": shape, "beta": shape}

    def statistic_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the shapes of the running mean and variance."""
        return {"mean": shape, "var": shape}

    def first_params(self, shape: Shape, drawing: Drawing) -> dict[str, np.ndarray]:
        """Return γ = 1 and β = 0."""
        dtype = drawing.dtype
        return {"gamma": np.ones(shape, dtype), "beta": np.zeros(shape, dtype)}

    def first_statistics(self, shape: Shape, dtype: DTypeLike) -> dict[str, np.ndarray]:
        """Return mean 0 and variance 1."""
        return {"mean": np.zeros(shape, dtype), "var": np.ones(shape, dtype)}

    def forward(self, values: Values, x: Array, training: bool) -> tuple[Array, Values]:
        """Return the normalised batch, and the running statistics if training."""
        if not training:
            centred = x - values["mean"]
            return self._scaled(values, centred, values["var"]), {}
        mean = np.mean(x, axis=0)
        centred = x - mean
        var = np.mean(centred * centred, axis=0)
        return self._scaled(values, centred, var), self._moved(values, mean, var, x)

    def _scaled(self, values: Values, centred: Array, var: Array) -> Array:
        normalised = centred / np.sqrt(var + self.epsilon)
        return values["gamma"] * normalised + values["beta"]

    def _moved(self, values: Values, mean: Array, var: Array, x: Array) -> Values:
        n = x.shape[0]
        # The variance of one sample says nothing: n - 1 = 0 would give NaN.
        batch = {"mean": mean, "var": var * (n / max(n - 1, 1))}
        keep = self.momentum
        return {name: keep * values[name] + (1 - keep) * batch[name] for name in batch}


@dataclass(frozen=True, repr=False)
class Flatten(Layer, known=True):
    """Lay out each sample as one vector, row after row.

    >>> Flatten().output_shape((28, 28))
    (784,)
    """

    def output_shape(self, shape: Shape) -> Shape:
        """Return (the product of shape,)."""
        return (math.prod(shape),)

    def forward(self, values: Values, x: Array, training: bool) -> tuple[Array, Values]:
        """Return x as (n, d)."""
        return x.reshape((x.shape[0], math.prod(x.shape[1:]))), {}
