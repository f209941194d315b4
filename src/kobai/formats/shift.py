"""How far the columns of new rows lie from those of the training rows."""

from dataclasses import dataclass

import numpy as np

from kobai.data.dataset import Array
from kobai.data.tables.columns import OTHER, Columns

FARTHEST = 5.0
"""A number counts as so many standard deviations from the mean at most."""
MEDIUM, STANDARD_ERRORS = 0.5, 3.0
MANY_WORDS = 0.1


@dataclass(frozen=True)
class Shifted:
    """A number whose mean is `mean` in the new rows and was `trained` in training.

    `deviations` is the shift in standard deviations of the training rows, each row
    counting 5 of them at most.
    """

    name: str
    mean: float
    trained: float
    deviations: float


class Shift:
    """Counts of new rows, block by block, by which it is told which columns shifted.

        z = (x - mean) / std of the training rows, from -5 to 5
        shifted where |mean of z| > 0.5 + 3 / √n

    So many standard errors alone would find any difference in a million rows, and half
    a standard deviation alone would be found by chance in five; a single wild number
    among many is no shift, as it counts 5 at most. Half a standard deviation is what
    Cohen (1988), "Statistical Power Analysis", calls a medium effect.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._fits = np.array([[f.mean, f.std] for f in columns.features]).T
        self._is_number = np.array([f.kind == "number" for f in columns.features])
        self.rows = 0
        self._there, self._sums, self._far, self._unknown = np.zeros(
            (4, len(columns.features))
        )

    def add(self, raw: Array) -> None:
        """Take in a block of raw rows `(m, p)`."""
        mean, std = self._fits
        z = np.clip((raw - mean) / std, -FARTHEST, FARTHEST)
        self.rows += len(raw)
        self._there += (raw == raw).sum(axis=0)
        self._sums += np.nansum(raw, axis=0)
        self._far += np.nansum(z, axis=0)
        self._unknown += (raw == OTHER).sum(axis=0)

    def shifted(self) -> list[Shifted]:
        """Return the numbers whose mean has shifted, the farthest first.

        >>> from kobai.data.tables.columns import Feature, Target
        >>> columns = Columns((Feature("size", mean=10, std=2),), Target(("kind",)))
        >>> shift = Shift(columns)
        >>> shift.add(np.array([[14.0], [15.0], [16.0]] * 10))
        >>> shift.shifted()
        [Shifted(name='size', mean=15.0, trained=10, deviations=2.5)]
        """
        there = np.maximum(self._there, 1)
        z = self._far / there
        is_far = np.abs(z) > MEDIUM + STANDARD_ERRORS / np.sqrt(there)
        found = [
            Shifted(f.name, float(self._sums[i] / there[i]), f.mean, float(z[i]))
            for i, f in enumerate(self._columns.features)
            if self._is_number[i] and is_far[i]
        ]
        return sorted(found, key=lambda each: -abs(each.deviations))

    def unknown(self) -> dict[str, float]:
        """Return the share of rows with an unknown or missing word, by column.

        Only of columns whose training rows had some such, and where it is over a
        tenth; any other is strange in a single row, and counted as such.
        """
        return {
            f.name: float(self._unknown[i] / self.rows)
            for i, f in enumerate(self._columns.features)
            if f.kind == "category"
            and f.has_other
            and self._unknown[i] > MANY_WORDS * self.rows
        }
