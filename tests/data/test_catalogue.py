"""Data sets by name and by path, and what a data set says of itself."""

import subprocess
import sys

import numpy as np
import pytest

from kobai.data import Dataset, load_dataset, load_digits
from kobai.errors import DataError


def test_digits_by_name():
    by_name, loaded = load_dataset("digits", seed=3), load_digits(seed=3)
    np.testing.assert_array_equal(by_name.x_test, loaded.x_test)


def test_mnist_by_name(small, publish, tmp_path):
    publish(small.source())
    small.write(tmp_path)
    assert load_dataset("mnist", data_dir=tmp_path).name == "mnist"


def test_a_folder_and_a_file(small, tmp_path):
    small.write(tmp_path / "images")
    assert load_dataset(tmp_path / "images").image_shape == (5, 4)
    np.savez(tmp_path / "mine.npz", x=np.ones((5, 2)), t=[0, 1, 0, 1, 1])
    assert load_dataset(str(tmp_path / "mine.npz")).x_train.shape == (4, 2)


def test_a_name_stands_before_a_folder(small, tmp_path, monkeypatch):
    small.write(tmp_path / "digits")
    monkeypatch.chdir(tmp_path)
    assert load_dataset("digits").image_shape == (8, 8)
    assert load_dataset("./digits").image_shape == (5, 4)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("digit", 'unknown data set "digit". Did you mean "digits"'),
        ("MNIST-fashion", "Known are digits, mnist, fashion-mnist, kuzushiji-mnist"),
        ("fashion_mnist", 'Did you mean "fashion-mnist"'),
        ("", 'unknown data set ""'),
        ("nowhere.npz", r"nowhere.npz: cannot be read \(No such file"),
        ("note.pdf", "it is a file of another kind"),
    ],
)
def test_unknown_names(name, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.pdf").write_text("no data")
    with pytest.raises(DataError, match=message):
        load_dataset(name)


def arrays(**changes):
    plain = {
        "x_train": np.zeros((4, 3), np.float32),
        "t_train": np.zeros(4, np.int64),
        "x_test": np.zeros((1, 3), np.float32),
        "t_test": np.zeros(1, np.int64),
    }
    return plain | changes


def test_a_data_set_unpacks_as_in_the_book():
    (x_train, t_train), (x_test, t_test) = load_digits()
    assert len(x_train) == len(t_train) > len(x_test) == len(t_test)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"t_train": np.zeros(3)}, "4 rows in x_train and 3 in t_train"),
        ({"t_test": np.zeros(2)}, "1 rows in x_test and 2 in t_test"),
        ({"x_test": np.zeros((1, 2))}, r"x_train \(4, 3\) and x_test \(1, 2\)"),
        ({"t_test": np.zeros((1, 2))}, r"t_train \(4,\) and t_test \(1, 2\)"),
    ],
)
def test_arrays_that_do_not_fit_each_other(changes, message):
    with pytest.raises(ValueError, match=message):
        Dataset("mine", **arrays(**changes))


def test_what_a_data_set_says():
    many = Dataset("many", **arrays(), classes=tuple(map(str, range(47))))
    assert "47 classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … 46" in str(many)
    real = Dataset("real", **arrays(t_train=np.ones((4, 2)), t_test=np.ones((1, 2))))
    assert "2 real numbers" in repr(real)
    assert "4 training samples, 1 test sample" in str(real)


def test_importing_data_loads_nothing_heavy():
    heavy = "('pooch', 'requests', 'rich', 'matplotlib', 'sklearn')"
    code = f"import sys, kobai.data; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
