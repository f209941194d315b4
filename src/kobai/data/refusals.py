"""All that a table is refused for, told in one message."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from kobai.data.dataset import Array
from kobai.errors import DataError

MOST_CELLS = 3
MOST_PROBLEMS = 20
"""So many cells of a column are named, and so many problems; others are counted."""


class RefusedError(DataError):
    """A table is refused; `refusals` are the reasons, so that others can join them."""

    def __init__(self, message: str, refusals: "Refusals") -> None:
        super().__init__(message)
        self.refusals = refusals

    def __reduce__(self) -> tuple[type[DataError], tuple[str]]:
        return DataError, (str(self),)


@dataclass
class Refusals:
    """What is wrong with a table, met one by one.

    Cells of one column that need the same are one problem. What helps with several
    problems, such as the names of all columns, is said once, at the end.

    >>> refusals = Refusals()
    >>> refusals.add('drop: no column "x".', "There is age")
    >>> refusals.add('keep: no column "y".', "There is age")
    >>> wrong = np.array([False, True, True])
    >>> refusals.cells("age", wrong, lambda row: f"row {row} is wrong", "need numbers")
    >>> refusals.tell()
    Traceback (most recent call last):
    ...
    kobai.data.refusals.RefusedError: 3 problems:
    - drop: no column "x".
    - keep: no column "y".
    - age: row 1 is wrong, row 2 is wrong; need numbers
    There is age
    """

    problems: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], tuple[int, list[str]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.problems or self.columns)

    def add(self, problem: str, help: str = "") -> None:
        """Note a problem, unless it is noted already."""
        self.problems.setdefault(problem, help)

    def cells(
        self, place: str, wrong: Array, tell: Callable[[int], str], needed: str
    ) -> None:
        """Note the cells of a column that are `wrong` `(n,)`, as `tell` tells each."""
        rows = np.flatnonzero(wrong)
        if len(rows):
            told = [tell(int(row)) for row in rows[:MOST_CELLS]]
            self._join((place, needed), len(rows), told)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Note what a block is refused for, and go on after it."""
        try:
            yield
        except RefusedError as error:
            self.problems |= error.refusals.problems
            for key, (count, told) in error.refusals.columns.items():
                self._join(key, count, told)
        except DataError as error:
            self.add(str(error))

    def tell(self) -> None:
        """Raise `DataError` with all that is wrong, if anything is."""
        found = list(self.problems)
        for (place, needed), (count, told) in self.columns.items():
            found.append(f"{place}: {few(told, count)}; {needed}")
        helps = list(dict.fromkeys(filter(None, self.problems.values())))
        if len(found) == 1:
            raise RefusedError(" ".join([*found, *helps]), self)
        if found:
            lines = [f"- {problem}" for problem in found[:MOST_PROBLEMS]]
            if len(found) > MOST_PROBLEMS:
                lines.append(f"- and {len(found) - MOST_PROBLEMS:,} more")
            raise RefusedError(
                "\n".join([f"{len(found):,} problems:", *lines, *helps]), self
            )

    def _join(self, key: tuple[str, str], count: int, told: list[str]) -> None:
        before, known = self.columns.get(key, (0, []))
        self.columns[key] = before + count, (known + told)[:MOST_CELLS]


def few(told: list[str], count: int) -> str:
    """Return what is told of the first cells or rows, and how many others there are.

    >>> few(["row 1", "row 2"], 4), few(["row 1"], 1)
    ('row 1, row 2 and 2 more', 'row 1')
    """
    named = ", ".join(told[:MOST_CELLS])
    more = count - min(len(told), MOST_CELLS)
    return f"{named} and {more:,} more" if more else named
