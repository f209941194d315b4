"""Predictions for the rows of a table: on the screen, or to a file."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from kobai.cli.classes import BAR_WIDTH
from kobai.cli.records import PIPE, print_json, write_bytes
from kobai.cli.screen import Bar, columns, counted, facts, plain, say, short, show
from kobai.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from kobai.data.tables.columns import Part
    from kobai.formats import Model
    from kobai.formats.predictions import Predictions

MOST_ROWS = 20
MOST_NAMES = 8


def predict_rows(
    model: "Model",
    file: Path,
    out: Path | None,
    as_json: bool,
    encoding: str | None,
    ids: str | None = None,
) -> None:
    """Predict every row of a table: on the screen, or where it is wanted."""
    from kobai.formats.predictions import predictions

    if model.columns is None:
        raise DataError(
            f"{'standard input' if file == PIPE else file}: is a table, and "
            f"{model.name or 'this model'} was not trained on a table; give a picture "
            "or an .npz with x"
        )
    with table_at(file) as path:
        found = predictions(model, path, encoding, ids or ())
        _print_extra(found)
        if as_json:
            print_json(_rows(found))
        elif out is None:
            _print_first(found)
        else:
            _write(found, out)
        print_strange(found)


@contextmanager
def table_at(file: Path) -> Iterator[Path]:
    """Yield where a table can be read, more than once: standard input only can once."""
    if file != PIPE:
        yield file
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "input.csv"
        with path.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        try:
            yield path
        except DataError as error:
            message = str(error).replace(str(path), "standard input")
            raise DataError(message) from error.__cause__


def _rows(found: "Predictions") -> Iterator[dict[str, Any]]:
    for frame in found.frames():
        yield from frame.iter_rows(named=True)


def _write(found: "Predictions", out: Path) -> None:
    from kobai.formats.predictions import as_text, write_predictions

    if out == PIPE:
        write_bytes(text for text, _ in as_text(found, ","))
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    rows = write_predictions(found, out)
    say(f"{plain(short(out))}: {counted(rows, 'prediction')}")


def _print_extra(found: "Predictions") -> None:
    extra, notes = list(found.extra), {}
    if extra:
        more = f" and {len(extra) - MOST_NAMES} more" * (len(extra) > MOST_NAMES)
        notes["Not used"] = ", ".join(extra[:MOST_NAMES]) + more
    if not found.table.encoding.startswith("utf-8"):
        notes["Encoding"] = found.table.encoding
    if notes:
        show(facts(**notes))
        say()


def print_strange(found: "Predictions") -> None:
    """Say what was no row, and which columns have what they had not in training."""
    lines = found.unlike()
    if lines or found.table.found:
        say()
    for note in found.table.found:
        say(f"The table: {plain(note)}")
    for what, names in lines.items():
        more = f" and {len(names) - MOST_NAMES} more" * (len(names) > MOST_NAMES)
        say(f"{what}: {plain(', '.join(names[:MOST_NAMES]) + more)}")


def _print_first(found: "Predictions") -> None:
    frame = next(islice(found.frames(), 1), None)
    if frame is None:
        from kobai.data.tables.cells import no_rows

        raise no_rows(found.table.name)
    first = frame.head(MOST_ROWS)
    if parts := found.columns.parts:
        _print_each(first, found.ids, parts)
    elif found.columns.target.classes:
        _print_classes(first, found.ids)
    else:
        _print_numbers(first, found.ids)
    if len(frame) > MOST_ROWS:
        say(f"… the first {MOST_ROWS} rows; -o predictions.csv writes all of them")


def _print_classes(frame: "pl.DataFrame", ids: Sequence[str]) -> None:
    heads, names = _named(frame, ids)
    left = range(1, len(heads) + 2)
    table = columns(*heads, "class", "", "probability", left=left)
    shown = frame.drop(ids)
    classes = shown.columns[1:]
    for cells, (name, *shares) in zip(names, shown.iter_rows(), strict=True):
        share = shares[classes.index(name)]
        drawn = Bar(share, BAR_WIDTH)
        table.add_row(*cells, plain(name), drawn, f"{share:.1%}")
    show(table)


def _print_numbers(frame: "pl.DataFrame", ids: Sequence[str]) -> None:
    heads, names = _named(frame, ids)
    values = frame.drop(ids)
    left = range(1, len(heads))
    table = columns(*heads, *map(plain, values.columns), left=left)
    for cells, numbers in zip(names, values.iter_rows(), strict=True):
        table.add_row(*cells, *(f"{value:.6g}" for value in numbers))
    show(table)


def _print_each(
    frame: "pl.DataFrame", ids: Sequence[str], parts: "Sequence[Part]"
) -> None:
    """Print what is predicted of each target: a class and how likely, or a number."""
    heads, names = _named(frame, ids)
    table = columns(*heads, *(plain(p.name) for p in parts), left=range(1, len(heads)))
    shown = frame.drop(ids)
    # Probabilities come last, in the order of targets and classes.
    first = shown.width - sum(len(part.classes) for part in parts)
    for cells, (*values,) in zip(names, shown.iter_rows(), strict=True):
        shares, told = iter(values[first:]), []
        for value, part in zip(values, parts, strict=False):
            own = [next(shares) for _ in part.classes]
            told.append(f"{plain(value)} {max(own):.1%}" if own else f"{value:.6g}")
        table.add_row(*cells, *told)
    show(table)


def _named(
    frame: "pl.DataFrame", ids: Sequence[str]
) -> tuple[list[str], list[list[str]]]:
    """Return what stands before the predictions: the row, and its identifiers."""
    cells = [
        [str(number), *("" if cell is None else plain(cell) for cell in row)]
        for number, row in enumerate(frame.select(ids).iter_rows(), start=1)
    ]
    if not ids:
        cells = [[str(number)] for number in range(1, len(frame) + 1)]
    return ["row", *map(plain, ids)], cells
