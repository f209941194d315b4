"""What suits a data set where nothing is said."""

import numpy as np
import pytest

from kobai import load_digits, load_table
from kobai.networks import Dense, Ensemble, PiecewiseLinear, suited, tabular
from kobai.networks.usual import usual_members, usual_settings

pl = pytest.importorskip("polars")


def table(rows, numbers=2):
    """Return a table to learn the sum of its numbers."""
    x = np.random.default_rng(0).normal(size=(rows, numbers))
    frame = pl.DataFrame({f"x{i}": x[:, i] for i in range(numbers)})
    return load_table(frame.with_columns(y=x.sum(axis=1)), "y")


def test_of_few_rows_none_are_held_out():
    # Of 80 rows 64 train, of which a fifth are 13; of 50 rows 40, a fifth of them 8.
    many, few = usual_settings(table(80)), usual_settings(table(50))
    assert (many["validation"], many["patience"]) == (0.2, 10)
    assert (few["validation"], few["patience"], few["epochs"]) == (0.0, None, 30)


def test_a_share_that_is_asked_for_is_held_out():
    assert usual_settings(table(50), validation=0.3)["patience"] == 10
    all_rows = usual_settings(table(80), validation=0.0)
    assert (all_rows["patience"], all_rows["epochs"]) == (None, 30)


@pytest.mark.parametrize(("rows", "size"), [(20, 1), (125, 10), (500, 32), (5000, 160)])
def test_an_epoch_takes_some_twenty_five_steps(rows, size):
    assert usual_settings(table(rows))["batch_size"] == size


def test_pictures_train_on_all_rows():
    network, settings = suited(load_digits())
    assert [each.units for each in network.layers if isinstance(each, Dense)] == [
        50,
        10,
    ]
    assert settings["validation"] == 0.0
    assert settings["patience"] is None


def test_a_piece_has_fifty_rows():
    pieces = [
        len(suited(table(rows))[0].layers[0].knots[0]) - 1 for rows in (100, 1000, 9000)
    ]
    assert pieces == [8, 16, 32]


def test_a_value_of_many_rows_leaves_pieces_to_the_others():
    x = np.arange(1000) % 100
    frame = pl.DataFrame({"x": np.where(x < 90, 0.0, x), "y": x * 2.5})
    data = load_table(frame, "y", task="regression")
    (knots,) = tabular(data, pieces=8).layers[0].knots
    own = np.unique(data.x_train[:, 0])
    assert set(knots) <= set(own.tolist())
    assert [knots[0], knots[-1]] == [own[0], own[-1]]
    # Nine rows of ten are 0, which as quantiles would be all knots but the last. They
    # count as 100 of 800, beside some 80 others, which have more than a third.
    assert sum(knot > own[0] for knot in knots) >= 3
    assert len(set(np.quantile(data.x_train[:, 0], np.linspace(0, 1, 9)))) == 2


def test_very_many_numbers_have_fewer_pieces_or_none():
    some = suited(table(100, 600))[0].layers[0]
    assert isinstance(some, PiecewiseLinear)
    assert some.pieces == 600 * 3
    assert isinstance(suited(table(60, 2100))[0].layers[0], Dense)


def test_eight_networks_answer_for_a_table_and_fewer_for_a_large_one():
    network, _ = suited(table(60))
    assert isinstance(network, Ensemble)
    assert network.members == 8
    # Of 3,000 rows 2,400 train.
    assert usual_members(table(3000), (8,)) == 4
    assert usual_members(table(260_000), (8,)) == 1


def test_a_line_and_what_is_no_table_are_one_network():
    assert not isinstance(suited(table(60), hidden=[])[0], Ensemble)
    assert not isinstance(suited(load_digits())[0], Ensemble)


def test_as_many_members_as_asked_for():
    assert not isinstance(tabular(table(60), members=1), Ensemble)
    assert tabular(table(60), members=3).members == 3
    assert suited(load_digits(), members=2)[0].members == 2
