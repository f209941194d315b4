"""What a search may choose from: values to choose among, and ranges to draw from."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

import numpy as np

from kobai.errors import KobaiError

Config = dict[str, Any]
MOST_COMBINATIONS = 100_000
"""More combinations are not all tried by anybody."""
FEW_VARIANTS = 8
"""Of more variants of the data each worker loads those that it needs."""
DIGITS = 4
"""So many digits a number is drawn with, so that it can be typed again as it is."""
RANGE = re.compile(r"(?P<low>[^/]+?)\.\.(?P<high>[^/]+?)(?:/(?P<points>[^/]+))?")
LOGARITHMIC = re.compile(r"(^|_)(lr|eta|alpha|rate|decay|batch|size|hidden|units)(_|$)")


class SpaceError(KobaiError, ValueError):
    """What a search is to choose from makes no sense; the message says what would."""


@dataclass(frozen=True)
class Choice:
    """Some values, of which a trial takes one.

    >>> Choice(("sgd", "adam")).values()
    ('sgd', 'adam')
    """

    among: tuple[Any, ...]
    is_log = False

    def values(self) -> tuple[Any, ...]:
        """Return all values, in their order."""
        return self.among

    def draw(self, rng: np.random.Generator) -> Any:
        """Return one of the values, each as likely."""
        return self.among[rng.integers(len(self.among))]


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, drawn evenly, or evenly in their logarithms.

    With `points` there are only so many of them, evenly spaced, the ends among them.
    `is_whole` draws whole numbers. Raises `SpaceError` for a range that is upside down
    and for a logarithm of what is not above 0.

    >>> Range(1e-4, 1, is_log=True, points=5).values()
    (0.0001, 0.001, 0.01, 0.1, 1.0)
    >>> 10 <= Range(10, 100, is_whole=True).draw(np.random.default_rng(0)) <= 100
    True

    Bergstra & Bengio (2012), "Random Search for Hyper-Parameter Optimization".
    """

    low: float
    high: float
    is_log: bool = False
    points: int | None = None
    is_whole: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise SpaceError(f"{self}: need two finite numbers")
        if self.low >= self.high:
            raise SpaceError(
                f"{self}: is upside down; write {self.high:g}..{self.low:g}"
                if self.low > self.high
                else f"{self}: is one number; give it alone, without .."
            )
        if self.is_log and self.low <= 0:
            low = 1 if self.is_whole else self.high / 1000
            raise SpaceError(
                f"{self}: is drawn by its logarithm, so it must begin above 0, such as "
                f"at {low:g}; to have {self.low:g} too, sweep it by itself"
            )
        if self.points is not None and not 2 <= self.points <= MOST_COMBINATIONS:
            raise SpaceError(f"{self}: need 2 to {MOST_COMBINATIONS:,} points")

    def values(self) -> tuple[Any, ...] | None:
        """Return all numbers, if there are only some."""
        if self.points is None:
            return None
        ends = self._scaled(self.low), self._scaled(self.high)
        found = [self._number(each) for each in np.linspace(*ends, self.points)]
        # Of whole numbers that are close together two may be the same.
        return tuple(dict.fromkeys(found))

    def draw(self, rng: np.random.Generator) -> Any:
        """Return a number of the range."""
        values = self.values()
        if values is not None:
            return values[rng.integers(len(values))]
        half = 0.5 if self.is_whole else 0.0
        low, high = self.low - half * (self.low > half), self.high + half
        return self._number(rng.uniform(self._scaled(low), self._scaled(high)))

    @property
    def middle(self) -> Any:
        """The number that as many lie below as above, as they are drawn."""
        return self._number((self._scaled(self.low) + self._scaled(self.high)) / 2)

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.is_log else float(value)

    def _number(self, scaled: float) -> Any:
        return self.short(math.exp(scaled) if self.is_log else scaled)

    def short(self, value: float) -> Any:
        """Return a number of the range that has few digits, near to another."""
        rounded = round(value) if self.is_whole else float(f"{value:.{DIGITS}g}")
        return type(rounded)(min(max(rounded, self.low), self.high))

    def __str__(self) -> str:
        points = f"/{self.points}" if self.points is not None else ""
        return f"{self.low:g}..{self.high:g}{points}"


