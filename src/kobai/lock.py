"""A lock on a folder or a file: one process holds it, until it lets go or dies.

What is locked is an open file beside the thing, not the existence of that file: one
that a killed process left behind holds nobody up.
"""

import contextlib
import errno
import json
import os
import socket
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kobai.errors import visible

# Where locks are mandatory, a locked byte cannot be read: this is none of the text.
FAR = 1 << 30
TRIES, PAUSE = 5, 0.02
UNKNOWN = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)
"""What a file system answers that has no locks."""


class HeldError(Exception):
    """Another process holds the lock; the message says which."""


@dataclass(frozen=True)
class Lock:
    """A lock held by this process."""

    file: Path
    descriptor: int

    def release(self) -> None:
        """Remove the file and let go, in the order that the system allows."""
        # Whoever has opened the file meanwhile finds that it is not there any more.
        if sys.platform != "win32":
            self.file.unlink(missing_ok=True)
        os.close(self.descriptor)
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                self.file.unlink()


def lock(file: Path) -> Lock:
    """Take a lock by its file, or raise `HeldError`; `OSError` where none can be made.

    Whoever only looks whether a lock is held has it for a moment, hence the patience.
    """
    for attempt in range(TRIES):
        descriptor = _open(file)
        if _take(descriptor):
            if _is_there(file, descriptor):
                _sign(descriptor)
                return Lock(file, descriptor)
        elif attempt == TRIES - 1:
            os.close(descriptor)
            break
        os.close(descriptor)
        time.sleep(PAUSE)
    raise HeldError(_holder(file))


def holder(file: Path) -> str | None:
    """Return who holds the lock of that file, or None if nobody does."""
    try:
        descriptor = os.open(file, os.O_RDWR | _PLAIN)
    except OSError:
        return None
    try:
        return None if _take(descriptor) else _holder(file)
    finally:
        os.close(descriptor)


# Neither through a link, nor waiting for the other end of a pipe.
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | _PLAIN, 0o666)


def _take(descriptor: int) -> bool:
    """Lock an open file, if nobody has; where there are no locks, nobody has."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in UNKNOWN
    return True


def _is_there(file: Path, descriptor: int) -> bool:
    """Tell whether the open file is still the one of that name, or was removed."""
    try:
        return os.path.samestat(os.stat(file), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    """Write down who holds the lock, and since when."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    signed = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    text = json.dumps(signed).encode()
    # On a full disk something else will be missed, and say so.
    with contextlib.suppress(OSError):
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, text)
        # Not emptied first: closing such a file would wait for the disk.
        os.ftruncate(descriptor, len(text))


def _holder(file: Path) -> str:
    """Say who holds a lock, as far as can be read."""
    try:
        found = json.loads(_text(file))
        since = datetime.fromisoformat(found["since"]).astimezone()
        here = found["host"] == socket.gethostname()
        where = "" if here else f" on {visible(str(found['host']))}"
        return f"process {int(found['pid'])}{where}, since {since:%Y-%m-%d %H:%M:%S}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "another process"


def _text(file: Path) -> bytes:
    descriptor = os.open(file, os.O_RDONLY | _PLAIN)
    try:
        return os.read(descriptor, 1000)
    finally:
        os.close(descriptor)
