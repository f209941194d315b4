"""Single keys from a terminal, waited for no longer than is asked."""

import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def keys() -> Iterator[Callable[[float], str]]:
    """Give what waits so many seconds for a key and returns it, or "" for none.

    The terminal is as it was before when the block is left, however it is left. Ctrl-C
    still interrupts; the end of the input counts as "q".
    """
    if sys.platform == "win32":
        yield lambda seconds: meant(_windows_key(seconds))
        return
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    try:
        yield lambda seconds: meant(_posix_key(terminal, seconds))
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def meant(typed: str) -> str:
    """Return the key that was meant, where a capital or a full-width sign was typed.

    >>> meant("N"), meant("ｎ"), meant("２"), meant("")
    ('n', 'n', '2', '')
    """
    return unicodedata.normalize("NFKC", typed).lower()[:1]


def _posix_key(terminal: int, seconds: float) -> str:
    import select

    ready, _, _ = select.select([terminal], [], [], seconds)
    if not ready:
        return ""
    found = os.read(terminal, 8)
    return found.decode("utf-8", "replace") if found else "q"


def _windows_key(seconds: float) -> str:
    import time
    from importlib import import_module

    console = import_module("msvcrt")
    end = time.monotonic() + seconds
    while not console.kbhit():
        if time.monotonic() >= end:
            return ""
        time.sleep(0.02)
    return str(console.getwch())
