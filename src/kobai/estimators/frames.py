"""What frames and columns hold that an estimator cannot take, and where it stands."""

from numbers import Real
from typing import Any

import numpy as np

from kobai.functions.arrays import Array
from kobai.networks.frames import (
    cells_of,
    column_numbers,
    is_frame,
    is_missing,
    parts,
    refuse_lazy,
)


def check_inputs(owner: str, X: Array) -> None:
    """Raise ValueError for a frame of dates, or without rows yet.

    scikit-learn would take dates for numbers. What else is no number it refuses
    itself; `explained` then says where.
    """
    refuse_lazy(X, f"{owner}: X")
    for name, column in parts(X) if is_frame(X) else ():
        if cells_of(column).dtype.kind in "mM":
            column_numbers(column, f'{owner}: column "{name}" of X')


def explained(owner: str, X: Array, error: Exception) -> Exception:
    """Return the error that names the column of X which is to blame, if one is."""
    columns = list(parts(X)) if is_frame(X) else []
    names = [name for name, _ in columns]
    for name, column in columns:
        if names.count(name) > 1:
            return ValueError(
                f'{owner}: two columns of X are called "{name}"; give each a name of '
                "its own"
            )
        wrong = _first_without_number(cells_of(column).tolist())
        if wrong is not None:
            return ValueError(
                f'{owner}: column "{name}" of X: got "{str(wrong)[:30]}", need numbers '
                f"({str(error).splitlines()[0]}). Encode the column first, with "
                "OneHotEncoder or OrdinalEncoder, or leave it out"
            )
    return error


def _first_without_number(cells: list[Any]) -> object:
    for value in cells:
        try:
            is_missing(value) or float(value)
        except (TypeError, ValueError):
            return value
    return None


def plain_targets(owner: str, y: Array, numeric: bool = False) -> Array:
    """Return targets of Python's objects in the type that they have in common.

    Other targets are returned as they are. Raises ValueError where one is missing, for
    words among numbers, and for words where targets must be `numeric`.

    >>> plain_targets("", np.array([1, 0, 1], dtype=object))
    array([1, 0, 1])
    """
    values = cells_of(y) if hasattr(y, "__array__") else np.empty(0)
    if values.dtype.kind not in "OU" or not values.size:
        return y
    cells = values.ravel().tolist()
    _check_all_there(owner, cells, len(values))
    if any(isinstance(cell, str) for cell in cells):
        _check_words(owner, cells, numeric)
        return y
    has_numbers = all(isinstance(cell, Real) for cell in cells)
    return np.array(cells).reshape(values.shape) if has_numbers else y


def _check_all_there(owner: str, cells: list[Any], samples: int) -> None:
    gap = next((i for i, cell in enumerate(cells) if is_missing(cell)), None)
    if gap is not None:
        raise ValueError(
            f"{owner}: Input y contains NaN: sample {gap * samples // len(cells)} "
            "(counted from 0) has no target; leave such samples out"
        )


def _check_words(owner: str, cells: list[Any], numeric: bool) -> None:
    word = next(cell for cell in cells if isinstance(cell, str))
    if numeric and _first_without_number(cells) is not None:
        raise ValueError(
            f'{owner}: y holds words, such as "{word}"; need numbers. To learn classes '
            "use MLPClassifier"
        )
    others = [cell for cell in cells if not isinstance(cell, str)]
    if others and not numeric:
        raise ValueError(
            f'{owner}: y holds words and others, such as "{word}" and {others[0]!r}; '
            "need one kind: y.astype(str)"
        )
