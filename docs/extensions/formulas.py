"""Formulas as MathML, which browsers set by themselves: no script, nothing from afar.

A block ```math is LaTeX, ```formula a docstring's plain text; each line is a formula.
"""

import logging
from collections.abc import Callable
from typing import Any

from latex2mathml.converter import convert
from linear import latex

log = logging.getLogger("mkdocs.hooks.formulas")


def on_config(config: Any) -> None:
    """Teach Markdown the two kinds of blocks."""
    fences = [
        {"name": "math", "class": "math", "format": fence(str)},
        {"name": "formula", "class": "formula", "format": fence(latex)},
    ]
    options = config.mdx_configs.setdefault("pymdownx.superfences", {})
    options.setdefault("custom_fences", []).extend(fences)


def fence(as_latex: Callable[[str], str]) -> Callable[..., str]:
    """Return what writes a block of formulas, a line each."""

    def write(source: str, *_: Any, **__: Any) -> str:
        try:
            lines = [mathml(as_latex(line)) for line in source.splitlines() if line]
        except Exception as error:
            # Markdown would leave the block as it is, and say nothing.
            log.warning(f"a formula cannot be written: {source!r}: {error!r}")
            raise
        return f'<div class="formula">{"".join(lines)}</div>'

    return write


def mathml(formula: str) -> str:
    """Return a formula in LaTeX as an element of its own."""
    return convert(formula, display="block")
