"""Numerical gradients of graphs, against the plain loop over all numbers."""

import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kobai import autodiff, networks
from kobai.autodiff.trees import leaves
from kobai.engines.differences import central
from kobai.engines.differences.gradient import NumericalGradient
from kobai.networks import (
    GELU,
    BatchNorm,
    Dense,
    Dropout,
    Exponential,
    Heads,
    Identity,
    LeakyReLU,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)

HAS_NUMBA = importlib.util.find_spec("numba") and importlib.util.find_spec("scipy")
ENGINES = [
    "numpy",
    pytest.param(
        "numba", marks=pytest.mark.skipif(not HAS_NUMBA, reason="numba not installed")
    ),
]

# Both are central differences of the same h, so they differ by rounding alone: that of
# the losses, some 1e-15 of each by sums in another order, divided by 2h = 2e-4; this
# is for a loss of 1.
TOLERANCE = 1e-10


def numerical_gradient(f, x, *others, h=1e-4, engine="auto"):
    return NumericalGradient(f, h, engine)(x, *others)


def assert_like_loop(f, x, *others, engine="numpy"):
    found = numerical_gradient(f, x, *others, engine=engine)
    expected = autodiff.numerical_gradient(lambda x: f(x, *others), x)
    atol = TOLERANCE * max(1, abs(float(f(x, *others))))
    for grad, wanted in zip(leaves(found), leaves(expected), strict=True):
        np.testing.assert_allclose(grad, wanted, rtol=1e-9, atol=atol)


def assert_network_like_loop(network, x, t, engine, training=True):
    noise = network.noise(len(x), np.random.default_rng(1))

    def loss(params, x, t, statistics, noise):
        return network.objective(params, x, t, statistics, noise, training=training)[0]

    others = x, t, network.statistics, noise
    assert_like_loop(loss, network.params, *others, engine=engine)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


ACTIVATIONS = [Sigmoid, Tanh, ReLU, LeakyReLU, Softplus, GELU, Exponential, Identity]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation, engine):
    # Every kind of parameter takes time to compile; another test has biases.
    bias = engine == "numpy"
    layers = [Dense(4, bias=bias), activation(), Dense(3, bias=bias)]
    network = Network(5, layers, loss="squared_error", dtype=np.float64)
    assert_network_like_loop(network, normal(6, 5), normal(6, 3, seed=1), engine)


