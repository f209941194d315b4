"""A trained network, with what has to be known to use it on raw data."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.networks import Network


@dataclass(frozen=True)
class Model:
    """A network, the names of its classes, and how raw data becomes its inputs.

    `scale` is what raw numbers are multiplied by (1/255 for pixels from 0 to 255),
    `image_shape` the shape of one sample as a picture, `classes` a name per output.
    Raises ValueError where these do not fit the network.

    >>> from kobai.networks import Dense, Softmax
    >>> network = Network(4, [Dense(2), Softmax()])
    >>> model = Model(network, ("no", "yes"), image_shape=(2, 2), scale=1 / 255)
    >>> model.predict(np.full((3, 2, 2), 255)).shape
    (3, 2)
    """

    network: Network
    classes: tuple[str, ...] = ()
    image_shape: tuple[int, ...] | None = None
    scale: float = 1.0
    name: str = ""

    def __post_init__(self) -> None:
        outputs = self.network.outputs[-1]
        # One sigmoid output answers no or yes: two classes.
        if self.classes and len(self.classes) != max(outputs, 2):
            raise ValueError(
                f"Model: got {len(self.classes)} classes for {outputs} outputs; need "
                f"{max(outputs, 2)}, or none"
            )
        inputs = self.network.inputs
        if self.image_shape and math.prod(self.image_shape) != math.prod(inputs):
            raise ValueError(
                f"Model: got pictures of shape {self.image_shape} for inputs of shape "
                f"{inputs}; need as many numbers"
            )
        if not math.isfinite(self.scale) or self.scale == 0:
            raise ValueError(f"Model: scale must be finite and not 0: {self.scale}")

    def predict(self, raw: Any) -> np.ndarray:
        """Return the network's outputs for raw data, as it was before any scaling.

        raw has shape (n, *inputs) or (n, *image_shape); one sample alone gives its
        outputs alone. Raises ValueError for another shape.
        """
        x = np.asarray(raw, self.network.dtype) * self.scale
        picture = self.image_shape
        if picture and x.shape[-len(picture) :] == picture:
            x = x.reshape(*x.shape[: x.ndim - len(picture)], *self.network.inputs)
        return np.asarray(self.network.predict(x))

    def __str__(self) -> str:
        classes = f"\nclasses: {', '.join(self.classes)}" if self.classes else ""
        return f"{self.name or 'model'}: {self.network}{classes}"
