"""A training run in a notebook: one output that is rewritten, curves and a bar."""

from collections.abc import Mapping
from html import escape
from importlib import import_module
from typing import Any

from kobai.html.notebook import note_shown
from kobai.training.display.lines import Lines
from kobai.training.display.picture import as_html, curves
from kobai.training.display.table import table
from kobai.training.history import History

BAR_WIDTH = 30


class Notebook(Lines):
    """The curves so far and one bar, in a single output cell."""

    interval = 0.25

    def __init__(self) -> None:
        super().__init__()
        self._history = History()
        self._remarks: list[str] = []
        self._handle: Any = None

    def draw(self, step: int, loss: float, seconds: float) -> None:
        """Move the bar, and draw the curves as far as they go."""
        rate = (step - self._first) / seconds
        left = (self._total - step) / rate if rate else float("inf")
        state = (
            f"step {step:,}/{self._total:,}  loss {loss:.4f}  "
            f"{rate:,.0f} steps/s  {left:,.0f} s left"
        )
        filled = BAR_WIDTH * step // self._total
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        drawn = curves(self._history.records)
        moving = _html_bar(step / self._total, state)
        self._show(f"{self._text()}\n{bar} {state}", drawn + moving)

    def record(self, record: Mapping[str, Any]) -> None:
        """Take a record; it is shown with the next drawing."""
        self._history.append(record)

    def end(self, history: History) -> None:
        """Keep the whole history, with the records from before a resumed run."""
        super().end(history)
        note_shown(history)
        # Without the reason for its end, which is among the remarks.
        self._history = History(history.records)

    def write(self, text: str) -> None:
        """Keep a remark; it is shown with the next drawing."""
        self._remarks.append(text)

    def close(self) -> None:
        """Show the whole run, without the bar."""
        self._show(self._text(), as_html(self._history))

    def _text(self) -> str:
        records = self._history.records
        return "\n".join([table(records), *self._remarks] if records else self._remarks)

    def _show(self, text: str, html: str) -> None:
        """Rewrite the output: the only place that draws, so 4 times a second hold."""
        remarks = "".join(f"<div>{escape(remark)}</div>" for remark in self._remarks)
        shown = _Shown(text.strip("\n"), f"<div>{html}{remarks}</div>")
        if self._handle is None:
            display = import_module("IPython.display").display
            self._handle = display(shown, display_id=True)
        else:
            self._handle.update(shown)


class _Shown:
    """Something with two faces: text, and HTML for those who can show it."""

    def __init__(self, text: str, html: str) -> None:
        self._text = text
        self._html = html

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return self._html


def _html_bar(share: float, state: str) -> str:
    track = (
        "width:14em;height:0.5em;border-radius:0.25em;background:rgba(128,128,128,0.3)"
    )
    inner = (
        f"width:{100 * share:.1f}%;height:100%;border-radius:inherit;background:#2B8CD6"
    )
    row = "display:flex;flex-wrap:wrap;align-items:center;gap:0.3em 1em"
    return (
        f'<div style="{row};font-variant-numeric:tabular-nums">'
        f'<div style="{track}"><div style="{inner}"></div></div>{escape(state)}</div>'
    )
