"""A few hundred random programs, differentiated by HIPS autograd as well.

A program draws its operations from a seed and takes NumPy or autograd's twin of it as
an argument, so that both libraries run the very same steps. Where autograd itself fails
(broadcasting in where and broadcast_to, outer of matrices, tile), they go around it.
"""

from itertools import pairwise

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from kobai import functions
from kobai.autodiff import gradient

SHAPES = ((), (3,), (4,), (3, 4), (4, 3), (2, 3, 4), (1, 4), (3, 1))


def squashed(np, a):
    """Keep numbers small, so that chains of exp and products stay finite."""
    return np.tanh(a) + 0.1 * a / (1 + a**2)


UNARY = [
    lambda np, rng, a: np.sin(a),
    lambda np, rng, a: np.cos(a) * a,
    lambda np, rng, a: np.tanh(a),
    lambda np, rng, a: np.exp(-a * a),
    lambda np, rng, a: np.expm1(a),
    lambda np, rng, a: np.log(1.5 + a * a),
    lambda np, rng, a: np.log1p(a * a),
    lambda np, rng, a: np.log2(2 + np.square(a)),
    lambda np, rng, a: np.sqrt(a * a + 0.5),
    lambda np, rng, a: np.arctan(a) + np.arcsinh(a),
    lambda np, rng, a: np.sinh(a) / np.cosh(a),
    lambda np, rng, a: np.abs(a) ** 1.5,
    lambda np, rng, a: np.arcsin(0.7 * np.sin(a)),
    lambda np, rng, a: 1 / (1 + np.exp(-a)),
    lambda np, rng, a: a**3 - 2.0**a,
    lambda np, rng, a: np.where(a > 0, a, 0.1 * a),
    lambda np, rng, a: np.maximum(a, 0.05) + np.minimum(a, 0.3),
    lambda np, rng, a: np.clip(a, -0.4, 0.6),
    lambda np, rng, a: np.logaddexp(a, 0.2),
    lambda np, rng, a: -a + 3 - a / 2,
]
REDUCING = [
    lambda np, rng, a, ax: np.sum(a, axis=ax),
    lambda np, rng, a, ax: np.mean(a, axis=ax, keepdims=True),
    lambda np, rng, a, ax: np.max(a, axis=ax, keepdims=True),
    lambda np, rng, a, ax: np.min(a, axis=ax),
    lambda np, rng, a, ax: np.prod(a, axis=ax),
    lambda np, rng, a, ax: np.var(a, axis=ax),
    lambda np, rng, a, ax: np.std(
        a + np.arange(a.shape[ax]).reshape(_along(a, ax)), ax
    ),
    lambda np, rng, a, ax: np.cumsum(a, axis=ax),
    lambda np, rng, a, ax: a - np.max(a, axis=ax, keepdims=True),
    lambda np, rng, a, ax: np.exp(a) / np.sum(np.exp(a), axis=ax, keepdims=True),
]
SHAPING = [
    lambda np, rng, a: np.reshape(a, (-1,)),
    lambda np, rng, a: np.transpose(a),
    lambda np, rng, a: np.swapaxes(a, 0, -1),
    lambda np, rng, a: np.expand_dims(a, int(rng.integers(a.ndim + 1))),
    lambda np, rng, a: np.squeeze(a),
    lambda np, rng, a: np.broadcast_to(a[None], (2, *a.shape)),
    lambda np, rng, a: np.concatenate([a, 0.5 * a], axis=int(rng.integers(a.ndim))),
    lambda np, rng, a: np.stack([a, a * a], axis=0),
    lambda np, rng, a: np.pad(a, 1, mode="constant"),
    lambda np, rng, a: np.tile(a, (2,) * a.ndim),
    lambda np, rng, a: np.roll(a, 1, axis=0),
    lambda np, rng, a: np.sort(np.reshape(a, (-1,))),
    lambda np, rng, a: np.repeat(a, 2, axis=0),
    lambda np, rng, a: a[rng.integers(0, a.shape[0], 3)],
    lambda np, rng, a: a[::-1],
    lambda np, rng, a: a[..., None, 0],
    lambda np, rng, a: a[rng.random(a.shape) > 0.2],
    lambda np, rng, a: np.split(a, a.shape[0])[-1],
    lambda np, rng, a: np.diff(a, axis=0) if a.shape[0] > 1 else a,
]
BINARY = [
    lambda np, rng, a, b: a + b,
    lambda np, rng, a, b: a - b,
    lambda np, rng, a, b: a * b,
    lambda np, rng, a, b: a / (1.2 + b * b),
    lambda np, rng, a, b: np.maximum(a, b),
    lambda np, rng, a, b: np.where(a > b, a + 0 * b, b * b + 0 * a),
    lambda np, rng, a, b: np.logaddexp(a, b),
    lambda np, rng, a, b: (a * a + 0.3) ** b,
    lambda np, rng, a, b: np.arctan2(a, b + 3),
]
PRODUCTS = [
    lambda np, rng, a, b: np.dot(a, b),
    lambda np, rng, a, b: a @ b,
    lambda np, rng, a, b: np.outer(np.ravel(a), np.ravel(b)),
    lambda np, rng, a, b: np.tensordot(a, b, 1),
    lambda np, rng, a, b: np.einsum("...i,i...->...", a, b),
]


