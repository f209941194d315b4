"""A run as a notebook shows it: its curves beside each other, its table below."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from kobai import html
from kobai.html.chart import BLUE, VERMILION
from kobai.training.display.table import cell, cut, names_of, title

if TYPE_CHECKING:
    from kobai.training.history import History

NAN = float("nan")
FEW = 12
"""A table of more rows is closed until someone opens it."""


def as_html(history: "History") -> str:
    """Return a history: its curves, why it ended before its time, its table."""
    if not history.records:
        return "History: no epochs yet"
    ended = f"<div>{escape(history.stopped)}</div>" if history.stopped else ""
    drawn, written = curves(history.records), rows(history.records)
    if drawn:
        written = html.section(
            f"{len(history)} records", written, is_open=len(history) <= FEW
        )
    return f"<div>{drawn}{ended}{written}</div>"


def curves(records: Sequence[Mapping[str, Any]]) -> str:
    """Return accuracy (from 0 to 1) and loss over the epochs, or "" for one record.

    >>> curves([{"epoch": 0, "train_loss": 1.0}])
    ''
    >>> both = [{"epoch": i, "train_loss": 1.0, "train_accuracy": 0.5} for i in (0, 1)]
    >>> curves(both).count("<svg")
    2
    """
    if len(records) < 2:
        return ""
    scores = html.chart(
        _lines(records, "accuracy"), "accuracy", xlabel="epoch", bounds=(0.0, 1.0)
    )
    losses = html.chart(_lines(records, "loss"), "loss", xlabel="epoch")
    place = "display:flex;flex-wrap:wrap;gap:0.5em 1.5em"
    return f'<div style="{place}">{scores}{losses}</div>'


def rows(records: Sequence[Mapping[str, Any]]) -> str:
    """Return the records as a table; of a long one its beginning and its end."""
    names = names_of(records)
    shown, left_out = cut(records)
    lines = [[cell(name, record) for name in names] for record in shown]
    if left_out:
        lines.insert(len(lines) // 2, ["…"] * len(names))
    return html.table([title(name) for name in names], lines)


def _lines(records: Sequence[Mapping[str, Any]], what: str) -> list[html.Line]:
    epochs = [record.get("epoch", NAN) for record in records]
    looks = (
        ("train", BLUE, ""),
        ("validation", VERMILION, "5 3"),
        ("test", VERMILION, "5 3"),
    )
    return [
        html.Line(epochs, [_value(r, f"{part}_{what}") for r in records], part, *look)
        for part, *look in looks
    ]


def _value(record: Mapping[str, Any], name: str) -> float:
    value = record.get(name)
    return NAN if value is None else float(value)
