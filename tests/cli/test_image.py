import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from kobai.data import load_digits
from kobai.data.images.drawing import centre, read_image
from kobai.errors import DataError

MNIST = Path(__file__).parents[3] / "shared" / "data" / "mnist"


def seven(width=200, height=260, shift=(0, 0)):
    """A hand-made 7, light on dark: an array from 0 to 255."""
    image = Image.new("L", (width, height), 0)
    dx, dy = shift
    points = [(60 + dx, 60 + dy), (140 + dx, 60 + dy), (90 + dx, 200 + dy)]
    ImageDraw.Draw(image).line(points, fill=255, width=16, joint="curve")
    return np.asarray(image)


def saved(pixels, path, mode="L"):
    Image.fromarray(np.asarray(pixels, np.uint8), mode=None).convert(mode).save(path)
    return path


@pytest.fixture
def expected(tmp_path):
    return read_image(saved(seven(), tmp_path / "expected.png"), (28, 28))


def test_a_figure_fills_20_of_28_pixels_and_balances_in_the_middle(expected):
    rows = np.flatnonzero(expected.any(axis=1))
    assert rows[-1] - rows[0] + 1 == 20
    mass = expected.sum()
    at = [(expected.sum(axis=1 - axis) * np.arange(28)).sum() / mass for axis in (0, 1)]
    # MNIST's figures balance on pixel 14; whole pixels leave up to half a pixel.
    np.testing.assert_allclose(at, [14, 14], atol=0.5)
    assert expected.max() == 1
    assert expected.min() == 0


def test_dark_on_light_is_the_same(expected, tmp_path):
    path = saved(255 - seven(), tmp_path / "dark.png")
    np.testing.assert_allclose(read_image(path, (28, 28)), expected, atol=1e-6)


def test_where_the_figure_is_makes_no_difference(expected, tmp_path):
    path = saved(seven(300, 300, (90, 40)), tmp_path / "moved.png")
    np.testing.assert_allclose(read_image(path, (28, 28)), expected, atol=1e-6)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA", "I", "F"])
def test_the_kind_of_image_makes_no_difference(mode, expected, tmp_path):
    ending = "tif" if mode in "IF" else "png"
    path = saved(seven(), tmp_path / f"kind.{ending}", mode)
    # Luminance is a weighted sum whose weights add up to 1 but for rounding.
    np.testing.assert_allclose(read_image(path, (28, 28)), expected, atol=1e-6)


def test_sixteen_bits_make_no_difference(expected, tmp_path):
    Image.fromarray(seven().astype(np.uint16) * 257).save(tmp_path / "deep.png")
    got = read_image(tmp_path / "deep.png", (28, 28))
    np.testing.assert_allclose(got, expected, atol=1e-6)


@pytest.mark.parametrize("grey", [0, 255])
def test_ink_on_a_transparent_ground(grey, expected, tmp_path):
    ink = seven()
    pixels = np.dstack([np.full_like(ink, grey)] * 3 + [ink])
    path = tmp_path / "transparent.png"
    Image.fromarray(pixels).save(path)
    np.testing.assert_allclose(read_image(path, (28, 28)), expected, atol=1e-6)


def test_coloured_ink_on_coloured_paper(expected, tmp_path):
    ink = seven()[..., np.newaxis] / 255
    pixels = (1 - ink) * np.array([250, 240, 200]) + ink * np.array([120, 20, 40])
    path = tmp_path / "colour.png"
    Image.fromarray(pixels.round().astype(np.uint8)).save(path)
    np.testing.assert_allclose(read_image(path, (28, 28)), expected, atol=0.02)


def test_a_noisy_photograph_is_cut_at_the_ink(expected, tmp_path):
    noise = np.random.default_rng(0).normal(0, 2, seven().shape)
    pixels = np.clip(230 - 0.8 * seven() + noise, 0, 255)
    got = read_image(saved(pixels, tmp_path / "noisy.png"), (28, 28))
    # Two grey levels of noise in a contrast of 204, averaged over some pixels.
    assert np.abs(got - expected).mean() < 0.02


@pytest.mark.parametrize(
    "pixels",
    [np.full((40, 40), 255), np.zeros((40, 40)), np.full((3, 3), 128), np.ones((1, 1))],
)
def test_an_empty_image_is_refused(pixels, tmp_path):
    with pytest.raises(DataError, match="empty"):
        read_image(saved(pixels, tmp_path / "empty.png"), (28, 28))


def test_a_fully_transparent_image_is_refused(tmp_path):
    Image.new("RGBA", (30, 30), (9, 9, 9, 0)).save(tmp_path / "nothing.png")
    with pytest.raises(DataError, match="empty"):
        read_image(tmp_path / "nothing.png", (28, 28))


def test_a_truncated_image_is_refused(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (200, 200))
    whole = saved(noise, tmp_path / "whole.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"half\.png: the image is damaged"):
        read_image(tmp_path / "half.png", (28, 28))


def test_a_text_is_no_image(tmp_path):
    (tmp_path / "text.png").write_text("I am no image")
    with pytest.raises(DataError, match="not an image"):
        read_image(tmp_path / "text.png", (28, 28))


def test_a_network_for_other_data_takes_no_picture(tmp_path):
    with pytest.raises(DataError, match=r"\(4,\)"):
        read_image(saved(seven(), tmp_path / "seven.png"), (4,))


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.integers(0, 2**32 - 1),
)
def test_any_ink_lands_within_any_field(height, width, shape, seed):
    ink = np.random.default_rng(seed).uniform(0, 1, (height, width)) + 1e-3
    field = centre(ink, shape)
    assert field.shape == shape
    assert np.isfinite(field).all()
    assert field.min() >= 0
    assert field.max() == 1


@pytest.mark.skipif(not MNIST.exists(), reason="the MNIST files are not here")
def test_an_image_of_mnist_comes_out_as_it_is():
    with gzip.open(MNIST / "t10k-images-idx3-ubyte.gz") as file:
        raw = np.frombuffer(file.read(16 + 300 * 784), np.uint8, offset=16)
    images = raw.reshape(300, 28, 28) / 255
    got = np.array([centre(image / image.max(), (28, 28)) for image in images])
    # Stretched to a full 1 (from 254/255, mostly); resizing by 1 changes nothing.
    np.testing.assert_allclose(got, images, atol=0.01)


def test_the_digits_magnified_come_out_as_they_are(tmp_path):
    data = load_digits()
    images = data.x_test[:50].reshape(-1, 8, 8)
    away = []
    for image in images:
        large = np.kron(np.pad(image, 2), np.ones((10, 10)))
        got = read_image(saved(255 * large, tmp_path / "digit.png"), (8, 8))
        # Faint columns at the side may be cut, so it may be moved by one pixel.
        moved = (np.roll(image, move, axis=1) for move in (-1, 0, 1))
        away.append(min(np.abs(got - each).mean() for each in moved))
    # A grey block is drawn as a smaller black one would be. Half of what two
    # different digits differ by, 0.25 in the median, is far more than that.
    assert np.mean(away) < 0.125
