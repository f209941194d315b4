"""What is measured: networks that are trained, and rows that are predicted."""

from dataclasses import dataclass, field, replace
from typing import Any

from peers import CONTENDERS
from peers.problem import Problem, make_problem

# Whole calls of training, in which every epoch ends with loss and accuracy of all rows.
CALLS = ("kobai-train-numpy", "kobai-train-numba", "jax-evaluated")
CALLED_EPOCHS = 20

EVERYBODY = tuple(n for n in CONTENDERS if n not in CALLS)
LARGE = tuple(n for n in EVERYBODY if n not in ("by-hand-1", "jax-scan-1", "torch-1"))
PREDICTING = (
    "kobai-numpy",
    "kobai-numba",
    "by-hand",
    "torch-1",
    "torch-all",
    "torch-compile",
    "jax-step",
    "mlx",
    "sklearn",
)


@dataclass(frozen=True)
class Training:
    """Steps of training, compared by the time of one."""

    title: str
    sizes: tuple[int, ...]
    batch_size: int
    contenders: tuple[str, ...] = EVERYBODY
    settings: dict[str, Any] = field(default_factory=dict)
    epochs: int | None = None
    """How many are timed at once; None for as many as fill a sample."""
    tolerance: float = 1e-3
    """How far the loss may end from the reference, as a share of it."""
    drift: float = 1e-3
    """How far parameters may end from the reference, as a share of how far it moved.

    Rounding to single precision alone makes it about 1e-5.
    """

    def problem(self, most_steps: int | None = None) -> Problem:
        return make_problem(
            self.sizes, self.batch_size, most_steps=most_steps, **self.settings
        )


@dataclass(frozen=True)
class Prediction:
    """Probabilities for some rows, compared by the time of one call."""

    title: str
    rows: int
    sizes: tuple[int, ...] = (784, 50, 10)
    contenders: tuple[str, ...] = PREDICTING

    def problem(self) -> Problem:
        return make_problem(self.sizes, 100, rows=200)


TRAININGS = {
    "mnist-mlp": Training("784-50-10, sigmoid, SGD, batch 100", (784, 50, 10), 100),
    "tiny": Training("2-16-2, sigmoid, SGD, batch 10", (2, 16, 2), 10),
    "small": Training("30-100-2, sigmoid, SGD, batch 32", (30, 100, 2), 32),
    "wide": Training(
        "784-1024-10, sigmoid, SGD, batch 512", (784, 1024, 10), 512, LARGE
    ),
    "deep": Training(
        "784-100-100-100-10, ReLU, Adam, batch 100",
        (784, 100, 100, 100, 10),
        100,
        settings={"activation": "relu", "optimizer": "adam", "learning_rate": 0.001},
        # Of two million inputs of ReLU one is within rounding of 0 now and then (5e-7
        # in step 27), and single precision takes either side: from there on two right
        # trainings go apart, Adam's by a tenth of their way in 30 steps.
        drift=0.2,
    ),
}

TRAININGS |= {
    f"call-{name}": replace(
        TRAININGS[name],
        title=f"{TRAININGS[name].title}: the whole call of {CALLED_EPOCHS} epochs",
        contenders=CALLS,
        epochs=CALLED_EPOCHS,
    )
    for name in ("mnist-mlp", "tiny", "small", "wide")
}

PREDICTIONS = {
    "predict-1": Prediction("Predict 1 row, 784-50-10", 1),
    "predict-10000": Prediction("Predict 10,000 rows, 784-50-10", 10_000),
}
