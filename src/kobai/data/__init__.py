"""Data to learn from: embedded, downloaded, read from files, or made up."""

from kobai.data.catalogue import load_dataset
from kobai.data.dataset import Dataset, one_hot
from kobai.data.digits import load_digits
from kobai.data.folders import load_idx_folder
from kobai.data.idx import read_idx
from kobai.data.mnist import load_fashion_mnist, load_kuzushiji_mnist, load_mnist
from kobai.data.npz import load_npz
from kobai.data.splits import train_test_split
from kobai.data.toys import circles, gaussians, moons, sine, spiral, xor

__all__ = [
    "Dataset",
    "circles",
    "gaussians",
    "load_dataset",
    "load_digits",
    "load_fashion_mnist",
    "load_idx_folder",
    "load_kuzushiji_mnist",
    "load_mnist",
    "load_npz",
    "moons",
    "one_hot",
    "read_idx",
    "sine",
    "spiral",
    "train_test_split",
    "xor",
]
