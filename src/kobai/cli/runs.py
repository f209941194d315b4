"""`kobai runs`: the runs that there are, and what differs between them."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from kobai.cli import options
from kobai.cli.models import known_runs
from kobai.cli.screen import columns, command, console, plain, say, short, show
from kobai.cli.seen import Seen, is_run, look, runs_in
from kobai.cli.settings import Options, one_of
from kobai.errors import visible
from kobai.run_folder import RunError

FOLDER = Path("runs")
PATHS = ("data", "data_dir", "test", "warm_start")
STYLES = {"done": "green", "running": "cyan", "stopped": "yellow", "damaged": "red"}


def _when(run: Seen) -> float:
    return run.begun.timestamp() if run.begun else 0.0


def _goodness(run: Seen) -> tuple[str, float]:
    """Sort runs that are measured alike together, the best of them last."""
    name, value = run.score or ("", 0.0)
    return name, value if name == "accuracy" else -value


SORTS: dict[str, Callable[[Seen], Any]] = {
    "when": _when,
    "run": lambda run: run.path,
    "data": lambda run: _data(run),
    "state": lambda run: run.state,
    "score": _goodness,
    "epochs": lambda run: run.epochs or 0,
    "seconds": lambda run: run.number("seconds") or 0,
}


def runs(
    named: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN",
            autocompletion=options.complete_runs,
            show_default=False,
            help="Run folders to compare, or a folder of runs to list. Usually runs.",
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="NAME",
            autocompletion=options.names(tuple(SORTS)),
            help=f"By what: {', '.join(SORTS)}. The last is the newest (when, which is "
            "usual), the best, …",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all that is known as JSON.")
    ] = False,
) -> None:
    """List the runs that there are, or compare some.

    \b
    kobai runs                              all in the folder runs
    kobai runs --sort score                 the best last
    kobai runs runs/digits-1 runs/digits-2  which settings differ, and the scores
    kobai runs --json > runs.json           for a program

    A run is done, running, damaged, or stopped: killed, interrupted or diverged.
    """
    paths = [Path(name).expanduser() for name in named or [str(FOLDER)]]
    is_comparing = bool(named) and all(map(is_run, paths))
    found = [look(path) for path in _folders(paths, needed=bool(named))]
    if sort or not is_comparing:
        key = SORTS[one_of("--sort", sort or "when", SORTS)]
        found = sorted(sorted(found, key=_when), key=key)
    if as_json:
        typer.echo(json.dumps([run.as_json() for run in found], indent=2))
    elif not found:
        where = ", ".join(plain(short(path)) for path in paths)
        say(f"No runs in {where}. Train a network: {command('train')}")
    elif is_comparing:
        _compare(found)
    else:
        _list(found)


def _folders(paths: Iterable[Path], needed: bool) -> list[Path]:
    """Return the run folders that are named, or lie in folders that are."""
    found: list[Path] = []
    for path in paths:
        if is_run(path):
            found.append(path)
        elif path.is_dir():
            found += runs_in(path)
        elif needed:
            what = "is a file" if path.exists() else "there is no such folder"
            raise RunError(
                f"{path}: {what}; name a run folder, or a folder of runs. "
                f"{known_runs(path)}"
            )
    return list(dict.fromkeys(found))


def _list(found: Sequence[Seen]) -> None:
    """Print a row for each run; in a narrow window a few lines."""
    measures = {run.score[0] for run in found if run.score}
    heads = ["run", "data", "network", "when", "epochs", "state"]
    heads += [measures.pop() if len(measures) == 1 else "test", "seconds"]
    table = columns(*heads, left=(0, 1, 2, 3, 5))
    for run in found:
        cells = [plain(cell) for cell in _cells(run, heads[6])]
        table.add_row(*cells[:5], _coloured(run), *cells[6:])
    if table.fits(console()):
        show(table)
    else:
        _stack(found)
    _explain(found)


def _wide(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    from rich.cells import cell_len

    return cell_len(visible(text))


def _stack(found: Sequence[Seen]) -> None:
    """Print each run below the other."""
    for run in found:
        _, data, network, when, epochs, _, score, seconds = _cells(run, "")
        about = [data, network, f"{epochs} epochs" if epochs else ""]
        took = [when, f"{seconds} s" if seconds else "", score]
        say(f"[bold]{plain(short(run.path))}[/bold]  {_coloured(run)}")
        for line in (about, took):
            if any(line):
                say(f"  {plain('; '.join(word for word in line if word))}")


def _cells(run: Seen, measure: str) -> list[str]:
    """Return what a row of the list says of a run."""
    name, value = run.score or ("", None)
    score = (
        "" if value is None else f"{value:.4g}" if name == "RMSE" else f"{value:.4f}"
    )
    seconds = run.number("seconds")
    return [
        short(run.path),
        _data(run),
        _network(run),
        f"{run.begun:%m-%d %H:%M}" if run.begun else "",
        _epochs(run),
        run.state,
        score if name in ("", measure) else f"{score} {name}",
        "" if seconds is None else f"{seconds:.1f}",
    ]


def _data(run: Seen) -> str:
    return Path(run.settings.data).name if run.settings else ""


def _network(run: Seen) -> str:
    if run.settings is None:
        return ""
    members = run.settings.members or 1
    several = f" × {members}" * (members > 1)
    return f"{run.settings.hidden} {run.settings.activation or ''}{several}".strip()


def _epochs(run: Seen) -> str:
    """Return how many epochs are done, and of how many where some are not."""
    done, wanted = run.epochs, run.settings.epochs if run.settings else None
    if done is None:
        return ""
    is_short = run.state in ("running", "stopped") and wanted
    return f"{done:.4g}/{wanted}" if is_short else f"{done:.4g}"


def _coloured(run: Seen) -> str:
    return f"[{STYLES[run.state]}]{run.state}[/{STYLES[run.state]}]"


def _explain(found: Sequence[Seen]) -> None:
    """Say why runs are damaged, or have stopped before their time."""
    told = [run for run in found if run.why and run.state in ("damaged", "stopped")]
    if told:
        say()
    for run in told:
        say(plain(_why(run)))


def _why(run: Seen) -> str:
    """Return why a run is not done, with its name once."""
    name = str(run.path)
    return run.why if name in run.why else f"{short(run.path)}: {run.why}"


def _compare(found: Sequence[Seen]) -> None:
    """Print the settings that differ, and all results side by side."""
    for run in found:
        if run.settings is None:
            raise RunError(_why(run))
    rows = {
        name.replace("_", "-"): values
        for name, values in _settings(found).items()
        if len(found) == 1 or len(set(values)) > 1
    }
    are_alike = not rows
    rows["state"] = [run.state for run in found]
    # What was asked for, under the same names, may be above.
    rows["epochs done"] = [_short(run.epochs) for run in found]
    rows["steps done"] = [_short(run.number("steps")) for run in found]
    for name in dict.fromkeys(name for run in found for name in run.results):
        values = [run.number(name) for run in found]
        is_told = name in ("epochs", "steps")
        if not is_told and any(value is not None for value in values):
            rows[name.replace("_", " ")] = [_short(value) for value in values]
    _show_side_by_side([short(run.path) for run in found], rows)
    if are_alike:
        say()
        say("All settings are the same.")


def _settings(found: Sequence[Seen]) -> dict[str, list[str]]:
    every = {
        each.name: [getattr(run.settings, each.name) for run in found]
        for each in fields(Options)
    }
    return {
        name: [_setting(name, value) for value in values]
        for name, values in every.items()
        if any(value is not None for value in values)
    }


def _setting(name: str, value: Any) -> str:
    if name in PATHS and os.path.isabs(value or ""):
        return short(value)
    return "" if value is None else str(value)


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"


def _show_side_by_side(heads: Sequence[str], rows: dict[str, list[str]]) -> None:
    """Print a table, or where it is too wide each row as lines."""
    table = columns("", *map(plain, heads), left=range(len(heads) + 1))
    widths = [max(map(_wide, rows)), *map(_wide, heads)]
    for name, values in rows.items():
        table.add_row(f"[bold]{name}[/bold]", *map(plain, values))
        for index, value in enumerate(values, 1):
            widths[index] = max(widths[index], _wide(value))
    if sum(widths) + 2 * len(widths) <= console().width:
        show(table)
        return
    for name, values in rows.items():
        say(f"[bold]{name}[/bold]")
        for head, value in zip(heads, values, strict=True):
            say(f"  {plain(head)}  {plain(value)}")
