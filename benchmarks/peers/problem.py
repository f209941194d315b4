"""What is to be trained: the same arrays for every contender."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

ORDERS = 16
"""How many epochs' batches are drawn; longer runs go through them again."""

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Problem:
    """A network's sizes, data, initial parameters and batches."""

    sizes: tuple[int, ...]
    activation: str
    optimizer: str
    learning_rate: float
    seed: int
    x: np.ndarray
    t: np.ndarray
    orders: np.ndarray
    """Row numbers, shape (epochs, steps, batch size)."""
    params: list[np.ndarray]

    @property
    def steps(self) -> int:
        """Steps in an epoch."""
        return self.orders.shape[1]

    @property
    def batch_size(self) -> int:
        return self.orders.shape[2]

    def epochs(self, count: int) -> list[np.ndarray]:
        """Return the batches of so many epochs."""
        return [self.orders[epoch % len(self.orders)] for epoch in range(count)]

    def save(self, path: Path) -> None:
        names = ("sizes", "activation", "optimizer", "learning_rate", "seed")
        arrays = {name: getattr(self, name) for name in (*names, "x", "t", "orders")}
        np.savez(path, **arrays, **{f"p{i}": p for i, p in enumerate(self.params)})

    @classmethod
    def load(cls, path: Path) -> "Problem":
        with np.load(path) as file:
            sizes = tuple(map(int, file["sizes"]))
            return cls(
                sizes,
                str(file["activation"]),
                str(file["optimizer"]),
                float(file["learning_rate"]),
                int(file["seed"]),
                file["x"],
                file["t"],
                file["orders"],
                [file[f"p{i}"] for i in range(2 * len(sizes) - 2)],
            )


def make_problem(
    sizes: tuple[int, ...],
    batch_size: int,
    *,
    rows: int = 6000,
    activation: str = "sigmoid",
    optimizer: str = "sgd",
    learning_rate: float = 0.1,
    most_steps: int | None = None,
    seed: int = 0,
) -> Problem:
    """Draw data that a linear teacher labelled, and everything else.

    The rows are rounded up to whole batches, so that every step has the same shape.
    """
    # The batches are Kobai's own, so that its training loop can be timed as it is.
    from kobai.training.batches import epoch_batches

    rng = np.random.default_rng(seed)
    rows = -(-rows // batch_size) * batch_size
    x = rng.random((rows, sizes[0]), np.float32)
    teacher = rng.normal(size=(sizes[0], sizes[-1]))
    scores = (x - 0.5) @ teacher
    t = np.argmax(scores + rng.normal(scale=0.5, size=scores.shape), axis=1)
    gain = 2.0 if activation == "relu" else 1.0
    params = []
    for d_in, d_out in pairwise(sizes):
        weights = rng.normal(scale=np.sqrt(gain / d_in), size=(d_in, d_out))
        params += [weights.astype(np.float32), np.zeros(d_out, np.float32)]
    orders = [
        np.array(epoch_batches("shuffle", rows, batch_size, seed, epoch)[:most_steps])
        for epoch in range(ORDERS)
    ]
    return Problem(
        sizes,
        activation,
        optimizer,
        learning_rate,
        seed,
        x,
        t,
        np.stack(orders),
        params,
    )
