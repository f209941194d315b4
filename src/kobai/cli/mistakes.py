"""What a classifier takes for what, on the screen."""

from typing import TYPE_CHECKING

from kobai.cli.screen import columns, console, plain, say, show

if TYPE_CHECKING:
    import numpy as np

    from kobai.cli.sheet import Sheet

MOST_CLASSES = 20
SHOWN = 5
WIDEST_HEAD = 5


def print_classes(
    outputs: "np.ndarray", t: "np.ndarray", names: tuple[str, ...]
) -> None:
    """Print how well each class is found; of very many classes the worst ones."""
    from kobai.functions import precision_recall

    report = precision_recall(outputs, t)
    order = list(range(len(names)))
    if len(names) > MOST_CLASSES:
        order = sorted(order, key=lambda i: report.f1[i])[:MOST_CLASSES]
    table = columns("class", "precision", "recall", "F₁", "samples")
    for i in order:
        shares = (report.precision[i], report.recall[i], report.f1[i])
        cells = [f"{share:.4f}" for share in shares]
        table.add_row(plain(names[i]), *cells, f"{report.support[i]:,}")
    say()
    show(table)
    if len(order) < len(names):
        say(f"the {len(order)} worst of {len(names):,} classes")


def print_confusion(counts: "np.ndarray", names: tuple[str, ...]) -> None:
    """Print the confusion matrix, and the most frequent mistakes."""
    say()
    matrix = _matrix(counts, names)
    # On end it would be as many lines as it has cells.
    if len(names) <= MOST_CLASSES and matrix.fits(console()):
        say("[bold]What it is[/bold] (rows), and what it is taken for (columns)")
        show(matrix)
        say()
    worst = [(n, i, j) for (i, j), n in _off_diagonal(counts)][:SHOWN]
    if not worst:
        say("Not a single mistake.")
        return
    say("[bold]Most frequent mistakes[/bold]")
    table = columns("is", "taken for", "times", left=(0, 1))
    for times, is_, guess in worst:
        table.add_row(plain(names[is_]), plain(names[guess]), f"{times:,}")
    show(table)


def _off_diagonal(counts: "np.ndarray") -> list[tuple[tuple[int, int], int]]:
    cells = [
        ((i, j), int(n))
        for i, row in enumerate(counts)
        for j, n in enumerate(row)
        if n and i != j
    ]
    return sorted(cells, key=lambda cell: -cell[1])


def _matrix(counts: "np.ndarray", names: tuple[str, ...]) -> "Sheet":
    """Return the table; long names stand at the rows alone, numbered."""
    from rich.cells import cell_len

    numbered = max(map(cell_len, names)) > WIDEST_HEAD
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
