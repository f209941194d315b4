"""A process that draws what a run leaves behind, while the run itself goes on.

matplotlib takes a quarter of a second to load. In a thread it would take turns with a
training of small steps; a process of its own has a core of its own.
"""

import gc
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Self

from kobai.engines.machine.processor import threads_here

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawings = Mapping[str, Callable[[], "Figure"]]
"""What draws a picture, by the name of its file; it must be possible to pickle it."""


class Painter:
    """Draws pictures: within `with` in another process, where that is faster.

    Without one, or where it fails, they are drawn here.
    """

    _process: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> Self:
        if _pays():
            with suppress(OSError):
                self._process = subprocess.Popen(
                    # -P: a file numpy.py where the user is must not stand for NumPy.
                    [sys.executable, "-P", "-m", "kobai.cli.painter"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    # Ctrl-C is for the run alone, which still wants its pictures.
                    start_new_session=True,
                )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
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
        try:
            assert self._process is not None
            assert self._process.stdout is not None
            pictures, notes = pickle.load(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            return {}
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


def _serve() -> None:
    """Draw once what the run asks for, to standard output."""
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


if __name__ == "__main__":
    _serve()
