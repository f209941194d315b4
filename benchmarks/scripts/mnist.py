"""What the PyTorch and the JAX script share: reading MNIST, and drawing batches."""

import argparse
import gzip
from pathlib import Path

import numpy as np

HIDDEN = 50
BATCH_SIZE = 100
LEARNING_RATE = 0.1


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, help="folder of the four MNIST files")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def read(folder, part):
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16)
    with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    x = pixels.reshape(-1, 784).astype(np.float32)
    x *= np.float32(1 / 255)
    return x, labels.astype(np.int64)


def first_params(seed):
    rng = np.random.default_rng(seed)
    shapes = ((784, HIDDEN), (HIDDEN,), (HIDDEN, 10), (10,))
    return [
        (
            rng.normal(scale=0.01, size=shape) if len(shape) == 2 else np.zeros(shape)
        ).astype(np.float32)
        for shape in shapes
    ]


def epochs_of(steps, rows, seed):
    """Yield the batches of each epoch, drawn with replacement; the last is shorter."""
    rng = np.random.default_rng(seed)
    per_epoch = rows // BATCH_SIZE
    for start in range(0, steps, per_epoch):
        count = min(per_epoch, steps - start)
        yield start + count, rng.integers(rows, size=(count, BATCH_SIZE))


def report(step, train, test):
    print(
        f"step {step:6}  loss {train[0]:.4f}  train {train[1]:.4f}  test {test[1]:.4f}",
        flush=True,
    )
