"""The data of a training run, checked against the network before the first step."""

from dataclasses import dataclass, field
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from kobai.checks import whole, within
from kobai.engines.blocks import Blocks
from kobai.functions.arrays import Array
from kobai.keywords import checked_keywords
from kobai.networks.checks import sample_weights
from kobai.networks.ensemble import Ensemble
from kobai.networks.frames import as_numbers
from kobai.training.batches import VALIDATION_STREAM, stream

if TYPE_CHECKING:
    from kobai.networks import Network


@dataclass(frozen=True)
class Unseen:
    """Rows that no step sees, by which a run is judged: "validation" or "test"."""

    name: str
    x: np.ndarray
    t: np.ndarray
    weights: np.ndarray | None = None


@dataclass(frozen=True)
class TrainingData:
    """What a network learns from and, where there is any, what judges it."""

    x: np.ndarray
    t: np.ndarray
    weights: np.ndarray | None = None
    unseen: Unseen | None = None

    @property
    def batch(self) -> dict[str, np.ndarray]:
        """What batches take rows of: x and t, and the weights if there are any."""
        both = {"x": self.x, "t": self.t}
        return both if self.weights is None else {**both, "weights": self.weights}

    @property
    def rows(self) -> int:
        """How many rows an epoch has."""
        return len(self.x)

    def evaluated(
        self, network: "Network", measure: Blocks
    ) -> dict[str, dict[str, float]]:
        """Return what `network.evaluate` says of each part, by the part's name.

        `measure` is what computes it for such a network, or for an ensemble's members.
        """
        evaluate = network.evaluate
        if not isinstance(network, Ensemble):
            evaluate = partial(network.evaluate_by, measure)
        parts = {"train": evaluate(self.x, self.t, self.weights)}
        unseen = self.unseen
        if unseen is not None:
            parts[unseen.name] = evaluate(unseen.x, unseen.t, unseen.weights)
        return parts


@dataclass(frozen=True)
class MembersData(TrainingData):
    """What an ensemble learns from: all rows, but each member not those held from it.

    `held`, shape (members, n), says which they are. So no row is lost, and of each
    there are members that have not seen it.
    """

    held: np.ndarray = field(default_factory=lambda: np.zeros((1, 0), bool))

    @property
    def rows(self) -> int:
        """How many rows an epoch has: as many for every member."""
        return int(np.sum(~self.held[0]))

    def evaluated(
        self, network: "Network", measure: Blocks
    ) -> dict[str, dict[str, float]]:
        """Return the means over the members, each on its own rows.

        What is held from none, such as test data, the ensemble answers together.
        """
        if not (self.held.any() and isinstance(network, Ensemble)):
            return super().evaluated(network, measure)
        chosen = {"train": ~self.held, "validation": self.held}
        return {n: self._mean(network, measure, rows) for n, rows in chosen.items()}

    def _mean(
        self, network: Ensemble, measure: Blocks, chosen: np.ndarray
    ) -> dict[str, float]:
        found = [
            member.evaluate_by(measure, *_rows(rows, self.x, self.t, self.weights))
            for member, rows in zip(network.networks, chosen, strict=True)
        ]
        return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


def prepare(
    network: "Network",
    data: Any,
    sample_weight: ArrayLike | None = None,
    validation: float = 0.0,
    seed: int = 0,
) -> TrainingData:
    """Return the data as the network takes it, or say what is wrong with it.

    `data` is a `Dataset`, `(x, t)` or `((x, t), (x_test, t_test))`. The share
    `validation` of the training rows is held out. Raises `ValueError` for arrays that
    do not fit the network or each other, labels out of range, values that are not
    finite, weights that are no weights, and a share that leaves a part empty.
    """
    if isinstance(network, type) or not hasattr(network, "inputs"):
        raise TypeError(
            "train: the first argument must be a network, such as "
            f"Network(64, [Dense(10), Softmax()]), got {_kind(network)}"
        )
    train, test = _split(data)
    x, t = _checked(network, *train, name="training data")
    weights = _checked_weights(network, sample_weight, len(x))
    tested = None if test is None else _checked(network, *test, name="test data")
    if isinstance(network, Ensemble):
        held = np.zeros((network.members, len(x)), bool)
        for member in range(network.members if validation != 0 else 0):
            held[member] = held_out(t, validation, seed, member)
        unseen = None if tested is None or held.any() else Unseen("test", *tested)
        return MembersData(x, t, weights, unseen, held)
    if validation != 0:
        is_held = held_out(t, validation, seed)
        learned, apart = (_rows(~is_held, x, t, weights), _rows(is_held, x, t, weights))
        return TrainingData(*learned, Unseen("validation", *apart))
    unseen = None if tested is None else Unseen("test", *tested)
    return TrainingData(x, t, weights, unseen)


