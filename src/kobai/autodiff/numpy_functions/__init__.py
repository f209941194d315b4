"""NumPy's functions written in terms of the primitives.

Each function in this folder has the parameters of its NumPy twin, which is how it is
called when an array under differentiation is handed to that twin.
"""

from kobai.autodiff.numpy_functions import (
    complex_numbers,
    joining,
    linalg,
    norms,
    products,
    reductions,
    shapes,
)
from kobai.autodiff.numpy_functions.table import CONSTANT_FUNCTIONS, FUNCTIONS

__all__ = [
    "CONSTANT_FUNCTIONS",
    "FUNCTIONS",
    "complex_numbers",
    "joining",
    "linalg",
    "norms",
    "products",
    "reductions",
    "shapes",
]
