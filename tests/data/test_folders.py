"""Folders of IDX files that are nobody's in particular."""

import gzip

import numpy as np
import pytest

from kobai.data import load_idx_folder, load_mnist
from kobai.errors import DataError


@pytest.fixture
def put(tmp_path, idx_bytes):
    """Write pairs of images and labels, with values that tell rows apart."""

    def write(stem, n=30, size=(3, 2), classes=3, label=None, end="", dot="-"):
        pixels = np.arange(n * size[0] * size[1]) % 251
        images = pixels.reshape(n, *size)
        labels = np.arange(n) % classes if label is None else np.full(n, label)
        for kind, array in (("images", images), ("labels", labels)):
            name = f"{stem}{kind}{dot}idx{array.ndim}-ubyte{end}"
            raw = idx_bytes(array)
            (tmp_path / name).write_bytes(gzip.compress(raw) if end else raw)
        return images, labels

    return write


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("dot", ["-", "."])
@pytest.mark.parametrize("test", ["t10k-", "test-"])
def test_the_usual_four_files(put, tmp_path, end, dot, test):
    images, labels = put("train-", end=end, dot=dot)
    put(test, n=7, end=end, dot=dot)
    data = load_idx_folder(tmp_path, normalize=False)
    np.testing.assert_array_equal(data.x_train, images.reshape(30, 6))
    np.testing.assert_array_equal(data.t_train, labels)
    assert len(data.x_test) == 7
    assert data.image_shape == (3, 2)
    assert data.classes == ("0", "1", "2")
    assert data.name == tmp_path.name


@pytest.mark.parametrize("stem", ["train-", "", "letters-", "t10k-"])
def test_one_pair_is_divided_by_seed(put, tmp_path, stem):
    images, labels = put(stem)
    data = load_idx_folder(tmp_path, normalize=False, test_size=6, seed=4)
    assert data.x_test.shape == (6, 6)
    assert np.bincount(data.t_test).tolist() == [2, 2, 2]
    rows = {
        tuple(row): label
        for row, label in zip(images.reshape(30, 6), labels, strict=True)
    }
    for x, t in data:
        assert [rows[tuple(row)] for row in x] == t.tolist()
    again = load_idx_folder(tmp_path, normalize=False, test_size=6, seed=4)
    other = load_idx_folder(tmp_path, normalize=False, test_size=6, seed=5)
    np.testing.assert_array_equal(data.x_test, again.x_test)
    assert not np.array_equal(data.x_test, other.x_test)


def test_scaled_one_hot_and_unflattened(put, tmp_path):
    images, labels = put("train-")
    put("t10k-")
    data = load_idx_folder(tmp_path, flatten=False, one_hot_label=True)
    # One rounding of the product in float32, half a unit in the last place.
    np.testing.assert_allclose(data.x_train[:, 0], images / 255, rtol=2**-22)
    np.testing.assert_array_equal(data.t_train, np.eye(3)[labels])


def test_a_longer_name_before_train_and_test(put, tmp_path):
    put("emnist-letters-train-")
    put("emnist-letters-test-", n=5)
    assert len(load_idx_folder(tmp_path).x_test) == 5


def test_both_plain_and_compressed(put, tmp_path):
    put("train-")
    put("train-", end=".gz")
    assert len(load_idx_folder(tmp_path).x_train) == 24


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([], "holds no IDX files; need train-images-idx3-ubyte"),
        ([{"stem": "train-"}, {"stem": "a-"}], "2 pairs .*a-images.*train-images"),
        ([{"stem": "train-"}, {"stem": "t10k-", "size": (2, 3)}], "need one size"),
        (
            [{"stem": "train-"}, {"stem": "t10k-", "label": 3}],
            "label 3 at row 0; there",
        ),
        ([{"stem": "train-", "n": 1}], "holds 1 image; need at least 2"),
    ],
)
def test_folders_that_do_not_fit(put, tmp_path, pairs, message):
    for pair in pairs:
        put(**pair)
    with pytest.raises(DataError, match=message):
        load_idx_folder(tmp_path)


def test_a_missing_partner_and_a_missing_folder(put, tmp_path):
    put("train-")
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(
        DataError, match=r"has train-images.* but not the labels of tra"
    ):
        load_idx_folder(tmp_path)
    with pytest.raises(DataError, match="nowhere: no such folder"):
        load_idx_folder(tmp_path / "nowhere")


def test_unequal_counts(put, tmp_path, idx_bytes):
    put("train-")
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(np.zeros(29)))
    with pytest.raises(DataError, match=r"30 images, but .* 29 labels"):
        load_idx_folder(tmp_path)


def test_real_mnist_as_any_folder(real_mnist):
    ours, theirs = load_idx_folder(real_mnist), load_mnist(data_dir=real_mnist)
    for (x, t), (their_x, their_t) in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(x, their_x)
        np.testing.assert_array_equal(t, their_t)
