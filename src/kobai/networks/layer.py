"""What a layer is: a small frozen record that says how it acts, without numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from kobai.checks import enter
from kobai.functions.arrays import Array

Shape = tuple[int, ...]
Values = Mapping[str, Array]

LAYERS: dict[str, type["Layer"]] = {}
"""The layers by the names that files have for them."""


class Drawing(NamedTuple):
    """What a layer needs to know in order to draw its first parameters."""

    rng: np.random.Generator
    dtype: DTypeLike
    rectified: bool
    """Whether the next activation is one of ReLU's kind."""


@dataclass(frozen=True, repr=False)
class Layer:
    """One step from inputs to outputs, pure: its numbers come as arguments.

    A layer names its numbers locally (`W`, `b`), and the network numbers them (`W1`,
    `b1`). Shapes are those of one sample: the batch, axis 0, is left out. With
    `class Scale(Layer, known=True)` a layer enters `LAYERS`: files that name it can be
    read wherever it has been imported.
    """

    def __init_subclass__(cls, known: bool = False) -> None:
        if known:
            enter(LAYERS, cls.__name__, cls)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape that comes out where `shape` goes in, or raise ValueError.

        >>> Layer().output_shape((28, 28))
        (28, 28)
        """
        return shape

    def param_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the shape of each trainable parameter by its local name.

        >>> Layer().param_shapes((784,))
        {}
        """
        return {}

    def statistic_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the shape of each running statistic by its local name.

        >>> Layer().statistic_shapes((784,))
        {}
        """
        return {}

    def noise_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the shape for one sample of each noise that training needs.

        >>> Layer().noise_shapes((784,))
        {}
        """
        return {}

    def first_params(self, shape: Shape, drawing: Drawing) -> dict[str, np.ndarray]:
        """Draw the parameters that training starts from."""
        return {}

    def first_statistics(self, shape: Shape, dtype: DTypeLike) -> dict[str, np.ndarray]:
        """Make the statistics that training starts from."""
        return {}

    def draw_noise(
        self, n: int, shape: Shape, drawing: Drawing
    ) -> dict[str, np.ndarray]:
        """Draw the noise of one training step for a batch of n."""
        return {}

    def forward(self, values: Values, x: Array, training: bool) -> tuple[Array, Values]:
        """Return the outputs for a batch x, and the statistics that it changes.

        `values` holds parameters, statistics and noise by their local names.
        """
        raise NotImplementedError

    def __repr__(self) -> str:
        changed = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
            if getattr(self, field.name) != field.default
        )
        return f"{type(self).__name__}({', '.join(changed)})"
