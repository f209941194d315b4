"""Notebooks as readers write them, one per concept, with only the imports replaced."""

# ruff: noqa: F405

from pathlib import Path

import numpy as np
import pytest

from kobai.autodiff import gradient
from kobai.book import *  # noqa: F403
from kobai.data import load_digits

MNIST = Path(__file__).parents[3] / "shared" / "data" / "mnist"


@pytest.fixture(scope="module")
def digits():
    (x_train, t_train), (x_test, t_test) = load_digits()
    return x_train, np.eye(10)[t_train], x_test, np.eye(10)[t_test]


def test_mini_batch_loop_as_the_book_writes_it(digits):
    x_train, t_train, x_test, t_test = digits
    rng = np.random.default_rng(0)
    network = TwoLayerNet(input_size=64, hidden_size=50, output_size=10, seed=0)

    iters_num = 1500
    train_size = x_train.shape[0]
    batch_size = 100
    learning_rate = 0.5
    train_loss_list = []

    for _ in range(iters_num):
        batch_mask = rng.choice(train_size, batch_size)
        x_batch = x_train[batch_mask]
        t_batch = t_train[batch_mask]
        grad = network.gradient(x_batch, t_batch)
        for key in ("W1", "b1", "W2", "b2"):
            network.params[key] -= learning_rate * grad[key]
        loss = network.loss(x_batch, t_batch)
        train_loss_list.append(loss)

    assert network.accuracy(x_train, t_train) > 0.97
    assert network.accuracy(x_test, t_test) > 0.92
    assert np.mean(train_loss_list[-50:]) < 0.1 * np.mean(train_loss_list[:50])


def test_the_same_loop_on_mnist():
    if not MNIST.is_dir():
        pytest.skip("needs MNIST's files in ../shared/data/mnist")
    (x_train, t_train), (x_test, t_test) = load_mnist(
        normalize=True, one_hot_label=True, data_dir=MNIST
    )
    rng = np.random.default_rng(0)
    network = TwoLayerNet(784, 50, 10, seed=0)
    for _ in range(1500):
        batch_mask = rng.choice(len(x_train), 100)
        grad = network.gradient(x_train[batch_mask], t_train[batch_mask])
        for key in network.params:
            network.params[key] -= 0.1 * grad[key]
    # 2.5 of the notes' 16 epochs, which end at 0.94 to 0.95.
    assert network.accuracy(x_test, t_test) > 0.86


def test_numerical_gradient_trains_the_same_way():
    """A few steps by the definition and by back-propagation end in the same place."""
    rng = np.random.default_rng(0)
    x, t = rng.random((10, 5)), np.eye(3)[rng.integers(0, 3, 10)]
    nets = [TwoLayerNet(5, 4, 3, seed=0) for _ in range(2)]
    for _ in range(5):
        for net, derive in zip(nets, ("gradient", "numerical_gradient"), strict=True):
            for key, grad in getattr(net, derive)(x, t).items():
                net.params[key] -= 0.5 * grad
    for key in nets[0].params:
        np.testing.assert_allclose(nets[0].params[key], nets[1].params[key], atol=1e-8)


def test_closures_over_every_parameter_as_the_book_writes_them():
    net = TwoLayerNet(4, 3, 2, seed=0)
    rng = np.random.default_rng(0)
    x, t = rng.random((6, 4)), np.eye(2)[rng.integers(0, 2, 6)]
    loss_W = lambda W: net.loss(x, t)
    grads = {}
    for key in ("W1", "b1", "W2", "b2"):
        grads[key] = numerical_gradient(loss_W, net.params[key])
    assert max(gradient_check(grads, net.gradient(x, t)).values()) < 1e-9


def test_single_neuron_learns_the_sine():
    X = np.linspace(-np.pi / 2, np.pi / 2, 31)
    T = (np.sin(X) + 1) / 2

    def squared_error(p, x, t):
        y = sigmoid(x * p["w"] + p["b"])
        return 0.5 * np.sum((t - y) ** 2)

    p = {"w": np.array(0.2), "b": np.array(0.2)}
    rng = np.random.default_rng(0)
    before = squared_error(p, X, T)
    for _ in range(100):
        for n in rng.permutation(len(X)):
            x, t = X[n], T[n]
            y = sigmoid(x * p["w"] + p["b"])
            delta = (y - t) * (1 - y) * y
            grads = gradient(lambda p, x=x, t=t: squared_error(p, x, t), p)
            # The notes' formulas: ∂E/∂w = xδ, ∂E/∂b = δ; both round alike.
            np.testing.assert_allclose(grads["w"], x * delta, rtol=1e-9, atol=1e-15)
            np.testing.assert_allclose(grads["b"], delta, rtol=1e-9, atol=1e-15)
            p = {"w": p["w"] - 0.5 * x * delta, "b": p["b"] - 0.5 * delta}
    assert squared_error(p, X, T) < 0.01 < before
    assert np.abs(sigmoid(X * p["w"] + p["b"]) - T).max() < 0.05


