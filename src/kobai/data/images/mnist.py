"""MNIST and the two sets made to take its place, from a folder or the network."""

import os
from pathlib import Path

from kobai.data.dataset import Array, Dataset
from kobai.data.images.idx import (
    AGAIN,
    check_labels,
    check_pair,
    decompress,
    parse_idx,
    read_bytes,
)
from kobai.data.images.sources import SOURCES, Published, Source
from kobai.data.images.stack import image_dataset
from kobai.errors import DataError
from kobai.keywords import checked_keywords

Folder = str | os.PathLike[str]


@checked_keywords
def load_mnist(
    normalize: bool = True,
    flatten: bool = True,
    one_hot_label: bool = False,
    data_dir: Folder | None = None,
) -> Dataset:
    """Load MNIST: 60,000 + 10,000 handwritten digits, images of 28 × 28 pixels.

    x = raw / 255, float32, or the raw 0 … 255 with `normalize=False`; `(n, 784)`, or
    `(n, 1, 28, 28)` with `flatten=False`. t is `(n,)`, int64, or with `one_hot_label`
    `(n, 10)`, float32.

    The four files are taken from `data_dir` (else from the folder that the environment
    variable KOBAI_DATA_DIR names), or from a folder `mnist` in it, as .gz or unpacked.
    With neither, they are downloaded once into the user's cache. Raises `DataError`
    when the files cannot be had or are not MNIST's, `TypeError` for an unknown keyword.

    >>> load_mnist(one_hot=True)
    Traceback (most recent call last):
    ...
    TypeError: load_mnist() got an unknown keyword "one_hot". Did you mean
    "one_hot_label"? It takes normalize, flatten, one_hot_label, data_dir.

    Source: Y. LeCun, C. Cortes and C. Burges, The MNIST Database of Handwritten Digits,
    1998.
    """
    return _load("mnist", normalize, flatten, one_hot_label, data_dir)


@checked_keywords
def load_fashion_mnist(
    normalize: bool = True,
    flatten: bool = True,
    one_hot_label: bool = False,
    data_dir: Folder | None = None,
) -> Dataset:
    """Load Fashion-MNIST: 60,000 + 10,000 pictures of clothes in ten classes.

    Shapes, arguments and errors are those of `load_mnist`; a folder `fashion-mnist` in
    `data_dir` is looked into first.

    >>> load_fashion_mnist(data_dir="no/such/folder")
    Traceback (most recent call last):
    ...
    kobai.errors.DataError: Fashion-MNIST: no/such/folder is no folder; ...

    Source: H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST, 2017, arXiv:1708.07747.
    """
    return _load("fashion-mnist", normalize, flatten, one_hot_label, data_dir)


@checked_keywords
def load_kuzushiji_mnist(
    normalize: bool = True,
    flatten: bool = True,
    one_hot_label: bool = False,
    data_dir: Folder | None = None,
) -> Dataset:
    """Load Kuzushiji-MNIST: 60,000 + 10,000 old cursive hiragana in ten classes.

    Shapes, arguments and errors are those of `load_mnist`; a folder `kuzushiji-mnist`
    in `data_dir` is looked into first.

    >>> load_kuzushiji_mnist(data_dir="no/such/folder")
    Traceback (most recent call last):
    ...
    kobai.errors.DataError: Kuzushiji-MNIST: no/such/folder is no folder; ...

    Source: T. Clanuwat et al., Deep Learning for Classical Japanese Literature, 2018,
    arXiv:1812.01718 (KMNIST Dataset, created by ROIS-DS Center for Open Data in the
    Humanities, adapted from the Kuzushiji Dataset by NIJL and others,
    doi:10.20676/00000341).
    """
    return _load("kuzushiji-mnist", normalize, flatten, one_hot_label, data_dir)


