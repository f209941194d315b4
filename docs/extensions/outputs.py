"""The guide's blocks of code, each followed by what it prints.

Every block of a page is run while the site is built, in a process and a folder of the
page's own. A block that fails is a warning, which makes `mkdocs build --strict` fail.
Pages in Japanese and Chinese have blocks of the English page, and its outputs.
"""

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

log = logging.getLogger("mkdocs.hooks.outputs")

RUNNER = Path(__file__).with_name("run_page.py")
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
# There a value is shown as a notebook shows it.
NOTEBOOKS = "guide/notebooks.md"
PAGES = re.compile(r"guide/.*|index\.md|from-function-to-step\.md|(ja|zh)/.*")

# Columns that fit a page beside its table of contents.
WIDTH = "84"

Part = tuple[str, str]


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Put after every block what it prints and shows."""
    path = page.file.src_uri
    if not PAGES.fullmatch(path) or not BLOCK.search(markdown):
        return markdown
    try:
        found = shown_by(str(Path(config.docs_dir) / english(path)))
    except subprocess.CalledProcessError as error:
        log.warning(f"{path}: a block does not run\n{error.stderr}")
        return markdown
    return BLOCK.sub(lambda block: "".join(written(block, found[block[0]])), markdown)


def english(path: str) -> str:
    """Return the English page of which a page is the like.

    >>> english("ja/tables.md"), english("zh/index.md"), english("guide/tables.md")
    ('guide/tables.md', 'index.md', 'guide/tables.md')
    """
    language, _, name = path.partition("/")
    if language not in ("ja", "zh"):
        return path
    return name if name == "index.md" else f"guide/{name}"


@cache
def shown_by(path: str) -> dict[str, list[Part]]:
    """Return what each block of a page prints and shows."""
    blocks = list(BLOCK.finditer(Path(path).read_text("utf-8")))
    parts = run([(block[1], block[2]) for block in blocks], path.endswith(NOTEBOOKS))
    return {block[0]: found for block, found in zip(blocks, parts, strict=True)}


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
