"""How often Ctrl-C has been pressed."""

import signal
from types import FrameType
from typing import Any


class Interrupts:
    """Within `with`, count Ctrl-C instead of raising; where it is ignored, it stays so.

    >>> with Interrupts() as interrupts:
    ...     signal.raise_signal(signal.SIGINT)
    ...     interrupts.count, interrupts.new(), interrupts.new()
    (1, True, False)
    """

    def __init__(self) -> None:
        self.count = 0
        self._known = 0
        self._before: Any = None

    def new(self) -> bool:
        """Whether there has been another since this was asked."""
        known, self._known = self._known, self.count
        return self.count > known

    def __enter__(self) -> "Interrupts":
        if signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, None):
            self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _press(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
