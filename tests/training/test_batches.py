"""Batches: what every kind promises, for any number of rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kobai.training import BATCHES, epoch_batches, steps_per_epoch

sizes = st.tuples(st.integers(1, 60), st.integers(1, 60)).map(
    lambda pair: (max(pair), min(pair))
)


@pytest.mark.parametrize("kind", BATCHES)
@given(sizes=sizes, seed=st.integers(0, 2**64), epoch=st.integers(0, 1000))
def test_every_kind_is_a_function_of_seed_and_epoch(kind, sizes, seed, epoch):
    rows, size = sizes
    once = epoch_batches(kind, rows, size, seed, epoch)
    again = epoch_batches(kind, rows, size, seed, epoch)
    assert len(once) == steps_per_epoch(kind, rows, size)
    for first, second in zip(once, again, strict=True):
        assert np.array_equal(first, second)
        assert first.min() >= 0
        assert first.max() < rows


@given(sizes=sizes)
def test_shuffled_batches_hold_every_row_once(sizes):
    rows, size = sizes
    batches = epoch_batches("shuffle", rows, size, seed=0, epoch=0)
    assert sorted(np.concatenate(batches)) == list(range(rows))
    assert [len(batch) for batch in batches[:-1]] == [size] * (len(batches) - 1)
    assert 1 <= len(batches[-1]) <= size


@given(sizes=sizes)
def test_random_batches_are_all_of_one_size(sizes):
    rows, size = sizes
    batches = epoch_batches("random", rows, size, seed=0, epoch=0)
    assert all(len(batch) == size for batch in batches)


def test_random_batches_are_drawn_with_replacement():
    batches = epoch_batches("random", 1000, 1000, seed=0, epoch=0)
    # A row is missed with probability (1 - 1/1000)^1000 = 0.368; its share has a
    # standard deviation below 0.016, and 0.1 is more than six of them.
    assert abs(1 - len(set(batches[0].tolist())) / 1000 - 0.368) < 0.1


def test_online_and_full_set_their_own_size():
    online = epoch_batches("online", 7, 100, seed=0, epoch=0)
    assert sorted(batch.tolist() for batch in online) == [[i] for i in range(7)]
    (full,) = epoch_batches("full", 7, 100, seed=0, epoch=0)
    assert full.tolist() == list(range(7))


@pytest.mark.parametrize("kind", ["shuffle", "random", "online"])
def test_epochs_and_seeds_differ(kind):
    drawn = {
        np.concatenate(epoch_batches(kind, 50, 10, seed, epoch)).tobytes()
        for seed in range(5)
        for epoch in range(5)
    }
    assert len(drawn) == 25


def test_steps_per_epoch_counts_in_whole_numbers():
    assert steps_per_epoch("shuffle", 60_000, 100) == 600
    assert steps_per_epoch("shuffle", 10_000, 1_000) == 10
    assert steps_per_epoch("random", 101, 100) == 2
    # As floats 10**17 + 1 and 10**17 are the same number.
    assert steps_per_epoch("shuffle", 10**17 + 1, 10) == 10**16 + 1


def test_refuses_nonsense():
    with pytest.raises(ValueError, match=r'unknown batches "shufle".*"shuffle"'):
        epoch_batches("shufle", 10, 5, 0, 0)
    for kind in ("shuffle", "random"):
        with pytest.raises(ValueError, match="batch_size=11 is larger than the data"):
            epoch_batches(kind, 10, 11, 0, 0)
