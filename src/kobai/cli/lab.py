"""`kobai lab`: watch a network learn, in one page that needs no server."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kobai.cli import options, table_options
from kobai.cli.browser import show_page
from kobai.cli.folder import RunFolder, check_place
from kobai.cli.loading import typed
from kobai.cli.screen import command, plain, say, short
from kobai.cli.seen import is_run
from kobai.cli.settings import Options, SettingError, check_table, one_of
from kobai.errors import DataError, suggest
from kobai.run_folder import HISTORY, RunError

if TYPE_CHECKING:
    from kobai.data import Dataset
    from kobai.networks import Network

ENDINGS = (".html", ".htm")


def _known(incomplete: str) -> list[str]:
    from kobai.page.opening import TOYS

    known = [*TOYS, *options.DATA_SETS, *options.complete_runs(incomplete)]
    return [name for name in known if name.startswith(incomplete)]


def lab(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA | RUN",
            autocompletion=_known,
            show_default=False,
            help="spiral, circles, gaussians, moons, xor, sine, digits, mnist, …, a "
            "table with --target, an .npz file or a folder of IDX files; or a run "
            "folder, to see how it learned.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="The page to write.")
    ] = Path("lab.html"),
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Write the page, and open nothing.")
    ] = False,
    language: options.Language = "en",
    data_dir: options.DataDir = None,
    seed: options.Seed = None,
    target: table_options.Target = None,
    task: table_options.Task = None,
    test_size: table_options.TestSize = None,
    drop: table_options.Drop = None,
    keep: table_options.Keep = None,
    category: table_options.Category = None,
    number: table_options.Number = None,
    missing: table_options.Missing = None,
    date_order: table_options.DateOrder = None,
    encoding: table_options.Encoding = None,
    separator: table_options.Separator = None,
    header: table_options.Header = None,
) -> None:
    """Watch a network learn, change it, and read the formulas with their numbers.

    \b
    kobai lab                        opens with a spiral
    kobai lab moons --language ja
    kobai lab mnist                  10,000 of its images
    kobai lab my.csv --target y      your own table
    kobai lab runs/digits-1          how a run learned, from step to step
    kobai lab -o lab.html --no-open  writes the page, to send it to somebody

    The page is one file, with the data inside. It needs no server and no network, and
    sends nothing anywhere: the browser forbids it to.
    """
    given = {k: v for k, v in locals().items() if v is not None}
    for name in ("what", "out", "no_open", "language"):
        given.pop(name, None)
    one_of("--language", language, options.LANGUAGES)
    _check_out(out)
    # All that follows loads NumPy, which `kobai --help` does not need.
    from kobai.page.built import PAGE, built, page_with
    from kobai.page.packed import as_script

    built(PAGE)
    found = _given(what, given)
    page = page_with(as_script({**found, "language": language}))
    show_page(out, page, "The lab is", no_open=no_open)


def _check_out(out: Path) -> None:
    if out.is_dir():
        raise SettingError(f"--out: {out} is a folder; name a file: {out}/lab.html")
    if out.suffix.lower() not in ENDINGS:
        raise SettingError(
            f"--out: got {out}; need the name of a page: {out.with_suffix('.html')}"
        )
    check_place(out)


def _given(what: str | None, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page opens with."""
    from kobai.page.opening import TOYS, opening

    path = Path(what or "").expanduser()
    if what and what not in options.DATA_SETS and is_run(path):
        _refuse(what, chosen, "a run has its own")
        return _run(path)
    if what is None or what in TOYS:
        _refuse(what or "the lab", chosen, "they go with data from files")
        return opening(what)
    if what not in options.DATA_SETS:
        _check_there(what, chosen)
        what = typed(what)
    settings = Options(**{**chosen, "data": what})
    check_table(settings)
    from kobai.cli.loading import load

    data = load(settings)
    _say_less(data, what)
    return opening(data)


def _check_there(what: str, chosen: Mapping[str, Any]) -> None:
    """Refuse what is no data, and a table without the column to learn."""
    from kobai.data.tables.frames import open_table
    from kobai.data.tables.new_rows import known_columns
    from kobai.data.tables.text.endings import is_table
    from kobai.page.opening import TOYS

    path = Path(what).expanduser()
    if not path.exists():
        known = [*TOYS, *options.DATA_SETS]
        raise DataError(
            f'there is no data or run "{what}".{suggest(what, known)} Known are '
            f"{', '.join(known)}, a file, a folder of images, or a run folder"
        )
    if is_table(path) and "target" not in chosen:
        again = command("lab", what, "--target")
        columns = known_columns(open_table(path))
        raise DataError(f"{what}: say which column to learn: {again} COLUMN. {columns}")


def _refuse(what: str, chosen: Mapping[str, Any], why: str) -> None:
    for name in chosen:
        option = name.replace("_", "-")
        raise SettingError(f"--{option}: is of no use with {what}: {why}")


def _say_less(data: "Dataset", name: str) -> None:
    """Say where the page holds only some of the rows."""
    from kobai.page.given import rows_shown

    count, every = len(rows_shown(data)), len(data.x_train) + len(data.x_test)
    if count < every:
        say(
            f"The page has {count:,} of the {every:,} rows of {plain(short(name))}, "
            "drawn at random: with more it would be slow."
        )


def _run(path: Path) -> dict[str, Any]:
    """Return a finished run: what it was trained on, and how it went."""
    from kobai.cli.loading import load
    from kobai.cli.models import find_model
    from kobai.cli.settings import build_optimizer
    from kobai.networks import Ensemble
    from kobai.page.opening import opening_of_run
    from kobai.page.settings import training_settings
    from kobai.training import History

    folder = RunFolder(path)
    settings = folder.settings()
    network = find_model(str(path)).network
    data = load(settings)
    _say_less(data, settings.data)
    if isinstance(network, Ensemble):
        say(
            f"The run is {network.members} networks that answer together: the page has "
            "the first of them, and the curves of all. One alone: kobai train "
            "--members 1"
        )
    records = History.read_csv(path / HISTORY).records
    if not records or any("step" not in each for each in records):
        raise RunError(f"{path / HISTORY}: damaged: it names no steps; train anew")
    training = {
        **training_settings(build_optimizer(settings)),
        "batches": settings.batches,
        "seed": settings.seed,
        **({"batchSize": settings.batch_size} if settings.batch_size else {}),
        **({"testSize": settings.test_size} if settings.test_size else {}),
    }
    frames = _keyframes(folder, settings, data, network, records)
    return opening_of_run(short(path), data, network, training, frames, records)


def _keyframes(
    folder: RunFolder,
    settings: Options,
    data: "Dataset",
    network: "Network",
    records: list[dict[str, Any]],
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the steps of which the run folder has the parameters."""
    from kobai.cli.settings import build_network
    from kobai.training.checkpoint import load_checkpoint

    if not settings.warm_start:
        yield 0, build_network(settings, data).params
    last = int(records[-1]["step"])
    epoch = folder.read().get("results", {}).get("best_epoch")
    best = [int(each["step"]) for each in records if each["epoch"] == epoch]
    step = best[0] if best else last
    if step:
        yield step, network.params
    if step < last and folder.checkpoint.exists():
        model = load_checkpoint(folder.checkpoint)["model"]
        yield last, {name: model["params"][name] for name in network.params}
