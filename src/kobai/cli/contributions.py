"""`kobai predict --explain`: what each column adds to a row's prediction."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli.measures import as_json as finite
from kobai.cli.predict_table import print_strange, table_at
from kobai.cli.screen import columns, counted, plain, say, show
from kobai.cli.settings import SettingError
from kobai.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from kobai.explanations import Contributions
    from kobai.formats import Model
    from kobai.formats.predictions import Predictions


def check_explain(
    explain: bool, row: int | None, out: Path | None, ids: str | None
) -> bool:
    """Return whether a row is to be explained; refuse what makes no sense with it."""
    if row is not None and not explain:
        raise SettingError("--row goes with --explain, which takes a prediction apart")
    if explain and (out is not None or ids):
        raise SettingError(
            f"--explain prints what one row is made of; leave {'-o' if out else '--id'}"
            " out, or --explain"
        )
    return explain


def explain_row(
    run: str,
    model: "Model",
    file: Path,
    row: int,
    as_json: bool,
    encoding: str | None,
) -> None:
    """Print what the prediction of a table's row is made of."""
    from kobai.explanations import contributions
    from kobai.explanations.wording import screened_in_words, told_outputs
    from kobai.formats.predictions import predictions
    from kobai.tabular.kept import read_background

    background = read_background(Path(run).expanduser(), model)
    with table_at(file) as path:
        found = predictions(model, path, encoding)
        cells, raw = _row(found, row)
    made = contributions(model, raw, background)
    if as_json:
        _print_json(row, cells, made)
        return
    for output, is_class in told_outputs(found.columns, made.prediction):
        _print_output(row, cells, made, output, is_class, background)
    if line := screened_in_words(made, "kobai.TableModel.load(RUN).explain_row"):
        say()
        say(plain(line))
    print_strange(found)


def _row(found: "Predictions", row: int) -> tuple[dict[str, Any], "np.ndarray"]:
    """Return the cells of a row by the names of the columns, and its raw numbers."""
    from kobai.data.tables.new_rows import coded_blocks
    from kobai.formats.predictions import strange_cells

    rows = 0
    blocks = coded_blocks(found.columns, found.table)
    for frame, raw, first in blocks:
        rows += len(frame)
        if row <= rows:
            place = slice(row - first, row - first + 1)
            found.strange.update(strange_cells(found.columns, raw[place]))
            found.shift.add(raw[place])
            return frame.row(row - first, named=True), raw[place]
    raise DataError(f"{found.table.name}: has {counted(rows, 'row')}; got --row {row}")


def _print_output(
    row: int,
    cells: dict[str, Any],
    made: "Contributions",
    output: int,
    is_class: bool,
    background: "np.ndarray | None",
) -> None:
    from kobai.explanations.wording import taken_apart

    others = None if background is None else len(background)
    found = taken_apart(made, cells, output, is_class, others)
    say(f"Row {row:,}: [bold]{plain(found.what)}[/bold], {found.where}")
    if found.because:
        say(plain(found.because))
    say()
    table = columns(*found.head, left=(0, 1))
    for each in found.rows:
        table.add_row(*map(plain, each))
    show(table)
    if background is None:
        say()
        say(
            "There are no training rows beside this model, as a run folder has them: "
            "it is compared with the mean of each number, and with all words alike"
        )


def _print_json(row: int, cells: dict[str, Any], made: "Contributions") -> None:
    import json

    def by_name(values: Any) -> dict[str, float]:
        return dict(zip(made.names, values.tolist(), strict=True))

    parts = [
        {"column": name, "value": cells[name], "adds": by_name(values)}
        for name, values in zip(made.columns, made.values, strict=True)
    ]
    content = {
        "row": row,
        "prediction": by_name(made.prediction),
        "base": by_name(made.base),
        "against": "means" if made.is_against_means else "training rows",
        "columns": parts,
    }
    if made.others:
        content["others"] = {"columns": made.others, "adds": by_name(made.together)}
    print(json.dumps(finite(content), indent=2, default=str))
