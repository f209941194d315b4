"""Losses: how wrong a network's outputs are, as one number to make smaller.

The batch is axis 0 and a loss is the mean over it, so that a learning rate means the
same for every batch size. A single sample is a batch of one. Targets of the
classification losses are class labels (integers) or one-hot (or any probabilities).

With `weights`, shape (n,), each sample's part is multiplied by its weight before the
mean is taken: (1/n) Σ wₙ Eₙ, over the number of samples, not the sum of the weights.
"""

from collections.abc import Sequence

import numpy as np

from kobai.functions.arrays import Array, as_array, as_floats, is_plain

# Keeps the logarithm of a probability of 0 finite.
DELTA = 1e-7


def _targets_like(t: Array, y: Array, name: str) -> Array:
    """Return t in y's shape and dtype: (n,) serves outputs of shape (n, 1)."""
    t = as_array(t)
    if t.shape != y.shape:
        if (*t.shape, 1) != y.shape:
            # (n, 1) - (n,) would broadcast to (n, n), a loss of something else.
            raise ValueError(
                f"{name}: got outputs {y.shape} and targets {t.shape}; "
                f"need targets {y.shape}"
            )
        t = t.reshape(y.shape)
    return t if t.dtype == y.dtype else t.astype(y.dtype)


def _are_labels(t: Array, y: Array, name: str) -> bool:
    """Tell labels, shape y.shape[:-1], from one-hot targets, shape y.shape."""
    if t.shape == y.shape:
        return False
    if t.shape == y.shape[:-1] and t.dtype.kind in "iu":
        return True
    raise ValueError(
        f"{name}: got outputs {y.shape} and targets {t.shape} of {t.dtype}; need "
        f"integer labels {y.shape[:-1]} or one-hot targets {y.shape}"
    )


def _of_labels(y: Array, t: Array, weights: Array) -> Array:
    """Return y's entry for each label: shapes (..., k) and (...) give (n,).

    Where they are to be weighed, they keep the axes of the samples, t's.
    """
    classes = y.shape[-1]
    # A label of -1 would be taken for the last class.
    if is_plain(t) and t.size and not 0 <= t.min() <= t.max() < classes:
        raise ValueError(
            f"cross-entropy: got labels from {t.min()} to {t.max()}; need labels from "
            f"0 to {classes - 1} for outputs {y.shape}"
        )
    rows = y if y.ndim == 2 else y.reshape(-1, classes)
    chosen = rows[np.arange(rows.shape[0]), t.reshape(-1)]
    return chosen if weights is None or t.ndim < 2 else chosen.reshape(t.shape)


def _weighted(losses: Array, weights: Array) -> Array:
    """Return the losses of n samples, shape (n, ...), times their weights (n,)."""
    if weights is None:
        return losses
    weights = as_array(weights)
    if weights.shape != losses.shape[:1]:
        raise ValueError(
            f"loss: got weights {weights.shape} for {losses.shape[0]} samples; need "
            f"one weight for each, ({losses.shape[0]},)"
        )
    weights = weights.reshape((-1, *(1,) * (losses.ndim - 1)))
    same = weights.dtype == losses.dtype
    return losses * (weights if same else weights.astype(losses.dtype))


def _batch_size(y: Array) -> int:
    """Return how many samples y of shape (..., k) holds."""
    size: int = y.size // y.shape[-1]
    return max(size, 1)


def sum_squared_error(y: Array, t: Array, weights: Array | None = None) -> Array:
    """Return half the squared distance of outputs to targets, mean over the batch.

        E = 1/N Σₙ ½ Σₖ (yₙₖ - tₙₖ)²,   ∂E/∂y = (y - t)/N

    Shapes (n, k) and (n, k), or (k,) and (k,) for one sample. Raises ValueError where
    the shapes differ.

    >>> float(sum_squared_error(np.array([1.0, 3.0]), np.array([0.0, 1.0])))
    2.5
    """
    y = as_floats(y)
    difference = y - _targets_like(t, y, "sum_squared_error")
    samples = y.shape[0] if y.ndim > 1 else 1
    return 0.5 * np.sum(_weighted(difference * difference, weights)) / samples


