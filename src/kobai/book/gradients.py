"""The book's derivatives from their definition, and its gradient descent."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kobai import autodiff
from kobai.autodiff import numerical_derivative
from kobai.autodiff.trees import Tree
from kobai.functions.arrays import Array
from kobai.keywords import checked_keywords

__all__ = ["gradient_check", "gradient_descent", "numerical_diff", "numerical_gradient"]

Grads = Mapping[str, np.ndarray]


@checked_keywords
def numerical_diff(f: Callable[[Any], Any], x: Tree) -> Tree:
    """Return the derivative of f at the number x, by the central difference.

    (f(x + h) - f(x - h)) / 2h with h = 1e-4.

    >>> round(float(numerical_diff(lambda x: 0.01 * x**2 + 0.1 * x, 5)), 9)
    0.2
    """
    return numerical_derivative(f, x, h=1e-4)


@checked_keywords
def numerical_gradient(f: Callable[[Any], Any], x: Tree, h: float = 1e-4) -> Tree:
    """Return the gradient of f at x, by central differences: x's structure and shapes.

    f returns one number, and may be a closure that reads x itself, as
    `lambda W: net.loss(x, t)` does: see `kobai.numerical_gradient`. Where x is an array
    of points, shape (n, d), and f(x) one number for each, shape (n,), the result holds
    the gradient at each point, shape (n, d). Raises ValueError for other values of f.

    >>> points = np.array([[3.0, 4.0], [0.0, 2.0], [1.0, 0.0]])
    >>> def f(x):
    ...     return np.sum(x**2, axis=-1)
    >>> numerical_gradient(f, points).round(6)
    array([[6., 8.],
           [0., 4.],
           [2., 0.]])
    """
    if _is_per_row(f, x):
        return np.stack([autodiff.numerical_gradient(f, row, h) for row in x])
    return autodiff.numerical_gradient(f, x, h)


def _is_per_row(f: Callable[[Any], Any], x: Tree) -> bool:
    if not isinstance(x, np.ndarray) or x.ndim != 2 or not len(x):
        return False
    # A copy, in case f writes into its argument.
    shape: tuple[int, ...] = np.shape(f(x.copy()))
    return shape == (len(x),)


@checked_keywords
def gradient_descent(
    f: Callable[[Any], Any], init_x: Tree, lr: float = 0.01, step_num: int = 100
) -> np.ndarray:
    """Return where x ← x - lr ∂f/∂x ends after step_num steps from init_x.

    The derivative is numerical, so that f may be any function of an array. `init_x`
    stays as it is; the book's function overwrites it.

    >>> gradient_descent(lambda x: x[0]**2 + x[1]**2, np.array([-3.0, 4.0]), lr=0.1)
    array([-6.111...e-10,  8.148...e-10])
    """
    x = np.array(init_x, dtype=np.float64)
    for _ in range(step_num):
        x = x - lr * numerical_gradient(f, x)
    return x


def gradient_check(network: Any, x: Tree, t: Array | None = None) -> dict[str, float]:
    """Return the mean absolute difference of two gradients, parameter by parameter.

    `gradient_check(network, x, t)` compares the network's `gradient(x, t)` with its
    `numerical_gradient(x, t)`, `gradient_check(grads, other_grads)` two dictionaries.
    Raises ValueError where they are not of the same parameters. For a verdict and the
    worst place use `kobai.check_gradient`.

    >>> from kobai.networks import TwoLayerNet
    >>> net = TwoLayerNet(input_size=3, hidden_size=2, output_size=2)
    >>> differences = gradient_check(net, np.array([[0.1, 0.2, 0.3]]), np.array([1]))
    >>> max(differences.values()) < 1e-8
    True
    """
    if t is None:
        return _differences(network, x)
    return _differences(network.gradient(x, t), network.numerical_gradient(x, t))


def _differences(grads: Grads, others: Grads) -> dict[str, float]:
    if grads.keys() != others.keys():
        raise ValueError(
            f"gradient_check: got gradients of {', '.join(grads)} and of "
            f"{', '.join(others)}; need the same parameters"
        )
    for name in grads:
        if np.shape(grads[name]) != np.shape(others[name]):
            raise ValueError(
                f"gradient_check: got {name} of shapes {np.shape(grads[name])} and "
                f"{np.shape(others[name])}; need the same shape"
            )
    return {
        name: float(np.average(np.abs(grads[name] - others[name]))) for name in grads
    }
