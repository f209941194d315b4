"""Figures of whole networks: before they learn, while they do, and what they know."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai import functions
from kobai.data import Dataset, moons
from kobai.gallery.digits import digits_run
from kobai.networks import (
    Dense,
    Dropout,
    Layer,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from kobai.optimizers import Adam, Optimizer
from kobai.plots import calculus, curves, networks, results
from kobai.plots.landscape import Array
from kobai.plots.style import speaker
from kobai.training import History, train

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEW = 50
# Against over-fitting: the text's key, the argument and its value.
WAYS = (
    ("nothing_against", "", 0.0),
    ("with_decay", "decay", 0.01),
    ("with_dropout", "dropout", 0.5),
)


def linear_and_nonlinear(language: str = "en", seed: int = 0) -> "Figure":
    """Draw sin x as three layers learn it without and with tanh between them."""
    x = np.linspace(-np.pi, np.pi, 128)[:, None]
    t = np.sin(x)
    stacks: dict[str, list[Layer]] = {
        "without_activation": [Dense(16), Dense(16), Dense(1)],
        "with_activation": [Dense(16), Tanh(), Dense(16), Tanh(), Dense(1)],
    }
    say = speaker(language)
    fits = {}
    for key, layers in stacks.items():
        network = Network(1, layers, "squared_error", seed=seed)
        _learn(network, (x, t), seed, Adam(0.02), batches="full", steps=400)
        fits[say(key)] = network.predict(x)
    title = say("linear_and_nonlinear")
    return calculus.fitted_curves(x[:, 0], t[:, 0], fits, language, title=title)


def vanishing_gradients(language: str = "en", seed: int = 0) -> "Figure":
    """Draw the gradients of two networks of ten layers before training."""
    say = speaker(language)
    data = digits_run(seed).data
    means = {
        say("deep_sigmoid"): _means(Sigmoid(), data, seed),
        say("deep_relu"): _means(ReLU(), data, seed),
    }
    return networks.layer_gradients(means, language)


def weight_initialization(language: str = "en", seed: int = 0) -> "Figure":
    """Draw what five layers of 100 give for 1000 normal inputs, by initial weights."""
    say = speaker(language)
    rows: dict[str, tuple[Layer, str | float]] = {
        say("deep_std", name="sigmoid", std=1): (Sigmoid(), 1.0),
        say("deep_std", name="sigmoid", std=0.01): (Sigmoid(), 0.01),
        say("deep_xavier", name="sigmoid"): (Sigmoid(), "xavier"),
        say("deep_std", name="ReLU", std=0.01): (ReLU(), 0.01),
        say("deep_he", name="ReLU"): (ReLU(), "he"),
    }
    x = np.random.default_rng(seed).normal(size=(1000, 100))
    activations = {
        name: _activations(x, activation, init, seed)
        for name, (activation, init) in rows.items()
    }
    return networks.activation_histograms(activations, language)


def overfitting(language: str = "en", seed: int = 0) -> "Figure":
    """Draw how a large network learns few noisy points by heart, and what helps."""
    say = speaker(language)
    histories = {
        say(key, rate=rate): _noisy_run(seed, **{how: rate} if how else {})
        for key, how, rate in WAYS
    }
    title = say("overfitting", rows=FEW, size=f"{_large_network().size:,}")
    return curves.overfitting(histories, language, title=title)


def predicted_and_true(language: str = "en", seed: int = 0) -> "Figure":
    """Draw what a network predicts of a noisy surface, over what it is there."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (600, 2))
    t = np.sin(3 * x[:, :1]) + x[:, 1:] ** 2 + 0.1 * rng.normal(size=(600, 1))
    network = Network(2, [Dense(20), Tanh(), Dense(1)], seed=seed)
    _learn(network, (x[:400], t[:400]), seed, Adam(0.02), epochs=50)
    y, t = network.predict(x[400:]), t[400:]
    note = results.errors_note(functions.r2(y, t), functions.rmse(y, t))
    return results.predicted_and_true(y, t, (), language, notes=[note])


def loss_and_accuracy(language: str = "en", seed: int = 0) -> "Figure":
    """Draw loss and accuracy of 50 digits while one weight changes."""
    run = digits_run(seed)
    x, t = run.data.x_test[:50], run.data.t_test[:50]
    params = run.network.params
    weights = np.linspace(-30, 30, 401)
    losses, rates = [], []
    for weight in weights:
        W2 = params["W2"].copy()
        W2[0, 0] = weight
        logits, _ = run.network.forward({**params, "W2": W2}, x)
        losses.append(float(functions.softmax_cross_entropy(logits, t)))
        rates.append(functions.accuracy(logits, t))
    return calculus.loss_and_accuracy(weights, losses, rates, language)


def _learn(
    network: Network, data: Any, seed: int, optimizer: Optimizer, **options: Any
) -> History:
    return train(
        network, data, optimizer=optimizer, seed=seed, progress=False, **options
    )


def _means(activation: Layer, data: "Dataset", seed: int) -> list[float]:
    """Return the mean |gradient| of each layer's weights in a network of ten."""
    layers = [layer for _ in range(9) for layer in (Dense(50), activation)]
    network = Network(64, [*layers, Dense(10), Softmax()], seed=seed)
    grads = network.gradient(data.x_train[:200], data.t_train[:200])
    return [float(np.abs(grads[f"W{k}"]).mean()) for k in range(1, 11)]


def _activations(
    x: Array, activation: Layer, init: str | float, seed: int
) -> list[Array]:
    """Return what each of five layers gives, of networks that share their weights."""
    deep = [layer for _ in range(5) for layer in (Dense(100, init), activation)]
    whole = Network(100, deep, "squared_error", seed=seed)
    given = []
    for depth in range(1, 6):
        part = Network(100, deep[: 2 * depth], "squared_error", seed=seed)
        part.params = {name: whole.params[name] for name in part.params}
        given.append(part.predict(x))
    return given


@lru_cache(maxsize=len(WAYS))
def _noisy_run(seed: int, decay: float = 0.0, dropout: float = 0.0) -> History:
    """Train a large network on two moons that noise has mixed, once for all."""
    data = moons(n=FEW + 500, noise=0.35, seed=seed, test_size=500)
    optimizer = Adam(0.01, weight_decay=decay)
    network = _large_network(dropout, seed)
    return _learn(network, data, seed, optimizer, batches="full", epochs=200)


def _large_network(dropout: float = 0.0, seed: int = 0) -> Network:
    quiet = [Dropout(dropout)] if dropout else []
    block = [Dense(100), ReLU(), *quiet]
    return Network(2, [*block, *block, Dense(2), Softmax()], seed=seed)
