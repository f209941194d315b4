"""JAX: one compiled step with donated buffers, or a compiled epoch."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from peers.problem import BETA1, BETA2, EPSILON, Problem

ACTIVATIONS = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}


def logits_of(activate, params, x):
    for i in range(0, len(params) - 2, 2):
        x = activate(x @ params[i] + params[i + 1])
    return x @ params[-2] + params[-1]


def loss_of(activate, params, x, t):
    log_probabilities = jax.nn.log_softmax(logits_of(activate, params, x))
    return -jnp.mean(jnp.take_along_axis(log_probabilities, t[:, None], axis=1))


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
    first, second = (-jnp.expm1(step * np.log(beta)) for beta in (BETA1, BETA2))
    params = [
        w - rate * (m / first) / (jnp.sqrt(v / second) + EPSILON)
        for w, m, v in zip(params, mean, square, strict=True)
    ]
    return params, (step, mean, square)


UPDATES = {"sgd": sgd, "adam": adam}


def take_step(activate, update, data, carry, rows):
    x, t = data
    params, state = carry
    # The rows are in range, so that nothing need be checked or filled.
    x = x.at[rows].get(mode="promise_in_bounds")
    t = t.at[rows].get(mode="promise_in_bounds")
    loss, grads = jax.value_and_grad(partial(loss_of, activate))(params, x, t)
    return update(params, grads, state), loss


class Jax:
    def prepare(self, problem: Problem):
        self.problem = problem
        self.activate = ACTIVATIONS[problem.activation]
        self.data = jnp.asarray(problem.x), jnp.asarray(problem.t, jnp.int32)
        update = partial(UPDATES[problem.optimizer], problem.learning_rate)
        self.step = partial(take_step, self.activate, update)
        self.compile()
        self.reset()

    def reset(self):
        # Copies, because donated buffers are gone after their first use.
        params = [jnp.array(p, copy=True) for p in self.problem.params]
        state = ()
        if self.problem.optimizer == "adam":
            zeros = [jnp.zeros_like(p) for p in params]
            state = (jnp.float32(0), zeros, [jnp.zeros_like(p) for p in params])
        self.carry = params, state

    def params(self):
        return [np.asarray(p) for p in self.carry[0]]

    def loss(self):
        return float(np.mean([np.mean(loss) for loss in self.losses]))

    def start_predicting(self, x):
        self.rows = jnp.asarray(x)
        self.forward = jax.jit(
            lambda params, x: jax.nn.softmax(logits_of(self.activate, params, x))
        )

    def predict(self):
        return np.asarray(self.forward(self.carry[0], self.rows))


class Steps(Jax):
    """One call of a compiled step for each batch."""

    def compile(self):
        self.orders = [
            [jnp.asarray(rows, jnp.int32) for rows in order]
            for order in self.problem.orders
        ]
        self.call = jax.jit(self.step, donate_argnums=1)

    def run(self, epochs):
        carry, data, call = self.carry, self.data, self.call
        for epoch in range(epochs):
            self.losses = []
            for rows in self.orders[epoch % len(self.orders)]:
                carry, loss = call(data, carry, rows)
                self.losses.append(loss)
        self.carry = jax.block_until_ready(carry)


class Scan(Jax):
    """A whole epoch in one compiled call."""

    def compile(self):
        self.orders = [jnp.asarray(order, jnp.int32) for order in self.problem.orders]
        self.call = jax.jit(
            lambda data, carry, order: jax.lax.scan(
                partial(self.step, data), carry, order
            ),
            donate_argnums=1,
        )

    def run(self, epochs):
        carry = self.carry
        for epoch in range(epochs):
            order = self.orders[epoch % len(self.orders)]
            carry, losses = self.call(self.data, carry, order)
        self.losses = [losses]
        self.carry = jax.block_until_ready(carry)


class Evaluated(Scan):
    """A compiled epoch, and after it loss and accuracy of all rows, compiled too."""

    def compile(self):
        super().compile()

        def evaluate(params, x, t):
            logits = logits_of(self.activate, params, x)
            picked = jnp.take_along_axis(jax.nn.log_softmax(logits), t[:, None], axis=1)
            return -jnp.mean(picked), jnp.mean(jnp.argmax(logits, axis=1) == t)

        self.evaluate = jax.jit(evaluate)

    def run(self, epochs):
        self.curve = []
        for epoch in range(epochs):
            order = self.orders[epoch % len(self.orders)]
            self.carry, losses = self.call(self.data, self.carry, order)
            self.curve.append(self.evaluate(self.carry[0], *self.data))
        self.losses = [losses]
        self.curve = [(float(loss), float(right)) for loss, right in self.curve]
        jax.block_until_ready(self.carry)
