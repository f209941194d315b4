"""The embedded digits."""

from pathlib import Path

import numpy as np
import pytest

import kobai.data
from kobai.data import load_digits, one_hot

FOLDER = Path(kobai.data.__file__).parent


def rows(x, t):
    """Rows in an order of their own, so that two orders of the same rows agree."""
    table = np.column_stack([x, t])
    return table[np.lexsort(table.T)]


def test_they_are_the_digits_that_scikit_learn_has():
    datasets = pytest.importorskip("sklearn.datasets")
    theirs = datasets.load_digits()
    ours = load_digits(normalize=False)
    x = np.concatenate([ours.x_train, ours.x_test])
    t = np.concatenate([ours.t_train, ours.t_test])
    np.testing.assert_array_equal(rows(x, t), rows(theirs.data, theirs.target))


def test_values_types_and_shapes():
    data = load_digits()
    assert len(data.x_train) + len(data.x_test) == 1797
    assert data.x_train.shape[1:] == (64,)
    assert (data.x_train.min(), data.x_train.max()) == (0, 1)
    assert data.x_train.dtype == np.float32
    assert data.t_train.dtype == np.int64
    assert data.image_shape == (8, 8)
    # Powers of two: scaling loses nothing.
    raw = load_digits(normalize=False)
    np.testing.assert_array_equal(data.x_train / data.scale, raw.x_train)
    images = load_digits(flatten=False, one_hot_label=True)
    np.testing.assert_array_equal(images.x_test.reshape(-1, 64), data.x_test)
    assert images.x_test.shape[1:] == (1, 8, 8)
    np.testing.assert_array_equal(images.t_test, np.eye(10)[data.t_test])


@pytest.mark.parametrize("test_size", [0.1, 0.2, 0.5, 300])
def test_each_class_is_divided_alike(test_size):
    data = load_digits(test_size=test_size, seed=3)
    train, test = np.bincount(data.t_train), np.bincount(data.t_test)
    share = len(data.t_test) / 1797
    assert np.all(np.abs(test - (train + test) * share) < 1)


def test_the_seed_decides():
    a, b, c = load_digits(seed=1), load_digits(seed=1), load_digits(seed=2)
    np.testing.assert_array_equal(a.x_test, b.x_test)
    np.testing.assert_array_equal(a.t_train, b.t_train)
    assert not np.array_equal(a.x_test, c.x_test)


def test_the_file_is_small_and_its_makers_are_named():
    assert (FOLDER / "digits.npz").stat().st_size < 200_000
    text = (FOLDER / "digits.txt").read_text(encoding="utf-8")
    for word in ("Alpaydin", "Kaynak", "UCI", "CC BY 4.0"):
        assert word in text


def test_a_misspelt_keyword():
    with pytest.raises(TypeError, match='Did you mean "test_size"'):
        load_digits(testsize=0.5)


def test_labels_that_are_no_class_are_refused():
    for label in (-1, 3, 0.5):
        with pytest.raises(ValueError, match=f"one_hot: got label {label}; need 0 to"):
            one_hot(np.array([0, label]), 3)