Parameter = Choice | Range
Space = Mapping[str, Parameter]


def parse_range(text: str, read: Callable[[str], Any], *, is_log: bool) -> Range | None:
    """Return the range that a text stands for, or None where it is no range.

    `read` makes a number of an end, whole or not.

    Raises `SpaceError` for one that lacks an end, or could be read in two ways.

    >>> print(parse_range("1e-4..1/5", float, is_log=True))
    0.0001..1/5
    """
    found = RANGE.fullmatch(text.strip())
    if ".." not in text:
        return None
    if not found:
        raise SpaceError(f'got "{text}"; a range has two ends, such as 1e-4..1')
    if found["high"].startswith("."):
        low, high = found["low"], found["high"]
        raise SpaceError(
            f'got "{text}", with {len(high) - len(high.lstrip(".")) + 2} dots; a range '
            f"has two: {low}..{high.lstrip('.')}, or {low}..0.{high.lstrip('.')}"
        )
    low, high = read(found["low"]), read(found["high"])
    points = found["points"]
    if points is not None and not points.strip().isdecimal():
        raise SpaceError(
            f'{text}: got "{points}" points; need a whole number, such as '
            f"{found['low']}..{found['high']}/5"
        )
    whole = isinstance(low, int) and isinstance(high, int)
    return Range(low, high, is_log, None if points is None else int(points), whole)


def is_usually_log(name: str) -> bool:
    """Tell whether a number of that name is one whose size matters, not its difference.

    >>> is_usually_log("learning_rate"), is_usually_log("momentum")
    (True, False)
    """
    return bool(LOGARITHMIC.search(name))


def as_space(given: Mapping[str, Any]) -> dict[str, Parameter]:
    """Return a space of what is written shortly: a list of values, "1e-4..1", a Range.

    Raises `SpaceError` for what is none of these, and where there is nothing to choose.

    >>> as_space({"hidden": [10, 30], "lr": "0.01..1"})["lr"].is_log
    True
    >>> as_space({"hidden": [10, 30, 10]})["hidden"]
    Choice(among=(10, 30))
    """
    if not isinstance(given, Mapping) or not all(isinstance(n, str) for n in given):
        raise SpaceError(
            f"the space must be a dict of names and what they may be, got {given!r}"
        )
    found = {name: _parameter(name, value) for name, value in given.items()}
    check_space(found)
    return found


def check_space(space: Space) -> None:
    """Refuse a space in which there is nothing to choose."""
    if not any(is_open(each) for each in space.values()):
        raise SpaceError(
            "there is nothing to choose: give two values for something, or a range "
            "such as 1e-4..1"
        )


def is_open(parameter: Parameter) -> bool:
    """Tell whether there is more than one value to choose among."""
    values = parameter.values()
    return values is None or len(values) > 1


def first(space: Space) -> Config:
    """Return a configuration: the first value of each choice, the low end of a range.

    >>> first({"hidden": Choice((10, 30)), "lr": Range(1e-4, 1, is_log=True)})
    {'hidden': 10, 'lr': 0.0001}
    """
    found = {name: each.values() for name, each in space.items()}
    return {
        name: values[0] if values else getattr(space[name], "low", None)
        for name, values in found.items()
    }


def variants(space: Space, names: Iterable[str]) -> list[Config]:
    """Return the combinations of some of the parameters, if these are few.

    None, where one of them is a range of any number; of more than a few, some.

    >>> variants({"seed": Choice((0, 1)), "lr": Range(0.1, 1)}, ["seed"])
    [{'seed': 0}, {'seed': 1}]
    """
    swept = [name for name in space if name in set(names)]
    values = [space[name].values() for name in swept]
    if any(each is None for each in values):
        return []
    every = islice(product(*(each or () for each in values)), FEW_VARIANTS)
    return [dict(zip(swept, each, strict=True)) for each in every]


