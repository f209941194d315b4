"""`kobai train`: train a network, and leave a run folder behind."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli import options, table_options
from kobai.cli.claim import check_new, held_folder, new_folder
from kobai.cli.folder import RunFolder
from kobai.cli.loading import typed
from kobai.cli.models import known_runs
from kobai.cli.painter import Painter
from kobai.cli.screen import short
from kobai.cli.settings import (
    Options,
    SettingError,
    check_batches,
    check_judging,
    check_length,
    check_processes,
    check_stopping,
    check_table,
    one_of,
)
from kobai.cli.warm_start import load_start, warm_started
from kobai.run_folder import CHECKPOINT, RUN, SWEEP, RunError

if TYPE_CHECKING:
    from kobai.formats import Model


def train(
    data: options.Data = None,
    hidden: options.Hidden = None,
    activation: options.Activation = None,
    loss: options.Loss = None,
    members: options.Members = None,
    dtype: options.Dtype = None,
    optimizer: options.OptimizerName = None,
    lr: options.LearningRate = None,
    momentum: options.MomentumOption = None,
    weight_decay: options.WeightDecay = None,
    batch_size: options.BatchSize = None,
    batches: options.Batches = None,
    epochs: options.Epochs = None,
    steps: options.Steps = None,
    validation: options.Validation = None,
    patience: options.Patience = None,
    evaluate_every: options.EvaluateEvery = None,
    seed: options.Seed = None,
    engine: options.Engine = None,
    device: options.Device = None,
    processes: options.Processes = None,
    hosts: options.Hosts = None,
    gradient: options.GradientKind = None,
    data_dir: options.DataDir = None,
    target: table_options.Target = None,
    task: table_options.Task = None,
    test: table_options.Test = None,
    test_size: table_options.TestSize = None,
    test_last: table_options.TestLast = None,
    drop: table_options.Drop = None,
    keep: table_options.Keep = None,
    category: table_options.Category = None,
    number: table_options.Number = None,
    text: table_options.Text = None,
    missing: table_options.Missing = None,
    date_order: table_options.DateOrder = None,
    weight: table_options.Weight = None,
    class_weight: table_options.ClassWeight = None,
    encoding: table_options.Encoding = None,
    separator: table_options.Separator = None,
    header: table_options.Header = None,
    folds: table_options.Folds = None,
    seeds: table_options.Seeds = None,
    threshold: table_options.Threshold = None,
    interval: table_options.Interval = None,
    run: options.RunName = None,
    resume: options.Resume = False,
    warm_start: options.WarmStart = None,
    language: options.Language = "en",
    quiet: options.Quiet = False,
) -> None:
    """Train a network and draw how it learned.

    \b
    kobai train                          digits, in a second
    kobai train mnist --hidden 100,50    downloads MNIST once
    kobai train mnist --data-dir FOLDER  takes its files from there
    kobai train my.npz --optimizer adam  your own x and t
    kobai train my.csv --target species  your own table, to learn a column of it
    kobai train my.csv --target species --folds 5
    kobai train --resume runs/digits-1 --epochs 60
    kobai train --warm-start runs/my-1 more.csv

    The run folder gets the network (model.safetensors), the curves (curves.png,
    history.csv), of a regression the predictions (predicted-and-true.png), of a
    table a linear model to compare with (linear.safetensors), and settings and
    results (run.json).
    """
    given = {k: v for k, v in locals().items() if v is not None}
    for name in ("hosts", "run", "resume", "warm_start", "language", "quiet"):
        given.pop(name, None)
    # A run must find its data again from any other folder.
    for name in ("data", "data_dir", "test"):
        if name in given and given[name] not in options.DATA_SETS:
            given[name] = typed(given[name])
    one_of("--language", language, options.LANGUAGES)
    told = {"language": language, "quiet": quiet}
    if not resume:
        start = None
        if warm_start is not None:
            start, given = warm_started(warm_start, given)
        settings = _fresh(run, given)
        place = new_folder(run, settings.data)
        if _are_several(settings, hosts):
            _train_together(settings, hosts, place, **told)
        else:
            _train(settings, place, start, **told)
        return
    if warm_start is not None:
        raise SettingError("got --resume and --warm-start; give one of the two")
    folder = _named(run, given)
    if _are_several(folder.settings(), hosts):
        # Of several machines one alone holds the folder.
        settings, place = _resumed(folder, given), held_folder(folder.path)
        _train_together(settings, hosts, place, resume=True, **told)
        return
    with held_folder(folder.path):
        settings = _resumed(folder, given)
        start = load_start(folder, settings)
        _train(settings, nullcontext(folder), start, resume=True, **told)


def _train(
    settings: Options,
    place: AbstractContextManager[RunFolder],
    start: "Model | None",
    **told: Any,
) -> None:
    # It loads what it draws with while this process loads what it trains with.
    with Painter() as painter:
        from kobai.cli.session import Session

        Session(settings, place, start, painter=painter, **told).go()


def _train_together(*given: Any, **told: Any) -> None:
    from kobai.cli.together import train_together

    train_together(*given, **told)


def _are_several(settings: Options, hosts: str | None) -> bool:
    """Tell whether several processes are to train; refuse what they cannot."""
    if hosts is None and (settings.processes or 1) == 1:
        return False
    check_processes(settings, hosts)
    return True


def _fresh(run: str | None, given: dict[str, Any]) -> Options:
    settings = Options(**given)
    check_length(settings)
    check_batches(settings)
    check_stopping(settings)
    check_table(settings)
    check_judging(settings)
    check_new(run, settings.data)
    return settings


def _named(run: str | None, given: dict[str, Any]) -> RunFolder:
    """Return the folder of a run that is to go on, which may stand where data does."""
    place = Path(given.get("data", ""))
    if run is None and any((place / name).is_file() for name in (RUN, SWEEP)):
        run = given.pop("data")
    if run is None:
        is_named = "data" in given
        what = f"{short(place)} is no run" if is_named else "say which run"
        raise SettingError(
            f"--resume: {what}; write --resume runs/digits-1. {known_runs(place)}"
        )
    return RunFolder(Path(run).expanduser())


def _resumed(folder: RunFolder, given: dict[str, Any]) -> Options:
    """Take the settings of the run as it began; only its length may change."""
    before = folder.settings()
    if not folder.checkpoint.exists():
        raise RunError(
            f"--resume: no checkpoint in {folder.path}: {CHECKPOINT} is what a run "
            "goes on from. Put it back, or train anew in another folder"
        )
    for name, value in given.items():
        old = getattr(before, name)
        if name not in ("epochs", "steps") and value != old:
            raise SettingError(
                f"--resume: {name.replace('_', '-')} is {value} now and was {old} "
                "when the run began; only --epochs and --steps may change"
            )
    length = {k: v for k, v in given.items() if k in ("epochs", "steps")}
    if length:
        before = replace(before, epochs=None, steps=None)
    settings = replace(before, **length)
    check_length(settings)
    return settings
