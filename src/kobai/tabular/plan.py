"""What each column of a table was taken for, and why, as Python has it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from kobai.data.tables.told import ColumnNote
from kobai.errors import visible
from kobai.html import table
from kobai.judging.wording import aligned

RENAMED = {"lr": "learning_rate", "id": "ids"}
CONSTANTS = {"no-header": "header=False", "header": "header=True"}
HEAD = ("column", "taken for", "example", "why, and what changes it")
MOST_ROWS = 40
LONGEST = 60
# An option, what it is set to, and the keyword where a message has both.
OPTION = re.compile(
    r'--([a-z][a-z-]*)(?: ("[^"]*"|[^\s,;:()"]+)(?=\)| \(or |;|$))?(?: \(or \w+=\))?'
)


def as_keywords(text: str) -> str:
    """Return text in which options of the command are keywords of Python.

    >>> as_keywords('use it: --keep "row id"; words: --category')
    'use it: keep="row id"; words: category'
    >>> as_keywords("say what it is: --encoding latin-1 (or encoding=), or save it")
    'say what it is: encoding="latin-1", or save it'
    """
    return OPTION.sub(lambda found: as_keyword(found[1], found[2] or ""), text)


def as_keyword(name: str, value: str = "") -> str:
    """Return an option as the keyword that it is, with its value if it has one.

    >>> as_keyword("class-weight", "balanced"), as_keyword("hidden", "none")
    ('class_weight="balanced"', 'hidden=()')
    """
    if name in CONSTANTS:
        return CONSTANTS[name]
    keyword = RENAMED.get(name, name.replace("-", "_"))
    if name == "hidden" and value == "none":
        value = "()"
    elif value:
        value = '"' + value.strip('"') + '"'
    return f"{keyword}={value}" if value else keyword


@dataclass(frozen=True)
class Plan(Sequence[ColumnNote]):
    """What every column of a table was taken for, why, and what would change it.

    A sequence of notes, one for each column, with name, taken, example and reason; it
    prints as a table. `rows` says what became of the rows.

    >>> plan = Plan((ColumnNote("id", "left out", "a number of its own", "1"),))
    >>> print(plan)
    column  taken for  example  why, and what changes it
    id      left out   1        a number of its own
    """

    notes: tuple[ColumnNote, ...]
    rows: str = ""

    def __len__(self) -> int:
        return len(self.notes)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        """Return the note at a place, or that of a column by its name."""
        if isinstance(index, str):
            return next(self._named(index))
        return self.notes[index]

    def _named(self, name: str) -> Iterator[ColumnNote]:
        yield from (note for note in self.notes if note.name == name)
        raise KeyError(f"{name}: no such column; there are {[n.name for n in self]}")

    def _cells(self) -> tuple[list[list[str]], str]:
        """Return rows of text, of many those to say most about, and what is left."""
        shown = sorted(self.notes, key=lambda note: note.is_usual)[:MOST_ROWS]
        cells = [
            [note.name, note.taken, note.example, as_keywords(note.reason)]
            for note in self.notes
            if note in shown
        ]
        rest = len(self.notes) - len(shown)
        more = f"and {rest:,} more columns" if rest else ""
        return cells, "\n".join(filter(None, (more, self.rows)))

    def __str__(self) -> str:
        cells, below = self._cells()
        short = [[_shortened(cell) for cell in row[:-1]] + row[-1:] for row in cells]
        text = aligned(HEAD, short, left=len(HEAD))
        return visible(f"{text}\n{below}" if below else text)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        cells, below = self._cells()
        shown = [[visible(cell) for cell in row] for row in cells]
        text = table(HEAD, shown, left=range(len(HEAD)))
        return f"{text}<div>{escape(visible(below))}</div>" if below else text


def _shortened(cell: str) -> str:
    return cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1]}…"
