"""Stacks of images and their labels turned into a data set."""

import math

import numpy as np

from kobai.data.dataset import Array, Dataset
from kobai.data.ranges import range_of
from kobai.functions.labels import one_hot


def image_dataset(
    name: str,
    train: tuple[Array, Array],
    test: tuple[Array, Array],
    *,
    classes: tuple[str, ...],
    scale: float,
    flatten: bool,
    one_hot_label: bool,
    source: str,
    full: float = 255.0,
    drawn: str = "",
    checksum: str = "",
) -> Dataset:
    """Make a data set of two pairs of images `(n, height, width)` and labels `(n,)`.

    x = images × scale, `(n, height × width)`, or `(n, 1, height, width)` when not
    flattened; labels as int64 or one-hot float32. `full` is the most that a pixel can
    be.

    >>> images, labels = np.full((3, 2, 2), 255, np.uint8), np.array([0, 1, 1])
    >>> data = image_dataset(
    ...     "white", (images, labels), (images[:1], labels[:1]),
    ...     classes=("a", "b"), scale=1 / 255, flatten=True, one_hot_label=False,
    ...     source="",
    ... )
    >>> data.x_test, data.image_shape
    (array([[1., 1., 1., 1.]], dtype=float32), (2, 2))
    """

    def inputs(images: Array) -> Array:
        n = len(images)
        size = math.prod(images.shape[1:])
        shape = (n, size) if flatten else (n, 1, *images.shape[1:])
        # One pass from bytes to float32; a float64 between would take 8 times the
        # memory of the images.
        return np.multiply(images, scale, dtype=np.float32).reshape(shape)

    def targets(labels: Array) -> Array:
        labels = labels.astype(np.int64)
        return one_hot(labels, len(classes)) if one_hot_label else labels

    (x_train, t_train), (x_test, t_test) = train, test
    return Dataset(
        name,
        inputs(x_train),
        targets(t_train),
        inputs(x_test),
        targets(t_test),
        classes=classes,
        image_shape=x_train.shape[1:],
        scale=scale,
        source=source,
        input_range=range_of([x for x in (x_train, x_test) if len(x)], full),
        drawn=drawn,
        checksum=checksum,
    )
