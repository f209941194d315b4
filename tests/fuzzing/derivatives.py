"""The derivative of a program again: by its definition, and by PyTorch."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.fuzzing.program import Program

STEP = 1e-5


def central_differences(
    loss: Callable[..., Any], values: Sequence[Any]
) -> tuple[list[Any], list[Any]]:
    """Return the slopes of a loss, and how far each can be trusted.

    Steps of two lengths, and of either side, show where there is a kink, a jump, or
    too much curvature for a difference: their slopes disagree there. What they
    disagree by, and what rounding adds, is the second result; it is infinite where the
    loss is not finite.
    """
    slopes = [np.zeros(np.shape(v)) for v in values]
    doubts = [np.zeros(np.shape(v)) for v in values]
    here = number_of(loss, values)
    for i, value in enumerate(values):
        for spot in np.ndindex(np.shape(value)):

            def at(h: float, i: int = i, spot: Any = spot) -> float:
                moved = np.array(values[i])
                moved[spot] += h
                if not isinstance(values[i], np.ndarray):
                    moved = moved[()]
                return number_of(loss, [*values[:i], moved, *values[i + 1 :]])

            slopes[i][spot], doubts[i][spot] = _slope(at, here)
    return slopes, doubts


def is_sure(slope: Any, doubt: Any) -> Any:
    """Return where slopes can be compared: elsewhere is a kink, or a jump, nearby."""
    return doubt < 1e-3 * np.maximum(np.abs(slope), 1.0)


def number_of(loss: Callable[..., Any], values: Sequence[Any]) -> float:
    """Return the loss of arguments that are left as they are; nan where it fails."""
    copies = [v.copy(order="K") if isinstance(v, np.ndarray) else v for v in values]
    try:
        return float(loss(copies))
    except Exception:
        return np.nan


def _slope(at: Callable[[float], float], here: float) -> tuple[float, float]:
    h = STEP
    above, below = at(h), at(-h)
    slope = (above - below) / (2 * h)
    wide = (at(2 * h) - at(-2 * h)) / (4 * h)
    # On either side a smooth loss has slopes that differ by its curvature times h;
    # a corner's differ by more, however small the step is.
    near = (at(h / 8) - 2 * here + at(-h / 8)) / (h / 8)
    corner = max(abs(near) - abs(above - 2 * here + below) / h / 4, 0.0)
    rounding = 1e-14 * max(abs(above), abs(below), abs(here)) / h
    doubt = abs(wide - slope) + corner + 10 * rounding
    return (slope, doubt) if np.isfinite(doubt) else (0.0, np.inf)


class Elsewhere(Exception):  # noqa: N818 - it is no error of the program's
    """PyTorch cannot run a program, or its NumPy means something else by it."""


class _Twin:
    """PyTorch's twin of NumPy, where two of its functions are another's."""

    def __init__(self, twin: Any) -> None:
        self._twin = twin

    def __getattr__(self, name: str) -> Any:
        return getattr(self._twin, name)

    def linspace(self, *args: Any, dtype: Any = float) -> Any:
        """Return NumPy's numbers: PyTorch's of float32 are others in the last bit."""
        return self._twin.asarray(np.linspace(*args)).astype(dtype)

    def array(self, x: Any, *types: Any) -> Any:
        """Stack a list of values, which the twin would take for constants."""
        is_plain = not isinstance(x, list) or all(isinstance(v, int | float) for v in x)
        stacked = x if is_plain else self._twin.stack([self.array(v) for v in x])
        return self._twin.array(stacked, *types)


def torch_gradient(
    program: Program, values: Sequence[Any], expected: Sequence[Any]
) -> list[Any]:
    """Return the gradient of the sum of squares by PyTorch.

    PyTorch's own twin of NumPy runs the program as it stands. Where its results are
    not NumPy's (numbers change in place there), Elsewhere is raised.
    """
    import torch
    import torch._numpy as tnp

    leaves = [torch.tensor(np.asarray(v)).requires_grad_() for v in values]
    arguments = [tnp.asarray(leaf.clone()) for leaf in leaves]
    try:
        results = program.function(_Twin(tnp))(*arguments)
        results = [tnp.asarray(y) for y in results]
        loss = sum(tnp.sum(y * y) for y in results).tensor.double()
        if loss.requires_grad:
            loss.backward()
    except Exception as error:
        raise Elsewhere(type(error).__name__) from error
    for y, there in zip(results, expected, strict=True):
        found = y.tensor.detach().numpy()
        if found.shape != there.shape:
            raise Elsewhere("another shape")
        if not np.allclose(found, there, rtol=1e-9, atol=1e-9, equal_nan=True):
            raise Elsewhere("another value")
    return [
        np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy()
        for leaf in leaves
    ]
