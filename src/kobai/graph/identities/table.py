"""The table of identities by which graphs are made smaller.

Each is a small function of an operation, with the equation that it uses. An identity
that changes rounding, but not the value that is rounded, is welcome; one that could
turn a finite value into inf or nan, or hide one of them, is not. Whole numbers wrap
round in a type of their own, and 0 has a sign: an identity says of which numbers it
holds.
"""

from kobai.graph.identities import arithmetic, layers, rows, shapes, steps
from kobai.graph.rewriting import Identity

IDENTITIES: list[Identity] = [
    *shapes.TABLE,
    *arithmetic.TABLE,
    *steps.TABLE,
    *rows.TABLE,
    *layers.TABLE,
]


def all_but(name: str) -> list[Identity]:
    """Return the identities but for the one of a name.

    >>> len(IDENTITIES) - len(all_but("sigmoid"))
    1
    """
    left_out = next(each for each in IDENTITIES if each.name == name)
    return [each for each in IDENTITIES if each is not left_out]
