"""Engines: what runs a graph, such as that of a training step.

"eager" runs it as it is, operation by operation. The others trace it into a graph,
rewrite the graph, and run that: "numpy" as straight-line NumPy code with buffers that
are used again, "numba" as compiled loops that run many steps without a return to
Python (the extra `fast`), "jax" as one program of many steps, on a GPU too (the extra
`jax`); `Jax` is that engine with a choice of the device.
"""

import os

from kobai.engines.options import Jax
from kobai.errors import suggest

Engine = str | Jax

ENGINES = ("eager", "numpy", "numba", "jax")
# Those that write code, which can be printed.
WRITTEN = ("numpy", "numba")

# Compiling takes about this long, in microseconds, where nothing is kept from before.
COMPILING = 6e6
# What a compiled step saves of a step in NumPy: the calls from Python, and a little of
# each multiply-add. Measured; only the order of magnitude matters.
SAVED_PER_STEP = 25.0
SAVED_PER_MULTIPLY_ADD = 5e-6


def choose_engine(engine: Engine, steps: int = 0, multiply_adds: int = 0) -> Engine:
    """Return the engine that a name stands for; one with choices as it is.

    "auto" is "numba" where that is installed and `steps` steps of so many multiply-adds
    save more time than compiling costs, else "numpy". It depends on nothing that is
    measured, so that a run that is resumed chooses the same; and it is never "jax",
    which has to be asked for. Raises ValueError for an unknown name, with the near one.

    >>> choose_engine("auto", steps=100, multiply_adds=1000)
    'numpy'
    """
    if isinstance(engine, Jax):
        return engine
    if engine == "auto":
        saved = steps * (SAVED_PER_STEP + SAVED_PER_MULTIPLY_ADD * multiply_adds)
        return "numba" if saved > COMPILING and has_numba() else "numpy"
    if engine not in ENGINES:
        raise ValueError(
            f'engine: got "{engine}"; need auto or one of: {", ".join(ENGINES)}.'
            f"{suggest(engine, ['auto', *ENGINES])}"
        )
    return engine


def has_numba() -> bool:
    """Return whether what the compiled engine needs is installed and may compile."""
    return not numba_is_disabled() and missing_for_numba() is None


def numba_is_disabled() -> bool:
    """Return whether Numba is told to compile nothing."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0").strip() not in ("", "0")


def missing_for_numba() -> str | None:
    """Return the first package that the compiled engine needs and that is not there.

    They are looked for and not imported: what Numba has compiled goes without it.
    """
    from importlib.util import find_spec

    needed = ("numba", "llvmlite", "scipy")
    return next((name for name in needed if find_spec(name) is None), None)


def jax_options(engine: Engine) -> Jax | None:
    """Return the choices of the engine "jax"; None for another engine.

    >>> jax_options("jax") == Jax(), jax_options("numpy")
    (True, None)
    """
    return Jax() if engine == "jax" else engine if isinstance(engine, Jax) else None


__all__ = [
    "ENGINES",
    "WRITTEN",
    "Engine",
    "Jax",
    "choose_engine",
    "has_numba",
    "jax_options",
]
