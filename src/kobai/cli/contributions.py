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

MOST_COLUMNS, NAMED = 12, 3


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
    best = int(made.prediction.argmax())
    is_class = bool(found.columns.target.classes)
    for output in [best] if is_class else range(len(made.names)):
        _print_output(row, cells, made, output, is_class, background)
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
    def number(value: float, sign: str = "") -> str:
        return f"{value:{sign}.1%}" if is_class else f"{value:{sign}.6g}"

    values = made.values[:, output]
    order = sorted(range(len(values)), key=lambda j: -abs(values[j]))
    base, prediction = made.base[output], made.prediction[output]
    mean = "that of a row of means"
    if background is not None:
        mean = f"the mean of {counted(len(background), 'training row')}"
    say(
        f"Row {row:,}: [bold]{plain(made.names[output])} {number(prediction)}[/bold], "
        f"where {mean} is {number(base)}"
    )
    # What pulls the other way is no part of what the difference comes from.
    along = [j for j in order if values[j] * (prediction - base) > 0]
    main = [f"{made.columns[j]} = {_cell(cells, made, j)}" for j in along[:NAMED]]
    if main:
        say(
            f"The difference of {number(prediction - base, '+')} comes most of all "
            f"from {plain(', '.join(main))}"
        )
    say()
    table = columns("column", "is", "adds", left=(0, 1))
    for j in order[:MOST_COLUMNS]:
        cell = plain(_cell(cells, made, j))
        table.add_row(plain(made.columns[j]), cell, number(values[j], "+"))
    if rest := order[MOST_COLUMNS:]:
        adds = number(values[rest].sum(), "+")
        table.add_row(f"{counted(len(rest), 'other column')}", "", adds)
    show(table)
    if background is None:
        say()
        say(
            "There are no training rows beside this model, as a run folder has them: "
            "it is compared with the mean of each number, and with all words alike"
        )


def _cell(cells: dict[str, Any], made: "Contributions", j: int) -> str:
    from kobai.data.tables.cells import shortened

    cell = cells[made.columns[j]]
    if cell is None:
        return "(missing)"
    return f"{cell:.6g}" if isinstance(cell, float) else shortened(str(cell))


def _print_json(row: int, cells: dict[str, Any], made: "Contributions") -> None:
    import json

    def by_name(values: "np.ndarray") -> dict[str, float]:
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
    print(json.dumps(finite(content), indent=2, default=str))
