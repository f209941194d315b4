"""Files that are either the old one or the new one, never half of it."""

import os
from contextlib import suppress
from pathlib import Path


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write `data` to `path` so that a crash at any moment leaves a whole file.

    A temporary file in the same folder is written, forced to the disk and renamed
    over `path`; then the folder is forced to the disk, which holds the new name. The
    old file stays if anything fails: a full disk, a folder that is missing or may not
    be written. Raises `OSError` then, which names `path`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "a.txt", b"whole")
    ...     [(file.name, file.read_bytes()) for file in Path(folder).iterdir()]
    [('a.txt', b'whole')]
    """
    # A link keeps pointing to its file, which is what gets replaced.
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise naming(path, error) from None
        raise
    _sync_folder(target.parent)


def naming(path: str | os.PathLike[str], error: OSError) -> OSError:
    """Return an error of a temporary file as one of the file that was asked for.

    >>> naming("a.txt", OSError(28, "No space left on device", ".a.txt.12.tmp"))
    OSError(28, 'No space left on device')
    """
    # What a library raises may be words alone.
    if error.errno is None:
        return error
    return OSError(error.errno, error.strerror, os.fspath(path))


def remove_leftovers(path: str | os.PathLike[str]) -> None:
    """Remove the temporary files that killed processes left beside `path`."""
    target = Path(os.path.realpath(path))
    for leftover in target.parent.glob(f".{target.name}.*.tmp"):
        with suppress(OSError):
            leftover.unlink()


def _sync_folder(folder: Path) -> None:
    # Windows cannot open a folder, and renames there without this.
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
