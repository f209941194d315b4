"""The network that suits a data set, and how to train it, where nothing is said."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike

from kobai.keywords import checked_keywords
from kobai.networks.activations import ACTIVATIONS, Identity, Sigmoid, Softmax
from kobai.networks.layer import Layer
from kobai.networks.layers import Dense, Dropout, Flatten
from kobai.networks.losses import LOSSES, usual_losses
from kobai.networks.network import Network
from kobai.networks.piecewise import PiecewiseLinear
from kobai.optimizers import OPTIMIZERS

DIGITS: dict[str, Any] = {
    "hidden": (50,),
    "activation": "relu",
    "optimizer": "sgd",
    "learning_rate": 0.3,
    "batch_size": 20,
    "epochs": 30,
}
TABLES: dict[str, Any] = {
    "hidden": (128, 128),
    "activation": "relu",
    "optimizer": "adam",
    "learning_rate": 0.002,
    "batch_size": 256,
    "epochs": 200,
    "validation": 0.2,
}
OTHERS: dict[str, Any] = {
    "hidden": (50,),
    "activation": "sigmoid",
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "batch_size": 100,
    "epochs": 10,
}
PATIENCE = 20
"""So many epochs may pass without a better loss on the rows held out."""
LEAST_HELD = 10
"""Of fewer rows held out the loss says little, so none are."""
MOST_VALUES = 50_000_000
"""A larger table is not copied in order to hold a part of it out."""
SMALL_TABLE = 10_000
STEPS, LEAST_BATCH = 50, 16
"""An epoch of a small table takes so many steps, unless batches were too small."""
LEAST_PIECES, MOST_PIECES, PIECE_ROWS = 8, 32, 50
"""A number is cut into so many pieces, with so many rows in each."""
MOST_IN_ALL = 2048
"""With more pieces of all numbers a step would take too long."""
DROPOUT = 0.1
KNOT_ROWS = 100_000
"""So many rows tell where the knots are."""


class Data(Protocol):
    """What is asked of a data set; a `kobai.data.Dataset` has it."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def x_train(self) -> np.ndarray:
        """The inputs, shape (n, ...)."""

    @property
    def t_train(self) -> np.ndarray:
        """The targets, shape (n, ...)."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; none for a regression."""

    @property
    def columns(self) -> object | None:
        """What was fitted to the columns of a table; None for other data."""

    @property
    def sample_weight(self) -> np.ndarray | None:
        """How much each row counts, shape (n,), or None."""


@checked_keywords
def suited(
    data: Data,
    *,
    hidden: Sequence[int] | None = None,
    activation: str | None = None,
    loss: str | None = None,
    seed: int = 0,
    dtype: DTypeLike = np.float32,
) -> tuple[Network, dict[str, Any]]:
    """Return a network that suits a data set, and the settings of its training.

    They are what `kobai train` takes where no option says otherwise, so that
    `kobai.train(network, data, **settings)` is the same run. `hidden` has the units of
    each hidden layer; `activation` and `loss` are names in `ACTIVATIONS` and `LOSSES`;
    what is None follows from the data.
    Raises ValueError for what no network can be made of.

    >>> from kobai.data import load_digits
    >>> network, settings = suited(load_digits())
    >>> network.loss_name, network.size
    ('cross_entropy', 3760)
    >>> settings["optimizer"].learning_rate, settings["batch_size"]
    (0.3, 20)
    """
    usual = usual_settings(data)
    network = suited_network(
        data,
        hidden=usual["hidden"] if hidden is None else hidden,
        activation=activation or usual["activation"],
        loss=loss,
        seed=seed,
        dtype=dtype,
    )
    optimizer = OPTIMIZERS[usual["optimizer"]](learning_rate=usual["learning_rate"])
    settings = {
        "optimizer": optimizer,
        "batch_size": usual["batch_size"],
        "epochs": usual["epochs"],
        "validation": usual["validation"],
        "patience": usual["patience"],
        "sample_weight": data.sample_weight,
        "seed": seed,
    }
    return network, settings


