"""A training run in a notebook: one output that is rewritten, a table and a bar."""

from importlib import import_module
from typing import Any

from kobai.training.display import Lines

BAR_WIDTH = 30


class Notebook(Lines):
    """The rows so far and one bar, in a single output cell."""

    interval = 0.25

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[str] = []
        self._handle: Any = None
        self._last = ""

    def draw(self, step: int, loss: float, seconds: float) -> None:
        """Move the bar."""
        rate = (step - self._first) / seconds
        filled = BAR_WIDTH * step // self._total
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        left = (self._total - step) / rate if rate else float("inf")
        self._show(
            f"{bar} step {step:,}/{self._total:,}  loss {loss:.4f}  "
            f"{rate:,.0f} steps/s  {left:,.0f} s left"
        )

    def line(self, text: str) -> None:
        """Add a row to the table; it is shown with the next drawing."""
        self._rows.append(text)

    def close(self) -> None:
        """Show the whole table, without the bar."""
        self._show("")

    def _show(self, bar: str) -> None:
        """Rewrite the output: the only place that draws, so 4 times a second hold."""
        display = import_module("IPython.display").display
        text = _Text("\n".join([*self._rows, bar]).rstrip())
        if self._handle is None:
            self._handle = display(text, display_id=True)
        else:
            self._handle.update(text)


class _Text:
    """Text as a notebook shows it: as it is, in a fixed-width font."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text
