"""The error of a run whose loss stopped being finite."""

from kobai.errors import DivergenceError
from kobai.training.history import History

AT_ONCE = 2
USUAL_RATE = 0.1


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
        # Ten times less than what overflows at once would only overflow later.
        at_once = ", at once" * (step <= AT_ONCE)
        advice = (
            f"in step {step}{at_once}, at learning rate {learning_rate:g}: try "
            f"{min(learning_rate / 10, USUAL_RATE):g}. The network keeps its last good "
            "parameters"
        )
    history.stopped = f"diverged in step {step}"
    return TrainingDivergenceError(
        f"training diverged: {what} {advice}",
        step=step,
        learning_rate=learning_rate,
        history=history,
    )
