"""The small digits set that comes with Kobai and needs no network."""

from pathlib import Path

import numpy as np

from kobai.data.checksum import checksum
from kobai.data.dataset import Dataset
from kobai.data.images.stack import image_dataset
from kobai.data.splits import train_test_split
from kobai.keywords import checked_keywords


@checked_keywords
def load_digits(
    normalize: bool = True,
    flatten: bool = True,
    one_hot_label: bool = False,
    *,
    test_size: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """Load 1,797 handwritten digits, images of 8 × 8 pixels, ten classes.

    x = raw / 16, where raw counts the ink in a pixel, 0 to 16; with `normalize=False`
    x = raw. x is `(n, 64)`, or `(n, 1, 8, 8)` with `flatten=False`, float32; t is
    `(n,)`, int64, or `(n, 10)` one-hot, float32. `test_size` of each class, drawn by
    `seed`, is the test data.

    >>> data = load_digits()
    >>> data.x_train.shape, data.x_test.shape
    ((1438, 64), (359, 64))
    >>> print(data)
    digits: 1,438 training samples, 359 test samples
      inputs   64 values (8 × 8 images), raw values × 1/16, float32
      targets  10 classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
      source   UCI Optical Recognition of Handwritten Digits, CC BY 4.0

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI
    Machine Learning Repository, 1998 (CC BY 4.0).
    """
    with np.load(Path(__file__).with_name("digits.npz")) as file:
        images, labels = file["images"], file["labels"]
    train, test = train_test_split(images, labels, test_size, seed, stratify=True)
    return image_dataset(
        "digits",
        train,
        test,
        classes=tuple("0123456789"),
        scale=1 / 16 if normalize else 1.0,
        flatten=flatten,
        one_hot_label=one_hot_label,
        source="UCI Optical Recognition of Handwritten Digits, CC BY 4.0",
        full=16.0,
        drawn=f"drawn by seed {seed}",
        checksum=checksum(images, labels),
    )
