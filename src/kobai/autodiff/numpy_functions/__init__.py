"""NumPy's functions written in terms of the primitives.

Each function in this folder has the parameters of its NumPy twin, which is how it is
called when an array under differentiation is handed to that twin.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from kobai.autodiff.numpy_functions import (
    arrangement,
    choosing,
    constants,
    elementary,
    joining,
    reductions,
    shapes,
)
from kobai.autodiff.numpy_functions.algebra import products
from kobai.autodiff.numpy_functions.calling import call_twin, read, stored
from kobai.autodiff.numpy_functions.constants import CONSTANT_FUNCTIONS, FIXED_SHAPE
from kobai.autodiff.numpy_functions.table import FUNCTIONS, twin_of

# What few functions need is loaded when one does, since loading takes a while.
LATER = (
    *("algebra.complex_numbers", "algebra.linalg", "algebra.norms"),
    *("curves", "missing", "order", "padding", "writing"),
)


@cache
def load_all() -> None:
    """Load the twins of all of NumPy's functions."""
    for name in LATER:
        import_module(f"{__name__}.{name}")


def twin_for(function: Any) -> Callable[..., Any] | None:
    """Return the twin of a function of NumPy's, or None if it has none."""
    twin = FUNCTIONS.get(function)
    if twin is None:
        load_all()
        twin = FUNCTIONS.get(function)
    return twin


__all__ = [
    "CONSTANT_FUNCTIONS",
    "FIXED_SHAPE",
    "FUNCTIONS",
    "arrangement",
    "call_twin",
    "choosing",
    "constants",
    "elementary",
    "joining",
    "load_all",
    "products",
    "read",
    "reductions",
    "shapes",
    "stored",
    "twin_for",
    "twin_of",
]
