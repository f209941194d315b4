"""The figures of the book, each with data and training of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kobai import autodiff, functions
from kobai.gallery.digits import digits_run
from kobai.networks import Dense, Layer, Network, ReLU, Sigmoid, Softmax, Tanh
from kobai.optimizers import OPTIMIZERS, Adam, Optimizer, gradient_descent
from kobai.plots import calculus, descents, networks, surfaces
from kobai.plots.landscape import Array
from kobai.plots.style import speaker
from kobai.training import train

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kobai.data import Dataset

Method = Literal["forward", "central"]

# Learning rates with which each comes near the minimum in the steps it is given.
RACERS = {
    "SGD": ("sgd", 0.95),
    "Momentum": ("momentum", 0.1),
    "AdaGrad": ("adagrad", 1.5),
    "RMSProp": ("rmsprop", 0.15),
    "Adam": ("adam", 0.3),
}
RATES = {
    "rate_small": 0.01,
    "rate_good": 0.1,
    "rate_large": 0.95,
    "rate_diverges": 1.05,
}


def bowl(x: Any) -> Any:
    """Return the sum of squares, the surface that the book descends.

    >>> float(bowl(np.array([3.0, 4.0])))
    25.0
    """
    return np.sum(x**2)


def descent_surface(language: str = "en") -> "Figure":
    """Draw the descent of x₀² + x₁² from (-3, 4) on surface and contours."""
    rate = 0.1
    walk = gradient_descent(bowl, np.array([-3.0, 4.0]), rate, steps=30)
    title = speaker(language)("descent_surface", rate=rate)
    return surfaces.descent_surface(walk.path, bowl, language, title=title)


def descent_formula(language: str = "en") -> "Figure":
    """Draw a descent into a curved valley, as `kobai descend` draws a formula."""

    def valley(x: Any) -> Any:
        return (1 - x[0]) ** 2 + 2 * (x[1] - x[0] ** 2) ** 2

    walk = gradient_descent(valley, np.array([-1.2, 1.5]), 0.05, steps=200)
    title = "f(x₀, x₁) = (1 − x₀)² + 2 (x₁ − x₀²)²"
    return descents.descent(walk.path, walk.values, valley, language, title=title)


def gradient_field(language: str = "en") -> "Figure":
    """Draw the field of -gradient of x₀² + x₁², by central differences."""
    ticks = np.linspace(-2, 2, 17)
    points = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    slopes = np.stack([autodiff.numerical_gradient(bowl, p) for p in points])
    title = speaker(language)("gradient_field_example")
    return surfaces.gradient_field(points, slopes, bowl, language, title=title)


def learning_rates(language: str = "en") -> "Figure":
    """Draw the descent of x² at four learning rates."""
    say = speaker(language)
    start = np.array([2.0])
    walks = {
        say(key, rate=rate): gradient_descent(bowl, start, rate, steps=20).path
        for key, rate in RATES.items()
    }
    title = say("learning_rates_example")
    return descents.learning_rates(walks, lambda x: x**2, language, title=title)


def local_minimum(language: str = "en") -> "Figure":
    """Draw two descents of one curve that end in different minima."""
    say = speaker(language)
    curve: Callable[[Any], Any] = lambda x: np.sum(x**4 / 4 - x**2 + 0.3 * x)
    walks = {
        say("from_start", x=name): gradient_descent(curve, np.array([x]), 0.1, 40).path
        for name, x in (("2", 2.0), ("−0.5", -0.5))
    }
    return descents.valley_walks(walks, curve, language)


def optimizer_paths(language: str = "en") -> "Figure":
    """Draw five optimizers on x₀²/20 + x₁², from (-7, 2)."""
    steps = 30
    canyon: Callable[[Any], Any] = lambda x: x[0] ** 2 / 20 + x[1] ** 2
    start = np.array([-7.0, 2.0])
    walks = {
        name: _walk(OPTIMIZERS[kind](rate), canyon, start, steps)
        for name, (kind, rate) in RACERS.items()
    }
    title = speaker(language)("optimizer_paths_example", steps=steps)
    return surfaces.optimizer_paths(walks, canyon, language, title=title)


def activation_functions(language: str = "en") -> "Figure":
    """Draw step, sigmoid and ReLU above their derivatives, by back-propagation."""
    x = np.linspace(-5, 5, 501)
    step_name = speaker(language)("step_function")
    shown = {"sigmoid": functions.sigmoid, "ReLU": functions.relu}
    curves = {
        name: (f(x), autodiff.gradient(lambda x, f=f: np.sum(f(x)), x))
        for name, f in shown.items()
    }
    # Flat wherever it has a slope at all, it gives back-propagation nothing to do.
    flat = np.where(x == 0, np.nan, 0.0)
    curves = {step_name: (functions.step(x), flat), **curves}
    return calculus.activation_functions(x, curves, language)


def difference_errors(language: str = "en") -> "Figure":
    """Draw the errors of forward and central differences of exp at 1, over h."""
    tiny = np.geomspace(1e-50, 1e-18, 33)
    h = np.concatenate([tiny, np.geomspace(1e-17, 1.0, 17 * 10 + 1)])
    forward = [_relative_error(step, "forward") for step in h]
    central = [_relative_error(step, "central") for step in h]
    title = speaker(language)("difference_errors_example")
    return calculus.difference_errors(h, forward, central, language, title=title)


def neuron_sine(language: str = "en") -> "Figure":
    """Draw y = sigmoid(xw + b) while it learns (sin x + 1)/2 from -π/2 to π/2."""
    x = np.linspace(-np.pi / 2, np.pi / 2, 60)
    target = (np.sin(x) + 1) / 2

    def neuron(p: Any) -> Any:
        return functions.sigmoid(x * p[0] + p[1])

    def loss(p: Any) -> Any:
        return np.mean((target - neuron(p)) ** 2) / 2

    walk = gradient_descent(loss, np.array([-1.0, 1.0]), 2.0, steps=200)
    outputs = {epoch: neuron(walk.path[epoch]) for epoch in (0, 5, 10, 20, 50, 200)}
    return calculus.neuron_curves(x, target, outputs, language)


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
        _fit(network, x, t, seed)
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


def _walk(optimizer: Optimizer, f: Any, start: Array, steps: int) -> Array:
    params = {"x": start}
    state = optimizer.init(params)
    path = [start]
    for _ in range(steps):
        grads = autodiff.gradient(lambda p: f(p["x"]), params)
        params, state = optimizer.update(params, grads, state)
        path.append(params["x"])
    return np.stack(path)


def _relative_error(h: float, method: Method) -> float:
    slope = autodiff.numerical_derivative(np.exp, 1.0, h=h, method=method)
    return abs(float(slope) - np.e) / np.e


def _fit(network: Network, x: Array, t: Array, seed: int) -> None:
    optimizer = Adam(0.02)
    train(
        network,
        (x, t),
        optimizer=optimizer,
        batches="full",
        steps=400,
        seed=seed,
        progress=False,
    )


def _means(activation: Layer, data: "Dataset", seed: int) -> list[float]:
    """Return the mean |gradient| of each layer's weights in a network of ten."""
    layers = [layer for _ in range(9) for layer in (Dense(50), activation)]
    network = Network(64, [*layers, Dense(10), Softmax()], seed=seed)
    grads = network.gradient(data.x_train[:200], data.t_train[:200])
    return [float(np.abs(grads[f"W{k}"]).mean()) for k in range(1, 11)]
