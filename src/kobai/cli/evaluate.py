"""`kobai evaluate`: how well a trained network does, and what it mistakes for what."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kobai.cli import options, table_options
from kobai.cli.folder import check_picture, write_figure
from kobai.cli.loading import load, load_data
from kobai.cli.mistakes import print_classes, print_confusion
from kobai.cli.models import find_model, settings_of
from kobai.cli.predicted import PREDICTED, predicted_figure
from kobai.cli.screen import columns, facts, plain, say, short, show
from kobai.cli.settings import one_of
from kobai.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from kobai.data import Columns, Dataset
    from kobai.formats import Model

CONFUSION = "confusion-matrix.png"


def evaluate(
    run: options.Run,
    data: options.Data = None,
    data_dir: options.DataDir = None,
    encoding: table_options.Encoding = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to draw the confusion matrix, of a regression the predictions "
            "over what is true. Of a table: in the run folder.",
        ),
    ] = None,
    language: options.Language = "en",
) -> None:
    """Measure a trained network on test data: loss, accuracy, confusion matrix.

    \b
    kobai evaluate runs/digits-1            on the test data of its own set
    kobai evaluate runs/mnist-1 my-digits   on a folder of IDX files
    kobai evaluate runs/iris-1 more.csv     on another table

    Of a regression it shows the root mean squared error and the mean absolute error,
    in the unit of the target, and R², the share of its variance that is explained.
    """
    if out is not None:
        check_picture(out)
    one_of("--language", language, options.LANGUAGES)
    # Functions load NumPy, which `kobai --help` does not need.
    from kobai.functions import confusion

    model = find_model(run)
    found = _test_data(model, run, data, data_dir, encoding)
    outputs = model.network.predict(found.x_test)
    _print_results(model, found, outputs)
    if found.columns and not found.classes:
        _print_numbers(found.columns, outputs, found.t_test)
    if not found.classes:
        place = _picture(run, data, model, out, PREDICTED)
        predicted = predicted_figure(model.network, found, language)
        _write(place, predicted)
        return
    labels = _labels(found.t_test)
    counts = confusion(outputs, labels)
    names = model.classes or found.classes or tuple(map(str, range(len(counts))))
    print_classes(outputs, labels, names)
    print_confusion(counts, names)
    place = _picture(run, data, model, out, CONFUSION)
    _draw(counts, names, place, language)


def _test_data(
    model: "Model",
    run: str,
    data: str | None,
    data_dir: str | None,
    encoding: str | None,
) -> "Dataset":
    """Return the data to measure on: the named one, or the run's own test data."""
    if model.columns and data:
        return _another_table(model, data, encoding)
    if data:
        found = load_data(data, data_dir, 0)
    else:
        settings = settings_of(run)
        folder = data_dir or settings.data_dir
        start = model if settings.warm_start else None
        found = load(replace(settings, data_dir=folder), start)
    if found.columns != model.columns:
        raise DataError(
            f"{found.name} is no longer as it was when {run} was trained on it; name "
            "the table to measure on, and all of its rows will be taken"
        )
    wanted, got = model.network.inputs, found.x_test.shape[1:]
    if wanted != got:
        raise DataError(
            f"{found.name} has samples of shape {got}, the network takes {wanted}; it "
            f"was trained on {model.name or 'other data'}. Name data of that shape."
        )
    return found if model.columns else replace(found, x_test=_scaled(model, found))


def _scaled(model: "Model", data: "Dataset") -> "np.ndarray":
    """Return the test data as the network takes them, however they were scaled."""
    import numpy as np

    known, x = data.input_range, data.x_test
    is_own = model.scale == data.scale and model.input_range in (None, known)
    if is_own or model.known_range is None:
        return x
    if known is not None and not known.is_full:
        x = x / data.scale
        x = np.rint(x).astype(np.int64) if known.is_whole else x
    try:
        return model.scaled(x)
    except ValueError as error:
        raise DataError(f"{data.name}: {error}") from None


def _another_table(model: "Model", data: str, encoding: str | None) -> "Dataset":
    """Return all rows of a table as test data, in the columns of the model."""
    from kobai.data import Dataset
    from kobai.data.tables.frames import open_table
    from kobai.data.tables.load import rows_of

    assert model.columns is not None
    usual = model.writing.encoding if model.writing else None
    table = open_table(short(data), encoding, usual)
    x, t, lost = rows_of(table, model.columns, decimal=model.decimal)
    if lost:
        say(f"{lost:,} row{'s' * (lost > 1)} without a target left out")
    target = model.columns.target
    name = Path(data).name
    return Dataset(name, x[:0], t[:0], x, t, target.classes, columns=model.columns)


def _print_results(model: "Model", data: "Dataset", outputs: "np.ndarray") -> None:
    from kobai.functions import balanced_accuracy, log_loss

    results = model.network.evaluate(data.x_test, data.t_test)
    values = {name.capitalize(): f"{value:.4f}" for name, value in results.items()}
    if model.network.loss_name.endswith("entropy"):
        # It is the same number, under the name that it has for classifiers.
        values = {"Log loss": values.pop("Loss"), **values}
    if "accuracy" in results:
        right = round(results["accuracy"] * len(data.x_test))
        values["Accuracy"] += f"  ({right:,} of {len(data.x_test):,} right)"
    if data.classes:
        labels = _labels(data.t_test)
        values["Balanced accuracy"] = f"{balanced_accuracy(outputs, labels):.4f}"
        if not model.network.loss_name.endswith("entropy"):
            values["Log loss"] = f"{log_loss(outputs, labels):.4f}"
    about = {"Data": f"{data.name}, {len(data.x_test):,} test samples"}
    if data.columns:
        about["Task"] = data.columns.target.task
    show(facts(**about, **values))


def _print_numbers(fitted: "Columns", outputs: "np.ndarray", t: "np.ndarray") -> None:
    """Print errors in the unit of each target, a row each."""
    from kobai.functions import mae, r2, rmse

    y, t = fitted.decode(outputs), fitted.decode(t)
    table = columns("target", "RMSE", "MAE", "R²")
    for index, name in enumerate(fitted.target.names):
        pair = y[:, index], t[:, index]
        errors = (f"{measure(*pair):.5g}" for measure in (rmse, mae))
        table.add_row(plain(name), *errors, f"{r2(*pair):.4f}")
    say()
    show(table)


def _labels(t: "np.ndarray") -> "np.ndarray":
    return t if t.ndim == 1 else t.argmax(axis=1)


def _picture(
    run: str, data: str | None, model: "Model", out: Path | None, name: str
) -> Path | None:
    """Return where the picture is to be drawn, if anywhere."""
    folder = Path(run).expanduser()
    if out is not None or data or not model.columns or not folder.is_dir():
        return out
    return folder / name


def _draw(
    counts: "np.ndarray",
    names: tuple[str, ...],
    path: Path | None,
    language: str,
) -> None:
    if path is None:
        return
    from kobai.plots import confusion_matrix

    _write(path, confusion_matrix(counts, names, language))


def _write(path: Path | None, figure: "Figure | None") -> None:
    if path is None or figure is None:
        return
    # Nothing is written through a link that stands in a run folder.
    is_named = path.name not in (CONFUSION, PREDICTED)
    write_figure(path, figure, through_links=is_named)
    say()
    show(facts(Written=short(path)))
