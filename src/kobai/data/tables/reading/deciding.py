"""Deciding how a column is read, from what all of its cells look like."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from kobai.data.tables.reading.compounds import ABOUT, ORDINALS
from kobai.data.tables.reading.dates import FORMS
from kobai.data.tables.reading.evidence import COMMA, PLAIN, Evidence, Shape
from kobai.data.tables.reading.measures import (
    factors_in,
    families_of,
    stem,
    strangers,
)
from kobai.data.tables.reading.money import is_currency, multiple
from kobai.data.tables.reading.numerals import Numerals, is_limit
from kobai.data.tables.reading.reading import Reading
from kobai.data.tables.reading.tidy import FULL_BOOLEANS, TICKS, meanings

GROUPS = {
    "1,000.": (".", ","),
    "1.000,": (",", "."),
    "1 000.": (".", " "),
    "1 000,": (",", " "),
    "1'000.": (".", "'"),
    "1'000,": (",", "'"),
}
"""Decimal mark and group of each way to write large numbers."""
TYPOS = 0.01
"""So small a share of cells may be mistyped; they count as missing, and are named."""
STATUS = 0.2
"""So large a share of words among many different numbers is no reading either."""
FEW_NUMBERS = 30
"""Fewer different numbers beside words are names, as 3 and "3+" are."""
FEW_ODD, HALF = 5, 0.5
"""So few words, each again and again, may be more: T in a column of rain, X, (D)."""
FLAG = "[bcdefinprsuz]{1,2}"
"""What offices of statistics put behind a number, parted by a blank: 12.3 p."""


@dataclass
class Decision:
    """How a column is read, and why: `reading` is None where its cells are words.

    `mistyped` are words that count as missing, with how often each is there; `doubt`
    is what else the column looks like, and `option` what makes it so. `aliases` are
    words that mean the same as others: TRUE and true. `mixed` are units of different
    measures, by which the column can be no number. `has_blank` is where an empty
    cell is no missing one, but means no, beside a tick mark that means yes.
    """

    reading: Reading | None
    why: str = ""
    mistyped: Mapping[str, int] = field(default_factory=dict)
    doubt: str = ""
    option: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    has_blank: bool = False
    mixed: tuple[str, ...] = ()

    def read_as(self, part: str) -> "Decision":
        """Return the same for one part of a column's dates."""
        assert self.reading is not None
        return replace(self, reading=replace(self.reading, part=part))

    def with_code(self, value: float) -> "Decision":
        """Return the same for a column where a number stands for a missing one."""
        assert self.reading is not None
        # Sentinels are whole; 9999999 must not become 1e+07, which is another number.
        code = str(int(value))
        return replace(
            self,
            reading=replace(self.reading, missing=(*self.reading.missing, code)),
            why=f"{self.why}{', ' * bool(self.why)}{code} is missing",
            doubt=f"{code} as a number",
            option='--missing ""',
        )


def decide(
    evidence: Evidence,
    different: int,
    decimal: str,
    missing: Collection[str] = (),
    date_order: str = "",
    is_number: bool = False,
) -> Decision:
    """Return how to read a column of text that has so many `different` words.

    `decimal` is the mark that the rest of the file shows, for numbers such as 1,250
    that may be meant either way; `date_order` is the order that the user says, and
    `is_number` that the column is one of numbers.
    """
    if is_number:
        found = decide_number(evidence, different, decimal, tuple(missing))
        reading = found.reading or Reading(missing=tuple(missing))
        return replace(found, reading=reading, mistyped=dict(evidence.odd))
    if evidence.zeros and not evidence.has_fractions:
        return Decision(None, "leading zeros", doubt="numbers", option="--number")
    if evidence.cells and evidence.compact == evidence.cells:
        return _dated("yearmonthday", evidence, missing)
    if evidence.dates > evidence.plain + sum(evidence.shapes.values()):
        return _date(evidence, missing, date_order)
    if not evidence.plain and not evidence.shapes:
        return Decision(None)
    if mixed := _mixed(evidence):
        return Decision(None, mixed=mixed)
    return decide_number(evidence, different, decimal, tuple(missing))


