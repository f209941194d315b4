"""Figures of networks that divide a plane, each trained on points that lie on it."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kobai.data import circles, spiral
from kobai.networks import Dense, Layer, Network, Softmax, Tanh
from kobai.optimizers import SGD, Adam, Optimizer
from kobai.plots import movies, regions
from kobai.plots.style import speaker
from kobai.training import TrainingState, train

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EPOCHS, FRAMES, STEPS = 100, 48, 400


def decision_regions(language: str = "en", seed: int = 0) -> "Figure":
    """Draw how a linear and a non-linear network divide two rings."""
    data = circles(n=300, noise=0.1, seed=seed)
    stacks: dict[str, list[Layer]] = {
        "linear_network": [Dense(2), Softmax()],
        "nonlinear_network": [*(Dense(16), Tanh()) * 2, Dense(2), Softmax()],
    }
    x, t = data.x_train, data.t_train
    say = speaker(language)
    models = {}
    for key, layers in stacks.items():
        network = Network(2, layers, seed=seed)
        _fit(network, x, t, seed, Adam(0.02))
        models[say(key)] = network.predict
    title = say("decision_regions_example")
    return regions.decision_regions(models, x, t, language, title=title)


def perceptron_xor(language: str = "en", seed: int = 0) -> "Figure":
    """Draw how one layer and two layers divide the four points of XOR."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    t = np.array([0, 1, 1, 0])
    album = _Album(frozenset(range(1, EPOCHS + 1)))
    line = Network(2, [Dense(2), Softmax()], seed=seed)
    _fit(line, x, t, seed, SGD(0.5), batches="online", epochs=EPOCHS, callbacks=[album])
    # It never settles, so the best line that it came by is shown.
    one = max(album.networks.values(), key=lambda n: (n.accuracy(x, t), -n.loss(x, t)))
    two = Network(2, [Dense(4), Tanh(), Dense(2), Softmax()], seed=seed)
    _fit(two, x, t, seed, Adam(0.1))
    say = speaker(language)
    models = {}
    for key, network in {"one_layer": one, "two_layers": two}.items():
        right = round(network.accuracy(x, t) * len(x))
        models[say(key, right=right, total=len(x))] = network.predict
    title = say("perceptron_xor")
    return regions.decision_regions(models, x, t, language, title=title)


def learning(language: str = "en", seed: int = 0) -> movies.Movie:
    """Draw a network 2-32-32-3 while it learns to tell three spiral arms apart."""
    data = spiral(n=300, noise=0.15, seed=seed)
    x, t = data.x_train, data.t_train
    layers = [*(Dense(32), Tanh()) * 2, Dense(3), Softmax()]
    # Most happens early on, so there the frames are close.
    shown = np.rint(EPOCHS * np.linspace(0, 1, FRAMES) ** 1.6).astype(int)
    album = _Album(frozenset(shown.tolist()))
    history = train(
        Network(2, layers, seed=seed),
        (x, t),
        optimizer=Adam(0.01),
        batch_size=24,
        epochs=EPOCHS,
        seed=seed,
        # "auto" may take another one, which rounds in another way.
        engine="numpy",
        callbacks=[album],
        progress=False,
    )
    models = {epoch: network.predict for epoch, network in album.networks.items()}
    losses = history["train_loss"]
    return movies.learning_movie(models, x, t, losses, language)


@dataclass
class _Album:
    """Copies of a network, as it was after some of the epochs."""

    epochs: frozenset[int]
    networks: dict[int, Network] = field(default_factory=dict)

    def on_train_begin(self, state: TrainingState) -> None:
        self.on_epoch_end(state)

    def on_epoch_end(self, state: TrainingState) -> None:
        if state.epoch in self.epochs:
            self.networks[state.epoch] = deepcopy(state.network)


def _fit(
    network: Network,
    x: NDArray[Any],
    t: NDArray[Any],
    seed: int,
    optimizer: Optimizer,
    **options: Any,
) -> None:
    how = options or {"batches": "full", "steps": STEPS}
    train(network, (x, t), optimizer=optimizer, seed=seed, progress=False, **how)
