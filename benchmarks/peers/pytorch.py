"""PyTorch: functional layers, batches taken from a tensor, its fastest optimizer."""

import math
import time
from functools import partial

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 (its own name for it)

from peers.problem import BETA1, BETA2, EPSILON, Problem

ACTIVATIONS = {"sigmoid": torch.sigmoid, "relu": torch.relu}
TRIAL_STEPS = 60


def make_optimizer(name, weights, rate, **how):
    if name == "sgd":
        return torch.optim.SGD(weights, rate, **how)
    return torch.optim.Adam(weights, rate, (BETA1, BETA2), EPSILON, **how)


class Eager:
    """Operation by operation, which is how PyTorch is used most."""

    def __init__(self, threads):
        torch.set_num_threads(threads)
        self.how = None

    def prepare(self, problem: Problem):
        self.problem = problem
        self.activate = ACTIVATIONS[problem.activation]
        self.x, self.t = torch.from_numpy(problem.x), torch.from_numpy(problem.t)
        self.orders = [torch.from_numpy(order).unbind() for order in problem.orders]
        self.how = self.fastest_optimizer()
        self.reset()

    def fastest_optimizer(self):
        """Return the implementation of the optimizer that is fastest here."""
        times = {}
        for how in ("fused", "foreach", None):
            self.how = {} if how is None else {how: True}
            self.reset()
            self.take(self.orders[0][:3])
            started = time.perf_counter()
            self.take(self.orders[0][:TRIAL_STEPS])
            times[how] = time.perf_counter() - started
        best = min(times, key=times.get)
        return {} if best is None else {best: True}

    def reset(self):
        # Linear keeps its weights as (outputs, inputs); the transposed view is free.
        self.weights = [
            torch.from_numpy(p.T.copy()).requires_grad_() for p in self.problem.params
        ]
        self.optimizer = make_optimizer(
            self.problem.optimizer,
            self.weights,
            self.problem.learning_rate,
            **self.how,
        )

    def logits(self, x, weights):
        for i in range(0, len(weights) - 2, 2):
            x = self.activate(F.linear(x, weights[i], weights[i + 1]))
        return F.linear(x, weights[-2], weights[-1])

    def batch_loss(self, x, t, rows, weights):
        logits = self.logits(x.index_select(0, rows), weights)
        return F.cross_entropy(logits, t.index_select(0, rows))

    def take(self, batches):
        losses = []
        for rows in batches:
            loss = self.batch_loss(self.x, self.t, rows, self.weights)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.detach())
        return losses

    def run(self, epochs):
        for epoch in range(epochs):
            self.losses = self.take(self.orders[epoch % len(self.orders)])

    def params(self):
        return [w.detach().numpy().T for w in self.weights]

    def loss(self):
        return float(np.mean([loss.item() for loss in self.losses]))

    def start_predicting(self, x):
        self.rows = torch.from_numpy(x)

    def predict(self):
        with torch.inference_mode():
            return torch.softmax(self.logits(self.rows, self.weights), dim=1).numpy()

    def remarks(self):
        """Return what was chosen, for the record."""
        chosen = next(iter(self.how), "neither fused nor foreach")
        return f"{torch.get_num_threads()} threads, optimizer {chosen}"


def sgd(rate, weights, grads, state):
    for w, g in zip(weights, grads, strict=True):
        w.sub_(g, alpha=rate)


def adam(rate, weights, grads, state):
    step, means, squares = state
    step.add_(1)
    # 1 - beta**step, without the rounding of beta to single precision.
    first, second = (-torch.expm1(step * math.log(beta)) for beta in (BETA1, BETA2))
    for w, g, m, v in zip(weights, grads, means, squares, strict=True):
        m.lerp_(g, 1 - BETA1)
        v.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
        w.sub_(rate * (m / first) / ((v / second).sqrt() + EPSILON))


UPDATES = {"sgd": sgd, "adam": adam}


class Compiled(Eager):
    """The whole step, with gradient and update, as one graph of torch.compile.

    Several times faster on small networks than compiling the loss alone.
    """

    def prepare(self, problem: Problem):
        # Each problem has shapes of its own: a size that varies would cost speed.
        torch.compiler.reset()
        self.call = torch.compile(self.step, dynamic=False, fullgraph=True)
        super().prepare(problem)

    def fastest_optimizer(self):
        return {}

    def step(self, weights, state, x, t, rows):
        loss_of = partial(self.batch_loss, x, t, rows)
        grads, loss = torch.func.grad_and_value(loss_of)(weights)
        UPDATES[self.problem.optimizer](
            self.problem.learning_rate, weights, grads, state
        )
        return loss

    def reset(self):
        self.weights = [torch.from_numpy(p.T.copy()) for p in self.problem.params]
        zeros = [[torch.zeros_like(w) for w in self.weights] for _ in range(2)]
        self.state = (torch.zeros(()), *zeros)

    def take(self, batches):
        with torch.no_grad():
            return [
                self.call(self.weights, self.state, self.x, self.t, rows)
                for rows in batches
            ]

    def start_predicting(self, x):
        super().start_predicting(x)
        self.forward = torch.compile(self.probabilities, dynamic=False)

    def probabilities(self, x, weights):
        return torch.softmax(self.logits(x, weights), dim=1)

    def predict(self):
        with torch.inference_mode():
            return self.forward(self.rows, self.weights).numpy()

    def remarks(self):
        """Return what was chosen, for the record."""
        return f"{torch.get_num_threads()} threads, one graph"
