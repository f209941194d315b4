"""The folder for compiled code: who can write there, and what is whole in it.

Numba keeps its code as pickles, which may do anything when they are read. So nothing is
read from where others can write, nor what is not, byte for byte, as it was written: a
seal beside each module has the checksums of its files. What is damaged is made anew.
"""

import hashlib
import json
import os
import stat
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path


@lru_cache
def is_usable(folder: Path) -> bool:
    """Return whether code may be kept in a folder, which is made; say once why not.

    Where it cannot be written, nothing is said: code is then compiled each time.
    """
    if not folder.is_absolute():
        _warn(f"the path {folder} is relative, so that any folder may be meant")
        return False
    try:
        for path in (folder.parent, folder):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        shared = open_to_others(folder)
    except OSError:
        return False
    if shared is not None:
        _warn(f"others can write to {shared}. To have it used: chmod -R go-w {shared}")
    return shared is None and os.access(folder, os.W_OK | os.X_OK)


def _warn(why: str) -> None:
    warnings.warn(
        f"compiled code is not kept, and made anew in every run: {why}",
        RuntimeWarning,
        stacklevel=3,
    )


def open_to_others(folder: Path) -> Path | None:
    """Return a folder, or one above it, where others could put files; None if safe.

    Above it a folder that all may write is safe where files are their owners' alone.
    """
    # Windows gives each user's folders to that user.
    if not hasattr(os, "geteuid"):
        return None
    real = folder.resolve()
    for path in dict.fromkeys([real, *real.parents, folder, *folder.parents]):
        status = path.stat()
        mode, is_own = status.st_mode, status.st_uid in (0, os.geteuid())
        if path in (real, folder):
            is_shared = mode & (stat.S_IWGRP | stat.S_IWOTH)
        else:
            is_shared = mode & stat.S_IWOTH and not mode & stat.S_ISVTX
        if is_shared or not is_own:
            return path
    return None


def write_source(path: Path, source: str) -> None:
    """Write the source of a module, unless it is there: its time would change."""
    content = source.encode()
    if path.is_file() and path.read_bytes() == content:
        return
    if not path.is_file():
        remove(path)
    replace(path, content)


def replace(path: Path, content: bytes) -> None:
    """Write a file so that no one ever reads half of it."""
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise


class Entry:
    """What Numba keeps of one module: files in or below `kept`, a seal in `folder`.

    Raises `OSError` where the folder cannot be used.
    """

    def __init__(self, folder: Path, name: str, kept: Path) -> None:
        self._name = name
        self._kept = kept
        self._seal = folder / f"{name}.sums"
        if not kept.is_dir():
            remove(kept)
        if not is_usable(kept):
            raise PermissionError(f"{kept} is not used")

    def check(self) -> None:
        """Remove what is not as it was sealed."""
        if not self._is_whole():
            for path in (*self._files(), self._seal):
                remove(path)

    def seal(self) -> None:
        """Write down what is there now; without a seal it will be made anew."""
        with suppress(OSError):
            if not self._is_whole():
                replace(self._seal, json.dumps(self._sums()).encode())

    def _is_whole(self) -> bool:
        try:
            if not self._seal.is_file():
                return next(self._files(), None) is None
            sealed = json.loads(self._seal.read_bytes())
            return bool(sealed == self._sums())
        except (OSError, ValueError, RecursionError):
            return False

    def _sums(self) -> dict[str, str]:
        return {path.name: _sum(path) for path in sorted(self._files())}

    def _files(self) -> Iterator[Path]:
        yield from self._kept.glob(f"{self._name}.*")
        yield from self._kept.glob(f"*/{self._name}.*")


def _sum(path: Path) -> str:
    if not path.is_file():
        raise FileNotFoundError(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def remove(path: Path) -> None:
    """Remove whatever is at a path, but no folder that has something in it."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
