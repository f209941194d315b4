"""Small made-up data sets that one can draw.

All but `sine` put `n` points `(n, 2)` on a plane, float32, in classes of equal size
(to within one point), with labels `(n,)`, int64. `noise` is a standard deviation. The
test data are `test_size` of the points, divided class by class. The same seed gives
the same points.
"""

# NumPy loads np.random, which takes 10 ms, on first use: not for an annotation.
from __future__ import annotations

import numpy as np

from kobai.data.dataset import Array, Dataset
from kobai.data.splits import train_test_split
from kobai.keywords import checked_keywords


@checked_keywords
def spiral(
    n: int = 300,
    classes: int = 3,
    noise: float = 0.2,
    seed: int = 0,
    test_size: float = 0.2,
) -> Dataset:
    """Make spiral arms, one for each class, that no straight lines divide.

    Along arm k, with r from 0 to 1: x = r (sin φ, cos φ), φ = 2π k / classes + 4 r + ε,
    and ε normal with standard deviation `noise`, in radians. Raises `ValueError` for
    too few points or classes, or a negative noise.

    >>> data = spiral(n=90, seed=1)
    >>> data.x_train.shape, data.classes
    ((72, 2), ('0', '1', '2'))

    Source: after A. Karpathy, CS231n course notes, 2015.
    """
    rng, labels = _start("spiral", n, classes, noise, seed)
    radius = _fractions(labels)
    angle = 2 * np.pi * labels / classes + 4 * radius + noise * rng.normal(size=n)
    points = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return _plane("spiral", points, labels, seed, test_size)


@checked_keywords
def circles(
    n: int = 300,
    noise: float = 0.05,
    factor: float = 0.5,
    seed: int = 0,
    test_size: float = 0.2,
) -> Dataset:
    """Make two rings around the origin: class 0 of radius 1, class 1 of `factor`.

    x = r (cos φ, sin φ) + ε, φ evenly spaced, and ε normal with standard deviation
    `noise`. Raises `ValueError` for too few points, or a negative noise.

    >>> data = circles(noise=0)
    >>> radius = np.hypot(*data.x_train.T)
    >>> bool(np.allclose(radius, np.where(data.t_train == 0, 1, 0.5)))
    True
    """
    rng, labels = _start("circles", n, 2, noise, seed)
    angle = 2 * np.pi * _fractions(labels, endpoint=False)
    radius = np.where(labels == 0, 1.0, factor)[:, None]
    points = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points += noise * rng.normal(size=points.shape)
    return _plane("circles", points, labels, seed, test_size)


@checked_keywords
def moons(
    n: int = 300,
    noise: float = 0.1,
    seed: int = 0,
    test_size: float = 0.2,
) -> Dataset:
    """Make two half circles that reach into each other.

    Class 0: x = (cos φ, sin φ) + ε; class 1: x = (1 − cos φ, ½ − sin φ) + ε; φ evenly
    spaced from 0 to π, and ε normal with standard deviation `noise`. Raises
    `ValueError` for too few points, or a negative noise.

    >>> moons(n=10, noise=0).t_train.tolist().count(1)
    4
    """
    rng, labels = _start("moons", n, 2, noise, seed)
    angle = np.pi * _fractions(labels)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = np.where(labels[:, None] == 0, upper, [1.0, 0.5] - upper)
    points += noise * rng.normal(size=points.shape)
    return _plane("moons", points, labels, seed, test_size)


@checked_keywords
def xor(
    n: int = 200,
    noise: float = 0.15,
    seed: int = 0,
    test_size: float = 0.2,
) -> Dataset:
    """Make clouds about the corners of a square: class 1 where just one input is 1.

    x = a corner of {0, 1}² + ε, each corner in turn, and ε normal with standard
    deviation `noise`; t = a₁ xor a₂ of the corner a. Raises `ValueError` for too few
    points, or a negative noise.

    >>> data = xor(n=8, noise=0)
    >>> bool(np.all(data.t_train == (data.x_train[:, 0] != data.x_train[:, 1])))
    True

    Source: M. Minsky and S. Papert, Perceptrons, 1969.
    """
    rng, labels = _start("xor", n, 2, noise, seed)
    first = np.arange(n) // 2 % 2
    corners = np.stack([first, first ^ labels], axis=1)
    points = corners + noise * rng.normal(size=corners.shape)
    return _plane("xor", points, labels, seed, test_size)


@checked_keywords
def gaussians(
    n: int = 300,
    classes: int = 3,
    noise: float = 0.3,
    seed: int = 0,
    test_size: float = 0.2,
) -> Dataset:
    """Make a round cloud for each class, their centres evenly spaced on a circle.

    x = (cos φ, sin φ) + ε, φ = 2π k / classes for class k, and ε normal with standard
    deviation `noise`. Raises `ValueError` for too few points or classes, or a negative
    noise.

    >>> gaussians(classes=4).classes
    ('0', '1', '2', '3')
    """
    rng, labels = _start("gaussians", n, classes, noise, seed)
    angle = 2 * np.pi * labels / classes
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points += noise * rng.normal(size=points.shape)
    return _plane("gaussians", points, labels, seed, test_size)


@checked_keywords
def sine(n: int = 50, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Make a sine curve to fit, lifted to lie between 0 and 1.

    t = (sin x + 1) / 2, plus normal noise of standard deviation `noise` in the training
    targets; x = linspace(−π/2, π/2, n), in radians. x and t are `(n, 1)`, float32. The
    test data are the n − 1 points half-way between, without noise. Raises `ValueError`
    for fewer than two points, or a negative noise.

    >>> data = sine(3)
    >>> data.t_train.ravel(), data.x_test.ravel().round(2)
    (array([0. , 0.5, 1. ], dtype=float32), array([-0.79,  0.79], dtype=float32))
    """
    rng, _ = _start("sine", n, 1, noise, seed)
    x = np.linspace(-np.pi / 2, np.pi / 2, n)[:, None]
    between = (x[1:] + x[:-1]) / 2
    t = (np.sin(x) + 1) / 2 + noise * rng.normal(size=x.shape)
    truth = (np.sin(between) + 1) / 2
    x_train, t_train, x_test, t_test = (
        array.astype(np.float32) for array in (x, t, between, truth)
    )
    return Dataset("sine", x_train, t_train, x_test, t_test)


def _start(
    name: str, n: int, classes: int, noise: float, seed: int
) -> tuple[np.random.Generator, Array]:
    """Check the arguments; return a generator and labels 0, 1, … in turn."""
    if classes < 1:
        raise ValueError(f"{name}: got classes={classes}; need at least 1")
    if n < 2 * classes:
        raise ValueError(
            f"{name}: got n={n} points; need at least {2 * classes}, two in each class"
        )
    if not noise >= 0:
        raise ValueError(
            f"{name}: got noise={noise}; need a standard deviation of 0 or more"
        )
    return np.random.default_rng(seed), np.arange(n) % classes


def _fractions(labels: Array, endpoint: bool = True) -> Array:
    """Return how far along its class each point lies, evenly spaced from 0 to 1."""
    fractions = np.empty(len(labels))
    for label in np.unique(labels):
        places = labels == label
        fractions[places] = np.linspace(0, 1, int(places.sum()), endpoint=endpoint)
    return fractions


def _plane(
    name: str, points: Array, labels: Array, seed: int, test_size: float
) -> Dataset:
    x, t = points.astype(np.float32), labels.astype(np.int64)
    train, test = train_test_split(x, t, test_size, seed, stratify=True)
    classes = tuple(map(str, range(int(t.max()) + 1)))
    return Dataset(name, *train, *test, classes=classes)
