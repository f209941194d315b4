"""The door of every reader: whatever a library raises there is one kind of error."""

import contextlib
from collections.abc import Iterator

from kobai.errors import DataError, KobaiError


@contextlib.contextmanager
def readable(name: object, problem: str) -> Iterator[None]:
    """Say of a file, whatever goes wrong in reading it, what it is and why.

    Libraries meet damage with errors of any kind: of decompression, of a tokenizer, of
    an index out of range, of a panic that is no `Exception`. All become a `DataError`
    that names the file. What we have said ourselves, and Ctrl-C, go on as they are.

    >>> with readable("my.npz", "no readable .npz file"):
    ...     raise IndexError("list index out of range")
    Traceback (most recent call last):
    kobai.errors.DataError: my.npz: no readable .npz file (list index out of range)
    """
    try:
        yield
    except (KobaiError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except OSError as error:
        if error.strerror:
            raise DataError(f"{name}: cannot be read ({error.strerror})") from error
        raise DataError(f"{name}: {problem} ({_why(error)})") from error
    except BaseException as error:
        raise DataError(f"{name}: {problem} ({_why(error)})") from error


def _why(error: BaseException) -> str:
    """Return the first line of what an error says, or else its name."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
