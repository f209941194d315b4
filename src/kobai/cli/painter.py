"""A process that draws what a run leaves behind, while the run itself goes on.

matplotlib takes a quarter of a second to load. In a thread it would take turns with a
training of small steps; a process of its own has a core of its own.
"""

import atexit
import gc
import os
import pickle
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from threading import Timer
from typing import TYPE_CHECKING, NoReturn, Self

from kobai.engines.machine.processor import threads_here

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawings = Mapping[str, Callable[[], "Figure"]]
"""What draws a picture, by the name of its file; it must be possible to pickle it."""

_TIME_TO_LEAVE = 2.0
"""Seconds; it takes milliseconds, unless somebody has stopped the process."""
_TIME_TO_DRAW = 60.0
"""Seconds; it takes one or two, unless somebody has stopped the process."""

_PROGRAM = """\
import sys
sys.path[:] = {path!r}
from kobai.cli.painter import serve
serve()
"""


class Painter:
    """Draws pictures: within `with` in another process, where that is faster.

    Without one, or where it fails, they are drawn here.
    """

    _process: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> Self:
        if _pays():
            with suppress(OSError):
                self._process = subprocess.Popen(
                    # What it imports is what this process would: another Kobai may
                    # be installed, or none.
                    [sys.executable, "-c", _PROGRAM.format(path=sys.path)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    # Ctrl-C is for the run alone, which still wants its pictures.
                    start_new_session=True,
                )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            # Not `kill` at once: it may have the lock on matplotlib's list of fonts.
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_TIME_TO_LEAVE)
            self._process.kill()
            # What was not asked for any more cannot be sent either.
            with suppress(OSError), self._process:
                pass

    def begin(self, drawings: Drawings) -> Callable[[], dict[str, bytes]]:
        """Let pictures be drawn; what is returned waits for them."""
        is_asked = bool(drawings) and self._ask(drawings)
        return lambda: (is_asked and self._answer()) or _drawn(drawings)

    def _ask(self, drawings: Drawings) -> bool:
        """Tell the other process what to draw, and whether it was there to be told."""
        if not (self._process and self._process.stdin):
            return False
        with suppress(OSError):
            pickle.dump(dict(drawings), self._process.stdin)
            self._process.stdin.flush()
            return True
        return False

    def _answer(self) -> dict[str, bytes]:
        """Return what the other process has drawn; nothing where it has failed."""
        assert self._process is not None
        assert self._process.stdout is not None
        # Killed, it ends what is read here.
        limit = Timer(_TIME_TO_DRAW, self._process.kill)
        limit.daemon = True
        limit.start()
        try:
            pictures, notes = pickle.load(self._process.stdout)
        except Exception:
            # What has been printed there, by whatever else Python loads at its start,
            # may be taken for anything.
            return {}
        finally:
            limit.cancel()
        for note in notes:
            warnings.warn(note, stacklevel=2)
        return dict(pictures)


def _pays() -> bool:
    """Tell whether there is a core for it, and matplotlib has still to be loaded."""
    is_alone = threads_here() == 1 or getattr(sys, "frozen", False)
    return not is_alone and bool(sys.executable) and "matplotlib" not in sys.modules


def _drawn(drawings: Drawings) -> dict[str, bytes]:
    from kobai.plots.picture import encoded

    return {name: encoded(draw(), name) for name, draw in drawings.items()}


def serve() -> NoReturn:
    """Draw what the run asks for, and leave; what the other process does."""
    try:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        _serve()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # matplotlib removes its temporary folder, where it had to make one. To take
        # all modules apart as well would keep the run waiting.
        atexit._run_exitfuncs()
        os._exit(0)


def _serve() -> None:
    """Draw once what is asked for on standard input, to standard output."""
    # It lives for a second: looking for garbage would be for nothing.
    gc.disable()
    for name in ("kobai.plots.picture", "kobai.training"):
        import_module(name)
    # Standard input ends with the run, whether that has asked for anything or not.
    with suppress(EOFError):
        drawings = pickle.load(sys.stdin.buffer)
        with warnings.catch_warnings(record=True) as caught:
            pictures = _drawn(drawings)
        pickle.dump((pictures, [each.message for each in caught]), sys.stdout.buffer)
        sys.stdout.flush()
