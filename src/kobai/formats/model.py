"""A trained network, with what has to be known to use it on raw data."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.data.dataset import Array, Dataset
from kobai.data.ranges import InputRange
from kobai.data.tables.columns import Columns
from kobai.data.tables.text.writing import Writing
from kobai.errors import visible
from kobai.formats.calibration import Calibration
from kobai.formats.layout import laid_out
from kobai.formats.units import factor_to_raw, known_range
from kobai.keywords import checked_keywords
from kobai.networks import Network
from kobai.networks.frames import as_numbers


@checked_keywords
@dataclass(frozen=True)
class Model:
    """A network, the names of its classes, and how raw data becomes its inputs.

    `scale` is what raw numbers are multiplied by (1/255 for pixels from 0 to 255),
    `image_shape` the shape of one sample as a picture, `classes` a name per output.
    `columns` is what was fitted to the table that it was trained on, if that was one,
    and `writing` how the table's text was written. `input_range` says which raw numbers
    it was trained on, `calibration` from which probability on it says yes, or how far
    off its numbers are. Raises ValueError where these do not fit the network.

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
    input_range: InputRange | None = None
    writing: Writing | None = None
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        _check_text(self)
        outputs = self.network.outputs[-1]
        # One sigmoid output answers no or yes: two classes.
        if self.classes and len(self.classes) != max(outputs, 2):
            raise ValueError(
                f"Model: got {len(self.classes)} classes for {outputs} outputs; need "
                f"{max(outputs, 2)}, or none"
            )
        target = self.columns.target if self.columns else None
        if target and target.heads and outputs != len(target.outputs):
            raise ValueError(
                f"Model: got targets of {len(target.outputs)} outputs for a network of "
                f"{outputs}; need as many"
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

    @staticmethod
    def of(network: Network, data: Dataset) -> "Model":
        """Return a network that was trained on a data set, with what that says.

        >>> from kobai.data import load_digits
        >>> from kobai.networks import Dense, Softmax
        >>> data = load_digits()
        >>> model = Model.of(Network(64, [Dense(10), Softmax()]), data)
        >>> raw = np.rint(16 * data.x_test).astype(np.uint8)
        >>> np.allclose(model.predict(raw), model.predict(data.x_test), atol=1e-6)
        True
        """
        return Model(
            network,
            data.classes,
            data.image_shape,
            data.scale,
            data.name,
            data.columns,
            data.input_range,
            data.writing,
        )

    @property
    def known_range(self) -> InputRange | None:
        """The range of raw inputs, from the scale where nothing else says it."""
        return known_range(self.scale, self.input_range)

    def predict(self, raw: Any) -> np.ndarray:
        """Return the network's outputs for raw data, or for what is already scaled.

        raw has shape (n, *inputs) or (n, *image_shape); one sample alone gives its
        outputs alone. Where pixels were scaled, whole numbers are raw; so are other
        rows with a number above 2, and rows up to 1 are scaled already.

        For a table it has shape (n, p), as `Columns` says, of raw numbers alone, or is
        a frame, a dict of columns, or a record or a list of records, whose columns are
        found by their names; outputs are in the target's units. Raises ValueError for
        another shape, and for numbers in none of these units.
        """
        if self.columns is not None:
            from kobai.formats.rows import predict_rows

            return predict_rows(self.network, self.columns, raw)
        raw = as_numbers(raw, "Model: the inputs")
        x, is_single = laid_out(raw, self.network.inputs, self.image_shape)
        outputs = np.asarray(self.network.predict(self.scaled(x)))
        return outputs[0] if is_single else outputs

    def scaled(self, x: Array) -> Array:
        """Return rows x `(n, ...)` as the network takes them, in its dtype.

        Raises ValueError for numbers that are neither raw nor scaled.
        """
        factor = factor_to_raw(x, self.known_range)
        numbers: Array = np.asarray(x, self.network.dtype) * (factor * self.scale)
        return numbers

    def predict_table(self, table: Any) -> Any:
        """Return a Polars frame of predictions for a table: a frame or a file.

        A row of it belongs to the row of the table: the class and a column with the
        probability of each, or the numbers under the names of the targets, with the
        ends of the interval, "low" and "high", where it has one; of several targets
        each under its name, and "NAME=CLASS" for the probabilities. Raises DataError
        where the table lacks a column or holds what the model cannot take, ValueError
        where the model was not trained on a table.
        """
        from kobai.formats.predictions import predict_table

        return predict_table(self, table)

    def __str__(self) -> str:
        classes = f"\nclasses: {', '.join(self.classes)}" if self.classes else ""
        return visible(f"{self.name or 'model'}: {self.network}{classes}")


def _check_text(model: Model) -> None:
    """Refuse names that cannot be written: halves of characters beyond 16 bits."""
    columns = model.columns
    names = [model.name, *model.classes]
    if columns is not None:
        names += [*columns.names, *columns.target.names, *columns.target.outputs]
        names += [word for each in columns.features for word in each.categories]
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            raise ValueError(
                f"Model: got the name {name!a}, which is no text"
            ) from None
