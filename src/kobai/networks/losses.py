"""The losses by name, and which output layer each goes with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kobai import functions
from kobai.errors import suggest
from kobai.networks.activations import (
    Exponential,
    Heads,
    Identity,
    Sigmoid,
    Softmax,
)
from kobai.networks.layer import Layer


@dataclass(frozen=True)
class Loss:
    """One loss: its formula, and the output layers that it fits.

    `LOSSES["log_cosh"] = Loss("log_cosh", log_cosh)` makes another known by its name to
    the command and the estimators.
    """

    name: str
    function: Callable[..., Any]
    """Of (logits, targets, weights=) if `of_logits`, else of (outputs, targets, …)."""
    of_logits: bool = False
    takes_labels: bool = False
    """Whether the function takes class labels; else the network makes them one-hot."""
    classifies: bool = False
    is_sum: bool = False
    """Whether it is the sum over a sample's outputs; else it is their mean."""
    fits: tuple[type[Layer], ...] = ()
    """The output activations that it goes with; none named: any."""
    refuses: tuple[type[Layer], ...] = ()

    def fits_with(self, activation: Layer) -> bool:
        """Tell whether the loss makes sense behind this output activation.

        >>> LOSSES["cross_entropy"].fits_with(Sigmoid())
        False
        """
        kind = type(activation)
        if kind is Heads:
            # Each of its targets has the loss of its kind.
            return self is OF_HEADS
        return kind in self.fits if self.fits else kind not in self.refuses


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss(
            "cross_entropy",
            functions.softmax_cross_entropy,
            of_logits=True,
            takes_labels=True,
            classifies=True,
            fits=(Softmax,),
        ),
        # The same of the probabilities, with δ = 1e-7 in the logarithm: TwoLayerNet's.
        Loss(
            "cross_entropy_error",
            functions.cross_entropy_error,
            takes_labels=True,
            classifies=True,
            fits=(Softmax,),
        ),
        Loss(
            "binary_cross_entropy",
            functions.sigmoid_cross_entropy,
            of_logits=True,
            classifies=True,
            fits=(Sigmoid,),
        ),
        Loss("squared_error", functions.sum_squared_error, is_sum=True),
        Loss("mean_squared_error", functions.mean_squared_error),
        Loss("huber", functions.huber, refuses=(Softmax, Sigmoid)),
        Loss(
            "poisson",
            functions.poisson_deviance,
            of_logits=True,
            is_sum=True,
            fits=(Exponential,),
        ),
    )
}

OF_HEADS = Loss(
    "heads",
    functions.heads_loss,
    of_logits=True,
    takes_labels=True,
    classifies=True,
    fits=(Heads,),
)
"""The loss behind `Heads`, which needs its sizes as well; of no other layer."""

_DEFAULTS: dict[type[Layer], str] = {
    Softmax: "cross_entropy",
    Sigmoid: "binary_cross_entropy",
    Exponential: "poisson",
}


def choose_loss(name: str | None, activation: Layer, units: int) -> Loss:
    """Return the loss called `name`, or the usual one for this output activation.

    Softmax goes with cross-entropy, Sigmoid with binary cross-entropy, Exponential with
    the Poisson deviance, Heads with the loss of each target, anything else with squared
    error. Raises ValueError for an
    unknown name and for a pairing that makes no sense.

    >>> choose_loss(None, Softmax(), units=10).name
    'cross_entropy'
    """
    kind = type(activation)
    if kind is Softmax and units == 1:
        raise ValueError(
            "Network: Softmax over one unit is always 1; use Dense(2) and Softmax(), "
            "or Dense(1) and Sigmoid()"
        )
    if kind is Heads and name in (None, OF_HEADS.name):
        return OF_HEADS
    name = name or _DEFAULTS.get(kind, "squared_error")
    if name not in LOSSES:
        raise ValueError(
            f'Network: unknown loss "{name}"; the losses are {", ".join(LOSSES)}.'
            f"{suggest(name, LOSSES)}"
        )
    loss = LOSSES[name]
    if not loss.fits_with(activation):
        raise ValueError(_misfit(loss, activation))
    return loss


def usual_losses() -> list[str]:
    """Return the names of the losses for labels and standardised targets.

    "poisson" is none: it is for counts, and the targets of a table are standardised.
    """
    usual = Softmax(), Sigmoid(), Identity()
    return [name for name, loss in LOSSES.items() if any(map(loss.fits_with, usual))]


def losses_of_numbers() -> list[str]:
    """Return the names of the losses for targets that are numbers, counts included."""
    return [name for name, loss in LOSSES.items() if not loss.classifies]


def _misfit(loss: Loss, activation: Layer) -> str:
    if isinstance(activation, Heads):
        return (
            f'Network: loss "{loss.name}" is of one target, and {activation} has '
            "several, each with the loss of its kind; leave the loss out"
        )
    wanted = " or ".join(f"{kind.__name__}()" for kind in loss.fits or (Identity,))
    fitting = ", ".join(
        each.name for each in LOSSES.values() if each.fits_with(activation)
    )
    return (
        f'Network: loss "{loss.name}" needs the last layer {wanted}, got {activation}; '
        f"the losses for {activation} are {fitting}"
    )
