"""A prediction taken apart: the parts sum up, and are Shapley's division."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kobai.data.dataset import Dataset
from kobai.data.tables.columns import Columns, Feature, Target
from kobai.explanations import contributions, shapley
from kobai.explanations.inputs import inputs_of_columns
from kobai.formats import Model
from kobai.networks import Dense, Network, Sigmoid, Softmax, Tanh


def made(numbers, classes=0, seed=0):
    """A network of random weights on so many numbers and one column of words."""
    features = [Feature(f"n{i}", mean=i, std=2.0) for i in range(numbers)]
    features.append(Feature("word", "category", categories=("a", "b"), has_other=True))
    names = tuple(f"class {i}" for i in range(classes))
    target = Target(("y",), names) if classes else Target(("y",), (), (50.0,), (7.0,))
    columns = Columns(tuple(features), target)
    if classes == 2:
        layers, loss = [Dense(5), Tanh(), Dense(1), Sigmoid()], "binary_cross_entropy"
    elif classes:
        layers, loss = [Dense(5), Tanh(), Dense(classes), Softmax()], "cross_entropy"
    else:
        layers, loss = [Dense(5), Tanh(), Dense(1)], "squared_error"
    network = Network(columns.width, layers, loss, seed=seed)
    network.params = {n: 2 * v for n, v in network.params.items()}
    rng = np.random.default_rng(seed)
    raw = rng.normal(size=(30, numbers + 1)) * 3
    raw[:, -1] = rng.integers(-1, 2, 30)
    return Model(network, names, columns=columns), raw


def by_definition(model, raw, background):
    """Mean over all orders of the columns of what each adds when its turn comes."""
    columns = model.columns
    x = columns.encode(raw)[0]
    parts = list(inputs_of_columns(columns).values())

    def worth(chosen):
        rows = background.copy()
        for j in chosen:
            rows[:, parts[j]] = x[parts[j]]
        y = columns.decode(model.network.predict(rows)).astype(float)
        if columns.target.classes and y.shape[1] == 1:
            y = np.hstack([1 - y, y])
        return y.mean(axis=0)

    orders = list(permutations(range(len(parts))))
    total = 0.0
    for order in orders:
        steps = [worth(order[:n]) for n in range(len(order) + 1)]
        values = np.zeros((len(parts), len(steps[0])))
        values[list(order)] = np.diff(steps, axis=0)
        total = total + values
    return total / len(orders)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0, 2, 3]), st.integers(1, 3))
def test_few_columns_are_divided_exactly(seed, classes, numbers):
    model, raw = made(numbers, classes, seed)
    background = model.columns.encode(raw[1:]).astype(np.float32)
    found = contributions(model, raw[:1], background)
    wanted = by_definition(model, raw[:1], background)
    # Sums of predictions in float32, in the unit of a target of 50 ± 7.
    np.testing.assert_allclose(found.values, wanted, atol=2e-4)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from([0, 2, 3]),
    st.integers(1, 20),
    st.integers(1, 300),
)
def test_they_sum_to_the_prediction_less_its_base(seed, classes, numbers, walks):
    model, raw = made(numbers, classes, seed)
    background = model.columns.encode(raw[1:]).astype(np.float32)
    found = contributions(model, raw[:1], background, walks=walks, seed=seed)
    total = found.values.sum(axis=0)
    np.testing.assert_allclose(found.base + total, found.prediction, atol=1e-4)
    outputs = model.network.predict(model.columns.encode(raw[:1]).astype(np.float32))
    expected = model.columns.decode(outputs)
    np.testing.assert_allclose(found.prediction[-1], expected[0, -1], rtol=1e-5)
    assert found.columns == model.columns.names


def test_orders_drawn_come_near_the_exact_values(monkeypatch):
    model, raw = made(5, 0)
    background = model.columns.encode(raw[1:]).astype(np.float32)
    exact = contributions(model, raw[:1], background)
    monkeypatch.setattr(shapley, "FEW_COLUMNS", 0)
    drawn = contributions(model, raw[:1], background, walks=20_000)
    np.testing.assert_allclose(drawn.base, exact.base, rtol=1e-6)
    # Standard error: steps of some 10 units, by the root of 20,000.
    np.testing.assert_allclose(drawn.values, exact.values, atol=0.35)


def test_columns_that_only_add_are_exact_from_any_order():
    columns = Columns(
        tuple(Feature(f"n{i}", std=2.0) for i in range(12)),
        Target(("y",), (), (3.0,), (10.0,)),
    )
    network = Network(12, [Dense(1)], "squared_error", seed=1)
    rng = np.random.default_rng(0)
    background = rng.normal(size=(40, 12)).astype(np.float32)
    raw = rng.normal(size=(1, 12))
    found = contributions(Model(network, columns=columns), raw, background, walks=80)
    x = columns.encode(raw)[0]
    wanted = 10 * network.params["W1"][:, 0] * (x - background.mean(axis=0))
    np.testing.assert_allclose(found.values[:, 0], wanted, atol=1e-4)


def test_a_background_is_training_rows_or_means():
    model, raw = made(2, 3)
    x = model.columns.encode(raw).astype(np.float32)
    t = np.zeros(30, int)
    data = Dataset("made", x, t, x[:1], t[:1], model.classes, columns=model.columns)
    outputs = model.network.predict(x).mean(axis=0)
    found = contributions(model, raw[:1], data)
    np.testing.assert_allclose(found.base, outputs, rtol=1e-5)
    assert not found.is_against_means
    alone = contributions(model, raw[:1])
    assert alone.is_against_means
    usual = np.array([[0, 0, 1 / 3, 1 / 3, 1 / 3]])
    np.testing.assert_allclose(alone.base, model.network.predict(usual)[0], rtol=1e-5)


def test_a_row_is_found_by_its_names():
    model, raw = made(2, 3)
    word = {0: "a", 1: "b", -1: "new"}[int(raw[0, 2])]
    record = {"word": word, "n1": raw[0, 1], "n0": raw[0, 0]}
    by_name = contributions(model, record)
    by_place = contributions(model, raw[0])
    # Sums in float32, which the first call and later ones make in another order.
    np.testing.assert_allclose(by_name.values, by_place.values, atol=1e-6)


def test_what_does_not_fit_is_refused():
    model, raw = made(2)
    with pytest.raises(ValueError, match="need one row"):
        contributions(model, raw[:2])
    with pytest.raises(ValueError, match="got a background of shape"):
        contributions(model, raw[:1], np.zeros((3, 2)))
    plain = Model(Network(2, [Dense(1)], "squared_error"))
    with pytest.raises(ValueError, match="was not trained on a table"):
        contributions(plain, raw[:1])
