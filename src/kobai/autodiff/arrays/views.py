"""Which of NumPy's functions give a view of their argument, and which may give one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

OF_VIEWS: set[Any] = {np.shape, np.ndim, np.size}
OF_VIEWS |= {np.shares_memory, np.may_share_memory}
OF_VIEWS |= {np.transpose, np.swapaxes, np.moveaxis, np.rollaxis, np.rot90}
OF_VIEWS |= {np.ravel, np.squeeze, np.expand_dims, np.diagonal}
OF_VIEWS |= {np.atleast_1d, np.atleast_2d, np.atleast_3d, np.matrix_transpose}
OF_VIEWS |= {np.flip, np.fliplr, np.flipud}
OF_VIEWS |= {np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit}
OF_VIEWS |= {np.unstack, np.broadcast_to, np.real, np.linalg.diagonal}
"""They call methods of an array, which give views, or ask where it lies in memory."""

MAY_GIVE_VIEWS: set[Any] = {np.einsum, np.broadcast_arrays, np.meshgrid, np.diff}
MAY_GIVE_VIEWS |= {np.ix_, np.real_if_close, np.trim_zeros}
MAY_GIVE_VIEWS |= {np.lib.stride_tricks.sliding_window_view}
"""Of some arguments their result is a view."""


def gives_view(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    of: np.ndarray,
) -> bool:
    """Whether a function of plain arrays gives a view of one of them.

    >>> z = np.ones(3)
    >>> gives_view(np.diff, [z, 0], {}, of=z), gives_view(np.diff, [z, 1], {}, of=z)
    (True, False)
    """
    found = function(*args, **kwargs)
    all_found = found if isinstance(found, list | tuple) else [found]
    return any(np.may_share_memory(each, of) for each in all_found)
