"""`kobai predict`: what a trained network takes pictures for, or rows of a table."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kobai.cli import options, table_options
from kobai.cli.classes import classifies, line, record
from kobai.cli.contributions import check_explain, explain_row
from kobai.cli.models import find_model
from kobai.cli.pictures import (
    picture_records,
    pictures_in,
    predict_pictures,
    show_picture,
    show_pictures,
)
from kobai.cli.predict_table import predict_rows
from kobai.cli.records import PIPE, check_outputs, print_json, write_records
from kobai.cli.screen import aside, columns, counted, plain, say, short, show
from kobai.cli.settings import SettingError
from kobai.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from kobai.formats import Model

MOST_ROWS = 20


def predict(
    run: options.Run,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Pictures and folders of them; or one table, an .npz with x, or - for "
            "CSV from standard input.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write all predictions, as .csv, .tsv or .parquet; - for CSV "
            "on standard output.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all predictions as JSON.")
    ] = False,
    encoding: table_options.Encoding = None,
    ids: table_options.Id = None,
    explain: table_options.Explain = False,
    row: table_options.Row = None,
) -> None:
    """Show what a trained network takes pictures for, or the rows of a table.

    \b
    kobai predict runs/digits-1 my.png      a figure that you drew
    kobai predict runs/digits-1 a.png b.png scans
    kobai predict runs/mnist-1 my.npz       the rows of x, raw or scaled
    kobai predict runs/iris-1 new.csv -o predictions.csv
    kobai predict runs/iris-1 new.csv --id name -o predictions.csv
    kobai predict runs/iris-1 new.csv --explain --row 3
    kobai predict runs/iris-1 - -o - < new.csv > predictions.csv

    A picture may have any size, dark on light or light on dark, drawn or photographed,
    on ruled paper too; the one figure in it is cut out and brought into the form of
    those in the training data. A table needs the columns that were trained on, under
    the same names; others are not used. It is read as the training table was, and its
    file may have any name. At the end it says which columns lie elsewhere than they did
    in training.
    """
    check_outputs(out, as_json)
    explain = check_explain(explain, row, out, ids)
    model = find_model(run)
    _check_files(files, out)
    # Where the model has columns, a file of any name may be a table.
    rows = files if model.columns else [file for file in files if _has_rows(file)]
    # What is for another program must not be mixed with what is for people.
    with aside(as_json or out == PIPE):
        if (explain or ids) and not (rows and model.columns):
            raise SettingError(
                f"{'--explain' if explain else '--id'} goes with a table, for a "
                "network that was trained on one"
            )
        if not rows:
            _predict_pictures(model, files, out, as_json)
        elif len(files) > 1:
            raise DataError(
                f"{rows[0]}: a table or an .npz is predicted alone, got {len(files)} "
                "files; several can be pictures, and folders of them"
            )
        elif files[0].suffix.lower() == ".npz":
            _predict_arrays(model, files[0], out, as_json)
        elif explain:
            explain_row(run, model, files[0], row or 1, as_json, encoding)
        else:
            predict_rows(model, files[0], out, as_json, encoding, ids)


def _check_files(files: list[Path], out: Path | None) -> None:
    from kobai.data.damage import check_regular

    for file in files:
        if file != PIPE and not file.is_dir():
            check_regular(file)
            if not file.exists():
                raise DataError(f"{file}: there is no such file")
        if out is not None and out.exists() and file.exists() and out.samefile(file):
            what = "table" if _has_rows(file) else "picture"
            raise DataError(f"{out}: is the {what} itself; name another file to write")


def _has_rows(file: Path) -> bool:
    from kobai.data.tables.text.endings import is_table

    if file.is_dir():
        return False
    return file == PIPE or file.suffix.lower() == ".npz" or is_table(file)


def _predict_pictures(
    model: "Model", places: list[Path], out: Path | None, as_json: bool
) -> None:
    files = pictures_in(places)
    if len(files) == 1 and out is None and not as_json:
        show_picture(model, files[0])
        return
    found = predict_pictures(model, files)
    if out is None and not as_json:
        show_pictures(model, found)
    else:
        _write(picture_records(model, found), out)
    if len(found) < len(files):
        raise DataError(
            f"{len(files) - len(found)} of {len(files)} pictures could not be read"
        )


def _predict_arrays(
    model: "Model", file: Path, out: Path | None, as_json: bool
) -> None:
    outputs = _predicted(model, file)
    if out is None and not as_json:
        _print_rows(model, outputs)
        return
    rows = enumerate(outputs)
    _write([{"row": index, **record(model, row)} for index, row in rows], out)


def _write(records: list[dict[str, Any]], out: Path | None) -> None:
    if out is None:
        print_json(records)
    elif records:
        write_records(records, out)
    if out is not None and out != PIPE:
        say(f"{plain(short(out))}: {counted(len(records), 'prediction')}")


def _predicted(model: "Model", file: Path) -> "np.ndarray":
    """Return the outputs for the rows in an .npz, of which one may stand alone."""
    try:
        outputs = model.predict(_read_rows(file))
    except ValueError as error:
        raise DataError(f"{file}: {error}") from None
    return outputs.reshape(-1, *model.network.outputs)


def _read_rows(file: Path) -> "np.ndarray":
    """Return the inputs in an .npz: x, X or x_test, or its only array."""
    from kobai.data.npz import opened

    with opened(file, "an array x") as arrays:
        named = [n for n in ("x", "X", "x_test") if n in arrays.names]
        names = named or arrays.names
        if not named and len(names) != 1:
            raise DataError(
                f"{file}: holds {', '.join(names) or 'nothing'}; need an array x"
            )
        return arrays[names[0]]


def _print_rows(model: "Model", outputs: "np.ndarray") -> None:
    is_class = classifies(model)
    heads = ("class", "", "probability") if is_class else ("outputs",)
    table = columns("row", *heads, left=(1, 2))
    for index, row in enumerate(outputs[:MOST_ROWS]):
        numbers = "  ".join(f"{value:.6g}" for value in row.ravel())
        table.add_row(str(index), *(line(model, row) if is_class else [numbers]))
    show(table)
    if len(outputs) > MOST_ROWS:
        say(
            f"… the first {MOST_ROWS} of {len(outputs):,} rows; -o predictions.csv "
            "writes all of them"
        )
