"""`sliding_window_view`, with which people write convolutions and moving averages."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from kobai.autodiff import gradient, numerical_gradient
from kobai.engines.compile import compile
from kobai.errors import GradientError

X = np.random.default_rng(0).normal(size=(6, 5))
KERNEL = np.random.default_rng(1).normal(size=(3, 3))


def convolution(x):
    windows = sliding_window_view(x, (3, 3))
    return np.sum(np.tanh(np.einsum("ijkl,kl->ij", windows, KERNEL)))


def moving_average(x):
    return np.sum(sliding_window_view(x, 3, axis=0).mean(axis=-1) ** 2)


def one_axis_twice(x):
    return np.sum(sliding_window_view(x.T, (2, 3), axis=(0, 0)) ** 3)


def pooling(x):
    return np.sum(sliding_window_view(np.pad(x, 1), (3, 3))[::2, ::2].max(axis=(2, 3)))


@pytest.mark.parametrize("f", [convolution, moving_average, one_axis_twice, pooling])
def test_windows_have_the_derivative_of_their_definition(f):
    # Central differences of float64 err by about 1e-9 of values near 10.
    np.testing.assert_allclose(gradient(f, X), numerical_gradient(f, X), atol=1e-7)
    np.testing.assert_allclose(compile(f)(X), f(X), rtol=1e-13)
    np.testing.assert_allclose(compile(gradient(f))(X), gradient(f, X), rtol=1e-12)


def test_second_derivatives_of_windows():
    def slope(x):
        return np.sum(gradient(convolution, x) ** 2)

    found, expected = gradient(slope, X), numerical_gradient(slope, X)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def changed_after(x):
    y = x * 1
    windows = sliding_window_view(y, 2, axis=0)
    y *= 2
    return np.sum(windows)


def written_into(x):
    windows = sliding_window_view(x * 1, 2, axis=0, writeable=True)
    windows[0] = 0
    return np.sum(windows)


def of_a_filled_array(x):
    z = np.zeros((8, 7))
    z[1:-1, 1:-1] = x
    return np.sum(sliding_window_view(z, (3, 3)))


@pytest.mark.parametrize("f", [changed_after, written_into, of_a_filled_array])
@pytest.mark.parametrize("run", [gradient, lambda f, x: compile(f)(x)])
def test_windows_that_would_show_a_change_are_refused(f, run):
    with pytest.raises(GradientError, match=r"take the view after|write a = a|z \+ 0"):
        run(f, X)
