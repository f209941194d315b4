"""What the steps of a fit take: its samples, shuffled as scikit-learn does."""

from typing import Any

import numpy as np

from kobai.estimators.rows import Rows
from kobai.networks import Network
from kobai.training.feed import Burst
from kobai.training.step import Batch


class ShuffledFeed:
    """Gives steps their data in an order that a random state draws for every epoch.

    The steps are counted from `begin`, which says how long the epochs are to go on and
    with which learning rates. Without a random state, and where a batch holds all
    samples, they stay in order.
    """

    def __init__(
        self,
        network: Network,
        rows: Rows,
        batch_size: int,
        shuffle: np.random.RandomState | None,
        noise: np.random.Generator | None,
    ) -> None:
        self.network = network
        self.rows = rows
        self.size = batch_size
        self.per_epoch = -(-len(rows) // batch_size)
        self._shuffle = shuffle if batch_size < len(rows) else None
        self._noise = noise
        self._order = np.arange(len(rows))
        self._rates = np.empty(0)

    @property
    def is_whole(self) -> bool:
        """Whether every batch is all samples, in order."""
        return self.size == len(self.rows)

    def begin(self, rates: np.ndarray) -> None:
        """Prepare for as many epochs as there are learning rates."""
        self._rates = rates

    def sizes(self, steps: int) -> np.ndarray:
        """Return how many samples each of the steps since `begin` took."""
        sizes = np.full(steps, self.size)
        rest = len(self.rows) % self.size
        if rest:
            sizes[self.per_epoch - 1 :: self.per_epoch] = rest
        return sizes

    def take(self, first: int, stop: int) -> tuple[Batch, Burst]:
        """Return the samples, and what the steps from `first` on take of them."""
        epoch, number = divmod(first, self.per_epoch)
        if self.is_whole and not self.rows.is_sparse:
            rates = self._rates[first:stop]
            noises = self._drawn(len(rates))
            return self.rows.batch, Burst(None, noises, rates, first=first)
        if number == 0:
            self._reorder()
        start = number * self.size
        rows = self._order[start : start + (stop - first) * self.size]
        count = max(1, len(rows) // self.size)
        if self.rows.is_sparse:
            # Only what one step takes is made dense.
            count = 1
        rows = rows[: count * self.size].reshape(count, -1)
        noises = self._drawn(count, rows.shape[1])
        rates = np.full(count, self._rates[epoch])
        if self.rows.is_sparse:
            return self.rows.taken(rows[0]), Burst(None, noises, rates, first=first)
        return self.rows.batch, Burst(rows, noises, rates, first=first)

    def _reorder(self) -> None:
        if self._shuffle is not None:
            # Two permutations, one of the other, are how scikit-learn shuffles.
            indices = np.arange(len(self._order))
            self._shuffle.shuffle(indices)
            self._order = self._order[indices]

    def _drawn(self, steps: int, size: int | None = None) -> list[Any]:
        if self._noise is None:
            return []
        size = self.size if size is None else size
        return [self.network.noise(size, self._noise) for _ in range(steps)]
