"""`np.linalg.norm` and its relatives: norms of vectors and of matrices."""

from typing import Any

import numpy as np

from kobai.autodiff.numpy_functions.table import as_inexact, normalized_axis, twin_of


@twin_of(np.linalg.norm)
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = as_inexact(x)
    axes = range(x.ndim) if axis is None else axis
    axes = tuple(axes) if isinstance(axes, tuple | list | range) else (axes,)
    # The order of two axes says which are the rows.
    axes = tuple(normalized_axis(one, x.ndim)[0] for one in axes)
    if not axes and axis is not None:
        raise ValueError("np.linalg.norm: got axis=(); need one axis or two")
    if ord is None and (axis is None or len(axes) <= 2):
        return _root(_squares(x), axes, keepdims)
    if len(axes) == 1:
        return _vector_norm(x, ord, axes, keepdims)
    if len(axes) == 2:
        return _matrix_norm(x, ord, axes, keepdims)
    raise ValueError(
        f"np.linalg.norm: got ord={ord!r} and {len(axes)} axes; need axis= with one "
        "axis for norms of vectors, or two for norms of matrices"
    )


def _squares(x: Any) -> Any:
    return np.square(np.abs(x) if x.dtype.kind == "c" else x)


def _root(squares: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    return np.sqrt(np.sum(squares, axis=axes, keepdims=keepdims))


def _vector_norm(x: Any, order: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if isinstance(order, str):
        raise ValueError(f"np.linalg.norm: got ord={order!r} for vectors")
    if order is None or order == 2:
        return _root(_squares(x), axes, keepdims)
    if order == 0:
        counted = (x != 0).astype(_real_dtype(x))
        return np.sum(counted + 0 * np.abs(x), axis=axes, keepdims=keepdims)
    sizes = np.abs(x)
    if abs(order) == np.inf:
        extreme = np.max if order > 0 else np.min
        return extreme(sizes, axis=axes, keepdims=keepdims)
    if order == 1:
        return np.sum(sizes, axis=axes, keepdims=keepdims)
    return np.sum(sizes**order, axis=axes, keepdims=keepdims) ** (1 / order)


def _matrix_norm(x: Any, order: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if order in ("fro", "f"):
        return _root(_squares(x), axes, keepdims)
    if order in (1, -1, np.inf, -np.inf):
        along, across = axes if abs(order) == 1 else axes[::-1]
        sums = np.sum(np.abs(x), axis=along, keepdims=True)
        extreme = np.max if order > 0 else np.min
        result = extreme(sums, axis=across, keepdims=True)
    elif order in (2, -2, "nuc"):
        result = _of_singular_values(x, order, axes)
    else:
        raise ValueError(f"np.linalg.norm: got ord={order!r} for matrices")
    return result if keepdims else np.squeeze(result, axis=axes)


def _of_singular_values(x: Any, order: Any, axes: tuple[int, ...]) -> Any:
    values = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), compute_uv=False)
    reduce: Any = {2: np.max, -2: np.min, "nuc": np.sum}[order]
    return np.expand_dims(reduce(values, axis=-1), axes)


def _real_dtype(x: Any) -> Any:
    return np.zeros((), x.dtype).real.dtype


@twin_of(np.linalg.vector_norm)
def _named_vector_norm(
    x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2
) -> Any:
    axes = normalized_axis(axis, x.ndim)
    return _vector_norm(as_inexact(x), ord, axes, keepdims)


@twin_of(np.linalg.matrix_norm)
def _named_matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return _matrix_norm(as_inexact(x), ord, (x.ndim - 2, x.ndim - 1), keepdims)


@twin_of(np.linalg.cond)
def _cond(x: Any, p: Any = None) -> Any:
    if p in (None, 2, -2):
        values = np.linalg.svd(x, compute_uv=False)
        first, last = values[..., 0], values[..., -1]
        return last / first if p == -2 else first / last
    of_inverse = np.linalg.norm(np.linalg.inv(x), ord=p, axis=(-2, -1))
    return np.linalg.norm(x, ord=p, axis=(-2, -1)) * of_inverse
