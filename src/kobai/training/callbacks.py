"""What a user can hang into a training run, and early stopping.

A callback is any object with one or more of these methods, each given the
`TrainingState`:

- `on_train_begin`: before the first step, with the record of epoch 0;
- `on_step_end`: after every step;
- `on_epoch_end`: after every epoch that is evaluated, with its record;
- `on_train_end`: after the last step, and after Ctrl-C.

If it remembers anything that the run depends on, `state_dict()` returns that as a
dictionary of arrays, numbers and strings, and `load_state_dict(state)` takes it back
when a run is resumed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from kobai.autodiff.trees import tree_map
from kobai.checks import non_negative, whole
from kobai.errors import suggest
from kobai.keywords import checked_keywords
from kobai.training.history import History

if TYPE_CHECKING:
    from kobai.networks import Network

STOPPED_EARLY = "early stopping"
"""How `history.stopped` begins where a run ended because it had learned enough."""
HOOKS = ("on_train_begin", "on_step_end", "on_epoch_end", "on_train_end")


@dataclass(frozen=True)
class TrainingState:
    """Where a run is: what a callback gets to see.

    `step` and `epoch` count what is complete, `loss` is the last step's (NaN before
    the first), `learning_rate` the one it used. The network has the parameters after
    that step.
    """

    network: "Network"
    history: History
    step: int
    epoch: int
    loss: float
    learning_rate: float
    stop: Callable[..., None] = field(repr=False)
    """Call it with a reason to end the run here: `state.stop("good enough")`."""


@dataclass(frozen=True)
class Kept:
    """The parameters and statistics that a network had at one moment."""

    params: dict[str, np.ndarray] = field(default_factory=dict)
    statistics: dict[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, network: "Network") -> "Kept":
        """Return copies of those that a network has now."""
        return cls(*tree_map(np.array, (network.params, network.statistics)))

    def give_back(self, network: "Network") -> None:
        """Give them back to the network."""
        network.params = dict(self.params)
        network.statistics = dict(self.statistics)


@checked_keywords
class EarlyStopping:
    """Stop when a value has not improved for `patience` epochs; keep the best.

    `monitor` is a name of the records. Smaller is better, unless it is an accuracy.
    An improvement is one by more than `min_delta`. When the run ends, however it
    ends, the network gets the parameters of the best epoch back; `best_epoch` and
    `best` say which that was. Raises `ValueError` where nothing is recorded under
    `monitor`, as "validation_loss" without `train(..., validation=0.2)`.

    >>> EarlyStopping("test_accuracy", patience=3)
    EarlyStopping(monitor='test_accuracy', patience=3, min_delta=0.0)

    Prechelt (1998), "Early Stopping - But When?".
    """

    def __init__(
        self, monitor: str = "test_loss", patience: int = 5, min_delta: float = 0.0
    ) -> None:
        non_negative("EarlyStopping", "min_delta", min_delta)
        self.monitor = monitor
        self.patience = whole("EarlyStopping", "patience", patience)
        self.min_delta = min_delta
        self._forget()

    def _forget(self) -> None:
        self.best = np.inf
        self.best_epoch = 0
        self.waited = 0
        self._kept = Kept()

    def on_train_begin(self, state: TrainingState) -> None:
        """Take the untrained network as the first best; a resumed run goes on."""
        if self.monitor not in state.history.names():
            names = [
                n for n in state.history.names() if n.startswith(("tr", "te", "va"))
            ]
            raise ValueError(
                f'EarlyStopping: nothing is recorded as "{self.monitor}"; there is '
                f"{', '.join(names)}.{suggest(self.monitor, names)}"
            )
        if state.step == 0:
            self._forget()
            self._keep(state)
        elif self.waited >= self.patience:
            state.stop(self._reason())

    def on_epoch_end(self, state: TrainingState) -> None:
        """Keep the parameters if they are the best, or count the epoch as waited."""
        gain = self._sign() * (self.best - self._value(state))
        if gain > self.min_delta:
            self._keep(state)
            return
        # Not every epoch need be evaluated.
        self.waited = state.epoch - self.best_epoch
        if self.waited >= self.patience:
            state.stop(self._reason())

    def on_train_end(self, state: TrainingState) -> None:
        """Give the network the best epoch's parameters."""
        self._kept.give_back(state.network)

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run needs in order to go on."""
        return {
            "best": float(self.best),
            "best_epoch": self.best_epoch,
            "waited": self.waited,
            "params": self._kept.params,
            "statistics": self._kept.statistics,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what `state_dict` returned."""
        self.best = state["best"]
        self.best_epoch = state["best_epoch"]
        self.waited = state["waited"]
        self._kept = Kept(state["params"], state["statistics"])

    def _keep(self, state: TrainingState) -> None:
        self.best = self._value(state)
        self.best_epoch = state.epoch
        self.waited = 0
        self._kept = Kept.of(state.network)

    def _value(self, state: TrainingState) -> float:
        return float(state.history.records[-1][self.monitor])

    def _sign(self) -> int:
        return -1 if "accuracy" in self.monitor else 1

    def _reason(self) -> str:
        return (
            f"{STOPPED_EARLY}: {self.monitor} was best in epoch {self.best_epoch} "
            f"({self.best:.4g}), whose parameters are kept"
        )

    def __repr__(self) -> str:
        return (
            f"EarlyStopping(monitor={self.monitor!r}, patience={self.patience}, "
            f"min_delta={self.min_delta})"
        )


class Callbacks:
    """All callbacks of a run, called in order, and their states."""

    def __init__(self, callbacks: Sequence[Any]) -> None:
        self._all = list(callbacks)
        for callback in self._all:
            _refuse_hookless(callback)
        self.every_step = any(hasattr(each, "on_step_end") for each in self._all)

    def call(self, hook: str, state: TrainingState) -> None:
        """Call one method of every callback that has it."""
        for callback in self._all:
            if hasattr(callback, hook):
                getattr(callback, hook)(state)

    def names(self) -> list[str]:
        """Return the kinds of callbacks whose state a checkpoint holds."""
        return [type(callback).__name__ for callback in self._stateful()]

    def states(self) -> list[Any]:
        """Return the state of every callback that has one."""
        return [callback.state_dict() for callback in self._stateful()]

    def load(self, states: Sequence[Any]) -> None:
        """Give every callback that has a state its state back."""
        for callback, state in zip(self._stateful(), states, strict=True):
            callback.load_state_dict(state)

    def _stateful(self) -> list[Any]:
        return [each for each in self._all if hasattr(each, "state_dict")]


def _refuse_hookless(callback: object) -> None:
    if isinstance(callback, type):
        name = callback.__name__
        raise TypeError(f"train: callbacks: {name} is a class; pass {name}()")
    if any(hasattr(callback, hook) for hook in HOOKS):
        return
    own = [name for name in dir(callback) if name.startswith("on")]
    hint = suggest(own[0], HOOKS) if own else ""
    raise TypeError(
        f"train: callbacks: {type(callback).__name__} has none of the methods "
        f"{', '.join(HOOKS)}.{hint}"
    )
