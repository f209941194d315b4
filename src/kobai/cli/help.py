"""The help of a command: plain paragraphs and lists, in a terminal of any width.

Names of options are never cut; where there is little room, what they do stands below
them. Examples stay as they were written.
"""

from collections.abc import Iterable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from kobai.cli.lists import filled
from kobai.cli.screen import console
from kobai.cli.standins import writable
from kobai.cli.translations import AS_IT_IS, told
from kobai.errors import KobaiError, suggest
from kobai.wide import is_wide, joined, wrapped

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDEST = 100
LEAST_MEANING = 36
INDENT = 2
STYLE = "bold cyan"
Rows = list[tuple[str, str]]


class Command(TyperCommand):
    """A command whose help lists the names that there are; it refuses empty ones."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Read the arguments, of which none that is a name may be empty."""
        if not ctx.resilient_parsing:
            for each, given in self._given(ctx, list(args)):
                _refuse_empty(each, given)
        return super().parse_args(ctx, args)

    def _given(self, ctx: Any, args: list[str]) -> Iterator[tuple[Any, Any]]:
        try:
            given = self.make_parser(ctx).parse_args(args)[0]
        except Exception as error:
            # Not every one says of itself which command's help has more.
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise
        for each in self.get_params(ctx):
            yield each, given.get(each.name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, its lists filled in."""
        formatter.write(rendered(_page(self, ctx)))


class Commands(TyperGroup):
    """The commands together, with a line for each."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find a command, or refuse its name and say which there are."""
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise KobaiError(_no_command(args[0], self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                rows.append((name, joined(_paragraphs(command.help, name)[0])))
        formatter.write(rendered([*_page(self, ctx), *section("Commands", rows)]))


def _refuse_empty(parameter: Any, given: Any) -> None:
    """Raise where a name is empty: taken for a path, it would be this very folder."""
    is_name = _is_argument(parameter) or parameter.metavar in ("FILE", "FOLDER")
    if is_name and "" in (given if isinstance(given, list | tuple) else [given]):
        end = "name one" if parameter.required else "name one, or leave it out"
        raise KobaiError(
            f"{_name(parameter)}: got an empty name, as an unset variable of the shell "
            f"gives; {end}"
        )


def _no_command(name: str, known: list[str]) -> str:
    message = f'No such command "{name}"; there are {", ".join(known)}.'
    if name in ("help", "version"):
        return f"{message} For that write: kobai --{name}"
    if Path(name).exists():
        return f"{message} To train on a file: kobai train {name}"
    return f"{message}{suggest(name, known)}"


def rendered(parts: "Iterable[RenderableType]") -> str:
    """Return a page as text, with colour for a terminal, without trailing spaces.

    What the encoding lacks has its stand-ins already: Click writes ASCII as UTF-8.
    """
    screen = console()
    with screen.capture() as caught:
        for part in parts:
            screen.print(part, width=_width())
    text = writable(caught.get())
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _width() -> int:
    return min(console().width, WIDEST)


def _page(command: Any, ctx: Any) -> "Iterator[RenderableType]":
    """Yield usage, text, arguments and options."""
    from rich.text import Text

    parameters = [each for each in command.get_params(ctx) if not each.hidden]
    words = [_usage(each) for each in parameters if _is_argument(each)]
    words += ["COMMAND ..."] * isinstance(command, TyperGroup)
    usage = " ".join([ctx.command_path, "[OPTIONS]", *words])
    yield Text.assemble((f"{told('Usage', 'Usage')}: ", "bold"), usage)
    name = ctx.info_name if ctx.parent else "kobai"
    for paragraph in _paragraphs(command.help, name):
        yield ""
        yield from _paragraph(paragraph)
    panels: dict[str, Rows] = {}
    for each in parameters:
        usual = "Arguments" if _is_argument(each) else "Options"
        # The help's own option may be one of Click's, which has no panel.
        panel = getattr(each, "rich_help_panel", None) or usual
        rows = panels.setdefault(panel, [])
        rows.append((_name(each), _meaning(each, name)))
    panels["Options"] = panels.pop("Options")
    for title, rows in panels.items():
        yield from section(title, rows)


def _paragraphs(text: str | None, name: str) -> list[str]:
    return told(cleandoc(text or ""), name).split("\n\n")


def _paragraph(text: str) -> "Iterator[RenderableType]":
    """Yield a paragraph in lines as long as there is room, or examples as they are."""
    from rich.text import Text

    if text.startswith(AS_IT_IS):
        for line in text.removeprefix(AS_IT_IS).strip("\n").split("\n"):
            yield from _example(line)
    else:
        yield Text(_filled(joined(text), _width()))


def _example(line: str) -> "Iterator[RenderableType]":
    """Yield a command, and what it does beside it, or below it if that is too long."""
    from rich.cells import cell_len
    from rich.padding import Padding
    from rich.text import Text

    command, gap, meaning = line.partition("  ")
    if cell_len(line) + INDENT <= _width() or not gap:
        yield Padding(Text(line), (0, 0, 0, INDENT))
    else:
        yield Padding(Text(command), (0, 0, 0, INDENT))
        below = _filled(meaning.strip(), _width() - 3 * INDENT)
        yield Padding(Text(below), (0, 0, 0, 3 * INDENT))


def _filled(text: str, width: int) -> str:
    """Return a text whose lines break where its language lets them."""
    return wrapped(text, width) if is_wide(text) else text


def section(title: str, rows: Rows) -> "Iterator[RenderableType]":
    """Yield names and meanings under a title: beside each other, or below."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    yield ""
    yield Text(told(title, title), "bold")
    longest = max(len(name) for name, _ in rows)
    if longest + LEAST_MEANING > _width():
        for name, meaning in rows:
            yield Padding(Text(name, STYLE), (0, 0, 0, INDENT))
            below = _filled(meaning, _width() - 3 * INDENT)
            yield Padding(Text(below), (0, 0, 0, 3 * INDENT))
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style=STYLE, no_wrap=True, width=longest)
    grid.add_column()
    for name, meaning in rows:
        beside = _filled(meaning, _width() - longest - 2 * INDENT)
        grid.add_row(Text(name), Text(beside))
    yield Padding(grid, (0, 0, 0, INDENT))


def _is_argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _usage(argument: Any) -> str:
    name = str(argument.metavar or argument.name.upper())
    several = "..." * (argument.nargs != 1 and not name.endswith("..."))
    return f"{name}{several}" if argument.required else f"[{name}]{several}"


def _name(parameter: Any) -> str:
    """Return how a parameter is typed; a switch takes no value."""
    metavar = parameter.metavar or parameter.name.upper()
    if _is_argument(parameter):
        return str(metavar)
    options = ", ".join(sorted(parameter.opts, key=len))
    return options if parameter.is_flag else f"{options} {metavar}"


def _meaning(parameter: Any, command: str) -> str:
    """Return what a parameter is, in the reader's language, and what it usually is."""
    key = key_of(parameter)
    text = filled(joined(told(parameter.help or "", f"{command} {key}", key)))
    default = parameter.default
    if parameter.required and not _is_argument(parameter):
        return told("{text} Needed.", "needed").format(text=text)
    is_told = isinstance(default, int | float | str | Path)
    if not is_told or isinstance(default, bool) or not parameter.show_default:
        return text
    return told("{text} Usually {default}.", "usually").format(
        text=text, default=default
    )


def key_of(parameter: Any) -> str:
    """Return by what name a parameter has a text in other languages."""
    if _is_argument(parameter):
        return _name(parameter).removesuffix("...")
    return str(max(parameter.opts, key=len))
