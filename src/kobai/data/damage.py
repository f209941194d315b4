"""The door of every reader: whatever a library raises there is one kind of error.

And nothing gets in that would never end, or says that it needs far more memory than it
has bytes.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from kobai.errors import DataError, KobaiError

MOST_UNPACKED = 256 << 20
"""Bytes that any file may be unpacked to."""
MOST_TIMES = 100
"""How many times its own size a larger file may be unpacked to."""


def check_unpacked(name: object, size: int, packed: int, remedy: str) -> None:
    """Refuse a file that says it is far larger than it is, before it is unpacked.

    `size` is what it says, `packed` what it takes now, both in bytes; `remedy` is how
    to have it read all the same.

    >>> check_unpacked("a.npz", 6 << 30, 6 << 20, "Save it with np.savez")
    Traceback (most recent call last):
    kobai.errors.DataError: a.npz: 6,291,456 bytes that unpack to 6,442,450,944 or more;
    at most 629,145,600 are unpacked of so few. Save it with np.savez
    """
    most = max(MOST_UNPACKED, MOST_TIMES * packed)
    if size > most:
        raise DataError(
            f"{name}: {packed:,} bytes that unpack to {size:,} or more; at most "
            f"{most:,} are unpacked of so few. {remedy}"
        )


def check_regular(path: Path) -> None:
    """Refuse pipes and devices, which may never end, folders, and addresses.

    >>> check_regular(Path("https://example.com/iris.csv"))
    Traceback (most recent call last):
    kobai.errors.DataError: https://example.com/iris.csv: is an address, and files are
    read: download it first
    """
    if path.is_dir():
        raise DataError(f"{path}: is a folder; name a file in it")
    if path.exists() and not path.is_file():
        raise DataError(f"{path}: is a pipe or a device; need a file with an end")
    scheme, slashes, rest = path.as_posix().partition(":/")
    if slashes and len(scheme) > 1 and scheme.isalnum() and not path.exists():
        # A path has one slash of two.
        raise DataError(
            f"{scheme}://{rest}: is an address, and files are read: download it first"
        )


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
