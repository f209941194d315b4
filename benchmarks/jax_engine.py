"""Kobai's JAX engine against a training step written by hand in JAX, as a scan.

    python benchmarks/jax_engine.py
    python benchmarks/jax_engine.py --rounds 20 --seconds 0.3

Both train the same network on the same batches in one process, in turn, on the device
that JAX takes by itself. Kobai runs its whole training loop, which draws the batches
and keeps the last good parameters; the scan by hand is given an epoch's batches in one
array that lies on the device. What counts is the shortest time of a step in all rounds,
since other programs can only lengthen one, and the ratio of the two. Both must end with
the same parameters.
"""

import argparse
import time

import jax
import numpy as np
from peers.kobai_engines import Kobai
from peers.with_jax import Scan
from training import distance
from workloads import TRAININGS

WORKLOADS = ("mnist-mlp", "tiny", "wide")
TOLERANCE = 1e-3


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare steps in JAX.")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each round")
    parser.add_argument("--workloads", nargs="+", default=WORKLOADS)
    arguments = parser.parse_args()
    print(f"jax {jax.__version__}, {jax.devices()[0]}; microseconds a step")
    print(f"{'':34}{'scan by hand':>14}{'Kobai':>10}{'ratio':>8}")
    for name in arguments.workloads:
        compare(name, arguments.rounds, arguments.seconds)


def compare(name: str, rounds: int, seconds: float) -> None:
    """Print the time of a step of both, and refuse two that end elsewhere."""
    problem = TRAININGS[name].problem()
    both = {"scan": Scan(), "kobai": Kobai("jax")}
    epochs = {}
    for which, each in both.items():
        each.prepare(problem)
        each.run(1)
        # The training loop takes more steps at once, as it learns how long they last.
        for _ in range(5):
            epochs[which] = max(1, round(seconds / timed(each, 1)))
    best = dict.fromkeys(both, np.inf)
    for _ in range(rounds):
        for which, each in both.items():
            found = timed(each, epochs[which]) / epochs[which] / problem.steps
            best[which] = min(best[which], found)
    ends = []
    for each in both.values():
        each.reset()
        each.run(1)
        ends.append(each.params())
    moved = distance(problem.params, ends[0])
    assert distance(*ends) < TOLERANCE * moved, "they have trained two networks"
    by_hand, ours = (1e6 * best[which] for which in both)
    title = TRAININGS[name].title
    print(f"{title:34}{by_hand:14.1f}{ours:10.1f}{ours / by_hand:8.2f}", flush=True)


def timed(contender: Scan | Kobai, epochs: int) -> float:
    began = time.perf_counter()
    contender.run(epochs)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
