"""How good a network for a table is, in words, and in rows of a table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kobai.judging.judgement import Judgement
from kobai.judging.score import Score

NAMES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced",
    "roc_auc": "AUC",
    "log_loss": "log loss",
    "r2": "R²",
    "rmse": "RMSE",
    "mae": "MAE",
    "score": "score",
}
SHOWN = {
    "accuracy": ("accuracy", "roc_auc", "log_loss"),
    "balanced_accuracy": ("balanced_accuracy", "accuracy", "roc_auc"),
    "r2": ("r2", "rmse"),
}
IN_UNITS = ("rmse", "mae")


def titled(name: str) -> str:
    """Return what a score is called.

    >>> titled("log_loss"), titled("r2 of price")
    ('log loss', 'R² of price')
    """
    kind, of, target = name.partition(" of ")
    return f"{NAMES[kind]}{of}{target}"


def shown(found: Judgement) -> tuple[str, ...]:
    """Return the names of the scores to show; units of several targets do not mix."""
    if found.each:
        return tuple(found.network)
    names = SHOWN[found.main]
    is_alone = found.targets == 1
    return tuple(name for name in names if is_alone or name not in IN_UNITS)


def scores_as_rows(found: Judgement) -> tuple[list[str], list[list[str]]]:
    """Return the head and the rows of a table: a network beside what is simpler.

    Of several targets of which some are classes the rows are the scores of each.
    """
    if found.each:
        return _each_as_rows(found)
    names = shown(found)
    every = {
        "this network": found.network,
        "a linear model": found.linear,
        found.constant: found.baseline,
    }
    rows = [
        [title, *(_cell(name, scores[name]) for name in names)]
        for title, scores in every.items()
        if scores
    ]
    return ["on the test rows", *(NAMES[name] for name in names)], rows


def _each_as_rows(found: Judgement) -> tuple[list[str], list[list[str]]]:
    others = {"a linear model": found.linear, found.constant: found.baseline}
    known = [title for title, scores in others.items() if scores]
    rows = []
    for target, one in found.each.items():
        every = one.network, *filter(None, (one.linear, one.baseline))
        for name in shown(one):
            cells = (_cell(name, scores[name]) for scores in every)
            rows.append([target, NAMES[name], *cells])
    return ["on the test rows", "", "this network", *known], rows


def confidence(found: Judgement) -> str:
    """Say what the brackets are, if there are any."""
    if not any(score.is_sure for score in found.network.values()):
        return ""
    return "In brackets: where it is with 95 % confidence, by so many rows."


def _cell(name: str, score: Score) -> str:
    if name not in IN_UNITS or not score.is_sure:
        return in_units(score.value) if name in IN_UNITS else str(score)
    value, low, high = map(in_units, score)
    return f"{value} ({low} to {high})"


def in_units(value: float) -> str:
    """Return a number of any size, with four digits that count.

    >>> in_units(0.0123456), in_units(3.05), in_units(57012.3), in_units(1.23456e12)
    ('0.01235', '3.050', '57,012', '1.235e+12')
    """
    if 999.95 <= abs(value) < 1e9:
        return f"{value:,.0f}"
    # With the zeros at its end: in a column points stand below one another.
    return f"{value:#.4g}"


def as_option(name: str, value: str = "") -> str:
    """Return an option as the command has it.

    >>> as_option("class_weight", "balanced")
    '--class-weight balanced'
    """
    return f"--{name.replace('_', '-')} {value}".rstrip()


def advice(found: Judgement, option: Callable[..., str] = as_option) -> str:
    """Say what to do about a network that is not worth having.

    `option` writes a name of an option, and what it is set to.
    """
    if "linear" in found.warning:
        return (
            f"Take the simpler one ({option('hidden', 'none')}), or give it more to "
            f"learn from: more rows or columns, other {option('hidden')}, "
            f"{option('lr')} and {option('epochs')}."
        )
    area = found.network.get("roc_auc")
    if area and area.low > 0.5:
        return (
            f"It does tell the classes apart (AUC {area.value:.3f}), but names the "
            f"frequent one: try {option('class_weight', 'balanced')}, or of two "
            f"classes {option('threshold', 'f1')}."
        )
    return (
        "The columns may say nothing of the target. Is one missing, or left out above? "
        f"Try more rows, more {option('epochs')}, another {option('lr')}."
    )


def in_words(results: Mapping[str, Any]) -> list[str]:
    """Return lines that say what `kobai.judging.holding.tested` found."""
    lines = []
    if "threshold" in results:
        found = results["threshold"]
        lines.append(
            f'"{found["class"]}" from a probability of {found["value"]:.3g} on: '
            f"precision {found['precision']:.3f}, recall {found['recall']:.3f}, "
            f"F₁ {found['f1']:.3f} on the test rows"
        )
    for each in results.get("interval", {}).get("targets", ()):
        lines.append(
            f"{each['name']}: ± {in_units(each['reach'])} is to hold "
            f"{results['interval']['level']:.0%} of all cases; of the test rows it "
            f"holds {each['coverage']:.1%}"
        )
    return lines


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return rows of text under a head; the first `left` columns stand to the left.

    >>> print(aligned(["", "score"], [["this", "0.5"]]))
          score
    this    0.5
    """
    every = [head, *rows]
    widths = [max(len(row[i]) for row in every) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in every
    ]
    return "\n".join(line.rstrip() for line in lines)
