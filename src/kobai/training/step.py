"""One training step as a pure function: forwards, backwards, update."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kobai.autodiff import numerical_gradient, value_and_gradient
from kobai.engines import compile_step
from kobai.errors import suggest
from kobai.optimizers import Optimizer

if TYPE_CHECKING:
    from kobai.networks import Network

Step = Callable[..., tuple[Any, Any, Any, Any]]
Objective = Callable[[Any], tuple[Any, Any]]


def backprop(objective: Objective, params: Any) -> tuple[tuple[Any, Any], Any]:
    """Return (loss, new statistics) and the gradient, by back-propagation."""
    values, grads = value_and_gradient(objective, params, has_aux=True)
    return values, grads


def numerical(objective: Objective, params: Any) -> tuple[tuple[Any, Any], Any]:
    """Return the same by the definition: a loss or two for every single parameter."""
    grads = numerical_gradient(lambda params: objective(params)[0], params)
    return objective(params), grads


GRADIENTS: dict[str, Callable[..., tuple[tuple[Any, Any], Any]]] = {
    "backprop": backprop,
    "numerical": numerical,
}


def make_step(
    network: "Network", optimizer: Optimizer, engine: str, gradient: str
) -> Step:
    """Return the training step of a network, run by an engine.

        step(params, state, statistics, x, t, noise, learning_rate)
            -> (params, state, statistics, loss)

    It is pure: everything it needs comes in, everything it changes goes out.
    `gradient` is "backprop", or "numerical" for the definition, which no engine can
    compile and which is slow. Raises `ValueError` for an unknown gradient or engine.
    """
    if gradient not in GRADIENTS:
        raise ValueError(
            f'train: unknown gradient "{gradient}"; need one of '
            f"{', '.join(GRADIENTS)}.{suggest(str(gradient), GRADIENTS)}"
        )
    derive = GRADIENTS[gradient]

    def step(
        params: Any,
        state: Any,
        statistics: Any,
        x: Any,
        t: Any,
        noise: Any,
        learning_rate: Any,
    ) -> tuple[Any, Any, Any, Any]:
        def objective(params: Any) -> tuple[Any, Any]:
            return network.objective(params, x, t, statistics, noise, training=True)

        (loss, new_statistics), grads = derive(objective, params)
        params, state = optimizer.update(params, grads, state, learning_rate)
        return params, state, new_statistics, loss

    return compile_step(step, "eager" if gradient == "numerical" else engine)