def _along(a, axis):
    return [-1 if i == axis else 1 for i in range(a.ndim)]


def _step(np, rng, values):
    a, b = (values[rng.integers(len(values))] for _ in range(2))
    kind = rng.random()
    if kind < 0.35 or a.size == 0:
        return _pick(rng, UNARY)(np, rng, a)
    if kind < 0.5 and a.ndim:
        return _pick(rng, REDUCING)(np, rng, a, int(rng.integers(a.ndim)))
    if kind < 0.65 and a.ndim:
        return _pick(rng, SHAPING)(np, rng, a)
    if kind < 0.8 and a.ndim == b.ndim == 2 and b.shape[0] == a.shape[1]:
        return _pick(rng, PRODUCTS)(np, rng, a, b)
    if _broadcast(a.shape, b.shape):
        return _pick(rng, BINARY)(np, rng, a, b)
    return _pick(rng, UNARY)(np, rng, b)


def _pick(rng, choices):
    return choices[rng.integers(len(choices))]


def _broadcast(one, other):
    pairs = zip(one[::-1], other[::-1], strict=False)
    return all(m == n or 1 in (m, n) for m, n in pairs)


def program(np, seed):
    def f(arguments):
        rng = _generator(seed)
        values = list(arguments)
        for _ in range(int(rng.integers(3, 14))):
            new = _step(np, rng, values)
            if new.size < 500:
                values.append(squashed(np, new))
        return sum(np.sum(v * (i + 1)) for i, v in enumerate(values[-4:]))

    return f


def _generator(seed):
    return np.random.default_rng(seed)


def _arguments(seed):
    rng = np.random.default_rng((seed, 1))
    chosen = [SHAPES[i] for i in rng.integers(0, len(SHAPES), 3)] + [(3, 4), (4, 3)]
    return [np.asarray(rng.normal(size=shape)) for shape in chosen]


@pytest.mark.parametrize("block", range(10))
def test_random_programs(block):
    used = 0
    for seed in range(40 * block, 40 * block + 40):
        arguments = _arguments(seed)
        f = program(np, seed)
        ours = gradient(f, arguments)
        theirs = autograd.grad(program(anp, seed))(arguments)
        for x, g, other in zip(arguments, ours, theirs, strict=True):
            assert g.shape == x.shape
            # The same formulas in another order; products of up to 14 factors.
            np.testing.assert_allclose(g, other, rtol=1e-9, atol=1e-11)
            used += bool(np.any(g))
    # Most arguments take part.
    assert used > 60


def _slope_along(direction, np, grad, seed, arguments):
    """A combination of the first derivatives, as a function of one argument."""

    def loss(x):
        y = program(np, seed)([*arguments[:3], x, arguments[4]])
        # Not every program uses this argument, which autograd warns of.
        return y + np.sum(x**3)

    return lambda x: np.sum(direction * grad(loss)(x))


@pytest.mark.parametrize("seed", range(1000, 1060))
def test_second_derivatives_of_random_programs(seed):
    arguments = _arguments(seed)
    direction = _arguments(seed + 1)[3]
    grad = lambda f: lambda x: gradient(f, x)
    ours = grad(_slope_along(direction, np, grad, seed, arguments))
    theirs = autograd.grad(_slope_along(direction, anp, autograd.grad, seed, arguments))
    x = arguments[3]
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-7, atol=1e-9)


def _network(np, activation):
    def loss(params, x, t):
        h = x
        for W, b in params[:-1]:
            h = activation(np, h @ W + b)
        W, b = params[-1]
        y = h @ W + b
        y = y - np.max(y, axis=1, keepdims=True)
        log_sum = np.log(np.sum(np.exp(y), axis=1))
        return np.mean(log_sum - y[np.arange(len(t)), t])

    return loss


@pytest.mark.parametrize("depth", [1, 2, 5])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda np, x: functions.sigmoid(x), lambda np, x: 1 / (1 + np.exp(-x))),
        (lambda np, x: functions.tanh(x), lambda np, x: np.tanh(x)),
        (lambda np, x: functions.relu(x), lambda np, x: np.maximum(x, 0)),
        (lambda np, x: functions.softplus(x), lambda np, x: np.logaddexp(x, 0)),
    ],
    ids=["sigmoid", "tanh", "relu", "softplus"],
)
def test_networks(ours, theirs, depth):
    rng = np.random.default_rng(depth)
    sizes = [6, *[8] * depth, 4]
    pairs = pairwise(sizes)
    params = [(rng.normal(size=(m, n)), rng.normal(size=n)) for m, n in pairs]
    x, t = rng.normal(size=(20, 6)), rng.integers(0, 4, 20)
    found = gradient(lambda p: _network(np, ours)(p, x, t), params)
    expected = autograd.grad(_network(anp, theirs))(params, x, t)
    for (W, b), (dW, db) in zip(found, expected, strict=True):
        np.testing.assert_allclose(W, dW, rtol=1e-9, atol=1e-13)
        np.testing.assert_allclose(b, db, rtol=1e-9, atol=1e-13)
