"""A user's own arrays, from a NumPy .npz file."""

import math
import os
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from kobai.data.arrays import image_shape, inputs, targets
from kobai.data.checksum import checksum
from kobai.data.damage import check_regular, check_unpacked, readable
from kobai.data.dataset import Array, Dataset
from kobai.data.images.idx import check_labels
from kobai.data.ranges import range_of
from kobai.data.splits import train_test_split
from kobai.errors import DataError
from kobai.files import as_text
from kobai.keywords import checked_keywords

NEEDED = "x_train, t_train, x_test, t_test (y for t will do), or x and t, or X and y"


class Pair(NamedTuple):
    """Inputs and targets as they lie in the file, each with its name."""

    x_name: str
    x: Array
    t_name: str
    t: Array


@checked_keywords
def load_npz(
    path: str | os.PathLike[str],
    normalize: bool = True,
    *,
    test_size: float | None = 0.2,
    seed: int = 0,
) -> Dataset:
    """Load inputs and targets from an .npz file, as `np.savez` writes it.

    The arrays are x_train, t_train, x_test, t_test (or y_train, y_test), or x and t (or
    X and y), of which `test_size`, drawn by `seed`, is the test data (None: all of
    them). Inputs are `(n, d)`; images `(n, height, width)` or `(n, height, width,
    channels)` are flattened to `(n, d)`. Unsigned bytes are scaled by 1/255, unless
    `normalize` is False; other numbers are left as they are. x becomes float32.

    Whole numbers `(n,)` and one-hot rows `(n, k)` as targets are class labels; they
    become `(n,)`, int64. Numbers stored as floats, `(n,)` or `(n, k)`, are targets of a
    regression; they become `(n, 1)` or `(n, k)`, float32. Raises `DataError` for a file
    that is missing, damaged or holds Python objects, for wrong names or shapes, labels
    out of range, and for NaN or infinite numbers, saying where.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "my.npz"
    ...     np.savez(path, X=np.ones((10, 3)), y=np.arange(10) % 2)
    ...     data = load_npz(path)
    >>> data.x_train.shape, data.classes, data.t_test.dtype
    ((8, 3), ('0', '1'), dtype('int64'))
    """
    path = Path(path).expanduser()
    pairs = _read(path)
    try:
        return _dataset(path, pairs, normalize, test_size, seed)
    except ValueError as error:
        raise DataError(f"{path}: {error}") from error


def _dataset(
    path: Path, pairs: list[Pair], normalize: bool, test_size: float | None, seed: int
) -> Dataset:
    for pair in pairs:
        _check_rows(pair)
    _check_columns(pairs)
    bytes_only = all(pair.x.dtype == np.uint8 for pair in pairs)
    scale = 1 / 255 if normalize and bytes_only else 1.0
    x = [inputs(pair.x, pair.x_name, scale) for pair in pairs]
    t, classes = _all_targets(pairs)
    parts = list(zip(x, t, strict=True))
    source = as_text(path)
    drawn = ""
    if len(parts) == 1 and test_size is None:
        parts.insert(0, (x[0][:0], t[0][:0]))
    elif len(parts) == 1 and test_size is not None:
        drawn = f"drawn by seed {seed}"
        parts[:] = train_test_split(x[0], t[0], test_size, seed, stratify=bool(classes))
        source += f", divided by seed {seed}"
    return Dataset(
        as_text(path.stem),
        *parts[0],
        *parts[1],
        classes=tuple(map(str, range(classes))),
        image_shape=image_shape(pairs[0].x),
        scale=scale,
        source=source,
        input_range=range_of(pair.x for pair in pairs),
        drawn=drawn,
        checksum=checksum(x[0], t[0]) if len(pairs) == 1 else "",
    )


def _read(path: Path) -> list[Pair]:
    with opened(path, NEEDED) as arrays:
        return _pairs(path, arrays)


