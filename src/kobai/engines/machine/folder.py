"""The folder for compiled code, and who can write there.

Machine code does whatever it says, so none is read from where others can write.
"""

import os
import stat
import tempfile
import warnings
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


def remove(path: Path) -> None:
    """Remove whatever is at a path, but no folder that has something in it."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