def shows_decimal(evidence: Evidence) -> str:
    """Return the decimal mark that a column's numbers cannot do without, or nothing."""
    commas = _count(evidence, lambda s: s.writings == {COMMA})
    either = _count(evidence, lambda s: s.writings == {COMMA, "1,000."})
    groups = _count(
        evidence, lambda s: "1,000." in s.writings and COMMA not in s.writings
    )
    swiss = _count(
        evidence, lambda s: bool(s.writings & {"1.000,", "1 000,", "1'000,"})
    ) - _three_decimals(evidence)
    if (
        commas > max(TYPOS * (commas + either), groups)
        or swiss > groups + evidence.plain
    ):
        return ","
    return "." if groups or evidence.has_fractions else ""


def _mixed(evidence: Evidence) -> tuple[str, ...]:
    """Return units of different measures, where nearly all cells are measured."""
    units = Counter[str]()
    for shape, n in evidence.shapes.items():
        units[shape.after] += n
    measured = sum(n for unit, n in units.items() if unit)
    if measured < (1 - STATUS) * evidence.cells:
        return ()
    del units[""]
    return tuple(strangers(units, max(1, TYPOS * evidence.cells)))


def _count(evidence: Evidence, is_meant: Callable[[Shape], bool]) -> int:
    return sum(n for shape, n in evidence.shapes.items() if is_meant(shape))


def _date(evidence: Evidence, missing: Collection[str], order: str) -> Decision:
    """Return the form that fits most dates; in doubt the day comes first."""
    forms = Counter(
        {form: evidence.forms[form] for form in FORMS if form in evidence.forms}
    )
    best, most = max(forms.items(), key=lambda item: item[1])
    wanted = {"dmy": "day-month-year", "mdy": "month-day-year"}.get(order, "")
    if wanted and forms[wanted]:
        best, most = wanted, forms[wanted]
    wrong = evidence.cells - most
    if wrong > max(1, TYPOS * evidence.cells):
        return Decision(None, "dates and other words", doubt="dates", option="")
    return _dated(best, evidence, missing)


def _dated(form: str, evidence: Evidence, missing: Collection[str]) -> Decision:
    other = {"day-month-year": "month-day-year", "month-day-year": "day-month-year"}
    either = other.get(form, "")
    is_open = bool(either) and evidence.forms[either] == evidence.forms[form]
    return Decision(
        Reading(date=form, missing=tuple(missing)),
        form,
        dict(evidence.odd),
        doubt=either if is_open else "",
        option=f"--date-order {either[0]}{either.split('-')[1][0]}y" if is_open else "",
    )


def decide_number(
    evidence: Evidence, different: int, decimal: str, missing: tuple[str, ...]
) -> Decision:
    """Return how to read a column's numbers, or that it has words among them."""
    marks = _marks(evidence, decimal)
    allowed = _writings(*marks)
    fitting = {s: n for s, n in evidence.shapes.items() if s.writings & allowed}
    numerals, fitting = _with_signs(Numerals(*marks), fitting, evidence, different)
    plain = 0 if _is_spoilt(evidence, numerals) else evidence.plain
    read = plain + sum(fitting.values())
    wrong = evidence.cells - read
    reading = Reading(numerals, missing=missing)
    measures = _measures(numerals, fitting, plain)
    why = "; ".join(filter(None, (numerals.describe(), measures)))
    option = "--category" if measures else ""
    doubt = "words" if measures else ""
    if not wrong:
        return Decision(reading, why, doubt=doubt, option=option)
    typos = dict(evidence.odd)
    if wrong <= max(1, TYPOS * evidence.cells) and read:
        return Decision(reading, why, typos, doubt, option)
    are_few = len(evidence.odd) <= FEW_ODD and wrong == evidence.odd_cells
    most = HALF if are_few else STATUS
    if wrong <= most * evidence.cells and different > FEW_NUMBERS:
        return Decision(reading, why, typos, "words", "--category")
    return Decision(None, "words among numbers" if read > wrong else "", doubt="")


