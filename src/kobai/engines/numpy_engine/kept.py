"""Programs that are kept for the next who wants the same, in this process."""

from collections.abc import Callable, Hashable
from threading import Lock

from kobai.engines.numpy_engine.program import Program

# Each is a few kilobytes of code, and arrays as long as a batch.
MOST = 128

_PROGRAMS: dict[Hashable, Program] = {}
_LOCK = Lock()


def kept_program(key: Hashable, write: Callable[[], Program]) -> Program:
    """Return the program kept under a key, or write it and keep it.

    Those that were not asked for the longest give way. Several threads may ask at once;
    at worst they write the same program twice.
    """
    with _LOCK:
        program = _PROGRAMS.pop(key, None)
        if program is not None:
            _PROGRAMS[key] = program
            return program
    program = write()
    with _LOCK:
        _PROGRAMS[key] = program
        while len(_PROGRAMS) > MOST:
            del _PROGRAMS[next(iter(_PROGRAMS))]
    return program
