"""Metrics: what people want to know of a network, beside its loss."""

from typing import Any

import numpy as np

from kobai.functions.activations import as_array


def accuracy(y: Any, t: Any) -> float:
    """Return the share of samples that are classified rightly, from 0 to 1.

    With several outputs the class is the largest of them: shapes (n, k) or (k,) for
    y, labels (n,) or one-hot (n, k) for t. One output, shape (n, 1), is a
    probability, and the class is whether it exceeds 0.5. Raises ValueError for other
    shapes. Accuracy is flat almost everywhere, which is why networks learn from a
    loss.

    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    y = as_array(y)
    t = as_array(t)
    if y.ndim and y.shape[-1] == 1 and t.shape in (y.shape, y.shape[:-1]):
        return float(np.mean((y > 0.5) == (t.reshape(y.shape) > 0.5)))
    if t.shape == y.shape:
        t = np.argmax(t, axis=-1)
    elif t.shape != y.shape[:-1]:
        raise ValueError(
            f"accuracy: got outputs {y.shape} and targets {t.shape}; need labels "
            f"{y.shape[:-1]} or one-hot targets {y.shape}"
        )
    return float(np.mean(np.argmax(y, axis=-1) == t))
