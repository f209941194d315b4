"""Engines: what turns a pure step function into a callable that runs it.

An engine is one function that takes a function and returns one with the same
signature and the same results.
"""

from collections.abc import Callable
from typing import Any

from kobai.errors import suggest

Function = Callable[..., Any]


def _eager(f: Function) -> Function:
    """Run f as it is, operation by operation."""
    return f


ENGINES: dict[str, Callable[[Function], Function]] = {"eager": _eager}


def compile_step(f: Function, engine: str = "auto") -> Function:
    """Return a callable that computes what the pure function f computes.

    `engine` is a name from `ENGINES`, or "auto" for the best that is installed.
    Raises ValueError for an unknown engine.

    >>> compile_step(lambda x: x + 1, "eager")(1)
    2
    """
    if engine == "auto":
        return _eager(f)
    if engine not in ENGINES:
        raise ValueError(
            f'engine: got "{engine}"; need auto or one of: {", ".join(ENGINES)}.'
            f"{suggest(engine, ['auto', *ENGINES])}"
        )
    return ENGINES[engine](f)
