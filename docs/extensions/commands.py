"""The page about the command, written from the commands themselves."""

import re
from collections.abc import Iterator
from typing import Any

import typer

from kobai.cli.app import app
from kobai.cli.lists import filled

PLACE = "<!-- commands -->"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put every command's help where a page asks for it."""
    if PLACE not in markdown:
        return markdown
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    parts = [line for name, each in commands.items() for line in _command(name, each)]
    return markdown.replace(PLACE, "\n".join(parts))


def _command(name: str, command: Any) -> Iterator[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    usage = " ".join(_usage(p) for p in arguments)
    # Typer marks lines to be kept as they are with \b; they are examples.
    text = re.sub(r"\x08\n((?:.+\n?)+)", r"\n```text\n\1\n```\n", command.help)
    yield f"## kobai {name}\n\n`kobai {name} {usage}`\n\n{text}\n"
    yield "| Argument or option | What it is |\n|---|---|"
    for each in (*arguments, *options):
        words = [_name(each)] if each in arguments else [", ".join(each.opts)]
        if each in options and not each.is_flag and each.metavar:
            words.append(each.metavar)
        yield f"| `{' '.join(words)}` | {filled(each.help or '').replace('|', '/')} |"
    yield ""


def _usage(argument: Any) -> str:
    return _name(argument) if argument.required else f"[{_name(argument)}]"


def _name(argument: Any) -> str:
    return argument.metavar or argument.name.upper()
