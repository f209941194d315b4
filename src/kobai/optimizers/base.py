"""What all optimizers share: the state, clipping, weight decay, the learning rate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from kobai.checks import enter, non_negative, positive
from kobai.errors import suggest
from kobai.functions.arrays import Array

Params = dict[str, Array]
State = dict[str, Any]
Rate = float | Array
Schedule = Callable[[Rate], Rate]

OPTIMIZERS: dict[str, type["Optimizer"]] = {}
"""The optimizers by name, in the order in which they are defined."""


@dataclass(frozen=True)
class Optimizer:
    """The settings of a descent, and the two pure functions that perform it.

    A subclass gives `slots`, the names of what it remembers of each parameter, and
    `rule`, its formula for one parameter. With `class Lion(Optimizer, name="lion")` it
    enters `OPTIMIZERS`: the command, the estimators and the book know it by that name.

    `weight_decay` λ adds λ w to every gradient (L2 regularisation). `clip_value`
    limits each entry of the gradient, `clip_norm` the length of all gradients taken
    as one vector; both act before weight decay, the value first.
    """

    slots: ClassVar[tuple[str, ...]] = ()

    learning_rate: float | Schedule = 0.01
    weight_decay: float = field(default=0.0, kw_only=True)
    clip_norm: float | None = field(default=None, kw_only=True)
    clip_value: float | None = field(default=None, kw_only=True)

    def __init_subclass__(cls, name: str = "") -> None:
        if name:
            enter(OPTIMIZERS, name, cls)

    def __post_init__(self) -> None:
        name = type(self).__name__
        if not callable(self.learning_rate):
            positive(name, "learning_rate", self.learning_rate)
        non_negative(name, "weight_decay", self.weight_decay)
        for limit in ("clip_norm", "clip_value"):
            if getattr(self, limit) is not None:
                positive(name, limit, getattr(self, limit))

    def rate_at(self, step: Rate) -> Rate:
        """Return the learning rate of a step, counted from 0.

        >>> from kobai.optimizers import SGD, StepDecay
        >>> SGD(StepDecay(0.1, every=100, factor=0.5)).rate_at(250)
        0.025
        """
        rate = self.learning_rate
        return rate(step) if callable(rate) else rate

    def init(self, params: Mapping[str, Array]) -> State:
        """Return the state before the first step: a step count of 0, slots of zeros.

        >>> from kobai.optimizers import Momentum
        >>> Momentum().init({"w": np.ones(2)})
        {'step': array(0), 'velocity': {'w': array([0., 0.])}}
        """
        state: State = {"step": np.zeros((), np.int64)}
        for slot in self.slots:
            state[slot] = {name: np.zeros_like(w) for name, w in params.items()}
        return state

    def update(
        self,
        params: Mapping[str, Array],
        grads: Mapping[str, Array],
        state: Mapping[str, Any],
        learning_rate: Rate | None = None,
    ) -> tuple[Params, State]:
        """Return the parameters and the state after one step.

        Without `learning_rate` it is the schedule's at `state["step"]`. The result
        has the structure, shapes and dtypes of what came in, which stays as it was.

        >>> from kobai.optimizers import SGD
        >>> sgd = SGD(0.1)
        >>> params = {"w": np.array([3.0, 4.0])}
        >>> params, state = sgd.update(params, {"w": params["w"]}, sgd.init(params))
        >>> params["w"], int(state["step"])
        (array([2.7, 3.6]), 1)
        """
        rate = self.rate_at(state["step"]) if learning_rate is None else learning_rate
        # NumPy turns a 0-d sum into a scalar; [...] makes it an array again.
        step = (state["step"] + 1)[...]
        new_params: Params = {}
        new_state: State = {"step": step} | {slot: {} for slot in self.slots}
        grads = self._clipped(grads)
        for name, w in params.items():
            g = self._decayed(w, grads[name])
            memory = [state[slot][name] for slot in self.slots]
            new_params[name], *memory = self.rule(
                w, g, as_scalar(rate, w.dtype), step, *memory
            )
            for slot, value in zip(self.slots, memory, strict=True):
                new_state[slot][name] = value
        return new_params, new_state

    def rule(
        self, w: Array, g: Array, rate: Rate, step: Array, *memory: Array
    ) -> tuple[Array, ...]:
        """Return one parameter after its step `step` = 1, 2, …, then its slots."""
        raise NotImplementedError

    def _decayed(self, w: Array, g: Array) -> Array:
        """Return the gradient of the loss plus ½ λ |w|²."""
        return g + self.weight_decay * w if self.weight_decay else g

    def _clipped(self, grads: Mapping[str, Array]) -> Mapping[str, Array]:
        limit = self.clip_value
        if limit is not None:
            grads = {name: np.clip(g, -limit, limit) for name, g in grads.items()}
        if self.clip_norm is not None:
            grads = clip_by_norm(grads, self.clip_norm)
        return grads


def clip_by_norm(grads: Mapping[str, Array], limit: float) -> Params:
    """Shorten gradients so that together, as one vector, they are at most `limit` long.

        g ← g min(1, limit / ‖g‖),   ‖g‖ = (Σ g²)^½ over all entries of all gradients

    >>> clip_by_norm({"w": np.array([3.0]), "b": np.array([4.0])}, limit=1.0)
    {'w': array([0.6]), 'b': array([0.8])}

    Pascanu, Mikolov & Bengio (2013), algorithm 1.
    """
    # Squares of float32 overflow above 1e19, so the largest entry is divided out;
    # the smallest normal number keeps a gradient of zeros from 0 / 0.
    largest = reduce(np.maximum, [np.max(np.abs(g)) for g in grads.values()])
    largest = np.maximum(largest, np.finfo(largest.dtype).tiny)
    squares = [np.sum(np.square(g / largest)) for g in grads.values()]
    norm = largest * np.sqrt(sum(squares[1:], squares[0]))
    # The minimum of the formula, written so that a norm of 0 divides nothing.
    scale = limit / np.maximum(norm, limit)
    return {name: g * as_scalar(scale, g.dtype) for name, g in grads.items()}


def as_scalar(value: Array, dtype: DTypeLike) -> Array:
    """Return a number that leaves the dtype of the arrays it multiplies alone.

    A NumPy float64 would turn float32 into float64 (NEP 50); a Python float, or an
    array of the same dtype, does not.

    >>> (np.ones(2, np.float32) * as_scalar(np.float64(0.1), np.float32)).dtype
    dtype('float32')
    """
    # isinstance would take what is traced for a number.
    is_number = issubclass(type(value), (int, float))
    return float(value) if is_number else value.astype(dtype)


def optimizer_named(name: Any) -> type[Optimizer]:
    """Return the optimizer that has a name, or refuse the name.

    >>> optimizer_named("adamw").__name__
    'AdamW'
    """
    if isinstance(name, str) and name in OPTIMIZERS:
        return OPTIMIZERS[name]
    raise ValueError(
        f'optimizer: got "{name}"; need one of {", ".join(OPTIMIZERS)}.'
        f"{suggest(name, OPTIMIZERS)}"
    )
