"""What the compiled engine computes as NumPy does, and what it leaves to NumPy."""

import numpy as np
import pytest

pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai import train
from kobai.engines.numba_engine import NotCompilable, compile_numba
from kobai.engines.reference import interpret
from kobai.graph import trace
from kobai.networks import Dense, Layer, Network, Softmax

X = np.array([[1.5, -2, 0, np.nan], [0.25, np.inf, -np.inf, 3], [2, 2, -1, 0.5]])


pytestmark = pytest.mark.usefixtures("compiled_folder")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.where(x > 0, x, 0) + 1,
        lambda x: np.fmax(x, 1.0) * 2 - np.fmin(1.0, x),
        lambda x: np.maximum(x, 1.0) * 2,
        lambda x: x * np.int64(3) * 0.5,
        lambda x: x * np.float32(0.1) * 1.3,
        lambda x: np.where((x > 0) & ~(x < 2) | (x < -1), x, 2) * 1.5,
        lambda x: ((x > 0) ^ (x > 1)) * 1.5,
        lambda x: np.sum(x > 0, axis=0) * 1.5,
    ],
)
def test_compiled_code_means_what_numpy_means(f, dtype):
    x = X.astype(dtype)
    graph = trace(f, x)
    ((expected,), _), (found,) = interpret(graph)(x), compile_numba(graph)(x.copy())
    assert found.dtype == expected.dtype
    # A few roundings in another order.
    np.testing.assert_allclose(found, expected, rtol=8 * np.finfo(found.dtype).eps)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: ((x > 0) + (x > 1)) * 2.0,
        lambda x: (x > 0).astype(np.uint8) * np.uint8(200) * 1.5,
        lambda x: np.max(x > 0, axis=0) * 1.0,
        lambda x: np.reciprocal((x > 0).astype(np.int64) + 2) * 1.0,
        lambda x: (x > 0).astype(np.int64) // 2 * 1.0,
        lambda x: (x > 0).astype(np.int32) * 2 * 1.0,
        lambda x: (x * np.ones((0, 1, 1))) + 1.0,
        lambda x: np.sum(x[:0] * 2),
    ],
)
def test_what_numba_would_compute_otherwise_is_left_to_numpy(f):
    with pytest.raises(NotCompilable):
        compile_numba(trace(f, X))


class Half(Layer):
    """A number that is whole beside one that is not."""

    def forward(self, values, x, training):
        return x * np.int64(3) * 0.5, {}


class Running(Layer):
    """A number that is read out, kept, and changed."""

    def forward(self, values, x, training):
        total = x[0, 0] * 0
        for column in range(x.shape[1]):
            kept = total
            total += np.sum(x[:, column] ** 2)
        return x + 0.01 * (total - kept), {}


class Backwards(Layer):
    """Rows by numbers that count from the end."""

    def forward(self, values, x, training):
        return x[np.arange(-1, -1 - len(x), -1)] + x[::-1], {}


class Bounded(Layer):
    """Masks of both kinds."""

    def forward(self, values, x, training):
        inside = (x > -1) & ~(x > 1)
        h = np.where(inside, x, 0.1 * x)
        h[:, np.arange(x.shape[1]) == 1] *= 2
        return h, {}


@pytest.mark.parametrize("layer", [Half, Running, Backwards, Bounded])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_layer_of_one_s_own_trains_as_with_the_eager_engine(layer, engine):
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(40, 4)).astype(np.float32), np.arange(40) % 3

    def losses(engine):
        network = Network(4, [Dense(5), layer(), Dense(3), Softmax()])
        options = {"epochs": 2, "batch_size": 10, "progress": False}
        return train(network, (x, t), engine=engine, **options)["train_loss"]

    # Float32, over eight steps.
    np.testing.assert_allclose(losses(engine), losses("eager"), rtol=1e-5)
