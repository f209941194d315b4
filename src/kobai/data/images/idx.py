"""IDX, the file format of MNIST and its siblings.

Two zero bytes, a byte for the type of the values, a byte for the number of axes, the
size of each axis (32 bits, most significant byte first), then the values, row by row.
Source: Y. LeCun, C. Cortes and C. Burges, The MNIST Database of Handwritten Digits,
1998.
"""

import gzip
import math
import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np

from kobai.data.damage import check_regular, check_unpacked
from kobai.data.dataset import Array
from kobai.errors import DataError

GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTE = 8
MOST_AXES = 64  # what a NumPy array can have
LONGEST_HEADER = 4 + 4 * MOST_AXES
AGAIN = "copy or download it again"


def read_idx(path: str | Path) -> Array:
    """Read an IDX file of unsigned bytes, plain or compressed with gzip.

    The result has the shape that the file's header names, such as `(n, height, width)`
    for images and `(n,)` for labels, and dtype uint8. Raises `DataError` for a file
    that is missing, cut, damaged, too long or of another format.

    >>> import tempfile
    >>> header = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "six-idx2-ubyte"
    ...     _ = path.write_bytes(header + bytes(range(6)))
    ...     read_idx(path)
    array([[0, 1, 2],
           [3, 4, 5]], dtype=uint8)
    """
    return parse_idx(decompress(read_bytes(path), path), path)


def read_bytes(path: str | Path) -> bytes:
    """Return a file's bytes; raise `DataError` where it cannot be read."""
    path = Path(path)
    check_regular(path)
    try:
        with path.open("rb") as file:
            head = file.read(LONGEST_HEADER)
            if not head.startswith(GZIP_MAGIC):
                # Before all of it is read, which may be nothing but a hole on the disk.
                _checked_shape(head, path.stat().st_size, path)
            return head + file.read()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error


def decompress(raw: bytes, name: str | Path) -> bytes:
    """Undo gzip where `raw` is compressed, whatever the file is called."""
    # Some browsers unpack a download and leave it its name ending in .gz.
    if not raw.startswith(GZIP_MAGIC):
        return raw
    try:
        with gzip.open(BytesIO(raw)) as file:
            head = file.read(LONGEST_HEADER)
            need = _said_size(head)
            check_unpacked(name, need, len(raw), f"Unpack it first: gzip -d {name}")
            # One byte more than that shows that it is too long.
            return head + file.read(max(need - len(head), 0) + 1)
    except DataError:
        raise
    except EOFError as error:
        raise DataError(f"{name}: the compressed file is cut short; {AGAIN}") from error
    except (OSError, ValueError, struct.error, zlib.error) as error:
        raise DataError(f"{name}: the compressed file is damaged; {AGAIN}") from error


def parse_idx(content: bytes, name: str | Path) -> Array:
    """Return the array that IDX bytes hold; `name` is used in messages."""
    shape = _checked_shape(content, len(content), name)
    start = 4 + 4 * len(shape)
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _checked_shape(content: bytes, got: int, name: str | Path) -> tuple[int, ...]:
    """Return the shape in the header of a file of `got` bytes, or say what is wrong."""
    if len(content) < 4:
        raise DataError(f"{name}: holds {len(content)} bytes, no IDX file; {AGAIN}")
    if content[:2] != b"\0\0":
        raise DataError(
            f"{name}: starts with {content[:4]!r}, so it is no IDX file (those start "
            f"with two zero bytes); {AGAIN}"
        )
    if content[2] != UNSIGNED_BYTE:
        raise DataError(
            f"{name}: holds IDX values of type 0x{content[2]:02x}; "
            f"Kobai reads unsigned bytes (0x08)"
        )
    shape = _shape(content, name)
    need = 4 + 4 * len(shape) + math.prod(shape)
    if got != need:
        form = " × ".join(f"{size:,}" for size in shape)
        raise DataError(
            f"{name}: is {'cut short' if got < need else 'too long'}: {got:,} bytes, "
            f"where {form} values need {need:,}; {AGAIN}"
        )
    return shape


def _said_size(head: bytes) -> int:
    """Return how many bytes a file has by its header, which may be none."""
    axes = head[3] if len(head) > 3 else 0
    is_whole = len(head) >= 4 + 4 * axes
    sizes: tuple[int, ...] = ()
    if is_whole:
        sizes = struct.unpack_from(f">{axes}I", head, offset=4)
    return 4 + 4 * axes + math.prod(sizes)


def _shape(content: bytes, name: str | Path) -> tuple[int, ...]:
    axes = content[3]
    if not 1 <= axes <= MOST_AXES:
        raise DataError(f"{name}: names {axes} axes; need 1 to {MOST_AXES}")
    if len(content) < 4 + 4 * axes:
        raise DataError(
            f"{name}: ends within its header, after {len(content)} bytes; {AGAIN}"
        )
    shape = struct.unpack_from(f">{axes}I", content, offset=4)
    if 0 in shape:
        raise DataError(f"{name}: is empty, its header says: an array of shape {shape}")
    return shape


def check_pair(images: Array, labels: Array, image_name: str, label_name: str) -> None:
    """Raise `DataError` unless there are images `(n, h, w)` and labels `(n,)`."""
    if images.ndim != 3:
        raise DataError(
            f"{image_name}: holds an array of shape {images.shape}; "
            f"need images (n, height, width)"
        )
    if labels.ndim != 1:
        raise DataError(
            f"{label_name}: holds an array of shape {labels.shape}; need labels (n,)"
        )
    if len(images) != len(labels):
        raise DataError(
            f"{image_name} holds {len(images):,} images, but {label_name} "
            f"{len(labels):,} labels; need one label for each image"
        )


def check_labels(labels: Array, classes: int, name: str) -> None:
    """Raise `DataError` unless every label is one of 0 … classes - 1."""
    if labels.max() >= classes:
        row = int(np.argmax(labels >= classes))
        raise DataError(
            f"{name}: label {labels[row]} at row {row:,}; "
            f"there are {classes} classes, 0 to {classes - 1}"
        )
