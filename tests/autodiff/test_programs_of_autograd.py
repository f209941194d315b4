"""Programs of the kinds that HIPS autograd shows in its examples, run by both.

Each is written once, in terms of a NumPy and a scipy.special: plain ones for us, and
autograd's twins for autograd.
"""

import autograd
import autograd.numpy as anp
import autograd.scipy.special as asp
import numpy as np
import pytest
import scipy.special as sp

from kobai import gradient

RNG = np.random.default_rng(0)
X, Y, LABELS = RNG.normal(size=(8, 3)), RNG.normal(size=8), RNG.integers(0, 2, 8)


def covariance(np, scales, a, b):
    """Return the squared exponential kernel of two sets of points."""
    a, b = a / np.exp(scales), b / np.exp(scales)
    return np.exp(-0.5 * np.sum((a[:, None] - b[None]) ** 2, axis=2))


def log_density(np, deviation, cov):
    """Return the logarithm of a normal density, from rows of deviations."""
    _, log_det = np.linalg.slogdet(2 * np.pi * cov)
    solved = np.linalg.solve(cov, deviation.T).T
    return -0.5 * np.sum(deviation * solved, axis=-1) - 0.5 * log_det


def gaussian_process(np, sp, p):
    cov = covariance(np, p[2:], X, X) + np.exp(p[1]) * np.eye(8)
    return log_density(np, Y - p[0], cov)


def latent_positions(np, sp, p):
    cov = covariance(np, np.zeros(2), p, p) + 0.1 * np.eye(8)
    return log_density(np, Y, cov) - 0.5 * np.sum(p**2)


def where_to_look_next(np, sp, points):
    cov = covariance(np, np.zeros(3), X, X) + 0.1 * np.eye(8)
    cross = covariance(np, np.zeros(3), points, X)
    mean = np.dot(cross, np.linalg.solve(cov, Y))
    spread = np.sqrt(1 - np.sum(cross.T * np.linalg.solve(cov, cross.T), axis=0))
    z = mean / spread
    below = 0.5 * (1 + sp.erf(z / np.sqrt(2)))
    return np.sum(spread * (z * below + np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)))


def mixture_of_normals(np, sp, p):
    weights = p[0] - sp.logsumexp(p[0])
    parts = [
        w + log_density(np, X - mean, np.dot(root.T, root) + np.eye(3))
        for w, mean, root in zip(weights, p[1], p[2], strict=True)
    ]
    return np.sum(sp.logsumexp(np.vstack(parts), axis=0))


def hidden_markov_model(np, sp, p):
    start = p[0] - sp.logsumexp(p[0])
    moves = p[1] - sp.logsumexp(p[1], axis=1, keepdims=True)
    shows = p[2] - sp.logsumexp(p[2], axis=1, keepdims=True)
    alpha = start + shows[:, 0]
    for seen in (1, 0, 2, 1):
        alpha = sp.logsumexp(alpha[:, None] + moves, axis=0) + shows[:, seen]
    return sp.logsumexp(alpha)


def independent_components(np, sp, w):
    _, log_det = np.linalg.slogdet(w)
    return -2 * np.sum(np.log(np.cosh(np.dot(X, w)))) + 8 * log_det


def negative_binomial(np, sp, p):
    r, q = np.exp(p[0]), sp.expit(p[1])
    counts = np.array([1.0, 3, 2, 0, 5])
    binomial = sp.gammaln(counts + r) - sp.gammaln(r) - sp.gammaln(counts + 1)
    return np.sum(binomial + r * np.log(1 - q) + counts * np.log(q))


def recurrent_network(np, sp, p):
    h = np.repeat(p[0], 8, axis=0)
    for _ in range(3):
        h = np.tanh(np.dot(np.hstack((X, h)), p[1]))
    return np.sum((h - sp.logsumexp(h, axis=1, keepdims=True))[np.arange(8), LABELS])


def phase_of_a_signal(np, sp, x):
    spectrum = np.fft.fft(x) * np.exp(1j * np.arange(8))
    return np.sum(np.abs(spectrum) ** 2 * np.arange(8)) + np.sum(
        np.real(np.fft.ifft(spectrum)) ** 3
    )


PROGRAMS = {
    gaussian_process: 0.1 * RNG.normal(size=5),
    latent_positions: RNG.normal(size=(8, 2)),
    where_to_look_next: RNG.normal(size=(2, 3)),
    mixture_of_normals: [RNG.normal(size=s) for s in (2, (2, 3), (2, 3, 3))],
    hidden_markov_model: [RNG.normal(size=s) for s in (2, (2, 2), (2, 3))],
    independent_components: RNG.normal(size=(3, 3)),
    negative_binomial: RNG.normal(size=2),
    recurrent_network: [RNG.normal(size=s) for s in ((1, 2), (5, 2))],
    phase_of_a_signal: Y,
}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_autograd_gives_the_same(program):
    x = PROGRAMS[program]
    expected = autograd.grad(lambda x: program(anp, asp, x))(x)
    found = gradient(lambda x: program(np, sp, x), x)
    pairs = (
        zip(found, expected, strict=True)
        if isinstance(x, list)
        else [(found, expected)]
    )
    for one, other in pairs:
        # Both do the same float64 operations, in another order; solve magnifies.
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10)