def _parameter(name: str, value: Any) -> Parameter:
    if isinstance(value, Choice | Range):
        return value
    if isinstance(value, str):
        found = parse_range(value, _end, is_log=is_usually_log(name))
        if found:
            return found
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        values = tuple({_key(each): each for each in value}.values())
        if values:
            return Choice(values)
    raise SpaceError(
        f"{name}: got {value!r}; need a list of values, or a range such as "
        '"1e-4..1", which is Range(1e-4, 1, is_log=True)'
    )


def _key(value: Any) -> Any:
    """Return by what a value is known again; what cannot be hashed is itself alone."""
    try:
        hash(value)
    except TypeError:
        return id(value)
    return type(value), value


def _end(text: str) -> float:
    for read in (int, float):
        with suppress(ValueError):
            return read(text)
    raise SpaceError(f'got "{text}" as the end of a range; need a number')


def grid(space: Space) -> list[Config] | None:
    """Return all combinations, if there are only some.

    >>> grid({"a": Choice((1, 2)), "b": Range(0, 1, points=2)})[:2]
    [{'a': 1, 'b': 0.0}, {'a': 1, 'b': 1.0}]
    """
    values: Sequence[tuple[Any, ...] | None] = [
        each.values() for each in space.values()
    ]
    if any(each is None for each in values):
        return None
    sizes = [len(each or ()) for each in values]
    if math.prod(sizes) > MOST_COMBINATIONS:
        return None
    return [
        dict(zip(space, each, strict=True))
        for each in product(*(v or () for v in values))
    ]


def drawn(space: Space, number: int, seed: int) -> Config:
    """Return the configuration of a trial, which depends on its number and seed alone.

    >>> space = {"lr": Range(1e-4, 1, is_log=True)}
    >>> drawn(space, 3, seed=0) == drawn(space, 3, seed=0) != drawn(space, 4, seed=0)
    True
    """
    rng = np.random.default_rng([seed, number])
    return {name: each.draw(rng) for name, each in space.items()}


def as_json(space: Space) -> dict[str, Any]:
    """Return a space as plain JSON."""
    return {name: _described(each) for name, each in space.items()}


def _described(each: Parameter) -> dict[str, Any]:
    if isinstance(each, Choice):
        return {"choice": [_plain(value) for value in each.among]}
    return {
        "range": [each.low, each.high],
        "log": each.is_log,
        "points": each.points,
    } | {"whole": each.is_whole}


def from_json(found: Mapping[str, Any]) -> dict[str, Parameter]:
    """Return the space that `as_json` described.

    >>> space = {"lr": Range(1e-4, 1, is_log=True), "hidden": Choice(("10", "30"))}
    >>> from_json(as_json(space)) == space
    True
    """
    return {name: _read(each) for name, each in found.items()}


def _read(each: Mapping[str, Any]) -> Parameter:
    if "choice" in each:
        return Choice(tuple(each["choice"]))
    low, high = each["range"]
    return Range(low, high, each["log"], each["points"], each["whole"])


def plain(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration as JSON has it; of other objects their names.

    >>> plain({"hidden": (30, 10), "activation": np.tanh})
    {'hidden': [30, 10], 'activation': 'tanh'}
    """
    return {name: _plain(value) for name, value in config.items()}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return getattr(value, "__name__", None) or repr(value)


def restored(config: Mapping[str, Any], space: Space) -> Config:
    """Return a configuration that was JSON, with the values that a space has."""
    return {name: _restored(config[name], each) for name, each in space.items()}


def _restored(value: Any, parameter: Parameter) -> Any:
    alike = (each for each in parameter.values() or () if _plain(each) == value)
    return next(alike, value)
