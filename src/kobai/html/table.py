"""A table, plain text, and what can be opened, as HTML."""

from collections.abc import Collection, Sequence
from html import escape

LINE = "1px solid rgba(128,128,128,0.4)"
_TABLE = (
    "border-collapse:collapse;border:none;margin:0.3em 0;color:inherit;"
    "font-variant-numeric:tabular-nums;font-size:0.92em"
)
OPEN = ' open=""'
_CELL = "padding:0.15em 0.7em;background:none;white-space:nowrap"


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    title: str = "",
    left: Collection[int] = (),
    bold: Collection[int] = (),
) -> str:
    """Return rows of text under a row of names, numbers to the right.

    `left` says which columns stand to the left, `bold` which rows are heavy.

    >>> "<td" in table(["epoch"], [["1"]])
    True
    """
    sides = ["left" if i in left else "right" for i in range(len(head))]
    made = [_row("th", head, sides, "font-weight:600")]
    for number, row in enumerate(rows):
        weight = "font-weight:600" if number in bold else "font-weight:normal"
        made.append(_row("td", row, sides, weight))
    above = f'<div style="margin:0.3em 0">{escape(title)}</div>' if title else ""
    return f'{above}<table style="{_TABLE}">{"".join(made)}</table>'


def lines(text: str) -> str:
    """Return text as it is printed, in a fixed-width font.

    >>> "a &lt; b" in lines("a < b")
    True
    """
    look = "font-family:monospace;font-size:0.92em;color:inherit;background:none"
    return f'<pre style="{look};margin:0.3em 0">{escape(text)}</pre>'


def section(title: str, content: str, *, is_open: bool = False) -> str:
    """Return HTML under a title that opens and closes it.

    >>> section("more", "<b>1</b>")
    '<details><summary style="cursor:pointer">more</summary><b>1</b></details>'
    """
    summary = f'<summary style="cursor:pointer">{escape(title)}</summary>'
    return f"<details{OPEN if is_open else ''}>{summary}{content}</details>"


def _row(kind: str, cells: Sequence[str], sides: Sequence[str], extra: str) -> str:
    line = f"border:none;border-bottom:{LINE};"
    return (
        f'<tr style="background:none;{line}">'
        + "".join(
            f'<{kind} style="{_CELL};{extra};text-align:{side}">{escape(cell)}</{kind}>'
            for cell, side in zip(cells, sides, strict=True)
        )
        + "</tr>"
    )
