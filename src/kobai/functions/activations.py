"""Activation functions: what a layer does to the sums that its weights make.

Each is a plain NumPy function of an array of any shape. It keeps float32 and
float64 as they come, does not overflow, and can be differentiated as it stands.
"""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from kobai.functions.arrays import Array, as_array, as_floats, is_plain

# exp of more than this overflows, by the bytes of a number: the logarithm of the
# largest number, rounded down.
_LARGEST_EXPONENT = {2: 11.0, 4: 88.0}


def largest_exponent(dtype: np.dtype[Any]) -> float:
    """Return the largest whole number of which exp is finite.

    >>> largest_exponent(np.dtype(np.float32))
    88.0
    """
    return _LARGEST_EXPONENT.get(dtype.itemsize, 709.0)


def overridable(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Let an array-like answer for a function as a whole, as NumPy's functions do.

    It is asked through `__array_function__`, so that a derivative can be simpler than
    that of the steps of which the function is made.

    Source: NumPy Enhancement Proposal 18.
    """

    @wraps(function)
    def asking(x: Array) -> Array:
        if is_plain(x) or not hasattr(x, "__array_function__"):
            return function(x)
        answer = x.__array_function__(asking, (type(x),), (x,), {})
        return function(x) if answer is NotImplemented else answer

    return asking


def identity(x: Array) -> Array:
    """Return x unchanged: the output layer of a regression.

        y = x,   dy/dx = 1

    y has x's shape.

    >>> identity(np.array([-1.0, 2.0]))
    array([-1.,  2.])
    """
    return as_array(x)


def step(x: Array) -> Array:
    """Return 1 where x is positive, else 0: the perceptron's activation.

        y = 1 if x > 0, else 0

    y has x's shape. Its derivative is 0 wherever it has one, so that gradient descent
    cannot learn through it.

    >>> step(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 1.])

    Source: Rosenblatt, "The perceptron", 1958.
    """
    x = as_array(x)
    return (x > 0).astype(x.dtype)


@overridable
def sigmoid(x: Array) -> Array:
    """Squash x into (0, 1).

        y = 1 / (1 + exp(-x)),   dy/dx = y (1 - y)

    y has x's shape; the derivative is at most 0.25.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).round(3)
    array([0. , 0.5, 1. ])

    Source: Rumelhart, Hinton & Williams, "Learning representations by
    back-propagating errors", 1986.
    """
    x = as_floats(x)
    # Without the bound exp(-x) is inf below -709 (float32: -88), and back-propagation
    # would multiply that inf by a derivative of 0.
    return 1 / (1 + np.exp(np.minimum(-x, largest_exponent(x.dtype))))


def tanh(x: Array) -> Array:
    """Squash x into (-1, 1).

        y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)),   dy/dx = 1 - y²

    y has x's shape.

    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    return np.tanh(as_floats(x))


def relu(x: Array) -> Array:
    """Keep what is positive, replace the rest by 0.

        y = max(0, x),   dy/dx = 1 if x > 0, else 0

    y has x's shape; the derivative at 0 is 0.

    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])

    Source: Nair & Hinton, "Rectified linear units improve restricted Boltzmann
    machines", 2010.
    """
    x = as_array(x)
    return np.where(x > 0, x, 0)


def leaky_relu(x: Array, slope: float = 0.01) -> Array:
    """Keep what is positive, let a little of the rest through.

        y = x if x > 0, else slope · x

    y has x's shape.

    >>> leaky_relu(np.array([-2.0, 0.0, 3.0]))
    array([-0.02,  0.  ,  3.  ])

    Source: Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network
    acoustic models", 2013.
    """
    x = as_floats(x)
    return np.where(x > 0, x, slope * x)


def softplus(x: Array) -> Array:
    """Bend smoothly from 0 to x: a ReLU without a corner.

        y = ln(1 + exp(x)),   dy/dx = sigmoid(x)

    y has x's shape.

    >>> softplus(np.array([-1000.0, 0.0, 1000.0]))
    array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])

    Source: Dugas et al., "Incorporating second-order functional knowledge for
    better option pricing", 2001.
    """
    return np.logaddexp(0, as_floats(x))


def exponential(x: Array) -> Array:
    """Make any number positive: what the sums are the logarithm of.

        y = exp(x),   dy/dx = y

    y has x's shape. Of more than 88 in float32 (709 in float64) it is inf.

    >>> exponential(np.array([-1000.0, 0.0, 1.0])).round(3)
    array([0.   , 1.   , 2.718])
    """
    return np.exp(as_floats(x))


def gelu(x: Array) -> Array:
    """Weigh x by about the probability that a normal number is smaller.

        y = x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))

    y has x's shape. It is the approximation by tanh, within 0.0005 of x Φ(x).

    >>> gelu(np.array([-1000.0, 0.0, 1000.0]))
    array([  -0.,    0., 1000.])

    Source: Hendrycks & Gimpel, "Gaussian error linear units", 2016, equation 2.
    """
    x = as_floats(x)
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + np.tanh(inner))


def softmax(x: Array) -> Array:
    """Turn scores into probabilities that sum to 1 along the last axis.

        yₖ = exp(xₖ) / Σⱼ exp(xⱼ)

    Shapes (..., k) to (..., k).

    >>> softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])

    Source: Bridle, "Probabilistic interpretation of feedforward classification
    network outputs", 1990.
    """
    x = as_floats(x)
    # The largest exponent becomes 0, so that exp cannot overflow.
    exponentials = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


def log_softmax(x: Array) -> Array:
    """Return the logarithm of softmax, finite where softmax itself is 0.

        yₖ = xₖ - ln Σⱼ exp(xⱼ)

    Shapes (..., k) to (..., k).

    >>> log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    x = as_floats(x)
    shifted = x - np.max(x, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
