"""Derivatives from their definition, written a second time and in the plainest way."""

import numpy as np
import pytest


def _central_difference(f, x, h=1e-5):
    """df/dx for a function of one float64 array to one number."""
    slope = np.empty_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        step = above[index] - below[index]
        slope[index] = (f(above) - f(below)) / step
    return slope


@pytest.fixture(scope="session")
def central_difference():
    return _central_difference


@pytest.fixture(scope="session")
def assert_derivatives():
    """Compare the gradient of f(x1, x2, …) with its definition, for each argument.

    With `second`, the gradient of a random combination of the gradient as well.
    """
    from kobai.autodiff import gradient

    def check(f, arguments, second=False, seed=0, atol=1e-7):
        arguments = list(arguments)
        rng = np.random.default_rng(seed)
        w = rng.normal(size=np.shape(f(*arguments)))
        loss = lambda args: np.sum(w * f(*args))
        slopes = gradient(loss, arguments)
        _compare(loss, arguments, slopes, atol)
        if not second:
            return
        weights = [rng.normal(size=np.shape(a)) for a in arguments]

        def slope_along(args):
            pairs = zip(weights, gradient(loss, args), strict=True)
            return sum(np.sum(v * g) for v, g in pairs)

        # By the definition in terms of the first derivative, which is right by now.
        _compare(slope_along, arguments, gradient(slope_along, arguments), 10 * atol)

    return check


def _compare(loss, arguments, slopes, atol):
    for i, (x, slope) in enumerate(zip(arguments, slopes, strict=True)):
        f = lambda v, i=i: loss([*arguments[:i], v, *arguments[i + 1 :]])
        assert slope.shape == x.shape
        # With h = 1e-5: h² f'''/6 ≈ 1e-10, and 1e-16 |f| / h ≈ 1e-10 of rounding.
        expected = _central_difference(f, x)
        np.testing.assert_allclose(slope, expected, rtol=1e-6, atol=atol)
