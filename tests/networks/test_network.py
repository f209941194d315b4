"""What a network computes, names, prints and refuses."""

import numpy as np
import pytest

from kobai.networks import (
    LOSSES,
    BatchNorm,
    Dense,
    Dropout,
    Exponential,
    Flatten,
    Identity,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
    TwoLayerNet,
)
from kobai.networks.network import ROWS

RNG = np.random.default_rng


def classifier(**settings):
    return Network(4, [Dense(5), Tanh(), Dense(3), Softmax()], **settings)


def batch(n=6, seed=0, dtype=np.float64):
    rng = RNG(seed)
    return rng.standard_normal((n, 4)).astype(dtype), rng.integers(0, 3, n)


def test_parameters_are_named_in_order():
    layers = [Dense(5), BatchNorm(), ReLU(), Dropout(0.1), Dense(3), Softmax()]
    network = Network(4, layers)
    assert list(network.params) == ["W1", "b1", "gamma2", "beta2", "W3", "b3"]
    assert list(network.statistics) == ["mean2", "var2"]
    assert network.size == 4 * 5 + 5 + 5 + 5 + 5 * 3 + 3
    assert network.outputs == (3,)


def test_seed_and_dtype_decide_the_parameters():
    first, again, other = classifier(seed=3), classifier(seed=3), classifier(seed=4)
    for name in first.params:
        np.testing.assert_array_equal(first.params[name], again.params[name])
    assert (first.params["W1"] != other.params["W1"]).any()
    assert first.params["W1"].dtype == np.float32
    double = classifier(seed=3, dtype=np.float64).params["W1"]
    np.testing.assert_array_equal(double.astype(np.float32), first.params["W1"])
    np.testing.assert_array_equal(
        classifier(seed=RNG(3)).params["W1"], first.params["W1"]
    )


