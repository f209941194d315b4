"""Files that are either the old one or the new one, never half of it."""

import errno
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from glob import escape
from pathlib import Path
from typing import Any

_IS_FORCED = ContextVar("_IS_FORCED", default=True)
_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}\.tmp", re.DOTALL)


@contextmanager
def not_forced() -> Iterator[None]:
    """Write files meanwhile without waiting for the disk.

    They are whole however the process ends; but a machine that loses its power may
    have lost them. It is for what has checksums, and can be computed again.
    """
    before = _IS_FORCED.set(False)
    try:
        yield
    finally:
        _IS_FORCED.reset(before)


def write_atomically(
    path: str | os.PathLike[str], data: bytes, *, through_links: bool = True
) -> None:
    """Write `data` to `path` so that a crash at any moment leaves a whole file.

    A temporary file in the same folder is written, forced to the disk and renamed
    over `path`; then the folder is forced to the disk, which holds the new name. The
    old file stays if anything fails: a full disk, a folder that is missing or may not
    be written, a pipe or a device in its place. Raises `OSError` then, which names
    `path`.

    A link that the user has named keeps pointing to its file, which is replaced. Where
    the name is ours, and so a link may lead anywhere, the link is: `through_links` is
    then false.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "a.txt", b"whole")
    ...     [(file.name, file.read_bytes()) for file in Path(folder).iterdir()]
    [('a.txt', b'whole')]
    """
    write_together({path: data}, through_links=through_links)


def write_together(
    contents: Mapping[str | os.PathLike[str], bytes], *, through_links: bool = True
) -> None:
    """Write several files as `write_atomically` writes one.

    No file is replaced before all of them are whole on the disk.
    """
    follow: Callable[[Any], Any] = os.path.realpath if through_links else os.fspath
    targets = {path: Path(follow(path)) for path in contents}
    written: dict[str | os.PathLike[str], Path] = {}
    path: str | os.PathLike[str] = ""
    try:
        for path, target in targets.items():
            if not target.is_symlink():
                check_regular(target)
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
        if _IS_FORCED.get():
            os.fsync(file.fileno())


def check_regular(path: str | os.PathLike[str]) -> None:
    """Raise `OSError` for what is there and no file: a pipe, say, has no end to read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     check_regular(folder)
    Traceback (most recent call last):
    IsADirectoryError: [Errno 21] Is a directory: ...
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EEXIST, "Not a regular file", str(path))


def safetensors_bytes(arrays: Mapping[str, Any], metadata: Mapping[str, str]) -> bytes:
    """Return a safetensors file of named arrays: the same for the same, byte for byte.

    >>> import numpy as np
    >>> safetensors_bytes({"w": np.zeros(1, np.int8)}, {"b": "2", "a": "1"})[8:42]
    b'{"__metadata__":{"a":"1","b":"2"},'
    """
    # Heavy imports stay out of `import kobai`.
    from safetensors.numpy import save

    # The library writes the metadata in whatever order a hash table has.
    found = save(dict(arrays), dict(metadata))
    end = 8 + int.from_bytes(found[:8], "little")
    head = json.loads(found[8:end])
    head["__metadata__"] = dict(sorted(metadata.items()))
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + found[end:]


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
    """Remove the temporary files that killed processes left beside `path`.

    Only whoever alone writes to `path` may: others' files may be half written.
    """
    target = Path(os.path.realpath(path))
    # Brackets in a name would be a pattern.
    for leftover in target.parent.glob(f".{escape(target.name)}.*.tmp"):
        with suppress(OSError):
            leftover.unlink()


def is_leftover(path: Path) -> bool:
    """Tell whether a file is, by its name, what a write that was killed has left.

    >>> is_leftover(Path(".run.json.0a1b2c3d.tmp")), is_leftover(Path("run.json"))
    (True, False)
    """
    return bool(_TEMPORARY.fullmatch(path.name))


def _sync_folder(folder: Path) -> None:
    # Windows cannot open a folder, and renames there without this.
    if not hasattr(os, "O_DIRECTORY") or not _IS_FORCED.get():
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
