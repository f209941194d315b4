"""Which columns mattered: found where it is known, 0 where a column is not used."""

import numpy as np
import polars as pl
import pytest

from kobai.data import load_table
from kobai.data.tables.columns import Columns, Feature, Target
from kobai.errors import DataError
from kobai.explanations import permutation_importance
from kobai.explanations.inputs import inputs_of_columns, inputs_of_features
from kobai.formats import Model
from kobai.networks import Dense, Network, Softmax
from kobai.optimizers import Adam
from kobai.training import train


def learned(frame, target, outputs=1, epochs=20, **options):
    data = load_table(frame, target, **options)
    layers = [Dense(outputs), *([Softmax()] if data.classes else [])]
    network = Network(data.columns.width, layers, seed=0)
    train(network, data, optimizer=Adam(0.03), epochs=epochs, progress=False)
    return Model.of(network, data), data


@pytest.fixture
def frame():
    rng = np.random.default_rng(4)
    word = rng.choice(list("abcdef"), 600)
    return pl.DataFrame(
        {
            "noise": rng.normal(size=600),
            "word": word,
            "other": rng.choice(list("xyz"), 600),
            "y": np.where(word == "a", 9.0, 0.0) + np.where(word == "b", 5.0, 0.0),
        }
    )


def test_the_only_useful_column_is_found_and_counted_once(frame):
    model, data = learned(frame, "y", task="regression", epochs=60)
    found = permutation_importance(model, data)
    assert found.columns[0] == "word"
    assert len(found.columns) == 3
    assert (found.loss, found.score) == ("RMSE", "R²")
    means = dict(zip(found.columns, found.means, strict=True))
    assert means["word"] > 3
    # Within noise: what little the network learned of it by chance.
    assert abs(means["noise"]) < 0.02 * means["word"]
    assert abs(means["other"]) < 0.02 * means["word"]
    # The shuffled word explains nothing, and so twice the variance is left over.
    assert found.lost[0] == pytest.approx(2, abs=0.35)


def test_a_column_that_the_network_cannot_see_has_exactly_0():
    columns = Columns(
        (Feature("seen"), Feature("unseen", has_missing=True)),
        Target(("kind",), ("a", "b")),
    )
    frame = pl.DataFrame({"seen": [-1.0, 1, -2, 2], "unseen": [1.0, 2, None, 4]})
    frame = frame.with_columns(kind=pl.Series(list("abab")))
    network = Network(3, [Dense(2), Softmax()])
    network.params["W1"][:] = [[-3, 3], [0, 0], [0, 0]]
    found = permutation_importance(Model(network, ("a", "b"), columns=columns), frame)
    assert found.columns == ("seen", "unseen")
    assert (found.losses[1] == 0).all()
    assert (found.scores[1] == 0).all()
    assert found.means[0] > 0


def test_all_inputs_of_a_column_go_together():
    # Right while one of the word's inputs is 1: torn apart, it would be far off.
    words = tuple("abcd")
    columns = Columns(
        (Feature("word", "category", categories=words), Feature("size")),
        Target(("y",), (), (0.0,), (1.0,)),
    )
    network = Network(5, [Dense(1)], "squared_error")
    network.params["W1"][:] = np.array([[0], [100], [100], [100], [100]])
    network.params["b1"][:] = -100
    frame = pl.DataFrame({"word": list("abcd") * 5, "size": range(20), "y": [0.0] * 20})
    found = permutation_importance(Model(network, columns=columns), frame)
    np.testing.assert_array_equal(found.losses, 0)


def test_features_of_one_column_are_one_column(monkeypatch):
    from kobai.explanations import inputs

    columns = Columns(
        (
            Feature("day: month"),
            Feature("size"),
            Feature("day: year", has_missing=True),
        ),
        Target(("y",)),
    )
    monkeypatch.setattr(inputs, "column_of", lambda f: f.name.split(":")[0])
    found = inputs_of_columns(columns)
    assert {name: sorted(i.tolist()) for name, i in found.items()} == {
        "day": [0, 2, 3],
        "size": [1],
    }


def test_inputs_are_those_that_change_with_a_feature():
    columns = Columns(
        (
            Feature("word", "category", categories=("a", "b"), has_other=True),
            Feature("age", has_missing=True),
            Feature("tone", "category", categories=("x",)),
            Feature("size"),
        ),
        Target(("y",)),
    )
    base, other = np.array([[0.0, 1, 0, 1]]), np.array([[-1, np.nan, -1, 2]])
    found = inputs_of_features(columns)
    assert sorted(np.concatenate(found)) == list(range(columns.width))
    for index, mine in enumerate(found):
        raw = base.copy()
        raw[:, index] = other[:, index]
        changed = np.flatnonzero((columns.encode(raw) != columns.encode(base))[0])
        assert set(changed) <= set(mine.tolist())
        assert len(changed)


def test_losses_are_those_of_shuffled_rows(frame):
    model, data = learned(frame, "y", task="regression")
    found = permutation_importance(model, data, repeats=200, seed=1)
    x, t = data.x_test, data.t_test
    rng = np.random.default_rng(9)
    mine = inputs_of_columns(data.columns)["word"]
    (std,) = data.columns.target.stds

    def rmse(rows):
        return std * np.sqrt(np.mean((model.network.predict(rows) - t) ** 2))

    gains = []
    for _ in range(200):
        rows = x.copy()
        rows[:, mine] = x[rng.permutation(len(x))][:, mine]
        gains.append(rmse(rows) - rmse(x))
    error = np.std(gains) / np.sqrt(len(gains))
    # Two means of 200 differ by more than five standard errors once in a million.
    assert found.means[0] == pytest.approx(np.mean(gains), abs=5 * 2**0.5 * error)
    assert found.spreads[0] == pytest.approx(np.std(gains), rel=0.3)


def test_the_same_seed_gives_the_same_and_rows_are_drawn(frame):
    model, data = learned(frame, "y", task="classification", outputs=3)
    found = [permutation_importance(model, data, rows=50, seed=3) for _ in range(2)]
    np.testing.assert_array_equal(found[0].losses, found[1].losses)
    assert (found[0].rows, found[0].of_rows) == (50, len(data.x_test))
    assert (found[0].loss, found[0].score) == ("log loss", "accuracy")
    other = permutation_importance(model, data, rows=50, seed=4)
    assert (other.losses != found[0].losses).any()
    assert "word" in str(found[0]).splitlines()[1]


def test_a_table_does_as_well_as_a_data_set(frame):
    model, _ = learned(frame, "y", task="regression")
    found = permutation_importance(model, frame)
    assert found.of_rows == len(frame)
    assert found.columns[0] == "word"


def test_what_does_not_fit_is_refused(frame):
    model, data = learned(frame, "y", task="regression", epochs=1)
    with pytest.raises(ValueError, match="need 2 at least"):
        permutation_importance(model, data, repeats=1)
    with pytest.raises(DataError, match="its columns are not those"):
        permutation_importance(model, load_table(frame, "y", drop="noise"))
    with pytest.raises(ValueError, match="was not trained on a table"):
        permutation_importance(Model(Network(2, [Dense(1)], "squared_error")), data)
    with pytest.raises(DataError, match="lacks the column"):
        permutation_importance(model, frame.drop("word"))
