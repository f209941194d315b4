"""Training and test parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kobai.data import train_test_split


@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=60),
    st.floats(0.01, 0.95),
    st.integers(0, 2**32),
    st.booleans(),
)
def test_every_row_is_in_one_part_with_its_target(labels, size, seed, stratify):
    t = np.array(labels)
    x = np.arange(len(t))
    count = max(1, round(len(t) * size))
    if count == len(t):
        with pytest.raises(ValueError, match="at least one row in each part"):
            train_test_split(x, t, size, seed, stratify)
        return
    (x_train, t_train), (x_test, t_test) = train_test_split(x, t, size, seed, stratify)
    assert sorted([*x_train, *x_test]) == list(x)
    assert len(x_test) == count
    np.testing.assert_array_equal(t[x_train], t_train)
    np.testing.assert_array_equal(t[x_test], t_test)
    if stratify:
        for label in set(labels):
            share = labels.count(label) * count / len(labels)
            assert abs(np.sum(t_test == label) - share) < 1


def test_rows_come_in_random_order_and_arguments_stay():
    x, t = np.arange(1000), np.repeat([0, 1], 500)
    x_before, t_before = x.copy(), t.copy()
    for stratify in (False, True):
        (x_train, _), _ = train_test_split(x, t, 0.5, 0, stratify)
        # Of 499 neighbours half rise, give or take a standard deviation of 6.5;
        # rows left in order would all rise.
        assert 200 < np.sum(np.diff(x_train) > 0) < 300
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(t, t_before)


def test_a_generator_or_its_seed():
    x = np.arange(20)
    by_seed = train_test_split(x, x, seed=5)
    by_generator = train_test_split(x, x, seed=np.random.default_rng(5))
    np.testing.assert_array_equal(by_seed[0][0], by_generator[0][0])


@pytest.mark.parametrize(
    "size", [0, 10, 11, -1, 0.0, 1.0, 1.5, -0.2, True, float("nan"), np.int64(10)]
)
def test_sizes_that_leave_a_part_empty(size):
    with pytest.raises(ValueError, match=r"test_size=.* for 10 rows"):
        train_test_split(np.arange(10), np.arange(10), size)


def test_wrong_use():
    with pytest.raises(ValueError, match="3 rows in x and 4 in t"):
        train_test_split(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match=r"shape \(4, 2\) with stratify"):
        train_test_split(np.ones(4), np.ones((4, 2)), stratify=True)
    with pytest.raises(TypeError, match='Did you mean "stratify"'):
        train_test_split(np.ones(4), np.ones(4), stratifi=True)
