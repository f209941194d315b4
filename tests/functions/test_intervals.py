"""Areas under curves and intervals: beside scikit-learn and SciPy, and as promised."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from kobai.functions import (
    bootstrap_interval,
    conformal_reach,
    mae,
    roc_auc,
    roc_auc_interval,
    share_interval,
)
from kobai.functions.thresholds import best_threshold, threshold_at


def within_chance(hits, tries, level):
    """Whether so many hits are what a chance of `level` gives, but for one in 10⁶."""
    return stats.binomtest(hits, tries, level).pvalue > 1e-6


def tied(seed, n):
    """Return outputs, many of them equal, and labels of both kinds."""
    rng = np.random.default_rng(seed)
    t = np.concatenate([[0, 1], rng.integers(2, size=n - 2)])
    return np.round(rng.random(n) + 0.3 * t, 1), t


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 60))
def test_area_of_two_classes_with_ties(seed, n):
    p, t = tied(seed, n)
    # Sums of float64 in another order.
    wanted = pytest.approx(metrics.roc_auc_score(t, p), rel=1e-12)
    assert roc_auc(p[:, None], t) == wanted
    assert roc_auc(np.column_stack([1 - p, p]), t) == wanted


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 6), st.integers(6, 60))
def test_area_of_more_classes(seed, k, n):
    rng = np.random.default_rng(seed)
    y = rng.dirichlet(np.ones(k), size=n)
    t = np.concatenate([np.arange(k), rng.integers(k, size=n - k)])
    wanted = metrics.roc_auc_score(t, y, multi_class="ovr", average="macro")
    assert roc_auc(y, t) == pytest.approx(wanted, rel=1e-12)


def test_a_class_that_is_not_there_has_no_area():
    y = np.random.default_rng(0).dirichlet(np.ones(3), size=20)
    t = np.arange(20) % 2
    wanted = np.mean([metrics.roc_auc_score(t == c, y[:, c]) for c in range(2)])
    assert roc_auc(y, t) == pytest.approx(wanted, rel=1e-12)
    assert math.isnan(roc_auc(y, np.zeros(20, int)))
    assert all(map(math.isnan, roc_auc_interval(y, np.zeros(20, int))))
    with pytest.raises(ValueError, match=r"need \(n, k\) and labels \(n,\)"):
        roc_auc(np.ones(3), np.ones(3, int))


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 500), st.floats(0, 1))
def test_interval_of_a_share(n, share):
    right = round(share * n)
    wanted = stats.binomtest(right, n).proportion_ci(method="wilson")
    assert share_interval(right, n) == pytest.approx(
        (wanted.low, wanted.high), abs=1e-9
    )
    with pytest.raises(ValueError, match="need 0 to n of n"):
        share_interval(n + 1, n)


@pytest.mark.parametrize("apart", [0.0, 1.0, 2.5])
def test_interval_of_an_area_holds_it_as_often_as_it_says(apart):
    true = stats.norm.cdf(apart / math.sqrt(2))
    rng = np.random.default_rng(0)
    hits, tries = 0, 600
    t = np.arange(80) < 30
    for _ in range(tries):
        low, high = roc_auc_interval(rng.normal(size=(80, 1)) + apart * t[:, None], t)
        hits += low <= true <= high
    # The standard error is that of a model of the outputs: it is near, not exact.
    assert 0.92 <= hits / tries <= 0.995


def test_interval_of_an_area_is_as_wide_as_de_longs():
    rng = np.random.default_rng(1)
    t = np.arange(2000) < 800
    p = rng.normal(size=2000) + 0.8 * t
    beats = (p[t][:, None] > p[~t]).astype(float)
    parts = beats.mean(axis=1), beats.mean(axis=0)
    error = math.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))
    low, high = roc_auc_interval(p[:, None], t)
    # The two differ in their model of the variance, by a few per cent.
    assert (high - low) / 2 == pytest.approx(1.96 * error, rel=0.1)
    assert (high + low) / 2 == pytest.approx(beats.mean(), abs=1e-3)


def test_bootstrap_is_near_the_interval_of_a_mean():
    errors = np.random.default_rng(0).exponential(size=2000)
    low, high = bootstrap_interval(mae, (errors, np.zeros(2000)))
    reach = 1.96 * errors.std() / math.sqrt(2000)
    # The ends are quantiles of 500: each is off by some 8 % of the reach.
    assert (high - low) / 2 == pytest.approx(reach, rel=0.2)
    assert (low, high) == bootstrap_interval(mae, (errors, np.zeros(2000)))
    with pytest.raises(ValueError, match="same number in all"):
        bootstrap_interval(mae, (errors, errors[1:]))


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("n", [19, 50, 199])
def test_conformal_reach_holds_what_it_promises(level, n):
    """Over calibrations and new samples together it is level to level + 1/(n + 1)."""
    rng = np.random.default_rng(0)
    tries = 4000
    errors = rng.standard_t(3, size=(tries, n + 1)) * rng.choice([1, 5], (tries, 1))
    hits = sum(abs(row[-1]) <= conformal_reach(row[:-1], level) for row in errors)
    exact = math.ceil((n + 1) * level - 1e-9) / (n + 1)
    assert within_chance(hits, tries, exact)
    assert level <= exact + 1e-9 <= level + 1 / (n + 1) + 1e-8


def test_conformal_reach_of_too_few():
    assert conformal_reach(np.ones(8), 0.9) == math.inf
    assert conformal_reach(np.arange(9.0), 0.9) == 8
    assert conformal_reach(-np.arange(9.0), 0.9) == 8
    for wrong in ({"errors": np.ones((2, 2))}, {"errors": np.ones(3), "level": 90}):
        with pytest.raises(ValueError, match="a level between 0 and 1"):
            conformal_reach(**wrong)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 60), st.floats(0.05, 0.95))
def test_thresholds_are_the_best_that_scikit_learn_finds(seed, n, least):
    p, t = tied(seed, n)
    precision, recall, _ = metrics.precision_recall_curve(t, p)
    precision, recall = precision[:-1], recall[:-1]
    f1 = best_threshold(p, t)
    both = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    assert f1.f1 == pytest.approx(both.max(), rel=1e-9)
    found = best_threshold(p, t, "recall", least)
    assert found.recall >= least
    assert found.precision == pytest.approx(precision[recall >= least].max(), rel=1e-9)
    # What it says of a threshold is what comes of it.
    for each in (f1, found):
        said = p >= each.value
        assert each == threshold_at(p, t, each.value)
        assert each.precision == pytest.approx(metrics.precision_score(t, said))
        assert each.recall == pytest.approx(metrics.recall_score(t, said))
    if (precision >= least).any():
        found = best_threshold(p, t, "precision", least)
        assert found.recall == pytest.approx(recall[precision >= least].max())
    else:
        with pytest.raises(ValueError, match="no threshold has a precision of"):
            best_threshold(p, t, "precision", least)


def test_thresholds_need_both_classes_and_a_goal():
    with pytest.raises(ValueError, match="one class alone"):
        best_threshold(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="need one of f1, precision, recall"):
        best_threshold(np.ones(2), np.arange(2), "accuracy")
    with pytest.raises(ValueError, match=r"need \(n,\)"):
        threshold_at(np.ones((2, 1)), np.arange(2), 0.5)
