"""What was fitted to a table's columns: how its rows become numbers, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from kobai.data.tables.reading.numerals import Numerals
from kobai.data.tables.reading.reading import Reading

Kind = Literal["number", "category", "text"]
OTHER = -1
"""The code of a category that the training data did not have, or of none."""


@dataclass(frozen=True)
class Feature:
    """One column that the network sees.

    A number is standardised by `mean` and `std`, those of the training rows; where
    some of these rows lacked it, `has_missing` adds a column that says so. A category
    is one column for each of `categories`, and one more for all others where
    `has_other`: where some training rows had a rare word or none. `reading` says how
    numbers are written in the table, or which part of a date in the column `source` the
    number is. Of a column of free text each feature is one of the numbers that
    `text_numbers` makes of it, taken as it is.
    """

    name: str
    kind: Kind = "number"
    mean: float = 0.0
    std: float = 1.0
    has_missing: bool = False
    categories: tuple[str, ...] = ()
    has_other: bool = False
    source: str = ""
    reading: Reading = field(default_factory=Reading)

    @property
    def column(self) -> str:
        """The column of the table that it is read from."""
        return self.source or self.name

    @property
    def codes(self) -> tuple[int, ...]:
        """The codes that get a column each: 0, 1, … and `OTHER` at the end."""
        return (*range(len(self.categories)), *[OTHER] * self.has_other)


@dataclass(frozen=True)
class Target:
    """The column or columns to predict: names of classes, or numbers to scale back.

    Of several columns of which some are classes, `heads` has the classes of each, none
    of a number, which has its place in `means` and `stds`; there `classes` is empty.
    """

    names: tuple[str, ...]
    classes: tuple[str, ...] = ()
    means: tuple[float, ...] = ()
    stds: tuple[float, ...] = ()
    readings: tuple[Reading, ...] = ()
    heads: tuple[tuple[str, ...], ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """What each column is in words: "3 classes", or "a number"."""
        classes = self.heads or (self.classes,) * len(self.names)
        return tuple(f"{len(each)} classes" if each else "a number" for each in classes)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of those columns that are numbers."""
        if not self.heads:
            return () if self.classes else self.names
        pairs = zip(self.names, self.heads, strict=True)
        return tuple(name for name, classes in pairs if not classes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many outputs each of `heads` has: one for each class, or one."""
        return tuple(len(classes) or 1 for classes in self.heads)

    @property
    def outputs(self) -> tuple[str, ...]:
        """A name for each number that a prediction has.

        >>> Target(("fur", "age"), heads=(("long", "short"), ())).outputs
        ('fur=long', 'fur=short', 'age')
        """
        if not self.heads:
            return self.classes or self.names
        pairs = zip(self.names, self.heads, strict=True)
        found: list[str] = []
        for name, classes in pairs:
            found += [f"{name}={each}" for each in classes] or [name]
        return tuple(found)

    @property
    def task(self) -> str:
        """The kind of task in words, such as "3 classes (species)".

        >>> Target(("height", "weight"), means=(0, 0), stds=(1, 1)).task
        'regression with 2 targets (height, weight)'
        >>> Target(("fur", "age"), heads=(("long", "short"), ())).task
        '2 targets: fur (2 classes), age (a number)'
        """
        names = ", ".join(self.names)
        if self.heads:
            pairs = zip(self.names, self.kinds, strict=True)
            each = ", ".join(f"{name} ({kind})" for name, kind in pairs)
            return f"{len(self.names)} targets: {each}"
        if self.classes:
            return f"{len(self.classes)} classes ({names})"
        several = f" with {len(self.names)} targets" if len(self.names) > 1 else ""
        return f"regression{several} ({names})"


@dataclass(frozen=True)
class Columns:
    """How the rows of a table become a network's inputs, and its outputs values.

    Three forms of a row follow each other:

    - raw `(n, p)`: one number per feature, in the order of `features`. A number is
      itself, or NaN where it is missing; a category is its index, or `OTHER`.
    - x `(n, width)`, from `encode`: what the network takes. First the numbers,
      standardised, (x - mean) / std, the mean where one is missing; then a 0 or 1 for
      each number that may be missing; then a 0 or 1 for each category; then the numbers
      that are made of text.
    - y `(n, k)`: what the network gives. `decode` brings numbers back to the target's
      own units; probabilities stay as they are.

    >>> species = Target(("species",), classes=("cat", "dog"))
    >>> columns = Columns(
    ...     (
    ...         Feature("weight", mean=10, std=5, has_missing=True),
    ...         Feature("fur", "category", categories=("long", "short")),
    ...     ),
    ...     species,
    ... )
    >>> columns.encode(np.array([[20, 0], [np.nan, 1], [10, OTHER]]))
    array([[2., 0., 1., 0.],
           [0., 1., 0., 1.],
           [0., 0., 0., 0.]])
    """

    features: tuple[Feature, ...]
    target: Target

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names, in the order of raw."""
        return tuple(feature.name for feature in self.features)

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of a table that are needed, each once."""
        return tuple(dict.fromkeys(feature.column for feature in self.features))

    @property
    def width(self) -> int:
        """How many numbers `encode` makes of a row."""
        return len(self.input_names)

    @property
    def input_names(self) -> tuple[str, ...]:
        """A name for each number that `encode` makes.

        >>> fur = Feature("fur", "category", categories=("long",), has_other=True)
        >>> Columns((fur, Feature("age")), Target(("y",))).input_names
        ('age', 'fur=long', 'fur=(other)')
        """
        numbers, missing, categories = self._parts()
        return (
            *(self.features[i].name for i in numbers),
            *(f"{self.features[i].name} is missing" for i in missing),
            *(f"{self.features[i].name}={self._word(i, k)}" for i, k in categories),
            *(self.features[i].name for i in self.texts),
        )

    @property
    def texts(self) -> list[int]:
        """The indices of the features that are made of free text."""
        return [i for i, f in enumerate(self.features) if f.kind == "text"]

    def encode(self, raw: Any) -> Any:
        """Return what the network takes for raw rows: `(n, p)` to `(n, width)`.

        Plain NumPy that can be traced, in the dtype of `raw`.
        """
        numbers, missing, categories = self._parts()
        dtype = raw.dtype
        found = []
        if numbers:
            values = pick(raw, numbers)
            mean = np.array([self.features[i].mean for i in numbers])
            std = np.array([self.features[i].std for i in numbers], dtype)
            # In float32 the mean is two numbers, so that years keep their digits.
            high = mean.astype(dtype)
            low = (mean - high).astype(dtype)
            is_there = values == values
            scaled = (values - high - low) / std
            found.append(np.where(is_there, scaled, dtype.type(0)))
        if missing:
            values = pick(raw, missing)
            found.append((values != values).astype(dtype))
        if categories:
            values = pick(raw, [i for i, _ in categories])
            codes = np.array([code for _, code in categories], dtype)
            found.append((values == codes).astype(dtype))
        if texts := self.texts:
            found.append(pick(raw, texts))
        return found[0] if len(found) == 1 else np.concatenate(found, axis=1)

    def decode(self, y: Any) -> Any:
        """Return outputs `(n, k)` in the target's units; probabilities as they are."""
        target = self.target
        if not target.numbers:
            return y
        # Each class has an output of its own, which stays as it is.
        counts = target.sizes or 1
        stds = np.array(np.repeat(target.stds, counts), y.dtype)
        return y * stds + np.array(np.repeat(target.means, counts), y.dtype)

    @property
    def parts(self) -> tuple["Part", ...]:
        """The targets by themselves, where there are several and some are classes."""
        target, start = self.target, 0
        found: list[Part] = []
        pairs = zip(target.heads, target.sizes, strict=True)
        for place, (classes, size) in enumerate(pairs):
            own = slice(place, place + 1)
            fit = slice(0) if classes else own
            alone = Target(
                target.names[own],
                classes,
                target.means[fit],
                target.stds[fit],
                target.readings[own],
            )
            outputs = slice(start, start + size)
            columns = replace(self, target=alone)
            found.append(Part(target.names[place], columns, outputs, place))
            start = outputs.stop
        return tuple(found)

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain JSON."""
        found = asdict(self)
        for feature, described in zip(self.features, found["features"], strict=True):
            described["reading"] = feature.reading.as_json()
        target = found["target"]
        target["readings"] = tuple(each.as_json() for each in self.target.readings)
        if not self.target.heads:
            # An older Kobai knows no such thing.
            del target["heads"]
        return found

    @staticmethod
    def from_json(found: Mapping[str, Any], decimal: str = ".") -> "Columns":
        """Return the columns that `as_json` described, or raise ValueError.

        Earlier versions had one `decimal` sign for a table, and said it elsewhere.

        >>> columns = Columns((Feature("age"),), Target(("y",), classes=("a", "b")))
        >>> Columns.from_json(columns.as_json()) == columns
        True
        """
        try:
            features = tuple(
                Feature(
                    **{
                        **f,
                        "categories": tuple(f["categories"]),
                        "reading": _reading(f.get("reading"), decimal),
                    }
                )
                for f in found["features"]
            )
            goal = {k: tuple(v) for k, v in found["target"].items()}
            known = goal.get("readings", [None] * len(goal["names"]))
            goal["readings"] = tuple(_reading(each, decimal) for each in known)
            goal["heads"] = tuple(map(tuple, goal.get("heads", ())))
            target = Target(**goal)
            _check(features, target)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"columns: not as described ({error})") from None
        return Columns(features, target)

    def _parts(self) -> tuple[list[int], list[int], list[tuple[int, int]]]:
        """Return the numbers, those that may be missing, and category and code."""
        numbered = list(enumerate(self.features))
        numbers = [i for i, f in numbered if f.kind == "number"]
        missing = [i for i in numbers if self.features[i].has_missing]
        words = [(i, f.codes) for i, f in numbered if f.kind == "category"]
        return numbers, missing, [(i, code) for i, codes in words for code in codes]

    def _word(self, feature: int, code: int) -> str:
        known = self.features[feature].categories
        return "(other)" if code == OTHER else known[code]


class Part(NamedTuple):
    """One target of several: columns that have it alone, and where it is found.

    `outputs` are its own of a network, `place` is its column among the targets.
    """

    name: str
    columns: Columns
    outputs: slice
    place: int

    @property
    def classes(self) -> tuple[str, ...]:
        """Its classes; a number has none."""
        return self.columns.target.classes

    def of(self, t: Any) -> Any:
        """Return its column of targets `(n, targets)`, as of a table that has it alone.

        Labels `(n,)`, or standardised numbers `(n, 1)`.
        """
        own = t[:, self.place]
        return own.astype(np.int64) if self.classes else own[:, np.newaxis]


def pick(raw: Any, indices: Sequence[int]) -> Any:
    """Return columns of raw, as a slice where they lie side by side."""
    first, last = indices[0], indices[-1]
    if list(indices) == list(range(first, last + 1)):
        return raw[:, first : last + 1]
    return raw[:, np.array(indices)]


def _reading(found: Mapping[str, Any] | None, decimal: str) -> Reading:
    if found is not None:
        return Reading.from_json(found)
    return Reading(Numerals(",.")) if decimal == "," else Reading()


def _check(features: Sequence[Feature], target: Target) -> None:
    """Raise TypeError for what a damaged description holds instead of columns."""
    for feature in features:
        words = (feature.name, feature.source, feature.kind, *feature.categories)
        numbers = (feature.mean, feature.std)
        _require(all(isinstance(word, str) for word in words), feature)
        _require(all(isinstance(number, float | int) for number in numbers), feature)
        _require(feature.kind in get_args(Kind) and feature.std > 0, feature)
        _require((feature.kind == "text") == bool(feature.reading.places), feature)
    words = (*target.names, *target.classes, *(w for h in target.heads for w in h))
    _require(all(isinstance(word, str) for word in words), target)
    scales = (*target.means, *target.stds)
    _require(all(isinstance(number, float | int) for number in scales), target)
    per_name = 0 if target.classes else len(target.names)
    _require(len(target.means) == len(target.stds) == per_name, target)
    _require(len(target.readings) in (0, len(target.names)), target)
    _require(len(target.heads) in (0, len(target.names)), target)
    _require(not (target.heads and target.classes), target)
    _require(bool(features and target.names), target)


def _require(is_right: bool, found: object) -> None:
    if not is_right:
        raise TypeError(f"got {found}")
