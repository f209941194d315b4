"""The planned NumPy engine: whole training steps, memory, and the code it writes."""

import gc
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from kobai.autodiff.trees import leaves
from kobai.engines.numpy_engine.program import compile_numpy
from kobai.functions import sigmoid, softmax_cross_entropy
from kobai.graph import trace, verify
from kobai.networks import (
    GELU,
    BatchNorm,
    Dense,
    Dropout,
    Exponential,
    Identity,
    LeakyReLU,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from kobai.optimizers import OPTIMIZERS, SGD, Adam
from kobai.training.step import make_step

N = 16
LABELS = np.arange(N) % 3
NETWORKS = {
    "sigmoid": ([Dense(5), Sigmoid(), Dense(3), Softmax()], None),
    "book": ([Dense(5), Sigmoid(), Dense(3), Softmax()], "cross_entropy_error"),
    "relu": ([Dense(6), ReLU(), Dense(5), ReLU(), Dense(3), Softmax()], None),
    "smooth": ([Dense(5), GELU(), Dense(4), Softplus(), Dense(3), Softmax()], None),
    "norm": ([Dense(5), BatchNorm(), LeakyReLU(), Dense(3), Softmax()], None),
    "dropout": ([Dense(5), Tanh(), Dropout(0.5), Dense(3), Softmax()], None),
    "binary": ([Dense(5), Tanh(), Dense(3), Sigmoid()], "binary_cross_entropy"),
    "squares": ([Dense(5), Tanh(), Dense(3), Identity()], "squared_error"),
    "mean": ([Dense(5), Sigmoid(), Dense(3), Tanh()], "mean_squared_error"),
    "huber": ([Dense(5), Sigmoid(), Dense(3), Identity()], "huber"),
    "poisson": ([Dense(5), Sigmoid(), Dense(3), Exponential()], "poisson"),
}


def training(name, optimizer, dtype, seed=0):
    """Return a step, what it changes, and one batch."""
    rng = np.random.default_rng(seed)
    layers, loss = NETWORKS[name]
    network = Network(4, layers, loss, seed=seed, dtype=dtype)
    x = rng.normal(size=(N, 4)).astype(dtype)
    is_class = isinstance(layers[-1], Softmax)
    t = LABELS if is_class else (LABELS[:, None] == np.arange(3)).astype(dtype)
    noise = network.noise(N, rng)
    model = (network.params, optimizer.init(network.params), network.statistics)
    return make_step(network, optimizer, "backprop"), model, ({"x": x, "t": t}, noise)


def compiled_step(step, model, batch, rate):
    """Return the compiled step, which changes the model in place."""
    graph = trace(step, *model, *batch, rate)
    *changed, loss = graph.outputs
    pairs = zip(graph.inputs, changed, strict=False)
    updates = {old: new for old, new in pairs if old is not new}
    graph = replace(graph, outputs=(loss,), updates=updates, result=[loss])
    verify(graph)
    t = graph.inputs[len(leaves(model)) + 1]
    return compile_numpy(graph, valid_indices=[t])


def assert_same_training(name, optimizer, dtype, steps, tolerance):
    step, model, batch = training(name, optimizer, dtype)
    rate = dtype(0.05)
    arrays = [np.array(leaf) for leaf in leaves((model, batch))]
    run = compiled_step(step, model, batch, rate)
    for _ in range(steps):
        *model, loss = step(*model, *batch, rate)
        (found,) = run(*arrays, rate)
        np.testing.assert_allclose(found, loss, rtol=tolerance, atol=tolerance)
    expected = leaves(tuple(model))
    for a, b in zip(arrays, expected, strict=False):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_and_loss_trains_as_the_eager_engine_does(name, dtype):
    # Rounding differs by a few ulp in each of 20 steps.
    tolerance = 2000 * float(np.finfo(dtype).eps)
    assert_same_training(name, SGD(), dtype, 20, tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_trains_as_the_eager_engine_does(name, dtype):
    # Adam and its kin divide by the root of small squares, which magnifies rounding.
    tolerance = 2e-3 if dtype is np.float32 else 1e-8
    assert_same_training("sigmoid", OPTIMIZERS[name](), dtype, 10, tolerance)


def test_a_step_with_decay_and_clipping():
    optimizer = Adam(weight_decay=0.1, clip_norm=0.5, clip_value=0.3)
    assert_same_training("relu", optimizer, np.float64, 5, 1e-9)


def peak_of(call, times=5):
    """Return the most memory that repeated calls allocate beyond what there was."""
    for _ in range(3):
        call()
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(times):
            call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["sigmoid", "book", "relu"])
@pytest.mark.parametrize("optimizer", [SGD(), Adam()])
def test_no_array_is_allocated_in_the_steady_state(name, optimizer):
    step, model, batch = training(name, optimizer, np.float32)
    arrays = {name: np.repeat(each, 4000, 0) for name, each in batch[0].items()}
    rows = len(arrays["x"])
    rate = np.float32(0.05)
    run = compiled_step(step, model, (arrays, {}), rate)
    values = [np.array(leaf) for leaf in leaves((model, arrays))]
    # Views and numbers take some hundred bytes each, and NumPy's own buffer for
    # broadcasting 8192 numbers; one value per row would be 64,000 numbers.
    assert peak_of(lambda: run(*values, rate)) < 4 * rows


def test_what_overwrites_itself_waits_until_it_has_been_read():
    def swap(a, b, c):
        a[...], b[...] = b + 0, a + 0
        c[...] = c[::-1] * 2
        return a

    a, b, c = np.ones(3), np.zeros(3), np.arange(3.0)
    run = compile_numpy(trace(swap, a, b, c))
    run(a, b, c)
    np.testing.assert_array_equal(a, 0)
    np.testing.assert_array_equal(b, 1)
    np.testing.assert_array_equal(c, [4, 2, 0])


def test_an_old_value_that_is_returned_stays_old():
    def f(w, v):
        old = w + 0
        w += 1
        v *= 2
        v += w
        return old, w

    w, v = np.zeros(3), np.ones(3)
    old, new = compile_numpy(trace(f, w, v))(w, v)
    np.testing.assert_array_equal(old, 0)
    np.testing.assert_array_equal(new, 1)
    np.testing.assert_array_equal(v, 3)


def test_a_mask_hides_inf_and_nan():
    def f(x):
        return np.where(x > 0, 1 / (x * x), 0)

    x = np.array([[0.0, 2.0], [np.nan, -1.0]])
    with np.errstate(all="ignore"):
        (found,) = compile_numpy(trace(f, x))(x)
    np.testing.assert_array_equal(found, [[0, 0.25], [0, 0]])


def test_labels_are_checked_unless_promised():
    run = compile_numpy(
        trace(lambda x, t: x[np.arange(2), t], np.ones((2, 3)), LABELS[:2])
    )
    with pytest.raises(IndexError):
        run(np.ones((2, 3)), np.array([0, 3]))
    np.testing.assert_array_equal(run(np.ones((2, 3)), np.array([0, -1]))[0], 1)


def test_the_source_reads_as_if_written_by_hand():
    def step(params, x, t, lr):
        def loss(p):
            h = sigmoid(x @ p["W1"] + p["b1"])
            return softmax_cross_entropy(h @ p["W2"] + p["b2"], t)

        from kobai.autodiff import gradient

        grads = gradient(loss, params)
        for name, g in grads.items():
            params[name] -= lr * g

    rng = np.random.default_rng(0)
    shapes = {"W1": (4, 5), "b1": (5,), "W2": (5, 3), "b2": (3,)}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    x = rng.normal(size=(N, 4))
    run = compile_numpy(trace(step, params, x, LABELS, np.float64(0.1)))
    assert "def step(W1, b1, W2, b2, x, t, lr):" in run.source
    for line in (
        "x.dot(W1, out=z1)",
        "z1 += b1",
        "x.T.dot(dz1, out=dW1)",
        "W1 -= dW1",
        "ones.dot(dz1, out=db1)",
        "b1 -= db1",
    ):
        assert f"    {line}\n" in run.source.replace("ones_2", "ones")
    # It is plain NumPy: running the text again gives the same function.
    namespace = {}
    exec(run.source, namespace)
    copies = [v.copy() for v in params.values()]
    namespace["step"](*copies, x, LABELS, np.float64(0.1))
    run(*params.values(), x, LABELS, np.float64(0.1))
    for a, b in zip(copies, params.values(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_names_that_are_no_identifiers():
    run = compile_numpy(
        trace(lambda given: given[0] + given[1], [np.ones(2), np.ones(2)])
    )
    np.testing.assert_array_equal(run(np.ones(2), np.ones(2))[0], 2)
    assert "def f(given_0, given_1):" in run.source


def test_infinite_constants_are_written():
    def f(x):
        return np.maximum(x, -np.inf) + np.where(x > 0, np.float64(np.inf), x)

    (found,) = compile_numpy(trace(f, np.ones(2)))(np.array([1.0, -1.0]))
    np.testing.assert_array_equal(found, [np.inf, -2])


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(1, 7), (1, 2), (5, 2), (5, 3), (40, 3), (40, 9)])
@pytest.mark.parametrize("keepdims", [True, False])
def test_extremes_along_rows_of_every_length_are_numpys(shape, bad, keepdims):
    def extremes(x, b):
        y = x + b
        high, low = np.max(y, axis=1, keepdims=keepdims), np.min(y, axis=1)
        return high, low, np.maximum(y, 0.25), np.minimum(y, np.float64(np.nan))

    rng = np.random.default_rng(0)
    x, b = rng.normal(size=shape), rng.normal(size=shape[1])
    x[-1, 1] += bad
    run = compile_numpy(trace(extremes, x, b))
    for given, wanted in zip(run(x, b), extremes(x, b), strict=True):
        np.testing.assert_array_equal(given, wanted)


def test_a_single_row_is_not_broadcast():
    def scaled(x, w, b):
        y = (x @ w + b) * np.float32(2)
        return y / np.sum(y, axis=1, keepdims=True) - b[np.newaxis]

    rng = np.random.default_rng(0)
    x, w, b = (rng.random(s, np.float32) for s in [(1, 6), (6, 4), (4,)])
    run = compile_numpy(trace(scaled, x, w, b))
    # Single precision.
    np.testing.assert_allclose(run(x, w, b)[0], scaled(x, w, b), rtol=1e-6, atol=1e-6)
    assert "product_row += b" in run.source or "z_row += b" in run.source


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.minimum(x, 0.25) * 3,
        lambda x: np.clip(x, -0.5, 0.5),
        lambda x: np.maximum(x, np.longdouble(1) / 3),
    ],
)
def test_bounds_of_a_type_that_has_no_numbers_in_python(f):
    x = np.linspace(-1, 1, 7, dtype=np.longdouble)
    (found,) = compile_numpy(trace(f, x))(x)
    assert found.dtype == x.dtype
    np.testing.assert_array_equal(found, f(x))
