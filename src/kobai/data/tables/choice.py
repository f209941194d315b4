"""Which columns of a table are what, as its user says."""

import itertools
from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from typing import Any

from kobai.data.refusals import Refusals
from kobai.data.tables.frames import Table
from kobai.data.tables.new_rows import listed, named_columns
from kobai.errors import DataError

Names = Any
"""A name of a column, or several; in a frame they may be numbers."""


@dataclass(frozen=True)
class Choice:
    """The columns by what they are for."""

    target: tuple[str, ...]
    keep: tuple[str, ...]
    category: tuple[str, ...]
    number: tuple[str, ...]
    text: tuple[str, ...]
    weight: tuple[str, ...]
    read: tuple[str, ...]


def choose(
    table: Table,
    target: Names,
    drop: Names,
    keep: Names,
    category: Names,
    number: Names,
    text: Names,
    weight: Names,
    refusals: Refusals,
) -> Choice:
    """Return the columns that are named, and note the names that no column has."""

    def named(names: Names, what: str) -> tuple[str, ...]:
        is_none = names is None or (isinstance(names, Sized) and not len(names))
        if is_none and what != "target":
            return ()
        with refusals.gathering():
            return named_columns(names, table, what)
        known = (name for name in listed(names, table) if name in table.names)
        return tuple(dict.fromkeys(known))

    targets = named(target, "target")
    dropped, weights = named(drop, "drop"), named(weight, "weight")
    texts = named(text, "text")
    for what, names in {"drop": dropped, "weight": weights, "text": texts}.items():
        for name in names:
            if name in targets:
                refusals.add(f'{what}: "{name}" is the target; name another column')
    kinds = {
        "category": named(category, "category"),
        "number": named(number, "number"),
        "text": texts,
    }
    for (one, names), (other, others) in itertools.combinations(kinds.items(), 2):
        for name in names:
            if name in others:
                refusals.add(f'{one} and {other}: both name "{name}"; name it in one')
    dropped, weights, texts = (
        tuple(name for name in names if name not in targets)
        for names in (dropped, weights, texts)
    )
    read = tuple(name for name in table.names if name not in dropped)
    if not set(read) - {*targets, *weights}:
        hint = "name fewer columns as targets, weights, or to drop"
        if len(table.names) == 1:
            hint = "is something else than , ; | or a tab between the cells?"
        refusals.add(
            f"{table.name}: no column is left to learn from, besides the target; {hint}"
        )
    return Choice(
        targets,
        named(keep, "keep"),
        kinds["category"],
        kinds["number"],
        texts,
        weights,
        read,
    )


def names_in(target: Names) -> tuple[str, ...]:
    """Return the names that a header must have: of one column, or of several."""
    is_several = isinstance(target, Iterable) and not isinstance(target, str)
    return tuple(map(str, target if is_several else [target]))


def missing_words(missing: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the words that a user says stand for a missing value: text has commas.

    >>> missing_words("-, n.a. ,-999"), missing_words(""), missing_words(None)
    (('-', 'n.a.', '-999'), (), None)
    """
    if missing is None:
        return None
    words = missing.split(",") if isinstance(missing, str) else map(str, missing)
    return tuple(word.strip() for word in words if word.strip())


def checked_order(date_order: str | None) -> str:
    """Return the order of day and month that a user says, or raise `DataError`.

    >>> checked_order("dmy"), checked_order(None)
    ('dmy', '')
    """
    if date_order not in ("dmy", "mdy", "", None):
        raise DataError(
            f"date order: got {date_order!r}; need dmy, the day first as in 31/12/2024,"
            " or mdy, the month first"
        )
    return date_order or ""
