"""How the text of a table is written."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kobai.data.tables.text.encodings import checked_encoding
from kobai.errors import DataError


@dataclass(frozen=True)
class Writing:
    """What parts the cells of a text file, its encoding, its decimal sign.

    `header` says whether a line has the names of the columns.
    """

    separator: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    header: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> "Writing":
        """Return what `as_json` described, or raise ValueError.

        >>> Writing.from_json({"separator": ";", "decimal": ","})
        Writing(separator=';', encoding='utf-8', decimal=',', header=True)
        """
        try:
            writing = Writing(**found)
            checked_encoding(writing.encoding)
            is_right = len(writing.separator) == 1 and type(writing.header) is bool
            if not is_right or writing.decimal not in (".", ","):
                raise TypeError(f"got {writing}")
        except (TypeError, DataError) as error:
            raise ValueError(f"writing: not as described ({error})") from None
        return writing
