"""A user's own .npz files, right and wrong."""

import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kobai.data import load_npz
from kobai.errors import DataError

X, T = np.arange(40.0).reshape(10, 4), np.arange(10) % 3


@pytest.fixture
def save(tmp_path):
    def write(**arrays):
        path = tmp_path / "mine.npz"
        np.savez(path, **arrays)
        return path

    return write


@pytest.mark.parametrize("letter", ["t", "y"])
def test_training_and_test_arrays(save, letter):
    names = ("x_train", f"{letter}_train", "x_test", f"{letter}_test")
    path = save(**dict(zip(names, (X, T, X[:3], T[:3]), strict=True)))
    data = load_npz(path)
    for (x, t), rows in zip(data, (slice(None), slice(3)), strict=True):
        np.testing.assert_array_equal(x, X[rows])
        np.testing.assert_array_equal(t, T[rows])
        assert (x.dtype, t.dtype) == (np.float32, np.int64)
    assert data.classes == ("0", "1", "2")
    assert (data.name, data.image_shape, data.scale) == ("mine", None, 1)


@pytest.mark.parametrize("names", [("x", "t"), ("X", "y"), ("x", "y"), ("X", "T")])
def test_one_pair_is_divided_by_seed(save, names):
    path = save(**dict(zip(names, (X, T), strict=True)))
    data = load_npz(path, test_size=3, seed=1)
    assert len(data.x_test) == 3
    for x, t in data:
        np.testing.assert_array_equal(t, T[(x[:, 0] / 4).astype(int)])
    np.testing.assert_array_equal(
        data.x_test, load_npz(path, test_size=3, seed=1).x_test
    )


@pytest.mark.parametrize(
    ("shape", "image_shape"),
    [
        ((10, 4), None),
        ((10, 3, 2), (3, 2)),
        ((10, 1, 3, 2), (3, 2)),
        ((10, 3, 2, 1), (3, 2)),
        ((10, 3, 2, 3), (3, 2, 3)),
        ((10, 1, 5), None),
    ],
)
def test_images_are_flattened(save, shape, image_shape):
    x = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    data = load_npz(save(x_train=x, y_train=T, x_test=x, y_test=T))
    assert data.image_shape == image_shape
    # One rounding of the product in float32, half a unit in the last place.
    np.testing.assert_allclose(data.x_train, x.reshape(10, -1) / 255, rtol=2**-22)
    assert data.scale == 1 / 255
    raw = load_npz(save(x_train=x, y_train=T, x_test=x, y_test=T), normalize=False)
    assert raw.scale == 1
    np.testing.assert_array_equal(raw.x_train, x.reshape(10, -1))


@pytest.mark.parametrize(
    ("t", "expected", "classes"),
    [
        (T.astype(np.uint8), T, 3),
        (T[:, None], T, 3),
        (T == 1, (T == 1).astype(int), 2),
        (np.eye(3)[T], T, 3),
        (np.eye(4, dtype=int)[T], T, 4),
        (T / 2, T[:, None] / 2, 0),
        (np.stack([T, T + 0.5], axis=1), np.stack([T, T + 0.5], axis=1), 0),
    ],
)
def test_targets(save, t, expected, classes):
    data = load_npz(save(x_train=X, y_train=t, x_test=X, y_test=t))
    np.testing.assert_array_equal(data.t_train, expected)
    assert len(data.classes) == classes
    assert data.t_train.dtype == (np.int64 if classes else np.float32)


