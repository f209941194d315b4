"""What the steps of a run take: rows of the data, noise, learning rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kobai.networks.ensemble import Ensemble
from kobai.networks.layer import Values
from kobai.training.batches import NOISE_STREAM, Indices, epoch_batches, stream
from kobai.training.data import MembersData, TrainingData
from kobai.training.settings import Settings
from kobai.training.step import Batch

if TYPE_CHECKING:
    from kobai.networks import Network


@dataclass(frozen=True)
class Burst:
    """What several steps of equal batches take, one after the other.

    `rows` has the row numbers of each batch, shape (steps, batch), or is None where
    every step takes all rows of the data. `noises` has a dict for each step, or is
    empty. `rates` are the learning rates, shape (steps,). Of an ensemble `members` has
    what each of them takes, and nothing else counts but the rates. `first` steps of the
    run lie behind.
    """

    rows: np.ndarray | None
    noises: Sequence[Values]
    rates: np.ndarray
    members: Sequence["Burst"] = ()
    first: int = 0

    def batch_size(self, data: Batch) -> int:
        """Return how many rows of the data a step takes."""
        return len(data["x"]) if self.rows is None else self.rows.shape[1]

    def noise(self, number: int) -> Values:
        """Return the noise of one of the steps."""
        return self.noises[number] if self.noises else {}


class Feeder(Protocol):
    """Whatever gives steps their data."""

    def take(self, first: int, stop: int) -> tuple[Batch, Burst]:
        """Return the data, and what the steps from `first` on take of it.

        There may be fewer than to `stop`: those of a burst have batches of one size.
        """


def make_feed(network: "Network", data: TrainingData, settings: Settings) -> Feeder:
    """Return what gives the steps of a network, or of an ensemble, their data."""
    if isinstance(network, Ensemble) and isinstance(data, MembersData):
        return MembersFeed(network, data, settings)
    return Feed(network, data.batch, settings)


class Feed:
    """Gives steps their data as functions of the seed and the number of the step.

    With `rows`, shape (n,), they are of these rows of the data alone. `member` is the
    number of a network in an ensemble: each draws by itself.
    """

    def __init__(
        self,
        network: "Network",
        data: Batch,
        settings: Settings,
        rows: np.ndarray | None = None,
        member: int = 0,
    ) -> None:
        self.network = network
        self.data = data
        self.settings = settings
        self.rows = rows
        self.member = member
        self._is_noisy = bool(network.noise(1, stream(settings.seed, NOISE_STREAM, 0)))
        # Of one epoch: the batches of the full size, and the last.
        self._epoch = -1
        self._batches: tuple[np.ndarray, Indices] = (np.empty((0, 0)), ())

    def take(self, first: int, stop: int) -> tuple[Batch, Burst]:
        """Return the data, and what the steps from `first` on take of it."""
        rows = self._rows(first, stop)
        if rows is not None:
            stop = first + len(rows)
        size = len(self.data["x"]) if rows is None else rows.shape[1]
        steps = range(first, stop)
        noises = [self._noise(size, step) for step in steps] if self._is_noisy else []
        return self.data, Burst(rows, noises, self._rates(steps), first=first)

    def _rates(self, steps: range) -> np.ndarray:
        """Return the learning rate of each step."""
        optimizer = self.settings.optimizer
        if not callable(optimizer.learning_rate):
            return np.full(len(steps), float(optimizer.rate_at(0)))
        return np.array([optimizer.rate_at(step) for step in steps])

    def _rows(self, first: int, stop: int) -> np.ndarray | None:
        """Return which rows of the data steps see; None stands for all rows."""
        chosen = self.settings
        epoch, number = divmod(first, chosen.per_epoch)
        if chosen.batches == "full":
            return None if self.rows is None else self.rows[np.newaxis]
        if self._epoch != epoch:
            self._epoch, self._batches = epoch, self._drawn(epoch)
        whole, last = self._batches
        if number < len(whole):
            return whole[number : number + stop - first]
        return np.asarray(last)[np.newaxis]

    def _drawn(self, epoch: int) -> tuple[np.ndarray, Indices]:
        """Return the rows of the full batches of an epoch, and those of the last."""
        kind, size = self.settings.batches, self.settings.batch_size
        count = len(self.data["x"] if self.rows is None else self.rows)
        drawn = epoch_batches(kind, count, size, self.settings.seed, epoch, self.member)
        is_ragged = len(drawn[-1]) < size
        whole, last = np.asarray(drawn[:-1] if is_ragged else drawn), drawn[-1]
        if self.rows is None:
            return whole, last
        return self.rows[whole.astype(int)], self.rows[last]

    def _noise(self, rows: int, step: int) -> dict[str, np.ndarray]:
        draw = stream(self.settings.seed, NOISE_STREAM, step, self.member)
        return self.network.noise(rows, draw)


class MembersFeed:
    """Gives the steps of an ensemble their data: each member its own rows and noise."""

    def __init__(
        self, network: Ensemble, data: MembersData, settings: Settings
    ) -> None:
        self.feeds = [
            Feed(network.kind, data.batch, settings, np.flatnonzero(~held), member)
            for member, held in enumerate(data.held)
        ]

    def take(self, first: int, stop: int) -> tuple[Batch, Burst]:
        """Return the data, and what the steps from `first` on take of it."""
        taken = [feed.take(first, stop) for feed in self.feeds]
        bursts = [burst for _, burst in taken]
        return taken[0][0], Burst(None, (), bursts[0].rates, bursts)
