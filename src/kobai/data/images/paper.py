"""Ink told from the paper it is on, however the light falls."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kobai.errors import DataError

Array = np.ndarray[Any, Any]

BLANK = 0.1
"""What stands out from the paper by less is no ink: a tenth of black to white."""
FAINTEST_INK = 0.02
EVEN = 0.02
"""A border that varies by less, nine pixels of ten, is that of a drawing or a scan."""
FLAT = 1.5 / 255
GROWING, FINE = (3, 5, 8, 12), (12, 12, 12, 12)
"""An uneven paper is as smooth as so many cells along its longer side."""
FEW = 0.05


def ink(luminance: Array, opacity: Array, name: str = "image") -> Array:
    """Return how much each pixel differs from the paper, from 0 to 1.

    The paper is the median of an even border; where the border is not even, as in a
    photograph, it is the mean of what lies around, without ink. Where the border is
    transparent it is taken to be white under dark ink and black under light ink.
    """
    paper, noise = _background(luminance, opacity)
    if paper is None:
        strength, noise = _uneven(luminance, opacity)
    else:
        strength = _one_sign(opacity * (luminance - paper))
    if strength.max(initial=0) < max(BLANK, 8 * noise):
        raise DataError(
            f"{name}: the image is empty: nothing in it stands out from its border. "
            "Draw one figure on a plain background, away from the edges."
        )
    faintest = min(FAINTEST_INK + 5 * noise, BLANK)
    strength[strength < faintest] = 0
    # A speck or two of dirt may be darker than all ink.
    darkest = np.partition(strength.ravel(), -3)[-3] if strength.size > 999 else 0
    full = max(darkest, strength.max() / 2)
    return np.asarray(np.clip(strength / full, 0, 1))


def _one_sign(difference: Array) -> Array:
    # A blurred or compressed line is fringed with the opposite sign; that is no ink.
    sign = 1.0 if difference.sum() > 0 else -1.0
    return np.clip(sign * difference, 0, None)


def _background(luminance: Array, opacity: Array) -> tuple[float | None, float]:
    """Return the background's luminance, None if uneven, and how much it varies."""
    border = np.ones(luminance.shape, dtype=bool)
    border[1:-1, 1:-1] = False
    solid = border & (opacity > 0.5)
    if 2 * solid.sum() > border.sum():
        paper = np.median(luminance[solid])
        away = abs(luminance[solid] - paper)
        # A stroke may run into the border, of a drawing made by a program too.
        is_even = np.quantile(away, 0.9) <= EVEN or np.quantile(away, 0.6) <= FLAT
        return (float(paper) if is_even else None), float(np.median(away))
    weight = opacity.sum()
    light = weight > 0 and (opacity * luminance).sum() / weight > 0.5
    return (0.0 if light else 1.0), 0.0


def _uneven(luminance: Array, opacity: Array) -> tuple[Array, float]:
    """Return how much ink there is on a paper that light and shadow fall on."""
    # From coarse to fine, for thick strokes; these do not run along the border, but
    # the shadow of a hand does, which only fine cells follow from the beginning.
    for cells in (GROWING, FINE):
        strength, noise = _lit(luminance, opacity > 0.5, cells)
        is_ink = strength > max(split(strength), 3 * noise)
        border = np.concatenate([*is_ink[[0, -1]], *is_ink.T[[0, -1]]])
        if border.mean() < FEW:
            break
    return strength, noise


def _lit(luminance: Array, solid: Array, rounds: Sequence[int]) -> tuple[Array, float]:
    """Return how far each pixel is from a paper of ever finer cells, and the noise."""
    is_paper = solid
    for cells in rounds:
        paper = _smooth(luminance, is_paper, cells)
        difference = np.where(solid, luminance - paper, 0)
        # Noise has no skew: the longer tail is that of the ink.
        sign = 1.0 if (difference**3).sum() > 0 else -1.0
        if sign < 0:
            # In the shadow black is as far below the paper as it reflects less.
            difference /= np.maximum(paper, BLANK)
        strength = np.clip(sign * difference, 0, None)
        noise = float(np.median(abs(difference[solid])))
        is_paper = solid & (strength < max(split(strength), 3 * noise))
    return strength, noise


def _smooth(values: Array, known: Array, cells: int) -> Array:
    """Return the mean of the known values around each pixel, in cells of a picture."""
    from PIL import Image

    height, width = values.shape
    cell = max(height, width) / cells
    coarse = max(2, round(width / cell)), max(2, round(height / cell))

    def resized(array: Array, size: tuple[int, int], how: Any) -> Array:
        image = Image.fromarray(array.astype(np.float32))
        return np.asarray(image.resize(size, how), dtype=np.float64)

    box, cubic = Image.Resampling.BOX, Image.Resampling.BICUBIC
    weight = resized(known, coarse, box)
    total = resized(values * known, coarse, box)
    # A cell full of ink takes its paper from those around it.
    spread = weight + 0.02 * _around(weight) + 1e-6 * weight.mean()
    mean = (total + 0.02 * _around(total) + 1e-6 * total.mean()) / spread
    return resized(mean, (width, height), cubic)


def _around(values: Array) -> Array:
    """Return the mean of the three by three cells around each."""
    padded = np.pad(values, 1, mode="edge")
    rows, columns = values.shape
    parts = [padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    return np.asarray(np.mean(parts, axis=0))


def split(values: Array) -> float:
    """Return the threshold between the lesser and the greater values.

    Source: N. Otsu, "A threshold selection method from gray-level histograms", 1979.
    """
    counts, edges = np.histogram(values, 128)
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    mass = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = mass / below - (mass[-1] - mass) / above
    between = np.nan_to_num(below * above * gap**2, posinf=0)
    return float(edges[1 + between.argmax()])
