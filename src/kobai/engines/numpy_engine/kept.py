"""Programs that are kept for the next who wants the same, in this process."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

# Each is a few kilobytes of code, and arrays as long as a batch.
MOST = 128

P = TypeVar("P")

_PROGRAMS: dict[Hashable, Any] = {}
_LOCK = Lock()


def kept_program(key: Hashable, write: Callable[[], P]) -> P:
    """Return the program kept under a key, or write it and keep it.

    Those that were not asked for the longest give way. Several threads may ask at once;
    at worst they write the same program twice.
    """
    with _LOCK:
        known = _PROGRAMS.pop(key, None)
        if known is not None:
            _PROGRAMS[key] = known
            return known  # type: ignore[no-any-return]
    program = write()
    with _LOCK:
        _PROGRAMS[key] = program
        while len(_PROGRAMS) > MOST:
            del _PROGRAMS[next(iter(_PROGRAMS))]
    return program
