"""The table of identities by which graphs are made smaller.

Each is a small function of an operation, with the equation that it uses. An identity
that changes rounding, but not the value that is rounded, is welcome; one that could
turn a finite value into inf or nan, or hide one of them, is not. Whole numbers wrap
round in a type of their own, and 0 has a sign: an identity says of which numbers it
holds.
"""

from kobai.graph import (
    identities_of_arithmetic,
    identities_of_layers,
    identities_of_rows,
    identities_of_shapes,
    identities_of_steps,
)
from kobai.graph.rewriting import Identity

IDENTITIES: list[Identity] = [
    *identities_of_shapes.TABLE,
    *identities_of_arithmetic.TABLE,
    *identities_of_steps.TABLE,
    *identities_of_rows.TABLE,
    *identities_of_layers.TABLE,
]
