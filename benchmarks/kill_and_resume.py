"""Kill training runs at random moments, resume them, compare bit for bit.

    python benchmarks/kill_and_resume.py --kills 200
    python benchmarks/kill_and_resume.py --kills 200 --engine numba
    python benchmarks/kill_and_resume.py --kills 200 --signal int

A run is started as a process of its own and killed after a random time, again and
again, until it gets to its end: by SIGKILL, which nothing can answer, or by SIGINT, as
Ctrl-C does, which waits for the end of a step. Then its parameters, statistics, losses
and records must be those of the run that was never killed. Rounds with new seeds follow
until the kills are used up.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ENGINES = "eager", "numpy", "numba"
SIGNALS = {"kill": signal.SIGKILL, "int": signal.SIGINT}
# What a run returns that Ctrl-C has stopped between two steps.
INTERRUPTED = 130
STEPS = 3000


def work(folder: Path, seed: int, engine: str) -> None:
    """Train, or go on training, and write what came out."""
    from kobai.networks import BatchNorm, Dense, Dropout, Network, ReLU, Softmax
    from kobai.optimizers import Adam
    from kobai.training import EarlyStopping, train

    # In a shell's background it would be ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 64)).astype(np.float32)
    t = np.argmax(x @ rng.normal(size=(64, 10)), axis=1)
    layers = [Dense(32), BatchNorm(), ReLU(), Dropout(0.2), Dense(10), Softmax()]
    network = Network(64, layers, seed=seed)
    print("training", flush=True)
    history = train(
        network,
        ((x[:400], t[:400]), (x[400:], t[400:])),
        optimizer=Adam(0.002),
        batch_size=30,
        steps=STEPS,
        seed=seed,
        engine=engine,
        callbacks=[EarlyStopping(patience=10**6)],
        checkpoint=folder / "run.checkpoint",
        checkpoint_every=37,
        resume=True,
        progress=False,
    )
    if history.stopped == "interrupted":
        raise SystemExit(INTERRUPTED)
    names = [name for name in history.names() if name != "seconds"]
    records = {f"record {name}": history[name] for name in names}
    np.savez(
        folder / "partial.npz",
        step_losses=history.step_losses,
        **network.params,
        **network.statistics,
        **records,
    )
    (folder / "partial.npz").replace(folder / "result.npz")


def start(
    folder: Path, seed: int, engine: str, errors: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a process that trains in a folder."""
    command = [sys.executable, __file__, "--work", str(folder), "--seed", str(seed)]
    command += ["--engine", engine]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)


def finish(folder: Path, seed: int, engine: str) -> float:
    """Let a run go on to its end; return for how many seconds it trained."""
    folder.mkdir(exist_ok=True)
    with start(folder, seed, engine) as process:
        process.stdout.readline()
        began = time.perf_counter()
        process.communicate()
    if process.returncode:
        raise SystemExit(f"the run itself failed with {process.returncode}")
    return time.perf_counter() - began


def kill_one(
    folder: Path,
    seed: int,
    engine: str,
    longest: float,
    chance: random.Random,
    number: signal.Signals,
) -> tuple[bool, bool]:
    """Start a run and kill it; tell whether it died, and whether it was training.

    It has at most so many seconds to train.
    """
    # Ctrl-C while it is still importing is a KeyboardInterrupt, as it should be.
    errors = subprocess.DEVNULL if number == signal.SIGINT else None
    with start(folder, seed, engine, errors) as process:
        # One in ten dies while it is still importing.
        training = chance.random() < 0.9
        if training:
            process.stdout.readline()
        time.sleep(chance.uniform(0, longest))
        process.send_signal(number)
        process.wait()
    return process.returncode in (-number, INTERRUPTED), training


def equal(a: Path, b: Path) -> bool:
    """Tell whether two results agree in every bit."""
    with np.load(a / "result.npz") as one, np.load(b / "result.npz") as other:
        return one.files == other.files and all(
            one[name].dtype == other[name].dtype
            and one[name].tobytes() == other[name].tobytes()
            for name in one.files
        )


@dataclass
class Summary:
    kills: int = 0
    kills_while_training: int = 0
    rounds: int = 0
    rounds_that_differ: int = 0
    seconds: float = 0.0


def kill_and_resume(
    kills: int,
    folder: Path,
    seed: int = 0,
    engine: str = "numpy",
    number: signal.Signals = signal.SIGKILL,
) -> Summary:
    """Kill runs `kills` times altogether, and compare every run that got to its end."""
    chance, summary, began = random.Random(seed), Summary(), time.perf_counter()
    # What is compiled is kept, and does not count as training.
    finish(folder / "first", seed, engine)
    while summary.kills < kills:
        whole, pieces = (folder / f"{kind}{seed}" for kind in ("whole", "pieces"))
        pieces.mkdir()
        longest = finish(whole, seed, engine)
        died = True
        while died and summary.kills < kills:
            died, training = kill_one(pieces, seed, engine, longest, chance, number)
            summary.kills += died
            summary.kills_while_training += died and training
        if not (pieces / "result.npz").exists():
            finish(pieces, seed, engine)
        summary.rounds += 1
        summary.rounds_that_differ += not equal(whole, pieces)
        seed += 1
    summary.seconds = time.perf_counter() - began
    return summary


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=ENGINES, default="numpy")
    parser.add_argument("--signal", choices=SIGNALS, default="kill")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work, options.seed, options.engine)
        return
    with tempfile.TemporaryDirectory() as folder:
        summary = kill_and_resume(
            options.kills,
            Path(folder),
            options.seed,
            options.engine,
            SIGNALS[options.signal],
        )
    print(
        f"{summary.kills} kills ({summary.kills_while_training} while training) "
        f"in {summary.rounds} rounds, {summary.seconds:.0f} s: "
        f"{summary.rounds_that_differ} rounds differ from the run never killed"
    )
    sys.exit(bool(summary.rounds_that_differ))


if __name__ == "__main__":
    main()
