"""A regressor with the interface of scikit-learn's."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from sklearn.base import RegressorMixin
from sklearn.utils import column_or_1d
from sklearn.utils.metaestimators import available_if

from kobai.engines import Engine
from kobai.errors import suggest
from kobai.estimators.base import MLP, takes_steps
from kobai.functions import r2
from kobai.functions.arrays import Array
from kobai.keywords import checked_keywords
from kobai.networks import LOSSES, Exponential, Identity, Layer
from kobai.networks.losses import losses_of_numbers
from kobai.optimizers import Optimizer


@checked_keywords
class MLPRegressor(RegressorMixin, MLP):  # type: ignore[misc]
    """Predict numbers with a multi-layer perceptron, as scikit-learn's MLPRegressor.

    It minimises ½ Σ (y - t)², the sum over the outputs and the mean over the samples,
    and the penalty α / (2n) Σ W² over batches of n samples; for counts half the Poisson
    deviance, `kobai.functions.poisson_deviance`. Parameters and attributes
    are those of `sklearn.neural_network.MLPRegressor`, with the same meaning and the
    same defaults: changing the import is enough, and the same `random_state` gives the
    same network up to rounding. What is different or new:

    - `loss`: those of `kobai.networks.LOSSES` for numbers: "squared_error", "poisson"
      for targets of 0 or more, "huber", …;
    - `loss_`, `loss_curve_` and `tol` are about the sum over the outputs, which is what
      is minimised; scikit-learn's of squared errors are about its mean;
    - `activation`: also the others of `kobai.networks.ACTIVATIONS` that stand between
      layers, or one name for each hidden layer;
    - `solver`: also the others of `kobai.optimizers.OPTIMIZERS`, by name or as an
      object with settings of its own, `kobai.AdamW(0.01)`;
    - `dropout`: the share of a hidden layer's outputs that is silenced in training, one
      number for all or one for each layer;
    - `fit(..., validation_data=(X, y))`, or a fraction: the loss and R² on them are
      recorded after every epoch;
    - `callbacks`: see `kobai.training.callbacks`;
    - `engine`: "auto", "numpy", "numba", "jax" (or `kobai.engines.Jax(...)`) or
      "eager";
    - `dtype`: np.float32 or np.float64; None is that of X;
    - `warm_start` goes on where the last fit ended, the optimizer's memory included.

    `history_` is the history of all epochs, which prints as a table and plots itself;
    `network_` is the `kobai.Network`. X may be sparse; batches of it are made dense.
    y has shape (n,), or (n, k) for several outputs. Unlike the weights, targets are not
    scaled: bring them near 1 first, as with `TransformedTargetRegressor`.

    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 200)[:, np.newaxis]
    >>> y = np.sin(3 * X[:, 0])
    >>> model = MLPRegressor(hidden_layer_sizes=16, solver="lbfgs", random_state=0,
    ...                      tol=1e-3, max_iter=1000).fit(X, y)
    >>> model.score(X, y) > 0.99
    True
    """

    _score_name = "test_r2"
    _check_options = {"y_numeric": True}

    def __init__(
        self,
        loss: str = "squared_error",
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
        dropout: float | Sequence[float] = 0.0,
        callbacks: Sequence[object] = (),
        engine: Engine = "auto",
        dtype: DTypeLike | None = None,
    ) -> None:
        self.loss = loss
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
        self.dropout = dropout
        self.callbacks = callbacks
        self.engine = engine
        self.dtype = dtype

    @available_if(takes_steps)  # type: ignore[untyped-decorator]
    def partial_fit(
        self, X: Array, y: Array, sample_weight: ArrayLike | None = None
    ) -> "MLPRegressor":
        """Take one epoch of steps on some samples, and go on from there the next time.

        Raises ValueError for data that does not fit what came before.
        """
        self._partial_fit(X, y, sample_weight, not hasattr(self, "network_"))
        return self

    def predict(self, X: Array) -> np.ndarray:
        """Return the outputs for each sample, shape (n,), or (n, k) for several."""
        X = self._check_inputs(X)
        y = self._network_outputs(X)
        return y.ravel() if y.shape[1] == 1 else y

    def _encode(self, y: Array) -> np.ndarray:
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        t: np.ndarray = y[:, np.newaxis] if y.ndim == 1 else y
        if self.loss == "poisson" and np.any(t < 0):
            row = int(np.argmax((t < 0).any(axis=1)))
            raise ValueError(
                f'{type(self).__name__}: loss="poisson" needs targets of 0 or more, '
                f"such as counts, got {t[row].min()} for sample {row}"
            )
        return t.astype(float, copy=False)

    def _outputs(self, t: np.ndarray) -> int:
        return int(t.shape[1])

    def _last(self, t: np.ndarray) -> tuple[Layer, str]:
        known = losses_of_numbers()
        if self.loss not in known:
            raise ValueError(
                f"{type(self).__name__}: loss must be one of {', '.join(known)}, got "
                f"{self.loss!r}.{suggest(str(self.loss), known)}"
            )
        kind = (LOSSES[self.loss].fits or (Identity,))[0]
        # scikit-learn's word comes first.
        self.out_activation_ = "exp" if kind is Exponential else kind.__name__.lower()
        return kind(), self.loss

    def _loss_is_mean(self) -> bool:
        return not LOSSES[self.loss].is_sum

    def _stratifies(self, t: np.ndarray) -> bool:
        return False

    def _score_of(
        self, outputs: np.ndarray, t: np.ndarray, weights: np.ndarray | None
    ) -> float:
        return r2(outputs, t, weights)