def test_forward_is_layer_after_layer():
    network = classifier(dtype=np.float64)
    x, t = batch()
    p = network.params
    logits = np.tanh(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
    exponentials = np.exp(logits)
    y = exponentials / exponentials.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(network.forward(p, x)[0], logits, rtol=1e-13)
    np.testing.assert_allclose(network.predict(x), y, rtol=1e-13)
    loss = -np.mean([np.log(y[n, t[n]]) for n in range(len(t))])
    assert network.loss(x, t) == pytest.approx(loss, rel=1e-13)
    assert network.loss(x, np.eye(3)[t]) == pytest.approx(loss, rel=1e-13)
    right = sum(int(y[n].argmax() == t[n]) for n in range(len(t))) / len(t)
    assert network.accuracy(x, t) == pytest.approx(right)
    assert network.accuracy(x, np.eye(3)[t]) == pytest.approx(right)


OUTPUTS = {
    "cross_entropy": Softmax(),
    "cross_entropy_error": Softmax(),
    "binary_cross_entropy": Sigmoid(),
    "squared_error": Tanh(),
    "mean_squared_error": Identity(),
    "huber": Identity(),
    "poisson": Exponential(),
}


def naive_loss(name, y, t):
    """The loss of one sample's outputs y, as its formula says."""
    if name.startswith("cross_entropy"):
        delta = 1e-7 if name == "cross_entropy_error" else 0
        return -sum(t[k] * np.log(y[k] + delta) for k in range(len(y)))
    if name == "binary_cross_entropy":
        return np.mean(
            [-np.log(y[k]) if t[k] else -np.log(1 - y[k]) for k in range(len(y))]
        )
    if name == "poisson":
        return sum(y[k] - t[k] * np.log(y[k]) - t[k] for k in range(len(y)))
    distances = [abs(y[k] - t[k]) for k in range(len(y))]
    if name == "squared_error":
        return sum(d * d for d in distances) / 2
    if name == "mean_squared_error":
        return np.mean([d * d for d in distances])
    return np.mean([d * d / 2 if d <= 1 else d - 0.5 for d in distances])


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_is_its_formula_and_takes_labels(name):
    layers = [Dense(3, init=1.0), OUTPUTS[name]]
    network = Network(4, layers, name, dtype=np.float64)
    x, labels = batch()
    one_hot = np.eye(3)[labels]
    y = network.predict(x)
    expected = np.mean([naive_loss(name, y[n], one_hot[n]) for n in range(len(y))])
    assert network.loss(x, one_hot) == pytest.approx(expected, rel=1e-12)
    assert network.loss(x, labels) == pytest.approx(expected, rel=1e-12)
    assert network.loss_name == name


def test_usual_loss_for_each_output_layer():
    for last, name in [
        (Softmax(), "cross_entropy"),
        (Sigmoid(), "binary_cross_entropy"),
        (Identity(), "squared_error"),
        (Tanh(), "squared_error"),
    ]:
        assert Network(4, [Dense(3), last]).loss_name == name
    assert Network(4, [Dense(3)]).loss_name == "squared_error"


@pytest.mark.parametrize(
    ("layers", "loss", "message"),
    [
        ([Dense(3), Sigmoid()], "cross_entropy", r"needs the last layer Softmax\(\)"),
        ([Dense(3)], "cross_entropy", "needs the last layer Softmax"),
        ([Dense(3), Softmax()], "binary_cross_entropy", "last layer Sigmoid"),
        ([Dense(3), ReLU()], "binary_cross_entropy", "for ReLU.* squared_error"),
        ([Dense(3), Softmax()], "huber", "losses for Softmax.* are cross_entropy"),
        ([Dense(1), Softmax()], None, "Softmax over one unit is always 1"),
        ([Dense(3), Softmax()], "crossentropy", 'Did you mean "cross_entropy"?'),
    ],
)
def test_pairings_without_sense_are_refused(layers, loss, message):
    with pytest.raises(ValueError, match=message):
        Network(4, layers, loss)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Network((28, 28), [Dense(3)]), ValueError, r"layer 1: .*Flatten\(\)"),
        (lambda: Network(4, []), ValueError, "got no layers"),
        (lambda: Network(4, [Dense]), TypeError, r"need Dense\(\.\.\.\)"),
        (lambda: Network(4, ["relu"]), TypeError, "layer 1 must be a layer"),
        (lambda: Network(4, Dense(2)), TypeError, "layers must be a list"),
        (lambda: Network(0, [Dense(1)]), ValueError, "inputs must be 1 or more"),
        (lambda: Network("4", [Dense(1)]), TypeError, "inputs must be a whole number"),
        (lambda: Network((), [Dense(1)]), ValueError, "a size or a shape"),
        (lambda: classifier(dtype=np.int64), ValueError, "float32 or float64"),
        (lambda: classifier(dtype="float23"), ValueError, 'Did you mean "float32"?'),
    ],
)
def test_networks_that_cannot_be_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("x", "t", "message"),
    [
        (np.ones((6, 5)), np.zeros(6, int), r"shape \(6, 5\); need \(n, 4\)"),
        (np.ones(5), 0, r"shape \(5,\); need \(n, 4\)"),
        (3.0, 0, r"shape \(\); need \(n, 4\)"),
        (np.ones((0, 4)), np.zeros(0, int), "got 0 samples"),
        (np.ones((6, 4)), np.zeros(5, int), "got 6 samples and 5 targets"),
        (np.ones((6, 4)), np.full(6, 3), "got label 3; need labels from 0 to 2"),
        (np.ones((6, 4)), np.full(6, -1), "got label -1; need labels from 0 to 2"),
        (np.ones((6, 4)), np.ones((6, 2)), r"shape \(6, 2\).*need \(n, 3\)"),
        (np.ones((6, 4)), np.ones(6), r"float64; need .* or integer labels"),
        (np.ones((6, 4)), np.full((6, 3), 2.0), "got target 2.0; need targets from 0"),
        (np.full((6, 4), np.nan), np.zeros(6, int), r"inputs hold nan at \(0, 0\)"),
        (np.full((6, 4), -np.inf), np.zeros(6, int), "inputs hold -inf"),
        (np.full((6, 4), 1e300), np.zeros(6, int), "inputs hold inf"),
        (np.full((6, 4), "a"), np.zeros(6, int), "inputs of dtype <U1; need numbers"),
        (np.ones((6, 4)), ["a"] * 6, "targets of dtype <U1; need numbers"),
    ],
)
def test_data_that_does_not_fit_is_refused(x, t, message):
    network = classifier()
    for ask in (network.loss, network.accuracy, network.evaluate, network.gradient):
        with pytest.raises(ValueError, match=message):
            ask(x, t)


