"""The made-up sets, held against their formulas."""

import numpy as np
import pytest

from kobai.data import circles, gaussians, moons, sine, spiral, xor

PLANE = (spiral, circles, moons, xor, gaussians)


def everything(data):
    return (
        np.concatenate([data.x_train, data.x_test]),
        np.concatenate([data.t_train, data.t_test]),
    )


@pytest.mark.parametrize("make", PLANE)
def test_shapes_types_and_equal_classes(make):
    data = make(n=101)
    x, t = everything(data)
    assert x.shape == (101, 2)
    assert (x.dtype, t.dtype) == (np.float32, np.int64)
    counts = np.bincount(t)
    assert counts.max() - counts.min() <= 1
    assert len(counts) == len(data.classes)
    assert len(data.x_test) == 20
    assert data.name == make.__name__


@pytest.mark.parametrize("make", [*PLANE, sine])
def test_the_seed_decides(make):
    a, b, c = (make(noise=0.1, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(a.x_train, b.x_train)
    np.testing.assert_array_equal(a.t_train, b.t_train)
    assert not (
        np.array_equal(a.x_train, c.x_train) and np.array_equal(a.t_train, c.t_train)
    )


@pytest.mark.parametrize("make", [*PLANE, sine])
def test_wrong_use(make):
    for wrong in ({"n": 1}, {"n": 0}, {"noise": -1}, {"noise": float("nan")}):
        with pytest.raises(ValueError, match=f"{make.__name__}: got"):
            make(**wrong)
    with pytest.raises(TypeError, match='Did you mean "noise"'):
        make(nois=1)


@pytest.mark.parametrize("make", [spiral, gaussians])
def test_the_number_of_classes(make):
    assert set(everything(make(n=50, classes=5))[1]) == {0, 1, 2, 3, 4}
    with pytest.raises(ValueError, match="classes=0"):
        make(classes=0)


# All values are about 1; float32 keeps 7 digits of them.
CLOSE = {"atol": 1e-6, "rtol": 0}


def test_circles_without_noise():
    x, t = everything(circles(noise=0, factor=0.3))
    np.testing.assert_allclose(np.hypot(*x.T), np.where(t == 0, 1, 0.3), **CLOSE)


def test_moons_without_noise_are_those_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets")
    x, t = everything(moons(n=200, noise=0))
    theirs, labels = datasets.make_moons(200, noise=None)
    for k in (0, 1):
        ours, other = x[t == k], theirs[labels == k]
        np.testing.assert_allclose(
            ours[np.argsort(ours[:, 0])], other[np.argsort(other[:, 0])], **CLOSE
        )


def test_xor_without_noise():
    x, t = everything(xor(n=40, noise=0))
    corners, counts = np.unique(x, axis=0, return_counts=True)
    assert corners.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert counts.tolist() == [10, 10, 10, 10]
    np.testing.assert_array_equal(t, x.sum(axis=1) == 1)


def test_gaussians_without_noise():
    x, t = everything(gaussians(n=30, classes=3, noise=0))
    half, height = 1 / 2, np.sqrt(3) / 2
    centres = np.array([[1, 0], [-half, height], [-half, -height]])
    np.testing.assert_allclose(x, centres[t], **CLOSE)


def test_gaussians_have_the_spread_they_are_asked_for():
    x, t = everything(gaussians(n=4000, classes=2, noise=0.3, seed=1))
    centres = np.array([[1, 0], [-1, 0]])
    # A standard deviation from 8,000 draws is right to 0.8 %; five times that.
    assert (x - centres[t]).std() == pytest.approx(0.3, rel=0.04)


def test_spiral_without_noise():
    x, t = everything(spiral(n=300, classes=3, noise=0))
    radius = np.hypot(*x.T)
    turned = 2 * np.pi * t / 3 + 4 * radius
    expected = radius[:, None] * np.stack([np.sin(turned), np.cos(turned)], axis=1)
    np.testing.assert_allclose(x, expected, atol=1e-5)
    for k in range(3):
        np.testing.assert_allclose(
            np.sort(radius[t == k]), np.linspace(0, 1, 100), **CLOSE
        )


def test_sine_is_the_curve_of_the_notes():
    data = sine(n=50)
    inputs = np.linspace(-np.pi / 2, np.pi / 2)
    np.testing.assert_allclose(data.x_train[:, 0], inputs, **CLOSE)
    np.testing.assert_allclose(data.t_train[:, 0], (np.sin(inputs) + 1) / 2, **CLOSE)
    assert data.classes == ()
    step = inputs[1] - inputs[0]
    np.testing.assert_allclose(data.x_test[:, 0], inputs[:-1] + step / 2, **CLOSE)
    np.testing.assert_allclose(data.t_test, (np.sin(data.x_test) + 1) / 2, **CLOSE)
    noisy = sine(n=50, noise=0.1)
    assert 0.05 < (noisy.t_train - data.t_train).std() < 0.2
    np.testing.assert_array_equal(noisy.t_test, data.t_test)
