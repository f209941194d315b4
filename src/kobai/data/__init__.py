"""Data to learn from: embedded, downloaded, read from files, or made up."""

from typing import TYPE_CHECKING, Any

from kobai.data.catalogue import load_dataset
from kobai.data.dataset import Dataset
from kobai.data.digits import load_digits
from kobai.data.images.drawing import read_image
from kobai.data.images.folders import load_idx_folder
from kobai.data.images.idx import read_idx
from kobai.data.images.mnist import load_fashion_mnist, load_kuzushiji_mnist, load_mnist
from kobai.data.npz import load_npz
from kobai.data.ranges import InputRange
from kobai.data.splits import Fold, Last, train_test_split
from kobai.data.toys import circles, gaussians, moons, sine, spiral, xor
from kobai.functions.labels import one_hot

if TYPE_CHECKING:
    from kobai.data.more_rows import load_more_rows
    from kobai.data.tables.columns import Columns
    from kobai.data.tables.load import load_table

__all__ = [
    "Columns",
    "Dataset",
    "Fold",
    "InputRange",
    "Last",
    "circles",
    "gaussians",
    "load_dataset",
    "load_digits",
    "load_fashion_mnist",
    "load_idx_folder",
    "load_kuzushiji_mnist",
    "load_mnist",
    "load_more_rows",
    "load_npz",
    "load_table",
    "moons",
    "one_hot",
    "read_idx",
    "read_image",
    "sine",
    "spiral",
    "train_test_split",
    "xor",
]


def __getattr__(name: str) -> Any:
    # What is about tables takes 15 ms to import, which other data does not need.
    homes = {
        "Columns": "tables.columns",
        "load_more_rows": "more_rows",
        "load_table": "tables.load",
    }
    if name not in homes:
        raise AttributeError(f"module 'kobai.data' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"kobai.data.{homes[name]}"), name)
