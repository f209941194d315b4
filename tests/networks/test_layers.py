"""Each layer by itself, against its formula written out naively."""

import math

import numpy as np
import pytest

from kobai.networks import (
    ACTIVATIONS,
    GELU,
    LAYERS,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    Heads,
    Identity,
    LeakyReLU,
    Network,
    PiecewiseLinear,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)

NAIVE = {
    "identity": lambda v: v,
    "sigmoid": lambda v: 1 / (1 + math.exp(-v)),
    "tanh": math.tanh,
    "relu": lambda v: v if v > 0 else 0.0,
    "leaky_relu": lambda v: v if v > 0 else 0.01 * v,
    "softplus": lambda v: math.log(1 + math.exp(v)),
    "exponential": math.exp,
    "gelu": lambda v: v * 0.5 * (1 + math.erf(v / math.sqrt(2))),
}


def numbers(*shape: int, seed: int = 0, dtype: type = np.float64) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("name", NAIVE)
def test_activation_is_its_function_number_by_number(name):
    x = numbers(4, 3)
    layer = ACTIVATIONS[name]()
    expected = np.array([[NAIVE[name](float(v)) for v in row] for row in x])
    # gelu is tanh's approximation of x Φ(x), 5e-4 off at most; the others only round.
    atol = 5e-4 if name == "gelu" else 1e-14
    np.testing.assert_allclose(layer.forward({}, x, True)[0], expected, atol=atol)
    assert layer.output_shape((3,)) == (3,)


def test_softmax_gives_probabilities_row_by_row():
    y, _ = Softmax().forward({}, numbers(5, 4), True)
    np.testing.assert_allclose(y.sum(axis=1), 1, rtol=1e-15)
    row = [math.exp(v) for v in numbers(5, 4)[2]]
    np.testing.assert_allclose(y[2], np.array(row) / sum(row), rtol=1e-14)


def test_leaky_relu_has_its_slope():
    y, _ = LeakyReLU(0.3).forward({}, np.array([[-2.0, 2.0]]), True)
    np.testing.assert_array_equal(y, [[-0.6, 2.0]])


def test_dense_sums_input_by_input():
    x, W, b = numbers(3, 4), numbers(4, 2, seed=1), numbers(2, seed=2)
    y, _ = Dense(2).forward({"W": W, "b": b}, x, True)
    for n in range(3):
        for j in range(2):
            total = b[j] + sum(x[n, i] * W[i, j] for i in range(4))
            assert y[n, j] == pytest.approx(total, rel=1e-13)


def test_dense_without_bias_has_none():
    network = Network(3, [Dense(2, bias=False), Dense(1)])
    assert list(network.params) == ["W1", "W2", "b2"]
    x = numbers(4, 3, dtype=np.float32)
    expected = x @ network.params["W1"] @ network.params["W2"]
    np.testing.assert_allclose(network.predict(x), expected, rtol=1e-6)


def spread(layers, inputs=400):
    return Network(inputs, layers, dtype=np.float64).params["W1"].std()


@pytest.mark.parametrize("activation", [ReLU, LeakyReLU, GELU, Softplus])
def test_weights_start_as_he_before_the_relu_kind(activation):
    # 80,000 draws: the sample's standard deviation is 0.25 % off at one sigma.
    expected = pytest.approx(math.sqrt(2 / 400), rel=0.015)
    assert spread([Dense(200), activation(), Dense(1)]) == expected
    assert (
        spread([Dense(200), BatchNorm(), Dropout(), activation(), Dense(1)]) == expected
    )


@pytest.mark.parametrize("activation", [Sigmoid, Tanh, Identity])
def test_weights_start_as_xavier_before_the_others(activation):
    expected = pytest.approx(math.sqrt(2 / 600), rel=0.015)
    assert spread([Dense(200), activation(), Dense(9), ReLU()]) == expected
    assert spread([Dense(200)]) == expected


def test_weights_start_as_asked_and_biases_at_zero():
    layers = [Dense(200, init="he"), Sigmoid(), Dense(200, init=0.01), ReLU()]
    network = Network(400, layers, dtype=np.float64)
    assert network.params["W1"].std() == pytest.approx(math.sqrt(2 / 400), rel=0.015)
    assert network.params["W2"].std() == pytest.approx(0.01, rel=0.02)
    assert not network.params["b1"].any()
    assert not Network(3, [Dense(2, init=0.0)]).params["W1"].any()


def test_flatten_lays_out_rows():
    x = np.arange(24).reshape(2, 3, 4)
    y, _ = Flatten().forward({}, x, True)
    np.testing.assert_array_equal(y, [range(12), range(12, 24)])
    assert Flatten().output_shape((3, 4)) == (12,)


def test_dropout_only_acts_while_training():
    network = Network(1000, [Dropout(0.3), Identity()])
    x = np.ones((50, 1000), np.float32)
    noise = network.noise(50, np.random.default_rng(0))
    y, _ = network.forward({}, x, {}, noise, training=True)
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.7)}
    # 50,000 draws: the share is 0.2 % off at one sigma.
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert y.mean() == pytest.approx(1, abs=0.015)
    np.testing.assert_array_equal(network.forward({}, x, {}, noise)[0], x)
    np.testing.assert_array_equal(network.predict(x), x)


