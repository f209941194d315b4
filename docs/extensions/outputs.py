"""The guide's blocks of code, each followed by what it prints.

Every block of a page is run while the site is built, in a process and a folder of the
page's own. A block that fails is a warning, which makes `mkdocs build --strict` fail.
"""

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

log = logging.getLogger("mkdocs.hooks.outputs")

RUNNER = Path(__file__).with_name("run_page.py")
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
# There a value is shown as a notebook shows it.
NOTEBOOKS = "guide/notebooks.md"
PAGES = re.compile(r"guide/.*|index\.md|from-function-to-step\.md")

# Columns that fit a page beside its table of contents.
WIDTH = "84"

Part = tuple[str, str]


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put after every block what it prints and shows."""
    path = page.file.src_uri
    if not PAGES.fullmatch(path) or not BLOCK.search(markdown):
        return markdown
    try:
        found = iter(run(BLOCK.findall(markdown), html=path == NOTEBOOKS))
    except subprocess.CalledProcessError as error:
        log.warning(f"{path}: a block does not run\n{error.stderr}")
        return markdown
    return BLOCK.sub(lambda block: "".join(written(block, next(found))), markdown)


def run(blocks: list[tuple[str, str]], html: bool = False) -> list[list[Part]]:
    """Return what the blocks of one page print and show."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, RUNNER],
            input=json.dumps({"blocks": blocks, "html": html}),
            cwd=folder,
            env=os.environ | {"COLUMNS": WIDTH, "LANG": "en_US.UTF-8"},
            capture_output=True,
            text=True,
            check=True,
        )
    answer: list[list[Part]] = json.loads(done.stdout)
    return answer


def written(block: re.Match[str], parts: list[Part]) -> Iterator[str]:
    """Give a block as Markdown, with its outputs; a console's after each command."""
    language = block[1]
    if language == "python":
        yield block[0]
    commands: list[str] = []
    for kind, content in parts:
        if kind == "command":
            commands.append(content)
            continue
        yield from _console(commands)
        commands = []
        yield shown(kind, content)
    yield from _console(commands)


def _console(commands: list[str]) -> Iterator[str]:
    if commands:
        yield "\n".join(["```console", *commands, "```\n"])


def shown(kind: str, content: str) -> str:
    """Return one output as Markdown."""
    if kind == "html":
        # Markdown leaves a block alone only as long as no line of it is empty.
        lines = [line for line in content.splitlines() if line.strip()]
        return "\n".join(['<div class="shown">', *lines, "</div>\n"])
    return f"````{{.text .output}}\n{content}\n````\n"
