"""Of very many columns a gradient chooses: none that matters is missed, or hidden."""

import numpy as np
import pytest

from kobai.data.dataset import Dataset
from kobai.data.tables.columns import Columns, Feature, Target
from kobai.explanations import contributions, permutation_importance
from kobai.explanations.screening import MANY_COLUMNS, MEASURED
from kobai.explanations.wording import screened_in_words, taken_apart
from kobai.formats import Model
from kobai.networks import Dense, Network, ReLU, Softmax
from kobai.tabular.explanation import RowExplanation

WIDE = MANY_COLUMNS + 40
WORDS = ("a", "b", "c")


def made(numbers=WIDE - 1, outputs=1, seed=0):
    """A linear network on numbers and a word; "n3", "n77" and the word weigh most."""
    features = [Feature(f"n{i}", mean=i, std=2.0) for i in range(numbers)]
    features.insert(5, Feature("word", "category", categories=WORDS))
    target = Target(("y",), (), (50.0,), (7.0,))
    classes = tuple(f"class {k}" for k in range(outputs)) if outputs > 1 else ()
    if classes:
        target = Target(("y",), classes)
    columns = Columns(tuple(features), target)
    layers = [Dense(outputs), *[Softmax()] * bool(classes)]
    network = Network(columns.width, layers, None if classes else "squared_error")
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(columns.width, outputs)) / 100
    weights[3], weights[77] = 2, -3
    weights[numbers:, 0] = [4, 0, -4]
    weights[[3, 77]] *= np.arange(1, outputs + 1)
    network.params["W1"][:] = weights
    raw = rng.normal(size=(400, len(features))) * 2 + [*range(5), 0, *range(5, numbers)]
    raw[:, 5] = rng.integers(0, 3, 400)
    x = columns.encode(raw).astype(np.float32)
    t = np.asarray(network.predict(x))
    if classes:
        t = t.argmax(axis=1)
    data = Dataset(
        "made", x[:200], t[:200], x[200:], t[200:], classes=classes, columns=columns
    )
    return Model.of(network, data), data, raw


@pytest.mark.parametrize("outputs", [1, 3])
def test_the_columns_that_matter_are_among_those_measured(outputs):
    model, data, raw = made(outputs=outputs)
    found = permutation_importance(model, data)
    assert set(found.columns[:3]) == {"n3", "n77", "word"}
    assert (len(found.columns), found.screened_of) == (MEASURED, WIDE)
    apart = contributions(model, raw[:1], data)
    assert {"n3", "n77", "word"} <= set(apart.columns)
    assert len(apart.columns) + apart.others == apart.screened_of == WIDE


def test_few_columns_are_all_measured():
    model, data, raw = made(MANY_COLUMNS - 1)
    found = permutation_importance(model, data, repeats=2, rows=20)
    assert (len(found.columns), found.screened_of) == (MANY_COLUMNS, 0)
    apart = contributions(model, raw[:1], data, walks=2)
    assert (len(apart.columns), apart.others) == (MANY_COLUMNS, 0)
    assert not screened_in_words(found, "f")
    assert not screened_in_words(apart, "f")


def test_a_curve_whose_slopes_cancel_is_found():
    # y = |n3| has a mean slope of 0 over all rows.
    features = tuple(Feature(f"n{i}") for i in range(WIDE))
    columns = Columns(features, Target(("y",), (), (0.0,), (1.0,)))
    network = Network(WIDE, [Dense(2), ReLU(), Dense(1)], "squared_error")
    network.params["W1"][:] = 0
    network.params["W1"][3] = 1, -1
    network.params["W2"][:] = 1
    x = np.random.default_rng(1).normal(size=(100, WIDE)).astype(np.float32)
    x = np.vstack([x, -x])
    y = np.abs(x[:, 3:4])
    data = Dataset("made", x, y, x, y, columns=columns)
    found = permutation_importance(Model.of(network, data), data)
    assert found.columns[0] == "n3"
    # Permuted and true sizes differ by twice the variance of one.
    wanted = np.sqrt(2 * y.var())
    assert found.means[0] == pytest.approx(wanted, rel=0.15)


def test_what_a_linear_network_adds_is_known():
    model, data, raw = made()
    apart = contributions(model, raw[300:301], data.x_train[:100])
    weights = 7 * np.asarray(model.network.params["W1"], float)[:, 0]
    steps = weights * (data.x_test[100] - data.x_train[:100].mean(axis=0))
    by_name = {f"n{i}": steps[i] for i in range(WIDE - 1)}
    by_name["word"] = steps[WIDE - 1 :].sum()
    # Sums in float32 of numbers about 50.
    wanted = [by_name.pop(name) for name in apart.columns]
    np.testing.assert_allclose(apart.values[:, 0], wanted, atol=1e-3)
    np.testing.assert_allclose(apart.together, sum(by_name.values()), atol=1e-3)
    whole = apart.base + apart.values.sum(axis=0) + apart.together
    np.testing.assert_allclose(whole, apart.prediction, rtol=1e-6)


def test_columns_that_are_named_are_those_measured():
    model, data, raw = made()
    found = permutation_importance(model, data, columns=["n3", "word", "n8"])
    assert set(found.columns) == {"n3", "word", "n8"}
    assert found.screened_of == 0
    apart = contributions(model, raw[:1], data, columns=["word", "n3"])
    assert apart.columns == ("n3", "word")
    assert apart.others == WIDE - 2
    for explain in (
        lambda names: permutation_importance(model, data, columns=names),
        lambda names: contributions(model, raw[:1], data, columns=names),
    ):
        with pytest.raises(ValueError, match=r'no column "wrd".*"word"'):
            explain(["wrd"])
        with pytest.raises(ValueError, match="need one at least"):
            explain([])


def test_it_is_said_what_was_chosen_and_what_the_others_add():
    model, data, raw = made()
    found = permutation_importance(model, data)
    line = screened_in_words(found, "explain")
    assert f"Of {WIDE} columns, the {MEASURED}" in line
    assert "explain(…, columns=[…])" in line
    apart = contributions(model, raw[:1], data)
    cells = dict(zip(model.columns.names, raw[0].tolist(), strict=True))
    told = taken_apart(apart, cells, 0, False, 100)
    assert told.rows[-1][0] == f"{WIDE - len(told.rows) + 1} other columns"
    adds = sum(float(row[2]) for row in told.rows)
    # Each is shown to six digits.
    assert adds == pytest.approx(float((apart.prediction - apart.base)[0]), abs=1e-3)
    shown = RowExplanation(apart, cells, [(0, False)], 100)
    assert "explain_row(…, columns=[…])" in str(shown)
    assert "explain_row(…, columns=[…])" in shown._repr_html_()
