"""A figure brought into the field of a training set, as that set's figures lie in it.

MNIST's figures keep their proportions and balance on their mass. Those of the 8×8
digits are stretched into a box, their strokes made as thick as others' are, and
sheared upright: a network that has seen nothing else needs a drawing to be so, too.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

SMALL_FIELD = 16
IS_INK = 0.3

DIGITS = (8, 8)
FINE = 16
"""Points of a fine grid to a pixel of the 8×8 digits, along each side."""
BOX = 8 * FINE, 5 * FINE
"""Where a digit is stretched to, as NIST does: 32 × 20 of 32 × 32 points."""
LEAST_INK, MOST_INK = 0.265, 0.36
"""The share of the field that is ink; of the 8×8 digits, 0.306 on average."""
NARROW = 2.5
"""A figure is made wider by no more: a lone stroke remains one."""
NARROWEST = 3 * FINE
END = FINE // 2
"""So many rows are the beginning of a figure, and its end."""

MNIST = (28, 28)
SCALE = 6
THIN, THICK, NO_STROKE = 2.0, 3.2, 8.0
"""How thick a stroke may be, in pixels of MNIST, where half are from 1.9 to 2.5."""


def fitted(figure: Array, shape: tuple[int, int]) -> Array:
    """Return a figure of strokes in a field as the digits of that shape lie in it."""
    if shape == DIGITS:
        return in_digits(figure)
    if shape == MNIST:
        return centre(_stroked(figure), shape)
    return centre(figure, shape)


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


def in_digits(figure: Array) -> Array:
    """Return a figure as the 8×8 digits are made: stretched, thickened, upright.

    Source: M. D. Garris et al., "NIST form-based handprint recognition system",
    NISTIR 5469, 1994, the normalization of characters; C. Kaynak and E. Alpaydin then
    counted the ink in blocks of 4 × 4 points.
    """
    height, width = BOX
    cut = _crop(np.where(figure > IS_INK, figure, 0))
    natural = NARROW * height * cut.shape[1] / cut.shape[0]
    width = round(np.clip(natural, NARROWEST, width))
    bold = _emboldened(np.clip(_resize(cut, height, width, smooth=True), 0, 1))
    fine = _middle(_upright(bold)).reshape(8, FINE, 8, FINE)
    return np.asarray(fine.mean(axis=(1, 3)))


def _emboldened(strength: Array) -> Array:
    """Return the figure with strokes that fill the field as much as others' do."""
    height, width = strength.shape
    for _ in range(2 * FINE):
        share = strength.sum() / height**2
        if LEAST_INK <= share <= MOST_INK:
            break
        changed = _swollen(strength) if share < LEAST_INK else _shrunk(strength)
        if changed.max() < 0.5:
            break
        strength = _resize(_crop(np.where(changed > 0.25, changed, 0)), height, width)
    return strength


def _upright(strength: Array) -> Array:
    """Return a figure sheared until its first and its last rows begin in one column."""
    height, width = strength.shape
    first, last = (
        (part > 0.5).any(axis=0) for part in (strength[:END], strength[-END:])
    )
    slant = (float(last.argmax()) - float(first.argmax())) / (height - END)
    sheared = np.zeros((height, 3 * width))
    for row in range(height):
        shift = round(slant * (row - height / 2))
        sheared[row, width - shift : 2 * width - shift] = strength[row]
    return sheared


def _middle(strength: Array) -> Array:
    """Return as many columns as there are rows, those around the middle of the ink."""
    side = strength.shape[0]
    columns = np.flatnonzero((strength > 0.25).any(axis=0))
    left = (columns[0] + columns[-1] + 1 - side) // 2
    return np.pad(strength, ((0, 0), (side, side)))[:, left + side : left + 2 * side]


def _swollen(strength: Array) -> Array:
    """Return the ink with strokes two points thicker."""
    return _filtered(np.pad(strength, 1), "MaxFilter")


def _shrunk(strength: Array) -> Array:
    """Return the ink with strokes two points thinner, except where they are cut off."""
    return _filtered(np.pad(strength, 1, mode="edge"), "MinFilter")[1:-1, 1:-1]


def _filtered(strength: Array, name: str) -> Array:
    from PIL import Image, ImageFilter

    image = Image.fromarray((255 * strength).round().astype(np.uint8))
    return np.asarray(image.filter(getattr(ImageFilter, name)(3))) / 255


def _stroked(figure: Array) -> Array:
    """Return a figure with strokes about as thick as MNIST's."""
    cut = _crop(np.where(figure > IS_INK, figure, 0))
    factor = 20 * SCALE / max(cut.shape)
    height, width = (max(SCALE, round(side * factor)) for side in cut.shape)
    strength = np.clip(_resize(cut, height, width, smooth=True), 0, 1)
    if THIN <= _thickness(strength) <= THICK:
        return figure
    for _ in range(4 * SCALE):
        thickness = _thickness(strength)
        if THIN <= thickness <= THICK or thickness > NO_STROKE:
            break
        padded = np.pad(strength, 1)
        changed = _filtered(padded, "MaxFilter" if thickness < THIN else "MinFilter")
        if changed.max() < 0.5:
            break
        strength = changed
    return strength


def _thickness(strength: Array) -> float:
    """Return how thick strokes are: twice the area by the length of the outline."""
    padded = np.pad(strength, 1)
    down = np.diff(padded, axis=0)[:, :-1]
    across = np.diff(padded, axis=1)[:-1]
    return float(2 * strength.sum() / np.hypot(down, across).sum() / SCALE)


def _layout(side: int) -> tuple[int, float]:
    """Return how much of a field's side a figure fills, and where its mass lies.

    MNIST's figures fill 20 of 28 pixels and balance on pixel 14, half a pixel beyond
    the middle; a figure fills all of a small field and balances on its middle.
    """
    if side < SMALL_FIELD:
        return side, (side - 1) / 2
    return round(side * 20 / 28), side / 2


def _crop(strength: Array) -> Array:
    rows = np.flatnonzero(strength.any(axis=1))
    columns = np.flatnonzero(strength.any(axis=0))
    return strength[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _resize(values: Array, height: int, width: int, smooth: bool = False) -> Array:
    from PIL import Image

    image = Image.fromarray(values.astype(np.float32))
    how = Image.Resampling.BICUBIC if smooth else Image.Resampling.BILINEAR
    return np.asarray(image.resize((width, height), how), dtype=np.float64)


def _start(profile: Array, middle: float, side: int) -> int:
    """Return where `profile` begins in a side whose centre of mass is `middle`."""
    mean = (profile * np.arange(profile.size)).sum() / profile.sum()
    # Ink that ends far from its centre of mass must not leave the field.
    return int(np.clip(round(middle - mean), 0, side - profile.size))
