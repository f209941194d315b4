"""What is traced and written is kept for the next who wants the same, in this process.

A key says all that the result depends on: the structure of a network, its loss, the
optimizer, shapes and dtypes, and what is made of them.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

Made = TypeVar("Made")

# Each is a few kilobytes of code, and arrays as long as a batch.
MOST = 256

_KEPT: dict[Hashable, Any] = {}
_LOCK = Lock()


def kept(key: Hashable, make: Callable[[], Made]) -> Made:
    """Return what is kept under a key, or make it and keep it.

    Those that were not asked for the longest give way. Several threads may ask at once;
    at worst they make the same twice.
    """
    with _LOCK:
        if key in _KEPT:
            _KEPT[key] = found = _KEPT.pop(key)
            return cast(Made, found)
    made = make()
    with _LOCK:
        _KEPT[key] = made
        while len(_KEPT) > MOST:
            del _KEPT[next(iter(_KEPT))]
    return made
