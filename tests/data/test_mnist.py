"""MNIST and its siblings from a folder."""

import gzip
import inspect
import shutil

import numpy as np
import pytest

from kobai.data import load_fashion_mnist, load_kuzushiji_mnist, load_mnist
from kobai.data.images.sources import FASHION_MNIST, KUZUSHIJI_MNIST, SOURCES
from kobai.errors import DataError

LOADERS = (load_mnist, load_fashion_mnist, load_kuzushiji_mnist)
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


@pytest.fixture(autouse=True)
def no_folder_of_the_users(monkeypatch):
    monkeypatch.delenv("KOBAI_DATA_DIR", raising=False)


@pytest.mark.parametrize("load", LOADERS)
def test_the_signature_is_the_books(load):
    expected = "normalize=True, flatten=True, one_hot_label=False, data_dir=None"
    found = inspect.signature(load).parameters.values()
    assert ", ".join(f"{p.name}={p.default}" for p in found) == expected


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("one_hot_lable", "one_hot_label"),
        ("normalise", "normalize"),
        ("flaten", "flatten"),
        ("datadir", "data_dir"),
    ],
)
def test_a_misspelt_keyword_is_answered_with_the_near_one(load, wrong, right):
    with pytest.raises(TypeError, match=f'"{wrong}". Did you mean "{right}"'):
        load(**{wrong: True})


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("spelling", ["-idx", ".idx"])
@pytest.mark.parametrize("below", ["", "mnist"])
def test_files_are_found_in_a_folder(
    compressed, spelling, below, small, publish, tmp_path
):
    publish(small.source())
    folder = small.write(tmp_path / below, compressed=compressed)
    for path in list(folder.iterdir()):
        path.rename(path.with_name(path.name.replace("-idx", spelling)))
    data = load_mnist(normalize=False, data_dir=tmp_path)
    np.testing.assert_array_equal(data.x_train, small.arrays[IMAGES].reshape(40, 20))
    np.testing.assert_array_equal(data.t_train, small.arrays[LABELS])
    assert data.x_train.dtype == np.float32
    assert data.t_train.dtype == np.int64
    assert data.image_shape == (5, 4)
    assert data.scale == 1


def test_the_books_arguments(small, publish, tmp_path):
    publish(small.source())
    small.write(tmp_path)
    images, labels = small.arrays[IMAGES], small.arrays[LABELS]
    (x, t), _ = load_mnist(True, False, True, tmp_path)
    assert x.shape == (40, 1, 5, 4)
    assert t.dtype == np.float32
    np.testing.assert_array_equal(t, np.eye(10)[labels])
    data = load_mnist(data_dir=tmp_path)
    assert data.x_train.max() <= 1
    np.testing.assert_allclose(data.x_train / data.scale, images.reshape(40, 20), 1e-6)


def test_the_environment_names_a_folder_and_the_argument_wins(
    small, publish, tmp_path, monkeypatch
):
    publish(small.source())
    small.write(tmp_path / "named")
    monkeypatch.setenv("KOBAI_DATA_DIR", str(tmp_path / "named"))
    assert len(load_mnist().x_train) == 40
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty does not hold train-images"):
        load_mnist(data_dir=tmp_path / "empty")
    monkeypatch.setenv("KOBAI_DATA_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match="nowhere is no folder; KOBAI_DATA_DIR names"):
        load_mnist()


def test_a_recompressed_file_is_known_by_its_content(small, publish, tmp_path):
    publish(small.source())
    small.write(tmp_path)
    path = tmp_path / f"{IMAGES}.gz"
    path.write_bytes(gzip.compress(small.files[IMAGES], compresslevel=1, mtime=5))
    assert len(load_mnist(data_dir=tmp_path).x_train) == 40


def test_other_content_under_the_right_name_is_refused(small, publish, tmp_path):
    publish(small.source())
    small.write(tmp_path, compressed=False)
    content = bytearray(small.files[IMAGES])
    content[-1] ^= 1
    (tmp_path / IMAGES).write_bytes(content)
    with pytest.raises(
        DataError, match=r"is not MNIST's train-images.*load_idx_folder"
    ):
        load_mnist(data_dir=tmp_path)


def test_files_whose_content_hash_is_unknown_are_taken_on_trust(
    small, publish, tmp_path
):
    publish(small.source(sha256=False))
    small.write(tmp_path, compressed=False)
    assert len(load_mnist(data_dir=tmp_path).x_train) == 40


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({LABELS: np.zeros(39)}, "40 images, but .* 39 labels"),
        ({LABELS: np.full(40, 10)}, "label 10 at row 0; there are 10 classes, 0 to 9"),
        ({LABELS: np.zeros((40, 1))}, r"shape \(40, 1\); need labels"),
        ({IMAGES: np.zeros((40, 20))}, r"shape \(40, 20\); need images"),
        ({IMAGES: np.zeros((0, 5, 4))}, r"is empty.* \(0, 5, 4\)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    change, message, small, publish, tmp_path, idx_bytes
):
    publish(small.source(sha256=False))
    small.write(tmp_path, compressed=False)
    for name, array in change.items():
        (tmp_path / name).write_bytes(idx_bytes(array))
    with pytest.raises(DataError, match=message):
        load_mnist(data_dir=tmp_path)


def test_a_missing_file_is_named(small, publish, tmp_path):
    publish(small.source())
    small.write(tmp_path)
    (tmp_path / f"{LABELS}.gz").unlink()
    with pytest.raises(DataError, match=f"does not hold {LABELS} "):
        load_mnist(data_dir=tmp_path)


def test_every_source_is_complete():
    for name, source in SOURCES.items():
        assert source.name == name
        assert len(source.classes) == 10
        assert len(set(source.mirrors)) >= 2
        assert len({file.md5 for file in source.files}) == 4
        assert {len(file.md5) for file in source.files} == {32}
    everything = [file.md5 for source in SOURCES.values() for file in source.files]
    assert len(set(everything)) == 12


def test_real_mnist(real_mnist):
    data = load_mnist(data_dir=real_mnist)
    assert data.x_train.shape == (60000, 784)
    assert data.x_test.shape == (10000, 784)
    assert data.x_train.dtype == np.float32
    assert (data.x_train.min(), data.x_train.max()) == (0, 1)
    # The counts of each digit that the set's authors and its readers report.
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(data.t_train).tolist() == counts
    assert data.t_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert data.t_test[:5].tolist() == [7, 2, 1, 0, 4]


@pytest.mark.parametrize("source", [FASHION_MNIST, KUZUSHIJI_MNIST])
def test_real_mnist_is_not_taken_for_its_siblings(real_mnist, source):
    load = {"fashion-mnist": load_fashion_mnist}.get(source.name, load_kuzushiji_mnist)
    with pytest.raises(DataError, match=f"is MNIST's .*, not {source.title}'s"):
        load(data_dir=real_mnist)


def test_real_mnist_cut_short(real_mnist, tmp_path):
    for path in real_mnist.iterdir():
        shutil.copy(path, tmp_path)
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte.gz: .* is cut short"):
        load_mnist(data_dir=tmp_path)
