"""What a run shows while it goes: aligned lines in a pipe, or nothing."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from kobai.training.display.table import column_widths, header, row
from kobai.training.history import History


class Display:
    """A display that shows nothing: what every display has.

    The loop calls `begin` once, `tick` after every step, `record` with every record
    and `end` once; `close` follows in any case.
    """

    interval = float("inf")
    """Seconds between two drawings of the bar."""
    tells_end = True
    """Whether it says how the run ended; else whoever asked for the run does."""

    def __init__(self) -> None:
        self._next = 0.0

    def begin(self, step: int, total: int, per_epoch: int) -> None:
        """Learn where the run starts, and where it is to end."""
        self._first, self._total, self._per_epoch = step, total, per_epoch
        self._started = perf_counter()
        self._next = self._started + self.interval

    def tick(self, step: int, loss: float) -> None:
        """Redraw after a step, unless that was done only just now."""
        now = perf_counter()
        if now >= self._next:
            self._next = now + self.interval
            self.draw(step, loss, now - self._started)

    def draw(self, step: int, loss: float, seconds: float) -> None:
        """Draw the bar."""

    def record(self, record: Mapping[str, Any]) -> None:
        """Show the record of an epoch."""

    def end(self, history: History) -> None:
        """Show how the run ended."""

    def close(self) -> None:
        """Give the screen back."""


class Lines(Display):
    """One aligned line per epoch: for a pipe, a log file, a plain screen."""

    room = float("inf")
    """Characters that a line may have."""

    def __init__(self) -> None:
        super().__init__()
        self._widths: dict[str, int] = {}
        self._lost = False

    def begin(self, step: int, total: int, per_epoch: int) -> None:
        """Say where a resumed run goes on."""
        super().begin(step, total, per_epoch)
        if step:
            self.line(f"goes on after step {step:,} of {total:,}")

    def record(self, record: Mapping[str, Any]) -> None:
        """Write the epoch's line, the first time under the names."""
        if not self._widths:
            self._widths = column_widths(record, self.room)
            self.line(header(self._widths))
        self.line(row(record, self._widths))

    def end(self, history: History) -> None:
        """Write why the run ended before its time, or that it did not learn."""
        for remark in remarks(history) if self.tells_end else []:
            self.line(remark)

    def line(self, text: str) -> None:
        """Write one line, at once."""
        self.attempt(lambda: self.write(text))

    def write(self, text: str) -> None:
        """Put a line on the screen."""
        print(text, flush=True)

    def attempt(self, show: Callable[[], None]) -> None:
        """Show something; once that fails, be silent: the training is what counts."""
        if self._lost:
            return
        try:
            show()
        except (OSError, ValueError):
            self._lost = True


def remarks(history: History) -> list[str]:
    """Say why a run ended before its time, and else where it did not learn."""
    losses = [record["train_loss"] for record in history.records]
    said = [history.stopped] if history.stopped else []
    is_worse = bool(losses) and losses[-1] > losses[0]
    if is_worse and not said:
        said = ["the loss is higher than before training: lower the learning rate"]
    return said