LOSSES = {
    "cross_entropy": (Softmax(), np.array([0, 2, 1, 1, 0, 2])),
    "cross_entropy of one-hot": (Softmax(), np.eye(3)[[0, 2, 1, 1, 0, 2]]),
    "cross_entropy_error": (Softmax(), np.array([0, 2, 1, 1, 0, 2])),
    "cross_entropy_error of one-hot": (Softmax(), np.eye(3)[[0, 2, 1, 1, 0, 2]]),
    "binary_cross_entropy": (Sigmoid(), np.eye(3)[[0, 2, 1, 1, 0, 2]]),
    "squared_error": (Tanh(), normal(6, 3, seed=1)),
    "mean_squared_error": (Sigmoid(), normal(6, 3, seed=1)),
    "huber": (Identity(), 2 * normal(6, 3, seed=1)),
    "poisson": (Exponential(), np.arange(18).reshape(6, 3) % 4),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", LOSSES)
def test_every_loss(name, engine):
    last, t = LOSSES[name]
    hidden = [Dense(4), Sigmoid()] if engine == "numpy" else []
    layers = [*hidden, Dense(3, bias=engine == "numpy"), last]
    network = Network(5, layers, loss=name.split()[0], dtype=np.float64)
    assert_network_like_loop(network, normal(6, 5), t, engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_heads_of_classes_and_numbers(engine):
    network = Network(5, [Dense(6), Heads((3, 1, 2))], dtype=np.float64)
    labels = np.arange(6)
    t = np.column_stack([labels % 3, normal(6, seed=1), labels % 2])
    assert_network_like_loop(network, normal(6, 5), t, engine)


def test_every_loss_and_activation_of_the_package_is_here():
    from kobai.networks import losses
    from kobai.networks.activations import Activation

    known = {layer for layer in vars(networks).values() if isinstance(layer, type)}
    known = {c for c in known if issubclass(c, Activation) and c is not Activation}
    assert known == {*ACTIVATIONS, Softmax, Heads}
    assert {name.split()[0] for name in LOSSES} == set(losses.LOSSES)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_dense_layers_in_a_row(depth, engine):
    hidden = [layer for _ in range(depth - 1) for layer in (Dense(7), Sigmoid())]
    layers = [*hidden, Dense(3), Softmax()]
    network = Network(5, layers, dtype=np.float64)
    assert_network_like_loop(network, normal(6, 5), np.arange(6) % 3, engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("training", [True, False])
def test_batch_normalisation_and_dropout(training, engine):
    layers = [Dense(4), BatchNorm(), ReLU(), Dropout(0.5), Dense(3), Softmax()]
    network = Network(5, layers, dtype=np.float64)
    assert_network_like_loop(
        network, normal(6, 5), np.arange(6) % 3, engine, training=training
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rows", [1, 3, 4])
def test_as_many_rows_as_columns(rows, engine):
    # A vector for the rows and one for the columns then have the same shape.
    layers = [Dense(3), Sigmoid(), Dense(3), Softmax()]
    network = Network(3, layers, dtype=np.float64)
    assert_network_like_loop(network, normal(rows, 3), np.arange(rows) % 3, engine)


@settings(max_examples=25, deadline=None)
@given(
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    activation=st.sampled_from(ACTIVATIONS),
    bias=st.booleans(),
    rows=st.integers(1, 6),
    seed=st.integers(0, 2**16),
)
def test_random_networks(widths, activation, bias, rows, seed):
    hidden = [
        layer for w in widths[:-1] for layer in (Dense(w, bias=bias), activation())
    ]
    layers = [*hidden, Dense(widths[-1], bias=bias)]
    network = Network(3, layers, loss="squared_error", dtype=np.float64, seed=seed)
    x, t = normal(rows, 3, seed=seed), normal(rows, widths[-1], seed=seed + 1)
    assert_network_like_loop(network, x, t, "numpy")


W = normal(3, 4)
A = normal(5, 3, seed=1)
LABELS = np.array([0, 3, 1, 1, 2])

FUNCTIONS = {
    "weight used twice": lambda w, a: np.sum(np.tanh(a @ w) * (a @ w)),
    "weight on both sides": lambda w, a: np.sum(np.tanh((a @ w) @ w.T)),
    "weight and its penalty": lambda w, a: np.sum(np.tanh(a @ w)) + np.sum(w * w),
    "transposed weight": lambda w, a: np.sum(np.tanh(a.T[:, :4] @ w.T)),
    "weight on the left": lambda w, a: np.sum(np.tanh(w.T @ a.T)),
    "square weight by itself": lambda w, a: np.sum(np.exp(w @ w.T)),
    "column and whole": lambda w, a: np.sum((a @ w) * np.sum(a @ w)),
    "sum and rows": lambda w, a: np.sum((a @ w) / (1 + np.sum((a @ w) ** 2))),
    "rows and their column": lambda w, a: np.sum(
        np.tanh(a @ w) * np.sum(np.tanh(a @ w), axis=1, keepdims=True)
    ),
    "rows as a vector": lambda w, a: np.sum(
        np.sum(np.tanh(a @ w), axis=1) * np.max(a @ w, axis=1)
    ),
    "mean of each column": lambda w, a: np.sum(np.mean(a @ w, axis=0) ** 3),
    "einsum": lambda w, a: np.sum(np.einsum("ij,jk->k", a, np.tanh(w)) ** 2),
    "where": lambda w, a: np.sum(np.where(a @ w > 0, a @ w, 0.1 * (a @ w) ** 2)),
    "indexing": lambda w, a: np.sum((a @ w)[1:, ::2] ** 2) + w[0, 1] * w[2, 3],
    "labels": lambda w, a: np.sum(np.exp(a @ w)[np.arange(5), LABELS]),
    "labels from the end": lambda w, a: np.sum(np.exp(a @ w)[np.arange(5), LABELS - 4]),
    "cumsum": lambda w, a: np.sum(np.cumsum(np.tanh(a @ w), axis=1) ** 2),
    "reshape": lambda w, a: np.sum((a @ w).reshape(-1)[:7] ** 3),
    "smallest": lambda w, a: np.sum(np.min(np.tanh(a @ w), axis=1)),
    "maximum of all": lambda w, a: np.max(np.tanh(a @ w)),
    "stack": lambda w, a: np.sum(np.concatenate([a @ w, (a @ w) ** 2], axis=1) ** 2),
    "product with a vector": lambda w, a: np.sum(np.tanh(a @ w) @ w[0]),
    "sum over the rows of a row": lambda w, a: np.sum(a[0] @ w) ** 2,
    "power": lambda w, a: np.sum((a @ w) ** 3),
    "integers": lambda w, a: np.sum((a @ w) * LABELS[:, np.newaxis]),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_other_functions(name, engine):
    assert_like_loop(FUNCTIONS[name], W, A, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_bias_that_is_no_plain_bias(engine):
    def f(b, a):
        return np.sum(np.tanh(a + b) * b) + np.sum(np.exp(a * (2 * b)))

    assert_like_loop(f, normal(3), A, engine=engine)
    assert_like_loop(lambda b, a: np.sum(np.tanh(b - a)), normal(3), A, engine=engine)
    assert_like_loop(
        lambda b, a: np.sum(np.tanh(b * a)), normal(1, 3), A, engine=engine
    )
    assert_like_loop(
        lambda b, a: np.sum(np.tanh(b * a)), normal(5, 1), A, engine=engine
    )


def test_function_that_cannot_be_traced():
    def f(w, a):
        total = np.sum(np.tanh(a @ w))
        return total if float(np.sum(a)) > 1e9 else total * total

    def depends(w, a):
        return np.sum(w) if w[0, 0] > 0 else np.sum(w * w)

    assert_like_loop(f, W, A)
    assert_like_loop(depends, W, A)


def test_closure_that_reads_the_array_itself():
    w = W.copy()
    found = numerical_gradient(lambda _: np.sum(w**2), w)
    np.testing.assert_allclose(found, 2 * W, rtol=1e-9, atol=TOLERANCE)
    np.testing.assert_array_equal(w, W)


def test_structure_types_and_arguments():
    x = {"a": 2.0, "b": [np.float64(3), np.array(4.0)], "c": np.array([1, 2])}

    def f(x):
        return x["a"] * x["b"][0] ** 2 + x["b"][1] ** 3 + np.sum(x["c"] * x["c"])

    found = numerical_gradient(f, x)
    assert isinstance(found["a"], float)
    assert found["b"][1].shape == ()
    assert found["c"].dtype == np.float64
    # d/da, d/db and so on by hand; central differences are exact up to h² = 1e-8.
    wanted = [9.0, 12.0, 48.0, 2.0, 4.0]
    given_ = [found["a"], *found["b"], *found["c"]]
    np.testing.assert_allclose(given_, wanted, atol=2e-8)
    np.testing.assert_array_equal(x["c"], [1, 2])


def test_empty_and_unused_parameters():
    x = {"w": W, "nothing": np.zeros((0, 3)), "unused": np.ones(2)}
    found = numerical_gradient(lambda x: np.sum(x["w"] ** 2), x)
    np.testing.assert_allclose(found["w"], 2 * W, atol=1e-9)
    assert found["nothing"].shape == (0, 3)
    np.testing.assert_array_equal(found["unused"], [0, 0])


def test_argument_as_it_is():
    assert numerical_gradient(lambda x: x, np.array(3.0)) == pytest.approx(1)


def test_large_numbers_take_a_larger_step():
    # At 1e13, where floats are 2e-3 apart, a step of 1e-4 would be none.
    found = numerical_gradient(lambda x: np.sum(x * x), np.array([1e13]))
    np.testing.assert_allclose(found, [2e13], rtol=1e-6)


def test_float32_counts_as_float64():
    x = W.astype(np.float32)
    found = numerical_gradient(lambda w, a: np.sum(np.tanh(a @ w)), x, A)
    exact = A.T @ (1 - np.tanh(A @ x.astype(np.float64)) ** 2)
    # The error of a central difference: h²/6 of the third derivative.
    np.testing.assert_allclose(found, exact, atol=1e-6)
    assert found.dtype == np.float64


def test_step_is_an_argument():
    # (x + h)³ - (x - h)³ = 2h (3x² + h²)
    found = numerical_gradient(lambda x: np.sum(x**3), np.array([2.0]), h=0.5)
    np.testing.assert_allclose(found, [12.25])


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="one number"):
        numerical_gradient(lambda w: w * 2, W)
    with pytest.raises(ValueError, match="h > 0"):
        numerical_gradient(np.sum, W, h=0)
    with pytest.raises(ValueError, match="numpy"):
        numerical_gradient(np.sum, W, engine="nunpy")


def test_kept_graphs_are_those_of_the_shapes():
    gradient = NumericalGradient(lambda w, a: np.sum(np.tanh(a @ w)) + len(a))
    for a in (A, A + 1, A[:2]):
        exact = a.T @ (1 - np.tanh(a @ W) ** 2)
        # The error of a central difference: h²/6 of the third derivative.
        np.testing.assert_allclose(gradient(W, a), exact, atol=1e-6)


def test_eager_engine_is_the_loop():
    found = numerical_gradient(lambda w: np.sum(w**2), W, engine="eager")
    wanted = autodiff.numerical_gradient(lambda w: np.sum(w**2), W)
    np.testing.assert_array_equal(found, wanted)


def test_nothing_is_changed():
    network = Network(5, [Dense(4), Tanh(), Dense(3), Softmax()], dtype=np.float64)
    before = {name: array.copy() for name, array in network.params.items()}
    x, t = normal(6, 5), np.arange(6) % 3
    network.numerical_gradient(x, t)
    for name, array in network.params.items():
        np.testing.assert_array_equal(array, before[name])
    np.testing.assert_array_equal(x, normal(6, 5))


def test_groups_do_not_matter(monkeypatch):
    def f(w, a):
        return np.sum(np.tanh(np.tanh(a @ w) @ w[:, :2].T[:, [0, 1, 2, 0]].T))

    whole = numerical_gradient(f, W, A, engine="numpy")
    monkeypatch.setattr(central, "GROUP_SIZE", 1)
    one_by_one = numerical_gradient(f, W, A, engine="numpy")
    np.testing.assert_allclose(whole, one_by_one, atol=TOLERANCE)
