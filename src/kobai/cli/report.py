"""What `kobai train` says before it begins and when it is done."""

import math
from typing import TYPE_CHECKING, Any

from kobai.cli.folder import RunFolder
from kobai.cli.judged import print_judgement
from kobai.cli.measures import of_table
from kobai.cli.options import DATA_SETS
from kobai.cli.screen import command, console, counted, facts, plain, say, short, show
from kobai.cli.settings import Options
from kobai.errors import visible
from kobai.judging.wording import in_words
from kobai.run_folder import DESCRIBED
from kobai.training.display.lines import remarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kobai.data import Dataset
    from kobai.data.tables.told import ColumnNote
    from kobai.judging import Judgement
    from kobai.networks import Network
    from kobai.optimizers import Optimizer
    from kobai.training import History

MOST_COLUMNS = 40


def announce(
    folder: RunFolder,
    settings: Options,
    data: "Dataset",
    network: "Network",
    optimizer: "Optimizer",
) -> None:
    """Say what is about to happen: data, network, training, run folder."""
    show(
        facts(
            Data=data.summary,
            Network=str(network),
            **_members(settings),
            Training=_training(settings, optimizer),
            **_start(settings),
            Run=short(folder.path),
        )
    )
    say()
    if data.told:
        _show_columns(data.told)


def _show_columns(told: "Sequence[ColumnNote]") -> None:
    """Show what each column is taken for; of many, those about which there is most."""
    from rich.table import Table

    shown = sorted(told, key=lambda note: note.is_usual)[:MOST_COLUMNS]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    titles = ["Column", "Taken for", "Example", "Why, and what changes it"]
    # A column without a word in it would take the room of the others.
    count = len(titles) if any(note.reason for note in shown) else len(titles) - 1
    for title in titles[:count]:
        table.add_column(title, header_style="bold", overflow="fold")
    for note in (note for note in told if note in shown):
        cells = (note.name, note.taken, note.example, note.reason)
        table.add_row(*map(plain, cells[:count]))
    show(table)
    if len(told) > len(shown):
        say(f"and {len(told) - len(shown):,} more columns")
    say()


def _members(settings: Options) -> dict[str, str]:
    """Say how many networks there are, if several, and how to train one."""
    members = settings.members or 1
    if members == 1:
        return {}
    apart = ", each with other rows held out" * bool(settings.validation)
    return {
        "Ensemble": f"{members} such networks{apart}; what they say is averaged "
        f"(--members 1 trains one alone)"
    }


def _start(settings: Options) -> dict[str, str]:
    return {"Start": short(settings.warm_start)} if settings.warm_start else {}


def _training(settings: Options, optimizer: Any) -> str:
    batches = {
        "full": "all samples in every step",
        "online": "one sample at a time",
        "random": f"batches of {settings.batch_size}, drawn with replacement",
        "shuffle": f"batches of {settings.batch_size}, shuffled",
    }[settings.batches]
    if settings.steps is not None:
        length = counted(settings.steps, "step")
    else:
        length = counted(settings.epochs or 1, "epoch")
    if settings.patience is not None:
        length = _stopping(settings, length)
    extra = f"; momentum {optimizer.momentum:g}" if settings.momentum else ""
    decay = f"; weight decay {settings.weight_decay:g}" * bool(settings.weight_decay)
    slow = "; gradients by the definition (slow)" * (settings.gradient == "numerical")
    return (
        f"{settings.optimizer}, learning rate {optimizer.learning_rate:g}{extra}{decay}"
        f"; {batches}; {length}{_evaluated(settings)}; seed {settings.seed}{slow}"
    )


def _evaluated(settings: Options) -> str:
    """Say which epochs are evaluated, if not all."""
    every = settings.evaluate_every
    if every == 1:
        return ""
    return f"; evaluated every {every} epochs" if every else "; evaluated at the end"


def _stopping(settings: Options, length: str) -> str:
    """Say when a run ends whose rows held out decide it, and how to change that."""
    return (
        f"until the loss on {settings.validation:.0%} of the training rows, held out, "
        f"has not improved for {counted(settings.patience or 0, 'epoch')}, at most "
        f"{length}; the best epoch is kept (--validation 0 trains on all rows to the "
        "end, --patience)"
    )


