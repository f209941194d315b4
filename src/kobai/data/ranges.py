"""What numbers the inputs of a data set were, before anything was scaled."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.data.dataset import Array

BYTES = "uint8"


@dataclass(frozen=True)
class InputRange:
    """The range of raw inputs, and the dtype that they had.

    Where `is_full` they can have no others: 0 to 255 in a byte, 0 to 16 in the digits'
    counts of ink. Such numbers are often divided by `high` as well, from 0 to 1.
    Otherwise `low` and `high` are only the extremes of the data. Raises ValueError for
    a full range in which raw numbers could not be told from scaled ones.

    >>> InputRange(0, 255, "uint8", is_full=True).is_whole
    True
    """

    low: float
    high: float
    dtype: str = BYTES
    is_full: bool = False

    def __post_init__(self) -> None:
        if self.is_full and (self.low != 0 or self.high <= 2):
            raise ValueError(
                f"InputRange: got a full range {self.low} to {self.high}; need one "
                "from 0 to more than 2"
            )

    @property
    def is_whole(self) -> bool:
        """Whether they were whole numbers."""
        return np.dtype(self.dtype).kind in "iu"

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> "InputRange":
        """Return the range with these fields, or raise ValueError.

        >>> InputRange.from_json({"low": 0, "high": 1, "dtype": "float32"})
        InputRange(low=0, high=1, dtype='float32', is_full=False)
        """
        try:
            made = InputRange(**found)
            is_right = math.isfinite(made.low) and math.isfinite(made.high)
            if not is_right or np.dtype(made.dtype).kind not in "biuf":
                raise TypeError(f"got {made}")
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"input_range: not as described ({error})") from None
        return made


def range_of(arrays: Iterable[Array], full: float = 255.0) -> InputRange:
    """Return the range of arrays; `full` is the most that a byte of them can be.

    Bytes of which none is more than half of it count something else than light; they
    have only their extremes.

    >>> range_of([np.array([[3, 200]], np.uint8)])
    InputRange(low=0.0, high=255.0, dtype='uint8', is_full=True)
    >>> range_of([np.array([[-1.5, 2.0]])])
    InputRange(low=-1.5, high=2.0, dtype='float64', is_full=False)
    """
    arrays = list(arrays)
    low = min(float(array.min()) for array in arrays)
    high = max(float(array.max()) for array in arrays)
    dtype = np.result_type(*arrays).name
    if dtype == BYTES and high > full / 2:
        return InputRange(0.0, full, dtype, is_full=True)
    return InputRange(low, high, dtype)