def spoilt(place, value, array=X):
    array = (
        array.astype(type(value)) if isinstance(value, np.floating) else array.copy()
    )
    array[place] = value
    return array


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": spoilt((7, 2), np.nan), "t": T}, r"mine.npz: x\[7, 2\] is nan;"),
        ({"x": spoilt(3, np.inf), "t": T}, r"x\[3, 0\] is inf \(and 3 more"),
        ({"x": spoilt((0, 0), 1e300), "t": T}, r"x\[0, 0\] is 1e\+300"),
        ({"x": X, "t": spoilt(4, np.nan, T / 2)}, r"t\[4\] is nan"),
        ({"x": X, "t": spoilt(4, -1, T)}, r"t\[4\] is -1; class labels count from 0"),
        ({"x": X, "t": spoilt(4, 2**40, T)}, r"t\[4\] is 1099511627776, too large"),
        ({"x": X, "t": T[:9]}, r"x has shape \(10, 4\) and t \(9,\); need one target"),
        ({"x": X[:, 0], "t": T}, r"x has shape \(10,\); need rows"),
        ({"x": X[:0], "t": T[:0]}, r"x has shape \(0, 4\), so it is empty"),
        ({"x": X[:, :0], "t": T}, r"x has shape \(10, 0\), so it is empty"),
        ({"x": np.float64(3), "t": T}, r"x has shape \(\) and t"),
        ({"x": X, "t": np.ones((10, 2, 2))}, r"t has shape \(10, 2, 2\); need labels"),
        ({"x": X, "t": np.full((10, 2), 2)}, "whole numbers .* not one-hot"),
        ({"x": X.astype(str), "t": T}, "x holds <U.* values; need real numbers"),
        ({"x": X + 1j, "t": T}, "x holds complex128 values"),
        ({"x": X[:1], "t": T[:1]}, "for 1 rows"),
        ({"x": X}, "holds x; need x_train, t_train"),
        ({"a": X, "b": T}, "holds a, b; need x_train, t_train"),
        ({}, "holds nothing; need"),
        ({"x_train": X, "t_train": T, "x_test": X}, "holds x_train, t_train, x_test;"),
        ({"x": X, "t": T, "y": T}, "holds both t and y; need one"),
        ({"x": X, "X": X, "y": T}, "holds both x and X; need one"),
        (
            {"x_train": X, "t_train": T, "x_test": X[:, :3], "t_test": T},
            r"x_train has shape \(10, 4\) and x_test \(10, 3\)",
        ),
        (
            {"x_train": X, "t_train": T, "x_test": X, "t_test": T + 1},
            "t_test: label 3 at row 2; there are 3 classes, 0 to 2",
        ),
        (
            {"x_train": X, "t_train": T, "x_test": X, "t_test": T / 2},
            "int64 and float64; need class labels in both",
        ),
        (
            {"x_train": X, "t_train": T / 2, "x_test": X, "t_test": np.ones((10, 2))},
            r"t_train has shape \(10,\) and t_test \(10, 2\)",
        ),
    ],
)
def test_wrong_arrays_are_refused_saying_where(save, arrays, message):
    with pytest.raises(DataError, match=message):
        load_npz(save(**arrays))


def test_python_objects_are_never_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    path = tmp_path / "trap.npz"
    np.savez(path, x=np.array([Trap(), Trap()], dtype=object), t=[0, 1])
    with pytest.raises(DataError, match=r"no readable .npz file .*allow_pickle=False"):
        load_npz(path)
    assert not (tmp_path / "sprung").exists()


def test_files_that_are_no_npz(tmp_path):
    (tmp_path / "text.npz").write_text("x,t\n1,2\n")
    (tmp_path / "empty.npz").write_bytes(b"")
    np.save(tmp_path / "one.npy", X)
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    for name, message in (
        # NumPy takes both for pickles, and says how to open one.
        ("text.npz", r"is no \.npz file; need x_train.* as np\.savez writes them"),
        ("empty.npz", r"is no \.npz file"),
        ("one.npz", "holds one array; need x_train"),
        ("absent.npz", r"absent.npz: cannot be read \(No such file"),
    ):
        with pytest.raises(DataError, match=message):
            load_npz(tmp_path / name)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=200,
    deadline=None,
)
@given(st.data())
def test_a_damaged_file_is_read_right_or_refused(tmp_path, data):
    buffer = io.BytesIO()
    write = data.draw(st.sampled_from([np.savez, np.savez_compressed]))
    write(buffer, x=X, t=T)
    raw = bytearray(buffer.getvalue())
    if data.draw(st.booleans()):
        raw = raw[: data.draw(st.integers(0, len(raw) - 1))]
    else:
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "damaged.npz"
    path.write_bytes(raw)
    try:
        loaded = load_npz(path)
    except DataError:
        return
    x = np.concatenate([loaded.x_train, loaded.x_test])
    np.testing.assert_array_equal(x[np.argsort(x[:, 0])], X)


def test_an_address_is_told_to_be_one():
    with pytest.raises(DataError, match=r"^https://a\.b/c\.npz: is an address"):
        load_npz("https://a.b/c.npz")
