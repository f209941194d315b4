"""A training run in a terminal: a row per epoch, and below them a moving bar."""

from rich import get_console
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from kobai.training.display.lines import Lines


def _columns() -> list[tuple[int, ProgressColumn]]:
    """Return what moves, each with the width of a terminal that has room for it."""
    return [
        (0, TextColumn("epoch {task.fields[epoch]}")),
        # Not to the right edge: the ^C that the terminal echoes there would wrap,
        # and the bar could not be erased any more.
        (70, BarColumn(bar_width=16)),
        (0, TextColumn("step {task.completed:,.0f}/{task.total:,.0f}")),
        (56, TextColumn("loss {task.fields[loss]:.4f}")),
        (80, TextColumn("{task.fields[rate]:,.0f} steps/s")),
        (0, TimeRemainingColumn(compact=True)),
    ]


class Terminal(Lines):
    """Rows of the table, and a Rich progress bar that leaves no trace."""

    # A drawing costs about 2 ms: at five a second, one per cent of the time.
    interval = 0.2

    def __init__(self, console: Console | None = None) -> None:
        super().__init__()
        screen = console or get_console()
        self.room = screen.width
        self._bar = Progress(
            *(column for least, column in _columns() if screen.width >= least),
            console=screen,
            # A thread that redraws by itself would compete with the training.
            auto_refresh=False,
            transient=True,
        )

    def begin(self, step: int, total: int, per_epoch: int) -> None:
        """Say where a resumed run goes on; the bar comes with the first drawing."""
        super().begin(step, total, per_epoch)
        self._task = self._bar.add_task(
            "", total=total, completed=step, epoch=1, loss=0.0, rate=0.0
        )

    def draw(self, step: int, loss: float, seconds: float) -> None:
        """Move the bar."""
        self.attempt(lambda: self._move(step, loss, seconds))

    def _move(self, step: int, loss: float, seconds: float) -> None:
        if not self._bar.live.is_started:
            self._bar.start()
        self._bar.update(
            self._task,
            completed=step,
            epoch=(step - 1) // self._per_epoch + 1,
            loss=loss,
            rate=(step - self._first) / seconds,
            refresh=True,
        )

    def write(self, text: str) -> None:
        """Write one line above the bar."""
        self._bar.console.print(Text(text), highlight=False)

    def close(self) -> None:
        """Remove the bar."""
        self.attempt(self._bar.stop)
