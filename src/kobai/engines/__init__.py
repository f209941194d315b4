"""Engines: what runs a training step.

"eager" runs it as it is, operation by operation. The others trace it into a graph,
rewrite the graph, and run that: "numpy" as straight-line NumPy code with buffers that
are used again.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kobai.errors import suggest

if TYPE_CHECKING:
    from kobai.engines.stepping import NumpyStepper as Stepper

ENGINES = ("eager", "numpy")


def choose_engine(engine: str) -> str:
    """Return the engine that a name stands for; "auto" is the best there is.

    Raises ValueError for an unknown name, with the near one.

    >>> choose_engine("auto")
    'numpy'
    """
    if engine == "auto":
        return "numpy"
    if engine not in ENGINES:
        raise ValueError(
            f'engine: got "{engine}"; need auto or one of: {", ".join(ENGINES)}.'
            f"{suggest(engine, ['auto', *ENGINES])}"
        )
    return engine


def make_stepper(step: Callable[..., Any], engine: str) -> "Stepper | None":
    """Return what takes many training steps with an engine; None for "eager".

    As `choose_engine`. `step` is the pure training step.
    """
    if choose_engine(engine) == "eager":
        return None
    from kobai.engines.stepping import STEPPERS

    return STEPPERS[choose_engine(engine)](step)


__all__ = ["ENGINES", "choose_engine", "make_stepper"]