def _measures(numerals: Numerals, shapes: Mapping[Shape, int], plain: int) -> str:
    """Return what a column's numbers become that has several units of one measure."""
    after = numerals.after or {}
    if all(multiple(unit)[0] for unit in after) or set(after.values()) == {1.0}:
        return ""
    main = next(unit for unit, factor in after.items() if factor == 1)
    bare = plain + sum(n for shape, n in shapes.items() if not shape.after)
    return f"all in {main}{', those without a unit too' * bool(bare)}"


def _marks(evidence: Evidence, decimal: str) -> tuple[str, str]:
    """Return the decimal mark and what parts groups of digits."""
    n: Counter[frozenset[str]] = Counter()
    for shape, count in evidence.shapes.items():
        n[shape.writings] += count
    commas = n[frozenset({COMMA})]
    either = n[frozenset({COMMA, "1,000."})]
    scores = {
        marks: sum(count for fits, count in n.items() if name in fits)
        for name, marks in GROUPS.items()
    }
    scores[".", ","] -= either
    scores[",", "."] -= _three_decimals(evidence)
    if decimal == "," and evidence.has_fractions and not evidence.undivided:
        # 1.250 beside 7,5 in other columns.
        scores[",", "."] += evidence.plain
    best = max(scores, key=lambda marks: scores[marks])
    if either and not scores[best]:
        are_groups = commas <= TYPOS * (commas + either) and (
            commas > 0 or decimal != ","
        )
        return (".", ",") if are_groups else (_both(evidence), "")
    if scores[best]:
        if best == (".", ",") and commas > TYPOS * (commas + either + scores[best]):
            return (_both(evidence), "")
        return best
    return (_both(evidence) if commas else ".", "")


def _three_decimals(evidence: Evidence) -> int:
    """Count the numbers such as 1.250 kg, where others show that these are no 1250."""
    three = _count(evidence, lambda s: s.writings == {PLAIN, "1.000,"})
    others = _count(evidence, lambda s: s.writings == {PLAIN}) + evidence.undivided
    return three if others > TYPOS * (others + three) else 0


def _both(evidence: Evidence) -> str:
    """Return the comma, and the point as well where some numbers have one."""
    return ",." if evidence.has_fractions else ","


def _writings(decimal: str, group: str) -> frozenset[str]:
    found = {PLAIN if "." in decimal else COMMA, *([COMMA] if "," in decimal else [])}
    found |= {name for name, marks in GROUPS.items() if marks == (decimal, group)}
    return frozenset(found)


def _is_spoilt(evidence: Evidence, numerals: Numerals) -> bool:
    """Tell whether numbers as in programs mean something else in these numerals."""
    return (
        "." not in numerals.decimal and numerals.group != "." and evidence.has_fractions
    )


def _with_signs(
    numerals: Numerals, shapes: Mapping[Shape, int], evidence: Evidence, different: int
) -> tuple[Numerals, dict[Shape, int]]:
    """Return the numerals with currency and unit, and the shapes that they read."""
    fronts = Counter[str]()
    units = Counter[str]()
    for shape, n in shapes.items():
        fronts[shape.before] += n
        units[shape.after] += n
    signs = (f for f, _ in fronts.most_common() if is_currency(f) or f in ABOUT)
    before = next(signs, "")
    if not before and len(fronts) == 1 and not evidence.plain and _are_said(units):
        before = next(iter(fronts))
    limits = {front: n for front, n in fronts.items() if is_limit(front)}
    # Among few numbers <1 is another one than 1, and <=50K alone is a class.
    exact = evidence.plain + fronts[""]
    if not before and different > FEW_NUMBERS and 0 < sum(limits.values()) <= exact:
        before = max(sorted(limits), key=lambda front: limits[front])
    allowed = {"", before, *(limits if is_limit(before) else ())}
    bare = evidence.plain + units[""]
    # Letters behind whole numbers alone may be codes: of seats 3m and 4d.
    are_measures = any(
        len(shape.after) > 1 or shape.writings == {PLAIN} for shape in shapes
    )
    # 12@mail.com is an address.
    named = {u: n for u, n in units.items() if u and not re.match("@[A-Za-z]", u)}
    joined = {shape.after for shape in shapes if not shape.is_apart}
    after = _units(named, bare, are_measures, named.keys() - joined)
    # Among few, 1st and 2nd are names.
    if different > FEW_NUMBERS and len(named) > 1 and named.keys() <= ORDINALS:
        after = dict.fromkeys(sorted(named), 1.0)
    found = Numerals(numerals.decimal, numerals.group, before, after or None)
    return found, {
        shape: n
        for shape, n in shapes.items()
        if shape.before in allowed and (not shape.after or shape.after in after)
    }


