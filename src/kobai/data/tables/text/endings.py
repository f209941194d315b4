"""Which files are tables, by the endings of their names."""

import os
from pathlib import Path

ENDINGS = (".csv", ".tsv", ".txt", ".parquet")
PACKED = (".gz", ".bz2", ".xz")


def is_table(path: str | os.PathLike[str]) -> bool:
    """Tell by its name whether a file holds a table.

    >>> is_table("iris.csv"), is_table("iris.CSV.gz"), is_table("digits.npz")
    (True, True, False)
    """
    return ending_of(Path(path)) in ENDINGS


def ending_of(path: Path) -> str:
    """Return the ending that says the form, in lower case: .csv of data.csv.gz."""
    endings = [ending.lower() for ending in path.suffixes]
    return next((e for e in reversed(endings) if e not in PACKED), "")
