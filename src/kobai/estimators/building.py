"""From an estimator's parameters to a network and an optimizer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike

from kobai.errors import suggest
from kobai.estimators.checking import for_each_layer, hidden_sizes
from kobai.functions.arrays import Array
from kobai.networks import ACTIVATIONS, Dense, Dropout, Layer, Network, Sigmoid
from kobai.networks.activations import hidden_activations
from kobai.optimizers import OPTIMIZERS, SGD, Adam, Momentum, Nesterov, Optimizer
from kobai.optimizers.base import Rate, as_scalar

if TYPE_CHECKING:
    from kobai.estimators.base import MLP


def build_network(
    estimator: "MLP",
    inputs: int,
    outputs: int,
    last: Layer,
    loss: str,
    dtype: DTypeLike,
) -> Network:
    """Return the network that an estimator's parameters describe."""
    sizes = hidden_sizes(estimator)
    activations = for_each_layer(estimator, "activation", len(sizes))
    rates = for_each_layer(estimator, "dropout", len(sizes))
    layers: list[Layer] = []
    for size, name, rate in zip(sizes, activations, rates, strict=True):
        layers += [Dense(size), _activation(estimator, name)]
        if rate:
            layers.append(Dropout(rate))
    layers += [Dense(outputs), last]
    return Network(inputs, layers, loss, dtype=dtype)


def _activation(estimator: "MLP", name: object) -> Layer:
    known = {"logistic": Sigmoid} | {n: ACTIVATIONS[n] for n in hidden_activations()}
    if not isinstance(name, str) or name not in known:
        raise ValueError(
            f"{type(estimator).__name__}: activation: got {name!r}; need one of "
            f"{', '.join(known)}.{suggest(str(name), known)}"
        )
    return known[name]()


def draw_params(
    network: Network, activation: object, rng: np.random.RandomState
) -> None:
    """Draw a network's first parameters as scikit-learn does.

    W, b ~ U(-r, r) with r = √(6 / (d_in + d_out)), or √(2 / …) for the logistic
    function: the same numbers for the same random state.

    Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward
    neural networks", equation 16.
    """
    factor = 2.0 if activation == "logistic" else 6.0
    for number in range(1, len(network.params) // 2 + 1):
        weights = network.params[f"W{number}"]
        bound = np.sqrt(factor / sum(weights.shape))
        for name in (f"W{number}", f"b{number}"):
            drawn = rng.uniform(-bound, bound, network.params[name].shape)
            network.params[name] = drawn.astype(network.dtype, copy=False)


def adopt_params(
    network: Network, coefs: Sequence[np.ndarray], intercepts: Sequence[np.ndarray]
) -> None:
    """Give a network the parameters that its estimator shows.

    They are the network's own, unless a program has put others in their place, as
    programs that average several networks do. Raises ValueError for another shape.
    """
    for number, both in enumerate(zip(coefs, intercepts, strict=True), 1):
        for name, shown in zip((f"W{number}", f"b{number}"), both, strict=True):
            own = network.params[name]
            if np.shape(shown) != own.shape:
                raise ValueError(
                    f"coefs_, intercepts_: got shape {np.shape(shown)} for {name}; "
                    f"need {own.shape}"
                )
            if shown is not own:
                network.params[name] = np.array(shown, network.dtype)


@dataclass(frozen=True)
class AdamOfLibraries(Adam):
    """Adam with ε outside of the correction, as most libraries have it.

        w ← w − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)

    Kingma & Ba (2015), the note at the end of section 2.
    """

    def rule(
        self, w: Array, g: Array, rate: Rate, step: Array, *memory: Array
    ) -> tuple[Array, ...]:
        """Return w, m and v after the step."""
        m, v = memory
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * (g * g)
        correction = np.sqrt(1 - self.beta2**step) / (1 - self.beta1**step)
        rate = rate * as_scalar(correction, w.dtype)
        return w - rate * m / (np.sqrt(v) + self.epsilon), m, v


def _adam(estimator: "MLP") -> Optimizer:
    betas = estimator.beta_1, estimator.beta_2
    return AdamOfLibraries(estimator.learning_rate_init, *betas, estimator.epsilon)


def _sgd(estimator: "MLP") -> Optimizer:
    rate, momentum = estimator.learning_rate_init, estimator.momentum
    if not momentum:
        return SGD(rate)
    return (Nesterov if estimator.nesterovs_momentum else Momentum)(rate, momentum)


SOLVERS: Mapping[str, Callable[["MLP"], Optimizer]] = {"adam": _adam, "sgd": _sgd}


def build_optimizer(estimator: "MLP") -> Optimizer:
    """Return the optimizer that `solver` names, or is.

    "adam" and "sgd" take the parameters that scikit-learn has for them, the other names
    of `kobai.optimizers` the learning rate alone.
    """
    solver = estimator.solver
    if isinstance(solver, Optimizer):
        return solver
    if isinstance(solver, str) and solver in SOLVERS:
        return SOLVERS[solver](estimator)
    if isinstance(solver, str) and solver in OPTIMIZERS:
        return OPTIMIZERS[solver](estimator.learning_rate_init)
    known = ["lbfgs", *dict.fromkeys([*SOLVERS, *OPTIMIZERS])]
    raise ValueError(
        f"{type(estimator).__name__}: solver: got {solver!r}; need one of "
        f"{', '.join(known)}, or an optimizer such as kobai.Adam(0.01)."
        f"{suggest(str(solver), known)}"
    )
