"""Gradients of networks: by hand, by the definition, and by another library."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kobai.autodiff import gradient, numerical_gradient, value_and_gradient
from kobai.networks import (
    GELU,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
    TwoLayerNet,
)

RNG = np.random.default_rng


def data(n, d, k, seed=0):
    rng = RNG(seed)
    return rng.standard_normal((n, d)), rng.integers(0, k, n)


def softmax(u):
    e = np.exp(u - u.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def sigmoid(u):
    return 1 / (1 + np.exp(-u))


def close(found, expected, rtol=1e-10, atol=1e-12):
    # Both are float64 and differ by rounding alone.
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(
            found[name], expected[name], rtol=rtol, atol=atol, err_msg=name
        )


def by_hand(p, x, t, output):
    """Back-propagation of a sigmoid layer and an output layer, as the notes have it."""
    n = len(x)
    z1 = sigmoid(x @ p["W1"] + p["b1"])
    y = output(z1 @ p["W2"] + p["b2"])
    delta2 = (y - t) / n
    delta1 = (delta2 @ p["W2"].T) * z1 * (1 - z1)
    return {
        "W1": x.T @ delta1,
        "b1": delta1.sum(axis=0),
        "W2": z1.T @ delta2,
        "b2": delta2.sum(axis=0),
    }


def test_softmax_with_cross_entropy_by_hand():
    network = Network(
        5, [Dense(4), Sigmoid(), Dense(3), Softmax()], dtype=np.float64, seed=1
    )
    x, t = data(7, 5, 3)
    expected = by_hand(network.params, x, np.eye(3)[t], softmax)
    close(network.gradient(x, t), expected)
    close(network.gradient(x, np.eye(3)[t]), expected)


def test_identity_with_squared_error_by_hand():
    network = Network(5, [Dense(4), Sigmoid(), Dense(3), Identity()], dtype=np.float64)
    x, t = RNG(0).random((7, 5)), RNG(1).random((7, 3))
    close(network.gradient(x, t), by_hand(network.params, x, t, lambda u: u))


def test_sigmoid_with_binary_cross_entropy_by_hand():
    network = Network(5, [Dense(4), Sigmoid(), Dense(1), Sigmoid()], dtype=np.float64)
    x, t = data(7, 5, 2)
    close(network.gradient(x, t), by_hand(network.params, x, t[:, np.newaxis], sigmoid))


def test_two_layer_net_by_hand():
    # The notes' loss has δ = 1e-7 in its logarithm, which δ₂ = (y - t)/n leaves out:
    # with no probability below 0.01 that changes gradients by 1e-5 of themselves.
    net = TwoLayerNet(5, 4, 3, weight_init_std=0.1)
    x, t = data(7, 5, 3)
    expected = by_hand(net.params, x, np.eye(3)[t], softmax)
    close(net.gradient(x, t), expected, rtol=1e-4, atol=1e-6)


def in_autograd(params, x, t, activations):
    """Cross-entropy of a stack of dense layers, in HIPS autograd's NumPy."""
    for number, activation in enumerate(activations, 1):
        x = activation(anp.dot(x, params[f"W{number}"]) + params[f"b{number}"])
    largest = anp.max(x, axis=1, keepdims=True)
    log_sum = largest + anp.log(anp.sum(anp.exp(x - largest), axis=1, keepdims=True))
    return anp.mean(log_sum[:, 0] - x[anp.arange(len(t)), t])


TWINS = {
    "tanh": (Tanh(), anp.tanh),
    "sigmoid": (Sigmoid(), lambda u: 1 / (1 + anp.exp(-u))),
    "relu": (ReLU(), lambda u: anp.where(u > 0, u, 0.0)),
    "softplus": (Softplus(), lambda u: anp.logaddexp(0, u)),
    "gelu": (
        GELU(),
        lambda u: 0.5 * u * (1 + anp.tanh((2 / np.pi) ** 0.5 * (u + 0.044715 * u**3))),
    ),
}


@pytest.mark.parametrize("name", TWINS)
def test_against_hips_autograd(name):
    layer, function = TWINS[name]
    layers = [Dense(6), layer, Dense(5), layer, Dense(4), Softmax()]
    network = Network(8, layers, dtype=np.float64)
    x, t = data(9, 8, 4)
    loss = lambda p: in_autograd(p, x, t, [function, function, lambda u: u])
    assert network.loss(x, t) == pytest.approx(loss(network.params), rel=1e-12)
    close(network.gradient(x, t), autograd.grad(loss)(network.params))


