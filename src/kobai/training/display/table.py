"""Records as aligned rows: for `print(history)`, a pipe, a terminal, a notebook."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]
MOST_ROWS = 40
"""A longer table shows its beginning and its end."""

_LEAST_TELLING = (
    *("seconds", "learning_rate", "step"),
    *("train_accuracy", "train_loss", "test_loss"),
)
_FORMATS = {
    "epoch": "{:.4g}",
    "step": "{:,}",
    "learning_rate": "{:.3g}",
    "seconds": "{:.1f}",
}


def table(records: Sequence[Mapping[str, Any]]) -> str:
    """Return records as text, a row each under a row of names.

    >>> print(table([{"epoch": 0, "step": 0}, {"epoch": 1, "step": 600}]))
     epoch  step
         0     0
         1   600
    """
    names = names_of(records)
    shown, left_out = cut(records)
    widths = {
        name: max([len(title(name)), *(len(cell(name, r)) for r in shown)])
        for name in names
    }
    lines = [row(record, widths) for record in shown]
    if left_out:
        lines.insert(MOST_ROWS // 2, f" … {left_out} more …")
    return "\n".join([header(widths), *lines])


def names_of(records: Sequence[Record]) -> list[str]:
    """Return the names that are in any record, in order.

    >>> names_of([{"epoch": 0}, {"epoch": 1, "train_loss": 2.5}])
    ['epoch', 'train_loss']
    """
    return list(dict.fromkeys(name for record in records for name in record))


def cut(records: Sequence[Record]) -> tuple[list[Record], int]:
    """Return the records to show, and how many in their middle are left out.

    >>> len(cut([{}] * 100)[0]), cut([{}] * 100)[1]
    (40, 60)
    """
    if len(records) <= MOST_ROWS:
        return list(records), 0
    shown = [*records[: MOST_ROWS // 2], *records[-MOST_ROWS // 2 :]]
    return shown, len(records) - MOST_ROWS


def title(name: str) -> str:
    """Return a column's name, short enough for eight columns in 80 characters."""
    short = name.replace("learning_rate", "rate").replace("accuracy", "acc")
    short = short.replace("validation", "val")
    return short.replace("_", " ")


def cell(name: str, record: Mapping[str, Any]) -> str:
    """Return one value of a record as text, or nothing where there is none."""
    value = record.get(name)
    if value is None or value != value:
        return ""
    if name not in _FORMATS and not 1e-4 <= abs(value) < 1e6 and value:
        return f"{value:.2e}"
    return _FORMATS.get(name, "{:.4f}").format(value)


def column_widths(names: Iterable[str], room: float = math.inf) -> dict[str, int]:
    """Return widths that fit the values to come, while the table is still growing.

    Where there is no room for all, what says least about learning is left out.

    >>> list(column_widths(["epoch", "step", "train_loss", "test_loss", "seconds"], 40))
    ['epoch', 'step', 'train_loss', 'test_loss']
    """
    least = {"epoch": 5, "step": 9, "seconds": 7}
    widths = {name: max(len(title(name)), least.get(name, 8)) for name in names}
    for name in _LEAST_TELLING:
        if len(header(widths)) > room:
            widths.pop(name, None)
    return widths


def header(widths: Mapping[str, int]) -> str:
    """Return the row of names."""
    return "".join(f"  {title(name):>{width}}" for name, width in widths.items())[1:]


def row(record: Mapping[str, Any], widths: Mapping[str, int]) -> str:
    """Return the row of one record."""
    cells = (f"  {cell(name, record):>{width}}" for name, width in widths.items())
    return "".join(cells)[1:]
