"""`kobai sweep`: train with many settings, and find the best of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kobai.cli import options
from kobai.cli.claim import check_new, new_folder
from kobai.cli.loading import typed
from kobai.cli.screen import short
from kobai.cli.settings import SettingError, one_of
from kobai.cli.swept import METRICS, SAMPLERS, with_swept_options
from kobai.cli.table_options import Header
from kobai.engines.machine.processor import threads_here
from kobai.run_folder import LOCK

if TYPE_CHECKING:
    from kobai.sweeps.folder import SweepFolder

SWEEP = "Sweep"

Trials = Annotated[
    int | None,
    typer.Option(
        "--trials",
        parser=options.whole("--trials", 1),
        metavar="N",
        rich_help_panel=SWEEP,
        help="How many settings to try. Usually 30; all, where there are fewer.",
    ),
]
Sampler = Annotated[
    str | None,
    typer.Option(
        "--sampler",
        metavar="NAME",
        autocompletion=options.names(SAMPLERS),
        rich_help_panel=SWEEP,
        help="What chooses settings: random (the default), grid (all combinations) or "
        "tpe (draws where trials were good; needs Optuna).",
    ),
]
Halving = Annotated[
    bool | None,
    typer.Option(
        "--halving/--no-halving",
        rich_help_panel=SWEEP,
        help="Whether to train all for a few epochs, and only the best third for "
        "thrice as long, and so on. Usually so.",
    ),
]
Metric = Annotated[
    str | None,
    typer.Option(
        "--metric",
        metavar="NAME",
        autocompletion=options.names(METRICS),
        rich_help_panel=SWEEP,
        help="By what to choose, on rows held out: accuracy or loss. Usually accuracy "
        "for classes.",
    ),
]
Seeds = Annotated[
    int | None,
    typer.Option(
        "--seeds",
        parser=options.whole("--seeds", 1),
        metavar="N",
        rich_help_panel=SWEEP,
        help="With how many seeds to train each of the best settings, to see how far "
        "luck goes. Usually 3.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        parser=options.whole("--jobs", 1),
        metavar="N",
        rich_help_panel=SWEEP,
        help="How many trials to train at a time. Usually one for each core.",
    ),
]
Dask = Annotated[
    str | None,
    typer.Option(
        "--dask",
        metavar="ADDRESS",
        rich_help_panel=SWEEP,
        help="Train on the workers of a Dask cluster instead: tcp://HOST:8786.",
    ),
]
Run = Annotated[
    str | None,
    typer.Option(
        "--run",
        metavar="FOLDER",
        rich_help_panel=options.RUN,
        help="The folder to write. Usually runs/sweep-1, then -2, and so on.",
    ),
]
Resume = Annotated[
    str | None,
    typer.Option(
        "--resume",
        metavar="FOLDER",
        rich_help_panel=options.RUN,
        help="Go on with a sweep, with its own settings: train the trials that are "
        "missing.",
    ),
]


@with_swept_options
def sweep(
    data: options.Data = None,
    header: Header = None,
    trials: Trials = None,
    sampler: Sampler = None,
    halving: Halving = None,
    metric: Metric = None,
    seeds: Seeds = None,
    jobs: Jobs = None,
    dask: Dask = None,
    run: Run = None,
    resume: Resume = None,
    language: options.Language = "en",
    quiet: options.Quiet = False,
    **swept: list[str] | None,
) -> None:
    """Train with many settings, and find the best.

    \b
    kobai sweep --lr 1e-3..1 --hidden 10 --hidden 50 --hidden 100,50
    kobai sweep my.csv --target y --lr 1e-4..0.1 --trials 60 --jobs 4
    kobai sweep mnist --lr 1e-3..1/4 --optimizer sgd --optimizer adam
    kobai sweep my.csv --target y --batch-size 16..256 --sampler tpe
    kobai sweep --resume runs/sweep-1    the trials that are missing

    Options are those of kobai train. One that is given several times is a choice;
    1e-4..1 is a range (even in the logarithm for rates, decays and sizes), 1e-4..1/5
    five numbers of it. What is best is judged on rows held out; the test data are
    touched once, at the end.

    Each trial is a run folder, in runs/sweep-1/001 and so on, to be evaluated, resumed
    and exported as any other. Beside them: a table (sweep.csv) and pictures.
    """
    one_of("--language", language, options.LANGUAGES)
    chosen = {
        name: value
        for name, value in {
            **{"data": data, "header": header, "trials": trials, "sampler": sampler},
            **{"halving": halving, "metric": metric, "seeds": seeds, "run": run},
            **swept,
        }.items()
        if value is not None
    }
    if data is not None and data not in options.DATA_SETS:
        chosen["data"] = typed(data)
    workers = _workers(jobs, dask)
    # These load NumPy, which `kobai --help` does not need.
    from kobai.cli.asked import begun, resumed
    from kobai.cli.sweeping import Sweeping

    if resume is not None:
        with _held(resume) as folder:
            asked = resumed(folder, chosen)
            Sweeping(asked, folder, workers, dask, language, quiet).go()
        return
    asked = begun(chosen)
    check_new(run, "sweep")
    with new_folder(run, "sweep") as place:
        from kobai.sweeps.folder import SweepFolder

        folder = SweepFolder(place.path)
        Sweeping(asked, folder, workers, dask, language, quiet).go()


def _workers(jobs: int | None, dask: str | None) -> int:
    """Return how many processes train: a core each, where that is possible."""
    if jobs is not None and dask is not None:
        raise SettingError(
            f"got --jobs {jobs} and --dask {dask}; the cluster has its own workers"
        )
    if jobs is not None:
        return jobs
    from importlib.util import find_spec

    if find_spec("joblib") is None:
        return 1
    return threads_here()


@contextmanager
def _held(path: str) -> "Iterator[SweepFolder]":
    """Hold the folder of a sweep that is to go on."""
    from kobai.lock import HeldError, lock
    from kobai.sweeps.folder import SweepError, SweepFolder

    folder = SweepFolder(Path(path).expanduser())
    folder.read()
    try:
        taken = lock(folder.path / LOCK)
    except HeldError as error:
        raise SweepError(
            f"--resume: {short(path)} is being searched by {error}. Wait for it"
        ) from None
    try:
        yield folder
    finally:
        taken.release()