def test_batch_norm_while_training_against_hips_autograd():
    network = Network(4, [Dense(5), BatchNorm(), Tanh(), Dense(3)], dtype=np.float64)
    params = network.params | {"gamma2": RNG(5).random(5), "beta2": RNG(6).random(5)}
    x, t = RNG(0).random((6, 4)), RNG(1).random((6, 3))

    def twin(p):
        u = anp.dot(x, p["W1"]) + p["b1"]
        mean = anp.mean(u, axis=0)
        var = anp.mean((u - mean) ** 2, axis=0)
        z = anp.tanh(p["gamma2"] * (u - mean) / anp.sqrt(var + 1e-5) + p["beta2"])
        y = anp.dot(z, p["W3"]) + p["b3"]
        return 0.5 * anp.sum((y - t) ** 2) / len(x)

    objective = lambda p: network.objective(p, x, t, network.statistics)
    (loss, statistics), grads = value_and_gradient(objective, params, has_aux=True)
    assert float(loss) == pytest.approx(float(twin(params)), rel=1e-12)
    close(grads, autograd.grad(twin)(params))
    assert all(type(array) is np.ndarray for array in statistics.values())


def test_dropout_s_gradient_passes_only_what_was_kept():
    network = Network(4, [Dropout(0.5), Dense(3), Softmax()], dtype=np.float64)
    x, t = data(5, 4, 3)
    noise = network.noise(5, RNG(0))
    loss = lambda p: network.objective(p, x, t, {}, noise)[0]
    plain = Network(4, [Dense(3), Softmax()], dtype=np.float64)
    plain.params = network.params
    close(gradient(loss, network.params), plain.gradient(x * noise["mask1"], t))


ACTIVATIONS = st.sampled_from([Sigmoid(), Tanh(), Softplus(), GELU()])
SIZES = st.integers(1, 4)


@st.composite
def networks(draw):
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=2)))
    layers = [Flatten()]
    for _ in range(draw(st.integers(0, 2))):
        layers.append(Dense(draw(SIZES), bias=draw(st.booleans())))
        layers += draw(st.sampled_from([[], [BatchNorm()], [Dropout(0.3)]]))
        layers.append(draw(ACTIVATIONS))
    layers.append(Dense(draw(st.integers(2, 4))))
    last, losses = draw(
        st.sampled_from(
            [
                (Softmax(), ["cross_entropy", "cross_entropy_error", "squared_error"]),
                (Sigmoid(), ["binary_cross_entropy", "mean_squared_error"]),
                (Tanh(), ["squared_error"]),
            ]
        )
    )
    loss = draw(st.sampled_from(losses))
    return Network(shape, [*layers, last], loss, seed=draw(SIZES), dtype=np.float64)


@settings(max_examples=40, deadline=None)
@given(networks(), st.integers(1, 5), st.integers(0, 10))
def test_gradient_is_the_definition_s(network, n, seed):
    x = RNG(seed).standard_normal((n, *network.inputs))
    t = RNG(seed + 1).integers(0, network.outputs[0], n)
    # Central differences: truncation h² and rounding 1e-16 / h, both about 1e-8.
    close(network.gradient(x, t), network.numerical_gradient(x, t), 1e-5, 1e-7)


@settings(max_examples=25, deadline=None)
@given(networks(), st.integers(2, 5), st.integers(0, 10))
def test_training_objective_s_gradient_is_the_definition_s(network, n, seed):
    x = RNG(seed).standard_normal((n, *network.inputs))
    t = RNG(seed + 1).integers(0, network.outputs[0], n)
    noise = network.noise(n, RNG(seed))
    loss = lambda p: network.objective(p, x, t, network.statistics, noise)[0]
    # Batches of 2 to 5 make BatchNorm steep, hence truncation larger than above.
    close(
        gradient(loss, network.params),
        numerical_gradient(loss, network.params),
        1e-3,
        1e-5,
    )


def test_single_precision_gradients_are_close_to_double():
    single = Network(6, [Dense(5), Tanh(), Dense(3), Softmax()])
    double = Network(6, [Dense(5), Tanh(), Dense(3), Softmax()], dtype=np.float64)
    double.params = {k: v.astype(np.float64) for k, v in single.params.items()}
    x, t = data(8, 6, 3)
    x = x.astype(np.float32)
    expected = double.gradient(x, t)
    for found in (single.gradient(x, t), single.numerical_gradient(x, t)):
        assert {g.dtype for g in found.values()} == {np.dtype(np.float32)}
        # float32 keeps 7 digits, a few of which the sums over the batch cost.
        close(found, expected, 1e-4, 1e-6)


def test_gradient_by_the_inputs():
    network = Network(4, [Dense(3), Tanh(), Dense(2), Softmax()], dtype=np.float64)
    x, t = data(3, 4, 2)
    loss = lambda x: network.loss(x, t)
    np.testing.assert_allclose(gradient(loss, x), numerical_gradient(loss, x), 1e-6)


def test_the_book_s_closure():
    net = TwoLayerNet(4, 3, 2, weight_init_std=0.5)
    x, t = data(5, 4, 2)
    expected = net.gradient(x, t)
    before = {name: array.copy() for name, array in net.params.items()}
    for name in net.params:
        found = numerical_gradient(lambda W: net.loss(x, t), net.params[name])
        np.testing.assert_allclose(found, expected[name], rtol=1e-5, atol=1e-8)
    for name in before:
        np.testing.assert_array_equal(net.params[name], before[name])