def held_out(t: np.ndarray, share: float, seed: int, member: int = 0) -> np.ndarray:
    """Return which rows are held out `(n,)`: of each class of labels its share.

    Others are held from each member of an ensemble.

    Raises `ValueError` for what is no share of 1, and where no row is left to learn.
    """
    within("train", "validation", share)
    seed = whole("train", "seed", seed, least=0)
    rows = len(t)
    count = max(1, round(rows * share))
    if count >= rows:
        raise ValueError(
            f"train: got validation={share:g}, {count} of {rows} rows; need a share "
            "that leaves at least one row to learn from"
        )
    order = stream(seed, VALIDATION_STREAM, 0, member).permutation(rows)
    if t.ndim == 1 and t.dtype.kind in "biu":
        order = order[np.argsort(t[order], kind="stable")]
    chosen = np.zeros(rows, bool)
    # Evenly spaced among rows sorted by class, in whole numbers: no row comes twice.
    chosen[order[(2 * np.arange(count) + 1) * rows // (2 * count)]] = True
    return chosen


def _rows(
    chosen: np.ndarray, x: np.ndarray, t: np.ndarray, weights: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    return x[chosen], t[chosen], None if weights is None else weights[chosen]


def _checked_weights(
    network: "Network", weights: ArrayLike | None, rows: int
) -> np.ndarray | None:
    try:
        return sample_weights(weights, rows, network.dtype)
    except ValueError as error:
        raise ValueError(f"train: {error}") from None


def _split(data: Any) -> tuple[Any, Any]:
    if all(hasattr(data, name) for name in ("x_train", "t_train", "x_test", "t_test")):
        test = (data.x_test, data.t_test)
        return (data.x_train, data.t_train), test if len(data.x_test) else None
    if isinstance(data, (tuple, list)) and len(data) == 2:
        pairs = all(isinstance(part, tuple) and len(part) == 2 for part in data)
        return (data[0], data[1]) if pairs else (data, None)
    raise TypeError(
        "train: data must be a Dataset, (x, t) or ((x, t), (x_test, t_test)), "
        f"got {type(data).__name__}{_remedy(data)}"
    )


def _remedy(data: Any) -> str:
    """Say what makes data of what is none."""
    if isinstance(data, str | PathLike):
        return (
            ". Load it first: kobai.load_digits(), kobai.load_mnist(), or of a table "
            "kobai.load_table(path, target)"
        )
    if hasattr(data, "columns"):
        return (
            ". Take x and t out of the frame; or learn a column of it, as it is, with "
            "kobai.TableModel(column).fit(frame)"
        )
    return ". Give the targets with x: (x, t)" if isinstance(data, np.ndarray) else ""


def _checked(
    network: "Network", x: Array, t: Array, *, name: str
) -> tuple[np.ndarray, np.ndarray]:
    x, t = _array(x, f"x of the {name}"), _array(t, f"t of the {name}")
    if x.shape[1:] != network.inputs or not x.ndim:
        raise ValueError(
            f"train: {name}: the network expects {_batch(network.inputs)}, "
            f"got {_batch(x.shape[1:]) if x.ndim else 'a number'}"
        )
    if x.shape[:1] != t.shape[:1]:
        raise ValueError(
            f"train: {name}: got {len(x)} rows of x and "
            f"{len(t) if t.ndim else 'a number'} of t; need one target for each row"
        )
    _finite(x, f"x of the {name}")
    _finite(t, f"t of the {name}")
    try:
        return network.prepare(x, t)
    except ValueError as error:
        raise ValueError(f"train: {name}: {error}{_where(network, t)}") from None


def _array(values: Array, name: str) -> np.ndarray:
    try:
        array = np.asarray(as_numbers(values, f"train: {name}"))
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        raise ValueError(
            f"train: {name}: got rows of different lengths; need all of one shape"
        ) from None
    if array.dtype.kind in "biuf":
        return array
    mend = ""
    if array.dtype.kind in "US":
        mend = (
            ". np.unique(words, return_inverse=True)[1] numbers classes; "
            "digits.astype(float) makes numbers of digits"
        )
    raise TypeError(
        f"train: {name} must be real numbers, got dtype {array.dtype}{mend}"
    )


def _kind(value: object) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return type(value).__name__


def _batch(shape: tuple[int, ...]) -> str:
    return f"({', '.join(['n', *map(str, shape)])}{',' * (not shape)})"


def _finite(values: np.ndarray, name: str) -> None:
    # The extremes show NaN and infinity without a second array as large as the data.
    if values.dtype.kind != "f" or not values.size:
        return
    if np.isfinite(np.min(values)) and np.isfinite(np.max(values)):
        return
    row, *columns = np.argwhere(~np.isfinite(values))[0].tolist()
    place = f"row {row}" + (f", column {', '.join(map(str, columns))}" * bool(columns))
    raise ValueError(
        f"train: {name} is {values[(row, *columns)]} in {place} (counted from 0); "
        "remove the row, or fill in the value"
    )


def _where(network: "Network", t: np.ndarray) -> str:
    """Name the first row whose label is none of the network's classes."""
    if t.ndim != 1 or t.dtype.kind not in "biu":
        return ""
    wrong = np.flatnonzero((t < 0) | (t >= max(2, network.outputs[0])))
    return f" (row {wrong[0]}, counted from 0)" if wrong.size else ""


@checked_keywords
def balanced_weights(labels: Array) -> np.ndarray:
    """Return weights with which every class counts as much as any other.

        wᵢ = n / (k nᵢ),   n samples, k classes, nᵢ samples of the class of sample i

    `labels` has shape (n,), of numbers or strings; the result has shape (n,), float64,
    and mean 1. Raises ValueError for no labels and for another shape.

    >>> balanced_weights([0, 0, 0, 1])
    array([0.66666667, 0.66666667, 0.66666667, 2.        ])

    King & Zeng (2001), "Logistic Regression in Rare Events Data".
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or not labels.size:
        raise ValueError(
            f"balanced_weights: got labels of shape {labels.shape}; need (n,), the "
            "class of each sample"
        )
    _, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights: np.ndarray = (len(labels) / (len(counts) * counts))[place]
    return weights
