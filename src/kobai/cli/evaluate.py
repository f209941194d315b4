"""`kobai evaluate`: how well a trained network does, and what it mistakes for what."""

from typing import TYPE_CHECKING, Any

from kobai.cli import options
from kobai.cli.models import data_of, find_model
from kobai.cli.screen import columns, facts, plain, say, show
from kobai.cli.settings import load_data
from kobai.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from kobai.data import Dataset
    from kobai.formats import Model

MOST_CLASSES = 20
SHOWN = 5


def evaluate(
    run: options.Run,
    data: options.Data = None,
    data_dir: options.DataDir = None,
) -> None:
    """Measure a trained network on test data: loss, accuracy, confusion matrix.

    \b
    kobai evaluate runs/digits-1            on the test data of its own set
    kobai evaluate runs/mnist-1 my-digits   on a folder of IDX files
    """
    model = find_model(run)
    name, folder, seed = (data, data_dir, 0) if data else data_of(run)
    found = load_data(name, data_dir or folder, seed)
    _check_fit(model, found)
    _print_results(model, found)
    if found.classes and model.network.outputs[-1] > 1:
        _print_confusion(_confusion(model, found), _class_names(model, found))


def _check_fit(model: "Model", data: "Dataset") -> None:
    wanted, got = model.network.inputs, data.x_test.shape[1:]
    if wanted != got:
        raise DataError(
            f"{data.name} has samples of shape {got}, the network takes {wanted}; it "
            f"was trained on {model.name or 'other data'}. Name data of that shape."
        )


def _print_results(model: "Model", data: "Dataset") -> None:
    results = model.network.evaluate(data.x_test, data.t_test)
    values = {name.capitalize(): f"{value:.4f}" for name, value in results.items()}
    if "accuracy" in results:
        right = round(results["accuracy"] * len(data.x_test))
        values["Accuracy"] += f"  ({right:,} of {len(data.x_test):,} right)"
    show(facts(Data=f"{data.name}, {len(data.x_test):,} test samples"))
    show(facts(**values))


def _confusion(model: "Model", data: "Dataset") -> "np.ndarray":
    """Return how often each class (row) was taken for each (column)."""
    import numpy as np

    labels = data.t_test if data.t_test.ndim == 1 else data.t_test.argmax(axis=1)
    guesses = model.network.predict(data.x_test).argmax(axis=1)
    classes = model.network.outputs[-1]
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (labels, guesses), 1)
    return counts


def _class_names(model: "Model", data: "Dataset") -> tuple[str, ...]:
    count = model.network.outputs[-1]
    return model.classes or data.classes or tuple(map(str, range(count)))


def _print_confusion(counts: "np.ndarray", names: tuple[str, ...]) -> None:
    say()
    if len(names) <= MOST_CLASSES:
        say("[bold]What it is[/bold] (rows), and what it is taken for (columns)")
        show(_matrix(counts, names))
        say()
    worst = [(n, i, j) for (i, j), n in _off_diagonal(counts)][:SHOWN]
    if not worst:
        say("Not a single mistake.")
        return
    say("[bold]Most frequent mistakes[/bold]")
    table = columns("is", "taken for", "times", left=(0, 1))
    for times, is_, guess in worst:
        table.add_row(plain(names[is_]), plain(names[guess]), str(times))
    show(table)


def _off_diagonal(counts: "np.ndarray") -> list[tuple[tuple[int, int], int]]:
    cells = [
        ((i, j), int(n))
        for i, row in enumerate(counts)
        for j, n in enumerate(row)
        if n and i != j
    ]
    return sorted(cells, key=lambda cell: -cell[1])


def _matrix(counts: "np.ndarray", names: tuple[str, ...]) -> Any:
    """Return the table; long names stand at the rows alone, numbered."""
    numbered = max(map(len, names)) > 5
    heads = [str(i) for i in range(len(names))] if numbered else list(names)
    rows = [f"{i} {n}" for i, n in enumerate(names)] if numbered else list(names)
    table = columns("", *map(plain, heads), "right", left=(0,))
    for index, row in enumerate(counts):
        cells = [_cell(int(n), index == j) for j, n in enumerate(row)]
        share = row[index] / row.sum() if row.sum() else 0.0
        table.add_row(f"[bold]{plain(rows[index])}[/bold]", *cells, f"{share:.1%}")
    return table


def _cell(count: int, right: bool) -> str:
    if not count:
        return "[dim]·[/dim]"
    return f"[green]{count}[/green]" if right else f"[red]{count}[/red]"
