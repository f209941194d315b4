"""A data set by its name or its path, as it is typed on a command line."""

import os
from pathlib import Path

from kobai.data.dataset import Dataset
from kobai.data.digits import load_digits
from kobai.data.images.folders import load_idx_folder
from kobai.data.images.mnist import load_fashion_mnist, load_kuzushiji_mnist, load_mnist
from kobai.data.npz import load_npz
from kobai.data.tables.text.endings import is_table
from kobai.errors import DataError, suggest
from kobai.keywords import checked_keywords

IMAGE_SETS = {
    "mnist": load_mnist,
    "fashion-mnist": load_fashion_mnist,
    "kuzushiji-mnist": load_kuzushiji_mnist,
}


@checked_keywords
def load_dataset(
    name_or_path: str | os.PathLike[str],
    data_dir: str | os.PathLike[str] | None = None,
    seed: int = 0,
    *,
    test_size: float | None = 0.2,
) -> Dataset:
    """Load a data set by name, or from a folder of IDX files or an .npz file.

    The names are digits, mnist, fashion-mnist and kuzushiji-mnist; a folder of one of
    these names is given as `./mnist`. `data_dir` is where the files of the named sets
    lie, as in `load_mnist`. `seed` divides the sets that come undivided; `test_size` of
    a file or folder is then its test data, None means all of it. Raises `DataError`
    when there is no such set, or when its files are missing or damaged.

    >>> load_dataset("digits").name
    'digits'
    >>> load_dataset("fasion-mnist")
    Traceback (most recent call last):
    ...
    kobai.errors.DataError: unknown data set "fasion-mnist". Did you mean
    "fashion-mnist"? Known are digits, mnist, fashion-mnist, kuzushiji-mnist, a folder
    of IDX files, an .npz file, or a table (.csv, .tsv, .parquet); there is no file or
    folder of that name.
    """
    name = os.fspath(name_or_path)
    path = Path(name).expanduser()
    if name == "digits":
        return load_digits(seed=seed)
    if name in IMAGE_SETS:
        return IMAGE_SETS[name](data_dir=data_dir)
    if name and path.is_dir():
        return load_idx_folder(path, test_size=test_size, seed=seed)
    if path.suffix.lower() == ".npz":
        return load_npz(path, test_size=test_size, seed=seed)
    if is_table(path) and path.exists():
        # Most data sets are none, and need not wait for what reads tables.
        from kobai.data.tables.frames import open_table
        from kobai.data.tables.new_rows import known_columns

        raise DataError(
            f"{name}: is a table; say which column to learn: kobai train {name} "
            "--target COLUMN, or load_table(path, target). "
            f"{known_columns(open_table(path))}"
        )
    known = ("digits", *IMAGE_SETS)
    there = (
        "it is a file of another kind"
        if path.exists()
        else ("there is no file or folder of that name")
    )
    raise DataError(
        f'unknown data set "{name}".{suggest(name, known)} Known are '
        f"{', '.join(known)}, a folder of IDX files, an .npz file, or a table (.csv, "
        f".tsv, .parquet); {there}."
    )
