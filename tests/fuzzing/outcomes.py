"""What can come of running a program, and when two results are the same."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# A refusal says what to write instead, in one of these words.
REMEDY = re.compile(
    r"\b(use|write|take|need|pass|read|compute|return|leave|give|put)\b"
)
INTERNAL = re.compile(r"\b(Tape|Tensor|Tracer|Recording|_\w+\(\))\b")


@dataclass(frozen=True)
class Finding:
    """What is wrong with a program: `kind` is one of KINDS, `where` who ran it."""

    kind: str
    where: str
    detail: str


KINDS = ("silent", "returned", "crash", "no remedy")


@dataclass
class Outcome:
    """All that running a program showed."""

    findings: list[Finding] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def verdict(self) -> str:
        """The worst that was found, "refused", or "right"."""
        kinds = {f.kind for f in self.findings}
        for kind in KINDS:
            if kind in kinds:
                return kind
        return "refused" if self.refusals else "right"


def difference(found: Any, expected: Any, slack: float) -> str | None:
    """Return how two arrays differ, beyond rounding; None where they agree."""
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape:
        return f"shape {found.shape}, not {expected.shape}"
    if found.dtype != expected.dtype:
        return f"dtype {found.dtype}, not {expected.dtype}"
    if not _close(found, expected, slack):
        return f"value {shown(found)}, not {shown(expected)}"
    return None


def _close(found: Any, expected: Any, slack: float) -> bool:
    if found.dtype.kind not in "fc":
        return bool(np.array_equal(found, expected))
    finite = np.isfinite(expected)
    if not np.array_equal(found[~finite], expected[~finite], equal_nan=True):
        return False
    scale = np.max(np.abs(expected[finite]), initial=1.0)
    tolerance = slack * scale
    return bool(np.all(np.abs(found[finite] - expected[finite]) <= tolerance))


def shown(x: Any) -> str:
    return " ".join(np.array2string(np.asarray(x), precision=6, threshold=20).split())
