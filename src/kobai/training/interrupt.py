"""Ctrl-C that waits until a step is complete."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class DeferredInterrupt:
    """Within `with`, turn the first Ctrl-C into a request to stop.

    The training loop reads `requested` between two steps, so that parameters, history
    and checkpoint are never those of half a step. A second Ctrl-C raises
    `KeyboardInterrupt` at once. What Ctrl-C did before is restored at the end. Only
    the main thread gets signals; in another one nothing is changed.

    >>> with DeferredInterrupt() as interrupt:
    ...     signal.raise_signal(signal.SIGINT)
    ...     interrupt.requested
    True
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: Any = None

    def __enter__(self) -> "DeferredInterrupt":
        before = signal.getsignal(signal.SIGINT)
        # A program that ignores Ctrl-C (nohup, a shell's background job) means it.
        if threading.current_thread() is threading.main_thread() and before not in (
            signal.SIG_IGN,
            None,
        ):
            self._before = before
            signal.signal(signal.SIGINT, self._request)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _request(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