def results(
    data: "Dataset", learned: "Dataset", network: "Network", history: "History"
) -> dict[str, Any]:
    """Return what came out, for `run.json`: measured on the network that is saved.

    `learned` is the data that the records are of.
    """
    last = history.records[-1]
    found: dict[str, Any] = {
        "epochs": last["epoch"],
        "steps": last["step"],
        "seconds": last["seconds"],
    }
    if "validation_loss" in history.names():
        # What is kept is of the end of an epoch, though the run may end inside one.
        whole = [each for each in history.records if isinstance(each["epoch"], int)]
        best = min(whole, key=lambda each: float(each["validation_loss"]))
        found["best_epoch"] = best["epoch"]
    scores = {}
    if learned is data and data.sample_weight is None:
        scores = _last_scores(history)
    if not scores:
        for part, (x, t) in zip(("train", "test"), data, strict=True):
            measured = network.evaluate(x, t)
            scores |= {f"{part}_{name}": value for name, value in measured.items()}
    if data.columns and len(data.x_test):
        measured = of_table(network, data.columns, data.x_test, data.t_test)
        scores |= {f"test_{name}": value for name, value in measured.items()}
    # JSON has no infinity, which a regression's test loss may reach.
    found |= {k: value if math.isfinite(value) else None for k, value in scores.items()}
    return found | {"stopped": history.stopped}


def _last_scores(history: "History") -> dict[str, float]:
    """Return the last record's scores where they are the saved network's, else {}.

    A run that was stopped, or judged by rows held out, may keep an earlier network.
    """
    last = history.records[-1]
    if history.stopped or "test_loss" not in last:
        return {}
    parts = ("train_", "test_")
    return {name: float(last[name]) for name in last if name.startswith(parts)}


def ending(history: "History") -> None:
    """Say why a run ended before its time, or that it did not learn."""
    for remark in remarks(history):
        say(plain(remark))


def how_good(results: dict[str, Any], judgement: "Judgement | None" = None) -> None:
    """Say how well it went."""
    steps = counted(results["steps"], "step")
    say()
    say(f"{_quality(results)} after {steps} in {results['seconds']:.1f} s")
    if results.get("best_epoch") is not None:
        say(
            f"The network is that of epoch {results['best_epoch']}, the best on the "
            "rows held out"
        )
    if judgement:
        print_judgement(judgement)
    for line in in_words(results):
        say(plain(line))


def what_next(folder: RunFolder, settings: Options) -> None:
    """Say what was written, and what to type next."""
    run = short(folder.path)
    say()
    written = {
        f"{run}/{name}": what
        for name, what in DESCRIBED.items()
        if (folder.path / name).exists()
    }
    show_pairs("Written", written)
    say()
    show_pairs("Next", _next_commands(run, settings))


def _quality(results: dict[str, Any]) -> str:
    if results.get("test_r2") is not None:
        best = f"[bold]Test R² [green]{results['test_r2']:.4f}[/green][/bold]"
        poor = " (the mean alone would be better)" * (results["test_r2"] < 0)
        return f"{best}{poor}, root mean squared error {results['test_rmse']:.4g}"
    name = "accuracy" if "test_accuracy" in results else "loss"
    test, train = results[f"test_{name}"], results[f"train_{name}"]
    best = f"[bold]Test {name} [green]{test:.4f}[/green][/bold]"
    return f"{best} (training data {train:.4f})"


def _next_commands(run: str, settings: Options) -> dict[str, str]:
    if settings.is_table:
        new = ("new.csv", "-o", "predictions.csv")
        return {
            command("evaluate", run): "where it errs",
            command("predict", run, *new): "for new rows",
            command("export", run, f"{run}/model.onnx"): "to use it elsewhere",
        }
    other = "50" if settings.hidden == "100,50" else "100,50"
    return {
        command("evaluate", run): "where it errs",
        command("predict", run, "my.png"): "a figure that you drew",
        command("train", *_same_data(settings), "--hidden", other): "another network",
    }


def _same_data(settings: Options) -> list[str]:
    """Return what to type so that the same data is learned from again."""
    there = ["--data-dir", short(settings.data_dir)] if settings.data_dir else []
    if settings.data in DATA_SETS:
        return [settings.data] * (settings.data != "digits") + there
    return [short(settings.data)]


def show_pairs(title: str, rows: dict[str, str]) -> None:
    """Print what can be typed or opened beside what it is, or above it if too wide."""
    from rich.cells import cell_len
    from rich.text import Text

    width = max(cell_len(left) for left in rows) + max(map(len, rows.values()))
    if len(title) + 4 + width <= console().width:
        show(_pairs(title, rows))
        return
    say(f"[bold]{title}[/bold]")
    for left, right in rows.items():
        # A terminal that wraps a line by itself still copies it as one.
        console().print(Text(f"  {visible(left)}", "cyan"), soft_wrap=True)
        say(f"      {right}")


def _pairs(title: str, rows: dict[str, str]) -> Any:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(no_wrap=True, overflow="fold", style="cyan")
    grid.add_column()
    for index, (left, right) in enumerate(rows.items()):
        grid.add_row("" if index else title, plain(left), right)
    return grid
