"""`kobai predict`: what a trained network takes a picture for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kobai.cli import options, table_options
from kobai.cli.models import find_model
from kobai.cli.predict_table import predict_rows
from kobai.cli.screen import bar, columns, console, plain, say, show
from kobai.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from kobai.formats import Model

BAR_WIDTH = 24
MOST_CLASSES = 12
MOST_ROWS = 20
FEW_PIXELS = 16


def predict(
    run: options.Run,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A picture, a table, or an .npz with x."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="For a table: where to write all predictions, as .csv, .tsv or "
            ".parquet.",
        ),
    ] = None,
    encoding: table_options.Encoding = None,
) -> None:
    """Show what a trained network takes a picture for, or the rows of a table.

    \b
    kobai predict runs/digits-1 my.png      a figure that you drew
    kobai predict runs/mnist-1 my.npz       the rows of x, raw or scaled
    kobai predict runs/iris-1 new.csv -o predictions.csv

    A picture may have any size, dark on light or light on dark; the figure in it is
    cut out, scaled and centred as those of the training data are. A table needs the
    columns that were trained on, under the same names; others are not used.
    """
    from kobai.data.damage import check_regular
    from kobai.data.tables.endings import is_table

    model = find_model(run)
    if not file.exists():
        raise DataError(f"{file}: there is no such file")
    if file.is_dir():
        raise DataError(
            f"{file}: is a folder; name a picture, a table or an .npz in it"
        )
    check_regular(file)
    if is_table(file):
        predict_rows(model, file, out, encoding)
        return
    if out is not None:
        raise DataError(f"--out: {file} is no table; its predictions are printed")
    if file.suffix.lower() == ".npz":
        _print_rows(model, _predicted(model, file))
    elif model.columns:
        raise DataError(
            f"{file}: is no table, and {model.name} was trained on one; name a CSV, "
            "TSV or Parquet file"
        )
    else:
        _predict_picture(model, file)


def _predict_picture(model: "Model", file: Path) -> None:
    from kobai.data.images.drawing import read_image

    seen = read_image(file, model.image_shape or model.network.inputs)
    _check_ink(model, file)
    inputs = seen.reshape(1, *model.network.inputs)
    outputs = model.network.predict(model.scaled(inputs))[0]
    from rich.table import Table

    screen = Table.grid(padding=(0, 3, 0, 0))
    if console().is_terminal:
        screen.add_row(_picture(seen), _bars(model, outputs))
    else:
        screen.add_row(_bars(model, outputs))
    names = _names(model, outputs)
    best = int(_probabilities(model, outputs).argmax())
    say(f"{plain(file)}: [bold green]{plain(names[best])}[/bold green]")
    say()
    show(screen)


def _check_ink(model: "Model", file: Path) -> None:
    """Refuse a picture, which is ink from 0 to 1, where training had other numbers."""
    known = model.known_range
    if known and not known.is_full and (known.low < 0 or known.high > 1):
        raise DataError(
            f"{file}: a picture is made of numbers from 0 to 1, and {model.name} was "
            f"trained on numbers from {known.low:g} to {known.high:g}; give an .npz "
            "of such numbers"
        )


def _names(model: "Model", outputs: "np.ndarray") -> tuple[str, ...]:
    return model.classes or tuple(map(str, range(max(2, outputs.shape[-1]))))


def _probabilities(model: "Model", outputs: "np.ndarray") -> "np.ndarray":
    """Return one number per class; a single sigmoid gives those of no and of yes."""
    import numpy as np

    if outputs.shape[-1] == 1 and model.network.loss_name == "binary_cross_entropy":
        return np.concatenate([1 - outputs, outputs], axis=-1)
    return outputs


def _bars(model: "Model", outputs: "np.ndarray") -> Any:
    values = _probabilities(model, outputs)
    names = _names(model, outputs)
    best = int(values.argmax())
    order = list(range(len(names)))
    if len(names) > MOST_CLASSES:
        order = sorted(order, key=lambda i: -values[i])[:MOST_CLASSES]
    table = columns("class", "", "probability", left=(0, 1))
    for i in order:
        style = "bold green" if i == best else ""
        share = float(values[i])
        drawn = bar(share, BAR_WIDTH)
        table.add_row(plain(names[i]), drawn, f"{share:.1%}", style=style)
    return table


def _picture(seen: "np.ndarray") -> Any:
    """Draw what the network sees: two pixels in a character, or one of few in two."""
    import numpy as np
    from rich.text import Text

    grey = np.round(255 * seen).astype(int)
    if max(seen.shape) <= FEW_PIXELS:
        grey = grey.repeat(2, axis=0).repeat(2, axis=1)
    grey = np.pad(grey, ((0, grey.shape[0] % 2), (0, 0)))
    text = Text("what it sees\n", style="bold")
    for upper, lower in zip(grey[::2], grey[1::2], strict=True):
        for a, b in zip(upper, lower, strict=True):
            text.append("▀", style=f"rgb({a},{a},{a}) on rgb({b},{b},{b})")
        text.append("\n")
    return text


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
    classifies = model.classes or model.network.loss_name.endswith("entropy")
    heads = ("class", "", "probability") if classifies else ("outputs",)
    table = columns("row", *heads, left=(1, 2))
    for index, row in enumerate(outputs[:MOST_ROWS]):
        table.add_row(str(index), *_row(model, row, bool(classifies)))
    show(table)
    if len(outputs) > MOST_ROWS:
        say(f"… and {len(outputs) - MOST_ROWS:,} more rows")


def _row(model: "Model", outputs: "np.ndarray", classifies: bool) -> list[str]:
    if not classifies:
        return ["  ".join(f"{value:.6g}" for value in outputs.ravel())]
    values = _probabilities(model, outputs)
    best = int(values.argmax())
    share = float(values[best])
    name = plain(_names(model, outputs)[best])
    return [name, bar(share, BAR_WIDTH), f"{share:.1%}"]
