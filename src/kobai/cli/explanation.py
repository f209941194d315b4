"""What `kobai evaluate` says of a table's columns, and of the rows predicted worst."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli.folder import write_figure
from kobai.cli.screen import columns, plain, say, show

if TYPE_CHECKING:
    import numpy as np

    from kobai.cli.held_out import HeldOut
    from kobai.explanations import Importance, WorstRow
    from kobai.formats import Model

IMPORTANCE = "importance.png"
DEPENDENCE = "partial-dependence.png"
MOST_COLUMNS, MOST_CURVES, WORST = 10, 6, 5


@dataclass(frozen=True)
class Explanation:
    """Which columns mattered on the rows tested, and the rows predicted worst."""

    model: "Model"
    data: Any
    importance: "Importance"
    worst: "list[WorstRow]"

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` has of it."""
        found = self.importance
        keys = "column", "loss", "spread", "score"
        numbers = found.means, found.spreads, found.lost
        rows = zip(found.columns, *(each.tolist() for each in numbers), strict=True)
        return {
            "importance": {
                "loss": found.loss,
                "score": found.score,
                "repeats": found.losses.shape[1],
                "samples": found.rows,
                **({"of_columns": found.screened_of} if found.screened_of else {}),
                "columns": [dict(zip(keys, row, strict=True)) for row in rows],
            },
            "worst": [_as_json(each) for each in self.worst],
        }

    def show(self) -> None:
        """Print both as tables."""
        self._show_importance()
        self._show_worst()

    def _show_importance(self) -> None:
        from kobai.explanations.wording import importance_as_rows, screened_in_words

        found = self.importance
        say()
        say("[bold]Which columns mattered[/bold]: how much worse with each shuffled")
        _show(*importance_as_rows(found, MOST_COLUMNS))
        rest = len(found.columns) - MOST_COLUMNS
        notes = [f"{rest:,} more columns: --json"] * (rest > 0)
        if found.rows < found.of_rows:
            notes.append(
                f"on {found.rows:,} of {found.of_rows:,} rows, drawn at random"
            )
        if notes:
            say("; ".join(notes))
        if line := screened_in_words(found, "kobai.TableModel.load(RUN).explain"):
            say(plain(line))

    def _show_worst(self) -> None:
        from kobai.explanations.wording import worst_as_rows

        say()
        say("[bold]Predicted worst[/bold]")
        head, rows = worst_as_rows(self.worst)
        is_class = any(isinstance(each.true, str) for each in self.worst)
        _show(head, rows, left=range(1, len(head) - 1) if is_class else ())

    def draw(self, folder: Path, language: str) -> list[Path]:
        """Draw what mattered, and how, into a run folder; return the files."""
        from kobai.explanations.inputs import without_texts
        from kobai.explanations.pictures import dependence_figure, importance_figure

        most = without_texts(self.model, self.importance.columns)[:MOST_CURVES]
        figures = {IMPORTANCE: importance_figure(self.importance, language)}
        if most:
            figures[DEPENDENCE] = dependence_figure(
                self.model, self.data, most, language
            )
        for name, figure in figures.items():
            write_figure(folder / name, figure, through_links=False)
        return [folder / name for name in figures]


def _show(head: list[str], rows: list[list[str]], left: Sequence[int] = (0,)) -> None:
    table = columns(*head, left=left)
    for row in rows:
        table.add_row(*map(plain, row))
    show(table)


def _as_json(each: "WorstRow") -> dict[str, Any]:
    found = asdict(each)
    if each.probability is None:
        del found["probability"]
    return found


def explained(model: "Model", found: "HeldOut", outputs: "np.ndarray") -> Explanation:
    """Return what is told of a table's columns and rows, measured on those tested."""
    from kobai.explanations import permutation_importance, worst_of

    importance = permutation_importance(model, found.data)
    fitted, t = found.data.columns, found.data.t_test
    assert fitted is not None
    worst = worst_of(fitted, outputs, t, found.rows, WORST)
    return Explanation(model, found.data, importance, worst)
