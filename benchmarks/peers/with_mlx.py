"""MLX on the CPU: one compiled step for each batch."""

from functools import partial

import mlx.core as mx
import numpy as np

from peers.problem import BETA1, BETA2, EPSILON, Problem

mx.set_default_device(mx.cpu)

ACTIVATIONS = {"sigmoid": mx.sigmoid, "relu": lambda x: mx.maximum(x, 0)}
EAGERNESS = 64
"""After so many steps it is waited for: what has to be done is a list that grows."""


def logits_of(activate, params, x):
    for i in range(0, len(params) - 2, 2):
        x = activate(mx.addmm(params[i + 1], x, params[i]))
    return mx.addmm(params[-1], x, params[-2])


def loss_of(activate, params, x, t):
    logits = logits_of(activate, params, x)
    picked = mx.take_along_axis(logits, t[:, None], axis=1)[:, 0]
    return mx.mean(mx.logsumexp(logits, axis=1) - picked)


def sgd(rate, params, grads, state):
    return [w - rate * g for w, g in zip(params, grads, strict=True)], state


def adam(rate, params, grads, state):
    step, mean, square = state
    step = step + 1
    mean = [BETA1 * m + (1 - BETA1) * g for m, g in zip(mean, grads, strict=True)]
    square = [
        BETA2 * v + (1 - BETA2) * g * g for v, g in zip(square, grads, strict=True)
    ]
    # 1 - beta**step, without the rounding of beta to single precision.
    first, second = (-mx.expm1(step * np.log(beta)) for beta in (BETA1, BETA2))
    params = [
        w - rate * (m / first) / (mx.sqrt(v / second) + EPSILON)
        for w, m, v in zip(params, mean, square, strict=True)
    ]
    return params, (step, mean, square)


UPDATES = {"sgd": sgd, "adam": adam}


class Mlx:
    def prepare(self, problem: Problem):
        self.problem = problem
        activate = ACTIVATIONS[problem.activation]
        self.x, self.t = mx.array(problem.x), mx.array(problem.t.astype(np.int32))
        self.orders = [
            [mx.array(rows.astype(np.int32)) for rows in order]
            for order in problem.orders
        ]
        slopes = mx.value_and_grad(partial(loss_of, activate))
        update = partial(UPDATES[problem.optimizer], problem.learning_rate)

        def step(params, state, rows):
            loss, grads = slopes(params, self.x[rows], self.t[rows])
            return *update(params, grads, state), loss

        self.step = mx.compile(step)
        self.activate = activate
        self.reset()

    def reset(self):
        self.weights = [mx.array(p) for p in self.problem.params]
        zeros = [[mx.zeros_like(w) for w in self.weights] for _ in range(2)]
        is_adam = self.problem.optimizer == "adam"
        self.state = (mx.array(0.0), *zeros) if is_adam else ()

    def run(self, epochs):
        for epoch in range(epochs):
            self.losses = []
            for number, rows in enumerate(self.orders[epoch % len(self.orders)]):
                self.weights, self.state, loss = self.step(
                    self.weights, self.state, rows
                )
                self.losses.append(loss)
                if number % EAGERNESS == 0:
                    mx.async_eval(self.weights, self.state)
            mx.eval(self.weights, self.state, self.losses)

    def params(self):
        return [np.array(w) for w in self.weights]

    def loss(self):
        return float(np.mean([loss.item() for loss in self.losses]))

    def start_predicting(self, x):
        self.rows = mx.array(x)
        self.forward = mx.compile(
            lambda params, x: mx.softmax(logits_of(self.activate, params, x), axis=1)
        )

    def predict(self):
        return np.array(self.forward(self.weights, self.rows))
