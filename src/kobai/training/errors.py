"""The error of a run whose loss stopped being finite."""

from kobai.errors import DivergenceError
from kobai.training.history import History


class TrainingDivergenceError(DivergenceError):
    """A run diverged; `history` is what happened until then."""

    def __init__(
        self, message: str, *, step: int, learning_rate: float, history: History
    ) -> None:
        super().__init__(message, step=step, learning_rate=learning_rate)
        self.history = history


def diverged(
    what: str, *, step: int, learning_rate: float, history: History
) -> TrainingDivergenceError:
    """Return the error, with the advice that fits when it happened."""
    if step == 0:
        advice = (
            "before the first step: scale the inputs (to between 0 and 1, say) or "
            "begin with smaller weights"
        )
    else:
        advice = (
            f"in step {step}, at learning rate {learning_rate:g}: try "
            f"{learning_rate / 10:g}. The network keeps its last good parameters"
        )
    history.stopped = f"diverged in step {step}"
    return TrainingDivergenceError(
        f"training diverged: {what} {advice}",
        step=step,
        learning_rate=learning_rate,
        history=history,
    )
