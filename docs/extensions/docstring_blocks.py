"""Examples and formulas in docstrings, shown as blocks.

Markdown takes a line that begins with >>> for a quotation of a quotation, and what is
indented for code. An indented paragraph of a docstring is a formula.
"""

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"^>>> .*(?:\n(?!\s*$).*)*", re.MULTILINE)
FORMULA = re.compile(r"(?<=\n\n)(?: {4,}\S.*(?:\n|\Z))+(?=\n|\Z)")


class DocstringBlocks(griffe.Extension):
    """Put fences around every example and every formula."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of one object, once it is loaded."""
        if obj.docstring:
            text = FORMULA.sub(r"```formula\n\g<0>```\n", obj.docstring.value)
            obj.docstring.value = EXAMPLE.sub(r"\n```pycon\n\g<0>\n```\n", text)
