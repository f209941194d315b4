"""Weights of samples: how much each counts in the loss."""

from typing import Any

import numpy as np


def balanced_weights(labels: Any) -> np.ndarray:
    """Return weights with which every class counts as much as any other.

        wᵢ = n / (k nᵢ),   n samples, k classes, nᵢ samples of the class of sample i

    `labels` has shape (n,), of numbers or strings; the result has shape (n,), float64,
    and mean 1. Raises ValueError for no labels and for another shape.

    >>> balanced_weights([0, 0, 0, 1])
    array([0.66666667, 0.66666667, 0.66666667, 2.        ])

    King & Zeng (2001), "Logistic Regression in Rare Events Data".
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or not labels.size:
        raise ValueError(
            f"balanced_weights: got labels of shape {labels.shape}; need (n,), the "
            "class of each sample"
        )
    _, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights: np.ndarray = (len(labels) / (len(counts) * counts))[place]
    return weights
