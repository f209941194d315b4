"""What the commands have in common on the screen: tables, bars, paths, commands.

In a terminal there is colour; in a pipe the same lines come plain.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.errors import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

BAR = " ▏▎▍▌▋▊▉█"
PIPE_WIDTH = 100


@cache
def console() -> "Console":
    """Return the console that all commands print to."""
    from rich.console import Console

    wide = None if sys.stdout is not None and sys.stdout.isatty() else PIPE_WIDTH
    return Console(highlight=False, width=wide)


def say(text: str = "") -> None:
    """Print lines; a pipe gets each whole, a terminal wraps them between words."""
    from rich.text import Text

    screen = console()
    screen.print(Text.from_markup(visible(text)), soft_wrap=not screen.is_terminal)


def show(*tables: Any) -> None:
    """Print tables; in a pipe without the spaces that fill the lines up."""
    screen = console()
    if screen.is_terminal:
        screen.print(*tables)
        return
    with screen.capture() as caught:
        screen.print(*tables)
    for line in caught.get().splitlines():
        print(line.rstrip())


def plain(text: object) -> str:
    """Return a name in which square brackets, and what steers terminals, mean nothing.

    >>> print(plain("[b] \\x1b"))
    \\[b] \\x1b
    """
    from rich.markup import escape

    return escape(visible(str(text)).replace("\n", "\\n"))


def columns(*names: str, left: Sequence[int] = (0,)) -> "Table":
    """Return an empty table without lines, numbers to the right."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for index, name in enumerate(names):
        table.add_column(name, justify="left" if index in left else "right")
    return table


def facts(**values: str) -> "Table":
    """Return names and values side by side, the names bold."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in values.items():
        grid.add_row(name, Text(visible(value)))
    return grid


def bar(share: float, width: int) -> str:
    """Return a share from 0 to 1 as a bar, exact to an eighth of a character.

    >>> bar(0.5, 4), bar(0.28, 4)
    ('██  ', '█▏  ')
    """
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (BAR[rest] if rest else "")).ljust(width)


def short(path: str | os.PathLike[str]) -> str:
    """Return a path as it can be typed here: relative where that is shorter."""
    path = Path(path)
    try:
        relative = os.path.relpath(path)
    except ValueError:
        return str(path)
    return min(relative, str(path), key=len)


def command(*words: str) -> str:
    """Return a command for the user to type, as this one was called.

    >>> command("evaluate", "my run").endswith("evaluate 'my run'")
    True
    """
    return shlex.join([*_program(), *words])


def _program() -> list[str]:
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return [short(sys.executable), "-m", "kobai.cli"]
    found = shutil.which("kobai") or ""
    if called.name == "kobai" and called.exists() and not called.samefile(found or "."):
        return [short(called)]
    return ["kobai"]
