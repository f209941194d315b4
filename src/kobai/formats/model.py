"""A trained network, with what has to be known to use it on raw data."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.data.columns import Columns
from kobai.networks import Network


@dataclass(frozen=True)
class Model:
    """A network, the names of its classes, and how raw data becomes its inputs.

    `scale` is what raw numbers are multiplied by (1/255 for pixels from 0 to 255),
    `image_shape` the shape of one sample as a picture, `classes` a name per output.
    `columns` is what was fitted to the table that it was trained on, if that was one.
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
    columns: Columns | None = None

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
        if self.columns and inputs != (self.columns.width,):
            raise ValueError(
                f"Model: got columns that make {self.columns.width} numbers of a row, "
                f"for inputs of shape {inputs}; need as many"
            )

    def predict(self, raw: Any) -> np.ndarray:
        """Return the network's outputs for raw data, as it was before any scaling.

        raw has shape (n, *inputs) or (n, *image_shape); one sample alone gives its
        outputs alone. For a table it has shape (n, p), as `Columns` says, and outputs
        are in the target's units. Raises ValueError for another shape.
        """
        if self.columns is not None:
            return self._predict_rows(np.asarray(raw, np.float64), self.columns)
        x = np.asarray(raw, self.network.dtype) * self.scale
        picture = self.image_shape
        if picture and x.shape[-len(picture) :] == picture:
            x = x.reshape(*x.shape[: x.ndim - len(picture)], *self.network.inputs)
        return np.asarray(self.network.predict(x))

    def _predict_rows(self, raw: np.ndarray, columns: Columns) -> np.ndarray:
        features = len(columns.features)
        if raw.ndim not in (1, 2) or raw.shape[-1] != features:
            raise ValueError(
                f"Model: got rows of shape {raw.shape}; need (n, {features}): "
                f"{', '.join(columns.names)}"
            )
        x = columns.encode(raw.reshape(-1, features))
        y = np.asarray(columns.decode(self.network.predict(x)))
        return y.reshape(*raw.shape[:-1], -1)

    def predict_table(self, table: Any) -> Any:
        """Return a Polars frame of predictions for a table: a frame or a file.

        A row of it belongs to the row of the table: the class and a column with the
        probability of each, or the numbers under the names of the targets. Raises
        DataError where the table lacks a column or holds what the model cannot take,
        ValueError where the model was not trained on a table.
        """
        from kobai.formats.predictions import predict_table

        return predict_table(self, table)

    def __str__(self) -> str:
        classes = f"\nclasses: {', '.join(self.classes)}" if self.classes else ""
        return f"{self.name or 'model'}: {self.network}{classes}"