def _load(
    name: str,
    normalize: bool,
    flatten: bool,
    one_hot_label: bool,
    data_dir: Folder | None,
) -> Dataset:
    source = SOURCES[name]
    folder = _local_folder(source, data_dir)
    arrays = _read_cached(source) if folder is None else _read_local(source, folder)
    train_images, train_labels, test_images, test_labels = arrays
    names = [file.name for file in source.files]
    check_pair(train_images, train_labels, names[0], names[1])
    check_pair(test_images, test_labels, names[2], names[3])
    check_labels(train_labels, len(source.classes), names[1])
    check_labels(test_labels, len(source.classes), names[3])
    return image_dataset(
        source.name,
        (train_images, train_labels),
        (test_images, test_labels),
        classes=source.classes,
        scale=1 / 255 if normalize else 1.0,
        flatten=flatten,
        one_hot_label=one_hot_label,
        source=f"{source.title}, {source.licence}",
    )


def _local_folder(source: Source, data_dir: Folder | None) -> Path | None:
    named = data_dir or os.environ.get("KOBAI_DATA_DIR")
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        by = "data_dir (--data-dir)" if data_dir else "KOBAI_DATA_DIR"
        raise DataError(
            f"{source.title}: {folder} is no folder; {by} names the folder that holds "
            f"the files. Without it they are downloaded."
        )
    own = folder / source.name
    return own if own.is_dir() else folder


def _read_local(source: Source, folder: Path) -> list[Array]:
    missing = [file.name for file in source.files if not _find(folder, file)]
    if missing:
        raise DataError(
            f"{source.title}: {folder} does not hold {', '.join(missing)} (as .gz or "
            f"unpacked); put them there, or leave out data_dir and KOBAI_DATA_DIR to "
            f"have them downloaded"
        )
    return [_read(source, file, folder) for file in source.files]


def _read_cached(source: Source) -> list[Array]:
    from pooch import os_cache

    folder = Path(os_cache("kobai")) / source.name
    mirrors = source.mirrors
    arrays = []
    for file in source.files:
        array = _read_if_whole(source, file, folder)
        if array is None:
            served = _fetch(source, file, mirrors, folder)
            # A mirror that just served is likelier to serve the next file.
            mirrors = (served, *(mirror for mirror in mirrors if mirror != served))
            array = _read(source, file, folder)
        arrays.append(array)
    return arrays


def _read_if_whole(source: Source, file: Published, folder: Path) -> Array | None:
    try:
        return _read(source, file, folder)
    except DataError:
        return None


def _fetch(
    source: Source, file: Published, mirrors: tuple[str, ...], folder: Path
) -> str:
    from kobai.data.images.downloads import fetch

    try:
        return fetch(file, mirrors, folder)
    except DataError as error:
        names = "\n".join(f"  {each.name}.gz" for each in source.files)
        raise DataError(
            f"{source.title} could not be downloaded. {error}\n"
            f"Put these four files (.gz or unpacked) into {folder}, or into a folder "
            f"of your own that data_dir (--data-dir) or KOBAI_DATA_DIR names:\n{names}"
        ) from error


def _find(folder: Path, file: Published) -> Path | None:
    dotted = file.name.replace("-idx", ".idx")
    names = (file.name, f"{file.name}.gz", dotted, f"{dotted}.gz")
    return next((folder / n for n in names if (folder / n).is_file()), None)


def _read(source: Source, file: Published, folder: Path) -> Array:
    path = _find(folder, file)
    if path is None:
        raise DataError(f"{folder} does not hold {file.name}")
    raw = read_bytes(path)
    content = decompress(raw, path)
    array = parse_idx(content, path)
    _check_identity(source, file, path, raw, content)
    return array


def _check_identity(
    source: Source, file: Published, path: Path, raw: bytes, content: bytes
) -> None:
    """Raise `DataError` where the file is known not to be the published one.

    The sets' files all have the same names, so a name alone proves nothing.
    """
    import hashlib

    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 == file.sha256:
        return
    md5 = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    if md5 == file.md5 and not file.sha256:
        return
    for other in SOURCES.values():
        for known in other.files:
            if md5 == known.md5 or sha256 == known.sha256:
                raise DataError(
                    f"{path} is {other.title}'s {known.name}, not {source.title}'s "
                    f"{file.name}"
                )
    if file.sha256:
        raise DataError(
            f"{path} is not {source.title}'s {file.name} (its content has SHA-256 "
            f"{sha256}, not {file.sha256}); {AGAIN}, or load a set of your own with "
            f"load_idx_folder"
        )
