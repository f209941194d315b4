"""A run that goes wrong without overflowing."""

from kobai.keywords import checked_keywords
from kobai.training.callbacks import Kept, TrainingState

WORSE = 3.0


@checked_keywords
class LossWatch:
    """Stop a run whose loss has grown far beyond that of the untrained network.

    Sigmoids saturate at a learning rate of 1000 and the loss stays finite, but nothing
    is learned any more. The network gets its last good parameters back, and
    `history.stopped` says what happened. Of a network that has been trained before,
    which may lose some of that at first, `untrained` is the loss before all training.

    >>> from kobai import Network, train
    >>> from kobai.networks import Dense
    >>> from kobai.optimizers import SGD
    >>> network = Network(1, [Dense(1)])
    >>> rows = [[0.0], [1.0]], [[0.0], [1.0]]
    >>> history = train(network, rows, optimizer=SGD(9.0), batches="full",
    ...                 callbacks=[LossWatch()], progress=False)
    >>> history.stopped
    'training diverged: the loss rose from ... at learning rate 9: try 0.1. ...'
    """

    def __init__(self, untrained: float = 0.0) -> None:
        self.untrained = untrained
        self._kept = Kept()
        self._has_diverged = False

    def on_train_begin(self, state: TrainingState) -> None:
        """Take the network as it is for good."""
        self._has_diverged = False
        self._kept = Kept.of(state.network)

    def on_epoch_end(self, state: TrainingState) -> None:
        """Compare the loss with that before training."""
        first, last = (state.history.records[i]["train_loss"] for i in (0, -1))
        if last <= WORSE * max(first, self.untrained):
            self._kept = Kept.of(state.network)
            return
        self._has_diverged = True
        rate = state.learning_rate
        state.stop(
            f"training diverged: the loss rose from {first:.4g} to {last:.4g} by step "
            f"{state.step:,}, at learning rate {rate:g}: try {min(rate / 10, 0.1):g}. "
            "The network keeps its last good parameters"
        )

    def on_train_end(self, state: TrainingState) -> None:
        """Give the network its last good parameters back, if it lost them."""
        if state.history.stopped is None:
            # The last evaluation need not be one of an epoch's end.
            self.on_epoch_end(state)
        if self._has_diverged:
            self._kept.give_back(state.network)
