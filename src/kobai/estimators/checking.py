"""What an estimator's parameters may be, and what is said where they are not."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.engines import choose_engine
from kobai.errors import suggest
from kobai.networks.checks import floating

if TYPE_CHECKING:
    from kobai.estimators.base import MLP

SCHEDULES = ("constant", "invscaling", "adaptive")


@dataclass(frozen=True)
class Number:
    """The numbers that a parameter may be: low ≤ value < high, or as `open` says."""

    low: float = 0
    high: float = math.inf
    open: bool = False
    """Whether `low` itself is refused."""
    whole: bool = False

    def allows(self, value: object) -> bool:
        """Tell whether a value is such a number."""
        kind = Integral if self.whole else Real
        if not isinstance(value, kind) or isinstance(value, bool | np.bool_):
            return False
        number = float(value)
        above = number > self.low if self.open else number >= self.low
        return above and number < self.high

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        low = f"above {self.low}" if self.open else f"of {self.low} or more"
        return f"{kind} {low}" + f" and below {self.high}" * (self.high < math.inf)


NUMBERS: Mapping[str, Number] = {
    "alpha": Number(),
    "learning_rate_init": Number(open=True),
    "power_t": Number(),
    "max_iter": Number(1, whole=True),
    "tol": Number(),
    "momentum": Number(0, 1),
    "validation_fraction": Number(0, 1, open=True),
    "beta_1": Number(0, 1),
    "beta_2": Number(0, 1),
    "epsilon": Number(open=True),
    "max_fun": Number(1, whole=True),
}
SWITCHES = ("shuffle", "warm_start", "nesterovs_momentum", "early_stopping")


def check_parameters(estimator: "MLP") -> None:
    """Raise ValueError, naming the parameter, for a value that makes no sense."""
    for name, number in NUMBERS.items():
        value = getattr(estimator, name)
        if not number.allows(value):
            raise _wrong(estimator, name, str(number))
    for name in SWITCHES:
        if not isinstance(getattr(estimator, name), bool | np.bool_):
            raise _wrong(estimator, name, "True or False")
    wait = estimator.n_iter_no_change
    if not Number(1, whole=True).allows(wait) and wait != math.inf:
        raise _wrong(estimator, "n_iter_no_change", "a whole number of 1 or more")
    size = estimator.batch_size
    if size != "auto" and not Number(1, whole=True).allows(size):
        raise _wrong(estimator, "batch_size", '"auto" or a whole number of 1 or more')
    if estimator.learning_rate not in SCHEDULES:
        needed = f"one of {', '.join(SCHEDULES)}"
        raise _wrong(estimator, "learning_rate", needed, SCHEDULES)
    choose_engine(estimator.engine)
    if estimator.dtype is not None:
        floating(estimator.dtype)


def hidden_sizes(estimator: "MLP") -> list[int]:
    """Return the number of units of every hidden layer."""
    given = estimator.hidden_layer_sizes
    sizes = list(given) if hasattr(given, "__iter__") else [given]
    for size in sizes:
        if not Number(1, whole=True).allows(size):
            # scikit-learn's own words come first: programs may look for them.
            raise ValueError(
                f"hidden_layer_sizes must be > 0, got {sizes}; need whole numbers of 1 "
                "or more, one for each hidden layer"
            )
    return [int(size) for size in sizes]


def for_each_layer(estimator: "MLP", name: str, layers: int) -> list[Any]:
    """Return a parameter's value for each hidden layer: one for all, or one each."""
    given = getattr(estimator, name)
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        return [given] * layers
    values = list(given)
    if len(values) != layers:
        raise ValueError(
            f"{type(estimator).__name__}: {name}: got {len(values)} values, {values}; "
            f"need one, or one for each of the {layers} hidden layers"
        )
    return values


def check_class_weight(estimator: "MLP") -> None:
    """Raise ValueError for a `class_weight` that is no way of weighing classes."""
    given = estimator.class_weight
    if isinstance(given, str) and given != "balanced":
        needed = 'None, "balanced" or a dictionary from classes to weights'
        raise _wrong(estimator, "class_weight", needed, ["balanced"])
    for each in given if isinstance(given, list) else [given]:
        for label, weight in each.items() if isinstance(each, Mapping) else ():
            if not Number().allows(weight):
                raise ValueError(
                    f"{type(estimator).__name__}: class_weight must be a finite number "
                    f"of 0 or more for each class, got {weight!r} for {label!r}"
                )


def _wrong(
    estimator: "MLP", name: str, needed: str, known: Collection[str] = ()
) -> ValueError:
    value = getattr(estimator, name)
    hint = suggest(str(value), known)
    return ValueError(
        f"{type(estimator).__name__}: {name} must be {needed}, got {value!r}"
        + (f".{hint}" if hint else "")
    )
