"""tinygrad on the CPU: one captured step for each batch. It compiles with clang."""

import os
import shutil

if shutil.which("clang") is None:
    raise ImportError("tinygrad compiles for CPUs with clang, which is not installed")
# It is read when tinygrad is imported.
os.environ.setdefault("DEV", "CPU")

import numpy as np
from tinygrad import Tensor, TinyJit
from tinygrad.helpers import Context
from tinygrad.nn.optim import SGD, Adam

from peers.problem import BETA1, BETA2, EPSILON, Problem

ACTIVATIONS = {"sigmoid": Tensor.sigmoid, "relu": Tensor.relu}


def logits_of(activate, params, x):
    for i in range(0, len(params) - 2, 2):
        x = activate(x.linear(params[i], params[i + 1]))
    return x.linear(params[-2], params[-1])


class Tinygrad:
    def prepare(self, problem: Problem):
        self.problem = problem
        self.activate = ACTIVATIONS[problem.activation]
        self.x, self.t = Tensor(problem.x), Tensor(problem.t.astype(np.int32))
        # An epoch's batches as tensors, once they are needed: there are many.
        self.orders = {}
        self.weights = [Tensor(p.copy()).realize() for p in problem.params]
        if problem.optimizer == "adam":
            given = {"lr": problem.learning_rate, "b1": BETA1, "b2": BETA2}
            self.optimizer = Adam(self.weights, **given, eps=EPSILON)
        else:
            self.optimizer = SGD(self.weights, lr=problem.learning_rate)
        kept = vars(self.optimizer)
        self.changed = [*self.weights]
        for name in ("m", "v", "b1_t", "b2_t"):
            found = kept.get(name, [])
            self.changed += found if isinstance(found, list) else [found]
        self.beginning = [tensor.numpy().copy() for tensor in self.changed]
        self.step = TinyJit(self.take_step)

    def take_step(self, rows):
        self.optimizer.zero_grad()
        logits = logits_of(self.activate, self.weights, self.x[rows])
        loss = logits.sparse_categorical_crossentropy(self.t[rows]).backward()
        return loss.realize(*self.optimizer.schedule_step())

    def reset(self):
        for tensor, array in zip(self.changed, self.beginning, strict=True):
            tensor.assign(Tensor(array)).realize()

    def run(self, epochs):
        for epoch in range(epochs):
            with Context(TRAINING=1):
                self.losses = [self.step(rows).item() for rows in self._order(epoch)]

    def _order(self, epoch):
        number = epoch % len(self.problem.orders)
        if number not in self.orders:
            order = self.problem.orders[number].astype(np.int32)
            self.orders[number] = [Tensor(rows).realize() for rows in order]
        return self.orders[number]

    def params(self):
        return [w.numpy() for w in self.weights]

    def loss(self):
        return float(np.mean(self.losses))
