"""How the time of an epoch depends on the batch size and on the size of the network."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from machine import measured_gemm
from peers.problem import Problem, make_problem
from rounds import Team

CONTENDERS = ("kobai-numpy", "kobai-numba", "by-hand", "torch-all", "jax-scan")
ROWS = 10_000
BATCH_SIZES = (1, 3, 10, 30, 100, 1_000, 10_000)
QUICK_BATCH_SIZES = (1, 10, 100, 1_000, 10_000)
HIDDEN_SIZES = (10, 30, 100, 300, 1_000, 4_096)
QUICK_HIDDEN_SIZES = (10, 100, 1_000, 4_096)
# A part of an epoch is enough to know what the whole takes.
MOST_STEPS = 1_000
MOST_OPERATIONS = 30e9


def step_operations(sizes: tuple[int, ...], batch_size: int) -> int:
    """Return the multiplications and additions of a step's matrix products.

    Two for each weight and row on the way forwards, two for the weight's derivative,
    two for the input's, which the first layer does not need.
    """
    pairs = list(pairwise(sizes))
    weights = sum(a * b for a, b in pairs)
    return 2 * batch_size * (3 * weights - pairs[0][0] * pairs[0][1])


def measure_batch_sizes(folder: Path, effort: Any) -> dict[str, Any]:
    """Time epochs of 784-50-10 over 10,000 rows with batches of 1 to 10,000 rows."""
    chosen = QUICK_BATCH_SIZES if effort.quick else BATCH_SIZES
    problems = ((size, (784, 50, 10), size) for size in chosen)
    return {
        "title": "Seconds per epoch of 10,000 rows, 784-50-10",
        "axis": "batch size",
        **_curve(problems, folder, effort),
    }


def measure_hidden_sizes(folder: Path, effort: Any) -> dict[str, Any]:
    """Time epochs of 784-hidden-10 over 10,000 rows with batches of 100."""
    chosen = QUICK_HIDDEN_SIZES if effort.quick else HIDDEN_SIZES
    problems = ((size, (784, size, 10), 100) for size in chosen)
    return {
        "title": "Seconds per epoch of 10,000 rows, 784-hidden-10, batch 100",
        "axis": "hidden units",
        **_curve(problems, folder, effort),
    }


def _curve(
    points: Iterable[tuple[int, tuple[int, ...], int]], folder: Path, effort: Any
) -> dict[str, Any]:
    gemm = max(measured_gemm().values(), default=float("nan"))
    curve: list[dict[str, Any]] = []
    with Team(list(effort.names(CONTENDERS)), folder) as team:
        for at, sizes, batch_size in points:
            operations = step_operations(sizes, batch_size)
            most = max(1, min(MOST_STEPS, int(MOST_OPERATIONS / operations)))
            problem = make_problem(
                sizes, batch_size, rows=ROWS, learning_rate=0.01, most_steps=most
            )
            whole = -(-ROWS // batch_size)
            samples = _samples(team, problem, folder, effort)
            curve.append(
                {
                    "at": at,
                    "gemm_limit": whole * operations / gemm / 1e9,
                    "samples": {n: [s * whole for s in v] for n, v in samples.items()},
                }
            )
        failed = dict(team.failed)
    return {"unit": "epoch", "gemm_peak": gemm, "curve": curve, "failed": failed}


def _samples(
    team: Team, problem: Problem, folder: Path, effort: Any
) -> dict[str, list[float]]:
    """Return every contender's seconds per step."""
    path = folder / "problem.npz"
    problem.save(path)
    team.ask_all("prepare", problem=str(path), folder=str(folder), epochs=1)
    amounts = team.ask_all("calibrate", seconds=effort.seconds / 2)
    times = team.rounds("run", amounts, 3 if effort.quick else 5, "epochs")
    return {n: [t / amounts[n] / problem.steps for t in v] for n, v in times.items()}
