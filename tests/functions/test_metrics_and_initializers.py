"""Accuracy by counting; initial weights by their statistics."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kobai import functions
from kobai.functions import accuracy


@given(st.integers(1, 20), st.integers(2, 5), st.integers(0, 10**6))
def test_accuracy_counts(n, k, seed):
    rng = np.random.default_rng(seed)
    y = rng.random((n, k))
    labels = rng.integers(0, k, n)
    right = sum(max(range(k), key=y[i].__getitem__) == labels[i] for i in range(n))
    assert accuracy(y, labels) == pytest.approx(right / n, rel=1e-15)
    assert accuracy(y, np.eye(k)[labels]) == accuracy(y, labels)


def test_accuracy_of_one_sample_and_of_more_leading_axes():
    assert accuracy(np.array([0.1, 0.9]), 1) == 1.0
    assert accuracy([0.1, 0.9], [1, 0]) == 0.0
    y = np.array([[[0.1, 0.9], [0.8, 0.2]]])
    assert accuracy(y, np.array([[1, 1]])) == 0.5


def test_accuracy_of_one_output_is_by_one_half():
    y = np.array([[0.2], [0.5], [0.7], [0.9]])
    assert accuracy(y, np.array([0, 1, 1, 0])) == 0.5
    assert accuracy(y, np.array([[0], [1], [1], [0]])) == 0.5


@pytest.mark.parametrize("t", [(3,), (4, 2), (1, 3), ()])
def test_accuracy_refuses_other_shapes(t):
    with pytest.raises(ValueError, match=r"accuracy: got outputs \(4, 3\) and targets"):
        accuracy(np.zeros((4, 3)), np.zeros(t, int))


INITIALIZERS = {
    "normal": (lambda rng, shape, **kw: functions.normal(rng, shape, 0.3, **kw), 0.3),
    "xavier": (functions.xavier, math.sqrt(2 / (300 + 200))),
    "he": (functions.he, math.sqrt(2 / 300)),
}


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initial_weights_are_normal_with_their_spread(name):
    draw, std = INITIALIZERS[name]
    W = draw(np.random.default_rng(0), (300, 200))
    n = W.size
    # Five standard errors of the mean, of the standard deviation, of the quartile.
    assert abs(W.mean()) < 5 * std / math.sqrt(n)
    assert W.std() == pytest.approx(std, rel=5 / math.sqrt(2 * n))
    inside = np.mean(np.abs(W) < 0.6744897501960817 * std)
    assert inside == pytest.approx(0.5, abs=5 * 0.5 / math.sqrt(n))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initial_weights_follow_the_generator_alone(name):
    draw, _ = INITIALIZERS[name]
    np.random.seed(1)  # noqa: NPY002 - the global seed must not matter
    one = draw(np.random.default_rng(5), (4, 3))
    np.random.seed(2)  # noqa: NPY002
    np.testing.assert_array_equal(one, draw(np.random.default_rng(5), (4, 3)))
    single = draw(np.random.default_rng(5), (4, 3), dtype=np.float32)
    assert (one.dtype, single.dtype) == (np.float64, np.float32)
    np.testing.assert_array_equal(single, one.astype(np.float32))


def test_normal_s_standard_deviation_is_the_notes():
    W = functions.normal(np.random.default_rng(3), (784, 50))
    assert W.std() == pytest.approx(0.01, rel=0.03)
