"""`sweep`: a search in Python."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from kobai.checks import whole
from kobai.errors import suggest
from kobai.keywords import checked_keywords
from kobai.lock import HeldError, lock
from kobai.run_folder import LOCK, SWEEP
from kobai.sweeps.folder import SweepError, SweepFolder, Trial
from kobai.sweeps.halving import Rung
from kobai.sweeps.jobs import Outcome
from kobai.sweeps.memory import SweepMemory
from kobai.sweeps.objectives import Function, Networks
from kobai.sweeps.result import Sweep
from kobai.sweeps.samplers import SAMPLERS
from kobai.sweeps.search import Plan, Search, count_trials
from kobai.sweeps.space import as_space, first, plain
from kobai.sweeps.tables import Tables, as_given
from kobai.sweeps.workers.crew import crew
from kobai.tabular import TableModel

USUAL_TRIALS = 30
METRICS = ("accuracy", "loss")


@checked_keywords
def sweep(
    objective: "Callable[..., Any] | TableModel | None",
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

    A `kobai.TableModel` is made again with each of the settings, which are its
    parameters; `data` is then a file, a frame or a pair (X, y), as its `fit` takes
    them, and `found.model()` the best model, fitted.

    Networks are judged by rows held out, a fifth of the training data unless
    `validation` says otherwise, by `metric`: "accuracy", usual for classes, or "loss".
    The test data are not touched. With `halving` all are trained for a few epochs, and
    the best third goes on, exactly from where it was, for three times as long. The
    best three are trained with so many `seeds`.

    `jobs` is how many are trained at a time, each in a process with one thread of its
    own; `dask` the address of a cluster that does it instead. With a `folder` each
    trial is kept in a folder in it as soon as it is done, and the same call goes on
    where an earlier one was ended. With neither folder nor several jobs it
    is kept in memory: of the networks those alone that may still be the best.

    Raises `SpaceError` for a space that makes no sense, `SweepError` where no trial
    came to a score, or the folder is of another search, `MissingExtraError` for several
    jobs, Dask or Optuna without the extra.

    >>> space = {"x": "0.0..10.0", "y": [0, 1]}
    >>> found = sweep(lambda x, y: (x - 3) ** 2 + y, space, trials=200)
    >>> found.best_score < 0.1, found.best_config["y"]
    (True, 0)
    >>> import kobai
    >>> from kobai import Network, Dense, load_digits
    >>> from kobai.networks import ReLU, Softmax
    >>> def network(hidden):
    ...     return Network(64, [Dense(hidden), ReLU(), Dense(10), Softmax()])
    >>> space = {"hidden": [10, 30], "learning_rate": "0.01..1/3"}
    >>> found = sweep(network, space, data=load_digits(), settings={"epochs": 3})
    >>> found.measure, len(found.trials), found.network().size > 700
    ('validation_accuracy', 6, True)
    >>> import polars as pl
    >>> frame = pl.DataFrame({"size": [1, 2, 8, 9] * 25, "kind": list("aabb") * 25})
    >>> table = kobai.TableModel("kind", epochs=9, members=1)
    >>> found = sweep(table, {"hidden": [4, (8, 8)]}, data=frame)
    >>> found.model().predict(pl.DataFrame({"size": [1, 9]})).to_list()
    ['a', 'b']

    Bergstra & Bengio (2012), "Random Search for Hyper-Parameter Optimization".
    """
    _check(sampler, metric, seeds, jobs, trials)
    whole("sweep", "seed", seed, 0)
    parameters = as_space(space)
    is_kept = folder is not None
    work = _work(objective, data, dict(settings or {}), metric, maximize, is_kept)
    work.check(parameters)
    lasts = "epochs" in parameters or "steps" in parameters
    # Where trials differ in it, each says itself how long it is trained.
    longest = None if lasts else work.longest(first(parameters))
    count = count_trials(parameters, trials, sampler, USUAL_TRIALS)
    plan = Plan(parameters, count, sampler, seed, longest, halving, seeds)
    if folder is None and jobs == 1 and dask is None:
        kept: AbstractContextManager[SweepFolder | SweepMemory] = nullcontext(
            SweepMemory(plan.going_on)
        )
    else:
        kept = _held(folder, plan, work)
    with kept as place:
        search = Search(plan, place)
        with crew(work, place, jobs, dask) as workers:
            best = search.go(workers, _Lines(progress))
        return Sweep(search, best, _measure(best), work)


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


def _work(
    objective: Any,
    data: Any,
    fixed: dict[str, Any],
    metric: str | None,
    up: bool,
    is_kept: bool,
) -> Function | Networks | Tables:
    """Return what does the trials."""
    if objective is not None and not callable(objective):
        if isinstance(objective, TableModel):
            return Tables(objective, as_given(data), fixed, metric, is_kept)
        raise TypeError(
            f"sweep: got {type(objective).__name__}; need a function, a TableModel, or "
            "None for the network that suits the data"
        )
    if data is not None:
        return Networks(objective, data, fixed, metric, is_kept)
    if objective is None or fixed:
        raise TypeError(
            "sweep: got no data; without it the objective is a function that takes "
            "the settings and returns a number"
        )
    return Function(objective, up)


@contextmanager
def _held(
    folder: str | os.PathLike[str] | None,
    plan: Plan,
    work: Function | Networks | Tables,
) -> Iterator[SweepFolder]:
    """Yield the folder of a search, which no other may use meanwhile.

    One without a name is there as long as somebody may ask for the networks in it.
    """
    path = tempfile.mkdtemp(prefix="kobai-sweep-") if folder is None else folder
    place = SweepFolder(Path(path), is_kept=folder is not None)
    if folder is None:
        weakref.finalize(place, shutil.rmtree, place.path, ignore_errors=True)
    try:
        place.path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise SweepError(f"sweep: {place.path}: is a file, and no folder") from None
    try:
        taken = lock(place.path / LOCK)
    except HeldError as error:
        raise SweepError(f"sweep: {place.path} is being searched by {error}") from None
    try:
        _begin(place, plan, work)
        yield place
    except BaseException:
        if not place.is_kept:
            shutil.rmtree(place.path, ignore_errors=True)
        raise
    finally:
        taken.release()


def _begin(place: SweepFolder, plan: Plan, work: Function | Networks | Tables) -> None:
    """Write down what is asked for; refuse a folder where something else was."""
    asked = {
        "python": True,
        **plan.as_json(),
        "settings": plain(work.fixed),
        "data": work.mark,
        "metric": work.metric,
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