def test_missing_numbers_are_named():
    network = Network(4, [Dense(3), BatchNorm(), Dense(2), Softmax()])
    x, t = batch(dtype=np.float32)
    with pytest.raises(ValueError, match=r"BatchNorm\(\): got no 'mean2'; need .*stat"):
        network.objective(network.params, x, t % 2)
    with pytest.raises(ValueError, match=r"Dense\(3\): got no 'W1'; need network.par"):
        network.forward({}, x)


def test_predict_refuses_the_wrong_width_and_nan():
    with pytest.raises(ValueError, match=r"shape \(2, 3\); need \(n, 4\)"):
        classifier().predict(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"nan at \(0, 1\)"):
        classifier().predict([[0.0, np.nan, 0.0, 0.0]])


def test_targets_that_hold_nan_are_refused():
    with pytest.raises(ValueError, match=r"targets hold nan at \(1, 0\)"):
        Network(2, [Dense(1)]).loss(np.ones((2, 2)), [[0.0], [np.nan]])


def test_labels_outside_zero_and_one_are_refused_for_one_sigmoid():
    network = Network(2, [Dense(1), Sigmoid()])
    with pytest.raises(ValueError, match="got target -1; need targets from 0 to 1"):
        network.loss(np.ones((2, 2)), [-1, 1])


def test_one_sample_alone_gives_its_outputs_alone():
    network = classifier(dtype=np.float64)
    x, t = batch()
    assert network.predict(x[0]).shape == (3,)
    np.testing.assert_allclose(network.predict(x[0]), network.predict(x)[0], rtol=1e-14)
    assert network.loss(x[0], t[0]) == network.loss(x[:1], t[:1])
    assert network.loss(x[0], np.eye(3)[t[0]]) == pytest.approx(
        network.loss(x[:1], t[:1])
    )


@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_any_batch_size(n):
    x, t = batch(n)
    network = classifier(dtype=np.float64)
    assert network.predict(x).shape == (n, 3)
    losses = [network.loss(x[i : i + 1], t[i : i + 1]) for i in range(n)]
    assert network.loss(x, t) == pytest.approx(np.mean(losses), rel=1e-12)


def test_inputs_of_any_kind_become_the_network_s_dtype():
    network = classifier()
    x = np.arange(8).reshape(2, 4)
    expected = network.predict(x.astype(np.float32))
    assert expected.dtype == np.float32
    for given in (x, x.tolist(), x.astype(np.uint8), x.astype(np.float64)):
        np.testing.assert_array_equal(network.predict(given), expected)


def test_images_pass_through_flatten():
    network = Network((2, 3), [Flatten(), Dense(2), Softmax()])
    x = RNG(0).random((5, 2, 3)).astype(np.float32)
    flat = Network(6, [Dense(2), Softmax()])
    np.testing.assert_array_equal(network.predict(x), flat.predict(x.reshape(5, 6)))
    assert network.predict(x[0]).shape == (2,)


