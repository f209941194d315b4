"""In what new rows are unlike those that a model has learned from."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from kobai.errors import visible
from kobai.formats.shift import Shifted
from kobai.html import lines

NONE = "The columns are as in training."


@dataclass(frozen=True)
class Differences:
    """Which columns of new rows have what those of the training rows did not have.

    `strange` counts cells by columns that are missing, or a new word, where no training
    row had such; `unknown` has the share of missing and rare words where it is over a
    tenth; `shifted` are numbers that lie elsewhere, the farthest first. It is true
    where there is any, and prints what it is.
    """

    strange: Mapping[str, int]
    unknown: Mapping[str, float]
    shifted: tuple[Shifted, ...]
    words: Mapping[str, list[str]]

    def __bool__(self) -> bool:
        return bool(self.words)

    def __str__(self) -> str:
        text = [f"{what}: {', '.join(names)}" for what, names in self.words.items()]
        return visible("\n".join(text) or NONE)

    def __repr__(self) -> str:
        return f"<Differences: {self!s}>"

    def _repr_html_(self) -> str:
        return lines(str(self)) if self else f"<div>{escape(NONE)}</div>"
