"""How good a network for a table is, on the screen and as JSON."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.cli.folder import LINEAR, RunError, RunFolder
from kobai.cli.screen import columns, plain, say, show
from kobai.errors import ModelFileError

if TYPE_CHECKING:
    from kobai.formats import Model
    from kobai.judging import Baselines, Judgement, Score

NAMES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced",
    "roc_auc": "AUC",
    "log_loss": "log loss",
    "r2": "R²",
    "rmse": "RMSE",
    "mae": "MAE",
}
SHOWN = {
    "accuracy": ("accuracy", "roc_auc", "log_loss"),
    "balanced_accuracy": ("balanced_accuracy", "accuracy", "roc_auc"),
    "r2": ("r2", "rmse"),
}
IN_UNITS = ("rmse", "mae")


def baselines_of(run: str, model: "Model") -> "Baselines | None":
    """Return what a run has kept to compare its network with."""
    from kobai.formats import load_model
    from kobai.judging import Baselines

    folder = RunFolder(Path(run).expanduser())
    if model.columns is None:
        return None
    try:
        counts = folder.class_counts()
        linear = load_model(folder.path / LINEAR).network
    except (RunError, ModelFileError, OSError):
        # A model file alone, or a run of an older Kobai.
        return Baselines(model.columns)
    return Baselines(model.columns, linear, counts)


def described(found: "Judgement") -> dict[str, Any]:
    """Return a judgement as plain JSON."""
    return {
        "main": found.main,
        "network": {name: _ends(score) for name, score in found.network.items()},
        "linear": {name: score.value for name, score in found.linear.items()} or None,
        "constant": {k: score.value for k, score in found.baseline.items()} or None,
        "constant_is": found.constant or None,
        "warning": found.warning or None,
    }


def _ends(score: "Score") -> dict[str, float | None]:
    low, high = (score.low, score.high) if score.is_sure else (None, None)
    return {"value": score.value, "low": low, "high": high}


def shown(found: "Judgement") -> tuple[str, ...]:
    """Return the names of the scores to show; units of several targets do not mix."""
    names = SHOWN[found.main]
    is_alone = found.targets == 1
    return tuple(name for name in names if is_alone or name not in IN_UNITS)


def print_judgement(found: "Judgement") -> None:
    """Print scores beside those of a line and of a constant, and what they warn of."""
    names = shown(found)
    table = columns("on the test rows", *(NAMES[name] for name in names))
    rows = {
        "this network": found.network,
        "a linear model": found.linear,
        plain(found.constant): found.baseline,
    }
    for title, scores in rows.items():
        if scores:
            table.add_row(title, *(_cell(name, scores[name]) for name in names))
    say()
    show(table)
    if any(score.is_sure for score in found.network.values()):
        say(
            "[dim]In brackets: where it is with 95 % confidence, by so many rows.[/dim]"
        )
    if found.warning:
        say()
        say(f"[yellow]Warning:[/yellow] the network is {plain(found.warning)}.")
        say(_advice(found))


def _cell(name: str, score: "Score") -> str:
    if name not in IN_UNITS or not score.is_sure:
        return in_units(score.value) if name in IN_UNITS else str(score)
    value, low, high = map(in_units, score)
    return f"{value} ({low} to {high})"


def in_units(value: float) -> str:
    """Return a number of any size, with four digits that count.

    >>> in_units(0.0123456), in_units(57012.3), in_units(1.23456e12)
    ('0.01235', '57,012', '1.235e+12')
    """
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def _advice(found: "Judgement") -> str:
    """Say what to do about a network that is not worth having."""
    if "linear" in found.warning:
        return (
            "Take the simpler one (--hidden none), or give it more to learn from: more "
            "rows or columns, other --hidden, --lr and --epochs."
        )
    area = found.network.get("roc_auc")
    if area and area.low > 0.5:
        return (
            f"It does tell the classes apart (AUC {area.value:.3f}), but names the "
            "frequent one: try --class-weight balanced, or of two classes --threshold "
            "f1."
        )
    return (
        "The columns may say nothing of the target. Is one missing, or left out above? "
        "Try more rows, more --epochs, another --lr."
    )
