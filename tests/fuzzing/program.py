"""A program of NumPy calls: text that can be run, read, and pasted."""

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import indent
from typing import Any

import numpy


@dataclass(frozen=True)
class Program:
    """Lines of Python between named arguments and named results.

    `arguments` has the text of each argument's value, such as "np.array([1.0, 2.0])".
    """

    arguments: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    results: tuple[str, ...]

    @property
    def source(self) -> str:
        """The function, and a line with the arguments that it is called with."""
        names = ", ".join(name for name, _ in self.arguments)
        values = ", ".join(text for _, text in self.arguments)
        return f"def f({names}):\n{indent(self._body, '    ')}\n\n\nf({values})"

    @property
    def _body(self) -> str:
        results = ", ".join(self.results)
        return "\n".join([*self.lines, f"return [{results}]"])

    def __str__(self) -> str:
        return self.source

    __repr__ = __str__

    def function(self, np: Any = numpy) -> Callable[..., list[Any]]:
        """Return the function, with `np` as the module that it calls."""
        names = ", ".join(name for name, _ in self.arguments)
        namespace: dict[str, Any] = {"np": np}
        exec(f"def f({names}):\n{indent(self._body, '    ')}", namespace)
        function: Callable[..., list[Any]] = namespace["f"]
        return function

    def values(self) -> list[Any]:
        """Return new values of the arguments."""
        return [eval(text, {"np": numpy}) for _, text in self.arguments]
