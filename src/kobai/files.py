"""Files that are either the old one or the new one, never half of it."""

import errno
import os
from collections.abc import Mapping
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
    write_together({path: data})


def write_together(contents: Mapping[str | os.PathLike[str], bytes]) -> None:
    """Write several files as `write_atomically` writes one.

    No file is replaced before all of them are whole on the disk.
    """
    # A link keeps pointing to its file, which is what gets replaced.
    targets = {path: Path(os.path.realpath(path)) for path in contents}
    written: dict[str | os.PathLike[str], Path] = {}
    path: str | os.PathLike[str] = ""
    try:
        for path, target in targets.items():
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            name = f".{target.name}.{os.urandom(4).hex()}.tmp"
            written[path] = target.with_name(name)
            _write_through(written[path], contents[path])
        for path, temporary in written.items():
            os.replace(temporary, targets[path])
    except BaseException as error:
        for temporary in written.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise naming(path, error) from None
        raise
    for folder in {target.parent for target in targets.values()}:
        _sync_folder(folder)


def _write_through(path: Path, data: bytes) -> None:
    with open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def naming(path: str | os.PathLike[str], error: OSError) -> OSError:
    """Return an error of a temporary file as one of the file that was asked for.

    >>> naming("a.txt", OSError(28, "No space left on device", ".a.txt.12.tmp"))
    OSError(28, 'No space left on device')
    """
    # What a library raises may be words alone.
    if error.errno is None:
        return error
    return OSError(error.errno, error.strerror, os.fspath(path))


def as_text(name: str | os.PathLike[str]) -> str:
    """Return the name of a file as text; a byte in it that is none becomes its number.

    >>> as_text(b"h\\xfft.csv".decode("utf-8", "surrogateescape"))
    'h\\\\xfft.csv'
    """
    raw = os.fspath(name).encode("utf-8", "surrogateescape")
    return raw.decode("utf-8", "backslashreplace")


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
