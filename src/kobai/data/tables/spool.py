"""Rows of numbers in memory while they are few, in a temporary file beyond that.

The file has no name and is gone when the process is.
"""

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike

from kobai.data.dataset import Array

MEMORY = 128 << 20
"""Bytes that one array of rows may take in memory."""


class Spool:
    """Rows that are written once, block by block, and read again in that order."""

    def __init__(self, width: int, memory: int = MEMORY) -> None:
        self.rows = 0
        self._width = width
        self._memory = memory
        self._blocks: list[Array] = []
        self._file: IO[bytes] | None = None

    def append(self, block: Array) -> None:
        """Add a block `(m, width)` of float64."""
        self.rows += len(block)
        self._blocks.append(block)
        if sum(each.nbytes for each in self._blocks) > self._memory:
            with _naming_the_place():
                self._file = self._file or self._open()
                for each in self._blocks:
                    self._file.write(np.ascontiguousarray(each).data)
                self._file.flush()
            self._blocks.clear()

    def _open(self) -> IO[bytes]:
        file = _temporary_file()
        weakref.finalize(self, file.close)
        return file

    def blocks(self) -> Iterator[Array]:
        """Yield the rows in pieces, in the order in which they came."""
        if self._file is not None:
            self._file.seek(0)
            size = 1 << 16
            row = np.dtype((np.float64, self._width))
            while len(piece := _read(self._file, row, size)):
                yield piece
            self._file.seek(0, 2)
        yield from self._blocks


def _temporary_file() -> IO[bytes]:
    import tempfile

    return tempfile.TemporaryFile()


@contextmanager
def _naming_the_place() -> Iterator[None]:
    """Say of a file without a name in which folder it has no room."""
    import tempfile

    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, tempfile.gettempdir()) from None


def _read(file: IO[bytes], row: np.dtype[Any], rows: int) -> Array:
    content = file.read(rows * row.itemsize)
    return np.frombuffer(content, np.float64).reshape(-1, *row.shape)


def empty_rows(shape: tuple[int, ...], dtype: DTypeLike, memory: int = MEMORY) -> Array:
    """Return an array to fill: in memory, or mapped to a temporary file if large."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size <= memory:
        return np.empty(shape, dtype)
    with _naming_the_place(), _temporary_file() as file:
        if hasattr(os, "posix_fallocate"):
            # A full disk would end the process, were it met in the mapped memory.
            os.posix_fallocate(file.fileno(), 0, size)
        return np.memmap(file, dtype, "r+", shape=shape)
