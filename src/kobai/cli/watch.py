"""A run that goes wrong without overflowing."""

from typing import Any

import numpy as np

from kobai.training import TrainingState

WORSE = 3.0


class LossWatch:
    """Stop a run whose loss has grown far beyond that of the untrained network.

    Sigmoids saturate at a learning rate of 1000 and the loss stays finite, but nothing
    is learned any more. The network gets its last good parameters back, and `problem`
    says what happened.
    """

    def __init__(self) -> None:
        self._params: dict[str, np.ndarray] = {}
        self._statistics: dict[str, np.ndarray] = {}
        self.problem = ""

    def on_train_begin(self, state: TrainingState) -> None:
        """Take the network as it is for good."""
        self._keep(state)

    def on_epoch_end(self, state: TrainingState) -> None:
        """Compare the loss with that before training."""
        first, last = (state.history.records[i]["train_loss"] for i in (0, -1))
        if last <= WORSE * first:
            self._keep(state)
            return
        rate = state.learning_rate
        self.problem = (
            f"training diverged: the loss rose from {first:.4g} to {last:.4g} by step "
            f"{state.step:,}, at learning rate {rate:g}: try {min(rate / 10, 0.1):g}. "
            "The network keeps its last good parameters"
        )
        state.stop(f"diverged in step {state.step}")

    def on_train_end(self, state: TrainingState) -> None:
        """Give the network its last good parameters back, if it lost them."""
        if self.problem:
            state.network.params = dict(self._params)
            state.network.statistics = dict(self._statistics)

    def _keep(self, state: TrainingState) -> None:
        self._params = _copies(state.network.params)
        self._statistics = _copies(state.network.statistics)


def _copies(arrays: dict[str, Any]) -> dict[str, Any]:
    return {name: np.array(array) for name, array in arrays.items()}
