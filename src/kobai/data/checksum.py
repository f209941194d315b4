"""A checksum of what data holds, to notice later whether it is still the same."""

import zlib
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kobai.data.dataset import Array, Dataset


SAMPLED = 256
"""So many rows that were trained on are remembered."""


def checksum(*arrays: "Array") -> str:
    """Return the checksum of some arrays, one after the other."""
    total = Checksum()
    for array in arrays:
        total.add(array)
    return str(total)


class Checksum:
    """The CRC-32 of arrays that come piece by piece; where they are cut is nothing.

    >>> whole, pieces = Checksum(), Checksum()
    >>> whole.add(np.arange(4.0))
    >>> pieces.add(np.arange(3.0))
    >>> pieces.add(np.array([3.0]))
    >>> str(whole) == str(pieces)
    True
    """

    def __init__(self) -> None:
        self._value = 0
        self._size = 0

    def add(self, piece: "Array") -> None:
        """Take in an array."""
        self._value = zlib.crc32(np.ascontiguousarray(piece).data, self._value)
        self._size += piece.nbytes

    def __str__(self) -> str:
        return f"crc32 {self._value:08x} of {self._size} bytes"


def checksum_of(data: "Dataset") -> str:
    """Return the checksum of what the test data of a data set depends on.

    That is all of the rows which it was drawn from, in their order, or the test data
    alone where that came as such. It is of numbers and words, not of a file's bytes: a
    table has the same one as CSV and as Parquet, and with its columns in another order.
    """
    return data.checksum or checksum(data.x_test, data.t_test)


def sampled_marks(x: "Array", t: "Array") -> list[str]:
    """Return marks by which some of the rows x `(n, ...)` are known again, with t.

    >>> x, t = np.eye(3, dtype=np.float32), np.array([0, 1, 2])
    >>> share_of(sampled_marks(x, t), x[::-1], t[::-1]), share_of(["0"], x, t)
    (1.0, 0.0)
    """
    rows = slice(None, None, -(-len(x) // SAMPLED) or 1)
    return sorted(set(_marks(x[rows], t[rows])))


def share_of(marks: Collection[str], x: "Array", t: "Array") -> float:
    """Return the share of some marks that are those of rows x `(n, ...)`, with t."""
    return len(set(marks).intersection(_marks(x, t))) / len(marks)


def _marks(x: "Array", t: "Array") -> Iterator[str]:
    for inputs, target in zip(x, t, strict=True):
        # Adding 0 makes 0 of -0, which is the same number and other bytes.
        seen = zlib.crc32(np.asarray(inputs + np.float32(0), np.float32).data)
        yield f"{zlib.crc32((target + 0).tobytes(), seen):08x}"
