"""How good a network for a table is, on the screen and as JSON."""

from typing import TYPE_CHECKING, Any

from kobai.cli.screen import columns, plain, say, show

if TYPE_CHECKING:
    from kobai.judging import Judgement, Score


def described(found: "Judgement") -> dict[str, Any]:
    """Return a judgement as plain JSON."""
    return {
        "main": found.main,
        "network": {name: _ends(score) for name, score in found.network.items()},
        "linear": {name: score.value for name, score in found.linear.items()} or None,
        "constant": {k: score.value for k, score in found.baseline.items()} or None,
        "constant_is": found.constant or None,
        "warning": found.warning or None,
        **({"targets": each} if (each := _described_each(found)) else {}),
    }


def _described_each(found: "Judgement") -> list[dict[str, Any]]:
    return [{"name": name, **described(one)} for name, one in found.each.items()]


def _ends(score: "Score") -> dict[str, float | None]:
    low, high = (score.low, score.high) if score.is_sure else (None, None)
    return {"value": score.value, "low": low, "high": high}


def print_judgement(found: "Judgement") -> None:
    """Print scores beside those of a line and of a constant, and what they warn of."""
    from kobai.judging.wording import advice, confidence, scores_as_rows

    head, rows = scores_as_rows(found)
    table = columns(*map(plain, head), left=(0, 1) if found.each else (0,))
    for row in rows:
        table.add_row(*map(plain, row))
    say()
    show(table)
    if brackets := confidence(found):
        say(f"[dim]{brackets}[/dim]")
    if found.warning:
        say()
        say(f"[yellow]Warning:[/yellow] the network is {plain(found.warning)}.")
        say(advice(found))
