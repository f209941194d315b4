"""What the cells of a column look like, counted over all of its rows."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kobai.data.tables.reading.compounds import (
    LATE,
    LONGEST,
    PAIRS,
    SPLITS,
    TAIL,
)
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
_KINDS = ("before", "after", "gap", *WRITINGS)
MOST_WORDS = 10_000
"""A column with more different words holds no categories."""
FEW_WORDS = 20
ROWS_PER_WORD = 4
"""Words that stand in fewer rows each are names, of which new rows have others."""
MOST_CELLS = 200_000_000
"""Words become fewer inputs in a table of so many rows that these would be more."""
MOST_ODD, MOST_EXAMPLES = 50, 2
HIGH = " high"


@dataclass(frozen=True)
class Shape:
    """What one cell looks like: what stands before and after which kinds of digits.

    `is_apart` says that a blank is between the digits and what is after them.
    """

    before: str
    after: str
    writings: frozenset[str]
    is_apart: bool = False


@dataclass
class Compound:
    """How many cells have more in them than a number, of one kind.

    `shapes` are what the numbers in them look like, `unordered` those that are no range
    since the second number is smaller, `late` those whose second one is `LATE` or more,
    `uneven` those whose numbers have not as many digits.
    """

    cells: int = 0
    shapes: Counter[Shape] = field(default_factory=Counter)
    unordered: int = 0
    late: int = 0
    uneven: int = 0


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
    dot that parts no thousands; `shapes` other numbers, `forms` dates by each form that
    fits, `odd` words that are nothing of all that, of which `compounds` may be ranges
    and the like. Of the shapes so many are `bracketed`. Words that stand for a missing
    value among numbers are not counted.
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
    bracketed: int = 0
    compounds: dict[str, Compound] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    @property
    def cells(self) -> int:
        """How many cells were not missing."""
        return self.plain + sum(self.shapes.values()) + self.dates + self.odd_cells

    def show(self, words: "list[str | None]") -> None:
        """Keep the first different words."""
        found = dict.fromkeys([*self.examples, *(word for word in words if word)])
        self.examples = list(found)[:MOST_EXAMPLES]

    def add_plain(self, found: "Plain") -> None:
        """Take in the counts of numbers as programs write them."""
        self.plain += found.cells
        self.has_fractions |= bool(found.dotted)
        self.undivided += found.dotted - found.grouped
        self.zeros += found.zeros
        self.compact += found.compact


def add_words(
    found: Sequence[Evidence], text: "pl.DataFrame", floats: "pl.DataFrame"
) -> None:
    """Count the words of some rows of columns, which are `floats` where numbers.

    All columns are counted at once: an expression for each by itself costs more than
    these do for a few rows.
    """
    import polars as pl

    if not found:
        return
    # Their names may be "word", or "n".
    columns = {str(place): evidence for place, evidence in enumerate(found)}
    text = text.rename(dict(zip(text.columns, columns, strict=True)))
    numbers = dict(zip(floats.columns, columns, strict=True))
    for rows in (text.head(FEW_WORDS), text):
        # The first different words are nearly always in the first rows.
        for place, evidence in columns.items():
            if len(evidence.examples) < MOST_EXAMPLES:
                evidence.show(rows[place].to_list())
    marked = text.hstack(floats.rename({n: f"number {i}" for n, i in numbers.items()}))
    is_number = {place: pl.col(f"number {place}").is_not_null() for place in columns}
    plain = marked.select(_where(is_so, place) for place, is_so in is_number.items())
    for place, counts in plain_counts(plain).items():
        columns[place].add_plain(counts)
    others = marked.select(_where(~is_so, place) for place, is_so in is_number.items())
    pairs = others.unpivot(variable_name="column", value_name="word").drop_nulls()
    words = pairs.group_by("column", "word", maintain_order=True).len(name="n")
    words = words.with_columns(tidy(words["word"]))
    words = words.filter(~pl.col("word").is_in([*AMONG_NUMBERS, *MISSING]))
    words = _without_numbers(columns, _without_dates(columns, words))
    _take_apart(columns, words)
    for place, word, count in words.iter_rows():
        evidence = columns[place]
        evidence.odd_cells += count
        if word in evidence.odd or len(evidence.odd) <= MOST_ODD:
            evidence.odd[word] += count


def _where(is_so: "pl.Expr", name: str) -> "pl.Expr":
    import polars as pl

    return pl.when(is_so).then(pl.col(name)).alias(name)


def _without_dates(
    columns: Mapping[str, Evidence], words: "pl.DataFrame"
) -> "pl.DataFrame":
    """Count the dates, by each form that fits, and return the other words."""
    import polars as pl

    text = words["word"]
    may_be = text.str.contains(MAY_BE_DATE) & ~text.str.contains(SCORE)
    if not may_be.any():
        return words
    likely = words.filter(may_be)
    text, is_date = likely["word"], np.zeros(len(likely), bool)
    fits = {form: are_dates(text, form) for form in FORMS}
    has_several = text.str.contains(SEVERAL).to_numpy()
    for form, found in fits.items():
        # One number with a unit is a number, unless most cells have several.
        is_date |= found.to_numpy() & (has_several | (form not in DURATIONS))
    marked = likely.with_columns(pl.Series("", is_date), *_named(fits))
    counts = [(pl.col(name) * pl.col("n")).sum() for name in ("", *FORMS)]
    for name, dates, *forms in marked.group_by("column").agg(counts).iter_rows():
        columns[name].dates += dates
        columns[name].forms += Counter(dict(zip(FORMS, forms, strict=True)))
    others = may_be.to_numpy().copy()
    others[others] = is_date
    return words.filter(~others)


def _named(columns: "Mapping[str, pl.Series]") -> "Iterator[pl.Series]":
    return (series.alias(name) for name, series in columns.items())


def _without_numbers(
    columns: Mapping[str, Evidence], words: "pl.DataFrame"
) -> "pl.DataFrame":
    """Count what may be meant as numbers, and return the other words."""
    import polars as pl

    frame = _loose(words["word"]).with_columns(words["column"], words["n"])
    is_number = frame["is_number"]
    found = frame.filter(is_number).with_columns(
        words["word"].str.starts_with("(").filter(is_number).alias("bracketed")
    )
    kinds = ["column", *_KINDS, "bracketed"]
    counts = found.group_by(kinds, maintain_order=True).agg(pl.col("n").sum())
    for row in counts.iter_rows(named=True):
        evidence = columns[row["column"]]
        evidence.shapes[_shape(row)] += row["n"]
        evidence.bracketed += row["n"] * row["bracketed"]
    return words.filter(~is_number)


def _loose(text: "pl.Series") -> "pl.DataFrame":
    """Return what words look like that may be meant as numbers."""
    import polars as pl

    parts = text.str.extract_groups(_LOOSE).struct.unnest()
    digits = pl.col("digits").fill_null("")
    return parts.select(
        *(pl.col(side).fill_null("").str.strip_chars() for side in ("before", "after")),
        (pl.col("gap") == " ").alias("gap"),
        *(digits.str.contains(way).alias(name) for name, way in WRITINGS.items()),
        digits.alias("digits"),
    ).with_columns(pl.any_horizontal(*WRITINGS).alias("is_number"))


def _shape(row: Mapping[str, Any], side: str = "") -> Shape:
    fits = frozenset(name for name in WRITINGS if row[f"{name}{side}"])
    after = row[f"after{side}"]
    is_apart = bool(row[f"gap{side}"] and after)
    return Shape(row[f"before{side}"], after, fits, is_apart)


def _take_apart(columns: Mapping[str, Evidence], words: "pl.DataFrame") -> None:
    """Count odd words with more in them than one number, by what they may be."""
    text = words["word"]
    words = words.filter(text.str.contains("[0-9]") & (text.str.len_chars() < LONGEST))
    if words.is_empty():
        return
    for style, pattern in PAIRS.items():
        _pair(columns, words, style, pattern)
    for style, pattern in SPLITS.items():
        _split(columns, words, style, pattern)


def _pair(
    columns: Mapping[str, Evidence], words: "pl.DataFrame", style: str, pattern: str
) -> None:
    """Count the words that are two numbers as a pattern has them."""
    import polars as pl

    parts = words["word"].str.extract_groups(pattern).struct.unnest()
    first, second = (parts[name].cast(pl.Float64) for name in ("3", "7"))
    marked = words.with_columns(
        (first > second).fill_null(False).alias("unordered"),
        (second >= LATE).fill_null(False).alias("late"),
    )
    kinds = ["column", "unordered", "late"]
    counts = marked.filter(first.is_not_null()).group_by(kinds).agg(pl.col("n").sum())
    for place, is_unordered, is_late, n in counts.iter_rows():
        found = columns[place].compounds.setdefault(style, Compound())
        found.cells += n
        found.unordered += n * is_unordered
        found.late += n * is_late


def _split(
    columns: Mapping[str, Evidence], words: "pl.DataFrame", style: str, pattern: str
) -> None:
    """Count the words that are one or two numbers of a kind, and what these look like.

    The low end of a range has the unit of the high one, which has the sign before it.
    """
    import polars as pl

    ends = words["word"].str.extract_groups(pattern).struct.unnest()
    fits = ends["low"].is_not_null() | ends["only"].is_not_null()
    if not fits.any():
        return
    words, ends = words.filter(fits), ends.filter(fits)
    low = _loose(ends.select(pl.coalesce("low", "only")).to_series())
    high = _loose(ends["high"]).select(pl.all().name.suffix(HIGH))
    marked = low.hstack(high).hstack(words.select("column", "n"))
    marked = marked.with_columns(ends["high"].is_not_null().alias("is_range"))
    if style == TAIL:
        marked = marked.with_columns(ends["tail"].alias("after"))
    marked = marked.filter(
        pl.col("is_number") & (pl.col(f"is_number{HIGH}") | ~pl.col("is_range"))
    ).with_columns(
        pl.when(pl.col("after") == "")
        .then(f"after{HIGH}")
        .otherwise("after")
        .alias("after"),
        pl.when(pl.col(f"before{HIGH}") == "")
        .then("before")
        .otherwise(f"before{HIGH}")
        .alias(f"before{HIGH}"),
        (_size("digits") > _size(f"digits{HIGH}")).fill_null(False).alias("unordered"),
        (pl.col("digits").str.len_chars() != pl.col(f"digits{HIGH}").str.len_chars())
        .fill_null(False)
        .alias("uneven"),
    )
    kinds = [
        "is_range",
        "unordered",
        "uneven",
        *_KINDS,
        *(f"{kind}{HIGH}" for kind in _KINDS),
    ]
    counts = marked.group_by("column", *kinds, maintain_order=True)
    for row in counts.agg(pl.col("n").sum()).iter_rows(named=True):
        found = columns[row["column"]].compounds.setdefault(style, Compound())
        if style == TAIL and len(found.shapes) > MOST_ODD:
            continue
        found.cells += row["n"]
        found.shapes[_shape(row)] += row["n"]
        if row["is_range"]:
            found.shapes[_shape(row, HIGH)] += row["n"]
            found.unordered += row["n"] * row["unordered"]
            found.uneven += row["n"] * row["uneven"]


def _size(digits: str) -> "pl.Expr":
    """Return about which number digits are, before their marks are known."""
    import polars as pl

    text = pl.col(digits)
    is_grouped = pl.any_horizontal(
        text.str.contains(way) for name, way in WRITINGS.items() if len(name) == 6
    )
    bare = text.str.replace_all("[.,' ]", "")
    usual = text.str.replace(",", ".", literal=True)
    return (
        pl.when(is_grouped).then(bare).otherwise(usual).cast(pl.Float64, strict=False)
    )