def mean_squared_error(y: Array, t: Array, weights: Array | None = None) -> Array:
    """Return the mean over all outputs of the squared difference to the target.

        E = 1/(N K) Σₙₖ (yₙₖ - tₙₖ)²

    Shapes (n, k) and (n, k). Raises ValueError where the shapes differ.

    >>> float(mean_squared_error(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    2.0
    """
    y = as_floats(y)
    difference = y - _targets_like(t, y, "mean_squared_error")
    return np.mean(_weighted(difference * difference, weights))


def huber(
    y: Array, t: Array, delta: float = 1.0, weights: Array | None = None
) -> Array:
    """Return a squared error that grows only linearly for outliers.

        E = mean of ½ d² if |d| ≤ δ, else δ (|d| - ½ δ),   d = y - t

    d has shape (n, k). Raises ValueError where the shapes differ.

    >>> float(huber(np.array([0.5, 3.0]), np.array([0.0, 0.0])))
    1.3125

    Source: Huber, "Robust estimation of a location parameter", 1964.
    """
    y = as_floats(y)
    difference = y - _targets_like(t, y, "huber")
    distance = np.abs(difference)
    near = 0.5 * difference * difference
    far = delta * (distance - 0.5 * delta)
    return np.mean(_weighted(np.where(distance <= delta, near, far), weights))


def poisson_deviance(logits: Array, t: Array, weights: Array | None = None) -> Array:
    """Return half the Poisson deviance of exp(logits), mean over the batch.

        E = 1/N Σₙₖ (tₙₖ ln(tₙₖ / yₙₖ) - tₙₖ + yₙₖ),   y = exp(x)
        ∂E/∂x = (y - t)/N

    The logits x and the counts t, of which y is the expected number, have shapes (n, k)
    and (n, k). Raises ValueError for targets below 0 and for other shapes.

    >>> float(poisson_deviance(np.array([[0.0]]), np.array([[1]])))
    0.0
    >>> round(float(poisson_deviance(np.array([[0.0]]), np.array([[2]]))), 6)
    0.386294

    Source: McCullagh & Nelder, "Generalized Linear Models", 1989, section 2.3.
    """
    logits = as_floats(logits)
    t = as_array(t)
    if is_plain(t) and t.size and t.min() < 0:
        raise ValueError(
            f"poisson_deviance: got a target of {t.min()}; need numbers of 0 or more, "
            "such as counts"
        )
    t = _targets_like(t, logits, "poisson_deviance")
    # The limit of t ln t at 0 is 0.
    logs = np.log(np.where(t > 0, t, 1))
    losses = t * (logs - logits) + (np.exp(logits) - t)
    return np.sum(_weighted(losses, weights)) / _batch_size(logits)


def cross_entropy_error(y: Array, t: Array, weights: Array | None = None) -> Array:
    """Return the cross-entropy of probabilities y, mean over the batch.

        E = -1/N Σₙₖ tₙₖ ln(yₙₖ + δ),   δ = 1e-7

    Shapes (n, k) or (k,) for y, and labels (n,) or one-hot (n, k) for t. Raises
    ValueError for other shapes.

    >>> y = np.array([[0.1, 0.2, 0.7], [0.7, 0.1, 0.2], [0.1, 0.7, 0.2]])
    >>> float(cross_entropy_error(y, np.array([2, 0, 1])))
    0.3566748010815999
    """
    y = as_floats(y)
    t = as_array(t)
    if _are_labels(t, y, "cross_entropy_error"):
        losses = np.log(_of_labels(y, t, weights) + DELTA)
        return -np.sum(_weighted(losses, weights)) / _batch_size(y)
    t = _targets_like(t, y, "cross_entropy_error")
    return -np.sum(_weighted(t * np.log(y + DELTA), weights)) / _batch_size(y)


