"""`kobai evaluate`: how well a trained network does, and what it mistakes for what."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kobai.cli import options, table_options
from kobai.cli.explanation import explained
from kobai.cli.folder import RunFolder, check_picture, write_figure
from kobai.cli.held_out import HeldOut, held_out
from kobai.cli.judged import described, print_judgement
from kobai.cli.mistakes import print_classes, print_confusion
from kobai.cli.models import find_model
from kobai.cli.screen import columns, facts, plain, say, short, show
from kobai.cli.settings import SettingError, one_of
from kobai.errors import visible
from kobai.run_folder import PREDICTED, RUN

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from kobai.formats import Model
    from kobai.judging import Judgement

CONFUSION = "confusion-matrix.png"


def evaluate(
    run: options.Run,
    data: options.Data = None,
    test: Annotated[
        str | None,
        typer.Option(
            "--test",
            metavar="FILE",
            help="Measure on all rows of this file; the same as naming it as DATA.",
        ),
    ] = None,
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
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print everything as one JSON object."),
    ] = False,
) -> None:
    """Measure a trained network on test data: loss, accuracy, confusion matrix.

    \b
    kobai evaluate runs/digits-1              on the test data of its own set
    kobai evaluate runs/mnist-1 my-digits     on a folder of IDX files
    kobai evaluate runs/iris-1 --test new.csv on all rows of another table
    kobai evaluate runs/iris-1 --json         for a program to read

    Without a file it takes the rows on which the run was tested, and refuses where the
    data has changed since: rows drawn from it now would be rows that were trained on.
    Of a regression it shows the root mean squared error and the mean absolute error,
    in the unit of the target, and R², the share of its variance that is explained.
    """
    if out is not None:
        check_picture(out)
    if data and test:
        raise SettingError(f"got DATA {data} and --test {test}; give one of the two")
    one_of("--language", language, options.LANGUAGES)
    # Functions load NumPy, which `kobai --help` does not need.
    from kobai.cli.measures import as_named, class_names, measured
    from kobai.judging.holding import tested
    from kobai.judging.wording import in_words

    model = find_model(run)
    named = test or data
    found = held_out(model, run, named, data_dir, encoding)
    outputs = model.network.predict(found.data.x_test)
    answers = as_named(model, outputs)
    results = {"run": run, **measured(model, found, outputs)}
    told = explained(model, found, outputs) if model.columns else None
    if told:
        results |= told.as_json()
    own = None if as_json or out or named else _own_folder(run, model)
    judgement = _judgement(run, model, found)
    if judgement:
        results["judgement"] = described(judgement)
    if model.calibration and model.columns:
        results |= tested(model.calibration, model.network, found.data)
    if out and model.columns and model.columns.parts:
        raise SettingError(
            f"--out: draws one picture, and {run} has {model.columns.target.task}; "
            "without --out and DATA there is one for each in the run folder"
        )
    name = CONFUSION if class_names(model, found) else PREDICTED
    if judgement and found.is_unchanged:
        results |= _repeats(run)
    if not as_json:
        _print_results(model, found, results)
        if judgement:
            print_judgement(judgement)
        for line in in_words(results):
            say(plain(line))
        _print_repeats(results, judgement)
        _print_mistakes(model, found, answers)
        if told:
            told.show()
    written: list[Path] = []
    if own:
        out = own / name
    figure = None if out is None else _figure(model, found, answers, language)
    if out is not None and figure is not None:
        # Nothing is written through a link that stands in a run folder.
        write_figure(out, figure, through_links=out.name != name)
        written.append(out)
    if own:
        written += _draw_each(own, found, outputs, language)
    if own and told:
        written += told.draw(own, language)
    if written and not as_json:
        say()
        show(facts(Written="\n".join(map(short, written))))
    if as_json:
        _print_json(results)


def _judgement(run: str, model: "Model", found: HeldOut) -> "Judgement | None":
    """Judge the network for a table beside what its run has kept to compare it with."""
    from kobai.judging import judge
    from kobai.tabular.kept import baselines_of

    folder = RunFolder(Path(run).expanduser())
    baselines = baselines_of(folder, model)
    if baselines is None:
        return None
    is_run = folder.path.is_dir() and (folder.path / RUN).exists()
    weighted = is_run and folder.settings().class_weight is not None
    threshold = model.calibration.threshold if model.calibration else None
    return judge(
        model.network, found.data, baselines, weighted=weighted, threshold=threshold
    )


def _repeats(run: str) -> dict[str, Any]:
    """Return what other parts of the rows, and other seeds, have scored."""
    from kobai.cli.repeating import KINDS

    found = RunFolder(Path(run).expanduser()).read().get("results", {})
    return {kind: found[kind] for kind in KINDS if isinstance(found.get(kind), dict)}


def _print_repeats(results: Mapping[str, Any], judgement: "Judgement | None") -> None:
    from kobai.cli.repeating import KINDS, print_spread
    from kobai.judging.wording import shown

    for kind in KINDS:
        if judgement and kind in results:
            print_spread(kind, results[kind], shown(judgement))


def _print_json(results: dict[str, Any]) -> None:
    import json

    from kobai.cli.measures import as_json

    # What is not ASCII as its number: any program reads it, and no terminal is steered.
    print(json.dumps(as_json(results), indent=2))


def _print_results(model: "Model", found: HeldOut, results: Mapping[str, Any]) -> None:
    data, samples = found.data, len(found.data.x_test)
    measures = dict(results["measures"])
    if measures["loss"] == measures.get("log_loss"):
        del measures["loss"]
    if math.isnan(measures.get("roc_auc", 0)):
        # Of one class alone there is no curve.
        del measures["roc_auc"]
    values = {_title(name): f"{value:.4f}" for name, value in measures.items()}
    if "right" in results:
        values["Accuracy"] += f"  ({results['right']:,} of {samples:,} right)"
    about = {"Data": f"{data.name}, {samples:,} test samples: {found.chosen}"}
    if data.columns:
        about["Task"] = data.columns.target.task
    show(facts(**about, **values))
    numbers = [each for each in results.get("targets", ()) if "rmse" in each]
    if not numbers:
        return
    table = columns("target", "RMSE", "MAE", "R²")
    for each in numbers:
        errors = (f"{each[name]:.5g}" for name in ("rmse", "mae"))
        table.add_row(plain(each["name"]), *errors, f"{each['r2']:.4f}")
    say()
    show(table)


def _title(name: str) -> str:
    return "AUC" if name == "roc_auc" else name.replace("_", " ").capitalize()


def _print_mistakes(model: "Model", found: HeldOut, outputs: "np.ndarray") -> None:
    from kobai.cli.measures import class_names, labels_of
    from kobai.functions import confusion

    for part in found.data.columns.parts if found.data.columns else ():
        if part.classes:
            say()
            say(f"[bold]{plain(part.name)}[/bold]")
            own, labels = outputs[:, part.outputs], part.of(found.data.t_test)
            print_classes(own, labels, part.classes)
            print_confusion(confusion(own, labels), part.classes)
    names = class_names(model, found)
    if names:
        labels = labels_of(found.data.t_test)
        print_classes(outputs, labels, names)
        print_confusion(confusion(outputs, labels), names)


def _own_folder(run: str, model: "Model") -> Path | None:
    """Return the folder of a run on a table, in which the pictures of it belong."""
    folder = Path(run).expanduser()
    return folder if model.columns and folder.is_dir() else None


def _draw_each(
    folder: Path, found: HeldOut, outputs: "np.ndarray", language: str
) -> list[Path]:
    """Draw the confusion of each column of classes, of several; return the files."""
    from kobai.functions import confusion
    from kobai.plots import confusion_matrix

    files = []
    for part in found.data.columns.parts if found.data.columns else ():
        if part.classes:
            labels = part.of(found.data.t_test)
            counts = confusion(outputs[:, part.outputs], labels)
            file = folder / CONFUSION.replace(".", f"-{part.place + 1}.")
            figure = confusion_matrix(
                counts, tuple(map(visible, part.classes)), language
            )
            write_figure(file, figure, through_links=False)
            files.append(file)
    return files


def _figure(
    model: "Model", found: HeldOut, outputs: "np.ndarray", language: str
) -> "Figure | None":
    """Return the confusion of classes, or what is predicted over what is true."""
    from kobai.cli.measures import class_names, labels_of
    from kobai.functions import confusion
    from kobai.judging.pictures import predicted_drawing
    from kobai.plots import confusion_matrix

    names = tuple(map(visible, class_names(model, found)))
    if not names:
        draw = predicted_drawing(model.network, found.data, language)
        return draw() if draw else None
    counts = confusion(outputs, labels_of(found.data.t_test))
    return confusion_matrix(counts, names, language)