@pytest.mark.parametrize("batch_size", [1, 20, 200])
def test_batch_online_and_mini_batch(batch_size):
    """Three ways through the same data; each learns to tell two clouds apart."""
    rng = np.random.default_rng(0)
    t = np.arange(200) % 2
    x = rng.standard_normal((200, 2)) + 4 * t[:, np.newaxis]
    net = TwoLayerNet(2, 8, 2, weight_init_std=0.5, seed=0)
    for _ in range(2000 // (200 // batch_size)):
        order = rng.permutation(200)
        for start in range(0, 200, batch_size):
            rows = order[start : start + batch_size]
            for key, grad in net.gradient(x[rows], t[rows]).items():
                net.params[key] -= 0.1 * grad
    assert net.accuracy(x, t) > 0.97


def test_why_not_accuracy():
    """The accuracy does not move with a small change of a weight; the loss does."""
    rng = np.random.default_rng(0)
    net = TwoLayerNet(4, 3, 2, seed=0)
    x, t = rng.random((20, 4)), rng.integers(0, 2, 20)
    flat = numerical_gradient(lambda W: net.accuracy(x, t), net.params["W1"])
    steep = numerical_gradient(lambda W: net.loss(x, t), net.params["W1"])
    assert not flat.any()
    assert steep.all()


@pytest.mark.parametrize("name", ["SGD", "Momentum", "Nesterov", "AdaGrad", "Adam"])
def test_trainer_with_every_optimizer(digits, name, capsys):
    x_train, t_train, x_test, t_test = (part[:500] for part in digits)
    rates = {
        "SGD": 0.5,
        "Momentum": 0.1,
        "Nesterov": 0.1,
        "AdaGrad": 0.05,
        "Adam": 0.01,
    }
    network = MultiLayerNet(64, [30], 10, seed=0)
    trainer = Trainer(
        network,
        x_train,
        t_train,
        x_test,
        t_test,
        epochs=8,
        mini_batch_size=64,
        optimizer=name,
        optimizer_param={"lr": rates[name]},
        evaluate_sample_num_per_epoch=300,
        seed=0,
    )
    trainer.train()
    # 500 samples in batches of 64: 8 steps, so that no epoch is left out.
    assert len(trainer.train_loss_list) == 8 * 8
    assert len(trainer.train_acc_list) == len(trainer.test_acc_list) == 8
    assert trainer.train_acc_list[-1] == network.accuracy(x_train[:300], t_train[:300])
    assert trainer.test_acc_list[-1] > 0.75
    assert len(capsys.readouterr().out.splitlines()) == 8


def test_trainer_takes_a_network_of_the_reader_s_own(capsys):
    class Mine:
        def __init__(self):
            self.params = {"W": np.zeros((2, 3))}

        def predict(self, x):
            return softmax(x @ self.params["W"])

        def loss(self, x, t):
            return cross_entropy_error(self.predict(x), t)

        def accuracy(self, x, t):
            return float(np.mean(self.predict(x).argmax(axis=1) == t))

        def gradient(self, x, t):
            y = self.predict(x) - np.eye(3)[t]
            return {"W": x.T @ y / len(x)}

    rng = np.random.default_rng(0)
    t = rng.integers(0, 3, 90)
    x = np.array([[3.0, 0.0], [0.0, 3.0], [-3.0, -3.0]])[t]
    x = x + 0.1 * rng.standard_normal((90, 2))
    net = Mine()
    assert max(gradient_check(net.gradient(x, t), numerical(net, x, t)).values()) < 1e-6
    trainer = Trainer(net, x, t, x, t, epochs=3, mini_batch_size=30, verbose=False)
    trainer.train()
    assert trainer.test_acc_list[-1] == 1.0
    assert capsys.readouterr().out == ""


def numerical(net, x, t):
    return {"W": numerical_gradient(lambda W: net.loss(x, t), net.params["W"])}
