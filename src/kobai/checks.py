"""Refusals of what makes no sense, each saying what was got and what is needed."""

import operator
from math import isfinite
from typing import Any, SupportsIndex


def number(owner: str, name: str, value: float) -> float:
    """Return `value` as a float, or refuse what is not a finite number."""
    result = _real(owner, name, value)
    if not isfinite(result):
        raise ValueError(f"{owner}: {name} must be finite, got {value!r}")
    return result


def _real(owner: str, name: str, value: float) -> float:
    try:
        # float() reads a text as a number, which arithmetic does not.
        if not isinstance(value, str | bytes | bool):
            return float(value)
    except (TypeError, ValueError):
        pass
    raise TypeError(f"{owner}: {name} must be a number, got {value!r}")


def positive(owner: str, name: str, value: float) -> None:
    """Refuse what is not a number above 0."""
    if number(owner, name, value) <= 0:
        raise ValueError(f"{owner}: {name} must be above 0, got {value!r}")


def non_negative(owner: str, name: str, value: float) -> None:
    """Refuse what is not a number of at least 0."""
    if number(owner, name, value) < 0:
        raise ValueError(f"{owner}: {name} must be 0 or more, got {value!r}")


def within(
    owner: str, name: str, value: float, low: float = 0, high: float = 1
) -> None:
    """Refuse what is not a number from low up to, but not including, high.

    >>> within("Dropout", "rate", 1.5)
    Traceback (most recent call last):
    ValueError: Dropout: rate must be in [0, 1), got 1.5
    """
    if not low <= _real(owner, name, value) < high:
        raise ValueError(f"{owner}: {name} must be in [{low}, {high}), got {value!r}")


def whole(owner: str, name: str, value: SupportsIndex, least: int = 1) -> int:
    """Return a whole number of at least `least`, or refuse the value.

    >>> whole("train", "epochs", 0)
    Traceback (most recent call last):
    ValueError: train: epochs must be 1 or more, got 0
    """
    try:
        result = operator.index(value)
        valid = not isinstance(value, bool)
    except TypeError:
        valid = False
    if not valid:
        raise TypeError(f"{owner}: {name} must be a whole number, got {value!r}")
    if result < least:
        raise ValueError(f"{owner}: {name} must be {least} or more, got {value!r}")
    return result


def function(owner: str, value: object) -> None:
    """Refuse what cannot be called, as where a function and its argument are swapped.

    >>> function("gradient", 3)
    Traceback (most recent call last):
    TypeError: gradient: f must be a function, and comes first; got int
    """
    if not callable(value):
        kind = type(value).__name__
        raise TypeError(f"{owner}: f must be a function, and comes first; got {kind}")


def returned(owner: str, value: object) -> None:
    """Refuse what a function returned if it can be no number, whatever is in it.

    >>> returned("gradient", None)
    Traceback (most recent call last):
    ValueError: gradient: f returned None; need one number: does f end with return?
    """
    if value is None:
        raise ValueError(
            f"{owner}: f returned None; need one number: does f end with return?"
        )
    # A value under differentiation says itself what it is taken for, which takes time.
    if issubclass(type(value), str | bytes | dict | list | tuple):
        raise ValueError(
            f"{owner}: f returned a {type(value).__name__}; need one number"
        )


def enter(table: dict[str, Any], name: str, kind: type) -> None:
    """Put a class into a table of names, or refuse a name that another one has.

    A class that is defined anew, as in a notebook, takes the place of the old one.

    >>> enter({"adam": int}, "adam", float)
    Traceback (most recent call last):
    ValueError: float: the name "adam" is that of builtins.int; choose another
    """
    known = table.setdefault(name, kind)
    if _whence(known) != _whence(kind):
        raise ValueError(
            f'{kind.__name__}: the name "{name}" is that of {_whence(known)}; choose '
            "another"
        )
    table[name] = kind


def _whence(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
