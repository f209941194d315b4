"""What the cells of a column look like, counted over all of its rows."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from kobai.data.tables.reading.dates import DURATIONS, FORMS, SEVERAL, are_dates
from kobai.data.tables.reading.missing import AMONG_NUMBERS, MISSING
from kobai.data.tables.reading.tidy import tidy

if TYPE_CHECKING:
    import polars as pl

_LEAD = r"[1-9]\d{0,2}"
PLAIN, COMMA = "1000.5", "1000,5"
WRITINGS = {
    PLAIN: r"^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$",
    COMMA: r"^(?:\d+(?:,\d*)?|,\d+)(?:[eE][-+]?\d+)?$",
    "1,000.": rf"^(?:{_LEAD}(?:,\d{{3}})+|[1-9]\d?(?:,\d\d)+,\d{{3}})(?:\.\d*)?$",
    "1.000,": rf"^{_LEAD}(?:\.\d{{3}})+(?:,\d*)?$",
    "1 000.": rf"^{_LEAD}(?: \d{{3}})+(?:\.\d*)?$",
    "1 000,": rf"^{_LEAD}(?: \d{{3}})+(?:,\d*)?$",
    "1'000.": rf"^{_LEAD}(?:'\d{{3}})+(?:\.\d*)?$",
    "1'000,": rf"^{_LEAD}(?:'\d{{3}})+(?:,\d*)?$",
}
"""The ways to write digits, by an example; a whole number is plain and comma alike."""
_LOOSE = (
    r"^\(? ?[-+]? ?(?P<before>[^\d\s.,'()+\-][^\d\s.,'()+\-]{0,3})? ?[-+(]? ?"
    r"(?P<digits>\d(?:[\d.,' ]*[\d.,])?(?:[eE][-+]?\d+)?|[.,]\d+(?:[eE][-+]?\d+)?)"
    r"(?P<gap> ?)(?P<after>[^\d\s.,'()+\-][^\d\s()]{0,11}[23]?(?: [^\d\s()]{1,8})?"
    r"|/\d{1,4})? ?\)?-?$"
)
"""Anything with digits in it that somebody may have meant as a number."""
MAY_BE_DATE = r"\d.*[-/.:年月년時时点시分분 ,QqA-Za-z]|[A-Za-z].*\d|元年"
SCORE = r"^\d+\.\d+/\d+$"
"""No date either, although 8.5/10 has a day, a month and a year."""
MOST_WORDS = 10_000
"""A column with more different words holds no categories."""
FEW_WORDS = 20
ROWS_PER_WORD = 4
"""Words that stand in fewer rows each are names, of which new rows have others."""
MOST_CELLS = 200_000_000
"""Words become fewer inputs in a table of so many rows that these would be more."""
MOST_ODD, MOST_EXAMPLES = 50, 2

Words = tuple["pl.Series", "pl.Series"]
"""Different words, and how often each stands there."""


@dataclass(frozen=True)
class Shape:
    """What one cell looks like: what stands before and after which kinds of digits.

    `is_apart` says that a blank is between the digits and what is after them.
    """

    before: str
    after: str
    writings: frozenset[str]
    is_apart: bool = False


class Plain(NamedTuple):
    """How many of a column's numbers, as programs write them, look like something else.

    Of those with a dot some are `grouped` by it, others begin with `zeros`, or are
    `compact` dates.
    """

    cells: int
    dotted: int
    grouped: int
    zeros: int
    compact: int


def plain_counts(frame: "pl.DataFrame") -> dict[str, Plain]:
    """Count numbers in columns of text, all columns at once.

    >>> import polars as pl
    >>> plain_counts(pl.DataFrame({"a": ["1.5", None, "007", "1.234"]}))
    {'a': Plain(cells=3, dotted=2, grouped=1, zeros=1, compact=0)}
    """
    import polars as pl

    if not frame.width:
        return {}
    # An expression for a column by itself costs more than these do for a few rows.
    every = pl.all()
    counts = [
        frame.select(each).row(0)
        for each in (
            every.count(),
            every.str.contains(".", literal=True).sum(),
            every.str.contains(r"^[-+]?0\d").sum(),
            every.str.contains(FORMS["yearmonthday"]).sum(),
        )
    ]
    dotted = [name for name, n in zip(frame.columns, counts[1], strict=True) if n]
    grouped: dict[str, int] = {}
    if dotted:
        shapes = every.str.contains(WRITINGS["1.000,"]).sum()
        grouped = frame.select(dotted).select(shapes).row(0, named=True)
    return {
        name: Plain(cells, dots, grouped.get(name, 0), *others)
        for name, cells, dots, *others in zip(frame.columns, *counts, strict=True)
    }


@dataclass
class Evidence:
    """Counts of what has been seen in a column of text.

    `plain` counts numbers as programs write them, of which `undivided` are those with a
    dot that parts no thousands; `shapes` other numbers, `forms`
    dates by each form that fits, `odd` words that are nothing of all that. Words that
    stand for a missing value among numbers are not counted.
    """

    plain: int = 0
    has_fractions: bool = False
    undivided: int = 0
    zeros: int = 0
    compact: int = 0
    shapes: Counter[Shape] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    dates: int = 0
    odd: Counter[str] = field(default_factory=Counter)
    odd_cells: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def cells(self) -> int:
        """How many cells were not missing."""
        return self.plain + sum(self.shapes.values()) + self.dates + self.odd_cells

    def add(
        self, text: "pl.Series", floats: "pl.Series", plain: "Plain | None" = None
    ) -> None:
        """Count the words of some rows, which are `floats` where they are numbers.

        `plain` has the counts of numbers where all words are such, if they are known.
        """
        self._show(text)
        if plain is not None:
            self._add_plain(plain)
            return
        is_plain = floats.is_not_null()
        if is_plain.any():
            (found,) = plain_counts(text.filter(is_plain).to_frame()).values()
            self._add_plain(found)
        others = text.filter(~is_plain).drop_nulls()
        if len(others):
            self._add_others(others)

    def _show(self, text: "pl.Series") -> None:
        """Keep the first different words, which are nearly always in the first rows."""
        for rows in (text.head(FEW_WORDS), text):
            if len(self.examples) < MOST_EXAMPLES:
                found = [*self.examples, *rows.drop_nulls().unique(maintain_order=True)]
                self.examples = list(dict.fromkeys(found))[:MOST_EXAMPLES]

    def _add_plain(self, found: "Plain") -> None:
        self.plain += found.cells
        self.has_fractions |= bool(found.dotted)
        self.undivided += found.dotted - found.grouped
        self.zeros += found.zeros
        self.compact += found.compact

    def _add_others(self, text: "pl.Series") -> None:
        # The column itself may be called "n".
        counts = text.alias("word").value_counts(name="n")
        words, n = tidy(counts.to_series(0)), counts["n"]
        is_there = ~words.is_in([*AMONG_NUMBERS, *MISSING])
        words, n = self._add_dates(words.filter(is_there), n.filter(is_there))
        words, n = self._add_shapes(words, n)
        self.odd_cells += int(n.sum())
        for word, count in zip(words, n, strict=True):
            if word in self.odd or len(self.odd) <= MOST_ODD:
                self.odd[word] += count

    def _add_dates(self, words: "pl.Series", n: "pl.Series") -> "Words":
        """Count the dates, by each form that fits, and return the other words."""
        may_be = words.str.contains(MAY_BE_DATE) & ~words.str.contains(SCORE)
        is_date = may_be & False
        for form in FORMS if may_be.any() else ():
            fits = may_be & are_dates(words, form)
            # One number with a unit is a number, unless most cells have several.
            is_date |= fits & words.str.contains(SEVERAL if form in DURATIONS else "")
            if count := int(n.filter(fits).sum()):
                self.forms[form] += count
        self.dates += int(n.filter(is_date).sum())
        return words.filter(~is_date), n.filter(~is_date)

    def _add_shapes(self, words: "pl.Series", n: "pl.Series") -> "Words":
        """Count what may be meant as numbers, and return the other words."""
        import polars as pl

        # Expressions together: a call for each would cost more than the words do.
        parts = words.str.extract_groups(_LOOSE).struct.unnest()
        digits = pl.col("digits").fill_null("")
        frame = parts.with_columns(n).select(
            *(
                pl.col(side).fill_null("").str.strip_chars()
                for side in ("before", "after")
            ),
            *(digits.str.contains(way).alias(name) for name, way in WRITINGS.items()),
            (pl.col("gap") == " ").alias("gap"),
            "n",
        )
        is_number = frame.select(pl.any_horizontal(*WRITINGS)).to_series()
        found = frame.filter(is_number).group_by("before", "after", "gap", *WRITINGS)
        for row in found.agg(pl.col("n").sum()).iter_rows(named=True):
            fits = frozenset(name for name in WRITINGS if row[name])
            is_apart = bool(row["gap"] and row["after"])
            shape = Shape(row["before"], row["after"], fits, is_apart)
            self.shapes[shape] += row["n"]
        return words.filter(~is_number), n.filter(~is_number)
