"""What every test needs: Ctrl-C means something, wherever the tests are run from."""

import signal
import sys
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c() -> Iterator[None]:
    """Hear Ctrl-C: a shell's background job ignores it, and so would its children."""
    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what the command does to its process, which here others share.

    The language is nobody's who runs the tests.
    """
    handler, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    yield
    signal.signal(signal.SIGINT, handler)
    sys.unraisablehook = hook