def test_noise_is_a_function_of_the_generator_and_numbered():
    network = Network(4, [Dropout(0.5), Dense(3), Dropout(0.5), Dense(2), Softmax()])
    first = network.noise(6, np.random.default_rng(7))
    again = network.noise(6, np.random.default_rng(7))
    other = network.noise(6, np.random.default_rng(8))
    assert {name: mask.shape for name, mask in first.items()} == {
        "mask1": (6, 4),
        "mask2": (6, 3),
    }
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
    assert any((first[name] != other[name]).any() for name in first)
    assert Network(4, [Dense(2)]).noise(6, np.random.default_rng(7)) == {}


def test_dropout_refuses_to_train_without_its_masks():
    network = Network(4, [Dropout(0.5), Dense(1)])
    x = np.ones((3, 4), np.float32)
    with pytest.raises(ValueError, match=r"noise=network\.noise\(n, rng\)"):
        network.objective(network.params, x, np.ones((3, 1)))
    noise = network.noise(1, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"mask of shape \(1, 4\).*\(3, 4\)"):
        network.objective(network.params, x, np.ones((3, 1)), {}, noise)


def naive_batch_norm(x, gamma, beta, epsilon):
    y = np.empty_like(x)
    for j in range(x.shape[1]):
        column = [float(v) for v in x[:, j]]
        mean = sum(column) / len(column)
        var = sum((v - mean) ** 2 for v in column) / len(column)
        for n, v in enumerate(column):
            y[n, j] = gamma[j] * (v - mean) / math.sqrt(var + epsilon) + beta[j]
    return y


def test_batch_norm_normalises_by_the_batch_while_training():
    x = 3 + 2 * numbers(8, 3)
    gamma, beta = numbers(3, seed=1), numbers(3, seed=2)
    values = {"gamma": gamma, "beta": beta, "mean": np.zeros(3), "var": np.ones(3)}
    y, moved = BatchNorm(momentum=0.8).forward(values, x, True)
    np.testing.assert_allclose(y, naive_batch_norm(x, gamma, beta, 1e-5), rtol=1e-12)
    # The running variance is the unbiased one, n - 1 below: numpy's ddof=1.
    np.testing.assert_allclose(moved["mean"], 0.2 * x.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(moved["var"], 0.8 + 0.2 * x.var(axis=0, ddof=1))


def test_batch_norm_uses_the_running_statistics_afterwards():
    x = numbers(4, 2)
    mean, var = np.array([1.0, 2.0]), np.array([4.0, 9.0])
    values = {"gamma": np.ones(2), "beta": np.zeros(2), "mean": mean, "var": var}
    y, moved = BatchNorm(epsilon=0).forward(values, x, False)
    np.testing.assert_allclose(y, (x - mean) / np.array([2.0, 3.0]), rtol=1e-14)
    assert moved == {}


def test_running_statistics_approach_the_data_s():
    network = Network(3, [BatchNorm(momentum=0.9)], dtype=np.float64)
    x = 5 + 2 * numbers(64, 3)
    statistics = network.statistics
    for _ in range(300):
        _, statistics = network.forward(network.params, x, statistics, {}, True)
    np.testing.assert_allclose(statistics["mean1"], x.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(statistics["var1"], x.var(axis=0, ddof=1), rtol=1e-10)
    # The network's own stay what they were: forward is pure.
    np.testing.assert_array_equal(network.statistics["mean1"], np.zeros(3))


def test_batch_norm_of_one_sample_stays_finite():
    network = Network(3, [BatchNorm(), Dense(1)])
    x = np.ones((1, 3), np.float32)
    loss, moved = network.objective(
        network.params, x, np.ones((1, 1)), network.statistics
    )
    assert np.isfinite(loss)
    assert all(np.isfinite(array).all() for array in moved.values())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", LAYERS.values())
def test_every_layer_keeps_the_dtype(kind, dtype):
    given = {Dense: [2], PiecewiseLinear: [2, [[0, 1, 1, 3]]], Heads: [(2, 1)]}
    layer = kind(*given.get(kind, []))
    network = Network(3, [layer, Dense(2), Identity()], dtype=dtype)
    x = numbers(4, 3, dtype=dtype)
    noise = network.noise(4, np.random.default_rng(0))
    logits, moved = network.forward(network.params, x, network.statistics, noise, True)
    arrays = [logits, *moved.values(), *noise.values(), *network.params.values()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dense(0), ValueError, "Dense: units must be 1 or more, got 0"),
        (lambda: Dense(2.5), TypeError, "Dense: units must be a whole number, got 2.5"),
        (lambda: Dense(True), TypeError, "units must be a whole number, got True"),
        (lambda: Dense(3, init="xaver"), ValueError, 'Did you mean "xavier"?'),
        (lambda: Dense(3, init=-1.0), ValueError, r"init must be in \[0, inf\)"),
        (lambda: Dense(3, bias=1), TypeError, "bias must be True or False, got 1"),
        (lambda: Dropout(1.0), ValueError, r"rate must be in \[0, 1\), got 1.0"),
        (lambda: Dropout("0.5"), TypeError, "rate must be a number, got '0.5'"),
        (lambda: BatchNorm(momentum=1.5), ValueError, "momentum must be in"),
        (lambda: BatchNorm(epsilon=math.nan), ValueError, "epsilon must be in"),
        (lambda: LeakyReLU(-0.1), ValueError, "slope must be in"),
    ],
)
def test_nonsense_settings_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_layers_print_as_they_are_written():
    layers = [Dense(50), Dense(5, init=0.01, bias=False), ReLU(), Dropout(0.5)]
    written = "[Dense(50), Dense(5, init=0.01, bias=False), ReLU(), Dropout(rate=0.5)]"
    assert repr(layers) == written
    assert eval(written) == layers