def test_targets_of_one_output_never_broadcast():
    network = Network(2, [Dense(1, init=1.0)], dtype=np.float64)
    x, t = RNG(0).random((5, 2)), RNG(1).random(5)
    y = network.predict(x)[:, 0]
    expected = np.mean((y - t) ** 2) / 2
    assert network.loss(x, t) == pytest.approx(expected, rel=1e-13)
    assert network.loss(x, t[:, np.newaxis]) == pytest.approx(expected, rel=1e-13)


def test_binary_accuracy_of_one_sigmoid():
    network = Network(1, [Dense(1, init=0.0), Sigmoid()])
    network.params["W1"][...] = 1
    x = np.array([[-2.0], [-0.1], [0.1], [2.0]])
    assert network.accuracy(x, [0, 1, 1, 1]) == 0.75
    assert network.accuracy(x, [[0], [1], [1], [1]]) == 0.75
    assert network.evaluate(x, [False, True, True, True])["accuracy"] == 0.75


def test_accuracy_of_several_sigmoids():
    network = Network(2, [Dense(2, init=0.0), Sigmoid()])
    network.params["W1"][...] = np.eye(2)
    x = np.array([[1.0, -0.1], [0.4, 0.2]])
    # Targets (n, k): every yes or no by itself. Here one of four is wrong.
    assert network.accuracy(x, [[1, 0], [1, 0]]) == 0.75
    # Labels: the largest output.
    assert network.accuracy(x, [0, 1]) == 0.5


def test_a_regression_has_no_accuracy():
    network = Network(2, [Dense(1)])
    x, t = np.ones((3, 2)), np.ones((3, 1))
    assert set(network.evaluate(x, t)) == {"loss"}
    with pytest.raises(ValueError, match="a regression"):
        network.accuracy(x, t)
    curve = Network(2, [Dense(1), Sigmoid()], "squared_error")
    assert set(curve.evaluate(x, t)) == {"loss"}


@pytest.mark.parametrize("n", [1, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS + 5])
def test_evaluate_in_chunks_is_loss_and_accuracy(n):
    network = classifier(dtype=np.float64)
    x, t = batch(n)
    found = network.evaluate(x, t)
    # Sums in another order: a few roundings of float64 apart.
    assert found["loss"] == pytest.approx(float(network.loss(x, t)), rel=1e-12)
    assert found["accuracy"] == pytest.approx(network.accuracy(x, t), rel=1e-12)
    assert all(type(value) is float for value in found.values())


def test_nothing_is_mutated():
    layers = [Dense(5), BatchNorm(), ReLU(), Dropout(0.2), Dense(3), Softmax()]
    network = Network(4, layers, dtype=np.float64)
    x, t = batch()
    before = [x.copy(), *(a.copy() for a in network.params.values())]
    before += [a.copy() for a in network.statistics.values()]
    noise = network.noise(6, RNG(0))
    network.objective(network.params, x, t, network.statistics, noise)
    network.evaluate(x, t)
    network.gradient(x, t)
    network.numerical_gradient(x, t)
    after = [x, *network.params.values(), *network.statistics.values()]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_prints_as_a_table():
    text = str(Network((28, 28), [Flatten(), Dense(1000), ReLU(), Dense(10)]))
    lines = text.splitlines()
    assert lines[0] == "Network of 28 × 28 inputs, loss squared_error, float32"
    assert lines[3].split() == ["Flatten()", "(784,)", "0"]
    assert lines[4].split()[:3] == ["Dense(1000)", "(1000,)", "785,000"]
    assert lines[4].endswith("W1 (784, 1000), b1 (1000,)")
    assert lines[-1].split() == ["total", "795,010"]
    starts = {line.index(line.split()[1]) for line in lines[2:-1]}
    assert len(starts) == 1
    assert "TwoLayerNet" in str(TwoLayerNet(4, 3, 2))


def test_repr_names_everything():
    assert repr(classifier()) == (
        'Network((4,), [Dense(5), Tanh(), Dense(3), Softmax()], loss="cross_entropy", '
        'dtype="float32")'
    )
