"""What `kobai evaluate` says of a table's columns, and of the rows predicted worst."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli.folder import write_figure
from kobai.cli.screen import columns, plain, say, show
from kobai.errors import visible

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from kobai.cli.held_out import HeldOut
    from kobai.explanations import Importance
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
    worst: list[dict[str, Any]]

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
                "columns": [dict(zip(keys, row, strict=True)) for row in rows],
            },
            "worst": self.worst,
        }

    def show(self) -> None:
        """Print both as tables."""
        self._show_importance()
        self._show_worst()

    def _show_importance(self) -> None:
        found = self.importance
        table = columns("column", f"{found.loss} gain", "±", f"{found.score} lost")
        rows = zip(found.columns, found.means, found.spreads, found.lost, strict=True)
        for name, mean, spread, lost in list(rows)[:MOST_COLUMNS]:
            numbers = f"{mean:.4g}", f"{spread:.2g}", f"{lost + 0.0:.4f}"
            table.add_row(plain(name), *numbers)
        say()
        say("[bold]Which columns mattered[/bold]: how much worse with each shuffled")
        show(table)
        rest = len(found.columns) - MOST_COLUMNS
        notes = [f"{rest:,} more columns: --json"] * (rest > 0)
        if found.rows < found.of_rows:
            notes.append(
                f"on {found.rows:,} of {found.of_rows:,} rows, drawn at random"
            )
        if notes:
            say("; ".join(notes))

    def _show_worst(self) -> None:
        say()
        say("[bold]Predicted worst[/bold]")
        is_class = bool(self.model.columns and self.model.columns.target.classes)
        extra = "probability" if is_class else "error"
        several = len({each["target"] for each in self.worst}) > 1
        heads = ["row", *["target"] * several, "is", "predicted", extra]
        table = columns(*heads, left=range(1, len(heads) - 1) if is_class else ())
        for each in self.worst:
            row = "?" if each["row"] is None else f"{each['row']:,}"
            kind = [plain(each["target"])] if several else []
            table.add_row(row, *kind, *_cells(each))
        show(table)

    def draw(self, folder: Path, language: str) -> list[Path]:
        """Draw what mattered, and how, into a run folder; return the files."""
        figures = {
            IMPORTANCE: self._importance_figure(language),
            DEPENDENCE: self._dependence_figure(language),
        }
        for name, figure in figures.items():
            write_figure(folder / name, figure, through_links=False)
        return [folder / name for name in figures]

    def _importance_figure(self, language: str) -> "Figure":
        from kobai.plots import column_importance

        found = self.importance
        names = list(map(visible, found.columns))
        return column_importance(
            names, found.means, found.spreads, found.loss, language
        )

    def _dependence_figure(self, language: str) -> "Figure":
        from kobai.explanations import partial_dependence
        from kobai.plots import DependencePanel
        from kobai.plots import partial_dependence as draw

        found = [
            each
            for column in self.importance.columns[:MOST_CURVES]
            for each in partial_dependence(self.model, self.data, column)
        ]
        assert self.model.columns is not None
        target = self.model.columns.target
        many = target.classes if len(target.classes) > 2 else ()
        # One probability of two says the other; numbers of several targets would stand
        # on one axis in different units.
        kept = slice(None) if many else slice(-1, None) if target.classes else slice(1)
        quantity = target.names[0]
        if len(target.classes) == 2:
            quantity = f"{quantity} = {target.classes[1]}"
        panels = [
            DependencePanel(
                visible(each.name),
                tuple(map(visible, each.values))
                if isinstance(each.values, tuple)
                else each.values,
                each.means[:, kept],
                each.curves[..., kept],
                each.spread,
            )
            for each in found
        ]
        return draw(
            panels,
            list(map(visible, many)),
            visible(quantity),
            language,
            is_probability=bool(target.classes),
        )


def _cells(each: Mapping[str, Any]) -> list[str]:
    is_, guess = each["true"], each["predicted"]
    if isinstance(is_, str):
        return [plain(is_), plain(guess), f"{each['probability']:.1%}"]
    return [f"{is_:.6g}", f"{guess:.6g}", f"{guess - is_:+.4g}"]


def explained(model: "Model", found: "HeldOut", outputs: "np.ndarray") -> Explanation:
    """Return what is told of a table's columns and rows, measured on those tested."""
    from kobai.explanations import permutation_importance

    importance = permutation_importance(model, found.data)
    return Explanation(model, found.data, importance, _worst(found, outputs))


def _worst(found: "HeldOut", outputs: "np.ndarray") -> list[dict[str, Any]]:
    """Return the rows predicted worst: their numbers, what they are, what was said."""
    from kobai.explanations import worst_rows

    fitted, t = found.data.columns, found.data.t_test
    assert fitted is not None
    rows = worst_rows(fitted, outputs, t, WORST)
    told = _told_classes if fitted.target.classes else _told_numbers
    numbers = found.rows
    return [
        {"row": None if numbers is None else int(numbers[i]), **told(fitted, y, each)}
        for i, y, each in zip(rows, outputs[rows], t[rows], strict=True)
    ]


def _told_classes(fitted: Any, y: "np.ndarray", t: int) -> dict[str, Any]:
    from kobai.formats.predictions import of_both_classes

    shares = of_both_classes(fitted, y[None])[0]
    classes = fitted.target.classes
    return {
        "target": fitted.target.names[0],
        "true": classes[t],
        "predicted": classes[int(shares.argmax())],
        "probability": float(shares[t]),
    }


def _told_numbers(fitted: Any, y: "np.ndarray", t: "np.ndarray") -> dict[str, Any]:
    """Tell of several targets the one that is farthest from what is true."""
    worst = int(abs(y - t).argmax())
    true, predicted = fitted.decode(t), fitted.decode(y)
    return {
        "target": fitted.target.names[worst],
        "true": float(true[worst]),
        "predicted": float(predicted[worst]),
    }
