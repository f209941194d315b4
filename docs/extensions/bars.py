"""Bars above every table of times, which a narrow page shows as well as a wide one."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

HEAD = r"^\| [^|\n]+ \| median \|.*\| ratio \|.*\n"
TABLE = re.compile(HEAD + r"(?:\|.*\n)+", re.MULTILINE)
PICTURE = "![Time of each contender](images/benchmarks.png)\n"

# What is slower by more would leave the others no room.
LONGEST = 4.0


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Draw the rows of each table; the picture of them all is for other readers."""
    drawn = TABLE.sub(lambda table: bars(table[0]) + "\n" + table[0], markdown)
    return drawn.replace(PICTURE, "")


def bars(table: str) -> str:
    """Return a bar for each row of a table in Markdown, as long as its ratio."""
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.strip().splitlines()
    ]
    places = head.index("median"), head.index("ratio")
    lines = [_bar(row[0], *(row[k].strip("*") for k in places)) for row in rows]
    return "\n".join(['<ul class="bars">', *lines, "</ul>\n"])


def _bar(name: str, median: str, ratio: str) -> str:
    length = min(float(ratio), LONGEST) / LONGEST
    kinds = [*_kinds(name, float(ratio))]
    return (
        f'<li class="{" ".join(kinds)}"><span>{escape(name.strip("*`"))}</span>'
        f'<i style="width: {length:.1%}"></i><b>{escape(median)}, {ratio}×</b></li>'
    )


def _kinds(name: str, ratio: float) -> Iterator[str]:
    if name.startswith("**"):
        yield "ours"
    if ratio > LONGEST:
        yield "cut"
