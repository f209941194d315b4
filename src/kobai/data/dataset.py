"""What every loader returns: training data, test data and what they mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from kobai.errors import visible
from kobai.keywords import checked_keywords

if TYPE_CHECKING:
    from kobai.data.ranges import InputRange
    from kobai.data.tables.columns import Columns
    from kobai.data.tables.text.writing import Writing
    from kobai.data.tables.told import ColumnNote

Array = NDArray[Any]

MOST_TOLD = 20


@checked_keywords
@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Training and test data, with the names of the classes.

    `x_train` is `(n, d)` (or `(n, ...)`), float32; `t_train` is `(n,)` class labels,
    int64, or `(n, k)` one-hot or real targets, float32; the same for the test data.
    `classes` names the classes, and is empty where the targets are real numbers. Of
    several columns of which some are classes t is `(n, k)`, labels and numbers, and
    `columns.target.heads` names the classes.
    `image_shape` is the shape of one row of x as a picture, or None. `scale` is what
    the raw values were multiplied by, `input_range` which numbers they were. `source`
    says where the data comes from. Of a table, `columns` is what was fitted to it,
    `sample_weight` `(n,)` weighs the training rows if that was asked for, `notes` says
    what became of the rows, `told` what each column is taken for, and `writing` how its
    text is written. `drawn` says how the test data was drawn from all rows, and is
    empty where it came as such, `places` `(m,)` which of a table's rows, from 0, they
    are; `checksum` is of all these rows, in their order.

    A data set iterates as `(x_train, t_train)`, `(x_test, t_test)`. Raises
    `ValueError` when the arrays do not fit each other.

    >>> import numpy as np
    >>> x = np.eye(4, dtype=np.float32)
    >>> t = np.array([0, 1, 0, 1])
    >>> data = Dataset("pairs", x[:3], t[:3], x[3:], t[3:], classes=("even", "odd"))
    >>> (x_train, t_train), (x_test, t_test) = data
    >>> x_train.shape, t_test
    ((3, 4), array([1]))
    >>> print(data)
    pairs: 3 training samples, 1 test sample
      inputs   4 values, float32
      targets  2 classes: even, odd
    """

    name: str
    x_train: Array
    t_train: Array
    x_test: Array
    t_test: Array
    classes: tuple[str, ...] = ()
    image_shape: tuple[int, ...] | None = None
    scale: float = 1.0
    source: str = ""
    columns: "Columns | None" = None
    sample_weight: Array | None = None
    notes: tuple[str, ...] = ()
    input_range: "InputRange | None" = None
    writing: "Writing | None" = None
    drawn: str = ""
    checksum: str = ""
    told: "tuple[ColumnNote, ...]" = ()
    places: Array | None = None

    def __post_init__(self) -> None:
        for part, (x, t) in zip(("train", "test"), self, strict=True):
            if len(x) != len(t):
                raise ValueError(
                    f"Dataset: got {len(x)} rows in x_{part} and {len(t)} in "
                    f"t_{part}; need one target for each row"
                )
        for letter, train, test in (
            ("x", self.x_train, self.x_test),
            ("t", self.t_train, self.t_test),
        ):
            if train.shape[1:] != test.shape[1:]:
                raise ValueError(
                    f"Dataset: got {letter}_train {train.shape} and {letter}_test "
                    f"{test.shape}; all but the number of rows must agree"
                )

    def __iter__(self) -> Iterator[tuple[Array, Array]]:
        yield self.x_train, self.t_train
        yield self.x_test, self.t_test

    def __repr__(self) -> str:
        unusual = [note for note in self.told if not note.is_usual]
        lines = [f"  {note.name}: {note.taken}; {note.reason}" for note in unusual]
        more = f"  … and {len(lines) - MOST_TOLD} more columns; see .told"
        lines = lines[:MOST_TOLD] + [more] * (len(lines) > MOST_TOLD)
        return "\n".join([self.summary, *lines])

    @property
    def summary(self) -> str:
        """What it holds, without what is told of each column."""
        lines = [
            f"{self.name}: {_count(self.x_train, 'training sample')}, "
            f"{_count(self.x_test, 'test sample')}",
            f"  inputs   {self._inputs()}",
            f"  targets  {self._targets()}",
        ]
        if self.columns:
            lines.insert(1, f"  task     {self.columns.target.task}")
        lines += [f"  {note}" for note in self.notes]
        if self.source:
            lines.append(f"  source   {self.source}")
        return visible("\n".join(lines))

    def _inputs(self) -> str:
        shape = self.x_train.shape[1:]
        values = " × ".join(map(str, shape))
        text = f"{values} value{'' if shape == (1,) else 's'}"
        if self.image_shape:
            text += f" ({' × '.join(map(str, self.image_shape))} images)"
        if self.scale != 1:
            text += f", raw values × 1/{1 / self.scale:g}"
        return f"{text}, {self.x_train.dtype}"

    def _targets(self) -> str:
        if self.classes:
            form = "" if self.t_train.ndim == 1 else ", one-hot"
            return f"{len(self.classes)} classes: {_shortened(self.classes)}{form}"
        if self.columns and self.columns.parts:
            return "; ".join(
                f"{part.name}: {_shortened(part.classes) or 'a real number'}"
                for part in self.columns.parts
            )
        width = self.t_train[0].size
        return f"{width} real number{'' if width == 1 else 's'}, {self.t_train.dtype}"


def _count(x: Array, noun: str) -> str:
    return f"{len(x):,} {noun}{'' if len(x) == 1 else 's'}"


def _shortened(words: tuple[str, ...]) -> str:
    if len(words) <= 12:
        return ", ".join(words)
    return f"{', '.join(words[:10])}, … {words[-1]}"
