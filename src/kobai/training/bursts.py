"""Many steps in a row, as many at once as last a moment: the loop of every training."""

from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np

from kobai.training.feed import Feeder
from kobai.training.step import Work
from kobai.training.steppers import Stepper

# So often Ctrl-C is noticed and the display redrawn.
SECONDS = 0.1
LONGEST = 4096


class Bursts:
    """Takes the steps of a run, burst by burst; `longest` bounds how many at once.

    `agree` is asked before each burst, with how many steps this process would take,
    how many it takes.

    Each step is

        params ← optimizer(params, ∂ loss(params; batch) / ∂ params),

    with the batch and the learning rate from the feed, by whatever engine the stepper
    is of.
    """

    def __init__(
        self,
        stepper: Stepper,
        feed: Feeder,
        longest: int = LONGEST,
        agree: Callable[[int], int] = int,
    ) -> None:
        self.stepper = stepper
        self.feed = feed
        self.longest = longest
        self.agree = agree
        self._length = 1

    def take(self, work: Work, first: int, stop: int) -> Iterator[np.ndarray]:
        """Change `work` by the steps from `first` to before `stop`; yield their losses.

        A burst ends at a loss that is not finite; whoever takes the losses decides
        whether to go on.
        """
        step = first
        while step < stop:
            together = min(stop, step + self.agree(min(self._length, self.longest)))
            began = perf_counter()
            data, burst = self.feed.take(step, together)
            losses = self.stepper.take_steps(work, data, burst)
            self._settle(perf_counter() - began)
            step += len(losses)
            yield losses

    def _settle(self, seconds: float) -> None:
        """Take fewer steps at once, or more, to last about a tenth of a second."""
        if seconds > SECONDS:
            self._length = max(1, self._length // 2)
        elif seconds < SECONDS / 4:
            # Eight times as many still last no more than a quarter of it.
            times = 2 if seconds > SECONDS / 32 else 8
            self._length = min(LONGEST, self._length * times)
