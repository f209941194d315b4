"""Reading and writing at an index, in arrays that never change."""

from collections.abc import Collection, Iterator, Sequence
from math import prod as product
from typing import Any

import numpy as np

from kobai.autodiff import operations as ops
from kobai.graph import Constant, Node
from kobai.graph.result_types import stand_in

Pattern = tuple[Any, ...]


def axes_of(pattern: Pattern, ndim: int) -> Iterator[int]:
    """Yield the axis that each of an index's arrays names places on.

    >>> list(axes_of((0, Ellipsis, None, ops.ARRAY), ndim=4))
    [3]
    """
    used = sum(part is not None and part is not Ellipsis for part in pattern)
    axis = 0
    for part in pattern:
        if part is Ellipsis:
            axis += ndim - used
        elif part is not None:
            if part is ops.ARRAY:
                yield axis
            axis += 1


def are_inside(
    pattern: Pattern,
    shape: tuple[int, ...],
    nodes: Sequence[Node],
    arrays: Sequence[Any],
    valid: Collection[Node],
) -> Iterator[Any]:
    """Yield, for each array of an index that is computed, whether it is in range.

    JAX takes the nearest place, or none, where NumPy raises IndexError.
    """
    for axis, node, array in zip(
        axes_of(pattern, len(shape)), nodes, arrays, strict=True
    ):
        # Constants were tried while tracing.
        if not isinstance(node, Constant) and node not in valid:
            yield ((array >= -shape[axis]) & (array < shape[axis])).all()


def shape_of(
    pattern: Pattern, shape: tuple[int, ...], nodes: Sequence[Node]
) -> tuple[int, ...]:
    """Return the shape of what an index names in an array of a shape."""
    whole = np.broadcast_to(np.zeros(()), shape)
    part = ops.GETITEM.evaluate(whole, *map(stand_in, nodes), pattern=pattern)
    return np.shape(part)


def is_one_of_each_row(
    pattern: Pattern, shape: tuple[int, ...], nodes: Sequence[Node]
) -> bool:
    """Whether an index is x[np.arange(n), t]: one entry of each row of a matrix."""
    if pattern != (ops.ARRAY, ops.ARRAY) or len(shape) != 2:
        return False
    rows, columns = nodes
    return (
        isinstance(rows, Constant)
        and rows.shape == columns.shape == shape[:1]
        and columns.dtype.kind in "iu"
        and np.array_equal(rows.value, np.arange(shape[0]))
    )


def mask_of_columns(shape: tuple[int, ...], columns: Any) -> Any:
    """Return where x[np.arange(n), columns] is in x.

    Loops over all entries take a fraction of what XLA's scatter takes on a CPU.
    """
    import jax.numpy as jnp

    places = jnp.where(columns < 0, columns + shape[1], columns)
    return places[:, None] == jnp.arange(shape[1], dtype=columns.dtype)


def last_at(
    pattern: Pattern, shape: tuple[int, ...], nodes: Sequence[Node], index: Any
) -> Any:
    """Return, for each entry of an array, the number of the last value written there.

    The values are those of x[index] = v in their order; -1 stands for none. XLA leaves
    open which of several values stays, so that their numbers decide; and where the
    index is known NumPy has computed them.
    """
    import jax.numpy as jnp

    named = shape_of(pattern, shape, nodes)
    order = np.arange(product(named), dtype=np.int32).reshape(named)
    if all(isinstance(n, Constant) for n in nodes):
        places = np.full(shape, -1, np.int32)
        places[index] = order
        return places
    return jnp.full(shape, -1, jnp.int32).at[index].max(order)


def names_once(last: Any, named: tuple[int, ...]) -> bool:
    """Whether it is known that an index names no entry twice, from `last_at`."""
    is_known = isinstance(last, np.ndarray)
    return is_known and np.count_nonzero(last >= 0) == product(named)


def values_at(last: Any, v: Any, named: tuple[int, ...]) -> Any:
    """Return the value for each entry, from `last_at`; anything where it is -1."""
    import jax.numpy as jnp

    # Leading axes of length 1 are dropped.
    v = v.reshape(v.shape[max(v.ndim - len(named), 0) :])
    return jnp.broadcast_to(v, named).ravel()[last]
