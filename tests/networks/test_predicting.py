"""Predictions: the same from every thread, and no word about numbers that are large."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kobai.engines.blocks import share
from kobai.networks import Dense, Network, Sigmoid, Softmax, predicting

LARGEST = float(np.finfo(np.float32).max)


def by_hand(network: Network, x: np.ndarray) -> np.ndarray:
    w1, b1, w2, b2 = (p.astype(np.float64) for p in network.params.values())
    hidden = 1 / (1 + np.exp(-(x @ w1 + b1)))
    powers = np.exp(hidden @ w2 + b2)
    return powers / powers.sum(axis=1, keepdims=True)


def classifier(inputs: int = 30) -> Network:
    return Network(inputs, [Dense(20), Sigmoid(), Dense(4), Softmax()])


def test_threads_that_predict_at_once_do_not_disturb_each_other():
    network = classifier()
    rng = np.random.default_rng(0)
    # Many with the same number of rows, which share compiled code but no buffers.
    batches = [rng.normal(size=(500, 30)).astype(np.float32) for _ in range(80)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(network.predict, batches))
    for x, y in zip(batches, answers, strict=True):
        # Single precision.
        np.testing.assert_allclose(y, by_hand(network, x), rtol=1e-5, atol=1e-6)


def test_only_the_first_block_of_a_size_is_computed_before_the_others(monkeypatch):
    shared = []

    def count(run, blocks, workers):
        shared.append(blocks)
        share(run, blocks, workers)

    monkeypatch.setattr(predicting, "share", count)
    network = classifier()
    x = np.random.default_rng(0).normal(size=(4000, 30)).astype(np.float32)
    for _ in range(2):
        y = network.predict(x)
        # Single precision.
        np.testing.assert_allclose(y, by_hand(network, x), rtol=1e-5, atol=1e-6)
    assert shared == [3, 4]


def test_an_answer_stays_when_the_next_one_is_computed():
    network = classifier()
    x = np.random.default_rng(0).normal(size=(2, 3, 30)).astype(np.float32)
    for _ in range(3):
        first = network.predict(x[0])
        kept = first.copy()
        network.predict(x[1])
        np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("rows", [1, 3000])
def test_inputs_too_large_to_be_squared_are_no_mistake(rows):
    # Warnings are errors here; the sum of the squares overflows, the outputs do not.
    network = Network(2, [Dense(3)])
    network.params = {"W1": np.zeros((2, 3), np.float32), "b1": np.ones(3, np.float32)}
    for _ in range(2):
        y = network.predict(np.full((rows, 2), LARGEST, np.float32))
        np.testing.assert_array_equal(y, np.ones((rows, 3)))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_even_where_sigmoid_would_swallow_it(wrong):
    network = classifier()
    x = np.zeros((3000, 30), np.float32)
    x[2999, 7] = wrong
    for _ in range(2):
        with pytest.raises(ValueError, match="need finite numbers"):
            network.predict(x)
    # The same from an array whose rows do not follow each other.
    with pytest.raises(ValueError, match="need finite numbers"):
        network.predict(np.asfortranarray(x))


def test_the_row_that_is_named_is_one_of_all_rows():
    x = np.zeros((3000, 30), np.float32)
    x[2999, 7] = np.nan
    network = classifier()
    for _ in range(2):
        with pytest.raises(ValueError, match=r"nan at \(2999, 7\)"):
            network.predict(x)


def test_a_single_row_is_predicted_as_one_of_many():
    network = classifier()
    x = np.random.default_rng(0).normal(size=(9, 30)).astype(np.float32)
    expected = by_hand(network, x)
    for _ in range(3):
        for i, row in enumerate(x):
            # Single precision.
            close = {"rtol": 1e-5, "atol": 1e-6}
            np.testing.assert_allclose(network.predict(row), expected[i], **close)
