"""Curves of numbers: their formula, their derivative, and what they are good for."""

from itertools import pairwise

import numpy as np
import pytest

from kobai import Network, check_gradient, load_model, load_table, save_model, train
from kobai.networks import Dense, PiecewiseLinear, ReLU, suited, tabular
from kobai.optimizers import Adam

pl = pytest.importorskip("polars")

KNOTS = [[-1.0, 0.0, 0.0, 2.0], [0.5, 1.0, 4.0, 4.0]]


def rows(n, seed=0, dtype=np.float64):
    x = 3 * np.random.default_rng(seed).normal(size=(n, 4))
    x[0], x[1], x[2] = 100, -100, KNOTS[0]
    return x.astype(dtype)


def network(dtype=np.float64):
    return Network(4, [PiecewiseLinear(3, KNOTS), ReLU(), Dense(2)], dtype=dtype)


def by_hand(params, x):
    """Return what the layer gives, number by number."""
    found = np.zeros((len(x), 3))
    for row, values in enumerate(x):
        y = params["b1"].copy()
        for value, weights in zip(values, params["W1"], strict=True):
            y += min(max(value, -5), 5) * weights
        piece = 0
        for value, knots in zip(values, KNOTS, strict=False):
            for a, b in pairwise(knots):
                share = min(max((value - a) / (b - a), 0), 1) if b > a else 0
                y += share * params["V1"][piece]
                piece += 1
        found[row] = y
    return found


@pytest.mark.parametrize("training", [False, True])
def test_the_formula(training):
    net, x = network(), rows(20)
    layer = net.layers[0]
    values = {name[0]: net.params[name] for name in ("W1", "V1", "b1")}
    found, _ = layer.forward(values, x, training)
    # A few sums of float64, in another order.
    np.testing.assert_allclose(found, by_hand(net.params, x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_is_the_same_while_training(dtype):
    net, x = network(dtype), rows(50, dtype=dtype)
    values = {name[0]: net.params[name] for name in ("W1", "V1", "b1")}
    one, other = (net.layers[0].forward(values, x, on)[0] for on in (True, False))
    np.testing.assert_array_equal(one, other)


def test_its_gradient():
    net, x = network(), rows(20)
    t = np.random.default_rng(1).normal(size=(20, 2))
    assert check_gradient(lambda p: net.objective(p, x, t)[0], net.params)


def test_pytorch_derives_the_same():
    torch = pytest.importorskip("torch")
    net, x = network(), rows(20)
    t = np.random.default_rng(1).normal(size=(20, 2))
    params = {k: torch.tensor(v, requires_grad=True) for k, v in net.params.items()}
    knots = torch.tensor(KNOTS, dtype=torch.float64)
    low, high = knots[:, :-1], knots[:, 1:]
    rows_of = torch.tensor(x)
    share = (rows_of[:, :2, None] - low) / torch.where(high > low, high - low, 1)
    pieces = torch.where(high > low, share.clamp(0, 1), 0).reshape(20, -1)
    hidden = rows_of.clamp(-5, 5) @ params["W1"] + pieces @ params["V1"] + params["b1"]
    y = torch.relu(hidden) @ params["W2"] + params["b2"]
    (0.5 * ((y - torch.tensor(t)) ** 2).sum(dim=1).mean()).backward()
    for name, grad in net.gradient(x, t).items():
        # Sums of some twenty float64 in another order.
        np.testing.assert_allclose(grad, params[name].grad.numpy(), atol=1e-12)


@pytest.mark.parametrize("engine", ["numpy", "numba", "jax"])
def test_engines_agree(engine):
    if engine in ("numba", "jax"):
        pytest.importorskip(engine)
    x, t = rows(60, dtype=np.float64), rows(60, seed=2)[:, :2]
    losses = []
    for each in ("eager", engine):
        options = {"optimizer": Adam(0.01), "batch_size": 20, "epochs": 3}
        net = network()
        history = train(net, (x, t), engine=each, progress=False, **options)
        losses.append(history.step_losses)
    # float64, nine steps, sums in another order.
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-10)


def test_files_keep_the_knots(tmp_path):
    net = network(np.float32)
    save_model(tmp_path / "m.safetensors", net)
    again = load_model(tmp_path / "m.safetensors").network
    assert again.layers == net.layers
    np.testing.assert_array_equal(again.predict(rows(9)), net.predict(rows(9)))


@pytest.mark.parametrize(
    "knots",
    [[], [[]], [[1]], [[1, 0]], [[0, 1], [0, 1, 2]], [[0, np.nan]], [[0, np.inf]]],
)
def test_knots_that_are_none(knots):
    with pytest.raises(ValueError, match="PiecewiseLinear: got knots"):
        PiecewiseLinear(3, knots)


def test_samples_without_the_numbers():
    with pytest.raises(ValueError, match=r"samples of shape \(1,\) and knots of 2"):
        Network(1, [PiecewiseLinear(3, KNOTS)])


def table(n=400):
    """Return a table in which no line goes through anything, and one of its rows."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 2))
    side = rng.choice(["left", "right"], size=n)
    y = np.abs(x[:, 0]) * np.where(side == "left", 1, -1) + np.sin(3 * x[:, 1])
    return pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "side": side, "y": y})


def explained(net, data):
    errors = net.predict(data.x_test) - data.t_test
    return 1 - np.sum(errors**2) / np.sum((data.t_test - data.t_test.mean()) ** 2)


def test_the_recipe_learns_what_no_line_can():
    data = load_table(table(), "y")
    lines, settings = suited(data, hidden=[])
    train(lines, data, **settings, progress=False)
    assert explained(lines, data) < 0.5
    net, settings = suited(data)
    train(net, data, **settings, progress=False)
    assert explained(net, data) > 0.9


def test_knots_share_the_training_rows():
    data = load_table(table(), "y")
    layer = tabular(data, pieces=4).layers[0]
    for index, knots in enumerate(layer.knots):
        column = data.x_train[:, index]
        between, _ = np.histogram(column, knots)
        # Of 320 rows a quarter lies in each piece, to within the row of a knot.
        assert np.abs(between - 80).max() <= 1


def test_a_table_of_words_alone_has_dense_layers():
    frame = pl.DataFrame({"a": ["u", "v"] * 20, "y": ["n", "m"] * 20})
    kinds = [type(each) for each in tabular(load_table(frame, "y")).layers]
    assert kinds[0] is Dense
