"""Predictions for the rows of a table: on the screen, or to a file."""

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from kobai.cli.folder import check_place
from kobai.cli.screen import bar, columns, facts, plain, say, short, show
from kobai.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from kobai.formats import Model
    from kobai.formats.predictions import Predictions

BAR_WIDTH = 24
MOST_ROWS = 20
MOST_NAMES = 8


def predict_rows(
    model: "Model", file: Path, out: Path | None, encoding: str | None
) -> None:
    """Predict every row of a table, into a file if one is named."""
    from kobai.formats.predictions import check_ending, predictions, write_predictions

    if out is not None:
        check_ending(out)
        check_place(out)
        if out.exists() and out.samefile(file):
            raise DataError(f"{out}: is the table itself; name another file to write")
    found = predictions(model, file, encoding)
    _print_extra(found)
    if out is None:
        _print_first(found)
        _print_strange(found)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    rows = write_predictions(found, out)
    say(f"{plain(short(out))}: {rows:,} prediction{'s' * (rows != 1)}")
    _print_strange(found)


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


def _print_strange(found: "Predictions") -> None:
    strange = [f"{name} ({n:,})" for name, n in found.strange.most_common() if n]
    if strange:
        more = f" and {len(strange) - MOST_NAMES} more" * (len(strange) > MOST_NAMES)
        names = ", ".join(strange[:MOST_NAMES]) + more
        say()
        say(f"Missing, or a new word, as in no training row: {plain(names)}")


def _print_first(found: "Predictions") -> None:
    frame = next(islice(found.frames(), 1), None)
    if frame is None:
        raise DataError(f"{found.table.name}: has the names of columns, but no rows")
    classifies = bool(found.columns.target.classes)
    (_print_classes if classifies else _print_numbers)(frame.head(MOST_ROWS))
    if len(frame) > MOST_ROWS:
        say(f"… the first {MOST_ROWS} rows; -o predictions.csv writes all of them")


def _print_classes(frame: "pl.DataFrame") -> None:
    table = columns("row", "class", "", "probability", left=(1, 2))
    for number, (name, *shares) in enumerate(frame.iter_rows(), start=1):
        share = max(shares)
        drawn = bar(share, BAR_WIDTH)
        table.add_row(str(number), plain(name), drawn, f"{share:.1%}")
    show(table)


def _print_numbers(frame: "pl.DataFrame") -> None:
    table = columns("row", *map(plain, frame.columns), left=())
    for number, values in enumerate(frame.iter_rows(), start=1):
        table.add_row(str(number), *(f"{value:.6g}" for value in values))
    show(table)
