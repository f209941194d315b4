"""What every test needs: Ctrl-C means something, and no machine is too slow."""

import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kobai.cli import main

try:
    from hypothesis import HealthCheck, settings
except ImportError:
    # The lessons are tested without it, too.
    pass
else:
    # What is slow on a machine that does much else is no fault of what is tested.
    slow = [HealthCheck.too_slow]
    settings.register_profile(
        "unhurried", settings.default, deadline=None, suppress_health_check=slow
    )
    settings.load_profile("unhurried")


def is_alive(process: int) -> bool:
    """Tell whether a process of this number is there, and has not ended."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    # Nobody may be there to ask how it ended.
    return stat.rpartition(")")[2].split()[0] != "Z"


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
