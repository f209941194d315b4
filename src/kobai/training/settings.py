"""The settings of a run: refused where they make no sense, compared on resume."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.checks import whole
from kobai.engines import Engine, choose_engine
from kobai.optimizers import Optimizer
from kobai.training.batches import batch_size_of, ceil_divide
from kobai.training.checkpoint import Kept, differences
from kobai.training.data import TrainingData

if TYPE_CHECKING:
    from kobai.networks import Network

DEFAULT_EPOCHS = 10
DEFAULT_BATCH = 100
SAMPLED_ROWS = 1000

# A run by the clock is written so often, but never for more than a twentieth of its
# time.
CHECKPOINT_SECONDS = 1.0
CHECKPOINT_SHARE = 20


@dataclass(frozen=True)
class Settings:
    """What a run does and for how long, and where it is kept."""

    optimizer: Optimizer
    engine: Engine
    gradient: str
    batches: str
    batch_size: int
    per_epoch: int
    """Steps per epoch."""
    total: int
    """Steps altogether."""
    seed: int
    checkpoint: Kept | None
    checkpoint_every: int | None
    """Steps between two checkpoints; None is by the clock."""
    evaluate_every: int = 1
    """Epochs between two evaluations; 0 is none between the first and the last."""

    def next_stop(self, step: int, every_step: bool) -> int:
        """Return the step after which something is to be done besides training."""
        if every_step:
            return step + 1
        ends = [self.total]
        if self.evaluate_every:
            ends.append(_next_multiple(step, self.per_epoch * self.evaluate_every))
        if self.checkpoint is not None and self.checkpoint_every is not None:
            ends.append(_next_multiple(step, self.checkpoint_every))
        return min(ends)

    def evaluation_due(self, step: int) -> bool:
        """Tell whether the network is to be evaluated after this step of many."""
        every = self.per_epoch * self.evaluate_every
        return step == 0 or (every > 0 and step % every == 0)

    def checkpoint_due(self, since: float, cost: float) -> bool:
        """Tell whether it is time to write the run to disk, where the clock decides.

        `since` are the seconds since it was written, `cost` those that writing took.
        """
        if self.checkpoint is None or self.checkpoint_every is not None:
            return False
        return since >= max(CHECKPOINT_SECONDS, CHECKPOINT_SHARE * cost)


def make_settings(
    rows: int,
    *,
    optimizer: Optimizer,
    engine: Engine,
    gradient: str,
    batches: str,
    batch_size: int | None,
    epochs: int | None,
    steps: int | None,
    seed: int,
    checkpoint: Kept | None,
    checkpoint_every: int | None,
    evaluate_every: int = 1,
) -> Settings:
    """Return the settings, or say which makes no sense and what would."""
    _check_optimizer(optimizer)
    if checkpoint is None and checkpoint_every is not None:
        raise ValueError("train: checkpoint_every needs a file: checkpoint=PATH")
    choose_engine(engine)
    wanted = min(DEFAULT_BATCH, rows) if batch_size is None else batch_size
    size = batch_size_of(batches, rows, whole("train", "batch_size", wanted))
    per_epoch = ceil_divide(rows, size)
    if checkpoint_every is not None:
        checkpoint_every = whole("train", "checkpoint_every", checkpoint_every)
    return Settings(
        optimizer=optimizer,
        engine=engine,
        gradient=gradient,
        batches=batches,
        batch_size=size,
        per_epoch=per_epoch,
        total=_total_steps(epochs, steps, per_epoch),
        seed=whole("train", "seed", seed, least=0),
        checkpoint=checkpoint,
        checkpoint_every=checkpoint_every,
        evaluate_every=whole("train", "evaluate_every", evaluate_every, least=0),
    )


def _total_steps(epochs: int | None, steps: int | None, per_epoch: int) -> int:
    if epochs is not None and steps is not None:
        raise ValueError(
            f"train: got epochs={epochs} and steps={steps}; give one of the two"
        )
    if steps is not None:
        return whole("train", "steps", steps)
    epochs = DEFAULT_EPOCHS if epochs is None else epochs
    return per_epoch * whole("train", "epochs", epochs)


def identity(
    network: "Network", data: TrainingData, settings: Settings, callbacks: list[str]
) -> dict[str, Any]:
    """Return what must be the same when a run is resumed, by name."""
    return {
        "network": _text(network),
        "optimizer": _text(settings.optimizer),
        "batches": settings.batches,
        "batch_size": settings.batch_size,
        "seed": settings.seed,
        "gradient": settings.gradient,
        "data": _fingerprint(data),
        "callbacks": callbacks,
        "evaluate_every": settings.evaluate_every,
    }


def refuse_differences(
    path: object, before: Mapping[str, Any], now: Mapping[str, Any]
) -> None:
    """Raise `ValueError` naming every setting in which a resumed run would differ."""
    # Earlier versions evaluated after every epoch.
    before = {"evaluate_every": 1, **before}
    found = [f"{n} was {a} and is now {b}" for n, a, b in differences(before, now)]
    if found:
        raise ValueError(
            f"train: cannot resume from {path}: {'; '.join(found)}. Use the same "
            "settings, or start anew with resume=False"
        )


def _check_optimizer(optimizer: object) -> None:
    if isinstance(optimizer, Optimizer):
        return
    got = optimizer.__name__ if isinstance(optimizer, type) else repr(optimizer)
    raise TypeError(
        f"train: optimizer must be one such as SGD(0.1) or Adam(), got {got}"
    )


def _next_multiple(step: int, of: int) -> int:
    return (step // of + 1) * of


def _text(value: object) -> str:
    # A function in a schedule prints its address, which differs between processes.
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))


def _fingerprint(data: TrainingData) -> str:
    """Describe the data so that other data is noticed, without reading all of it."""
    rows = slice(None, None, max(1, len(data.x) // SAMPLED_ROWS))
    sample = np.ascontiguousarray(data.x[rows]), np.ascontiguousarray(data.t)
    checksum = zlib.crc32(sample[1].data, zlib.crc32(sample[0].data))
    text = (
        f"x {data.x.shape} {data.x.dtype}, t {data.t.shape} {data.t.dtype}, "
        f"checksum {checksum:08x}"
    )
    if data.weights is None:
        return text
    return f"{text}, weights {zlib.crc32(np.ascontiguousarray(data.weights).data):08x}"
