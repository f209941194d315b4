"""The network for a table: curves of its numbers first."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from kobai.keywords import checked_keywords
from kobai.networks.activations import activation_of
from kobai.networks.layers import Dense, Dropout
from kobai.networks.network import Network
from kobai.networks.piecewise import PiecewiseLinear
from kobai.networks.usual.defaults import Data, usual_members
from kobai.networks.usual.outputs import made, output_layer, outputs, usual_loss

LEAST_PIECES, MOST_PIECES, PIECE_ROWS = 8, 32, 50
"""A number is cut into so many pieces, with so many rows in each."""
MOST_IN_ALL = 2048
"""With more pieces of all numbers a step would take too long."""
KNOT_ROWS = 100_000
"""So many rows tell where the knots are."""


@checked_keywords
def tabular(
    data: Data,
    *,
    hidden: Sequence[int] = (128, 128),
    activation: str = "gelu",
    loss: str | None = None,
    pieces: int | None = None,
    dropout: float = 0.0,
    members: int | None = None,
    seed: int = 0,
    dtype: DTypeLike = np.float32,
) -> Network:
    """Return a network for a table: curves of its numbers first, then dense layers.

        h₁ = activation(s(x) W + φ(x) V + b)
        hᵢ = activation(hᵢ₋₁ Wᵢ + bᵢ)
        y  = h W + b

    φ cuts each number into `pieces` with an equal share of the training rows in each
    (a value that many rows have counts as one such share); see `PiecewiseLinear`.
    Usually there are 50 rows in a piece, but 8 to 32 pieces, and fewer of very many
    numbers. Inputs of categories go into s(x) alone. After each activation there may
    be `dropout`, of which an ensemble has no need. Of several targets of which some are
    classes each has its own outputs of the last layer, see `Heads`. Without `hidden`
    layers it is a linear model. So many `members` are an `Ensemble` of such networks;
    usually 8, 4 for a table of more than 2,000 rows, and one for more than 200,000.
    `data` is a `Dataset` that `load_table` made. Trained with `validation` and
    `patience` it is what `kobai train` makes of a table.

    >>> import polars as pl
    >>> from kobai import load_table
    >>> frame = pl.DataFrame({"age": range(40, 0, -2), "fur": ["short", "long"] * 10})
    >>> network = tabular(load_table(frame, "fur", keep="age"), hidden=[8], pieces=4)
    >>> network.layers
    (PiecewiseLinear(8, 1 × 5 knots), GELU(), Dense(1), Sigmoid())
    >>> network.members
    8

    Gorishniy, Rubachev & Babenko (2022), "On Embeddings for Numerical Features in
    Tabular Deep Learning"; Holzmüller, Grinsztajn & Steinwart (2024), "Better by
    Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular Data".
    """
    knots = _knots(data, pieces)
    layers: list[Any] = []
    for units in hidden:
        first = PiecewiseLinear(units, knots) if knots and not layers else Dense(units)
        layers += [first, activation_of(activation)]
        layers += [Dropout(dropout)] * (dropout > 0)
    loss = loss or usual_loss(data)
    layers += [Dense(outputs(data, loss)), output_layer(loss, data)]
    members = usual_members(data, hidden) if members is None else members
    return made(data, layers, loss, members, seed=seed, dtype=dtype)


def _knots(data: Data, pieces: int | None) -> list[list[float]]:
    """Return for each number of a table the values that cut it into pieces."""
    features = getattr(data.columns, "features", ())
    numbers = sum(feature.kind == "number" for feature in features)
    if pieces is None:
        pieces = max(LEAST_PIECES, len(data.x_train) // PIECE_ROWS)
        pieces = min(pieces, MOST_PIECES, MOST_IN_ALL // max(1, numbers))
    if not pieces:
        return []
    rows = slice(None, None, max(1, len(data.x_train) // KNOT_ROWS))
    columns = (data.x_train[rows, index] for index in range(numbers))
    return [_cuts(column, pieces) for column in columns]


def _cuts(column: np.ndarray, pieces: int) -> list[float]:
    """Return the values of a number that have equal shares of its rows between them.

    A value that many rows have, such as 0, counts as one piece of rows at most:
    quantiles would be that value over and over, with few pieces left for all others.
    """
    values, counts = np.unique(column, return_counts=True)
    reached = np.cumsum(np.minimum(counts, max(1, len(column) // pieces)))
    places = np.searchsorted(reached, np.linspace(0, reached[-1], pieces + 1))
    found: list[float] = values[places].tolist()
    return found
