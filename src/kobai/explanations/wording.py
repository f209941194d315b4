"""What is told of columns and rows, in words, and in rows of a table."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.cells import shortened
from kobai.data.tables.columns import Columns
from kobai.explanations.importance import Importance
from kobai.explanations.shapley import Contributions
from kobai.explanations.worst import WorstRow

MOST_COLUMNS, NAMED = 12, 3
Rows = tuple[list[str], list[list[str]]]


def importance_as_rows(found: Importance, most: int = 10) -> Rows:
    """Return the head and the rows of a table of the columns that mattered most."""
    head = ["column", f"{found.loss} gain", "±", f"{found.score} lost"]
    form = _form(float(np.max(np.abs(found.means), initial=0)))
    rows = zip(found.columns, found.means, found.spreads, found.lost, strict=True)
    return head, [
        [name, f"{mean:{form}}", f"{spread:{form}}", f"{lost:z.4f}"]
        for name, mean, spread, lost in list(rows)[:most]
    ]


def _form(largest: float) -> str:
    """Return the form of a column of numbers, with four digits of the largest.

    They have equally many decimals, so that they stand point under point.

    >>> [f"{number:{_form(0.3965)}}" for number in (0.3965, 0.02)]
    ['0.3965', '0.0200']
    >>> f"{57012.3:{_form(57012.3)}}", f"{1.23456e12:{_form(1.23456e12)}}"
    ('57,012', '1.235e+12')
    """
    if not 1e-4 <= largest < 1e9:
        return ".4g"
    return f"z,.{max(0, 3 - math.floor(math.log10(largest)))}f"


def worst_as_rows(worst: Sequence[WorstRow]) -> Rows:
    """Return the head and the rows of a table of the rows that are predicted worst."""
    extras = {"error" if w.probability is None else "probability" for w in worst}
    several = len({each.target for each in worst}) > 1
    extra = " or ".join(sorted(extras, reverse=True)) or "error"
    is_known = any(each.row is not None for each in worst)
    head = [*["row"] * is_known, *["target"] * several, "is", "predicted", extra]
    return head, [
        [
            *[f"{each.row:,}"] * is_known,
            *[each.target] * several,
            *_cells(each),
        ]
        for each in worst
    ]


def _cells(each: WorstRow) -> list[str]:
    is_, guess = each.true, each.predicted
    if isinstance(is_, str) or isinstance(guess, str):
        return [str(is_), str(guess), f"{each.probability:.1%}"]
    error = guess - is_
    form = ",.0f" if 1000 <= abs(error) < 1e9 else ".4g"
    return [f"{is_:.6g}", f"{guess:.6g}", f"{error:+{form}}"]


def screened_in_words(found: Importance | Contributions, call: str) -> str:
    """Return which columns a gradient chose, and how others are asked for, or "".

    `call` is what takes `columns=`.
    """
    if not found.screened_of:
        return ""
    return (
        f"Of {found.screened_of:,} columns, the {len(found.columns):,} that move "
        f"predictions most by a gradient; for others: {call}(…, columns=[…])"
    )


@dataclass(frozen=True)
class TakenApart:
    """A prediction in words: what it is, where it begins, what makes the difference."""

    what: str
    where: str
    because: str
    head: list[str]
    rows: list[list[str]]


def told_outputs(columns: Columns, prediction: Array) -> list[tuple[int, bool]]:
    """Return which outputs `(k,)` of a row are told of, and whether they are classes.

    The likeliest class, or the number, of each target.
    """
    if parts := columns.parts:
        best = (p.outputs.start + int(prediction[p.outputs].argmax()) for p in parts)
        return [(i, bool(p.classes)) for i, p in zip(best, parts, strict=True)]
    if columns.target.classes:
        return [(int(prediction.argmax()), True)]
    return [(output, False) for output in range(len(prediction))]


def taken_apart(
    made: Contributions,
    cells: Mapping[str, Any],
    output: int,
    is_class: bool,
    others: int | None,
) -> TakenApart:
    """Return one output of a row taken apart; `cells` are what stands in the row.

    `others` is how many training rows it is compared with, None for a row of means.
    """

    def number(value: float, sign: str = "") -> str:
        return f"{value:{sign}.1%}" if is_class else f"{value:{sign}.6g}"

    values = made.values[:, output]
    order = sorted(range(len(values)), key=lambda j: -abs(values[j]))
    base, prediction = made.base[output], made.prediction[output]
    mean = "that of a row of means"
    if others is not None:
        mean = f"the mean of {others:,} training row{'s' * (others != 1)}"
    # What pulls the other way is no part of what the difference comes from.
    along = [j for j in order if values[j] * (prediction - base) > 0]
    main = [f"{made.columns[j]} = {_cell(cells, made, j)}" for j in along[:NAMED]]
    rows = [
        [made.columns[j], _cell(cells, made, j), number(values[j], "+")]
        for j in order[:MOST_COLUMNS]
    ]
    rest = order[MOST_COLUMNS:]
    if count := len(rest) + made.others:
        others_of_row = f"{count:,} other column{'s' * (count != 1)}"
        together = np.broadcast_to(made.together, made.base.shape)
        added = values[rest].sum() + together[output]
        rows.append([others_of_row, "", number(added, "+")])
    because = ""
    if main:
        because = (
            f"The difference of {number(prediction - base, '+')} comes most of all "
            f"from {', '.join(main)}"
        )
    return TakenApart(
        f"{made.names[output]} {number(prediction)}",
        f"where {mean} is {number(base)}",
        because,
        ["column", "is", "adds"],
        rows,
    )


def _cell(cells: Mapping[str, Any], made: Contributions, j: int) -> str:
    cell = cells[made.columns[j]]
    if cell is None:
        return "(missing)"
    return f"{cell:.6g}" if isinstance(cell, float) else shortened(str(cell))
