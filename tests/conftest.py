"""What every test needs: Ctrl-C means something, wherever the tests are run from."""

import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from kobai.cli import main


class Result(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c() -> Iterator[None]:
    """Hear Ctrl-C: a shell's background job ignores it, and so would its children."""
    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def run_command(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Result]]:
    """Run the command in this process, as `main` does, and return what it came to.

    What it does to its process, which here others share, is undone. The language is
    nobody's who runs the tests.
    """
    handler, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["kobai", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        code = leaving.value.code
        assert isinstance(code, int)
        return Result(code, *capfd.readouterr())

    yield run
    signal.signal(signal.SIGINT, handler)
    sys.unraisablehook = hook
