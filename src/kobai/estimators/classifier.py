"""A classifier with the interface of scikit-learn's."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from kobai.engines import Engine
from kobai.estimators.base import MLP, takes_steps
from kobai.estimators.checking import check_class_weight
from kobai.estimators.frames import plain_targets
from kobai.estimators.rows import dense
from kobai.functions.arrays import Array
from kobai.keywords import checked_keywords
from kobai.networks import Layer, Sigmoid, Softmax
from kobai.optimizers import Optimizer


@checked_keywords
class MLPClassifier(ClassifierMixin, MLP):  # type: ignore[misc]
    """Classify with a multi-layer perceptron, as scikit-learn's MLPClassifier does.

    It minimises the cross-entropy and the penalty α / (2n) Σ W² over batches of n
    samples. Parameters and attributes are those of
    `sklearn.neural_network.MLPClassifier`, with the same meaning and the same defaults:
    changing the import is enough, and the same `random_state` gives the same network up
    to rounding. What is different or new:

    - `activation`: also the others of `kobai.networks.ACTIVATIONS` that stand between
      layers, or one name for each hidden layer;
    - `solver`: also the others of `kobai.optimizers.OPTIMIZERS`, by name or as an
      object with settings of its own, `kobai.AdamW(0.01)`;
    - `dropout`: the share of a hidden layer's outputs that is silenced in training, one
      number for all or one for each layer;
    - `class_weight`: None, "balanced" or a dictionary from classes to weights;
    - `fit(..., validation_data=(X, y))`, or a fraction: the loss and the accuracy on
      them are recorded after every epoch;
    - `callbacks`: see `kobai.training.callbacks`;
    - `engine`: "auto", "numpy", "numba", "jax" (or `kobai.engines.Jax(...)`) or
      "eager";
    - `dtype`: np.float32 or np.float64; None is that of X;
    - `warm_start` goes on where the last fit ended, the optimizer's memory included.

    `history_` is the history of all epochs, which prints as a table and plots itself;
    `network_` is the `kobai.Network`. X may be sparse; batches of it are made dense.
    y holds the class of each sample, or is an indicator matrix for several labels.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MLPClassifier((16,), learning_rate_init=0.02, max_iter=500,
    ...                       random_state=0).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    _score_name = "test_accuracy"
    classes_: np.ndarray

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str | Sequence[str] = "relu",
        *,
        solver: str | Optimizer = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: int | np.random.RandomState | None = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        class_weight: Mapping[object, float] | str | None = None,
        dropout: float | Sequence[float] = 0.0,
        callbacks: Sequence[object] = (),
        engine: Engine = "auto",
        dtype: DTypeLike | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.class_weight = class_weight
        self.dropout = dropout
        self.callbacks = callbacks
        self.engine = engine
        self.dtype = dtype

    @available_if(takes_steps)  # type: ignore[untyped-decorator]
    def partial_fit(
        self,
        X: Array,
        y: Array,
        sample_weight: ArrayLike | None = None,
        classes: ArrayLike | None = None,
    ) -> "MLPClassifier":
        """Take one epoch of steps on some samples, and go on from there the next time.

        `classes` are all classes that may come; they are needed in the first call.
        Raises ValueError where they are missing or differ from those before.
        """
        is_first = not hasattr(self, "network_")
        if is_first and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if self.class_weight == "balanced":
            raise ValueError(
                'partial_fit: class_weight="balanced" needs all samples at once; pass '
                "a dictionary of weights, or sample_weight"
            )
        y = plain_targets(type(self).__name__, y)
        if classes is not None:
            self._take_classes(np.unique(classes), is_first, y)
        self._partial_fit(X, y, sample_weight, is_first)
        return self

    def _take_classes(self, classes: np.ndarray, is_first: bool, y: Array) -> None:
        if not is_first and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit,"
                f" was: {self.classes_!r}"
            )
        self._multilabel = type_of_target(y).startswith("multilabel")
        self.classes_ = classes

    def predict(self, X: Array) -> np.ndarray:
        """Return the class of each sample, or an indicator matrix of labels."""
        X = self._check_inputs(X)
        return self._decided(self._network_outputs(X))

    def _decided(self, outputs: np.ndarray) -> np.ndarray:
        if self._multilabel:
            return self._are_on(outputs).astype(int)
        if outputs.shape[1] == 1:
            chosen: np.ndarray = self.classes_[self._are_on(outputs)[:, 0].astype(int)]
            return chosen
        largest: np.ndarray = self.classes_[outputs.argmax(axis=1)]
        return largest

    def _are_on(self, outputs: np.ndarray) -> np.ndarray:
        """Tell of each logistic output whether it says yes; one class has no other."""
        is_choice = self._multilabel or len(self.classes_) > 1
        return (outputs > 0.5) & is_choice

    def predict_proba(self, X: Array) -> np.ndarray:
        """Return the probability of each class, shape (n, k), ordered as `classes_`.

        After a fit with one class only there is a second column, as in scikit-learn:
        the probability that it is not this class.
        """
        X = self._check_inputs(X)
        y = self._network_outputs(X)
        return np.hstack([1 - y, y]) if y.shape[1] == 1 else y

    def predict_log_proba(self, X: Array) -> np.ndarray:
        """Return the logarithm of `predict_proba`: -inf for a probability of 0."""
        with np.errstate(divide="ignore"):
            logs: np.ndarray = np.log(self.predict_proba(X))
        return logs

    def _learn_targets(self, y: Array) -> None:
        y = self._as_targets(y)
        self._multilabel = y.ndim == 2
        self.classes_ = np.arange(y.shape[1]) if self._multilabel else np.unique(y)

    def _encode(self, y: Array) -> np.ndarray:
        y = self._as_targets(y)
        multilabel = y.ndim == 2
        if multilabel != self._multilabel:
            raise ValueError(
                f"{type(self).__name__}: y must be as in the first fit, "
                + ("an indicator matrix" if self._multilabel else "one class each")
            )
        return y.astype(float) if multilabel else self._numbered(y)

    def _as_targets(self, y: Array) -> np.ndarray:
        check_classification_targets(y)
        kind = type_of_target(y)
        if kind.startswith("multilabel"):
            return np.asarray(dense(y))
        if kind == "multiclass-multioutput":
            raise ValueError(
                f"{type(self).__name__}: y has several columns of classes; need one "
                "class for each sample, or an indicator matrix of 0 and 1"
            )
        column: np.ndarray = column_or_1d(y, warn=True)
        return column

    def _numbered(self, y: np.ndarray) -> np.ndarray:
        """Return classes as their numbers; one or two as 0 and 1, shape (n, 1)."""
        classes = self.classes_
        place = np.searchsorted(classes, y).clip(0, len(classes) - 1)
        unknown = np.unique(y[classes[place] != y])
        if unknown.size:
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has "
                f"{classes}. 'y' has {unknown}."
            )
        if len(classes) > 2:
            return place
        return place[:, np.newaxis].astype(float)

    def _class_weights(self, y: Array) -> np.ndarray | None:
        if self.class_weight is None:
            return None
        check_class_weight(self)
        classes = self._as_targets(y)
        weights: np.ndarray = compute_sample_weight(self.class_weight, classes)
        return weights

    def _outputs(self, t: np.ndarray) -> int:
        return len(self.classes_) if t.ndim == 1 else t.shape[1]

    def _last(self, t: np.ndarray) -> tuple[Layer, str]:
        self.out_activation_ = "softmax" if t.ndim == 1 else "logistic"
        if t.ndim == 1:
            return Softmax(), "cross_entropy"
        return Sigmoid(), "binary_cross_entropy"

    def _loss_is_mean(self) -> bool:
        return self.out_activation_ == "logistic"

    def _stratifies(self, t: np.ndarray) -> bool:
        # Two classes only, as scikit-learn has it.
        return t.shape[1:] == (1,) and not self._multilabel

    def _score_of(
        self, outputs: np.ndarray, t: np.ndarray, weights: np.ndarray | None
    ) -> float:
        if not np.all(np.isfinite(outputs)):
            return float("nan")
        if t.ndim == 1:
            right = outputs.argmax(axis=1) == t
        else:
            right = np.all(self._are_on(outputs) == (t > 0.5), axis=1)
        return float(np.average(right, weights=weights))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
