"""The formulas of docstrings in LaTeX, for the page: `web/src/engine/formulas.tex`."""

import inspect
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kobai import functions
from kobai.networks.activations import ACTIVATIONS
from kobai.optimizers import OPTIMIZERS


def tex() -> str:
    """Return the formulas that the page shows in LaTeX, a line each, with its name.

    Those of an optimizer are `optimizer.NAME.0`, `optimizer.NAME.1`, …
    """
    latex = _latex()
    lines = ["# Written by `python -m kobai.page.generated` from Kobai's docstrings."]
    for name, kind in ACTIVATIONS.items():
        found = _formulas(getattr(functions, name, kind))
        lines += [f"activation.{name}: {latex(line)}" for line in found]
    for name, optimizer in OPTIMIZERS.items():
        found = _formulas(optimizer)
        lines += [f"optimizer.{name}.{i}: {latex(f)}" for i, f in enumerate(found)]
    return "\n".join(lines) + "\n"


def _formulas(documented: Any) -> list[str]:
    return formula_lines(inspect.getdoc(documented) or "")


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
