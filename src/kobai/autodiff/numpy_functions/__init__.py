"""NumPy's functions written in terms of the primitives.

Each function in this folder has the parameters of its NumPy twin, which is how it is
called when an array under differentiation is handed to that twin.
"""

from kobai.autodiff.numpy_functions import (
    arrangement,
    choosing,
    constants,
    curves,
    elementary,
    joining,
    missing,
    order,
    padding,
    reductions,
    shapes,
    writing,
)
from kobai.autodiff.numpy_functions.algebra import (
    complex_numbers,
    linalg,
    norms,
    products,
)
from kobai.autodiff.numpy_functions.calling import call_twin, read, stored
from kobai.autodiff.numpy_functions.constants import CONSTANT_FUNCTIONS, FIXED_SHAPE
from kobai.autodiff.numpy_functions.table import FUNCTIONS, twin_of

__all__ = [
    "CONSTANT_FUNCTIONS",
    "FIXED_SHAPE",
    "FUNCTIONS",
    "arrangement",
    "call_twin",
    "choosing",
    "complex_numbers",
    "constants",
    "curves",
    "elementary",
    "joining",
    "linalg",
    "missing",
    "norms",
    "order",
    "padding",
    "products",
    "read",
    "reductions",
    "shapes",
    "stored",
    "twin_of",
    "writing",
]
