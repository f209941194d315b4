"""Answers that slip, each with the slip that the check must name.

A module for each module of exercises; `SLIPPED` there is what it has.
"""

from collections.abc import Callable
from typing import Any

Slip = tuple[str, str, Any]


def keeping(slipped: list[Slip]) -> Callable[..., Any]:
    """Return what puts a wrong answer to an exercise, and its slip, into a list."""

    def slips(exercise: str, slip: str) -> Callable[[Any], Any]:
        def keep(answer: Any) -> Any:
            slipped.append((exercise, slip, answer))
            return answer

        return keep

    return slips
