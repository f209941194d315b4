"""The names that options take, from the tables where they are kept.

The tables load NumPy, so they are asked only when somebody wants to see them.
"""

from collections.abc import Callable
from typing import Any


def activations() -> list[str]:
    """Return the activations that stand between layers."""
    from kobai.networks.activations import hidden_activations

    return hidden_activations()


def losses() -> list[str]:
    """Return the losses for labels and standardised targets."""
    from kobai.networks.losses import usual_losses

    return usual_losses()


def optimizers() -> Any:
    """Return the optimizers."""
    from kobai.optimizers import OPTIMIZERS

    return OPTIMIZERS


def batches() -> Any:
    """Return the kinds of batches."""
    from kobai.training import BATCHES

    return BATCHES


def gradients() -> Any:
    """Return the ways to a gradient."""
    from kobai.training.step import GRADIENTS

    return GRADIENTS


LISTS: dict[str, Callable[[], Any]] = {
    "activations": activations,
    "losses": losses,
    "optimizers": optimizers,
}
"""What a help text has in braces."""


def filled(text: str) -> str:
    """Return a help text with the names that there are in the place of its braces."""
    for name, names in LISTS.items():
        place = f"{{{name}}}"
        if place in text:
            text = text.replace(place, ", ".join(names()))
    return text
