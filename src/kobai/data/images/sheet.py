"""A sheet of paper on a darker table, cut out and made straight."""

import math
from typing import Any

import numpy as np

from kobai.data.images.marks import marks_in
from kobai.data.images.paper import split

Array = np.ndarray[Any, Any]

LEAST, MOST = 0.1, 0.97
"""A sheet is so large a part of a picture; a larger one has no table around it."""
FOUR_SIDED = 0.94
"""It covers so much of what lies between its four corners, or as little beyond."""
LITTLE, MUCH = 0.002, 0.3
"""So much of it has ink, or ruled lines."""
CONTRAST = 0.15
"""It is so much lighter than the table, on both sides of its edge."""
ENOUGH, WIDTH = 200, 2
"""It is looked for in a picture of so many pixels, where an edge is so wide."""
MARGIN = 0.04
"""So much is cut off at each side, where the edge may be bent or in a shadow."""


def unfolded(luminance: Array, opacity: Array) -> tuple[Array, Array]:
    """Return a picture's sheet of paper alone, or the picture where it shows none.

    A sheet is the largest light part of a picture, with four corners and something
    dark on it. These corners become those of the picture.

    >>> table = np.full((60, 80), 0.1)
    >>> table[10:50, 20:70] = 0.9
    >>> table[20:40, 44:46] = 0.2
    >>> sheet, _ = unfolded(table, np.ones_like(table))
    >>> sheet.shape, float(sheet[0, 0].round(1)), float(sheet.min().round(1))
    ((36, 45), 0.9, 0.2)
    """
    if not luminance.size or opacity.min() < 1:
        return luminance, opacity
    factor = math.ceil(max(luminance.shape) / ENOUGH)
    small = _reduced(luminance, factor)
    light = small > split(small)
    # Ruled lines do not part it.
    marks = marks_in(_narrower(_wider(light)))
    if not marks:
        return luminance, opacity
    sheet = marks[0]
    inside = np.zeros(small.shape, bool)
    inside[sheet.top : sheet.bottom, sheet.left : sheet.right] = _filled(sheet.pixels)
    within, around = _narrower(inside), _wider(inside) & ~inside
    if not within.any() or not around.any():
        return luminance, opacity
    corners = _corners(inside)
    # The light on a single paper falls slowly, and has no such edge.
    edge = np.median(small[inside & ~within]) - np.median(small[around])
    contrast = np.median(small[inside]) - np.median(small[~inside])
    is_sheet = (
        LEAST < inside.mean() < MOST
        and LITTLE < 1 - light[within].mean() < MUCH
        and FOUR_SIDED < inside.sum() / max(1, _area(corners)) < 1 / FOUR_SIDED
        and edge > max(CONTRAST, contrast / 2)
    )
    return _straight(luminance, factor * corners) if is_sheet else (luminance, opacity)


def _reduced(luminance: Array, factor: int) -> Array:
    from PIL import Image

    image = Image.fromarray(luminance.astype(np.float32))
    return np.asarray(image.reduce(factor), dtype=np.float64)


def _wider(is_so: Array) -> Array:
    """Return the pixels that are no farther than `WIDTH` from those that are so."""
    from PIL import Image, ImageFilter

    image = Image.fromarray((255 * is_so).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * WIDTH + 1))) > 0


def _narrower(is_so: Array) -> Array:
    return ~_wider(~is_so)


def _filled(pixels: Array) -> Array:
    """Return a mark with the holes in it."""
    around = marks_in(~np.pad(pixels, 1))
    outside = next(mark for mark in around if mark.top == mark.left == 0)
    filled = np.pad(pixels, 1)
    filled[: outside.height, : outside.width] |= ~outside.pixels
    return filled[1:-1, 1:-1]


def _corners(inside: Array) -> Array:
    """Return the corners `(4, 2)` as (x, y), from the top left clockwise."""
    y, x = np.nonzero(inside)
    ends = (x + y).argmin(), (x - y).argmax(), (x + y).argmax(), (x - y).argmin()
    return np.array([(x[i], y[i]) for i in ends], float)


def _area(corners: Array) -> float:
    x, y = corners.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _straight(luminance: Array, corners: Array) -> tuple[Array, Array]:
    """Return what is between the corners as a rectangle, and that all of it is seen."""
    from PIL import Image

    middle = corners.mean(axis=0)
    corners = middle + (1 - 2 * MARGIN) * (corners - middle)
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    size = round((sides[0] + sides[2]) / 2), round((sides[1] + sides[3]) / 2)
    first, second, third, fourth = map(tuple, corners.tolist())
    found = Image.fromarray(luminance.astype(np.float32)).transform(
        size,
        Image.Transform.QUAD,
        (*first, *fourth, *third, *second),
        Image.Resampling.BILINEAR,
    )
    pixels = np.asarray(found, dtype=np.float64)
    return pixels, np.ones_like(pixels)
