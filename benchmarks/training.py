"""Training and predicting, measured in rounds and checked against a reference."""

from pathlib import Path
from typing import Any

import numpy as np
from peers import CONTENDERS
from peers.by_hand import ByHand
from peers.problem import Problem
from rounds import Team
from workloads import Prediction, Training

LOOSE = 0.3
"""How far the loss of a contender with batches of its own may be off, as a share."""


def reference(problem: Problem, epochs: int) -> tuple[list[np.ndarray], float]:
    """Return parameters and loss after some epochs by hand, in double precision."""
    judge = ByHand(np.float64)
    judge.prepare(problem)
    judge.run(epochs)
    return judge.params(), judge.loss()


def distance(a: list[np.ndarray], b: list[np.ndarray]) -> float:
    """Return the length of the difference of all parameters, taken as one vector."""
    pairs = zip(a, b, strict=True)
    return float(np.sqrt(sum(np.sum((x - y.astype(float)) ** 2) for x, y in pairs)))


def check(
    workload: Training, problem: Problem, epochs: int, name: str, answer: dict[str, Any]
) -> str:
    """Return what is wrong with how a contender ended, or nothing; note how far off."""
    params, loss = reference(problem, epochs)
    answer["loss_error"] = abs(answer["loss"] - loss) / loss
    if not CONTENDERS[name].exact:
        return "" if answer["loss_error"] < LOOSE else f"its loss is {answer['loss']}"
    with np.load(answer.pop("params")) as file:
        ended = [file[key] for key in file.files]
    moved = distance(params, problem.params)
    answer["params_error"] = distance(params, ended) / moved
    if answer["params_error"] > workload.drift:
        return f"it ended {answer['params_error']:.2g} of the way off the reference"
    if answer["loss_error"] > workload.tolerance:
        return f"its loss is {answer['loss']} where the reference has {loss}"
    return ""


def measure_training(
    workload: Training,
    folder: Path,
    rounds: int,
    seconds: float,
    names: tuple[str, ...],
) -> dict[str, Any]:
    """Return every contender's seconds per step in every round, and how it ended."""
    problem = workload.problem()
    path = folder / "problem.npz"
    problem.save(path)
    # At least 60 steps, of whole epochs, before everybody is compared.
    epochs = -(-60 // problem.steps)
    with Team(list(names), folder) as team:
        ends = team.ask_all(
            "prepare", problem=str(path), folder=str(folder), epochs=epochs
        )
        for name, answer in ends.items():
            wrong = check(workload, problem, epochs, name, answer)
            answer.pop("params", None)
            if wrong:
                team.drop(name, wrong)
        amounts = team.ask_all("calibrate", seconds=seconds)
        if workload.epochs is not None:
            amounts = dict.fromkeys(amounts, workload.epochs)
        times = team.rounds("run", amounts, rounds, "epochs")
        memory = team.ask_all("memory")
    steps = {name: amounts[name] * problem.steps for name in times}
    return {
        "title": workload.title,
        "unit": "step",
        "batch_size": problem.batch_size,
        "rows": len(problem.x),
        "samples": {n: [t / steps[n] for t in times[n]] for n in times},
        "steps_per_sample": steps,
        "ends": ends,
        "memory": memory,
        "failed": team.failed,
    }


def measure_prediction(
    workload: Prediction,
    folder: Path,
    rounds: int,
    seconds: float,
    names: tuple[str, ...],
) -> dict[str, Any]:
    """Return every contender's seconds per call in every round."""
    problem = workload.problem()
    path = folder / "problem.npz"
    problem.save(path)
    judge = ByHand(np.float64)
    judge.prepare(problem)
    rng = np.random.default_rng(1)
    judge.start_predicting(rng.random((workload.rows, workload.sizes[0]), np.float32))
    expected = judge.predict()[:100]
    with Team(list(names), folder) as team:
        team.ask_all("prepare", problem=str(path), folder=str(folder), epochs=1)
        answers = team.ask_all("start_predicting", rows=workload.rows)
        for name, answer in answers.items():
            # Probabilities in single precision.
            if not np.allclose(answer, expected, rtol=1e-3, atol=1e-5):
                team.drop(name, "it predicts something else")
        amounts = team.ask_all("calibrate_prediction", seconds=seconds)
        times = team.rounds("predict", amounts, rounds, "calls")
        memory = team.ask_all("memory")
    return {
        "title": workload.title,
        "unit": "call",
        "rows": workload.rows,
        "samples": {n: [t / amounts[n] for t in times[n]] for n in times},
        "steps_per_sample": {n: amounts[n] for n in times},
        "memory": memory,
        "failed": team.failed,
    }