def _are_said(units: Collection[str]) -> bool:
    """Tell whether units are of measures, and no letters that may be part of codes.

    Then what stands before all numbers says what is measured: 徒歩5分, age 7 years.
    """
    return all(
        (families_of(unit) or multiple(unit)[0])
        and (len(unit) > 1 or not unit.isascii())
        for unit in units
    )


def _units(
    units: Mapping[str, int], bare: int, are_measures: bool, apart: Collection[str]
) -> dict[str, float]:
    """Return what the units of a column multiply by, nothing where they are none.

    Those `apart` always have a blank before them.
    """
    if not units:
        return {}
    multiples = {unit: multiple(unit) for unit in units}
    money = {money for _, money in multiples.values() if money}
    # A letter m alone is a meter or a minute.
    are_several = len(units) > 1 or (bare and set(units) != {"m"})
    are_known = all(factor for factor, _ in multiples.values())
    if are_known and len(money) < 2 and are_several:
        return {unit: factor for unit, (factor, _) in multiples.items()}
    # Counts come in no order, and what is learned must not depend on it.
    units = dict(sorted(units.items(), key=lambda item: (-item[1], item[0])))
    main = next(iter(units))
    same = {unit: 1.0 for unit in units if stem(unit) == stem(main)}
    if are_measures and len(same) < len(units):
        same = factors_in(units, main) | same
    with_unit = sum(units[unit] for unit in same)
    others = sum(units.values()) - with_unit
    # A letter behind a few numbers, as of houses, is part of a name.
    is_usual = with_unit >= bare + others or is_currency(main) or main == "%"
    if not is_usual and all(u in apart and re.fullmatch(FLAG, u) for u in units):
        return dict.fromkeys(units, 1.0)
    return same if is_usual else {}


def same_words(words: Collection[str]) -> dict[str, str]:
    """Return the words that mean the same as one that comes before them.

    >>> same_words(["TRUE", "false", "true", "1"]), same_words(["3", "3.0", "03"])
    ({'true': 'TRUE', '1': 'TRUE'}, {'3.0': '3'})
    >>> same_words(["n", "Yes", "No", "y"]), same_words(["n", "N", "x"])
    ({'n': 'No', 'y': 'Yes'}, {})
    """
    meant = meanings(words)
    first: dict[str, str] = {}
    named = (
        sorted(words, key=lambda word: word.lower() not in FULL_BOOLEANS)
        if meant
        else words
    )
    for word in named:
        first.setdefault(_meaning(word, meant), word)
    found = {word: first[_meaning(word, meant)] for word in words}
    return {word: other for word, other in found.items() if word != other}


def _meaning(word: str, meant: Mapping[str, str]) -> str:
    lower = word.lower()
    if meant:
        return meant[word]
    if lower in ("true", "false"):
        return lower
    whole = word.removesuffix(".0")
    return whole if whole.removeprefix("-").isdigit() else word


def of_words(words: Collection[str], blanks: int) -> Decision:
    """Return how to read a column of words, of which so many cells are blank.

    >>> of_words(["✓"], 3).why, of_words(["✓", "✗"], 3).why
    ('✓ is yes, blank is no', '')
    """
    aliases = same_words(words)
    are_ticks = {TICKS.get(word) for word in words} == {"true"}
    if not (are_ticks and blanks):
        return Decision(None, aliases=aliases)
    return Decision(
        None,
        f"{next(iter(words))} is yes, blank is no",
        doubt="blank as missing",
        option="--category",
        aliases=aliases,
        has_blank=True,
    )
