"""Back-propagation written by hand in NumPy, the way the book writes it."""

import numpy as np

from peers.problem import BETA1, BETA2, EPSILON, Problem


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def relu(x):
    return np.maximum(0, x)


def sigmoid_grad(y):
    return y * (1 - y)


def relu_grad(y):
    return (y > 0).astype(y.dtype)


ACTIVATIONS = {"sigmoid": (sigmoid, sigmoid_grad), "relu": (relu, relu_grad)}


def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    e = np.exp(x)
    return e / np.sum(e, axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    return -np.sum(t * np.log(y + 1e-7)) / len(y)


class SGD:
    def __init__(self, learning_rate):
        self.learning_rate = learning_rate

    def update(self, params, grads):
        for name in params:
            params[name] -= self.learning_rate * grads[name]


class Adam:
    def __init__(self, learning_rate):
        self.learning_rate = learning_rate
        self.step = 0
        self.m = {}
        self.v = {}

    def update(self, params, grads):
        if not self.m:
            self.m = {name: np.zeros_like(w) for name, w in params.items()}
            self.v = {name: np.zeros_like(w) for name, w in params.items()}
        self.step += 1
        first, second = 1 - BETA1**self.step, 1 - BETA2**self.step
        for name, g in grads.items():
            self.m[name] += (1 - BETA1) * (g - self.m[name])
            self.v[name] += (1 - BETA2) * (g**2 - self.v[name])
            root = np.sqrt(self.v[name] / second) + EPSILON
            params[name] -= self.learning_rate / first * self.m[name] / root


OPTIMIZERS = {"sgd": SGD, "adam": Adam}


def forward(params, x, layers, activate):
    """Return the output of every layer, the input first, the probabilities last."""
    outputs = [x]
    for layer in range(1, layers):
        x = activate(np.dot(x, params[f"W{layer}"]) + params[f"b{layer}"])
        outputs.append(x)
    outputs.append(softmax(np.dot(x, params[f"W{layers}"]) + params[f"b{layers}"]))
    return outputs


class ByHand:
    """As the reader of the book has it, for any number of layers."""

    def __init__(self, dtype=np.float32):
        self.dtype = dtype

    def prepare(self, problem: Problem):
        self.problem = problem
        self.layers = len(problem.sizes) - 1
        self.activate, self.derive = ACTIVATIONS[problem.activation]
        self.x = problem.x.astype(self.dtype)
        self.t = np.eye(problem.sizes[-1], dtype=self.dtype)[problem.t]
        self.reset()

    def reset(self):
        pairs = enumerate(self.problem.params)
        self.weights = {
            f"{'Wb'[i % 2]}{i // 2 + 1}": w.astype(self.dtype) for i, w in pairs
        }
        name, rate = self.problem.optimizer, self.problem.learning_rate
        self.optimizer = OPTIMIZERS[name](rate)

    def gradient(self, x, t):
        outputs = forward(self.weights, x, self.layers, self.activate)
        y = outputs.pop()
        delta = (y - t) / len(x)
        grads = {}
        for layer in range(self.layers, 0, -1):
            z = outputs.pop()
            grads[f"W{layer}"] = np.dot(z.T, delta)
            grads[f"b{layer}"] = np.sum(delta, axis=0)
            if layer > 1:
                delta = np.dot(delta, self.weights[f"W{layer}"].T) * self.derive(z)
        return grads, cross_entropy_error(y, t)

    def run(self, epochs):
        for order in self.problem.epochs(epochs):
            self.losses = []
            for rows in order:
                grads, loss = self.gradient(self.x[rows], self.t[rows])
                self.optimizer.update(self.weights, grads)
                self.losses.append(loss)

    def params(self):
        return list(self.weights.values())

    def loss(self):
        return float(np.mean(self.losses))

    def start_predicting(self, x):
        self.rows = x

    def predict(self):
        return forward(self.weights, self.rows, self.layers, self.activate)[-1]
