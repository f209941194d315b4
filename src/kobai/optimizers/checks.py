"""Refusals of settings that make no sense, each saying what was got and is needed."""

from math import isfinite


def number(owner: str, name: str, value: float) -> float:
    """Return `value` as a float, or refuse what is not a finite number."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"{owner}: {name} must be a number, got {type(value).__name__}"
        ) from None
    if not isfinite(result):
        raise ValueError(f"{owner}: {name} must be finite, got {value!r}")
    return result


def positive(owner: str, name: str, value: float) -> None:
    """Refuse what is not a number above 0."""
    if number(owner, name, value) <= 0:
        raise ValueError(f"{owner}: {name} must be above 0, got {value!r}")


def non_negative(owner: str, name: str, value: float) -> None:
    """Refuse what is not a number of at least 0."""
    if number(owner, name, value) < 0:
        raise ValueError(f"{owner}: {name} must be 0 or more, got {value!r}")


def fraction(owner: str, name: str, value: float) -> None:
    """Refuse what is not a number from 0 up to, but not including, 1."""
    if not 0 <= number(owner, name, value) < 1:
        raise ValueError(f"{owner}: {name} must be in [0, 1), got {value!r}")


def whole(owner: str, name: str, value: float, least: int) -> None:
    """Refuse what is not a whole number of at least `least`."""
    try:
        valid = value == int(value) and not isinstance(value, bool)
    except (TypeError, ValueError, OverflowError):
        valid = False
    if not valid:
        raise TypeError(f"{owner}: {name} must be a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{owner}: {name} must be {least} or more, got {value!r}")
