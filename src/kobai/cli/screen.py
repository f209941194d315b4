"""What the commands have in common on the screen: tables, bars, paths, commands.

In a terminal there is colour; in a pipe the same lines come plain.
"""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli.sheet import Bar as Bar
from kobai.cli.sheet import Sheet
from kobai.cli.sheet import bar as bar
from kobai.errors import visible
from kobai.wide import wrapped

if TYPE_CHECKING:
    from rich.console import Console, Group, RenderableType

PIPE_WIDTH = 100
NARROW = 60
NARROWEST = 10


@cache
def console() -> "Console":
    """Return the console that all commands print to."""
    from rich.console import Console

    wide = None if sys.stdout is not None and sys.stdout.isatty() else PIPE_WIDTH
    return Console(highlight=False, width=wide)


@contextmanager
def aside(wanted: bool = True) -> Iterator[None]:
    """Have all that is said meanwhile go to standard error, apart from the output."""
    screen = console()
    before, screen.stderr = screen.stderr, wanted
    try:
        yield
    finally:
        screen.stderr = before


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
        screen.print(*tables, crop=False)
    for line in caught.get().splitlines():
        print(line.rstrip(), file=screen.file)


def plain(text: object) -> str:
    """Return a name in which square brackets, and what steers terminals, mean nothing.

    >>> print(plain("[b] \\x1b"))
    \\[b] \\x1b
    """
    from rich.markup import escape

    return escape(visible(str(text)).replace("\n", "\\n"))


def columns(*names: str, left: Sequence[int] = (0,)) -> Sheet:
    """Return an empty table without lines, numbers to the right."""
    return Sheet(names, left)


def facts(**values: str) -> "Group":
    """Return names and values side by side, the names bold.

    In a narrow terminal a value that is long stands under its name.
    """
    from rich.cells import cell_len
    from rich.console import Group

    names = max(map(cell_len, values), default=0)
    is_narrow = console().is_terminal and console().width < NARROW
    room = console().width - names - 2
    lines = []
    for name, value in values.items():
        text = visible(value)
        is_long = max(map(cell_len, text.split("\n"))) > room
        if is_long and is_narrow:
            lines.append(_below(name, text))
            continue
        text = "\n".join(_hanging(line, room) for line in text.split("\n"))
        lines.append(_beside(name, text, names))
    return Group(*lines)


def _hanging(line: str, room: int) -> str:
    """Have a line of columns that is too long go on under its last column."""
    from rich.cells import cell_len

    last = re.match(r".*\S {2,}", line)
    margin = cell_len(last[0]) if last else 0
    if not last or cell_len(line) <= room or room - margin < NARROWEST:
        return line
    cell = wrapped(line[last.end() :], room - margin)
    return last[0] + cell.replace("\n", "\n" + " " * margin)


def _below(name: str, text: str) -> "RenderableType":
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    return Group(Text(name, "bold"), Padding(Text(text), (0, 0, 0, 2)))


def _beside(name: str, text: str, width: int) -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True, width=width)
    grid.add_column(overflow="fold")
    grid.add_row(Text(name), Text(text))
    return grid


def counted(number: int, noun: str) -> str:
    """Return a number of things.

    >>> counted(1, "step"), counted(2000, "step")
    ('1 step', '2,000 steps')
    """
    return f"{number:,} {noun}{'s' * (number != 1)}"


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


def to_resume(what: str, folder: str | os.PathLike[str]) -> str:
    """Return the command that goes on with a training or a sweep, by its folder.

    >>> to_resume("train", "my run").endswith("train --resume 'my run'")
    True
    """
    return command(what, "--resume", short(folder))


def _program() -> list[str]:
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return [short(sys.executable), "-m", "kobai"]
    found = shutil.which("kobai") or ""
    if called.name == "kobai" and called.exists() and not called.samefile(found or "."):
        return [short(called)]
    return ["kobai"]
