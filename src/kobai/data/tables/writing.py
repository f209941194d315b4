"""How the text of a table is written, and what that of a cell means."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kobai.data.tables.encodings import checked_encoding
from kobai.errors import DataError


@dataclass(frozen=True)
class Cells:
    """What the text of a cell means: one description for all who read cells.

    Polars' columns, records in plain Python, and exported programs in Python and
    JavaScript all go by it. `blanks` are the characters that may stand around a cell,
    `missing` the words for a missing value. A `number`, for which the word `nan` is
    missing too, is at most `largest`. A `decimal_comma` makes the commas of its column
    decimal ones, unless it looks like `thousands`. By the decimal sign, `rewrites` has
    what makes a number of a text, in order: a pattern, and the text for all that it
    finds. The other patterns are of a whole cell; all are in what the three languages
    have in common.
    """

    blanks: str
    missing: tuple[str, ...]
    number: str
    nan: str
    decimal_comma: str
    thousands: str
    rewrites: Mapping[str, tuple[tuple[str, str], ...]]
    largest: float


CELLS = Cells(
    # What Unicode calls white space; Python's strip and JavaScript's trim differ.
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
    missing=(
        *("", "NA", "N/A", "n/a", "<NA>", "#N/A"),
        *("NaN", "nan", "-nan", "NULL", "null", "None", "?"),
    ),
    number=r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?",
    nan=r"[-+]?[nN][aA][nN]",
    decimal_comma=r"[-+]?[0-9]+,[0-9]+",
    # 1,200 alone may be one thousand two hundred as well.
    thousands=r"[-+]?[1-9][0-9]?[0-9]?,[0-9][0-9][0-9]",
    rewrites={".": (), ",": ((",", "."),)},
    # Sums of larger numbers, infinity among them, do not fit into float32.
    largest=1e30,
)


@dataclass(frozen=True)
class Writing:
    """What parts the cells of a text file, its encoding, and its decimal sign."""

    separator: str = ","
    encoding: str = "utf-8"
    decimal: str = "."

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> "Writing":
        """Return what `as_json` described, or raise ValueError.

        >>> Writing.from_json({"separator": ";", "decimal": ","})
        Writing(separator=';', encoding='utf-8', decimal=',')
        """
        try:
            writing = Writing(**found)
            checked_encoding(writing.encoding)
            if len(writing.separator) != 1 or writing.decimal not in (".", ","):
                raise TypeError(f"got {writing}")
        except (TypeError, DataError) as error:
            raise ValueError(f"writing: not as described ({error})") from None
        return writing
