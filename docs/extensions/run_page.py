"""Run the blocks of one page, one after the other, and tell what each prints.

python run_page.py < request.json > answer.json

The request is {"blocks": [[language, text], ...], "html": bool}; the answer has a list
for each block, of ["text", what was printed], ["html", what a notebook shows], and
["command", a line of a console].
"""

import contextlib
import io
import json
import re
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from drawn import themed, with_plain_names

from kobai.learn.execution import run_cell

Part = tuple[str, str]

SECONDS = "  seconds"
TABLE = re.compile(r"<table(?:(?!</table>).)*>seconds</th></tr>.*?</table>", re.DOTALL)
LAST = re.compile(r"<t[hd][^>]*>[^<]*</t[hd]></tr>")
# What a clock says is another time something else, and not what a page is about.
TIMES = re.compile(r"\b\d+(?:\.\d+)?(?= (?:s|ms|µs|seconds)\b)")


def answers(request: dict[str, Any]) -> Iterator[list[Part]]:
    """Give what each block prints and shows; an error in one ends everything."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for language, block in request["blocks"]:
        if language == "python":
            yield list(_python(block, namespace, request["html"]))
        else:
            yield list(_console(block))


def _python(block: str, namespace: dict[str, Any], html: bool) -> Iterator[Part]:
    """Run a block as a notebook runs a cell: a last expression's value is shown."""
    with _captured() as printed:
        value = run_cell(block, namespace)
    text = printed.getvalue()
    shown = as_html(value, html)
    if value is not None and not shown:
        text += f"{value!r}\n"
    if text.strip():
        yield "text", tidy(text)
    if shown:
        yield "html", shown


def as_html(value: Any, html: bool) -> str:
    """Return a figure as a drawing, and with `html` whatever a notebook would show."""
    from matplotlib.figure import Figure

    if isinstance(value, Figure):
        kinds = themed(value).items()
        return "".join(f'<div class="only-{kind}">{svg}</div>' for kind, svg in kinds)
    if not html or not hasattr(value, "_repr_html_"):
        return ""
    return with_plain_names(TABLE.sub(_without_last, value._repr_html_()))


def _without_last(table: re.Match[str]) -> str:
    return LAST.sub("</tr>", table[0])


def _console(block: str) -> Iterator[Part]:
    """Run the commands of a block; others than kobai and python are only shown."""
    for line in block.splitlines():
        yield "command", line
        words = shlex.split(line, comments=True)[1:]
        with _captured() as printed:
            if words[0] == "kobai":
                printed.write(_kobai(words[1:]))
            elif words[0] == "python":
                # By a shell, since the output may go to a file.
                command = line.replace("$ python", shlex.quote(sys.executable), 1)
                printed.write(subprocess.check_output(command, shell=True, text=True))
        if printed.getvalue().strip():
            yield "text", tidy(printed.getvalue())


def _kobai(arguments: list[str]) -> str:
    from typer.testing import CliRunner

    from kobai.cli.app import app

    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    if done.exit_code:
        raise SystemExit(f"kobai {shlex.join(arguments)}: {done.output}")
    return done.stdout


@contextlib.contextmanager
def _captured() -> Iterator[io.StringIO]:
    text = io.StringIO()
    with contextlib.redirect_stdout(text), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield text


def tidy(text: str) -> str:
    """Return a text without what is another the next time, the times that it took.

    >>> tidy("trained in 1.25 s  \\n\\n")
    'trained in … s'
    """
    lines = [line.rstrip() for line in TIMES.sub("…", text).splitlines()]
    return "\n".join(_without_seconds(lines)).strip("\n")


def _without_seconds(lines: list[str]) -> Iterator[str]:
    """Cut off a table of epochs its last column, which says how long they took."""
    width = 0
    for line in lines:
        if line.endswith(SECONDS):
            width = len(line)
        yield line[: -len(SECONDS)].rstrip() if len(line) == width else line


if __name__ == "__main__":
    print(json.dumps(list(answers(json.load(sys.stdin)))))
