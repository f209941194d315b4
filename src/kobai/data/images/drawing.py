"""A picture of any size made into what a network was trained on."""

import errno
import math
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from kobai.data.damage import check_regular, readable
from kobai.data.images.field import centre, fitted
from kobai.data.images.marks import figures
from kobai.data.images.paper import ink
from kobai.data.images.sheet import unfolded
from kobai.errors import DataError
from kobai.keywords import checked_keywords

Array = np.ndarray[Any, Any]

MOST_PIXELS = 50_000_000
ENOUGH_PIXELS = 500_000
"""A larger picture is made smaller first: as numbers, a pixel takes 100 bytes."""


@checked_keywords
def read_image(
    path: str | os.PathLike[str],
    shape: tuple[int, ...] = (28, 28),
    *,
    strokes: bool = True,
) -> Array:
    """Return the figure in an image file as a network of `shape` expects it.

    Drawn or photographed, dark on light or light on dark, grey, coloured, with a
    palette or transparent: what differs from the paper around it is ink. Specks,
    frames and ruled lines are left out, and so is the table around a sheet of paper.
    Of (8, 8) the figure is stretched, sheared and made as bold as the digits of
    `load_digits` are; else it is scaled into 20/28 of the field with its proportions
    kept (all of a field below 16), its strokes as thick as MNIST's if that is
    (28, 28), and its centre of mass is the field's. The
    result has `shape` `(height, width)` and values from 0 (background) to 1 (ink).
    With `strokes=False`, for pictures of things, all ink is kept as it is.

    Raises `DataError` for a file that is no image, an image with nothing in it, and,
    with `strokes`, one with several figures side by side.

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
    field = shape[0], shape[1]
    pixels = _read_pixels(path)
    if not strokes:
        return centre(ink(*pixels, name=str(path)), field)
    found = ink(*unfolded(*pixels), name=str(path))
    return fitted(_only(figures(found), path), field)


def _only(found: list[Array], path: Path) -> Array:
    if len(found) == 1:
        return found[0]
    columns = [np.flatnonzero(figure.any(axis=0)) for figure in found]
    width = found[0].shape[1]
    places = ", ".join(f"{round(100 * c.mean() / width)}%" for c in columns)
    raise DataError(
        f"{path}: shows {len(found)} figures (at {places} of its width), and a network "
        "for single ones takes one at a time; cut the picture between them"
    )


def _read_pixels(path: Path) -> tuple[Array, Array]:
    """Return luminance and opacity, both `(height, width)` and from 0 to 1."""
    # PIL takes 30 ms to import, and only pictures need it.
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
    from PIL import ImageOps

    # A camera stores a picture as it was held, and says how to turn it.
    image = ImageOps.exif_transpose(image)
    # A palette may hold transparency, and 16-bit greys have no own luminance.
    if image.mode.startswith("I") or image.mode == "F":
        grey = _smaller(image.convert("F"))
        return _deep_grey(np.asarray(grey, dtype=np.float64))
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGBA")
    pixels = np.asarray(_smaller(image).convert("RGBA"), dtype=np.float64) / 255
    return pixels[..., :3] @ _telling(pixels[..., :3]), pixels[..., 3]


def _telling(colours: Array) -> Array:
    """Return the weights of red, green and blue that tell ink from paper.

    They are those of luminance, but yellow on white, or red on green, differs in one
    colour alone.
    """
    luminance = np.array([0.299, 0.587, 0.114])
    low, high = np.quantile(colours.reshape(-1, 3), [0.002, 0.998], axis=0)
    grey = np.quantile(colours @ luminance, [0.002, 0.998])
    contrast = high - low
    if contrast.max() > 2.5 * (grey[1] - grey[0]):
        return np.asarray(np.arange(3) == contrast.argmax(), dtype=np.float64)
    return luminance


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