def softmax_cross_entropy(
    logits: Array, t: Array, weights: Array | None = None
) -> Array:
    """Return the cross-entropy of softmax(logits), stable for logits of any size.

        E = 1/N Σₙ (ln Σⱼ exp(xₙⱼ) - Σₖ tₙₖ xₙₖ),   ∂E/∂x = (softmax(x) - t)/N

    It is computed by log-sum-exp. Shapes (n, k) or (k,) for the logits x, and labels
    (n,) or one-hot (n, k) for t. Raises ValueError for other shapes.

    >>> float(softmax_cross_entropy(np.array([[1000.0, 0.0]]), np.array([1])))
    1000.0
    """
    logits = as_floats(logits)
    t = as_array(t)
    # The largest exponent becomes 0, so that exp cannot overflow.
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    if _are_labels(t, logits, "softmax_cross_entropy"):
        log_sum = _weighted(log_sum, weights)
        chosen = _weighted(_of_labels(shifted, t, weights), weights)
        return (np.sum(log_sum) - np.sum(chosen)) / _batch_size(logits)
    t = _targets_like(t, logits, "softmax_cross_entropy")
    losses = _weighted(t * (log_sum - shifted), weights)
    return np.sum(losses) / _batch_size(logits)


def binary_cross_entropy(y: Array, t: Array, weights: Array | None = None) -> Array:
    """Return the cross-entropy of independent yes-or-no probabilities y.

        E = -mean(t ln(y + δ) + (1 - t) ln(1 - y + δ)),   δ = 1e-7

    The mean is that over all of y, shape (n,) or (n, k); t is 0, 1 or a probability.
    Raises ValueError where the shapes differ.

    >>> round(float(binary_cross_entropy(np.array([0.5, 0.5]), np.array([0, 1]))), 6)
    0.693147
    """
    y = as_floats(y)
    t = _targets_like(t, y, "binary_cross_entropy")
    losses = t * np.log(y + DELTA) + (1 - t) * np.log(1 - y + DELTA)
    return -np.mean(_weighted(losses, weights))


def sigmoid_cross_entropy(
    logits: Array, t: Array, weights: Array | None = None
) -> Array:
    """Return the cross-entropy of sigmoid(logits), stable for logits of any size.

        E = mean(ln(1 + exp(x)) - t x),   ∂E/∂x = (sigmoid(x) - t) / size

    The mean is that over all logits x, shape (n,) or (n, k). Raises ValueError where
    the shapes differ.

    >>> float(sigmoid_cross_entropy(np.array([1000.0, -1000.0]), np.array([0, 1])))
    1000.0
    """
    logits = as_floats(logits)
    t = _targets_like(t, logits, "sigmoid_cross_entropy")
    return np.mean(_weighted(np.logaddexp(0, logits) - t * logits, weights))


def heads_loss(
    logits: Array, t: Array, sizes: Sequence[int], weights: Array | None = None
) -> Array:
    """Return the sum of the losses of several targets, each of which has its outputs.

        E = Σⱼ Eⱼ

    Target j has the next `sizes[j]` of the logits, and column j of t. Of k > 1 it is a
    label from 0 to k - 1, and Eⱼ is `softmax_cross_entropy`; of one it is a number, and
    Eⱼ is `mean_squared_error`. The logits are (n, Σ sizes), t is (n, targets). Raises
    ValueError for other shapes.

    >>> logits = np.array([[0.0, 0.0, 3.0]])
    >>> round(float(heads_loss(logits, np.array([[1, 2.5]]), (2, 1))), 6)
    0.943147

    Source: Caruana, "Multitask Learning", 1997, section 1.
    """
    logits, t = as_floats(logits), as_array(t)
    width, targets = sum(sizes), len(sizes)
    if logits.shape[1:] != (width,) or t.shape != (logits.shape[0], targets):
        raise ValueError(
            f"heads_loss: got logits {logits.shape} and targets {t.shape}; need "
            f"(n, {width}) and (n, {targets})"
        )
    losses, start = [], 0
    for column, size in enumerate(sizes):
        own, wanted = logits[:, start : start + size], t[:, column : column + 1]
        start += size
        if size == 1:
            losses.append(mean_squared_error(own, wanted, weights))
        else:
            shares = (wanted == np.arange(size)).astype(logits.dtype)
            losses.append(softmax_cross_entropy(own, shares, weights))
    return sum(losses[1:], losses[0])
