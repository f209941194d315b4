"""A program while it is written: it runs at once, so that the next line can fit."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# What is larger says nothing new; what is longer is slow.
LARGEST, LONGEST, MOST_AXES = 1e4, 48, 4

# choose(low, high) is one of the integers from low to high.
Choice = Callable[[int, int], int]


class Draft:
    """A program while it is written, and the values that its names have."""

    def __init__(self, integer: Choice, arguments: Sequence[tuple[str, str]]) -> None:
        self.integer = integer
        self.arguments = tuple(arguments)
        self.lines: list[str] = []
        self.values: dict[str, Any] = {}
        self.is_broken = False
        self._made = 0
        self._restart()

    def _restart(self) -> None:
        values = {name: eval(text) for name, text in self.arguments}
        self.values = {"np": np, **values}
        for line in self.lines:
            exec(line, self.values)

    # --- choices

    def pick(self, options: Sequence[Any]) -> Any:
        return options[self.integer(0, len(options) - 1)]

    def chance(self, one_in: int) -> bool:
        """Say yes once in so many times."""
        return self.integer(0, one_in - 1) == one_in - 1

    def names(self, *kinds: type) -> list[str]:
        """Return the names of arrays and numbers, or of the types that are asked."""
        wanted = kinds or (np.ndarray, np.generic, float, int)
        return [n for n, v in self.values.items() if isinstance(v, wanted)]

    def array(self, least: int = 0) -> str | None:
        """Return the name of an array with at least so many axes."""
        found = [n for n in self.names(np.ndarray) if self.values[n].ndim >= least]
        return self.pick(found) if found else None

    def anything(self) -> str:
        return self.pick(self.names())

    def value(self, text: str) -> Any:
        return eval(text, self.values)

    # --- lines

    def name(self) -> str:
        self._made += 1
        return f"v{self._made}"

    def add(self, line: str) -> None:
        """Add a line where NumPy runs it; seldom where NumPy refuses it."""
        self.lines.append(line)
        try:
            exec(line, self.values)
        except Exception:
            if self.chance(12):
                self.is_broken = True
                return
        else:
            if self.names() and all(map(_fits, self.values.values())):
                return
        self.lines.pop()
        self._restart()

    def let(self, expression: str) -> None:
        self.add(f"{self.name()} = {expression}")


def _fits(value: Any) -> bool:
    if not isinstance(value, np.ndarray | np.generic | float | int):
        return True
    if np.ndim(value) > MOST_AXES or np.size(value) > LONGEST:
        return False
    if np.asarray(value).dtype.kind not in "iufb":
        return False
    size = np.abs(np.asarray(value, float))
    return bool(np.all((size < LARGEST) | ~np.isfinite(size)))
