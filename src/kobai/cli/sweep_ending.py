"""The end of a sweep: the test data, once; the table; the pictures; what was best."""

from contextlib import nullcontext
from typing import Any

from kobai.cli.asked import Asked, command_of
from kobai.cli.calibrating import hold_out
from kobai.cli.folder import RunFolder, write_figure
from kobai.cli.report import how_good, show_pairs
from kobai.cli.screen import command, console, plain, say, short, show
from kobai.cli.session import Session
from kobai.cli.sweep_watch import table_of, told
from kobai.cli.trial import repeat_file
from kobai.formats import load_model
from kobai.run_folder import HISTORY
from kobai.sweeps.drawing import SHOWS, drawings
from kobai.sweeps.folder import SweepFolder, Trial
from kobai.sweeps.jobs import Job
from kobai.sweeps.search import Search
from kobai.sweeps.table import TABLE, write_table
from kobai.training import History

ROWS = 5
TESTED = "tested_over_seeds"


def write_ending(
    asked: Asked, search: Search, folder: SweepFolder, best: Trial, language: str
) -> dict[str, Any]:
    """Test the best network, write table and pictures, and return its results."""
    place = RunFolder(folder.place(best.number))
    results: dict[str, Any] = place.read()["results"]
    if TESTED not in results:
        results = _tested(asked, search, best, place, language)
    metric = asked.trials.metric
    write_table(folder.path / TABLE, search.trials.values())
    pictures = drawings(search, best, f"validation_{metric}", language)
    for name, draw in pictures.items():
        write_figure(folder.path / f"{name}.png", draw())
    return results


def _tested(
    asked: Asked, search: Search, best: Trial, place: RunFolder, language: str
) -> dict[str, Any]:
    """Touch the test data: by the best network, and the same of other seeds."""
    rung = search.plan.rungs[-1]
    settings = asked.trials.settings(Job(best.number, best.config, rung.length))
    data = asked.trials.dataset(settings)
    model = load_model(place.model)
    history = History.read_csv(place.path / HISTORY)
    last = best.last
    history.stopped = last.stopped if last else None
    session = Session(settings, nullcontext(place), language=language)
    session.folder, session.held = place, hold_out(settings, data)
    # The trial has what was found on the rows held out, which this leaves out.
    before = place.read()["results"]
    results: dict[str, Any] = before | session.save(data, model.network, history)
    name = _measure(results)
    values = (
        [results[f"test_{name}"]] if results.get(f"test_{name}") is not None else []
    )
    for repeat in range(1, search.plan.seeds):
        network = load_model(repeat_file(place.path, repeat)).network
        values.append(network.evaluate(data.x_test, data.t_test)[name])
    results[TESTED] = {"measure": name, "values": values}
    place.write(settings.as_json(), results, place.read().get("data"))
    return results


def _measure(results: dict[str, Any]) -> str:
    return "accuracy" if "test_accuracy" in results else "loss"


def report(
    asked: Asked,
    search: Search,
    folder: SweepFolder,
    best: Trial,
    results: dict[str, Any],
) -> None:
    """Say what was found, and what comes next."""
    metric = asked.trials.metric
    say()
    show(table_of(search, metric, ROWS))
    how_good(results)
    found = results[TESTED]
    values = found["values"]
    if len(values) > 1:
        say(
            f"Test {found['measure']} over {len(values)} seeds: "
            f"{sum(values) / len(values):.4f} ({min(values):.4f} to {max(values):.4f})"
        )
    say()
    run = short(folder.place(best.number))
    say(f"[bold]Best[/bold]  {plain(told(best.config))}, in {plain(run)}")
    say("To train it alone:")
    _print_command(command_of(best, asked))
    say()
    where = short(folder.path)
    written = {f"{where}/{TABLE}": "all trials, as numbers"}
    for name, what in SHOWS.items():
        if (folder.path / f"{name}.png").exists():
            written[f"{where}/{name}.png"] = what
    show_pairs("Written", written)
    say()
    show_pairs(
        "Next",
        {
            command("evaluate", run): "where it errs",
            command("runs", where): "all trials",
        },
    )


def _print_command(text: str) -> None:
    """Print a command whole: a terminal that wraps it by itself copies it as one."""
    from rich.text import Text

    console().print(Text(f"  {text}", "cyan"), soft_wrap=True)
