"""A user's own arrays checked, and turned into inputs and targets."""

import math

import numpy as np

from kobai.data.dataset import Array
from kobai.errors import DataError

FEW_CLASSES = 1000
"""Labels beyond this, and beyond the rows, are surely something else than classes."""


def inputs(raw: Array, name: str, scale: float = 1.0) -> Array:
    """Return raw × scale as rows of float32, or raise `DataError` saying what is wrong.

    `raw` is `(n, ...)` with any numbers in it; the result is `(n, d)`.

    >>> inputs(np.array([[[1, 2], [3, np.nan]]]), "x")
    Traceback (most recent call last):
    ...
    kobai.errors.DataError: x[0, 1, 1] is nan; need finite numbers in float32: leave
    out such rows, or fill them
    """
    _check_numbers(raw, name)
    if raw.ndim < 2:
        raise DataError(
            f"{name} has shape {raw.shape}; need rows (n, d), or images (n, height, "
            f"width): a single column is x.reshape(-1, 1)"
        )
    rows = _float32(raw, name)
    rows *= np.float32(scale)
    return rows.reshape(len(raw), math.prod(raw.shape[1:]))


def image_shape(raw: Array) -> tuple[int, ...] | None:
    """Return the shape of one row of `raw` as a picture, or None where it is none.

    >>> image_shape(np.zeros((5, 1, 28, 28))), image_shape(np.zeros((5, 784)))
    ((28, 28), None)
    """
    shape = tuple(size for size in raw.shape[1:] if size != 1)
    return shape if len(shape) > 1 else None


def targets(raw: Array, name: str) -> tuple[Array, int]:
    """Return targets and the number of classes, which is 0 for real numbers.

    Whole numbers `(n,)` or `(n, 1)`, and one-hot rows `(n, k)`, become labels `(n,)`,
    int64. Real numbers `(n,)` or `(n, k)` become `(n, 1)` or `(n, k)`, float32. Raises
    `DataError` saying what is wrong.

    >>> targets(np.array([2, 0, 1, 1]), "t")
    (array([2, 0, 1, 1]), 3)
    >>> targets(np.array([0.5, 1.5]), "t")
    (array([[0.5],
           [1.5]], dtype=float32), 0)
    """
    _check_numbers(raw, name)
    if raw.ndim not in (1, 2):
        raise DataError(
            f"{name} has shape {raw.shape}; need labels (n,), one-hot rows (n, k), or "
            f"real numbers (n,) or (n, k)"
        )
    if raw.ndim == 2 and _is_one_hot(raw):
        return raw.argmax(axis=1).astype(np.int64), raw.shape[1]
    if raw.dtype.kind == "f":
        values = _float32(raw, name)
        return values.reshape(len(values), -1), 0
    if raw.ndim == 2 and raw.shape[1] > 1:
        raise DataError(
            f"{name} holds whole numbers of shape {raw.shape} that are not one-hot; "
            f"need labels (n,), one-hot rows, or real numbers (t.astype(float))"
        )
    return _labels(raw.reshape(-1), name)


def _check_numbers(raw: Array, name: str) -> None:
    if raw.dtype.kind not in "biuf":
        raise DataError(f"{name} holds {raw.dtype} values; need real numbers")
    if raw.size == 0:
        raise DataError(f"{name} has shape {raw.shape}, so it is empty")


def _float32(raw: Array, name: str) -> Array:
    # A number too large for float32 becomes infinite, which is reported below.
    with np.errstate(over="ignore"):
        values = raw.astype(np.float32)
    wrong = ~np.isfinite(values)
    count = int(wrong.sum())
    if count:
        place = np.unravel_index(int(wrong.argmax()), raw.shape)
        index = ", ".join(map(str, place))
        others = f" (and {count - 1:,} more such values)" if count > 1 else ""
        raise DataError(
            f"{name}[{index}] is {raw[place]}{others}; need finite numbers in float32: "
            f"leave out such rows, or fill them"
        )
    return values


def _is_one_hot(raw: Array) -> bool:
    if raw.shape[1] < 2:
        return False
    ones = raw == 1
    return bool(((raw == 0) | ones).all() and (ones.sum(axis=1) == 1).all())


def _labels(raw: Array, name: str) -> tuple[Array, int]:
    lowest, highest = int(raw.min()), int(raw.max())
    if lowest < 0:
        raise DataError(
            f"{name}[{int(raw.argmin())}] is {lowest}; class labels count from 0"
        )
    if highest >= max(FEW_CLASSES, len(raw)):
        raise DataError(
            f"{name}[{int(raw.argmax())}] is {highest}, too large for a class label in "
            f"{len(raw):,} rows; class labels count from 0 "
            f"(np.unique(t, return_inverse=True)[1] numbers them so), and real numbers "
            f"are given as t.astype(float)"
        )
    return raw.astype(np.int64), highest + 1
