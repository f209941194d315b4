"""The notes' training on MNIST written by hand in NumPy, and Kobai timed against it.

    python benchmarks/handwritten_mnist.py DATA_DIR            # by hand, once
    python benchmarks/handwritten_mnist.py DATA_DIR --compare  # both, in turn

A network 784-50-10 of sigmoids, softmax and cross-entropy; weights normal(0, 0.01);
10,000 steps of plain gradient descent, learning rate 0.1, 100 images drawn at random
with replacement; the loss of every step, train and test accuracy of every epoch.
"""

import argparse
import gzip
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

STEPS = 10_000
BATCH_SIZE = 100
LEARNING_RATE = 0.1
HIDDEN = 50


def read_images(path):
    with gzip.open(path) as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16)
    return pixels.reshape(-1, 784).astype(np.float32) / 255


def read_labels(path):
    with gzip.open(path) as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return np.eye(10, dtype=np.float32)[labels]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, rng, weight_std=0.01):
        draw = lambda *shape: (weight_std * rng.standard_normal(shape)).astype("f4")
        self.params = {
            "W1": draw(input_size, hidden_size),
            "b1": np.zeros(hidden_size, dtype=np.float32),
            "W2": draw(hidden_size, output_size),
            "b2": np.zeros(output_size, dtype=np.float32),
        }

    def forward(self, x):
        p = self.params
        z = sigmoid(x @ p["W1"] + p["b1"])
        return z, softmax(z @ p["W2"] + p["b2"])

    def loss(self, x, t):
        _, y = self.forward(x)
        return -np.sum(t * np.log(y + 1e-7)) / len(x)

    def accuracy(self, x, t):
        _, y = self.forward(x)
        return np.mean(y.argmax(axis=1) == t.argmax(axis=1))

    def gradient(self, x, t):
        z, y = self.forward(x)
        delta2 = (y - t) / len(x)
        delta1 = delta2 @ self.params["W2"].T * z * (1 - z)
        return {
            "W1": x.T @ delta1,
            "b1": delta1.sum(axis=0),
            "W2": z.T @ delta2,
            "b2": delta2.sum(axis=0),
        }


def train_by_hand(folder, steps, seed):
    x_train = read_images(folder / "train-images-idx3-ubyte.gz")
    t_train = read_labels(folder / "train-labels-idx1-ubyte.gz")
    x_test = read_images(folder / "t10k-images-idx3-ubyte.gz")
    t_test = read_labels(folder / "t10k-labels-idx1-ubyte.gz")
    rng = np.random.default_rng(seed)
    network = TwoLayerNet(784, HIDDEN, 10, rng)
    epoch_steps = len(x_train) // BATCH_SIZE
    losses = []
    started = time.perf_counter()
    for step in range(1, steps + 1):
        rows = rng.integers(len(x_train), size=BATCH_SIZE)
        x, t = x_train[rows], t_train[rows]
        grads = network.gradient(x, t)
        for name in network.params:
            network.params[name] -= LEARNING_RATE * grads[name]
        losses.append(network.loss(x, t))
        if step % epoch_steps == 0 or step == steps:
            train = network.accuracy(x_train, t_train)
            test = network.accuracy(x_test, t_test)
            print(f"step {step:6}  train {train:.4f}  test {test:.4f}", flush=True)
    seconds = time.perf_counter() - started
    print(f"{seconds:.2f} s for the loop, {seconds / steps * 1e6:.0f} µs a step")
    return test


def kobai_command(folder, steps, seed, run):
    command = f"""{sys.executable} -m kobai train mnist --data-dir {folder}
        --hidden {HIDDEN} --activation sigmoid --optimizer sgd --lr {LEARNING_RATE}
        --batch-size {BATCH_SIZE} --batches random --steps {steps} --seed {seed}
        --run {run}"""
    return command.split()


def seconds_of(command):
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return seconds


def compare(folder, steps, runs):
    """Time both as whole processes, in turn, so that a slow moment hits both."""
    times = {"by hand": [], "kobai": []}
    for seed in range(runs):
        by_hand = [sys.executable, __file__, folder]
        by_hand += ["--steps", str(steps), "--seed", str(seed)]
        times["by hand"].append(seconds_of(by_hand))
        with tempfile.TemporaryDirectory() as scratch:
            run = Path(scratch) / "run"
            times["kobai"].append(seconds_of(kobai_command(folder, steps, seed, run)))
        print(f"run {seed + 1} of {runs}:", *(f"{v[-1]:.2f} s" for v in times.values()))
    print_table(times, steps)


def print_table(times, steps):
    base = statistics.median(times["by hand"])
    print(f"\n{steps:,} steps, whole processes; Python {platform.python_version()},")
    print(f"NumPy {np.__version__}, {platform.machine()}\n")
    print(f"{'':10}{'median':>10}{'fastest':>10}{'slowest':>10}{'ratio':>8}")
    for name, values in times.items():
        median = statistics.median(values)
        row = "".join(f"{v:>8.2f} s" for v in (median, min(values), max(values)))
        print(f"{name:10}{row}{median / base:>8.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of the four MNIST files")
    parser.add_argument("--compare", action="store_true", help="time Kobai beside it")
    parser.add_argument("--runs", type=int, default=5, help="of each, with --compare")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.compare:
        compare(options.folder, options.steps, options.runs)
    else:
        train_by_hand(options.folder, options.steps, options.seed)


if __name__ == "__main__":
    main()
