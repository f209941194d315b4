"""The notes' training on MNIST with JAX, an epoch in one call, as a whole program."""

from functools import partial

import jax
import jax.numpy as jnp
from mnist import LEARNING_RATE, arguments, epochs_of, first_params, read, report


def forward(params, x):
    W1, b1, W2, b2 = params
    return jax.nn.sigmoid(x @ W1 + b1) @ W2 + b2


def loss_of(params, x, t):
    log_probabilities = jax.nn.log_softmax(forward(params, x))
    return -jnp.mean(jnp.take_along_axis(log_probabilities, t[:, None], axis=1))


@partial(jax.jit, donate_argnums=0)
def train(params, x, t, batches):
    def step(params, rows):
        batch = [a.at[rows].get(mode="promise_in_bounds") for a in (x, t)]
        loss, grads = jax.value_and_grad(loss_of)(params, *batch)
        pairs = zip(params, grads, strict=True)
        return [w - LEARNING_RATE * g for w, g in pairs], loss

    return jax.lax.scan(step, params, batches)


@jax.jit
def evaluate(params, x, t):
    right = jnp.mean(forward(params, x).argmax(axis=1) == t)
    return loss_of(params, x, t), right


def main():
    options = arguments()
    x, t = map(jnp.asarray, read(options.folder, "train"))
    test = [jnp.asarray(array) for array in read(options.folder, "t10k")]
    params = [jnp.asarray(p) for p in first_params(options.seed)]
    losses = []
    for step, batches in epochs_of(options.steps, len(x), options.seed):
        params, of_epoch = train(params, x, t, jnp.asarray(batches, jnp.int32))
        losses.append(of_epoch)
        report(step, evaluate(params, x, t), evaluate(params, *test))


if __name__ == "__main__":
    main()
