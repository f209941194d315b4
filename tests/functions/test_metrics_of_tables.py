"""Metrics against scikit-learn's, which were written by others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from kobai.functions import (
    balanced_accuracy,
    confusion,
    log_loss,
    mae,
    precision_recall,
    r2,
    rmse,
)


def answers(seed, n, k):
    """Return probabilities (n, k) and labels (n,) in which every class occurs."""
    rng = np.random.default_rng(seed)
    y = rng.dirichlet(np.ones(k), size=n)
    t = np.concatenate([np.arange(k), rng.integers(k, size=n - k)])
    return y, t


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(6, 40))
def test_classes(seed, k, n):
    y, t = answers(seed, n, k)
    guesses = y.argmax(axis=1)
    np.testing.assert_array_equal(confusion(y, t), metrics.confusion_matrix(t, guesses))
    # Sums of float64 in another order.
    close = {"rtol": 1e-12}
    np.testing.assert_allclose(
        balanced_accuracy(y, t), metrics.balanced_accuracy_score(t, guesses), **close
    )
    np.testing.assert_allclose(log_loss(y, t), metrics.log_loss(t, y), **close)
    wanted = metrics.precision_recall_fscore_support(t, guesses, zero_division=0)
    for ours, theirs in zip(precision_recall(y, t), wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, **close)


def test_one_probability_is_that_of_the_second_class():
    y, t = answers(0, 30, 2)
    for measure in (confusion, balanced_accuracy, log_loss):
        np.testing.assert_allclose(measure(y[:, 1:], t), measure(y, t), rtol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(1, 3))
def test_numbers(seed, n, k):
    rng = np.random.default_rng(seed)
    y, t = rng.normal(size=(2, n, k))
    close = {"rtol": 1e-9}
    np.testing.assert_allclose(
        rmse(y, t), metrics.root_mean_squared_error(t, y), **close
    )
    np.testing.assert_allclose(mae(y, t), metrics.mean_absolute_error(t, y), **close)
    np.testing.assert_allclose(r2(y, t), metrics.r2_score(t, y), **close)


def test_a_probability_of_zero_does_not_make_the_log_loss_infinite():
    y = np.array([[1.0, 0.0], [1.0, 0.0]], np.float32)
    assert 5 < log_loss(y, np.array([0, 1])) < 20


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 30), st.sampled_from("fd"))
def test_r2_of_weighted_rows_and_of_targets_that_never_change(seed, n, dtype):
    rng = np.random.default_rng(seed)
    y, t = rng.normal(size=(2, n, 3)).astype(dtype)
    # Small whole numbers, whose mean is exact.
    t[:, 1] = 3
    y[:, 2] = t[:, 2] = 2
    weights = rng.integers(1, 4, n)
    expected = metrics.r2_score(t.astype(float), y.astype(float), sample_weight=weights)
    np.testing.assert_allclose(r2(y, t, weights), expected, rtol=1e-9)


def test_there_is_no_r2_of_outputs_that_are_not_finite():
    for wrong in (np.nan, np.inf):
        assert np.isnan(r2(np.array([1.0, wrong]), np.array([3.0, 4.0])))


@pytest.mark.parametrize(
    "t", [np.array([0, 5]), np.array([0.5, 1.0]), np.zeros(3, int)]
)
def test_what_are_no_labels(t):
    with pytest.raises(ValueError, match="confusion: got"):
        confusion(np.ones((2, 3)) / 3, t)


def test_shapes_that_differ():
    with pytest.raises(ValueError, match=r"rmse: got outputs \(2,\)"):
        rmse(np.zeros(2), np.zeros((2, 1)))
