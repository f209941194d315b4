"""Columns of new rows that lie elsewhere than in training are found, and no others."""

import numpy as np
import pytest

from kobai.data.tables.columns import OTHER, Columns, Feature, Target
from kobai.formats.shift import Shift

COLUMNS = Columns(
    (
        Feature("size", mean=100.0, std=20.0),
        Feature("age", mean=40.0, std=10.0, has_missing=True),
        Feature("word", "category", categories=("a", "b"), has_other=True),
        Feature("tone", "category", categories=("a", "b")),
    ),
    Target(("y",)),
)


def shift_of(*blocks):
    shift = Shift(COLUMNS)
    for block in blocks:
        shift.add(block)
    return shift


def rows(n, size=100.0, age=40.0, seed=0):
    rng = np.random.default_rng(seed)
    words = rng.integers(0, 2, (n, 2))
    numbers = rng.normal([size, age], [20, 10], (n, 2))
    return np.hstack([numbers, words])


@pytest.mark.parametrize("n", [1, 2, 5, 20, 300, 50_000])
def test_rows_like_those_of_training_have_not_shifted(n):
    for seed in range(20):
        assert shift_of(rows(n, seed=seed)).shifted() == []


@pytest.mark.parametrize("n", [20, 300, 50_000])
def test_a_column_that_lies_elsewhere_is_found(n):
    (found,) = shift_of(rows(n, size=140)).shifted()
    assert (found.name, found.trained) == ("size", 100)
    # The mean of n, which lies within 5 standard errors.
    assert found.mean == pytest.approx(140, abs=5 * 20 / np.sqrt(n))
    assert found.deviations == pytest.approx(2, abs=0.1 + 5 / np.sqrt(n))


def test_a_little_elsewhere_is_no_shift_however_many_rows():
    assert shift_of(rows(50_000, size=105)).shifted() == []


def test_one_wild_number_is_no_shift_and_other_units_are():
    block = rows(200)
    block[7, 0] = 1e12
    assert shift_of(block).shifted() == []
    block = rows(200)
    block[:, 0] *= 1000
    assert [each.name for each in shift_of(block).shifted()] == ["size"]


def test_missing_numbers_count_for_nothing():
    block = rows(100, age=60)
    block[::2, 1] = np.nan
    (found,) = shift_of(block).shifted()
    assert found.name == "age"
    assert found.mean == pytest.approx(np.nanmean(block[:, 1]))
    block[:, 1] = np.nan
    assert shift_of(block).shifted() == []


def test_blocks_count_together():
    whole = rows(90, size=150, age=10)
    parts = np.split(whole, [20, 50])
    a, b = shift_of(whole).shifted(), shift_of(*parts).shifted()
    assert [x.name for x in a] == [x.name for x in b] == ["age", "size"]
    np.testing.assert_allclose([x.mean for x in a], [x.mean for x in b])


def test_many_unknown_words_are_told_where_some_were_known():
    block = rows(100)
    block[:10, 2:] = OTHER
    assert shift_of(block).unknown() == {}
    block[:30, 2:] = OTHER
    # Of "tone" each one is strange, and counted elsewhere.
    assert shift_of(block).unknown() == {"word": 0.3}
