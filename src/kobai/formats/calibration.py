"""What rows that a network has not learned from say of its outputs."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Calibration:
    """From which probability on to say yes, and how far off numbers are.

    `threshold` is the least probability of the second of two classes with which that is
    predicted. In a share of `level` of all cases the truth is at most `reaches` away
    from what is predicted, one number for each target, in its unit. Raises ValueError
    for numbers that are neither.

    >>> Calibration(threshold=0.3)
    Calibration(threshold=0.3, level=None, reaches=())
    """

    threshold: float | None = None
    level: float | None = None
    reaches: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for share in (self.threshold, self.level):
            if share is not None and not 0 <= share <= 1:
                raise ValueError(f"Calibration: got {share}; need a number from 0 to 1")
        if (self.level is None) == bool(self.reaches):
            raise ValueError("Calibration: got one of level and reaches; need both")
        if not all(math.isfinite(reach) and reach >= 0 for reach in self.reaches):
            raise ValueError(f"Calibration: got reaches {self.reaches}; need distances")

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)

    @staticmethod
    def from_json(found: Any) -> "Calibration":
        """Return what `as_json` described, or raise ValueError.

        >>> one = Calibration(level=0.9, reaches=(2.5,))
        >>> Calibration.from_json(one.as_json()) == one
        True
        """
        if not isinstance(found, Mapping):
            raise ValueError("calibration: not as described")
        try:
            return Calibration(**{**found, "reaches": tuple(found["reaches"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"calibration: not as described ({error})") from None