@contextmanager
def opened(path: Path, needed: str) -> Iterator["Arrays"]:
    """Open an .npz file, of which arrays can be read; `needed` says which are.

    Raises `DataError` for whatever is wrong with it.
    """
    check_regular(path)
    # Opened here, because NumPy does not close a file that it cannot read. What it
    # notes about the age of a header changes nothing.
    with (
        readable(path, "no readable .npz file"),
        warnings.catch_warnings(action="ignore"),
        path.open("rb") as stream,
    ):
        if stream.read(6) == b"\x93NUMPY":
            raise DataError(f"{path}: holds one array; need {needed} in an .npz")
        stream.seek(0)
        if not zipfile.is_zipfile(stream):
            # NumPy would take it for a pickle, and say how to open one.
            raise DataError(
                f"{path}: is no .npz file; need {needed}, as np.savez writes them"
            )
        stream.seek(0)
        # Never a pickle: unpickling runs whatever code the file names.
        with np.load(stream, allow_pickle=False) as file:
            yield Arrays(path, file)


class Arrays:
    """The arrays in an .npz file by name, read when they are asked for."""

    def __init__(self, path: Path, file: np.lib.npyio.NpzFile) -> None:
        self.names = file.files
        self._path = path
        self._file = file

    def __getitem__(self, name: str) -> Array:
        """Return an array, unless it says that it is larger than it can be."""
        assert self._file.zip is not None
        known = self._file.zip.NameToInfo
        info = known[f"{name}.npy" if f"{name}.npy" in known else name]
        remedy = "Save it unpacked: np.savez, instead of np.savez_compressed"
        place = f"{self._path}: {name}"
        check_unpacked(place, info.file_size, info.compress_size, remedy)
        with self._file.zip.open(info) as stream:
            _check_header(place, stream, info.file_size)
        found: Array = self._file[name]
        return found


def _check_header(place: str, stream: IO[bytes], size: int) -> None:
    """Refuse an array whose header says something else than its `size` in bytes."""
    version = np.lib.format.read_magic(stream)
    if version > (2, 0):
        raise DataError(f"{place}: an array of records; need numbers")
    readers = np.lib.format.read_array_header_1_0, np.lib.format.read_array_header_2_0
    shape, _, dtype = readers[version[0] - 1](stream)
    need = stream.tell() + math.prod(shape) * dtype.itemsize
    # What has objects is refused later, whatever its size.
    if need != size and not dtype.hasobject:
        raise DataError(
            f"{place}: is damaged: an array of shape {shape} needs {need:,} bytes, and "
            f"it has {size:,}"
        )


def _pairs(path: Path, arrays: Arrays) -> list[Pair]:
    names: dict[str, str] = {}
    for key in arrays.names:
        # y is another name for t, and capitals make no difference.
        name = key.lower().replace("y", "t", 1) if key[:1] in "yY" else key.lower()
        if name in names:
            raise DataError(f"{path}: holds both {names[name]} and {key}; need one")
        names[name] = key
    for wanted in (("x_train", "t_train", "x_test", "t_test"), ("x", "t")):
        if all(name in names for name in wanted):
            keys = [names[name] for name in wanted]
            return [
                Pair(x, arrays[x], t, arrays[t])
                for x, t in zip(keys[::2], keys[1::2], strict=True)
            ]
    found = ", ".join(arrays.names) or "nothing"
    raise DataError(f"{path}: holds {found}; need {NEEDED}")


def _check_rows(pair: Pair) -> None:
    if pair.x.shape[:1] != pair.t.shape[:1]:
        raise DataError(
            f"{pair.x_name} has shape {pair.x.shape} and {pair.t_name} "
            f"{pair.t.shape}; need one target for each row"
        )


def _check_columns(pairs: list[Pair]) -> None:
    first, last = pairs[0], pairs[-1]
    if first.x.shape[1:] != last.x.shape[1:]:
        raise DataError(
            f"{first.x_name} has shape {first.x.shape} and {last.x_name} "
            f"{last.x.shape}; all but the number of rows must agree"
        )


def _all_targets(pairs: list[Pair]) -> tuple[list[Array], int]:
    """Return the targets of each pair, and the number of classes (0: none)."""
    read = [targets(pair.t, pair.t_name) for pair in pairs]
    (first, classes), (last, last_classes) = read[0], read[-1]
    if (classes == 0) != (last_classes == 0) or first.shape[1:] != last.shape[1:]:
        raise DataError(
            f"{pairs[0].t_name} has shape {pairs[0].t.shape} and {pairs[-1].t_name} "
            f"{pairs[-1].t.shape}, {pairs[0].t.dtype} and {pairs[-1].t.dtype}; need "
            f"class labels in both, or real numbers in both"
        )
    if classes:
        check_labels(last, classes, pairs[-1].t_name)
    return [t for t, _ in read], classes
