"""The book's training loop, in a class."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kobai.book.optimizers import OPTIMIZERS
from kobai.errors import suggest
from kobai.keywords import checked_keywords


@checked_keywords
class Trainer:
    """Trains a network on mini-batches drawn at random, as the book does.

    `network` is any object with `params`, `gradient(x, t)`, `loss(x, t)` and
    `accuracy(x, t)`. After `train()`, `train_loss_list` holds the loss of every
    mini-batch after its step, `train_acc_list` and `test_acc_list` the accuracy after
    every epoch, on the first `evaluate_sample_num_per_epoch` samples if that is given.
    The mini-batches are others each time unless there is a `seed`.
    `kobai.train` does the same for Kobai's networks with everything else it can do.

    >>> from kobai.book import TwoLayerNet
    >>> x = np.eye(4).repeat(5, axis=0)
    >>> t = np.arange(4).repeat(5)
    >>> net = TwoLayerNet(4, 8, 4, weight_init_std=1.0, seed=0)
    >>> trainer = Trainer(net, x, t, x, t, epochs=30, mini_batch_size=10, seed=0,
    ...                   optimizer="Adam", optimizer_param={"lr": 0.1}, verbose=False)
    >>> trainer.train()
    >>> trainer.test_acc_list[-1]
    1.0
    """

    def __init__(
        self,
        network: Any,
        x_train: np.ndarray,
        t_train: np.ndarray,
        x_test: np.ndarray,
        t_test: np.ndarray,
        epochs: int = 20,
        mini_batch_size: int = 100,
        optimizer: str = "SGD",
        optimizer_param: Mapping[str, Any] | None = None,
        evaluate_sample_num_per_epoch: int | None = None,
        verbose: bool = True,
        *,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        self.network = network
        self.x_train, self.t_train = x_train, t_train
        self.x_test, self.t_test = x_test, t_test
        self.epochs = epochs
        self.batch_size = min(mini_batch_size, len(x_train))
        settings = {"lr": 0.01} if optimizer_param is None else optimizer_param
        self.optimizer = _optimizer(optimizer)(**settings)
        self.evaluated = slice(evaluate_sample_num_per_epoch)
        self.verbose = verbose
        self.rng = np.random.default_rng(seed)
        self.train_loss_list: list[float] = []
        self.train_acc_list: list[float] = []
        self.test_acc_list: list[float] = []

    def train_step(self) -> None:
        """Draw a mini-batch, and move the parameters by one step."""
        drawn = self.rng.choice(len(self.x_train), self.batch_size)
        x, t = self.x_train[drawn], self.t_train[drawn]
        self.optimizer.update(self.network.params, self.network.gradient(x, t))
        self.train_loss_list.append(float(self.network.loss(x, t)))

    def train(self) -> None:
        """Train for all epochs; prints a line per epoch unless told not to."""
        # Whole steps, rounded up: an epoch is never skipped for a remainder.
        steps = -(-len(self.x_train) // self.batch_size)
        for epoch in range(1, self.epochs + 1):
            for _ in range(steps):
                self.train_step()
            self._record(epoch)

    def _record(self, epoch: int) -> None:
        part = self.evaluated
        train = self.network.accuracy(self.x_train[part], self.t_train[part])
        test = self.network.accuracy(self.x_test[part], self.t_test[part])
        self.train_acc_list.append(train)
        self.test_acc_list.append(test)
        if self.verbose:
            print(f"epoch {epoch}: train acc {train:.4f}, test acc {test:.4f}")


def _optimizer(name: str) -> Any:
    if str(name).lower() not in OPTIMIZERS:
        raise ValueError(
            f'Trainer: unknown optimizer "{name}"; need one of '
            f"{', '.join(OPTIMIZERS)}.{suggest(str(name).lower(), OPTIMIZERS)}"
        )
    return OPTIMIZERS[str(name).lower()]
