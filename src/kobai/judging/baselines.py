"""What a network must surpass to be worth having: a constant, and a linear model."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from kobai.data import Columns, Dataset
from kobai.data.identity import class_counts
from kobai.data.tables.columns import Part
from kobai.networks import Dense, Heads, Identity, Network, Sigmoid, Softmax

PENALTY = 1.0
MOST_NUMBERS = 4_000_000
"""Of more inputs than these, evenly spaced rows are taken: a line needs no more."""
MOST_ROUNDS = 500
NEAR = 1e-4
"""So small a gradient, for each row, is that of the optimum for what is measured."""


@dataclass(frozen=True)
class Baselines:
    """What else could be said of rows: `linear` is a network without hidden layers.

    `counts` has how many training rows each class has, and is empty for a regression;
    see `kobai.judging.class_counts` for several targets.
    """

    columns: Columns
    linear: Network | None = None
    counts: tuple[int, ...] = ()

    @staticmethod
    def of(data: Dataset) -> "Baselines":
        """Fit them to the training rows of a table.

        Raises ValueError for a data set that was no table.
        """
        if data.columns is None:
            raise ValueError(f"Baselines: {data.name} was no table; need load_table()")
        return Baselines(data.columns, linear_network(data), class_counts(data))

    def of_part(self, part: Part) -> "Baselines":
        """Return what could be said of one target of several, without the line."""
        counts = self.counts[part.outputs] if part.classes else ()
        return Baselines(part.columns, None, counts)

    @property
    def constant(self) -> str:
        """What always saying the same thing is, in words."""
        target = self.columns.target
        if target.heads:
            return "always the same"
        if not target.classes:
            return "always the mean"
        return f'always "{target.classes[int(np.argmax(self.counts))]}"'

    def constant_outputs(self, rows: int) -> np.ndarray:
        """Return the shares of the classes, or the means, for so many rows `(n, k)`."""
        if parts := self.columns.parts:
            each = [self.of_part(part).constant_outputs(rows) for part in parts]
            return np.concatenate(each, axis=1)
        if not self.columns.target.classes:
            return np.zeros((rows, len(self.columns.target.names)))
        counts = np.array(self.counts, float)
        return np.tile(counts / counts.sum(), (rows, 1))


def linear_network(data: Dataset) -> Network:
    """Return the linear model that fits the training rows, as a network.

    For numbers it is ridge regression, which has the least

        Σ wᵢ ‖xᵢ W + b - tᵢ‖² + ‖W‖²

    and for classes softmax regression, with the probability p of the true class:

        ½ ‖W‖² - Σ wᵢ log pᵢ

    and for several targets of which some are classes one or the other of each, w being
    `data.sample_weight`, or 1. x is `(n, d)`; of more than 4 million numbers it takes
    rows that are evenly spaced. Raises ValueError for other inputs.

    >>> x = np.linspace(-1, 1, 50, dtype=np.float32)[:, None]
    >>> data = Dataset("line", x, 3 * x + 1, x, x)
    >>> linear_network(data).predict(np.array([[0.0]], np.float32)).round(2)
    array([[1.]], dtype=float32)

    Hoerl & Kennard (1970), "Ridge Regression"; Böhning (1992), "Multinomial Logistic
    Regression Algorithm".
    """
    if data.x_train.ndim != 2:
        raise ValueError(
            f"linear_network: got x of shape {data.x_train.shape}; need (n, d)"
        )
    every = slice(None, None, max(1, -(-data.x_train.size // MOST_NUMBERS)))
    x = np.asarray(data.x_train[every], float)
    w = np.ones(len(x)) if data.sample_weight is None else data.sample_weight[every]
    w = np.asarray(w, float)
    center = w @ x / w.sum()
    x, basis = _reduced(x - center)
    t = data.t_train[every]
    parts = data.columns.parts if data.columns else ()
    if parts:
        fits = [_fitted(x, part.of(t), w, len(part.classes)) for part in parts]
        weights, bias = (np.concatenate(e, axis=-1) for e in zip(*fits, strict=True))
    else:
        weights, bias = _fitted(x, t, w, len(data.classes))
    return _network(basis @ weights, bias - center @ basis @ weights, data)


def _fitted(
    x: np.ndarray, t: np.ndarray, w: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and biases for labels of so many classes, or for numbers."""
    if classes:
        labels = t if t.ndim == 1 else t.argmax(axis=1)
        return _softmax(x, np.eye(classes)[labels], w)
    return _ridge(x, np.asarray(t, float).reshape(len(t), -1), w)


def _reduced(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of no more columns than rows, and by what these are led back.

    The weights of a penalised model lie in the space of its rows.
    """
    if x.shape[1] <= len(x):
        return x, np.eye(x.shape[1])
    u, s, v = np.linalg.svd(x, full_matrices=False)
    return u * s, v.T


def _ridge(
    x: np.ndarray, t: np.ndarray, w: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Solve (Xᵀ diag(w) X + I) W = Xᵀ diag(w) (t - mean); x is centred."""
    mean = w @ t / w.sum()
    weighted = x.T * w
    square = weighted @ x + PENALTY * np.eye(x.shape[1])
    return np.linalg.solve(square, weighted @ (t - mean)), mean


def _softmax(
    x: np.ndarray, t: np.ndarray, w: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and biases; every step is one of Newton, by a bound of curvature.

    ½ (Xᵀ X + I) is above the second derivatives wherever one stands, so that no step
    is too long and one inverse serves all; they gather speed as Nesterov has it.
    """
    x = np.column_stack([x, np.ones(len(x))])
    penalty = np.full((x.shape[1], 1), PENALTY)
    penalty[-1] = 0
    bound = 0.5 * (x.T * w) @ x + np.diag(penalty[:, 0])
    # The bias alone has no penalty: with no weight at all there would be no inverse.
    inverse = np.linalg.inv(bound + 1e-9 * np.eye(len(bound)))
    at = ahead = np.zeros((x.shape[1], t.shape[1]))
    speed = 1.0
    for _ in range(MOST_ROUNDS):
        grad = x.T @ (w[:, np.newaxis] * (_shares(x @ ahead) - t)) + penalty * ahead
        if np.abs(grad).max() < NEAR * np.sqrt(len(x)):
            break
        to = ahead - inverse @ grad
        if np.sum(grad * (to - at)) > 0:
            # It runs uphill: it gathers speed anew.
            speed = 1.0
        faster = (1 + np.sqrt(1 + 4 * speed**2)) / 2
        ahead, at, speed = to + (speed - 1) / faster * (to - at), to, faster
    return ahead[:-1], ahead[-1]


def _shares(logits: np.ndarray) -> np.ndarray:
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: np.ndarray = e / e.sum(axis=1, keepdims=True)
    return shares


def _network(weights: np.ndarray, bias: np.ndarray, data: Dataset) -> Network:
    """Return the network that computes x W + b, and from that the probabilities."""
    output: Any = Softmax() if data.classes else Identity()
    if data.columns and data.columns.parts:
        output = Heads(data.columns.target.sizes)
    if len(data.classes) == 2:
        # Two logits are one: how much higher the second is.
        weights, bias = np.diff(weights, axis=1), np.diff(bias)
        output = Sigmoid()
    network = Network(weights.shape[0], [Dense(weights.shape[1]), output])
    for name, value in zip(("W1", "b1"), (weights, bias), strict=True):
        network.params[name] = np.asarray(value, network.dtype)
    return network
