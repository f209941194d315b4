"""Arrays and pictures laid out as rows of a network's inputs."""

import math

import numpy as np
from numpy.typing import ArrayLike

from kobai.data.dataset import Array


def laid_out(
    raw: ArrayLike, inputs: tuple[int, ...], picture: tuple[int, ...] | None
) -> tuple[Array, bool]:
    """Return rows `(n, *inputs)`, and whether raw is one sample alone.

    Pictures may have an axis for the channel, or be flat. Raises ValueError for what
    holds no numbers; another shape is left for the network to refuse.

    >>> laid_out(np.zeros((5, 1, 2, 3)), (6,), (2, 3))[0].shape
    (5, 6)
    >>> laid_out(np.zeros((2, 3)), (6,), (2, 3))[1]
    True
    """
    x = _numbers(raw)
    shapes = [inputs]
    if picture:
        shapes += [picture, (1, *picture), (*picture, 1), (math.prod(picture),)]
    if x.ndim and x.shape[1:] in shapes:
        return x.reshape(len(x), *inputs), False
    if x.shape in shapes:
        return x.reshape(1, *inputs), True
    return x, False


def _numbers(raw: ArrayLike) -> Array:
    try:
        x = np.asarray(raw)
        if x.dtype.kind == "O":
            x = x.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Model: got no array of numbers ({error})") from None
    if x.dtype.kind not in "biuf":
        raise ValueError(f"Model: got values of type {x.dtype}; need numbers")
    return x
