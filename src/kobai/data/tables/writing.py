"""How the text of a table is written."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kobai.data.tables.encodings import checked_encoding
from kobai.errors import DataError


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
