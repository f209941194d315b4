"""The formulas of docstrings in LaTeX, for the page: `web/src/engine/formulas.tex`."""

import inspect
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kobai import functions
from kobai.networks.activations import ACTIVATIONS, Activation
from kobai.networks.losses import LOSSES
from kobai.optimizers import OPTIMIZERS
from kobai.page.formulas import SCHEDULES


def tex() -> str:
    """Return the formulas of docstrings in LaTeX: lines `kind.name: formula`.

    Of several lines each has its number, from 0.
    """
    documented = {
        **{f"activation.{n}": function_of(n, kind) for n, kind in ACTIVATIONS.items()},
        **{f"loss.{name}": loss.function for name, loss in LOSSES.items()},
        **{f"optimizer.{name}": kind for name, kind in OPTIMIZERS.items()},
        **{f"schedule.{name}": kind for name, kind in SCHEDULES.items()},
        **{f"initializer.{n}": getattr(functions, n) for n in ("he", "xavier")},
    }
    latex = _latex()
    lines = ["# Written by `python -m kobai.page.generated` from Kobai's docstrings."]
    for name, one in documented.items():
        found = formula_lines(inspect.getdoc(one) or "")
        for i, line in enumerate(found):
            lines.append(f"{name}{f'.{i}' if len(found) > 1 else ''}: {latex(line)}")
    return "\n".join(lines) + "\n"


def formula_lines(doc: str) -> list[str]:
    """Return the lines of a docstring's formulas.

    >>> formula_lines("Step against it.\\n\\n    w ← w − η g\\n\\nThat is all.")
    ['w ← w − η g']
    """
    inside = [line.strip() for line in doc.splitlines() if line.startswith("    ")]
    return [line for line in inside if re.search(r"[=←]", line)]


def _latex() -> Callable[[str], str]:
    """Return what sets a formula as the documentation does."""
    path = Path(__file__).parents[3] / "docs" / "extensions" / "linear.py"
    function: Callable[[str], str] = runpy.run_path(str(path))["latex"]
    return function


def function_of(name: str, kind: type[Activation]) -> Any:
    """Return Kobai's function of an activation; of another's making, the class."""
    return getattr(functions, name, kind)
