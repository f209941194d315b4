"""One training on the digits, and the figures that are drawn from it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from kobai.data import Dataset, load_digits
from kobai.networks import TwoLayerNet
from kobai.optimizers import SGD
from kobai.plots import curves, networks, results
from kobai.training import History, train

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Run:
    """A network, what it was trained on and how the training went."""

    network: TwoLayerNet
    data: Dataset
    history: History


@lru_cache(maxsize=1)
def digits_run(seed: int) -> Run:
    """Train the two-layer network 64-50-10 on the digits, once for all figures."""
    data = load_digits()
    network = TwoLayerNet(64, 50, 10, weight_init_std=0.1, seed=seed)
    history = train(
        network,
        data,
        optimizer=SGD(1.0),
        batch_size=50,
        epochs=25,
        seed=seed,
        progress=False,
    )
    return Run(network, data, history)


def training_curves(language: str = "en", seed: int = 0) -> "Figure":
    """Draw accuracy and loss over the epochs."""
    return curves.training_curves(digits_run(seed).history, language)


def step_losses(language: str = "en", seed: int = 0) -> "Figure":
    """Draw the loss of every step."""
    return curves.step_losses(digits_run(seed).history.step_losses, language)


def confusion_matrix(language: str = "en", seed: int = 0) -> "Figure":
    """Draw which digits of the test data are taken for which."""
    run = digits_run(seed)
    names = run.data.classes
    guess = run.network.predict(run.data.x_test).argmax(axis=1)
    matrix = np.zeros((len(names), len(names)), dtype=np.int64)
    np.add.at(matrix, (run.data.t_test, guess), 1)
    return results.confusion_matrix(matrix, names, language)


def misclassified(language: str = "en", seed: int = 0) -> "Figure":
    """Draw the digits of the test data that are taken for others."""
    run = digits_run(seed)
    images = run.data.x_test.reshape(-1, 8, 8)
    y = run.network.predict(run.data.x_test)
    return results.misclassified(images, run.data.t_test, y, run.data.classes, language)


def first_layer_weights(language: str = "en", seed: int = 0) -> "Figure":
    """Draw the first layer's weights as images."""
    weights = digits_run(seed).network.params["W1"]
    return networks.first_layer_weights(weights, (8, 8), language)
