"""What the classifier and the regressor have in common."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from kobai.estimators.building import adopt_params, build_network, draw_params
from kobai.estimators.checking import Number, check_parameters, for_each_layer
from kobai.estimators.course import Memory
from kobai.estimators.fitting import StochasticFit, warn_unconverged
from kobai.estimators.frames import check_inputs, explained, plain_targets
from kobai.estimators.newton import fit_lbfgs
from kobai.estimators.problem import Problem
from kobai.estimators.rows import Rows, dense, parts_of
from kobai.functions.arrays import Array
from kobai.networks import Layer, Network
from kobai.networks.checks import sample_weights
from kobai.training.history import History


def takes_steps(estimator: "MLP") -> bool:
    """Tell whether there is `partial_fit`: not for a solver that takes all at once."""
    if estimator.solver == "lbfgs":
        raise AttributeError(
            "partial_fit is only available for stochastic optimizers. lbfgs is not "
            "stochastic."
        )
    return True


class MLP(BaseEstimator):  # type: ignore[misc]
    """A multi-layer perceptron with the interface of scikit-learn's.

    A subclass says what its targets are and how they are scored.
    """

    _score_name: str
    network_: Network
    _memory: Memory | None

    def fit(
        self,
        X: Array,
        y: Array,
        sample_weight: ArrayLike | None = None,
        validation_data: tuple[Array, Array] | float | None = None,
    ) -> "MLP":
        """Train on X, shape (n, d), dense or sparse, and the targets y.

        `sample_weight`, shape (n,), says how much each sample counts. `validation_data`
        is (X, y), or a fraction of the samples to set aside, with their weights: its
        loss and score are recorded after every epoch in `history_`. `early_stopping`
        goes by it; where there is none, by `validation_fraction` of the samples.

        Raises ValueError for parameters and data that make no sense, and one that is
        also a `DivergenceError` where the parameters stop being finite; with
        `early_stopping` the best ones are kept instead.
        """
        check_parameters(self)
        is_first = not (self.warm_start and hasattr(self, "network_"))
        X, y = self._check_data(X, y, is_first)
        rng = check_random_state(self.random_state)
        if is_first:
            self._learn_targets(y)
        rows = self._rows(X, y, sample_weight, is_first)
        if is_first:
            self._begin(rows, rng)
        elif self._built(rows).layers != self.network_.layers:
            raise ValueError(
                f"{type(self).__name__}: warm_start goes on with the layers there are; "
                f"got others: {list(self._built(rows).layers)}"
            )
        rows, validation = self._with_validation(rows, validation_data, rng)
        if self.solver == "lbfgs":
            self._fit_lbfgs(rows, validation)
        else:
            run, _ = self._stochastic(rows, validation, rng)
            if not run.run(self.max_iter):
                warn_unconverged(self.max_iter)
            self.loss_ = self.loss_curve_[-1]
        self._publish()
        return self

    def _partial_fit(
        self, X: Array, y: Array, sample_weight: ArrayLike | None, is_first: bool
    ) -> "MLP":
        """Take one epoch of steps, going on from where the last fit ended."""
        check_parameters(self)
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        X, y = self._check_data(X, y, is_first)
        rng = check_random_state(self.random_state)
        rows = self._rows(X, y, sample_weight, is_first)
        if is_first:
            self._begin(rows, rng)
        run, _ = self._stochastic(rows, None, rng, is_partial=True)
        run.run(1)
        self.loss_ = self.loss_curve_[-1]
        self._publish()
        return self

    # --- data

    def _check_data(self, X: Array, y: Array, reset: bool) -> tuple[Array, Array]:
        numeric = "y_numeric" in self._check_options
        y = plain_targets(type(self).__name__, y, numeric)
        options = {"multi_output": True, "reset": reset, **self._check_options}
        checked: tuple[Array, Array] = self._validated(X, y=y, **options)
        return checked

    def _check_inputs(self, X: Array) -> Array:
        check_is_fitted(self)
        adopt_params(self.network_, self.coefs_, self.intercepts_)
        return self._validated(X, reset=False)

    def _validated(self, X: Array, **options: object) -> Any:
        name = type(self).__name__
        check_inputs(name, X)
        options |= {"accept_sparse": "csr", "dtype": (np.float64, np.float32)}
        try:
            return validate_data(self, X, **options)
        except Exception as error:
            found = explained(name, X, error)
            if found is error:
                raise
            raise found from None

    def _rows(
        self,
        X: Array,
        y: Array,
        sample_weight: ArrayLike | None,
        is_first: bool = False,
    ) -> Rows:
        """Return the samples as the network takes them."""
        t = self._encode(y)
        kind = self.dtype or X.dtype
        dtype = np.dtype(kind) if is_first else self.network_.dtype
        if not is_first and t.shape[1:] not in ((), self.network_.outputs):
            raise ValueError(
                f"{type(self).__name__}: y has {t.shape[1]} outputs, and had "
                f"{self.n_outputs_} in the first fit"
            )
        if t.dtype.kind == "f":
            t = t.astype(dtype, copy=False)
        weights = self._class_weights(y)
        if sample_weight is not None:
            given = sample_weights(sample_weight, X.shape[0], np.float64)
            weights = given if weights is None else weights * given
        if weights is not None and not np.any(weights):
            raise ValueError(
                f"{type(self).__name__}: all weights are zero; need some above zero"
            )
        return Rows(X.astype(dtype, copy=False), t, weights)

    def _class_weights(self, y: Array) -> np.ndarray | None:
        return None

    def _with_validation(
        self,
        rows: Rows,
        given: Any,
        rng: np.random.RandomState,
    ) -> tuple[Rows, Rows | None]:
        """Return the training samples and those to validate by, if any."""
        if given is None and self.early_stopping and self.solver != "lbfgs":
            given = self.validation_fraction
        if given is None:
            return rows, None
        if isinstance(given, tuple | list) and len(given) == 2:
            X, y = self._check_data(given[0], given[1], reset=False)
            validation = self._rows(X, y, None)
            return rows, Rows(validation.x, validation.t)
        if not Number(0, 1, open=True).allows(given):
            several = isinstance(given, tuple | list)
            got = f"{len(given)} things" if several else repr(given)
            raise ValueError(
                f"{type(self).__name__}: validation_data must be (X, y) or a fraction "
                f"above 0 and below 1, got {got}"
            )
        strata = rows.t if self._stratifies(rows.t) else None
        parts = train_test_split(
            *rows.batch.values(), random_state=rng, test_size=given, stratify=strata
        )
        train, test = Rows(*parts[::2]), Rows(*parts[1::2])
        if len(test) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or "
                "the size of your dataset."
            )
        return train, test

    # --- the fit

    def _begin(self, rows: Rows, rng: np.random.RandomState) -> None:
        """Make a new network, and forget what was learned before."""
        network = self._built(rows)
        draw_params(network, self.activation, rng)
        self.network_ = network
        self.history_ = History()
        self._memory = None
        self.n_outputs_ = network.outputs[0]
        self.n_layers_ = len(network.params) // 2 + 1
        self.t_ = 0
        if self.solver != "lbfgs":
            self._forget()
        self._publish()

    def _built(self, rows: Rows) -> Network:
        last, loss = self._last(rows.t)
        inputs, outputs = rows.x.shape[1], self._outputs(rows.t)
        return build_network(self, inputs, outputs, last, loss, rows.x.dtype)

    def _forget(self) -> None:
        self.loss_curve_: list[float] = []
        self.validation_scores_: list[float] | None = None
        self.best_loss_: float | None = np.inf
        self.best_validation_score_: float | None = None

    def _stochastic(
        self,
        rows: Rows,
        validation: Rows | None,
        rng: np.random.RandomState,
        is_partial: bool = False,
    ) -> tuple[StochasticFit, Problem]:
        if not hasattr(self, "loss_curve_"):
            self._forget()
        if validation is not None and self.validation_scores_ is None:
            self.validation_scores_ = []
        if self.early_stopping:
            self.best_loss_ = None
            if self.best_validation_score_ is None:
                self.best_validation_score_ = -np.inf
        elif self.best_loss_ is None:
            self.best_loss_ = np.inf
        problem, rows, penalty = self._problem(rows)
        run = StochasticFit(self, problem, rows, validation, penalty, rng, is_partial)
        self._memory = run.memory
        return run, problem

    def _problem(self, rows: Rows) -> tuple[Problem, Rows, float]:
        """Return what is minimised, with weights of mean 1, and the penalty."""
        adopt_params(self.network_, self.coefs_, self.intercepts_)
        scale = float(self.n_outputs_) if self._loss_is_mean() else 1.0
        problem = Problem(self.network_, scale)
        if rows.weights is None:
            return problem, rows, float(self.alpha)
        mean = float(np.mean(rows.weights))
        weights = (rows.weights / mean).astype(self.network_.dtype, copy=False)
        return problem, Rows(rows.x, rows.t, weights), self.alpha / mean

    def _fit_lbfgs(self, rows: Rows, validation: Rows | None) -> None:
        rates = for_each_layer(self, "dropout", self.n_layers_ - 2)
        for name, given in (("dropout", any(rates)), ("callbacks", self.callbacks)):
            if given:
                raise ValueError(
                    f"{type(self).__name__}: {name} needs a solver that takes steps; "
                    f'solver="lbfgs" takes all samples at once. Use solver="adam"'
                )
        if validation is not None:
            raise ValueError(
                f"{type(self).__name__}: validation_data needs a solver that takes "
                'steps; use solver="adam"'
            )
        problem, rows, penalty = self._problem(rows)
        fit_lbfgs(self, problem, rows, penalty)

    def _publish(self) -> None:
        """Show the parameters as scikit-learn does; they are the network's own."""
        params = self.network_.params
        numbers = range(1, self.n_layers_)
        self.coefs_ = [params[f"W{number}"] for number in numbers]
        self.intercepts_ = [params[f"b{number}"] for number in numbers]
        if self._memory is not None:
            self.t_ = self._memory.samples

    def _network_outputs(self, X: Array) -> np.ndarray:
        """Return the outputs for X, which has been checked."""
        parts = [self.network_.predict(dense(X[part])) for part in parts_of(X)]
        return np.concatenate(parts)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    # --- what a subclass says

    _check_options: dict[str, Any] = {}

    def _learn_targets(self, y: Array) -> None:
        """Take note of what the targets are."""

    def _encode(self, y: Array) -> np.ndarray:
        """Return y as the network's targets."""
        raise NotImplementedError

    def _outputs(self, t: np.ndarray) -> int:
        raise NotImplementedError

    def _last(self, t: np.ndarray) -> tuple[Layer, str]:
        """Return the last layer, and the loss's name."""
        raise NotImplementedError

    def _loss_is_mean(self) -> bool:
        """Tell whether the network's loss is the mean over its outputs."""
        raise NotImplementedError

    def _stratifies(self, t: np.ndarray) -> bool:
        raise NotImplementedError

    def _score_of(
        self, outputs: np.ndarray, t: np.ndarray, weights: np.ndarray | None
    ) -> float:
        raise NotImplementedError
