"""What is asked of a worker, and what it answers."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kobai.sweeps.space import Config


@dataclass(frozen=True)
class Job:
    """Train the configuration of a trial up to `length` epochs (or steps) in all.

    A `repeat` above 0 is the same configuration with another seed.
    """

    trial: int
    config: Config
    length: int | None = None
    repeat: int = 0

    @property
    def key(self) -> tuple[int | None, int]:
        """By what its outcome is known among those of its trial."""
        return self.length, self.repeat


@dataclass(frozen=True)
class Outcome:
    """What came of a job: its `score`, the lower the better, None where there is none.

    Of equal scores `loss` decides. `shown` are results by name, `error` says why there
    are none; `is_mistake`, that this is how the search is written, as a name misspelt
    is, and neither what training came to nor the system.
    """

    length: int | None = None
    repeat: int = 0
    score: float | None = None
    loss: float | None = None
    seconds: float = 0.0
    shown: Mapping[str, Any] = field(default_factory=dict)
    stopped: str | None = None
    error: str | None = None
    is_mistake: bool = False

    @property
    def key(self) -> tuple[int | None, int]:
        """By what it is known among those of its trial."""
        return self.length, self.repeat

    @property
    def order(self) -> tuple[float, ...]:
        """What outcomes are sorted by: the best first, those without a score last."""
        return tuple(
            math.inf if each is None or math.isnan(each) else each
            for each in (self.score, self.loss)
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)


Work = Callable[[Job, Any], Outcome]
"""What does a job, in the place of its trial: a folder or, in this process, memory.

It must be possible to pickle it.
"""


def failed(job: Job, error: BaseException, is_mistake: bool = False) -> Outcome:
    """Return the outcome of a job that could not be done."""
    # Of a KeyError the text is the key alone.
    text = f"{error!r}" if isinstance(error, KeyError) else f"{error}"
    what = text or type(error).__name__
    return Outcome(*job.key, error=what, is_mistake=is_mistake)
