"""Which of very many columns are worth measuring: those that move the predictions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kobai.autodiff import gradient
from kobai.data.dataset import Array

if TYPE_CHECKING:
    from kobai.networks import Network

MANY_COLUMNS = 200
"""Of more columns, the first are found by a gradient, and these alone measured."""
MEASURED = 30
NUMBERS = 1_000_000
"""So many inputs are differentiated at once; larger tables by blocks of rows."""
DRAWS = 4


def owners(parts: Sequence[Array], width: int) -> Array:
    """Return which column each input belongs to, `(width,)`, from the columns' inputs.

    >>> owners([np.array([0, 2]), np.array([1])], 3)
    array([0, 1, 0])
    """
    owner = np.empty(width, np.int64)
    for column, mine in enumerate(parts):
        owner[mine] = column
    return owner


def first_order(
    network: "Network", parts: Sequence[Array], x: Array, to: Array, signs: Array
) -> Array:
    """Return what each column adds where rows go from x to others, `(n, columns)`.

        Σ over outputs k, and over inputs i of the column  signₖ ∂fₖ/∂xᵢ (toᵢ - xᵢ)

    f are the logits, whose slopes do not vanish where a network is sure. x and `to` are
    `(n, width)`, `signs` `(n, k)`.
    """

    def signed(x: Array) -> Array:
        logits = network.forward(network.params, x, network.statistics)[0]
        total: Array = np.sum(signs * logits)
        return total

    owner = owners(parts, x.shape[1])
    added = np.zeros((len(parts), len(x)))
    # What a network gives that has diverged may be no numbers.
    with np.errstate(all="ignore"):
        np.add.at(added, owner, (gradient(signed, x) * (to - x)).T)
    return added.T


def most_moving(
    network: "Network", parts: Sequence[Array], x: Array, rng: np.random.Generator
) -> list[int]:
    """Return the columns whose shuffling moves the predictions most, in their order.

    By the mean square of `first_order`. Signs are drawn for each row: of several
    outputs the expectation is the sum of their squares.
    """
    to = x[rng.permutation(len(x))]
    signs = rng.choice([-1.0, 1.0], (len(x), network.outputs[-1]))
    rows = max(1, NUMBERS // x.shape[1])
    squares = np.zeros(len(parts))
    for start in range(0, len(x), rows):
        block = slice(start, start + rows)
        added = first_order(network, parts, x[block], to[block], signs[block])
        squares = squares + (added**2).sum(axis=0)
    return _largest(squares)


def most_different(
    network: "Network",
    parts: Sequence[Array],
    x: Array,
    others: Array,
    rng: np.random.Generator,
) -> list[int]:
    """Return the columns by which a row x `(width,)` differs most from `others`.

    By the mean of the slopes at both ends times the difference, a mean over the others
    `(m, width)` of which at most a hundred count.
    """
    rows = np.broadcast_to(x, others.shape)
    squares = np.zeros(len(parts))
    for _ in range(DRAWS if network.outputs[-1] > 1 else 1):
        signs = rng.choice([-1.0, 1.0], (1, network.outputs[-1]))
        here = first_order(network, parts, others, rows, signs)
        there = first_order(network, parts, rows, others, signs)
        squares = squares + (here - there).mean(axis=0) ** 2
    return _largest(squares)


def _largest(squares: Array) -> list[int]:
    chosen: list[int] = np.sort(np.argsort(-squares, kind="stable")[:MEASURED]).tolist()
    return chosen
