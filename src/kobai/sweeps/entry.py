"""`sweep`: a search in Python."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from kobai.checks import whole
from kobai.data import Dataset
from kobai.data.checksum import checksum
from kobai.errors import suggest
from kobai.keywords import checked_keywords
from kobai.lock import HeldError, lock
from kobai.run_folder import LOCK
from kobai.sweeps.folder import SWEEP, SweepError, SweepFolder, Trial
from kobai.sweeps.halving import Rung
from kobai.sweeps.jobs import Outcome
from kobai.sweeps.objectives import USUAL, Function, Networks
from kobai.sweeps.result import Sweep
from kobai.sweeps.samplers import SAMPLERS
from kobai.sweeps.search import Plan, Search, count_trials
from kobai.sweeps.space import as_space, plain
from kobai.sweeps.workers.crew import crew

USUAL_TRIALS = 30
METRICS = ("accuracy", "loss")


@checked_keywords
def sweep(
    objective: Callable[..., Any] | None,
    space: Mapping[str, Any],
    *,
    data: Any = None,
    settings: Mapping[str, Any] | None = None,
    trials: int | None = None,
    sampler: str = "random",
    halving: bool = True,
    metric: str | None = None,
    maximize: bool = False,
    seeds: int = 1,
    seed: int = 0,
    jobs: int = 1,
    dask: str | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Sweep:
    """Try many settings, and return what was found, the best of them first.

        best = argmin over settings of objective(**settings)

    `space` says what to choose from, by name: a list of values, or a range: "1e-4..1"
    (even in its logarithm where the name is of a rate, a decay or a size), with points
    "1e-4..1/5", or a `Range`. `trials` (30) of them are tried: drawn by `seed`
    ("random"), all combinations ("grid"), or as Optuna's "tpe" proposes.

    Without `data`, `objective(**settings)` is a function of yours that returns a
    number, the smaller the better unless `maximize`. With `data`, as `kobai.train`
    takes it, it returns a `Network` from those settings that it has parameters for; the
    others are those of `kobai.train` (`batch_size`, `epochs` …) and of its optimizer
    (`optimizer`, a name, `learning_rate`, `weight_decay`, `momentum`). None for it is
    the network that suits a `Dataset`, such as a table: with `hidden`, `activation`,
    `members`. What is the same in all trials stands in `settings`.

    Networks are judged by rows held out, a fifth of the training data unless
    `validation` says otherwise, by `metric`: "accuracy", usual for classes, or "loss".
    The test data are not touched. With `halving` all are trained for a few epochs, and
    the best third goes on, exactly from where it was, for three times as long. The
    best three are trained with so many `seeds`.

    `jobs` is how many are trained at a time, each in a process with one thread of its
    own; `dask` the address of a cluster that does it instead. With a `folder` each
    trial is kept in a folder in it as soon as it is done, and the same call goes on
    where an earlier one was ended.

    Raises `SpaceError` for a space that makes no sense, `SweepError` where no trial
    came to a score, or the folder is of another search, `MissingExtraError` for several
    jobs, Dask or Optuna without the extra.

    >>> space = {"x": "0.0..10.0", "y": [0, 1]}
    >>> found = sweep(lambda x, y: (x - 3) ** 2 + y, space, trials=200)
    >>> found.best_score < 0.1, found.best_config["y"]
    (True, 0)
    >>> from kobai import Network, Dense, load_digits
    >>> from kobai.networks import ReLU, Softmax
    >>> def network(hidden):
    ...     return Network(64, [Dense(hidden), ReLU(), Dense(10), Softmax()])
    >>> space = {"hidden": [10, 30], "learning_rate": "0.01..1/3"}
    >>> found = sweep(network, space, data=load_digits(), settings={"epochs": 3})
    >>> found.measure, len(found.trials), found.network().size > 700
    ('validation_accuracy', 6, True)

    Bergstra & Bengio (2012), "Random Search for Hyper-Parameter Optimization".
    """
    _check(sampler, metric, seeds, jobs, trials)
    parameters = as_space(space)
    fixed = dict(settings or {})
    work: Function | Networks
    if data is None:
        if objective is None or fixed:
            raise TypeError(
                "sweep: got no data; without it the objective is a function that takes "
                "the settings and returns a number"
            )
        work, longest = Function(objective, maximize), None
    else:
        work = Networks(objective, data, fixed, metric)
        work.check(parameters)
        longest = _longest(work, fixed, parameters)
    count = count_trials(parameters, trials, sampler, USUAL_TRIALS)
    plan = Plan(parameters, count, sampler, seed, longest, halving, seeds)
    is_kept = folder is not None
    place = SweepFolder(Path(folder or tempfile.mkdtemp(prefix="kobai-sweep-")))
    place.path.mkdir(parents=True, exist_ok=True)
    watch = _Lines(progress)
    try:
        taken = lock(place.path / LOCK)
    except HeldError as error:
        raise SweepError(f"sweep: {place.path} is being searched by {error}") from None
    try:
        _begin(place, plan, fixed, data)
        search = Search(plan, place)
        with crew(work, place, jobs, dask) as workers:
            best = search.go(workers, watch)
        found = Sweep(search, best, _measure(best), work)
    except BaseException:
        if not is_kept:
            shutil.rmtree(place.path, ignore_errors=True)
        raise
    finally:
        taken.release()
    if not is_kept:
        # The networks lie there as long as somebody may ask for them.
        weakref.finalize(found, shutil.rmtree, place.path, ignore_errors=True)
    return found


def _check(
    sampler: str, metric: str | None, seeds: int, jobs: int, trials: int | None
) -> None:
    for name, value, known in (
        ("sampler", sampler, SAMPLERS),
        ("metric", metric, METRICS),
    ):
        if value is not None and value not in known:
            raise ValueError(
                f'sweep: {name}: got "{value}"; need one of {", ".join(known)}.'
                f"{suggest(value, known)}"
            )
    for name, number in (("seeds", seeds), ("jobs", jobs), ("trials", trials)):
        if number is not None:
            whole("sweep", name, number)


def _longest(
    work: Networks, fixed: Mapping[str, Any], space: Mapping[str, Any]
) -> int | None:
    """Return how long a trial is trained at most; None where each says so itself."""
    if "epochs" in space or "steps" in space:
        return None
    if fixed.get("steps") is not None:
        return int(fixed["steps"])
    if fixed.get("epochs") is not None or work.make is not None:
        return int(fixed.get("epochs") or USUAL["epochs"])
    from kobai.networks.usual import usual_settings

    return int(usual_settings(work.data, USUAL["validation"])["epochs"])


def _begin(place: SweepFolder, plan: Plan, fixed: Mapping[str, Any], data: Any) -> None:
    """Write down what is asked for; refuse a folder where something else was."""
    asked = {
        "python": True,
        **plan.as_json(),
        "settings": plain(fixed),
        "data": _mark(data),
    }
    if not (place.path / SWEEP).exists():
        place.write(asked)
        return
    before = place.read()
    other = [name for name, value in asked.items() if before.get(name) != value]
    if other:
        raise SweepError(
            f"sweep: {place.path} is of another search: {', '.join(other)} differ. "
            "Name another folder, or ask for the same"
        )


def _mark(data: Any) -> str:
    """Return by what data is known again: `Dataset`, (x, t), or two such pairs."""
    if data is None:
        return ""
    if isinstance(data, Dataset):
        data = data.x_train, data.t_train
    parts = (part if isinstance(part, tuple) else (part,) for part in data)
    return checksum(*map(np.asarray, chain.from_iterable(parts)))


def _measure(best: Trial) -> str:
    last = best.last
    shown = last.shown if last else {}
    names = ("score", "validation_accuracy", "validation_loss")
    return next(name for name in names if name in shown)


class _Lines:
    """Prints a line for each outcome, if that is wanted."""

    def __init__(self, is_wanted: bool) -> None:
        self.is_wanted = is_wanted

    def begin(self, what: str, jobs: int, rung: Rung | None) -> None:
        """Say what is next."""
        if self.is_wanted and jobs:
            length = f" up to {rung.length}" if rung and rung.length else ""
            print(f"{jobs} trainings{length}", flush=True)

    def tell(self, trial: Trial, outcome: Outcome) -> None:
        """Print what came of a job."""
        if self.is_wanted:
            shown = {k: v for k, v in outcome.shown.items() if "train" not in k}
            what = outcome.error or shown or outcome.stopped
            print(f"  {trial.number:03d}  {plain(trial.config)}  {what}", flush=True)
