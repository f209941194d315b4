"""A training that is one trial among many, and what its history says of it."""

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kobai.errors import DivergenceError, ModelFileError
from kobai.lock import HeldError
from kobai.run_folder import CHECKPOINT, HISTORY
from kobai.sweeps.jobs import Job, Outcome
from kobai.sweeps.memory import Place, TrialMemory
from kobai.sweeps.space import Parameter, Space, SpaceError
from kobai.training import History, LossWatch, train
from kobai.training.checkpoint import InMemory

if TYPE_CHECKING:
    from kobai.networks import Network

T = TypeVar("T")
USUAL_VALIDATION = 0.2
DIVERGED = "training diverged"
NEVER = 2**60
PATIENCE = 5.0
"""So many seconds a worker whose parent was killed has time to end."""
GLANCE = 0.05
"""So often, in seconds, it is looked whether it has."""
WORTH_KEEPING = 1e10
"""So many multiply-adds, a few seconds, are worth a checkpoint."""


def fit(
    network: "Network", data: Any, callbacks: Sequence[Any] = (), **options: Any
) -> History:
    """Train a network without a word; one that diverges has its history too.

    Raises KeyboardInterrupt where Ctrl-C has ended it.
    """
    try:
        history = train(
            network,
            data,
            callbacks=[LossWatch(), *callbacks],
            progress=False,
            **options,
        )
    except DivergenceError as error:
        history = getattr(error, "history", History())
        if not history.records:
            raise
        why = str(error).removeprefix(f"{DIVERGED}: ")
        history.stopped = f"{DIVERGED}: {why}"
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    return history


def check_held_out(space: Space, usual: float | None) -> None:
    """Refuse a search in which no rows are held out, for it has none to choose by.

    `usual` is the share of those trials that do not choose it themselves.
    """
    swept = space["validation"].values() if "validation" in space else (usual,)
    if 0 in (swept or ()):
        raise SpaceError(
            "sweep: validation=0, and models are chosen by rows held out from "
            "training; need a share, such as 0.2"
        )


def check_losses(losses: Parameter, metric: str | None, has_classes: bool) -> None:
    """Refuse to choose among losses where trials are judged by them.

    A `metric` of None is the accuracy, where there are classes.
    """
    is_by_loss = metric == "loss" or not (metric or has_classes)
    if is_by_loss and len(losses.values() or ()) > 1:
        other = ', or choose by metric="accuracy"' if has_classes else ""
        raise SpaceError(
            "sweep: models are chosen by their loss, and each of several losses has a "
            f"scale of its own; search with one of them{other}"
        )


def judged(job: Job, history: History, metric: str | None = None) -> Outcome:
    """Judge a trial by the rows held out, in its best epoch, whose network is kept.

    `metric` is "accuracy" or "loss"; None is accuracy, where there is one.
    """
    # The record of a part of an epoch is none that early stopping has seen.
    whole = [each for each in history.records if isinstance(each["epoch"], int)]
    best = min(whole, key=lambda each: float(each["validation_loss"]))
    if metric is None:
        metric = "accuracy" if "validation_accuracy" in best else "loss"
    if f"validation_{metric}" not in best:
        raise ValueError(f"sweep: metric={metric}: needs classes; numbers have a loss")
    last = history.records[-1]
    shown = {name: best[name] for name in best if name.startswith(("train", "val"))}
    shown |= {"best_epoch": best["epoch"], "epochs": last["epoch"]}
    shown |= {"steps": last["step"]}
    has_diverged = (history.stopped or "").startswith(DIVERGED)
    found = float(best[f"validation_{metric}"])
    is_score = math.isfinite(found)
    score = -found if metric == "accuracy" else found
    return Outcome(
        *job.key,
        score=score if is_score and not has_diverged else None,
        loss=float(best["validation_loss"]),
        shown=shown,
        stopped=history.stopped,
        error=None if is_score else f"the validation {metric} is {found}",
    )


def seldom(network: "Network", rows: int, per_epoch: int, steps: int) -> int:
    """Return after how many steps a trial is written down: after some seconds.

    One that is over before is written at its end alone; NEVER stands for that.
    """
    epochs = math.ceil(WORTH_KEEPING / (3 * network.size * rows))
    return per_epoch * epochs if per_epoch * epochs < steps else NEVER


def checkpoint_of(job: Job, place: Place) -> Path | InMemory:
    """Return what a job goes on from: a file in the folder of its trial, or memory."""
    if isinstance(place, TrialMemory):
        return InMemory() if job.repeat else place.checkpoint
    return place / (CHECKPOINT if not job.repeat else f"seed-{job.repeat}.{CHECKPOINT}")


def keep_history(history: History, place: Place) -> None:
    """Keep the records of a trial, of which its curves are drawn."""
    if isinstance(place, TrialMemory):
        place.history = History(history.records)
    else:
        history.write_csv(place / HISTORY)


def refusal_of(error: BaseException) -> OSError | None:
    """Return what the system refused, a full disk say, if that is behind an error."""
    return error.__cause__ if isinstance(error.__cause__, OSError) else None


def undamaged(train_on: Callable[[], T], checkpoint: Path | InMemory) -> T:
    """Go on with a training, or begin anew where its checkpoint cannot be read.

    A machine that has lost its power may have lost half of a file. One that cannot be
    written, as on a full disk, is whole.
    """
    if isinstance(checkpoint, InMemory):
        return train_on()
    try:
        return once_free(train_on)
    except ModelFileError as error:
        if refusal_of(error) or isinstance(error.__cause__, HeldError):
            raise
        checkpoint.unlink(missing_ok=True)
        return once_free(train_on)


def once_free(act: Callable[[], T]) -> T:
    """Do what another process holds up, once it is gone.

    A worker whose parent was killed ends soon.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except (HeldError, ModelFileError) as error:
            is_held = isinstance(error, HeldError)
            is_held = is_held or isinstance(error.__cause__, HeldError)
            if not is_held or time.monotonic() > end:
                raise
        time.sleep(GLANCE)
