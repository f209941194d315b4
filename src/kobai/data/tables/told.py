"""What was decided of each column, why, and what would change it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kobai.data.tables.cells import quoted, shortened
from kobai.data.tables.columns import Feature, Target
from kobai.data.tables.fitting import SAME, Fitted
from kobai.data.tables.raw import RawColumn, RawTable
from kobai.data.tables.reading.dates import DURATIONS

TARGET, LEFT_OUT = "target", "left out"


@dataclass(frozen=True)
class ColumnNote:
    """One column of a table: what it is taken for, and why.

    `example` is what stands in it; `option` is what changes the decision, and `doubt`
    what the column looks like besides.
    """

    name: str
    taken: str
    why: str = ""
    example: str = ""
    doubt: str = ""
    option: str = ""

    @property
    def is_usual(self) -> bool:
        """Whether there is nothing to say but what it is."""
        return not (self.why or self.option)

    @property
    def reason(self) -> str:
        """Why, and what else it may be, in one line.

        >>> ColumnNote("a", "number", "unit kg", "", "words", "--category a").reason
        'unit kg; words: --category a'
        """
        doubt = ": ".join(filter(None, (self.doubt, self.option)))
        return "; ".join(filter(None, (self.why, doubt)))


def told(
    raw: RawTable, fitted: Fitted, target: Target, weight: Sequence[str]
) -> tuple[ColumnNote, ...]:
    """Return a note for each column that was read, in the order of the table."""
    features = {feature.name: feature for feature in fitted.features}
    found: dict[str, ColumnNote] = {}
    for column in raw.columns:
        if column.source in found and column.reading.part:
            continue
        if column.source in target.names:
            kind = target.kinds[target.names.index(column.source)]
            taken = f"{TARGET}, {kind}"
            found[column.source] = _note(column, taken, None)
        elif column.source in weight:
            found[column.source] = _note(column, "weight", None)
        else:
            found[column.source] = _of_feature(raw, column, features, fitted)
    return tuple(found.values())


def _of_feature(
    raw: RawTable, column: RawColumn, features: dict[str, Feature], fitted: Fitted
) -> ColumnNote:
    if column.reading.date:
        return _of_dates(raw, column, features)
    if column.reading.places:
        return _of_text(raw, column, features)
    feature = features.get(column.name)
    if feature is None:
        why = fitted.left_out[column.name]
        is_useful = why != SAME and why != "empty"
        option = f"--keep {quoted(column.source)}" * is_useful
        if option and column.kind == "category":
            option += f", its words: --text {quoted(column.source)}"
        return _note(
            column, LEFT_OUT, None, why=why, doubt="use it" * is_useful, option=option
        )
    if feature.kind == "category":
        count = len(feature.categories)
        noun = "category" if count == 1 else "categories"
        return _note(column, f"{count:,} {noun}", feature)
    return _note(column, "number", feature)


def _of_dates(
    raw: RawTable, column: RawColumn, features: dict[str, Feature]
) -> ColumnNote:
    made = [
        c.reading.part
        for c in raw.columns
        if c.source == column.source and c.name in features
    ]
    if not made:
        return _note(column, LEFT_OUT, None, why=SAME)
    whole = [part for part in made if ", " not in part]
    note = _note(column, _kind_of(column.reading.date), None)
    parts = ", ".join(whole)
    why = f"{note.why}: {parts}" if note.why else parts
    return ColumnNote(note.name, note.taken, why, note.example, note.doubt, note.option)


def _kind_of(form: str) -> str:
    if form in DURATIONS:
        return "durations"
    return "times" if form == "time of day" else "dates"


def _of_text(
    raw: RawTable, column: RawColumn, features: dict[str, Feature]
) -> ColumnNote:
    made = sum(c.source == column.source and c.name in features for c in raw.columns)
    if not made:
        return _note(column, LEFT_OUT, None, why=SAME)
    why = f"words and threes of letters, in {made:,} inputs"
    return _note(column, "text", None, why=why)


def _note(
    column: RawColumn,
    taken: str,
    feature: Feature | None,
    why: str = "",
    doubt: str = "",
    option: str = "",
) -> ColumnNote:
    decision = column.decision
    reasons = [why or decision.why, *_unread(column)]
    if feature is not None and feature.has_missing:
        reasons.append("missing ones are the mean, and an input says so")
    if feature is not None and feature.kind == "category" and feature.has_other:
        reasons.append("others and missing ones are one more")
    named = decision.option
    if named in ("--number", "--category", "--text"):
        named = f"{named} {quoted(column.source)}"
    return ColumnNote(
        column.source,
        taken,
        "; ".join(filter(None, reasons)),
        ", ".join(shortened(word) for word in column.examples),
        doubt or decision.doubt,
        option or named,
    )


def _unread(column: RawColumn) -> Iterator[str]:
    """Say which cells could not be read, and count as missing."""
    if column.unreadable:
        cells = ", ".join(f'row {row:,} "{word}"' for row, word in column.unreadable)
        count = sum(column.decision.mistyped.values())
        more = (
            f" and {count - len(column.unreadable):,} more"
            if (count > len(column.unreadable))
            else ""
        )
        yield f"taken as missing: {cells}{more}"
