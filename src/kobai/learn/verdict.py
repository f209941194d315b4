"""What a check says: right, or which slip it was, in the learner's language."""

import html
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and the message; `slip` names what went wrong.

    It is true where the answer is right, prints as its message, and shows itself in a
    notebook.

    >>> verdict = Verdict("softmax", "sign", "The sign is the other way round.")
    >>> bool(verdict), str(verdict)
    (False, '✗ softmax: The sign is the other way round.')
    """

    exercise: str
    slip: str
    message: str
    values: dict[str, Any] = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        return not self.slip

    def __str__(self) -> str:
        return f"{'✗' if self.slip else '✓'} {self.exercise}: {self.message}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colour = "#b3261e" if self.slip else "#1b7f3b"
        return (
            f'<div style="border-left:4px solid {colour};padding:.4em .8em">'
            f"{html.escape(str(self))}</div>"
        )
