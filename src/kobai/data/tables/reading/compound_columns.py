"""Deciding what is read of cells that have more in them than one number."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from kobai.data.tables.reading.compounds import (
    BRACKETS,
    DASHED_FEET,
    FEET,
    FIRST,
    RANGE,
    TAIL,
)
from kobai.data.tables.reading.deciding import (
    FEW_NUMBERS,
    TYPOS,
    Decision,
    decide_number,
)
from kobai.data.tables.reading.evidence import Compound, Evidence, Shape
from kobai.data.tables.reading.money import is_money
from kobai.data.tables.reading.numerals import Numerals
from kobai.data.tables.reading.reading import Reading

_ENDS = "~\u2014\u301c"


def with_compounds(
    found: Decision,
    evidence: Evidence,
    different: int,
    decimal: str,
    is_number: bool = False,
) -> Decision:
    """Return a decision that reads more cells of a column, if there is one.

    Few different ones are names, such as the age groups 10-19 and 20-29, unless the
    user says `is_number`.
    """
    if found.mixed or found.option == "--number":
        return found
    reading = found.reading
    if reading and reading.date:
        return found
    if reading and not found.mistyped:
        return _with_brackets(found, reading, evidence)
    unread = sum(found.mistyped.values()) if reading else evidence.cells
    most = max(1.0, TYPOS * evidence.cells)
    are_many = different > FEW_NUMBERS or 2 * different > evidence.cells or is_number
    for style, compound in evidence.compounds.items():
        wrong = evidence.odd_cells - compound.cells
        if wrong >= unread or wrong + evidence.dates > most or compound.cells <= most:
            continue
        if not (are_many or style == FEET) or not _is_meant(style, compound, evidence):
            continue
        if better := _decision(style, compound, evidence, different, decimal):
            return replace(better, mistyped=found.mistyped if wrong else {})
    return found


def _with_brackets(found: Decision, reading: Reading, evidence: Evidence) -> Decision:
    """Return a decision by which brackets around all whole numbers are no signs.

    Accountants write them around some numbers of a column, or around sums of money.
    """
    numerals = reading.numerals
    shapes, bracketed = evidence.shapes, evidence.bracketed
    are_whole = all({"1000.5", "1000,5"} <= shape.writings for shape in shapes)
    is_plain = not (numerals.group or numerals.before or evidence.plain)
    is_sum = any(is_money(unit) for unit in numerals.after or ())
    if not bracketed or bracketed < sum(shapes.values()) or not are_whole:
        return found
    if not is_plain or is_sum:
        return found
    styled = replace(numerals, style=BRACKETS)
    return replace(
        found, reading=replace(reading, numerals=styled), why=styled.describe()
    )


def _is_meant(style: str, compound: Compound, evidence: Evidence) -> bool:
    """Tell whether cells mean what they look like: a range does not fall."""
    few = max(1.0, TYPOS * compound.cells)
    if style == DASHED_FEET:
        # 6-11 is no result, nor is 6-4, which falls.
        return compound.unordered > few and compound.late > 0
    if style == RANGE:
        # 555-1234 is a code.
        are_bare = not any(shape.before or shape.after for shape in compound.shapes)
        is_code = are_bare and compound.uneven == compound.cells
        return compound.unordered <= few and not evidence.zeros and not is_code
    return style in (FEET, FIRST, TAIL)


def _decision(
    style: str,
    compound: Compound,
    evidence: Evidence,
    different: int,
    decimal: str,
) -> Decision | None:
    """Return a decision for a style, none where its numbers cannot be read."""
    if style in (FEET, DASHED_FEET):
        others = [s for s in evidence.shapes if s.after not in ("ft", "feet", "foot")]
        # Those without a mark may be inches, or feet with a fraction.
        if others or evidence.plain:
            return None
        numerals = Numerals(style=style)
        return Decision(
            Reading(numerals), numerals.describe(), doubt="words", option="--category"
        )
    shapes = _shapes(style, evidence.shapes) + compound.shapes
    bare = evidence.plain + sum(n for shape, n in shapes.items() if not shape.after)
    if style == FIRST and 0 < bare < evidence.plain + sum(shapes.values()):
        # What has no unit in front may have another one behind: 12.7@ 2,700(kgm@ rpm).
        return None
    inner = replace(evidence, shapes=shapes, odd_cells=0, dates=0)
    found = decide_number(inner, different, decimal, ())
    are_too_many = found.mistyped and found.option
    if found.reading is None or are_too_many:
        return None
    numerals = found.reading.numerals
    if style != TAIL:
        numerals = replace(numerals, style=style)
    return Decision(
        Reading(numerals), numerals.describe(), doubt="words", option="--category"
    )


def _shapes(style: str, shapes: Mapping[Shape, int]) -> Counter[Shape]:
    found = Counter[Shape]()
    for shape, n in shapes.items():
        # What is open below has its sign before it: ~999.
        bare = shape.before.lstrip(_ENDS).strip() if style == RANGE else shape.before
        found[replace(shape, before=bare)] += n
    return found
