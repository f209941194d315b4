"""Numbers as people write them: 1,234.5 or 1.234,5 or $12 or 12.5 kg or (300)."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kobai.data.tables.reading.compounds import (
    BRACKETS,
    FIRST,
    INCHES,
    JOINT,
    OPEN_END,
    OPEN_START,
    PAIRS,
    RANGE,
    REMARK,
    REST,
    STYLES,
)
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
    `style` is one of `STYLES` where a cell may have more than a number in it, such as a
    range, of which the middle is read.

    >>> import polars as pl
    >>> dollars = Numerals(group=",", before="$")
    >>> dollars.numbers(pl.Series(["$1,250.5", "(30)", "$ (7)"])).to_list()
    [1250.5, -30.0, -7.0]
    >>> german = Numerals(decimal=",", group=".", after={"kg": 1.0})
    >>> german.numbers(pl.Series(["1.250,5 kg", "1.25 kg"])).to_list()
    [1250.5, None]
    >>> wages = Numerals(before="$", after={"K": 1000.0}, style="range")
    >>> wages.numbers(pl.Series(["$53K-$91K", "15-30K", "90K+", "9-3"])).to_list()
    [72000.0, 22500.0, 90000.0, None]
    """

    decimal: str = "."
    group: str = ""
    before: str = ""
    after: Mapping[str, float] | None = None
    style: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether numbers are written as in a program."""
        return self == Numerals()

    @property
    def pattern(self) -> str:
        """The regular expression of a number: bracket, signs, digits, and what follows.

        It means the same in Python, in JavaScript and in Rust.
        """
        if self.style == BRACKETS:
            return rf"^()\(? ?{self._side('[-+]')} ?\)?()$"
        if self.style == RANGE:
            ends = rf"{self._side('[-+]')} ?{OPEN_END}?"
            return rf"^()\(? ?{OPEN_START}{ends} ?\)?{REMARK}()$"
        rest = REST if self.style == FIRST else ""
        return rf"^(\(?) ?{self._side('[-+(]')} ?(\)|-)?{rest}$"

    @property
    def pair(self) -> str:
        """The regular expression of two numbers in a cell, "" where there are none."""
        if self.style == RANGE:
            side = self._side("[-+]")
            return rf"^\(? ?{side}{JOINT}{side} ?\)?{REMARK}$"
        return PAIRS.get(self.style, "")

    def _side(self, sign: str) -> str:
        """Return the expression of signs, digits and unit, with a group for each."""
        mark = f"[{re.escape(self.decimal)}]"
        whole = "[0-9]+"
        if self.group:
            whole = f"{_GROUPED.format(g=re.escape(self.group))}|{whole}"
        digits = f"(?:{whole})(?:{mark}[0-9]*)?|{mark}[0-9]+"
        before = LIMIT if is_limit(self.before) else escaped(self.before)
        front = f"(?:{before} ?)?" if before else ""
        units = "|".join(map(escaped, sorted(self.after or (), key=len, reverse=True)))
        behind = f"(?: ?({units}))?" if units else "()"
        exponent = "(?:[eE][-+]?[0-9]+)?"
        return rf"([-+]?) ?{front}({sign}?) ?((?:{digits}){exponent}){behind}"

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
        alone = parts.with_columns(neat).select(self._value()).to_series()
        if not self.pair:
            return alone
        sides = neat.str.extract_groups(self.pair).struct.unnest()
        is_pair = pl.col("3").is_not_null()
        found = pl.when(is_pair).then(self._middle()).otherwise(alone)
        return sides.select(found.alias(text.name)).to_series()

    def _value(self) -> "pl.Expr":
        """Return the number of a word "text" whose parts are the columns "1" to "6"."""
        import polars as pl

        opening, second, closing = (pl.col(str(i)) for i in (1, 3, 6))
        found = self._signed(2)
        is_bracketed = (opening == "(") | (second == "(")
        is_half = is_bracketed != (closing == ")").fill_null(False)
        is_negative = is_bracketed | (closing == "-").fill_null(False)
        is_minus = (pl.col("2") == "-") | (second == "-")
        found = (
            pl.when(is_half)
            .then(None)
            # Both are one: (-5) is as negative as -5.
            .when(is_negative & ~is_minus)
            .then(-found)
            .otherwise(found)
        )
        # 1e5 and infinity in a program's way are numbers everywhere.
        return found if self.group == "." else found.fill_null(_unambiguous(self))

    def _signed(self, first: int) -> "pl.Expr":
        """Return the number of signs, digits and unit, columns from `first` on."""
        import polars as pl

        one, other, digits, unit = (pl.col(str(first + i)) for i in range(4))
        if self.group:
            digits = digits.str.replace_all(self.group, "", literal=True)
        if "," in self.decimal:
            digits = digits.str.replace(",", ".", literal=True)
        found = digits.cast(pl.Float64, strict=False) * self._factor(unit)
        return pl.when((one == "-") | (other == "-")).then(-found).otherwise(found)

    def _factor(self, unit: "pl.Expr") -> "pl.Expr":
        import polars as pl

        known = self.after or {}
        if all(factor == 1 for factor in known.values()):
            return pl.lit(1.0)
        return unit.replace_strict(
            list(known), list(known.values()), default=1.0, return_dtype=pl.Float64
        )

    def _middle(self) -> "pl.Expr":
        """Return the number of two whose parts are the columns "1" to "8".

        Of a range the low end has the unit of the high one where it has none, if it is
        the lower one then: 15-30K and 900-1.2K.
        """
        import polars as pl

        low, high = self._signed(1), self._signed(5)
        if self.style != RANGE:
            high = high.fill_null(0.0)
            return pl.when(high < INCHES).then(INCHES * low + high)
        shared = pl.when(pl.col("4").fill_null("") == "").then(
            low * self._factor(pl.col("8"))
        )
        low = pl.when((shared <= high).fill_null(False)).then(shared).otherwise(low)
        return pl.when(low <= high).then((low + high) / 2)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        found = asdict(self)
        if not self.style:
            # An older Kobai knows no such thing.
            del found["style"]
        return found

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> "Numerals":
        """Return what `as_json` described, or raise TypeError.

        >>> Numerals.from_json(Numerals(before="$").as_json())
        Numerals(decimal='.', group='', before='$', after=None, style='')
        """
        numerals = Numerals(**found)
        after = numerals.after
        is_right = (
            numerals.decimal in (".", ",", ",.")
            and numerals.group in ("", ",", ".", " ", "'")
            and isinstance(numerals.before, str)
            and numerals.style in ("", *STYLES)
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
        found = [STYLES[self.style]] if self.style else []
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
