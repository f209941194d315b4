"""What compiled code is called with: every argument by name, its type beside it.

From these layouts alone come the headers of what is generated, the types that Numba
compiles it for, and the calls, so that no two of them can disagree about a place. A
type is that of one number, `number` the one that a step computes in; with [:] it is an
array, with const one that is only read, with * a pointer.
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from typing import Any

import numpy as np

# In the place of a type: arguments of which each graph has its own, none or several.
SEVERAL = "..."


class Layout:
    """The arguments of one kind of compiled function, in order.

    >>> scale = Layout(count="uint64", factor="number", arrays=SEVERAL)
    >>> scale.names(arrays=["x", "y"])
    ['count', 'factor', 'x', 'y']
    >>> scale.in_order(factor=0.5, count=3, arrays=["x"])
    [3, 0.5, 'x']
    >>> scale.in_order(count=3, arrays=["x"])
    Traceback (most recent call last):
    TypeError: got count, arrays; need count, factor, arrays
    """

    def __init__(self, **fields: str) -> None:
        self.fields = fields

    def without(self, name: str) -> dict[str, str]:
        """Return the fields but one, for a layout that differs in it."""
        return {each: kind for each, kind in self.fields.items() if each != name}

    def in_order(self, **given: Any) -> list[Any]:
        """Return what is given by name as positions have it, several one by one."""
        if given.keys() != self.fields.keys():
            raise TypeError(f"got {', '.join(given)}; need {', '.join(self.fields)}")
        found: list[Any] = []
        for name, kind in self.fields.items():
            if kind == SEVERAL:
                found += given[name]
            else:
                found.append(given[name])
        return found

    def names(self, **several: Sequence[str]) -> list[str]:
        """Return the names of the parameters, several of a kind as they are given."""
        return self.in_order(**{name: name for name in self.fields} | several)

    @property
    def header(self) -> str:
        """The parameters as they stand in generated code."""
        return ", ".join(self.names())

    def kinds(
        self, number: str = "", is_c: bool = False, **several: Sequence[str]
    ) -> list[str]:
        """Return the type of each argument, several of a kind as they are given.

        `number` is what a step computes in. For a call from C arrays are pointers.

        >>> Layout(count="int64", x="const number[:]").kinds("float32")
        ['int64', 'const float32[:]']
        >>> Layout(count="int64", x="const number[:]").kinds("float32", is_c=True)
        ['int64', 'float32*']
        """
        single = {n: k for n, k in self.fields.items() if k != SEVERAL}
        made = {n: _kind(k, number, is_c) for n, k in single.items()}
        return self.in_order(**made, **several)


@cache
def array_kind(dtype: np.dtype[Any], is_read_only: bool = True) -> str:
    """Return the type of an array.

    >>> array_kind(np.dtype("float32"))
    'const float32[:]'
    """
    return f"{'const ' * is_read_only}{dtype.name}[:]"


def number_of(kind: str) -> str:
    """Return the type of one number of a kind of argument.

    >>> number_of("const float32[:]"), number_of("int64*"), number_of("uint64")
    ('float32', 'int64', 'uint64')
    """
    return kind.removeprefix("const ").removesuffix("[:]").removesuffix("*")


def _kind(kind: str, number: str, is_c: bool) -> str:
    kind = kind.replace("number", number)
    return f"{number_of(kind)}*" if is_c and kind.endswith("[:]") else kind


# Steps from `first` to before `stop`. `sizes` and `numbers` are what the source leaves
# open; `ways` says how each product is computed, and last whether rows are fetched;
# `counting` is 0, 1, 2, ...; on the `board` a helper finds its work. The step s takes
# the s-th batch of `indices` into `rows`, the s-th of `each`, and leaves a loss.
STEPS = Layout(
    first="int64",
    stop="int64",
    sizes="const uint64[:]",
    numbers="const float64[:]",
    ways="const int64[:]",
    counting="const int64[:]",
    board="int64[:]",
    indices="const int64[:]",
    losses="float64[:]",
    inputs=SEVERAL,
    rows=SEVERAL,
    each=SEVERAL,
    constants=SEVERAL,
    buffers=SEVERAL,
)

# C = alpha op(A) op(B) + beta C, of shape (m, n), a sum over k; see `products`.
PRODUCT = Layout(
    a="number[:]",
    everything="const number[:]",
    indices="const int64[:]",
    start="uint64",
    ta="int64",
    b="number[:]",
    tb="int64",
    c="number[:]",
    m="uint64",
    n="uint64",
    k="uint64",
    alpha="number",
    beta="number",
    way="int64",
    spare="number[:]",
    counting="const int64[:]",
    board="int64[:]",
)

# The same product several times, of every `count` rows another.
REPEATED = Layout(times="int64", count="uint64", **PRODUCT.without("start"))

# Rows of so many bytes, fetched from where `indices` says; see `rows`.
GATHER = Layout(
    out="uint8[:]",
    rows="const uint8[:]",
    width="uint64",
    indices="const int64[:]",
    start="uint64",
    count="uint64",
    last="uint64",
)


class Job(IntEnum):
    """Where a job on the board has what: numbers of 8 bytes, see `two_jobs`.

    `TILES` is the address of the code that does it; `ALPHA` and `BETA` are the bits of
    float64. `SPARE` is memory to pack into, `BJ` the stride from column to column of
    B. The others are arguments of `tiles.make_tile`.
    """

    TILES = 0
    A = 1
    AI = 2
    AK = 3
    ROWS_AT = 4
    INNER_AT = 5
    B = 6
    C = 7
    M = 8
    N = 9
    K = 10
    ALPHA = 11
    BETA = 12
    BK = 13
    BJ = 14
    CI = 15
    SPARE = 16
