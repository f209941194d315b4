"""Which samples a step sees: a function of the seed and the epoch alone.

A run that is resumed in the middle of an epoch draws that epoch again and goes on
inside it, so it sees exactly what the uninterrupted run saw.
"""

from collections.abc import Callable, Sequence

import numpy as np

from kobai.errors import suggest

Indices = Sequence[np.ndarray] | np.ndarray

# Streams of random numbers that share a seed and must not repeat each other.
BATCH_STREAM = 0
NOISE_STREAM = 1
VALIDATION_STREAM = 2


def stream(seed: int, kind: int, number: int, member: int = 0) -> np.random.Generator:
    """Return the generator of one epoch's batches, or of one step's noise.

    Each member of an ensemble has its own; the first has that of a network by itself.

    >>> stream(0, BATCH_STREAM, 3).random() == stream(0, BATCH_STREAM, 3).random()
    True
    """
    own = (member,) if member else ()
    key = np.random.SeedSequence(seed, spawn_key=(kind, number, *own))
    return np.random.default_rng(key)


def _shuffled(rows: int, size: int, rng: np.random.Generator) -> Indices:
    order = rng.permutation(rows)
    if rows % size == 0:
        return order.reshape(-1, size)
    return [order[start : start + size] for start in range(0, rows, size)]


def _random(rows: int, size: int, rng: np.random.Generator) -> Indices:
    return rng.integers(rows, size=(ceil_divide(rows, size), size))


def _online(rows: int, size: int, rng: np.random.Generator) -> Indices:
    return rng.permutation(rows)[:, np.newaxis]


def _full(rows: int, size: int, rng: np.random.Generator) -> Indices:
    return np.arange(rows)[np.newaxis]


BATCHES: dict[str, Callable[[int, int, np.random.Generator], Indices]] = {
    "shuffle": _shuffled,
    "random": _random,
    "online": _online,
    "full": _full,
}
"""Each kind of batches: from (rows, batch size, rng) to the indices of every step."""


def epoch_batches(
    kind: str, rows: int, batch_size: int, seed: int, epoch: int, member: int = 0
) -> Indices:
    """Return the row numbers of every step of an epoch, the epochs counted from 0.

    - "shuffle": a permutation cut into pieces, of which the last may be shorter;
    - "random": drawn with replacement, as the book draws them;
    - "online": one sample at a time, in the order of a permutation;
    - "full": all rows in one step, which is plain gradient descent.

    >>> [len(rows) for rows in epoch_batches("shuffle", 7, 3, seed=0, epoch=0)]
    [3, 3, 1]
    >>> epoch_batches("online", 4, 1, seed=0, epoch=0).shape
    (4, 1)
    """
    batch_size = batch_size_of(kind, rows, batch_size)
    return BATCHES[kind](rows, batch_size, stream(seed, BATCH_STREAM, epoch, member))


def batch_size_of(kind: str, rows: int, batch_size: int) -> int:
    """Return the rows of a step: 1 for "online", all for "full", else as asked.

    Raises `ValueError` for an unknown kind and for more rows than there are.
    """
    if kind not in BATCHES:
        raise ValueError(
            f'train: unknown batches "{kind}"; need one of {", ".join(BATCHES)}.'
            f"{suggest(str(kind), BATCHES)}"
        )
    fixed = {"online": 1, "full": rows}
    size = fixed.get(kind, batch_size)
    if size > rows:
        raise ValueError(
            f"train: batch_size={batch_size} is larger than the data, {rows} rows; "
            f'choose at most {rows}, or batches="full"'
        )
    return size


def steps_per_epoch(kind: str, rows: int, batch_size: int) -> int:
    """Return how many steps pass over the data once, in whole numbers.

    >>> steps_per_epoch("shuffle", 60_000, 100), steps_per_epoch("shuffle", 1797, 100)
    (600, 18)
    """
    return ceil_divide(rows, batch_size_of(kind, rows, batch_size))


def ceil_divide(a: int, b: int) -> int:
    """Return a / b rounded up, without the rounding error of a float."""
    return -(-a // b)