def usual_settings(data: Data, validation: float | None = None) -> dict[str, Any]:
    """Return the names and numbers that suit a data set.

    They are those of the book for MNIST (sigmoid, 0.1, batches of 100), what learns
    the 8×8 digits in a second, and what suits tables of many kinds. `validation` is
    the share of rows to hold out, if that is already known.
    """
    rows = len(data.x_train)
    usual = DIGITS if data.name == "digits" else OTHERS
    if data.columns is not None:
        usual = TABLES
    share = usual.get("validation", 0.0) if validation is None else validation
    is_fit = rows * share >= LEAST_HELD and data.x_train.size <= MOST_VALUES
    if validation is None and not is_fit:
        share = 0.0
    usual = {**usual, "validation": share, "patience": PATIENCE if share else None}
    if data.columns is not None and not share:
        # Nothing tells when it has learned enough.
        usual["epochs"] = 30 if rows <= SMALL_TABLE else 10
    size = usual["batch_size"]
    if data.columns is not None:
        size = min(size, max(LEAST_BATCH, rows // STEPS))
    # Of few samples a batch of 100 would be all, and an epoch a single step.
    return {**usual, "batch_size": min(size, max(1, rows // 10))}


def with_usual(chosen: Mapping[str, Any], data: Data) -> dict[str, Any]:
    """Return choices in which what is None is as it suits the data.

    Each optimizer has a rate of its own, so the usual one goes with the usual optimizer
    alone; and a run for so many `steps` is not for so many epochs.

    >>> from kobai.data import load_digits
    >>> found = with_usual({"optimizer": "adam", "epochs": None}, load_digits())
    >>> found["epochs"], "learning_rate" in found
    (30, False)
    """
    usual = usual_settings(data, chosen.get("validation"))
    if chosen.get("optimizer") not in (None, usual["optimizer"]):
        del usual["learning_rate"]
    if chosen.get("steps") is not None:
        del usual["epochs"]
    return usual | {k: v for k, v in chosen.items() if v is not None}


def suited_network(
    data: Data,
    *,
    hidden: Sequence[int],
    activation: str,
    loss: str | None = None,
    seed: int = 0,
    dtype: DTypeLike = np.float32,
) -> Network:
    """Return the network whose first and last layers, and loss, fit a data set."""
    if data.columns is not None:
        return tabular(
            data,
            hidden=hidden,
            activation=activation,
            loss=loss,
            seed=seed,
            dtype=dtype,
        )
    inputs = data.x_train.shape[1:]
    layers: list[Any] = [Flatten()] if len(inputs) > 1 else []
    for units in hidden:
        layers += [Dense(units), ACTIVATIONS[activation]()]
    loss = loss or _usual_loss(data)
    layers += [Dense(_outputs(data, loss)), _output_layer(loss, data)]
    return Network(inputs, layers, loss, seed=seed, dtype=dtype)


def fitting_losses(data: Data) -> list[str]:
    """Return the names of the losses for what a data set's targets are.

    >>> from kobai.data import load_digits
    >>> "huber" in fitting_losses(load_digits()), fitting_losses(load_digits())[0]
    (False, 'cross_entropy')
    """
    return [
        name
        for name in usual_losses()
        if LOSSES[name].fits_with(_output_layer(name, data))
    ]


@checked_keywords
def tabular(
    data: Data,
    *,
    hidden: Sequence[int] = (128, 128),
    activation: str = "relu",
    loss: str | None = None,
    pieces: int | None = None,
    dropout: float = DROPOUT,
    seed: int = 0,
    dtype: DTypeLike = np.float32,
) -> Network:
    """Return a network for a table: curves of its numbers first, then dense layers.

        h₁ = dropout(activation(s(x) W + φ(x) V + b))
        hᵢ = dropout(activation(hᵢ₋₁ Wᵢ + bᵢ))
        y  = h W + b

    φ cuts each number into `pieces` between the quantiles of the training rows, an
    equal share of the rows in each; see `PiecewiseLinear`. Usually there are 50 rows in
    a piece, but 8 to 32 pieces, and fewer of very many numbers. Inputs of categories
    go into s(x) alone. Without `hidden` layers it is a linear model. `data` is a
    `Dataset` that `load_table` made. Trained with `validation` and `patience` it is
    what `kobai train` makes of a table.

    >>> import polars as pl
    >>> from kobai import load_table
    >>> frame = pl.DataFrame({"age": range(40, 0, -2), "fur": ["short", "long"] * 10})
    >>> network = tabular(load_table(frame, "fur", keep="age"), hidden=[8], pieces=4)
    >>> network.layers
    (PiecewiseLinear(8, 1 × 5 knots), ReLU(), Dropout(rate=0.1), Dense(1), Sigmoid())

    Gorishniy, Rubachev & Babenko (2022), "On Embeddings for Numerical Features in
    Tabular Deep Learning"; Holzmüller, Grinsztajn & Steinwart (2024), "Better by
    Default: Strong Pre-Tuned MLPs and Boosted Trees on Tabular Data".
    """
    knots = _knots(data, pieces)
    layers: list[Any] = []
    for units in hidden:
        first = PiecewiseLinear(units, knots) if knots and not layers else Dense(units)
        layers += [first, ACTIVATIONS[activation]()]
        layers += [Dropout(dropout)] * (dropout > 0)
    loss = loss or _usual_loss(data)
    layers += [Dense(_outputs(data, loss)), _output_layer(loss, data)]
    return Network(data.x_train.shape[1:], layers, loss, seed=seed, dtype=dtype)


def _knots(data: Data, pieces: int | None) -> list[list[float]]:
    """Return for each number of a table the quantiles that cut it into pieces."""
    features = getattr(data.columns, "features", ())
    numbers = sum(feature.kind == "number" for feature in features)
    if pieces is None:
        pieces = max(LEAST_PIECES, len(data.x_train) // PIECE_ROWS)
        pieces = min(pieces, MOST_PIECES, MOST_IN_ALL // max(1, numbers))
    if not pieces:
        return []
    rows = slice(None, None, max(1, len(data.x_train) // KNOT_ROWS))
    shares = np.linspace(0, 1, pieces + 1)
    columns = (data.x_train[rows, index] for index in range(numbers))
    return [np.quantile(column, shares).tolist() for column in columns]


def _usual_loss(data: Data) -> str | None:
    """Return the loss for a table; for other data what goes with the last layer."""
    if data.columns is None:
        return None
    if not data.classes:
        return "mean_squared_error"
    return "binary_cross_entropy" if len(data.classes) == 2 else None


def _outputs(data: Data, loss: str | None) -> int:
    if data.columns and len(data.classes) == 2 and loss == "binary_cross_entropy":
        # Whether it is the second class.
        return 1
    return len(data.classes) or int(data.t_train.shape[-1])


def _output_layer(loss: str | None, data: Data) -> Layer:
    """Return the layer that goes with the loss; classes end in probabilities."""
    if not data.classes:
        return Identity()
    return Sigmoid() if loss == "binary_cross_entropy" else Softmax()
