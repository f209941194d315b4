"""How to train what suits a data set: names and numbers, where nothing is said."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

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
    "activation": "gelu",
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
PATIENCE = 10
"""So many epochs may pass without a better loss on the rows held out."""
LEAST_HELD = 10
"""Of fewer rows held out the loss says little, so none are."""
MOST_VALUES = 50_000_000
"""A larger table is not copied in order to hold a part of it out."""
SMALL_TABLE = 10_000
STEPS, LEAST_BATCH = 25, 32
"""An epoch of a small table takes so many steps, unless batches were too small."""
MEMBERS, FEW_MEMBERS, FEW_ROWS = 8, 4, 2000
"""So many networks answer for a table together, and fewer for one of more rows."""
MOST_ROWS = 200_000
"""A larger table teaches one network well, and each takes long."""


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
    found = usual | {k: v for k, v in chosen.items() if v is not None}
    return {"members": usual_members(data, found["hidden"])} | found


def usual_members(data: Data, hidden: Sequence[int]) -> int:
    """Return how many networks answer together for a data set: one but for tables.

    Lines have their optimum in common, so a mean of them is no better than one.
    """
    rows = len(data.x_train)
    if data.columns is None or not hidden or rows > MOST_ROWS:
        return 1
    return MEMBERS if rows <= FEW_ROWS else FEW_MEMBERS
