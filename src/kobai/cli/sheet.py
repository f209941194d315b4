"""Tables for the screen, of any width: a narrow one gets them closer, or on end.

Nothing is cut: a number that lost its end would be another number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.measure import Measurement
    from rich.table import Table

BAR = " ▏▎▍▌▋▊▉█"
SHORTEST_BAR = 6
GAP = 2


def bar(share: float, width: int) -> str:
    """Return a share from 0 to 1 as a bar, exact to an eighth of a character.

    >>> bar(0.5, 4), bar(0.28, 4)
    ('██  ', '█▏  ')
    """
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (BAR[rest] if rest else "")).ljust(width)


@dataclass(frozen=True)
class Bar:
    """A cell that is drawn as long as there is room, or left out."""

    share: float
    longest: int
    style: str = ""


@dataclass
class Sheet:
    """A table without lines: names above the columns, numbers to the right.

    Where it is too wide for a terminal its columns move closer; then bars go; then
    each row stands on end, its first cell as the title. A pipe has any width.
    """

    names: Sequence[str]
    left: Sequence[int] = (0,)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def add_row(self, *cells: Any, style: str = "") -> None:
        """Add a row of cells: text with markup, or bars."""
        self.rows.append(cells)
        self.styles.append(style)

    def fits(self, console: "Console", width: int | None = None) -> bool:
        """Return whether there is room for all of it, beside each other."""
        room = console.width if width is None else width
        slim = self._without_bars()
        return not console.is_terminal or slim._width(console, 1) <= room

    def __rich_console__(
        self, console: "Console", options: "ConsoleOptions"
    ) -> "RenderResult":
        room = options.max_width if console.is_terminal else 10**6
        for sheet in (self, self._without_bars()):
            for gap in (GAP, 1):
                spare = room - sheet._width(console, gap)
                if spare >= 0:
                    table = sheet._beside(gap, SHORTEST_BAR + spare)
                    wide = max(options.max_width, room - spare)
                    yield from console.render(table, options.update(width=wide))
                    return
        yield from self._on_end()

    def __rich_measure__(
        self, console: "Console", options: "ConsoleOptions"
    ) -> "Measurement":
        from rich.measure import Measurement

        longest = [cell.longest for row in self.rows for cell in row if _is_bar(cell)]
        bars = max(longest, default=SHORTEST_BAR) - SHORTEST_BAR
        widest = min(self._width(console, GAP) + bars, options.max_width)
        least = self._without_bars()._width(console, 1)
        return Measurement(min(least, widest), widest)

    def _beside(self, gap: int, room: int) -> "Table":
        from rich.table import Table
        from rich.text import Text

        table = Table(
            box=None, pad_edge=False, header_style="bold", padding=(0, gap, 0, 0)
        )
        for index, name in enumerate(self.names):
            table.add_column(
                Text.from_markup(name),
                justify="left" if index in self.left else "right",
                no_wrap=True,
            )
        for row, style in zip(self.rows, self.styles, strict=True):
            cells = (_drawn(each, room) if _is_bar(each) else each for each in row)
            table.add_row(*cells, style=style)
        return table

    def _on_end(self) -> Iterator[Any]:
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        for (first, *others), style in zip(self.rows, self.styles, strict=True):
            yield Text.from_markup(f"[bold]{self.names[0]}[/bold] {first}", style=style)
            grid = Table.grid(padding=(0, GAP, 0, 0))
            grid.add_column(no_wrap=True)
            grid.add_column(overflow="fold")
            for name, cell in zip(self.names[1:], others, strict=True):
                if not _is_bar(cell):
                    grid.add_row(name, cell, style=style)
            yield Padding(grid, (0, 0, 0, GAP))

    def _width(self, console: "Console", gap: int) -> int:
        """Return how wide it is with the shortest bars."""
        columns = zip(self.names, *self.rows, strict=True)
        widths = [max(_length(console, cell) for cell in cells) for cells in columns]
        return sum(widths) + gap * (len(widths) - 1)

    def _without_bars(self) -> "Sheet":
        kept = [
            index
            for index in range(len(self.names))
            if not any(_is_bar(row[index]) for row in self.rows)
        ]
        rows = [tuple(row[index] for index in kept) for row in self.rows]
        names = [self.names[index] for index in kept]
        left = [new for new, old in enumerate(kept) if old in self.left]
        return Sheet(names, left, rows, self.styles)


def _is_bar(cell: Any) -> bool:
    return isinstance(cell, Bar)


def _drawn(cell: Bar, room: int) -> Any:
    from rich.text import Text

    return Text(bar(cell.share, min(cell.longest, room)), cell.style)


def _length(console: "Console", cell: Any) -> int:
    if _is_bar(cell):
        return SHORTEST_BAR
    from rich.text import Text

    text = Text.from_markup(cell) if isinstance(cell, str) else cell
    return int(text.cell_len)
