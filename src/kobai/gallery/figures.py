"""The figures of the book, each with data and training of its own."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kobai import autodiff, functions
from kobai.autodiff import operations as ops
from kobai.engines.reference import evaluate
from kobai.graph import Graph, Node, Operation, trace
from kobai.optimizers import OPTIMIZERS, Optimizer, gradient_descent
from kobai.plots import calculus, descents, graphs, results, surfaces
from kobai.plots.landscape import Array
from kobai.plots.layers import Edge, Key
from kobai.plots.style import speaker

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Method = Literal["forward", "central"]

RACERS = ("SGD", "Momentum", "AdaGrad", "RMSProp", "Adam")
# Ten to a decade, from 0.01 to 10.
TRIED = [float(f"{rate:.2g}") for rate in np.geomspace(0.01, 10, 31)]
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
    """Draw two descents of one curve that begin side by side and end far apart."""
    say = speaker(language)
    rate = 0.1
    curve: Callable[[Any], Any] = lambda x: np.sum(x**4 / 4 - x**2 + 0.3 * x)
    walks = {
        say("from_start", x=f"{x:g}"): gradient_descent(
            curve, np.array([x]), rate, 40
        ).path
        for x in (0.0, 0.3)
    }
    title = say("local_minimum_example", rate=rate)
    return descents.valley_walks(walks, curve, language, title=title)


def optimizer_paths(language: str = "en") -> "Figure":
    """Draw five optimizers on x₀²/20 + x₁², from (-7, 2), each at its best.

    Its best is the learning rate, of the 31 tried from 0.01 to 10, with which the mean
    of f over the steps is the lowest; all else has its defaults.
    """
    steps = 30
    canyon: Callable[[Any], Any] = lambda x: x[0] ** 2 / 20 + x[1] ** 2
    start = np.array([-7.0, 2.0])
    walks = {}
    for name in RACERS:
        tries = {
            rate: _walk(OPTIMIZERS[name.lower()](rate), canyon, start, steps)
            for rate in TRIED
        }
        best = min(tries, key=lambda rate: np.mean(canyon(tries[rate].T)))
        walks[f"{name}, η = {best:g}"] = tries[best]
    title = speaker(language)("optimizer_paths_example", steps=steps, count=len(TRIED))
    return surfaces.optimizer_paths(walks, canyon, language, title=title)


def activation_functions(language: str = "en") -> "Figure":
    """Draw four activation functions above their derivatives, by back-propagation."""
    x = np.linspace(-5, 5, 501)

    def slope(f: Callable[[Any], Any]) -> Array:
        return np.asarray(autodiff.gradient(lambda x: np.sum(f(x)), x))

    def but_at_0(slopes: Array) -> Array:
        return np.where(x == 0, np.nan, slopes)

    sigmoid, tanh, relu = functions.sigmoid, functions.tanh, functions.relu
    curves = {
        # Flat wherever it has a slope, it gives back-propagation nothing to do.
        speaker(language)("step_function"): (functions.step(x), but_at_0(0 * x)),
        "sigmoid": (sigmoid(x), slope(sigmoid)),
        "tanh": (tanh(x), slope(tanh)),
        "ReLU": (relu(x), but_at_0(slope(relu))),
    }
    return calculus.activation_functions(x, curves, language)


def difference_errors(language: str = "en") -> "Figure":
    """Draw the errors of forward and central differences of exp at 1, over h."""
    tiny = np.geomspace(1e-50, 1e-18, 33)
    h = np.concatenate([tiny, np.geomspace(1e-17, 1.0, 17 * 10 + 1)])
    forward = [_relative_error(step, "forward") for step in h]
    central = [_relative_error(step, "central") for step in h]
    title = speaker(language)("difference_errors_example")
    return calculus.difference_errors(h, forward, central, language, title=title)


def computational_graph(language: str = "en") -> "Figure":
    """Draw what two apples and three oranges cost, with values and derivatives."""

    def to_pay(
        apple_price: Any,
        apple_count: Any,
        orange_price: Any,
        orange_count: Any,
        tax: Any,
    ) -> Any:
        return (apple_price * apple_count + orange_price * orange_count) * tax

    say = speaker(language)
    given = [100.0, 2.0, 150.0, 3.0, 1.1]
    graph = trace(to_pay, *map(np.array, given))
    signs = {ops.ADD: "+", ops.MULTIPLY: "×"}
    names: dict[Key, str] = {n: say(n.name) for n in graph.inputs}
    names |= {n: signs[n.primitive] for n in graph.operations}
    numbers = _values_and_derivatives(graph, given)
    edges: dict[Edge, tuple[float, float]] = {
        (n, user): numbers[n] for user in graph.operations for n in user.inputs
    }
    (result,) = graph.outputs
    names["result"] = say("total")
    edges[result, "result"] = numbers[result]
    title = say("computational_graph_example")
    return graphs.computational_graph(names, edges, language, title=title)


def softmax_and_cross_entropy(language: str = "en") -> "Figure":
    """Draw softmax of one score, among 2, 3 and 10 classes, and the loss of p."""
    say = speaker(language)
    scores = np.linspace(-6, 6, 241)
    curves = {}
    for k in (2, 3, 10):
        rows = np.zeros((scores.size, k))
        rows[:, 0] = scores
        curves[say("of_classes", k=k)] = functions.softmax(rows)[:, 0]
    shares = np.geomspace(0.002, 1, 200)
    losses = [
        functions.cross_entropy_error(np.array([p, 1 - p]), np.array(0)) for p in shares
    ]
    return results.softmax_and_cross_entropy(scores, curves, shares, losses, language)


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
    return abs(float(slope) - math.e) / math.e


def _values_and_derivatives(
    graph: Graph, given: list[float]
) -> dict[Node, tuple[float, float]]:
    """Return each node's value, and the derivative of the graph's result by it.

    That is the derivative by a 0 that is added to the value.
    """
    values = evaluate(graph, given)
    (result,) = graph.outputs

    def outcome(added: list[Any]) -> Any:
        known: dict[Node, Any] = dict(zip(graph.inputs, given, strict=True))
        for i, node in enumerate(values):
            if isinstance(node, Operation):
                known[node] = node.evaluate(*(known[n] for n in node.inputs))
            known[node] = known[node] + added[i]
        return known[result]

    slopes = autodiff.gradient(outcome, [0.0] * len(values))
    pairs = zip(values.values(), slopes, strict=True)
    numbers = [(float(value), float(slope)) for value, slope in pairs]
    return dict(zip(values, numbers, strict=True))
