"""A picture of any size made into what a network was trained on."""

import errno
import math
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from kobai.data.damage import check_regular, readable
from kobai.errors import DataError
from kobai.keywords import checked_keywords

Array = np.ndarray[Any, Any]

BLANK = 0.1
FAINTEST_INK = 0.02
SMALL_FIELD = 16
MOST_PIXELS = 50_000_000
ENOUGH_PIXELS = 4_000_000
"""A larger picture is made smaller first: as numbers, a pixel takes 100 bytes."""


@checked_keywords
def read_image(
    path: str | os.PathLike[str], shape: tuple[int, ...] = (28, 28)
) -> Array:
    """Return the drawing in an image file as a network of `shape` expects it.

    Dark on light or light on dark, grey, coloured, with a palette or transparent: the
    background is what the border shows, and what differs from it is ink. The ink is
    cut out, scaled into 20/28 of the field (all of a field as small as the 8×8 digits)
    with its proportions kept, and moved until its centre of mass is the field's. The
    result has `shape` `(height, width)` and values from 0 (background) to 1 (ink).

    Raises `DataError` for a file that is no image, or an image with nothing in it.

    >>> import tempfile
    >>> from PIL import Image, ImageDraw
    >>> paper = Image.new("L", (200, 100), "white")
    >>> ImageDraw.Draw(paper).line([(30, 20), (30, 80)], "black", width=8)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paper.save(f"{folder}/one.png")
    ...     image = read_image(f"{folder}/one.png")
    >>> image.shape, float(image.min()), float(image.max())
    ((28, 28), 0.0, 1.0)

    A network that was trained on flat rows takes `image.reshape(1, -1)`.

    Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning
    applied to document recognition", 1998, section III A (how MNIST was made).
    """
    path = Path(path)
    if len(shape) != 2:
        raise DataError(
            f"{path}: a picture needs a network for images (height, width); this one "
            f"takes inputs of shape {shape}. Give the numbers as an .npz file."
        )
    return centre(ink(*_read_pixels(path), name=str(path)), (shape[0], shape[1]))


def _read_pixels(path: Path) -> tuple[Array, Array]:
    """Return luminance and opacity, both `(height, width)` and from 0 to 1."""
    # PIL takes 30 ms to import, and only this function needs it.
    from PIL import Image, UnidentifiedImageError

    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    check_regular(path)
    try:
        # PIL warns of damaged tags, and of sizes that are refused below.
        with (
            readable(path, "the image is damaged"),
            warnings.catch_warnings(action="ignore"),
            Image.open(path) as image,
        ):
            return _luminance(image, path)
    except DataError as error:
        if isinstance(error.__cause__, UnidentifiedImageError):
            raise DataError(
                f"{path}: not an image that can be read; give a PNG or JPEG, or an .npz"
            ) from None
        raise


def _luminance(image: Any, path: Path) -> tuple[Array, Array]:
    if image.width * image.height > MOST_PIXELS:
        raise DataError(
            f"{path}: {image.width} x {image.height} pixels; "
            f"at most {MOST_PIXELS:,} are read. Make the picture smaller."
        )
    # A palette may hold transparency, and 16-bit greys have no own luminance.
    if image.mode.startswith("I") or image.mode == "F":
        grey = _smaller(image.convert("F"))
        return _deep_grey(np.asarray(grey, dtype=np.float64))
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGBA")
    pixels = np.asarray(_smaller(image).convert("RGBA"), dtype=np.float64) / 255
    return pixels[..., :3] @ [0.299, 0.587, 0.114], pixels[..., 3]


def _smaller(image: Any) -> Any:
    """Return a picture with as many pixels as are enough, each the mean of several."""
    factor = math.ceil(math.sqrt(image.width * image.height / ENOUGH_PIXELS))
    if factor == 1:
        return image
    if image.mode != "RGBA":
        return image.reduce(factor)
    # Multiplied by its opacity, what is transparent has no colour to mix in.
    return image.convert("RGBa").reduce(factor).convert("RGBA")


def _deep_grey(values: Array) -> tuple[Array, Array]:
    spread = values.max() - values.min()
    grey = (values - values.min()) / (spread or 1)
    return grey, np.ones_like(grey)


def ink(luminance: Array, opacity: Array, name: str = "image") -> Array:
    """Return how much each pixel differs from the background, from 0 to 1.

    The background is the median of the border. Where the border is transparent it is
    taken to be white under dark ink and black under light ink.
    """
    background, noise = _background(luminance, opacity)
    difference = opacity * (luminance - background)
    # A blurred or compressed line is fringed with the opposite sign; that is no ink.
    sign = 1.0 if difference.sum() > 0 else -1.0
    strength = np.clip(sign * difference, 0, None)
    if strength.max(initial=0) < BLANK:
        raise DataError(
            f"{name}: the image is empty: nothing in it stands out from its border. "
            "Draw one figure on a plain background, away from the edges."
        )
    faintest = min(FAINTEST_INK + 5 * noise, BLANK)
    strength[strength < faintest] = 0
    strength /= strength.max()
    return strength


def _background(luminance: Array, opacity: Array) -> tuple[float, float]:
    """Return the background's luminance and how much it varies along the border."""
    border = np.ones(luminance.shape, dtype=bool)
    border[1:-1, 1:-1] = False
    solid = border & (opacity > 0.5)
    if 2 * solid.sum() > border.sum():
        paper = np.median(luminance[solid])
        return float(paper), float(np.median(abs(luminance[solid] - paper)))
    weight = opacity.sum()
    light = weight > 0 and (opacity * luminance).sum() / weight > 0.5
    return (0.0 if light else 1.0), 0.0


def centre(strength: Array, shape: tuple[int, int]) -> Array:
    """Scale the ink into the middle of `shape` and centre it by its mass."""
    cut = _crop(strength)
    boxes, middles = zip(*map(_layout, shape), strict=True)
    factor = min(boxes[0] / cut.shape[0], boxes[1] / cut.shape[1])
    height = max(1, round(cut.shape[0] * factor))
    width = max(1, round(cut.shape[1] * factor))
    small = _resize(cut, height, width)
    top = _start(small.sum(axis=1), middles[0], shape[0])
    left = _start(small.sum(axis=0), middles[1], shape[1])
    field = np.zeros(shape)
    field[top : top + height, left : left + width] = small / small.max()
    return field


def _layout(side: int) -> tuple[int, float]:
    """Return how much of a field's side a figure fills, and where its mass lies.

    MNIST's figures fill 20 of 28 pixels and balance on pixel 14, half a pixel beyond
    the middle; those of the 8×8 digits fill all 8 and balance on the middle, 3.5.
    """
    if side < SMALL_FIELD:
        return side, (side - 1) / 2
    return round(side * 20 / 28), side / 2


def _crop(strength: Array) -> Array:
    rows = np.flatnonzero(strength.any(axis=1))
    columns = np.flatnonzero(strength.any(axis=0))
    return strength[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _resize(values: Array, height: int, width: int) -> Array:
    from PIL import Image

    image = Image.fromarray(values.astype(np.float32))
    smaller = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(smaller, dtype=np.float64)


def _start(profile: Array, middle: float, side: int) -> int:
    """Return where `profile` begins in a side whose centre of mass is `middle`."""
    mean = (profile * np.arange(profile.size)).sum() / profile.sum()
    # Ink that ends far from its centre of mass must not leave the field.
    return int(np.clip(round(middle - mean), 0, side - profile.size))
