"""Class labels as what a loss or a figure may need instead."""

import numpy as np
from numpy.typing import DTypeLike

from kobai.functions.arrays import Array, as_array, is_plain


def one_hot(labels: Array, classes: int, dtype: DTypeLike = np.float32) -> Array:
    """Return class labels as rows with a single 1.

    Row n is 1 at column labels[n], 0 elsewhere. `labels` is `(n,)`; the result is
    `(n, classes)`. Raises `ValueError` for a label that is not 0 to classes − 1.

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    labels = as_array(labels)
    known = np.arange(classes)
    if is_plain(labels):
        wrong = labels[~np.isin(labels, known)]
        if wrong.size:
            raise ValueError(f"one_hot: got label {wrong[0]}; need 0 to {classes - 1}")
    return (labels[:, np.newaxis] == known).astype(dtype)
