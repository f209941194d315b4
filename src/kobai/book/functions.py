"""The book's activation functions, their derivatives, and its losses."""

import numpy as np

from kobai import functions
from kobai.functions import identity, relu, sigmoid, softmax
from kobai.functions.arrays import Array, as_array

__all__ = [
    "cross_entropy_error",
    "d_mean_squared_error",
    "identity_function",
    "mean_squared_error",
    "relu",
    "relu_grad",
    "sigmoid",
    "sigmoid_grad",
    "softmax",
    "softmax_loss",
    "step_function",
    "sum_squared_error",
]

identity_function = identity


def step_function(x: Array) -> Array:
    """Return the integer 1 where x is positive, else 0; x of any shape.

    >>> step_function(np.array([-1.0, 1.0, 2.0]))
    array([0, 1, 1])
    """
    return (np.asarray(x) > 0).astype(np.int64)


def sigmoid_grad(x: Array) -> Array:
    """Return the derivative of sigmoid at x: y (1 - y) with y = sigmoid(x).

    >>> float(sigmoid_grad(np.array(0.0)))
    0.25
    """
    y = sigmoid(x)
    return (1.0 - y) * y


def relu_grad(x: Array) -> Array:
    """Return the derivative of relu at x: 1 where x > 0, else 0.

    At 0, where there is none, it is 0, as `kobai.gradient` has it; the book's code
    takes 1 there.

    >>> relu_grad(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 1.])
    """
    x = np.asarray(x)
    return (x > 0).astype(x.dtype if x.dtype.kind == "f" else np.float64)


def sum_squared_error(y: Array, t: Array) -> Array:
    """Return ½ Σ (y - t)² over all outputs of all samples, not their mean.

    y and t have the same shape. Raises ValueError where they have not.

    >>> y = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
    >>> t = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    >>> round(float(sum_squared_error(y, t)), 4)
    0.0975
    """
    if np.shape(y) != np.shape(t):
        # (n, 1) - (n,) would broadcast to (n, n), a loss of something else.
        raise ValueError(
            f"sum_squared_error: got outputs {np.shape(y)} and targets {np.shape(t)}; "
            "need the same shape"
        )
    return 0.5 * np.sum((y - t) ** 2)


def mean_squared_error(y: Array, t: Array) -> Array:
    """Return ½ Σ (y - t)², which readers' notes call the mean squared error.

    The mean proper is `kobai.functions.mean_squared_error`.

    >>> float(mean_squared_error(np.array([1.0, 3.0]), np.array([0.0, 1.0])))
    2.5
    """
    return sum_squared_error(y, t)


def d_mean_squared_error(y: Array, t: Array) -> Array:
    """Return y - t, the derivative of `mean_squared_error` by y.

    >>> d_mean_squared_error(np.array([1.0, 3.0]), np.array([0.0, 1.0]))
    array([1., 2.])
    """
    return y - t


def cross_entropy_error(y: Array, t: Array) -> Array:
    """Return -(1/N) Σₙₖ tₙₖ ln(yₙₖ + δ) with δ = 1e-7, the mean over the batch.

    y has shape (n, k), and t is labels (n,) or one-hot (n, k). Labels may also stand
    in a column or a row, (n, 1) or (1, n). For one sample, y of shape (k,), t may be
    that of a batch of one: (1,), (1, 1) or (1, k). Raises ValueError for other shapes.

    >>> round(float(cross_entropy_error(np.array([0.25, 0.75]), np.array([1]))), 6)
    0.287682
    """
    y, t = as_array(y), as_array(t)
    if t.shape == (1, *y.shape):
        t = t.reshape(y.shape)
    elif t.dtype.kind in "iu" and t.shape != y.shape and _alike(t.shape, y.shape[:-1]):
        # The book's y[np.arange(n), t] would take n² numbers for labels in a column.
        t = t.reshape(y.shape[:-1])
    return functions.cross_entropy_error(y, t)


def _alike(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Tell whether two shapes are the same but for axes of length 1."""
    return [n for n in shape if n != 1] == [n for n in other if n != 1]


def softmax_loss(X: Array, t: Array) -> Array:
    """Return the cross-entropy of softmax(X), shape (n, k) or (k,), with targets t.

    t is as for `cross_entropy_error`, and the loss the mean over the batch.

    >>> round(float(softmax_loss(np.array([0.0, 0.0]), np.array([1, 0]))), 6)
    0.693147
    """
    return cross_entropy_error(softmax(X), t)
