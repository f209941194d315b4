"""A first layer for tables: each unit sees a curve of each number, not a line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kobai.checks import whole
from kobai.functions import he
from kobai.functions.arrays import Array
from kobai.networks.layer import Drawing, Layer, Shape, Values

WIDEST = 5.0
"""No input counts for more than so many standard deviations."""


@dataclass(frozen=True, repr=False)
class PiecewiseLinear(Layer, known=True):
    """Give every unit a curve of each number, straight between knots, and add them.

    Of input j with knots a₀ < a₁ < … < a_K,

        s(x) = min(max(x, -5), 5)
        φₖ(x) = min(max((x - aₖ₋₁) / (aₖ - aₖ₋₁), 0), 1),   k = 1 … K
        y = s(x) W + Σⱼ Σₖ φₖ(xⱼ) Vⱼₖ + b

    shapes (n, d_in) to (n, units). `knots` has those of the first p inputs, as many
    for each; other inputs, such as the zeros and ones of categories, have W alone.
    Where two knots are equal there is no piece. A tree splits a number anywhere; a line
    through all of its values cannot, and takes many units and steps to bend. s keeps
    an input far from all others from deciding everything. Raises ValueError for knots
    that fall, or are of different numbers.

    >>> PiecewiseLinear(50, [[-1, 0, 2]]).param_shapes((3,))
    {'W': (3, 50), 'V': (2, 50), 'b': (50,)}

    Gorishniy, Rubachev & Babenko (2022), "On Embeddings for Numerical Features in
    Tabular Deep Learning", section 3.1.
    """

    units: int
    knots: Sequence[Sequence[float]]

    def __post_init__(self) -> None:
        whole("PiecewiseLinear", "units", self.units)
        rows = tuple(tuple(map(float, row)) for row in self.knots)
        is_rising = all(a <= b for row in rows for a, b in pairwise(row))
        finite = all(math.isfinite(a) for row in rows for a in row)
        if not (finite and is_rising and len({*map(len, rows)}) == 1 < len(rows[0])):
            raise ValueError(
                f"PiecewiseLinear: got knots {self.knots!r}; need for each number as "
                "many as for any other, two or more, none below the one before"
            )
        # Files have lists, and what is compiled is kept by what does not change.
        object.__setattr__(self, "knots", rows)

    def __repr__(self) -> str:
        many = f"{len(self.knots)} × {len(self.knots[0])} knots"
        return f"PiecewiseLinear({self.units}, {many})"

    @property
    def pieces(self) -> int:
        """How many φ there are of all numbers."""
        return len(self.knots) * (len(self.knots[0]) - 1)

    def output_shape(self, shape: Shape) -> Shape:
        """Return (units,); ValueError for samples without a number for all knots."""
        if len(shape) != 1 or shape[0] < len(self.knots):
            raise ValueError(
                f"PiecewiseLinear: got samples of shape {shape} and knots of "
                f"{len(self.knots)} numbers; need vectors of as many or more"
            )
        return (self.units,)

    def param_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the shapes of W, V and b."""
        units = self.units
        return {"W": (shape[0], units), "V": (self.pieces, units), "b": (units,)}

    def first_params(self, shape: Shape, drawing: Drawing) -> dict[str, np.ndarray]:
        """Draw W and V as the weights of one layer; b is 0."""
        size = (shape[0] + self.pieces, self.units)
        weights = he(drawing.rng, size, drawing.dtype)
        return {
            "W": weights[: shape[0]],
            "V": weights[shape[0] :],
            "b": np.zeros(self.units, drawing.dtype),
        }

    def forward(self, values: Values, x: Array, training: bool) -> tuple[Array, Values]:
        """Return s(x) W + φ(x) V + b, shapes (n, d_in) to (n, units)."""
        near = _between(x, -WIDEST, WIDEST)
        pieces = _between(self._places(x, training), 0, 1)
        return near @ values["W"] + pieces @ values["V"] + values["b"], {}

    def _places(self, x: Array, training: bool) -> Array:
        """Return how far each number is through each piece, shape (n, pieces)."""
        knots = np.array(self.knots)
        low, width = knots[:, :-1], np.diff(knots, axis=1)
        slope = np.divide(1, width, out=np.zeros_like(width), where=width > 0)
        start = (low * slope).ravel().astype(x.dtype)
        number = np.repeat(np.arange(len(knots)), width.shape[1])
        slope = slope.ravel().astype(x.dtype)
        if not training:
            return x[:, number] * slope - start
        # The same as a product, of which every term but one is 0: loops are compiled
        # for products, and not for columns picked by their numbers.
        spread = np.zeros((x.shape[1], len(number)), x.dtype)
        spread[number, np.arange(len(number))] = slope
        return x @ spread - start


def _between(x: Array, low: float, high: float) -> Array:
    """Return min(max(x, low), high)."""
    # Exported programs have a maximum, and min(a, b) is -max(-a, -b).
    return np.maximum(-np.maximum(-x, -high), low)
