"""Initializers: the random weights that a network starts from.

A shape (d_in, d_out) is that of a weight matrix whose input has d_in numbers. The
numbers drawn are the same for float32 and float64, but for rounding.
"""

import math

import numpy as np
from numpy.typing import DTypeLike


def normal(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    std: float = 0.01,
    dtype: DTypeLike = np.float64,
) -> np.ndarray:
    """Draw normal numbers of mean 0 and standard deviation `std`.

    >>> normal(np.random.default_rng(0), (2, 3)).shape
    (2, 3)
    """
    return (std * rng.standard_normal(shape)).astype(dtype)


def xavier(
    rng: np.random.Generator, shape: tuple[int, ...], dtype: DTypeLike = np.float64
) -> np.ndarray:
    """Draw weights that keep the variance through sigmoid and tanh layers.

        std = √(2 / (d_in + d_out))

    The shape is (d_in, d_out).

    >>> xavier(np.random.default_rng(0), (2, 3)).shape
    (2, 3)

    Source: Glorot & Bengio, "Understanding the difficulty of training deep
    feedforward neural networks", 2010, equation 12.
    """
    return normal(rng, shape, math.sqrt(2 / (shape[0] + shape[-1])), dtype)


def he(
    rng: np.random.Generator, shape: tuple[int, ...], dtype: DTypeLike = np.float64
) -> np.ndarray:
    """Draw weights that keep the variance through ReLU layers.

        std = √(2 / d_in)

    The shape is (d_in, d_out).

    >>> he(np.random.default_rng(0), (2, 3)).shape
    (2, 3)

    Source: He et al., "Delving deep into rectifiers", 2015, equation 10.
    """
    return normal(rng, shape, math.sqrt(2 / shape[0]), dtype)
