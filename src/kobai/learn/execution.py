"""The code cells of a lesson, run one after the other as a notebook runs them."""

import ast
import contextlib
import io
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Execution:
    """The names that the cells have defined so far; `language` is there from the start.

    >>> cells = Execution("en")
    >>> cells.run("a = 2\\nprint(a)\\na * 3")
    ('2\\n6', None)
    """

    language: str
    names: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names |= {"__name__": "__main__", "language": self.language}

    def run(self, code: str) -> tuple[str, Any]:
        """Run a cell; return what it prints, and the figure that is its last value."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            value = run_cell(code, self.names)
        is_figure = hasattr(value, "savefig")
        if value is not None and not is_figure:
            printed.write(f"{value!r}\n")
        return printed.getvalue().rstrip(), value if is_figure else None


def run_cell(code: str, names: dict[str, Any]) -> Any:
    """Run code as a notebook runs a cell, and return its last expression's value.

    >>> run_cell("a = 2\\na * 3", {})
    6
    """
    body = ast.parse(code).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
