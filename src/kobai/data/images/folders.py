"""Any folder of images and labels in MNIST's file format."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from kobai.data.checksum import checksum
from kobai.data.dataset import Array, Dataset
from kobai.data.images.idx import check_labels, check_pair, read_idx
from kobai.data.images.stack import image_dataset
from kobai.data.splits import train_test_split
from kobai.errors import DataError
from kobai.files import as_text
from kobai.keywords import checked_keywords

IDX_NAME = re.compile(r"(.*?)-?(images|labels)[-.]idx\d-ubyte(\.gz)?", re.IGNORECASE)


class Pair(NamedTuple):
    """The paths of images and of their labels."""

    images: Path
    labels: Path


@checked_keywords
def load_idx_folder(
    path: str | os.PathLike[str],
    normalize: bool = True,
    flatten: bool = True,
    one_hot_label: bool = False,
    *,
    test_size: float | None = 0.2,
    seed: int = 0,
) -> Dataset:
    """Load a folder of IDX files: images of any size, and their labels.

    The files are named as MNIST's: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`
    and the same with `t10k` or `test`, plain or .gz, with `-idx` or `.idx`. Where there
    is only one pair, `test_size` of it, drawn by `seed`, is the test data (None: all of
    it). x, t and the other arguments are as in `load_mnist`; the classes are 0 to the
    largest label to train on. Raises `DataError` when files are missing, damaged or do
    not fit each other.

    >>> import tempfile
    >>> def idx(*shape):
    ...     sizes = b"".join(size.to_bytes(4, "big") for size in shape)
    ...     return bytes([0, 0, 8, len(shape)]) + sizes
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     images, labels = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
    ...     _ = Path(folder, images).write_bytes(idx(10, 2, 3) + bytes(60))
    ...     _ = Path(folder, labels).write_bytes(idx(10) + bytes([0, 1] * 5))
    ...     data = load_idx_folder(folder)
    >>> data.x_train.shape, data.image_shape, data.classes
    ((8, 6), (2, 3), ('0', '1'))
    """
    folder = Path(path).expanduser()
    train, test, drawn, whole = _train_and_test(folder, test_size, seed)
    if train[0].shape[1:] != test[0].shape[1:]:
        raise DataError(
            f"{folder}: training images have shape {train[0].shape[1:]}, test images "
            f"{test[0].shape[1:]}; need one size"
        )
    classes = int((train if len(train[1]) else test)[1].max()) + 1
    check_labels(test[1], classes, f"{folder}: test labels")
    return image_dataset(
        as_text(folder.resolve().name),
        train,
        test,
        classes=tuple(map(str, range(classes))),
        scale=1 / 255 if normalize else 1.0,
        flatten=flatten,
        one_hot_label=one_hot_label,
        source=as_text(f"{folder}, divided by seed {seed}" if drawn else str(folder)),
        drawn=drawn,
        checksum=whole,
    )


def _train_and_test(
    folder: Path, test_size: float | None, seed: int
) -> tuple[tuple[Array, Array], tuple[Array, Array], str, str]:
    """Return both parts, how they were drawn, and the checksum of what from."""
    pairs = _find_pairs(folder)
    train = [stem for stem in pairs if stem.endswith("train")]
    test = [stem for stem in pairs if stem.endswith(("t10k", "test"))]
    if len(train) == len(test) == 1 and len(pairs) == 2:
        return _read(pairs[train[0]]), _read(pairs[test[0]]), "", ""
    if len(pairs) != 1:
        found = ", ".join(sorted(pair.images.name for pair in pairs.values()))
        raise DataError(
            f"{folder}: holds {len(pairs)} pairs of images and labels ({found}); need "
            f"one pair, or two whose names begin with train and t10k (or test)"
        )
    images, labels = _read(next(iter(pairs.values())))
    whole = checksum(images, labels)
    if test_size is None:
        return (images[:0], labels[:0]), (images, labels), "", whole
    if len(images) < 2:
        raise DataError(
            f"{folder}: holds 1 image; need at least 2, to train on and to test on"
        )
    parts = train_test_split(images, labels, test_size, seed, stratify=True)
    return *parts, f"drawn by seed {seed}", whole


def _find_pairs(folder: Path) -> dict[str, Pair]:
    """Return each pair of images and labels by the part of the name before them."""
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder")
    found: dict[str, dict[str, Path]] = {}
    # Reversed, so that a plain file is taken before its .gz: it reads faster.
    for path in sorted(folder.iterdir(), reverse=True):
        match = IDX_NAME.fullmatch(path.name)
        if match and path.is_file():
            stem, kind = match[1].lower(), match[2].lower()
            found.setdefault(stem, {})[kind] = path
    for stem, kinds in found.items():
        if len(kinds) == 1:
            (kind,) = kinds
            lacking = "labels" if kind == "images" else "images"
            raise DataError(
                f"{folder}: has {kinds[kind].name}, but not the {lacking} of "
                f"{stem or 'that name'}"
            )
    if not found:
        raise DataError(
            f"{folder}: holds no IDX files; need train-images-idx3-ubyte and "
            f"train-labels-idx1-ubyte (plain or .gz), and the same with t10k for a "
            f"test set"
        )
    return {stem: Pair(**kinds) for stem, kinds in found.items()}


def _read(pair: Pair) -> tuple[Array, Array]:
    images, labels = read_idx(pair.images), read_idx(pair.labels)
    check_pair(images, labels, str(pair.images), str(pair.labels))
    return images, labels
