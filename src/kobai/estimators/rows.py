"""The samples of a fit: arrays, or a sparse matrix of which parts are made dense."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import issparse

from kobai.functions.arrays import Array

# So many samples are looked at together, and so many numbers of a sparse matrix.
BLOCK = 8192
DENSE = 2**22


@dataclass(frozen=True)
class Rows:
    """Inputs (n, d), dense or sparse, with targets, and weights if there are any."""

    x: Array
    t: np.ndarray
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return int(self.x.shape[0])

    @property
    def is_sparse(self) -> bool:
        """Whether the inputs are a sparse matrix."""
        return bool(issparse(self.x))

    @property
    def batch(self) -> dict[str, Array]:
        """The inputs, the targets, and the weights if there are any."""
        both = {"x": self.x, "t": self.t}
        return both if self.weights is None else {**both, "weights": self.weights}

    def taken(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Return some of the samples as dense arrays."""
        return {name: dense(each[rows]) for name, each in self.batch.items()}

    def blocks(self) -> Iterator[tuple[np.ndarray, ...]]:
        """Yield all samples, a block at a time, as dense arrays."""
        for part in parts_of(self.x):
            yield tuple(dense(each[part]) for each in self.batch.values())


def parts_of(x: Array) -> list[slice]:
    """Return which rows of x to take together, so that memory stays small."""
    size = BLOCK if not issparse(x) else max(1, min(BLOCK, DENSE // x.shape[1]))
    return [slice(start, start + size) for start in range(0, x.shape[0], size)]


def dense(x: Array) -> Array:
    """Return a sparse matrix as an array, and an array as it is."""
    return x.toarray() if issparse(x) else x
