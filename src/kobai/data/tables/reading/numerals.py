"""Numbers as people write them: 1,234.5 or 1.234,5 or $12 or 12.5 kg or (300)."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kobai.data.tables.reading.tidy import tidy

if TYPE_CHECKING:
    import polars as pl

_GROUPED = (
    r"[1-9][0-9]{{0,2}}(?:{g}[0-9]{{3}})+|[1-9][0-9]?(?:{g}[0-9]{{2}})+{g}[0-9]{{3}}"
)
"""Digits in threes, or as in India: 12,34,567."""
LIMIT = "[<>≤≥~≈]=?"
"""What says that a number is not exact: below what can be measured, or about."""


@dataclass(frozen=True)
class Numerals:
    """How a column writes its numbers.

    `decimal` is the mark before the fraction, or both that are taken: ".", "," or ",.".
    `group` may part the digits of large numbers, in threes. `before` is what may stand
    in front, such as "$", or "<", which stands for any such sign: <0.5 is 0.5; `after`
    is what may follow, with what it multiplies by: a unit with 1, "K" with 1000. Signs
    may be any minus, or brackets as accountants write them; digits may be full-width.

    >>> import polars as pl
    >>> dollars = Numerals(group=",", before="$")
    >>> dollars.numbers(pl.Series(["$1,250.5", "(30)", "$ (7)"])).to_list()
    [1250.5, -30.0, -7.0]
    >>> german = Numerals(decimal=",", group=".", after={"kg": 1.0})
    >>> german.numbers(pl.Series(["1.250,5 kg", "1.25 kg"])).to_list()
    [1250.5, None]
    """

    decimal: str = "."
    group: str = ""
    before: str = ""
    after: Mapping[str, float] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether numbers are written as in a program."""
        return self == Numerals()

    @property
    def pattern(self) -> str:
        """The regular expression of a number: bracket, signs, digits, and what follows.

        It means the same in Python, in JavaScript and in Rust.
        """
        mark = f"[{re.escape(self.decimal)}]"
        whole = "[0-9]+"
        if self.group:
            whole = f"{_GROUPED.format(g=re.escape(self.group))}|{whole}"
        digits = f"(?:{whole})(?:{mark}[0-9]*)?|{mark}[0-9]+"
        before = LIMIT if is_limit(self.before) else escaped(self.before)
        front = f"(?:{before} ?)?" if before else ""
        units = "|".join(map(escaped, sorted(self.after or (), key=len, reverse=True)))
        behind = f"(?: ?({units}))?" if units else "()"
        return (
            rf"^(\(?) ?([-+]?) ?{front}([-+(]?) ?((?:{digits})(?:[eE][-+]?[0-9]+)?)"
            rf"{behind} ?(\)|-)?$"
        )

    def numbers(self, text: "pl.Series") -> "pl.Series":
        """Return words as Float64: null where one is not written so."""
        import polars as pl

        plain = text.cast(pl.Float64, strict=False)
        if self.is_plain and plain.null_count() == text.null_count():
            return plain
        neat = tidy(text).alias("text")
        parts = neat.str.extract_groups(self.pattern).struct.unnest()
        # Together in one expression: a call for each step would cost far more than
        # what it does to a few rows.
        return parts.with_columns(neat).select(self._value()).to_series()

    def _value(self) -> "pl.Expr":
        """Return the number of a word "text" whose parts are the columns "1" to "6"."""
        import polars as pl

        opening, first, second, digits, unit, closing = (
            pl.col(str(i)) for i in range(1, 7)
        )
        if self.group:
            digits = digits.str.replace_all(self.group, "", literal=True)
        if "," in self.decimal:
            digits = digits.str.replace(",", ".", literal=True)
        found = digits.cast(pl.Float64, strict=False)
        is_bracketed = (opening == "(") | (second == "(")
        is_half = is_bracketed != (closing == ")").fill_null(False)
        is_negative = (
            (first == "-") | (second == "-") | (closing == "-").fill_null(False)
        )
        found = (
            pl.when(is_half)
            .then(None)
            .when(is_bracketed | is_negative)
            .then(-found)
            .otherwise(found)
        )
        if any(factor != 1 for factor in (self.after or {}).values()):
            known = self.after or {}
            found *= unit.replace_strict(
                list(known), list(known.values()), default=1.0, return_dtype=pl.Float64
            )
        # 1e5 and infinity in a program's way are numbers everywhere.
        return found if self.group == "." else found.fill_null(_unambiguous(self))

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> "Numerals":
        """Return what `as_json` described, or raise TypeError.

        >>> Numerals.from_json(Numerals(before="$").as_json())
        Numerals(decimal='.', group='', before='$', after=None)
        """
        numerals = Numerals(**found)
        after = numerals.after
        is_right = (
            numerals.decimal in (".", ",", ",.")
            and numerals.group in ("", ",", ".", " ", "'")
            and isinstance(numerals.before, str)
            and (
                after is None
                or (
                    isinstance(after, Mapping)
                    and all(isinstance(f, float | int) for f in after.values())
                )
            )
        )
        if not is_right:
            raise TypeError(f"got {found}")
        return numerals

    def describe(self) -> str:
        """Return in words what is unusual about it.

        >>> Numerals(group=",", before="$").describe()
        'thousands 1,000, $ in front'
        """
        found = []
        if self.group:
            found.append(f"thousands 1{self.group}000")
        if "," in self.decimal:
            found.append("decimal comma")
        if is_limit(self.before):
            found.append(f"{self.before}1 is taken as 1")
        elif self.before:
            found.append(f"{self.before} in front")
        for unit, factor in (self.after or {}).items():
            times = "" if factor == 1 else f" = {factor:,.10g}"
            found.append(f"unit {unit}{times}")
        return ", ".join(found)


def is_limit(sign: str) -> bool:
    """Tell whether a sign says that a number is not exact, as < does."""
    return bool(re.fullmatch(LIMIT, sign))


def escaped(word: str) -> str:
    """Return a word for a regular expression, as Python, JavaScript and Rust take it.

    >>> escaped("$/m 2")
    '\\\\$/m 2'
    """
    return re.sub(r"[.^$*+?()\[\]{}|\\-]", lambda match: "\\" + match[0], word)


def _unambiguous(numerals: Numerals) -> "pl.Expr":
    """Return as numbers only what no other way of writing numbers could mean."""
    import polars as pl

    text = pl.col("text")
    plain = text.cast(pl.Float64, strict=False)
    if "." in numerals.decimal:
        return plain
    return pl.when(~text.str.contains(".", literal=True)).then(plain)
