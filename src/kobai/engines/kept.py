"""What is traced and written is kept for the next who wants the same, in this process.

What it depends on is a structure, such as a network with its loss and its optimizer,
and a key: shapes and dtypes, and what is made of them.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

Made = TypeVar("Made")

# Each is a few kilobytes of code, and arrays as long as a batch.
MOST = 256

_KEPT: dict[Hashable, Any] = {}
_LOCK = Lock()


def kept(structure: Hashable, key: Hashable, make: Callable[[], Made]) -> Made:
    """Return what is kept of a structure under a key, or make it and keep it.

    A structure that is None is one that nobody knows: what is made of it is not kept.
    Those that were not asked for the longest give way. Several threads may ask at once;
    at worst they make the same twice.
    """
    if structure is None:
        return make()
    key = structure, key
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
