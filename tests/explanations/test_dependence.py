"""How predictions change with one column, against networks that are known."""

import numpy as np
import polars as pl
import pytest

from kobai.data.tables.columns import Columns, Feature, Target
from kobai.explanations import partial_dependence, row_losses, worst_rows
from kobai.formats import Model
from kobai.networks import Dense, Network, Sigmoid


@pytest.fixture
def model():
    """y = 10 · (size - 5) + 100 where the word is b, in the unit of y."""
    columns = Columns(
        (
            Feature("size", mean=5.0, std=2.0, has_missing=True),
            Feature("word", "category", categories=("a", "b"), has_other=True),
        ),
        Target(("y",), (), (0.0,), (10.0,)),
    )
    network = Network(5, [Dense(1)], "squared_error")
    network.params["W1"][:] = np.array([[2], [0], [0], [10], [0]])
    return Model(network, columns=columns)


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    size = [*rng.normal(5, 2, 199).round(2), None]
    return pl.DataFrame({"size": size, "word": list("aabc") * 50, "y": [0.0] * 200})


def test_a_number_is_followed_over_its_quantiles(model, frame):
    (found,) = partial_dependence(model, frame, "size", points=11)
    sizes = frame["size"].drop_nulls().to_numpy()
    np.testing.assert_allclose(
        found.values, np.quantile(sizes, np.linspace(0.01, 0.99, 11)), atol=1e-4
    )
    wanted = 10 * (found.values - 5) + 100 / 4
    np.testing.assert_allclose(found.means[:, 0], wanted, rtol=1e-4)
    np.testing.assert_allclose(np.sort(found.spread), np.sort(sizes), atol=1e-4)
    # Single rows lie 100 apart, by their words.
    lines = found.curves[:, :, 0] - 10 * (found.values - 5)
    np.testing.assert_allclose(np.unique(lines.round(2)), [0, 100], atol=0.02)
    assert (found.column, found.names) == ("size", ("y",))


def test_single_rows_of_a_sorted_table_lie_on_both_sides_of_the_mean(model, frame):
    (found,) = partial_dependence(model, frame.sort("word"), "size", curves=5)
    assert len(found.curves) == 5
    assert np.all(found.curves.min(axis=0) < found.means)
    assert np.all(found.curves.max(axis=0) > found.means)


@pytest.mark.parametrize(("curves", "wanted"), [(0, 0), (1, 1), (200, 200), (999, 200)])
def test_no_more_single_rows_than_there_are(model, frame, curves, wanted):
    (found,) = partial_dependence(model, frame, "size", curves=curves)
    assert len(found.curves) == wanted


def test_few_different_numbers_are_all_taken(model):
    frame = pl.DataFrame({"size": [1.1, 2, 7] * 9, "word": ["a"] * 27, "y": [0.0] * 27})
    (found,) = partial_dependence(model, frame, "size")
    assert found.values.tolist() == [1.1, 2, 7]


def test_words_come_with_their_shares(model, frame):
    (found,) = partial_dependence(model, frame, "word", curves=3)
    assert found.values == ("a", "b", "(other)")
    np.testing.assert_allclose(found.spread, [0.5, 0.25, 0.25])
    rest = 10 * (frame["size"].fill_null(5).mean() - 5)
    np.testing.assert_allclose(found.means[:, 0] - rest, [0, 100, 0], atol=1e-3)
    assert found.curves.shape == (3, 3, 1)


def test_a_column_without_any_number_in_the_rows(model):
    frame = pl.DataFrame({"size": [None] * 4, "word": list("abab"), "y": [0.0] * 4})
    (found,) = partial_dependence(model, frame, "size")
    assert found.values.tolist() == [5]
    assert len(found.spread) == 0


def test_one_output_says_both_classes(frame):
    columns = Columns((Feature("size", mean=5, std=2),), Target(("k",), ("no", "yes")))
    network = Network(1, [Dense(1), Sigmoid()], "binary_cross_entropy", seed=0)
    model = Model(network, ("no", "yes"), columns=columns)
    rows = frame.drop_nulls().with_columns(k=pl.lit("no"))
    (found,) = partial_dependence(model, rows, "size")
    assert found.names == ("no", "yes")
    np.testing.assert_allclose(found.means.sum(axis=1), 1, rtol=1e-6)
    wanted = model.predict(found.values[:, None])[:, 0]
    # A grid of numbers to six digits.
    np.testing.assert_allclose(found.means[:, 1], wanted, atol=1e-5)


def test_a_column_that_is_not_used(model, frame):
    with pytest.raises(ValueError, match=r'no column "wrd".*mean "word"'):
        partial_dependence(model, frame, "wrd")


def test_losses_of_rows_are_what_the_losses_are_means_of():
    from kobai.functions import log_loss

    rng = np.random.default_rng(1)
    y = rng.dirichlet(np.ones(3), 20)
    t = rng.integers(0, 3, 20)
    three = Columns((Feature("a"),), Target(("k",), tuple("xyz")))
    assert row_losses(three, y, t).mean() == pytest.approx(log_loss(y, t))
    two = Columns((Feature("a"),), Target(("k",), ("x", "y")))
    assert row_losses(two, y[:, :1], t % 2).mean() == pytest.approx(
        log_loss(y[:, :1], t % 2)
    )
    numbers = Columns((Feature("a"),), Target(("u", "v"), (), (0, 0), (1, 1)))
    errors = y[:, :2] - t[:, None]
    np.testing.assert_allclose(
        row_losses(numbers, y[:, :2], np.stack([t, t], 1)), (errors**2).mean(axis=1)
    )


def test_the_worst_rows_come_first_and_what_is_no_number_before_them():
    columns = Columns((Feature("a"),), Target(("y",), (), (0,), (1,)))
    y = np.array([[0.0], [3], [np.nan], [-4], [0]])
    assert worst_rows(columns, y, np.zeros((5, 1)), 3).tolist() == [2, 3, 1]
