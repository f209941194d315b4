"""Frames and columns of every library, where a network takes arrays."""

import datetime
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from kobai.formats import Model
from kobai.networks import Dense, Network, Softmax
from kobai.training import train

ROWS = 12
X = np.random.default_rng(0).normal(size=(ROWS, 2)).round(3)
T = np.arange(ROWS) % 3
COLUMNS = {"a": X[:, 0], "b": X[:, 1]}


def network():
    return Network(2, [Dense(3), Softmax()], dtype=np.float64)


FRAMES = {
    "pandas": pd.DataFrame(COLUMNS),
    "numbered": pd.DataFrame(X),
    "names twice": pd.DataFrame(X, columns=["a", "a"]),
    "nullable": pd.DataFrame(COLUMNS).convert_dtypes(),
    "objects": pd.DataFrame(COLUMNS).astype(object),
    "categories": pd.DataFrame(COLUMNS).astype("category"),
    "on arrow": pd.DataFrame(COLUMNS).convert_dtypes(dtype_backend="pyarrow"),
    "sparse": pd.DataFrame(COLUMNS).astype(pd.SparseDtype(float)),
    "polars": pl.DataFrame(COLUMNS),
    "decimals": pl.DataFrame(
        {k: [decimal.Decimal(str(n)) for n in v] for k, v in COLUMNS.items()}
    ),
    "arrow": pa.table(COLUMNS),
}
TARGETS = {
    "pandas": pd.Series(T),
    "nullable": pd.Series(pd.array(T, dtype="Int64")),
    "objects": pd.Series(T, dtype=object),
    "categories": pd.Series(pd.Categorical(T)),
    "polars": pl.Series(T),
    "wide": pl.Series(T.tolist(), dtype=pl.Int128),
    "arrow": pa.chunked_array([T]),
    "one-hot": pd.DataFrame(np.eye(3)[T]),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_of_numbers_is_their_array(name):
    net = network()
    expected = net.predict(X)
    np.testing.assert_array_equal(net.predict(FRAMES[name]), expected)
    np.testing.assert_array_equal(Model(net).predict(FRAMES[name]), expected)
    assert net.loss(FRAMES[name], T) == net.loss(X, T)
    trained = network()
    train(trained, (FRAMES[name], T), steps=3, progress=False)
    train(net, (X, T), steps=3, progress=False)
    for key, w in net.params.items():
        np.testing.assert_array_equal(trained.params[key], w)


@pytest.mark.parametrize("name", TARGETS)
def test_a_column_of_numbers_is_their_array(name):
    net = network()
    t = TARGETS[name]
    assert net.loss(X, t) == pytest.approx(net.loss(X, T), rel=1e-15)
    assert net.accuracy(X, t) == net.accuracy(X, T)
    assert train(net, (X, t), steps=3, progress=False)["train_loss"][-1] > 0


def test_weights_may_be_a_column():
    weights = np.arange(1.0, ROWS + 1)
    expected = network().loss(X, T, sample_weight=weights)
    for column in (pd.Series(weights, dtype=object), pl.Series(weights)):
        assert network().loss(X, T, sample_weight=column) == expected


DAYS = [datetime.date(2026, 1, 1 + n) for n in range(ROWS)]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize(
    ("cells", "what"),
    [
        (["x"] * ROWS, 'words, such as "x"'),
        ([1.5, "x"] + [None] * (ROWS - 2), 'words, such as "x"'),
        (pd.to_datetime(DAYS), 'dates or times, such as "2026-01-01'),
        (DAYS, "(dates or times|values of date), such as"),
        ([[1]] * ROWS, "values of"),
        (np.ones(ROWS, complex), "values of complex"),
    ],
)
def test_a_column_without_numbers_is_named(make, cells, what):
    if make is pl.DataFrame:
        if isinstance(cells, np.ndarray):
            pytest.skip("Polars has no complex numbers")
        if isinstance(cells, list) and isinstance(cells[0], float):
            cells = pl.Series(cells, dtype=pl.Object)
    frame = make({"a": X[:, 0], "b": cells})
    for action in (
        lambda: network().predict(frame),
        lambda: Model(network()).predict(frame),
        lambda: network().loss(frame, T),
        lambda: train(network(), (frame, T), steps=1, progress=False),
    ):
        with pytest.raises(ValueError, match=f'column "b": got {what}'):
            action()


def test_words_and_missing_numbers_as_targets_are_refused():
    for t in (pd.Series(["x"] * ROWS), pl.Series(["x"] * ROWS, dtype=pl.Categorical)):
        with pytest.raises(ValueError, match='targets: got words, such as "x"; need'):
            network().loss(X, t)
        with pytest.raises(ValueError, match="t of the training data: got words, such"):
            train(network(), (X, t), steps=1, progress=False)
    gap = pd.Series(pd.array([None, *T[1:]], dtype="Int64"))
    with pytest.raises(ValueError, match=r"t of the training data is nan in row 0"):
        train(network(), (X, gap), steps=1, progress=False)


def test_a_lazy_frame_has_no_rows_yet():
    with pytest.raises(ValueError, match=r"got a lazy frame; .*frame\.collect\(\)"):
        network().predict(pl.DataFrame(COLUMNS).lazy())
